# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of our own for the window: private bus, keyring, X server and accessibility bus.

Everything is started below a temporary home and stopped by process id at the end.
"""

import configparser
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

APPLICATION_ID = "io.github.sallyport.Sallyport"
KEYRING_PASSWORD = "only a test"
DEADLINE_S = 20
POLL_S = 0.05
BORDER = 5  # pixels
DRAG_STEPS = 12
DRAG_STEP_S = 0.04
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <!-- As a session's bus has them; libsecret asks for all items at once. -->
  <limit name="max_match_rules_per_connection">50000</limit>
  <limit name="max_replies_per_connection">50000</limit>
</busconfig>
"""


class Missing(Exception):
    """What was waited for did not come."""


def wait_for(condition, what, deadline_s=DEADLINE_S):
    """The first true value of condition(); Missing after the deadline."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Missing(what)
        time.sleep(POLL_S)


class Rig:
    """A test server of tests/rigs/: with Rig("openssh-combined") as rig: rig.port ..."""

    def __init__(self, name, *options):
        rigs = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "rigs")
        self.command = [os.path.join(rigs, name), "--until-eof", *options]

    def __enter__(self):
        self.state = tempfile.mkdtemp(prefix="sallyport-rig-")
        self.process = subprocess.Popen([*self.command, "--state", self.state],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Missing(f"{self.command[0]} did not start")
        facts = json.loads(line)
        self.port, self.user, self.home = facts["port"], facts["user"], facts["home"]
        self.start, self.fingerprint, self.log = facts["start"], facts["host_key"], facts["log"]
        return self

    def secret(self, name):
        with open(os.path.join(self.state, name), encoding="utf-8") as file:
            return file.read()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.state, ignore_errors=True)


class Relay:
    """A line to a test server that can be cut, and slowed to so many MB/s: connections go to a port of its own."""

    def __init__(self, build, target_port, speed=None):
        self.program = os.path.join(build, "tests", "rigs", "relay")
        self.target_port = target_port
        self.speed = [] if speed is None else [str(speed)]
        self.process = None

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.start()
        return self

    def start(self):
        self.process = subprocess.Popen([self.program, str(self.port), str(self.target_port), "0", *self.speed],
                                        stdout=subprocess.DEVNULL)
        wait_for(self._listens, "the relay")

    def pause(self):
        """Nothing comes or goes until resume(); whoever waits for it waits."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def __exit__(self, *_):
        self.stop()


class Process:
    """One that somebody else has started, and waits for."""

    def __init__(self, pid):
        self.pid = pid
        self.returncode = None

    def poll(self):
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            self.returncode = 0
        return self.returncode

    def terminate(self):
        os.kill(self.pid, signal.SIGTERM)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout=DEADLINE_S):
        wait_for(lambda: self.poll() is not None, f"the end of process {self.pid}", timeout)


class Desktop:
    """with Desktop(build) as desktop: desktop.start_app() ..."""

    def __init__(self, build, keyring="secret-service", with_keyring=True,
                 size="1280x900", text_scale=1):
        self.build = os.path.abspath(build)
        self.keyring = keyring
        self.with_keyring = with_keyring
        self.size = size
        self.text_scale = text_scale
        self.processes = []
        self.app = None
        self.home = tempfile.mkdtemp(prefix="sallyport-ui-")
        self.environment = dict(os.environ)

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _spawn(self, command, **options):
        process = subprocess.Popen(command, env=self.environment, **options)
        self.processes.append(process)
        return process

    def _start(self):
        folders = {name: os.path.join(self.home, name)
                   for name in ("config", "data", "state", "cache", "runtime", "Downloads")}
        for folder in folders.values():
            os.makedirs(folder, mode=0o700)
        for stale in ("GTK_THEME", "WAYLAND_DISPLAY", "SSH_AUTH_SOCK"):
            self.environment.pop(stale, None)
        # Nothing is there, unless start_system_bus() is called.
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + os.path.join(self.home, "system-bus")
        self.environment.update(
            HOME=self.home, XDG_CONFIG_HOME=folders["config"], XDG_DATA_HOME=folders["data"],
            XDG_STATE_HOME=folders["state"], XDG_CACHE_HOME=folders["cache"],
            XDG_RUNTIME_DIR=folders["runtime"], GDK_BACKEND="x11", GSK_RENDERER="cairo",
            GTK_A11Y="atspi", GIO_USE_VFS="local", GSETTINGS_BACKEND="keyfile",
            GSETTINGS_SCHEMA_DIR=os.path.join(self.build, "data"),
            SALLYPORT_LIBEXEC=os.path.join(self.build, "app", "engine"), SALLY_KEYRING=self.keyring,
            GIO_USE_PORTALS="0", GDK_DEBUG="no-portals", LANG="C.UTF-8", LC_ALL="C.UTF-8",
            NO_AT_BRIDGE="0")
        self._write_settings(folders)
        self._start_bus()
        self._start_display()
        self._start_accessibility()
        if self.keyring in ("secret-service", "auto") and self.with_keyring:
            self.start_keyring()
        os.environ.update({name: self.environment[name]
                           for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR")})

    def _write_settings(self, folders):
        gtk = os.path.join(folders["config"], "gtk-4.0")
        os.makedirs(gtk)
        with open(os.path.join(gtk, "settings.ini"), "w", encoding="utf-8") as file:
            file.write(f"[Settings]\ngtk-font-name=Cantarell {11 * self.text_scale}\n"
                       "gtk-enable-animations=0\n"
                       "gtk-xft-antialias=1\ngtk-xft-hinting=0\n"
                       "gtk-decoration-layout=:close\n")
        with open(os.path.join(folders["config"], "user-dirs.dirs"), "w", encoding="utf-8") as file:
            file.write(f'XDG_DOWNLOAD_DIR="{folders["Downloads"]}"\n')

    def _start_bus(self):
        """A bus that starts no services by itself, unless we offer one: what runs is what we started."""
        services = os.path.join(self.home, "services")
        os.makedirs(services)
        config = os.path.join(self.home, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(socket=os.path.join(self.home, "bus"), services=services))
        bus = self._spawn(["dbus-daemon", "--config-file", config, "--nofork",
                           "--print-address=1"], stdout=subprocess.PIPE, text=True)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def start_system_bus(self):
        """A private one, for what a test plays on it."""
        config = os.path.join(self.home, "system-bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(socket=os.path.join(self.home, "system-bus"),
                                         services=os.path.join(self.home, "services")))
        bus = self._spawn(["dbus-daemon", "--config-file", config, "--nofork", "--print-address=1"],
                          stdout=subprocess.PIPE, text=True)
        bus.stdout.readline()

    def _start_display(self):
        read_end, write_end = os.pipe()
        self._spawn(["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{self.size}x24",
                     "-nolisten", "tcp"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            self.environment["DISPLAY"] = ":" + pipe.readline().strip()

    def _start_accessibility(self):
        self._spawn(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: subprocess.run(
            ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus",
             "org.a11y.Bus.GetAddress"], env=self.environment, check=False,
            capture_output=True).returncode == 0, "the accessibility bus")

    def lock_keyring(self):
        self.run("secret-tool", "lock")

    def unlock_keyring(self):
        """By a new daemon: nobody is there to type the password to the old one."""
        self.keyring_daemon.terminate()
        self.keyring_daemon.wait(5)
        self.start_keyring()

    def start_keyring(self, is_unlocked=True):
        """Open, and made if there is none yet; or as nobody has signed in."""
        daemon = self.keyring_daemon = self._spawn(["gnome-keyring-daemon", "--foreground",
                              *(["--unlock"] if is_unlocked else []),
                              "--components=secrets"], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if is_unlocked:
            daemon.stdin.write(KEYRING_PASSWORD.encode())
        daemon.stdin.close()
        wait_for(lambda: subprocess.run(
            ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
             "org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"],
            env=self.environment, check=False, capture_output=True).returncode == 0, "the keyring")

    def stop(self):
        """Ends what was started, last first, and removes the home."""
        self.stop_app()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.processes.clear()
        shutil.rmtree(self.home, ignore_errors=True)

    # Data

    def store_secret(self, kind, item_id, secret):
        subprocess.run(
            ["secret-tool", "store", "--label=Sallyport entry", "xdg:schema", APPLICATION_ID,
             "application", APPLICATION_ID, "kind", kind, "id", item_id, "version", "1"],
            input=secret.encode(), env=self.environment, check=True)

    def add_account(self, uri):
        """Puts an account into the keyring; its id."""
        account_id = str(uuid.uuid4())
        self.store_secret("account", account_id, uri)
        return account_id

    def read_accounts(self):
        """What the keyring holds of each account."""
        found = subprocess.run(["secret-tool", "search", "--all", "application", APPLICATION_ID, "kind", "account"],
                               env=self.environment, check=True, capture_output=True, text=True)
        return [line.removeprefix("secret = ") for line in found.stdout.splitlines() if line.startswith("secret = ")]

    def add_server(self, **values):
        """Writes a server into the file of servers; its id."""
        server_id = str(uuid.uuid4())
        path = os.path.join(self.environment["XDG_CONFIG_HOME"], "sallyport", "servers.conf")
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        servers = configparser.RawConfigParser()
        servers.read(path)
        servers[server_id] = {"port": 22, "recipe": "password", **values}
        with open(path, "w", encoding="utf-8") as file:
            servers.write(file, space_around_delimiters=False)
        return server_id

    def write_setting(self, key, value):
        """Before the program starts; `value` is GVariant text."""
        path = os.path.join(self.environment["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"[{APPLICATION_ID.replace('.', '/')}]\n{key}={value}\n")

    # The program

    def program(self):
        return os.path.join(self.build, "ui", "sallyport")

    def start_app(self, **environment):
        """A warning of the program ends it, and so fails the test."""
        self.app = subprocess.Popen([self.program()],
                                    env={**self.environment, "G_DEBUG": "fatal-warnings",
                                         **environment})
        self.window_id = wait_for(self._find_window, "the window")
        self.focus_window()

    def offer_app(self):
        """As an installed one: the bus starts it when somebody asks it for something."""
        with open(os.path.join(self.home, "services", f"{APPLICATION_ID}.service"), "w", encoding="utf-8") as file:
            file.write(f"[D-BUS Service]\nName={APPLICATION_ID}\nExec={self.program()} --gapplication-service\n")
        self.call_bus("ReloadConfig")
        self.call_bus("UpdateActivationEnvironment",
                      f"{{'DISPLAY': '{self.environment['DISPLAY']}', 'G_DEBUG': 'fatal-warnings'}}")

    def find_app(self):
        """The one that the bus has started; None if it is not there."""
        try:
            answer = self.call_bus("GetConnectionUnixProcessID", APPLICATION_ID)
        except subprocess.CalledProcessError:
            return None
        self.app = Process(int(answer.split()[1].rstrip(",)")))
        return self.app

    def find_window(self):
        """Of a program that we have not started, as soon as it opens one."""
        self.window_id = wait_for(self._find_window, "the window")
        self.focus_window()

    def has_window(self):
        return bool(self._find_windows())

    def call_bus(self, method, *arguments):
        return self.run("gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path",
                        "/org/freedesktop/DBus", "--method", f"org.freedesktop.DBus.{method}", *arguments)

    def focus_window(self):
        self.run("xdotool", "windowfocus", "--sync", self.window_id)

    def find_dialog(self, title):
        """A dialog that is a window of its own, in a place where all of it can be seen: without a
        window manager nobody else puts it there."""
        def find():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"],
                                   env=self.environment, check=False, capture_output=True,
                                   text=True).stdout.split()
            return found[0] if found else None
        window_id = wait_for(find, f"the window “{title}”")
        self.run("xdotool", "windowmove", "--sync", window_id, "20", "20")
        self.run("xdotool", "windowsize", "--sync", window_id, "900", "800")
        self.run("xdotool", "windowfocus", "--sync", window_id)
        return window_id

    def choose_path(self, accessible, path):
        """In a file chooser that has the focus: by its name; typed, it would be completed to another one."""
        self.type("/")
        entry = wait_for(lambda: next((node for node in accessible.find_all("text")
                                       if accessible.get_text(node) == "/"), None), "the entry")
        accessible.set_text(entry, path)
        self.key("Return")

    def find_popover(self):
        """The window of what has popped up over ours: a menu, a list of choices."""
        return wait_for(lambda: next((window for window in self._find_windows() if window != self.window_id), None),
                        "what pops up")

    def has_popover(self):
        return len(self._find_windows()) > 1

    def _find_windows(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.app.pid)],
                               env=self.environment, check=False, capture_output=True, text=True)
        return found.stdout.split()

    def _find_window(self):
        if self.app.poll() is not None:
            raise Missing(f"the program ended with {self.app.returncode}")
        return next(iter(self._find_windows()), None)

    def activate(self, action):
        """An action of the program, as the desktop's shell would."""
        self.run("gdbus", "call", "--session", "--dest", APPLICATION_ID,
                 "--object-path", "/" + APPLICATION_ID.replace(".", "/"),
                 "--method", "org.gtk.Actions.Activate", action, "[]", "{}")

    def stop_app(self):
        if self.app is None:
            return
        if self.app.poll() is None:
            self.app.terminate()
            try:
                self.app.wait(5)
            except subprocess.TimeoutExpired:
                self.app.kill()
                self.app.wait()
        self.app = None

    def run(self, *command):
        return subprocess.run(command, env=self.environment, check=True, capture_output=True,
                              text=True).stdout

    def resize(self, width, height):
        self.run("xdotool", "windowsize", "--sync", self.window_id, str(width), str(height))

    def key(self, *keys):
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text):
        self.run("xdotool", "type", "--delay", "5", text)

    def click(self, node, button=1, repeat=1, window_id=None):
        """Clicks with the pointer in the middle of an accessible object."""
        box = node.queryComponent().getExtents(1)  # window coordinates
        x, y = box.x + box.width // 2, box.y + box.height // 2
        self.run("xdotool", "mousemove", "--window", window_id or self.window_id, str(x), str(y), "click",
                 "--repeat", str(repeat), "--delay", "60", str(button))

    def point(self, node):
        """Moves the pointer to the middle of an accessible object of our window, until no tooltip of what it
        was over before hangs there, which would take the click."""
        self.run("xdotool", "mousemove", *map(str, self.place(node)))
        wait_for(lambda: not self.has_popover(), "the tooltip to go")

    def geometry(self, window_id):
        return {key: int(value) for key, value in (line.split("=") for line in self.run(
            "xdotool", "getwindowgeometry", "--shell", window_id).split())}

    def middle(self, window_id):
        """Of another window, on the screen."""
        geometry = self.geometry(window_id)
        return geometry["X"] + geometry["WIDTH"] // 2, geometry["Y"] + geometry["HEIGHT"] // 2

    def place(self, node):
        """The middle of an accessible object of our window, on the screen."""
        geometry = self.geometry(self.window_id)
        box = node.queryComponent().getExtents(1)
        return geometry["X"] + box.x + box.width // 2, geometry["Y"] + box.y + box.height // 2

    def drag(self, start, end):
        """With the pointer, at the pace of a hand: toolkits look at it once a frame, and where a drop may go
        is asked and answered between the programs before it is let go."""
        words = ["mousemove", *map(str, start), "mousedown", "1"]
        for part in range(1, DRAG_STEPS + 1):
            point = [a + (b - a) * part // DRAG_STEPS for a, b in zip(start, end)]
            words += ["sleep", str(DRAG_STEP_S), "mousemove", *map(str, point)]
        for offset in (1, 0) * 3:
            words += ["sleep", str(DRAG_STEP_S), "mousemove", str(end[0] + offset), str(end[1])]
        self.run("xdotool", *words, "sleep", str(DRAG_STEP_S), "mouseup", "1")

    def shoot(self, path):
        """The window without the invisible border at which it is resized."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        geometry = self.geometry(self.window_id)
        width, height = geometry["WIDTH"] - 2 * BORDER, geometry["HEIGHT"] - 2 * BORDER
        x, y = geometry["X"] + BORDER, geometry["Y"] + BORDER
        # Of the whole screen, for menus are windows of their own.
        self.run("import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "+repage", path)


class Accessible:
    """Finds objects of the running program by role and name."""

    def __init__(self, desktop):
        import pyatspi  # only now: it connects to the bus of this desktop
        self.pyatspi = pyatspi
        self.desktop = desktop

    def application(self):
        for child in self.pyatspi.Registry.getDesktop(0):
            if child is not None and child.get_process_id() == self.desktop.app.pid:
                return child
        return None

    def _walk(self, node):
        if node is None:
            return
        yield node
        for index in range(node.childCount):
            try:
                yield from self._walk(node.getChildAtIndex(index))
            except Exception:  # it went away while we looked
                continue

    def find_all(self, role, name=None, root=None):
        root = root or self.application()
        found = []
        for node in self._walk(root):
            try:
                if node.getRoleName() != role or not self._is_showing(node):
                    continue
                if name is None or node.name == name or \
                        (hasattr(name, "search") and name.search(node.name or "")):
                    found.append(node)
            except Exception:
                continue
        return found

    def _is_showing(self, node):
        return node.getState().contains(self.pyatspi.STATE_SHOWING)

    def find(self, role, name=None, deadline_s=DEADLINE_S, root=None):
        return wait_for(lambda: next(iter(self.find_all(role, name, root)), None),
                        f"{role} “{name if not hasattr(name, 'pattern') else name.pattern}”",
                        deadline_s)

    def names(self):
        """Of all that is told, whether it shows or not."""
        return [node.name for node in self._walk(self.application()) if node.name]

    def dump(self):
        """All that shows, as text: for a failed test's message."""
        lines = []

        def walk(node, depth):
            try:
                if depth > 0 and not self._is_showing(node):
                    return
                lines.append("  " * depth + f"{node.getRoleName()} “{node.name}”")
                for index in range(node.childCount):
                    walk(node.getChildAtIndex(index), depth + 1)
            except Exception:
                return
        walk(self.application(), 0)
        return "\n".join(lines)

    @staticmethod
    def press(node, action=None):
        """The first action, or that of the name, which what lies in the node may have."""
        actions = node.queryAction()
        names = [actions.getName(index) for index in range(actions.nActions)]
        if action is not None and action not in names:
            Accessible.press(node.getChildAtIndex(0), action)
            return
        actions.doAction(names.index(action) if action else 0)

    @staticmethod
    def set_text(node, text):
        node.queryEditableText().setTextContents(text)

    @staticmethod
    def get_text(node):
        text = node.queryText()
        return text.getText(0, text.characterCount)
