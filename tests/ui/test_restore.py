#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A login keyring that was reset, or is another one: it comes back, a backup is restored, all begins anew."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACCOUNTS = [f"otpauth://totp/Firm:anna?secret={KEY}&issuer=Firm", f"otpauth://totp/Bank:bert?secret={KEY}22&issuer=Bank"]
STRANGER = f"otpauth://totp/Club:carla?secret={KEY}33&issuer=Club"
PASSWORD = "only a test"
FOREIGN = "Your Codes Are in Another Keyring"


class Restore(Job):
    """Two accounts, with a backup of them; and keyrings that are exchanged behind the program's back."""

    def sally(self, *arguments, text=""):
        subprocess.run([os.path.join(self.desktop.build, "app", "cli", "sally"), *arguments], check=True,
                       env=self.desktop.environment, input=text, text=True, stdout=subprocess.DEVNULL)

    def write(self, name, text):
        path = os.path.join(self.desktop.home, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def backup(self):
        return os.path.join(self.desktop.home, "backup.sallyport")

    def prepare(self):
        self.sally("import", self.write("list.txt", "\n".join(ACCOUNTS) + "\n"))
        self.sally("export", self.backup(), "--format", "sallyport", "--password-stdin", text=PASSWORD)

    def keyrings(self, name="keyrings"):
        return os.path.join(self.desktop.environment["XDG_DATA_HOME"], name)

    def end_keyring(self):
        self.desktop.stop_app()
        self.desktop.keyring_daemon.terminate()
        self.desktop.keyring_daemon.wait(10)

    def reset_keyring(self):
        """As a person does who has forgotten its password; the old one lies beside it."""
        self.end_keyring()
        shutil.rmtree(self.keyrings("old"), ignore_errors=True)
        os.rename(self.keyrings(), self.keyrings("old"))
        self.desktop.start_keyring()

    def rows(self):
        return sorted(node.name.split(",")[0] for node in self.accessible.find_all("list item")
                      if re.match(r"^\w+:\w+", node.name or ""))

    def expect_rows(self, *names):
        wait_for(lambda: self.rows() == sorted(names), f"{names}, not {self.rows()}")

    def n_kept(self):
        found = subprocess.run(["secret-tool", "search", "--all", "application", APPLICATION_ID], check=False,
                               env=self.desktop.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return found.stderr.count(b"attribute.kind")

    def expect_foreign(self, n_kept=0):
        self.find("label", FOREIGN)
        assert self.rows() == [] and not self.accessible.find_all("label", "No Codes Yet")
        assert self.n_kept() == n_kept, self.n_kept()

    def reset_keyring_is_no_empty_list(self):
        self.find("list item", re.compile("^Firm:anna"))
        self.expect_rows("Bank:bert", "Firm:anna")
        self.reset_keyring()
        self.desktop.start_app()
        self.expect_foreign()

    def keyring_comes_back(self):
        self.desktop.keyring_daemon.terminate()
        self.desktop.keyring_daemon.wait(10)
        shutil.rmtree(self.keyrings())
        shutil.copytree(self.keyrings("old"), self.keyrings())
        self.desktop.start_keyring()
        self.press("button", "Try Again")
        self.expect_rows("Bank:bert", "Firm:anna")

    def restoring_is_asked_first(self):
        self.reset_keyring()
        self.desktop.start_app()
        self.expect_foreign()
        self.press("button", "Restore From a Backup…")
        self.find("alert", "Start Afresh and Restore?")
        self.press("button", "Cancel")
        self.wait_gone("alert", "Start Afresh and Restore?")
        self.expect_foreign()

    def closed_chooser_leaves_a_way(self):
        self.press("button", "Restore From a Backup…")
        self.press("button", "Restore…")
        self.desktop.find_dialog("Import Accounts")
        self.desktop.key("Escape")
        self.desktop.focus_window()
        self.find("label", "No Codes Yet")
        self.find("button", "Import…")

    def backup_brings_all_back(self):
        self.reset_after_afresh()
        self.press("button", "Restore From a Backup…")
        self.press("button", "Restore…")
        self.desktop.find_dialog("Import Accounts")
        self.desktop.choose_path(self.accessible, self.backup())
        self.desktop.focus_window()
        self.fill("Password of the File", PASSWORD)
        button = self.find("button", "Open")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        self.find("label", "2 are new")
        self.press("button", "Import")
        self.expect_rows("Bank:bert", "Firm:anna")
        assert self.n_kept() == 3, "two accounts and the canary"

    def reset_after_afresh(self):
        """Something has to be in a keyring for its loss to be noticed."""
        self.desktop.stop_app()
        self.sally("import", self.write("stranger.txt", STRANGER + "\n"))
        self.reset_keyring()
        self.desktop.start_app()
        self.expect_foreign()

    def they_are_there_at_the_next_start(self):
        self.desktop.stop_app()
        self.desktop.start_app()
        self.expect_rows("Bank:bert", "Firm:anna")

    def another_keyring_is_taken_as_it_is(self):
        """That of another computer, say, with accounts of its own."""
        ours = self.keyrings("ours")
        self.end_keyring()
        os.rename(self.keyrings(), ours)
        shutil.copytree(self.keyrings("old"), self.keyrings())
        self.desktop.start_keyring()
        self.desktop.start_app()
        self.expect_foreign(n_kept=2)
        self.press("button", "Start Afresh…")
        self.find("alert", "Start Afresh?")
        self.press("button", "Cancel")
        self.wait_gone("alert", "Start Afresh?")
        self.expect_foreign(n_kept=2)
        self.press("button", "Start Afresh…")
        self.press("button", "Start Afresh")
        self.expect_rows("Club:carla")

    def its_loss_would_be_noticed_too(self):
        self.end_keyring()
        shutil.rmtree(self.keyrings())
        os.rename(self.keyrings("ours"), self.keyrings())
        self.desktop.start_keyring()
        self.desktop.start_app()
        self.expect_foreign(n_kept=3)

    def nothing_was_deleted(self):
        self.press("button", "Start Afresh…")
        self.press("button", "Start Afresh")
        self.expect_rows("Bank:bert", "Firm:anna")


STEPS = [
    Restore.reset_keyring_is_no_empty_list, Restore.keyring_comes_back, Restore.restoring_is_asked_first,
    Restore.closed_chooser_leaves_a_way, Restore.backup_brings_all_back, Restore.they_are_there_at_the_next_start,
    Restore.another_keyring_is_taken_as_it_is, Restore.its_loss_would_be_noticed_too, Restore.nothing_was_deleted,
]


def main():
    with Desktop(build_folder(), keyring="auto") as desktop:
        job = Restore(desktop)
        job.prepare()
        desktop.start_app()
        run_steps(job, STEPS)


if __name__ == "__main__":
    main()
