#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock: by hand, with the screen, before sleep, when idle, at the start; what it hides, and who gets in."""

import os
import re
import shutil
import signal
import sys
import time

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, Relay, Rig, wait_for  # noqa: E402
from services import Logind, Portal, ScreenSaver  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

PASSPHRASE = "only a test"
LOCKED = "Sallyport Is Locked"
PICTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "two-codes.png")
WAITING_S = 2
IDLE_S = 75
SEARCH_PATH = "/" + APPLICATION_ID.replace(".", "/") + "/SearchProvider"


class Lock(Job):
    """An account and a server, whose names nobody is to read."""

    def __init__(self, desktop, relay, services):
        super().__init__(desktop)
        self.relay, self.services = relay, services
        self.bus = Gio.DBusConnection.new_for_address_sync(
            desktop.environment["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def search(self, term):
        answer = self.bus.call_sync(APPLICATION_ID, SEARCH_PATH, "org.gnome.Shell.SearchProvider2",
                                    "GetInitialResultSet", GLib.Variant("(as)", ([term],)), None,
                                    Gio.DBusCallFlags.NONE, 20000, None)
        return answer.unpack()[0]

    def open_details(self):
        self.accessible.press(self.find("list item", re.compile("^Firm:anna")), "row.details")
        self.find("label", "Servers That Sign In With It")

    def windows(self):
        return self.desktop.run("xdotool", "search", "--onlyvisible", "--pid", str(self.desktop.app.pid)).split()

    def unlock(self, passphrase):
        self.fill("Passphrase", passphrase)
        self.press("button", "Unlock")

    def expect_locked(self):
        self.find("label", LOCKED)
        shown = self.accessible.dump()
        for secret in ("Firm", "anna", "Drop box", "code"):
            assert secret not in shown, shown
        told = self.accessible.names()
        assert not [name for name in told if re.search("Firm|anna|Drop box", name)], told
        assert self.search("firm") == [] and self.search("drop") == []
        title = self.desktop.run("xdotool", "getwindowname", self.desktop.window_id).strip()
        assert title == "Sallyport", title

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
        self.set_lock_passphrase(PASSPHRASE)
        self.expect_open()

    def locking_hides_all(self):
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

    def lock_key_works_over_a_dialog(self):
        self.open_details()
        self.desktop.focus_window()
        self.desktop.key("ctrl+l")
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()

    def copied_code_is_taken_back(self):
        self.desktop.focus_window()
        self.accessible.press(self.find("list item", re.compile("^Firm:anna")), "row.copy")
        self.find("label", "Code copied")
        self.desktop.key("ctrl+l")
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()
        self.desktop.key("ctrl+f")
        entry = self.find("entry", "Search accounts")
        self.desktop.key("ctrl+v")
        self.desktop.key("x")
        wait_for(lambda: self.accessible.get_text(entry) == "x", "nothing but what was typed")
        self.desktop.key("Escape")
        self.expect_open()

    def locked_screen_locks_it_and_closes_dialogs(self):
        self.open_details()
        self.press("button", "Show QR Code")
        self.find("label", re.compile("^Whoever photographs this code"))
        self.services["screen-saver"].set_active(True)
        self.expect_locked()
        assert not self.accessible.find_all("label", re.compile("^Whoever photographs"))
        self.services["screen-saver"].set_active(False)
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()

    def sandbox_hears_of_the_locked_screen(self):
        portal = self.services["portal"]
        wait_for(lambda: portal.monitors, "a monitor of the session")
        portal.change_state(False)
        self.expect_open()
        self.accessible.press(self.find("list item", re.compile("^Firm:anna")), "row.edit")
        self.find("label", "Edit Account")
        portal.change_state(True)
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()

    def end_of_the_session_is_not_held_up(self):
        portal = self.services["portal"]
        portal.change_state(False, session_state=2)
        wait_for(lambda: [path for _, path in portal.monitors] == portal.ended, "the answer")

    def sleep_waits_for_the_lock(self):
        logind = self.services["logind"]
        wait_for(lambda: logind.held() == [("sleep", "delay")], "the inhibitor")
        logind.sleep()
        wait_for(lambda: self.accessible.find_all("label", LOCKED), "the lock")
        wait_for(lambda: not logind.held(), "the computer to go to sleep")
        self.expect_locked()
        logind.wake()
        wait_for(lambda: logind.held() == [("sleep", "delay")], "the inhibitor for the next time")
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()

    def file_chooser_goes_and_nothing_is_exported(self):
        self.desktop.focus_window()
        self.desktop.key("ctrl+e")
        self.fill("Password for the File", PASSPHRASE)
        self.fill("The Same Again", PASSPHRASE)
        button = self.find("button", "Save…")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        self.desktop.find_dialog("Export Accounts")
        # Of its path, the last thing to come: GTK's chooser complains if it goes while it still looks where it is.
        self.find("toggle button", "/")
        self.services["screen-saver"].set_active(True)
        self.find("label", LOCKED)
        wait_for(lambda: self.windows() == [self.desktop.window_id], "the file chooser to go")
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()
        assert not self.accessible.find_all("label", re.compile("Exported$"))

    def picture_of_the_screen_that_comes_late_shows_nothing(self):
        portal = self.services["portal"]
        portal.response = None
        path = os.path.join(self.desktop.home, "screen.png")
        shutil.copy(PICTURE, path)
        self.desktop.focus_window()
        self.desktop.key("F10")
        self.find("menu item")
        self.desktop.key("s")
        wait_for(lambda: portal.asked, "the question to the portal")
        self.services["screen-saver"].set_active(True)
        self.expect_locked()
        portal.answer((0, {"uri": "file://" + path}))
        wait_for(lambda: not os.path.exists(path), "the picture to go")
        time.sleep(WAITING_S)
        self.expect_locked()
        assert not self.accessible.find_all("dialog")
        self.unlock(PASSPHRASE)
        self.expect_open()

    def question_of_a_server_waits(self):
        """It would name the server, over the locked window."""
        self.relay.process.send_signal(signal.SIGSTOP)
        self.desktop.click(self.find("list item", re.compile("^Drop box")))
        self.find("button", "Cancel")
        self.services["screen-saver"].set_active(True)
        self.expect_locked()
        self.relay.process.send_signal(signal.SIGCONT)
        time.sleep(WAITING_S)
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.find("button", "Trust")
        self.press("button", "Cancel")
        self.wait_gone("button", "Trust")
        self.desktop.focus_window()
        self.desktop.key("alt+1")
        self.expect_open()

    def it_locks_when_nobody_is_there(self):
        self.desktop.run("gsettings", "set", APPLICATION_ID, "lock-after-minutes", "1")
        self.open_details()
        self.find("label", LOCKED, IDLE_S)
        self.expect_locked()
        self.desktop.run("gsettings", "set", APPLICATION_ID, "lock-after-minutes", "0")

    def screen_can_be_left_out(self):
        self.unlock(PASSPHRASE)
        self.expect_open()
        self.desktop.run("gsettings", "set", APPLICATION_ID, "lock-with-screen", "false")
        wait_for(lambda: not self.services["logind"].held(), "sleep to be free")
        self.services["screen-saver"].set_active(True)
        self.services["portal"].change_state(True)
        self.services["logind"].sleep()
        time.sleep(WAITING_S)
        self.expect_open()

    def program_starts_locked(self):
        self.desktop.stop_app()
        self.desktop.start_app()
        self.expect_locked()
        self.unlock(PASSPHRASE)
        self.expect_open()


STEPS = [
    Lock.without_a_passphrase_nothing_locks, Lock.passphrase_is_set, Lock.locking_hides_all,
    Lock.shortcuts_open_nothing, Lock.another_passphrase_does_not_open_it, Lock.passphrase_opens_it,
    Lock.lock_key_works_over_a_dialog, Lock.copied_code_is_taken_back,
    Lock.locked_screen_locks_it_and_closes_dialogs, Lock.sandbox_hears_of_the_locked_screen,
    Lock.end_of_the_session_is_not_held_up, Lock.sleep_waits_for_the_lock,
    Lock.file_chooser_goes_and_nothing_is_exported,
    Lock.picture_of_the_screen_that_comes_late_shows_nothing, Lock.question_of_a_server_waits,
    Lock.it_locks_when_nobody_is_there, Lock.screen_can_be_left_out, Lock.program_starts_locked,
]


def main():
    with Rig("openssh-combined") as rig, Relay(build_folder(), rig.port) as relay, Desktop(build_folder()) as desktop:
        desktop.start_system_bus()
        account = desktop.add_account(
            "otpauth://totp/Firm:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Firm")
        desktop.add_server(name="Drop box", host="127.0.0.1", port=relay.port, user=rig.user, recipe="password+code",
                           **{"account-id": account})
        session, system = (desktop.environment[f"DBUS_{bus}_BUS_ADDRESS"] for bus in ("SESSION", "SYSTEM"))
        with Logind(system) as logind, ScreenSaver(session) as screen_saver, Portal(session) as portal:
            desktop.start_app()
            run_steps(Lock(desktop, relay, {"logind": logind, "screen-saver": screen_saver, "portal": portal}), STEPS)


if __name__ == "__main__":
    main()
