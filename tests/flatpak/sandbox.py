# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop with portals, on which the installed Flatpak runs."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'ui'))
from desktop import APPLICATION_ID, Accessible, Desktop, Missing, wait_for  # noqa: E402

# What the tests from the build folder need, and what would change the sandbox's own ways.
FOREIGN = ('SALLYPORT_LIBEXEC', 'SALLY_KEYRING', 'GIO_USE_PORTALS', 'GDK_DEBUG', 'GIO_USE_VFS', 'GSETTINGS_BACKEND',
           'GSETTINGS_SCHEMA_DIR')
PORTALS = (
    ('org.freedesktop.impl.portal.PermissionStore', '/usr/libexec/xdg-permission-store'),
    ('org.freedesktop.portal.Documents', '/usr/libexec/xdg-document-portal'),
    ('org.freedesktop.impl.portal.desktop.gtk', '/usr/libexec/xdg-desktop-portal-gtk'),
    ('org.freedesktop.portal.Flatpak', '/usr/libexec/flatpak-portal'),
    ('org.freedesktop.portal.Desktop', '/usr/libexec/xdg-desktop-portal'),
)
PORTAL_CHOICE = """[preferred]
default=gtk
org.freedesktop.impl.portal.Secret={secret}
"""


class Sandbox(Desktop):
    """with Sandbox(bundle) as sandbox: sandbox.start_app() ..."""

    def __init__(self, bundle, secret_portal=True):
        super().__init__('.')
        self.bundle, self.secret_portal = bundle, secret_portal

    def _start(self):
        super()._start()
        for name in FOREIGN:
            self.environment.pop(name, None)
        # The system bus is asked about parental controls; here nobody is.
        self.environment['DBUS_SYSTEM_BUS_ADDRESS'] = self.environment['DBUS_SESSION_BUS_ADDRESS']
        self._start_portals()
        self.flatpak('install', '--user', '-y', '--noninteractive', self.bundle)

    def _write_settings(self, folders):
        super()._write_settings(folders)
        # A document's path is the same inside and outside only below the usual runtime folder.
        self.environment['XDG_RUNTIME_DIR'] = f'/run/user/{os.getuid()}'
        portals = os.path.join(folders['config'], 'xdg-desktop-portal')
        os.makedirs(portals)
        with open(os.path.join(portals, 'portals.conf'), 'w', encoding='utf-8') as file:
            file.write(PORTAL_CHOICE.format(secret='gnome-keyring' if self.secret_portal else 'none'))

    def _start_portals(self):
        for name, program in PORTALS:
            self._spawn([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: self._is_on_bus(name), name)

    def _is_on_bus(self, name):
        return subprocess.run(
            ['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.DBus', '/',
             'org.freedesktop.DBus.GetNameOwner', f'string:{name}'],
            env=self.environment, check=False, capture_output=True).returncode == 0

    def flatpak(self, *arguments, **options):
        result = subprocess.run(['flatpak', *arguments], env=self.environment, check=False, capture_output=True,
                                text=True, timeout=120, **options)
        if result.returncode:
            raise Missing(f'flatpak {" ".join(arguments)}: {result.returncode}\n{result.stdout}{result.stderr}')
        return result.stdout

    def sally(self, *arguments, run=(), **options):
        """The command, in a sandbox of its own."""
        return self.flatpak('run', *run, '--command=sally', APPLICATION_ID, *arguments, **options)

    def open_link(self, link):
        """As the desktop does it."""
        return subprocess.Popen(['flatpak', 'run', APPLICATION_ID, link], env=self.environment)

    def start_app(self, **environment):
        self.app = subprocess.Popen(['flatpak', 'run', '--die-with-parent', APPLICATION_ID],
                                    env={**self.environment, **environment})
        self.window_id = wait_for(self._find_window, 'the window', 60)
        self.focus_window()

    def stop_app(self):
        if self.app is not None:
            subprocess.run(['flatpak', 'kill', APPLICATION_ID], env=self.environment, check=False, capture_output=True)
        super().stop_app()

    def find_shown(self, title):
        """The windows whose title matches."""
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', title], env=self.environment,
                               check=False, capture_output=True, text=True)
        return found.stdout.split()

    def _find_windows(self):
        return self.find_shown('Sallyport$')


class SandboxAccessible(Accessible):
    """Finds the program by its name: its process id is one of another namespace."""

    NAME = 'sallyport'

    def application(self, name=None):
        for child in self.pyatspi.Registry.getDesktop(0):
            if child is not None and child.name == (name or self.NAME):
                return child
        return None
