#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups in the window: the banner, setting them up, the first one, a check, a failure and its end."""

import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACCOUNTS = [
    f"otpauth://totp/Alpha:alice?secret={SECRET}&issuer=Alpha",
    f"otpauth://totp/Beta:bert?secret={SECRET}22&issuer=Beta&period=60",
]
PASSWORD = "only a test"
NO_COPY = "Your accounts are on this computer only"
SINCE = "backup-accounts-since"
FOUR_DAYS_S = 4 * 24 * 60 * 60
WAITING_S = 1
FAILED = "The last backup failed"
DONE = "Last backup: today, 2 accounts, read back and compared"


class Backups(Job):
    """Two accounts, and a folder that comes and goes like a disk."""

    def folder(self):
        return os.path.join(self.desktop.home, "Disk")

    def files(self):
        return sorted(name for name in os.listdir(self.folder()) if name.endswith(".sallyport"))

    def choose_path(self, title, path):
        """In a file chooser, by its name; typed, it would be completed to another one."""
        self.desktop.find_dialog(title)
        self.desktop.type("/")
        entry = wait_for(lambda: next((node for node in self.accessible.find_all("text")
                                       if self.accessible.get_text(node) == "/"), None), "the entry")
        self.accessible.set_text(entry, path)
        self.desktop.key("Return")

    def escape(self):
        self.desktop.focus_window()
        self.desktop.key("Escape")

    def run_sally(self, *arguments):
        command = [os.path.join(build_folder(), "app", "cli", "sally"), *arguments]
        return subprocess.run(command, env=self.desktop.environment, capture_output=True, check=False, text=True)

    def first_days_pass_without_a_word(self):
        self.find("list item", re.compile("^Alpha:alice"))
        wait_for(lambda: self.desktop.run("gsettings", "get", APPLICATION_ID, SINCE) != "int64 0\n",
                 "the day to be noted")
        time.sleep(WAITING_S)
        assert not self.accessible.find_all("label", NO_COPY)

    def banner_says_that_there_is_no_copy(self):
        self.desktop.stop_app()
        self.desktop.run("gsettings", "set", APPLICATION_ID, SINCE, str(int(time.time()) - FOUR_DAYS_S))
        self.desktop.start_app()
        self.find("list item", re.compile("^Alpha:alice"))
        self.find("label", NO_COPY)

    def question_that_is_closed_settles_nothing(self):
        self.press("button", "Back Up…")
        self.find("alert", "Back Up Your Accounts")
        self.escape()
        self.wait_gone("alert", "Back Up Your Accounts")
        self.find("label", NO_COPY)

    def question_leads_to_the_preferences(self):
        self.press("button", "Back Up…")
        self.press("button", "Set Up Backups")
        self.find("label", "No backup yet")
        self.find("label", "None is chosen yet")
        wait_for(lambda: self.accessible.find_all("label", "Not set yet"), "what the keyring says")

    def password_is_typed_twice(self):
        self.press("button", "Password")
        self.fill("Password for Backups", PASSWORD)
        self.find("label", re.compile("^Weak"))
        button = self.find("button", "Set")
        assert not self.is_sensitive(button)
        self.fill("The Same Again", PASSWORD + "!")
        self.find("label", "The two passwords are not the same")
        assert not self.is_sensitive(button)
        self.fill("The Same Again", PASSWORD)
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        self.find("label", re.compile("^In the keyring"))

    def folder_completes_it_and_the_first_backup_is_made(self):
        os.mkdir(self.folder())
        self.press("button", "Folder")
        self.choose_path("Folder for Backups", self.folder())
        self.find("label", DONE)
        name, = self.files()
        assert re.fullmatch(r"accounts-.+-\d{4}-\d\d-\d\d-\d{6}\.sallyport", name), name
        path = os.path.join(self.folder(), name)
        assert os.stat(path).st_mode & 0o77 == 0, "others may read it"
        with open(path, "rb") as file:
            assert b"Alpha" not in file.read()

    def command_sees_the_same(self):
        facts = json.loads(self.run_sally("backup", "status", "--json").stdout)
        assert facts["enabled"] and not facts["due"] and facts["accounts"] == 2, facts
        result = self.run_sally("backup", "verify", facts["file"])
        assert result.returncode == 0 and "all 2 accounts" in result.stdout, result

    def check(self, heading):
        self.desktop.focus_window()
        self.desktop.click(self.find("label", "Check a Backup…"))
        self.choose_path("Check a Backup", os.path.join(self.folder(), self.files()[-1]))
        self.desktop.focus_window()
        self.find("alert", heading)

    def check_finds_it_good(self):
        self.check("The Backup Is Good")
        self.find("label", re.compile("holds all 2 accounts"))
        self.press("button", "Close")
        self.wait_gone("alert", "The Backup Is Good")

    def check_finds_damage(self):
        path = os.path.join(self.folder(), self.files()[-1])
        with open(path, "rb") as file:
            whole = file.read()
        with open(path, "wb") as file:
            file.write(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
        # Nobody can tell damage from another password.
        self.check("Password of the File")
        self.fill("Password", PASSWORD)
        button = self.find("button", "Open")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        wait_for(lambda: not self.is_sensitive(self.find("button", "Open")), "the question to come again")
        self.press("button", "Cancel")
        self.wait_gone("alert", "Password of the File")
        with open(path, "wb") as file:
            file.write(whole)

    def back_up_now(self):
        self.desktop.focus_window()
        self.desktop.click(self.find("label", "Back Up Now"))

    def another_one_is_made_by_hand(self):
        self.back_up_now()
        wait_for(lambda: len(self.files()) == 2, "the second file")
        self.find("label", os.path.join(self.folder(), self.files()[-1]))
        self.find("label", DONE)

    def disk_that_is_gone_is_said(self):
        os.rename(self.folder(), self.folder() + ".gone")
        self.back_up_now()
        self.find("label", re.compile("^The last attempt failed. The folder .* is not there"))
        self.escape()
        self.find("label", FAILED)

    def banner_leads_to_the_reason(self):
        self.press("button", "Details")
        self.find("label", re.compile("^The last attempt failed"))
        os.rename(self.folder() + ".gone", self.folder())
        self.back_up_now()
        wait_for(lambda: len(self.files()) == 3, "the third file")
        self.wait_gone("label", re.compile("^The last attempt failed"))
        self.escape()
        self.wait_gone("label", FAILED)

    def not_now_is_remembered(self):
        self.desktop.stop_app()
        for key in ("backup-time", "export-time"):
            self.desktop.write_setting(key, "0")
        self.desktop.write_setting("backup-enabled", "false")
        self.desktop.start_app()
        self.find("label", NO_COPY)
        self.press("button", "Back Up…")
        self.press("button", "Not Now")
        self.wait_gone("label", NO_COPY)
        self.desktop.stop_app()
        self.desktop.start_app()
        self.find("list item", re.compile("^Alpha:alice"))
        assert not self.accessible.find_all("label", NO_COPY)


STEPS = [
    Backups.first_days_pass_without_a_word,
    Backups.banner_says_that_there_is_no_copy,
    Backups.question_that_is_closed_settles_nothing,
    Backups.question_leads_to_the_preferences,
    Backups.password_is_typed_twice,
    Backups.folder_completes_it_and_the_first_backup_is_made,
    Backups.command_sees_the_same,
    Backups.check_finds_it_good,
    Backups.check_finds_damage,
    Backups.another_one_is_made_by_hand,
    Backups.disk_that_is_gone_is_said,
    Backups.banner_leads_to_the_reason,
    Backups.not_now_is_remembered,
]


def main():
    with Desktop(build_folder()) as desktop:
        for uri in ACCOUNTS:
            desktop.add_account(uri)
        desktop.start_app()
        run_steps(Backups(desktop), STEPS)


if __name__ == "__main__":
    main()
