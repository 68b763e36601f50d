#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program that has copied something.

usage: clipboard_partner.py MIME-TYPE FILE

Offers the bytes of FILE as MIME-TYPE in the clipboard, says "ready", and stays until its input ends.
"""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def main():
    Gtk.init()
    with open(sys.argv[2], "rb") as file:
        content = GLib.Bytes.new(file.read())
    clipboard = Gdk.Display.get_default().get_clipboard()
    clipboard.set_content(Gdk.ContentProvider.new_for_bytes(sys.argv[1], content))
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    Gdk.Display.get_default().sync()
    print("ready", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
