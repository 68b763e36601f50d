# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of a desktop that a test plays itself, each on a bus connection and a thread of its own."""

import base64
import configparser
import os
import threading

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from gi.repository import Gio, GLib

PORTAL_NAME = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"
ANSWERS_S = 10


class Service:
    """Owns NAME on the bus at `address`. A method of XML is answered by the method of its name here: with the
    tuple that it returns, or later by itself if that is None."""

    NAME = PATH = XML = ""

    def __init__(self, address):
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.bus = None
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(address, started), daemon=True)
        self.thread.start()
        assert started.wait(ANSWERS_S), f"{self.NAME} did not start"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call(self.loop.quit)
        self.thread.join(ANSWERS_S)

    def _run(self, address, started):
        self.context.push_thread_default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)
        for interface in Gio.DBusNodeInfo.new_for_xml(self.XML).interfaces:
            self.bus.register_object(self.PATH, interface, self._on_call, None, None)
        owned = self.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                   GLib.Variant("(su)", (self.NAME, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
        assert owned.unpack()[0] == 1, f"somebody else is {self.NAME}"
        started.set()
        self.loop.run()
        self.bus.close_sync(None)
        self.context.pop_thread_default()

    def _on_call(self, _bus, sender, _path, interface, method, parameters, invocation):
        info = Gio.DBusNodeInfo.new_for_xml(self.XML).lookup_interface(interface).lookup_method(method)
        values = getattr(self, method)(invocation, sender, *parameters.unpack())
        if values is not None:
            signature = "".join(argument.signature for argument in info.out_args)
            invocation.return_value(GLib.Variant(f"({signature})", values))

    def call(self, function, *arguments):
        """On the thread of the bus; it is not waited for."""
        def run():
            function(*arguments)
            return GLib.SOURCE_REMOVE
        source = GLib.idle_source_new()
        source.set_callback(lambda *_: run())
        source.attach(self.context)

    def emit(self, interface, signal, variant, to=None, path=None):
        self.bus.emit_signal(to, path or self.PATH, interface, signal, variant)
        self.bus.flush_sync(None)


class Logind(Service):
    """Says that the computer goes to sleep, and holds what delays that."""

    NAME, PATH, INTERFACE = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
    XML = """<node><interface name="org.freedesktop.login1.Manager">
      <method name="Inhibit">
        <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
        <arg type="s" direction="in"/><arg type="h" direction="out"/>
      </method>
      <signal name="PrepareForSleep"><arg type="b"/></signal>
    </interface></node>"""

    def __init__(self, address):
        self.inhibitors = []
        super().__init__(address)

    def Inhibit(self, invocation, _sender, what, _who, _why, mode):
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        self.inhibitors.append((what, mode, read_end))
        fds = Gio.UnixFDList.new()
        fds.append(write_end)
        os.close(write_end)
        invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), fds)

    @staticmethod
    def _is_held(read_end):
        try:
            return os.read(read_end, 1) != b""
        except BlockingIOError:
            return True

    def held(self):
        """What delays the sleep now, as (what, mode)."""
        return [(what, mode) for what, mode, read_end in self.inhibitors if self._is_held(read_end)]

    def sleep(self):
        self.emit(self.INTERFACE, "PrepareForSleep", GLib.Variant("(b)", (True,)))

    def wake(self):
        self.emit(self.INTERFACE, "PrepareForSleep", GLib.Variant("(b)", (False,)))


class ScreenSaver(Service):
    """The lock of the screen, as far as it can be heard."""

    NAME, PATH = "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"
    XML = """<node><interface name="org.gnome.ScreenSaver">
      <signal name="ActiveChanged"><arg type="b"/></signal></interface></node>"""

    def set_active(self, is_active):
        self.emit(self.NAME, "ActiveChanged", GLib.Variant("(b)", (is_active,)))


class Portal(Service):
    """The portals that are used without a toolkit: what a sandbox hears of the screen's lock, and pictures of
    the screen."""

    NAME, PATH = PORTAL_NAME, PORTAL_PATH
    XML = """<node><interface name="org.freedesktop.portal.Inhibit">
      <method name="CreateMonitor">
        <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/>
      </method>
      <method name="QueryEndResponse"><arg type="o" direction="in"/></method>
    </interface>
    <interface name="org.freedesktop.portal.Screenshot">
      <method name="Screenshot">
        <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/>
      </method>
    </interface></node>"""

    def __init__(self, address):
        self.monitors = []    # (who, path of the session)
        self.ended = []       # paths of sessions whose end was agreed to
        self.screenshots = [] # options of each
        self.response = (2, {})  # None: not before answer() is called
        self.asked = None
        super().__init__(address)

    @staticmethod
    def _path(kind, sender, token):
        return f"{PORTAL_PATH}/{kind}/{sender[1:].replace('.', '_')}/{token}"

    def CreateMonitor(self, _invocation, sender, _parent, options):
        self.monitors.append((sender, self._path("session", sender, options["session_handle_token"])))
        return (self._path("request", sender, options.get("handle_token", "t")),)

    def QueryEndResponse(self, _invocation, _sender, session):
        self.ended.append(session)
        return ()

    def change_state(self, is_active, session_state=1):
        for sender, session in self.monitors:
            state = {"screensaver-active": GLib.Variant("b", is_active),
                     "session-state": GLib.Variant("u", session_state)}
            self.emit("org.freedesktop.portal.Inhibit", "StateChanged", GLib.Variant("(oa{sv})", (session, state)),
                      to=sender)

    def Screenshot(self, invocation, sender, _parent, options):
        self.screenshots.append(options)
        self.asked = (sender, self._path("request", sender, options["handle_token"]))
        invocation.return_value(GLib.Variant("(o)", self.asked[1:]))
        if self.response is not None:
            self.answer(self.response)

    def answer(self, response):
        """The last question: (0, {"uri": of the picture}), (1, {}) for cancelled, (2, {}) for refused."""
        (sender, path), (code, results) = self.asked, response
        self.emit("org.freedesktop.portal.Request", "Response",
                  GLib.Variant("(ua{sv})", (code, {key: GLib.Variant("s", value) for key, value in results.items()})),
                  to=sender, path=path)


class Prompter(Service):
    """Asks the person what gnome-keyring-daemon wants to know: each question is closed, or answered with
    `password`, as gcr-prompter does it."""

    NAME, PATH, INTERFACE = "org.gnome.keyring.SystemPrompter", "/org/gnome/keyring/Prompter", \
        "org.gnome.keyring.internal.Prompter"
    XML = """<node><interface name="org.gnome.keyring.internal.Prompter">
      <method name="BeginPrompting"><arg type="o" direction="in"/></method>
      <method name="PerformPrompt">
        <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
        <arg type="s" direction="in"/>
      </method>
      <method name="StopPrompting"><arg type="o" direction="in"/></method>
    </interface></node>"""

    def __init__(self, address):
        self.password = None
        self.questions = []  # what kind of each
        self.exchanges = {}
        super().__init__(address)

    def _tell(self, to, callback, method, arguments=None):
        self.bus.call(to, callback, f"{self.INTERFACE}.Callback", method, arguments, None, Gio.DBusCallFlags.NONE, -1,
                      None, None)

    def _ready(self, to, callback, reply, exchange):
        self._tell(to, callback, "PromptReady", GLib.Variant("(sa{sv}s)", (reply, {}, exchange)))

    def BeginPrompting(self, invocation, sender, callback):
        exchange = self.exchanges[callback] = SecretExchange()
        invocation.return_value(None)
        self._ready(sender, callback, "", exchange.begin())

    def PerformPrompt(self, invocation, sender, callback, kind, _properties, received):
        self.questions.append(kind)
        invocation.return_value(None)
        exchange = self.exchanges[callback]
        if self.password is None:
            self._ready(sender, callback, "no", exchange.begin())
        elif kind == "confirm":
            self._ready(sender, callback, "yes", exchange.begin())
        else:
            self._ready(sender, callback, "yes", exchange.send(received, self.password))

    def StopPrompting(self, invocation, sender, callback):
        invocation.return_value(None)
        self._tell(sender, callback, "PromptDone")


class SecretExchange:
    """GcrSecretExchange's "sx-aes-1": Diffie-Hellman in the group of RFC 2409's 1536 bits (RFC 3526, 2), HKDF with
    SHA-256, AES-128-CBC."""

    PRIME_BYTES = 192
    PRIME = int("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3"
                "CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5"
                "AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356"
                "208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16)

    def __init__(self):
        self.private = int.from_bytes(os.urandom(self.PRIME_BYTES)) % self.PRIME
        self.public = pow(2, self.private, self.PRIME).to_bytes(self.PRIME_BYTES)

    @staticmethod
    def _write(**values):
        return "[sx-aes-1]\n" + "".join(f"{name}={base64.b64encode(value).decode()}\n"
                                        for name, value in values.items())

    def begin(self):
        return self._write(public=self.public)

    def send(self, received, secret):
        fields = configparser.RawConfigParser()
        fields.read_string(received)
        theirs = int.from_bytes(base64.b64decode(fields["sx-aes-1"]["public"]))
        shared = pow(theirs, self.private, self.PRIME).to_bytes(self.PRIME_BYTES)
        key = HKDF(hashes.SHA256(), 16, None, None).derive(shared)
        vector = os.urandom(16)
        padder = padding.PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        padded = padder.update(secret.encode()) + padder.finalize()
        return self._write(public=self.public, secret=encryptor.update(padded) + encryptor.finalize(), iv=vector)
