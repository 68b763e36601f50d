#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's camera portal, as far as a program sees it: what a person says to it stands on standard input.

Lines “present”, “absent”, “allow”, “deny”; each is answered with “done”. Before the first it says “ready”.
"""

import os
import socket
import sys

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
CAMERA, REQUEST = "org.freedesktop.portal.Camera", "org.freedesktop.portal.Request"
GRANTED, REFUSED = 0, 1
INTERFACE = f"""<node><interface name="{CAMERA}">
  <method name="AccessCamera"><arg type="a{{sv}}" direction="in"/><arg type="o" direction="out"/></method>
  <method name="OpenPipeWireRemote"><arg type="a{{sv}}" direction="in"/><arg type="h" direction="out"/></method>
  <property name="IsCameraPresent" type="b" access="read"/>
  <property name="version" type="u" access="read"/>
</interface></node>"""


class Portal:
    def __init__(self):
        self.bus = None
        self.is_present, self.is_allowed = False, True

    def on_bus(self, bus, _name):
        self.bus = bus
        node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
        for interface in node.interfaces:
            bus.register_object(PATH, interface, self.on_call, self.on_get, None)

    @staticmethod
    def answer(bus, sender, options, invocation, response, results):
        """By the object that the caller listens to already."""
        request = f"{PATH}/request/{sender[1:].replace('.', '_')}/{options['handle_token']}"
        invocation.return_value(GLib.Variant("(o)", (request,)))
        bus.emit_signal(sender, request, REQUEST, "Response", GLib.Variant("(ua{sv})", (response, results)))

    def on_call(self, bus, sender, _path, _interface, method, arguments, invocation):
        if method == "AccessCamera":
            self.answer(bus, sender, arguments.unpack()[0], invocation, GRANTED if self.is_allowed else REFUSED, {})
        elif self.is_allowed:
            remote = socket.socket(socket.AF_UNIX)
            remote.connect(os.path.join(os.environ["XDG_RUNTIME_DIR"], "pipewire-0"))
            descriptors = Gio.UnixFDList.new()
            index = descriptors.append(remote.fileno())
            remote.close()
            invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (index,)), descriptors)
        else:
            invocation.return_dbus_error("org.freedesktop.portal.Error.NotAllowed", "Permission denied")

    def on_get(self, _bus, _sender, _path, _interface, name):
        return GLib.Variant("b", self.is_present) if name == "IsCameraPresent" else GLib.Variant("u", 1)

    def on_word(self, source, _condition):
        word = source.readline().strip()
        if not word:
            sys.exit()
        if word in ("allow", "deny"):
            self.is_allowed = word == "allow"
        else:
            self.is_present = word == "present"
            changed = {"IsCameraPresent": GLib.Variant("b", self.is_present)}
            self.bus.emit_signal(None, PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 GLib.Variant("(sa{sv}as)", (CAMERA, changed, [])))
        print("done", flush=True)
        return True


def main():
    portal = Portal()
    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, portal.on_bus,
                     lambda *_: print("ready", flush=True), lambda *_: sys.exit("the name is taken"))
    GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, portal.on_word)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
