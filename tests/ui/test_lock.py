#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock: by hand, with the screen, at the start; what it hides, and who gets in."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

PASSPHRASE = "only a test"
LOCKED = "Sallyport Is Locked"
# The desktop's own lock, as far as it can be heard.
SCREEN_SAVER = """
from gi.repository import Gio, GLib
loop = GLib.MainLoop()
def on_acquired(bus, name):
    bus.emit_signal(None, "/org/gnome/ScreenSaver", name, "ActiveChanged", GLib.Variant("(b)", (True,)))
    bus.flush_sync(None)
    loop.quit()
Gio.bus_own_name(Gio.BusType.SESSION, "org.gnome.ScreenSaver", Gio.BusNameOwnerFlags.NONE, None,
                 on_acquired, None)
loop.run()
"""


class Lock(Job):
    """An account and a server, whose names nobody is to read."""

    def unlock(self, passphrase):
        self.fill("Passphrase", passphrase)
        self.press("button", "Unlock")

    def expect_locked(self):
        self.find("label", LOCKED)
        shown = self.accessible.dump()
        for secret in ("Firm", "anna", "Drop box", "code"):
            assert secret not in shown, shown

    def expect_open(self):
        self.find("list item", re.compile("^Firm:anna, code"))
        assert not self.accessible.find_all("label", LOCKED)

    def without_a_passphrase_nothing_locks(self):
        self.expect_open()
        self.desktop.focus_window()
        self.desktop.key("ctrl+l")
        self.find("label", "Set a passphrase in the preferences first")
        self.expect_open()

    def passphrase_is_set(self):
        self.desktop.key("ctrl+comma")
        self.press("button", "Passphrase")
        self.fill("New Passphrase", PASSPHRASE)
        self.fill("The Same Again", PASSPHRASE)
        button = self.find("button", "Set")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        self.find("label", "Change…")

    def locking_hides_all(self):
        self.desktop.key("Escape")
        self.wait_gone("label", "Change…")
        self.desktop.focus_window()
        self.desktop.key("ctrl+l")
        self.expect_locked()

    def shortcuts_open_nothing(self):
        for keys in ("ctrl+k", "ctrl+n", "ctrl+e", "ctrl+comma", "alt+1"):
            self.desktop.key(keys)
        self.expect_locked()
        assert not self.accessible.find_all("button", "Add")

    def another_passphrase_does_not_open_it(self):
        self.unlock("something else")
        self.find("label", "This is not the passphrase")
        self.expect_locked()

    def passphrase_opens_it(self):
        self.unlock(PASSPHRASE)
        self.expect_open()

    def locked_screen_locks_it_and_closes_dialogs(self):
        self.accessible.press(self.find("list item", re.compile("^Firm:anna")), "row.details")
        self.find("label", "Servers That Sign In With It")
        subprocess.run([sys.executable, "-c", SCREEN_SAVER], env=self.desktop.environment, check=True,
                       timeout=20)
        self.expect_locked()

    def program_starts_locked(self):
        self.desktop.stop_app()
        self.desktop.start_app()
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()


STEPS = [
    Lock.without_a_passphrase_nothing_locks, Lock.passphrase_is_set, Lock.locking_hides_all,
    Lock.shortcuts_open_nothing, Lock.another_passphrase_does_not_open_it, Lock.passphrase_opens_it,
    Lock.locked_screen_locks_it_and_closes_dialogs, Lock.program_starts_locked,
]


def main():
    with Desktop(build_folder()) as desktop:
        account = desktop.add_account(
            "otpauth://totp/Firm:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Firm")
        desktop.add_server(name="Drop box", host="drop.invalid", **{"account-id": account})
        desktop.start_app()
        run_steps(Lock(desktop), STEPS)


if __name__ == "__main__":
    main()
