#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder made like another in the window: compared, shown, done."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIGN_IN_S = 60


class Sync(Job):
    """A server, and a folder of our own."""

    def mine(self, name=""):
        return os.path.join(self.desktop.home, "mine", name)

    def theirs(self, name=""):
        return os.path.join(self.rig.home, "inbox", name)

    def signs_in_and_enters_the_folder(self):
        second = subprocess.run([self.desktop.program(), "--server", "Drop box"],
                                env=self.desktop.environment, check=False, timeout=20)
        assert second.returncode == 0, f"exit code {second.returncode}"
        self.find("label", self.rig.fingerprint, SIGN_IN_S)
        self.press("button", "Trust")
        cell = self.find("table cell", "inbox", SIGN_IN_S)
        self.desktop.focus_window()
        self.desktop.click(cell, repeat=2)
        self.find("table cell", "stale.txt")

    def folder_is_chosen(self):
        self.desktop.key("F10", "y")
        assert not self.is_sensitive(self.find("button", "Compare"))
        self.find("label", "Choose…")
        self.desktop.key("alt+h")
        dialog = self.find("dialog", "Folder to Synchronize")
        window = self.desktop.find_dialog("Folder to Synchronize")
        for label in ("Home", "mine"):
            self.desktop.click(self.accessible.find("label", label, root=dialog), window_id=window)
        self.accessible.press(self.accessible.find("button", "Select", root=dialog))
        self.find("label", self.mine()[:-1])

    def difference_is_shown_and_nothing_done(self):
        self.press("button", "Compare")
        self.find("label", "2 files to copy, 1 folder to make")
        self.find("label", "sub/two.bin")
        assert os.listdir(self.theirs()) == ["stale.txt"]

    def wishes_can_be_changed(self):
        self.desktop.focus_window()
        self.desktop.key("alt+b")
        self.desktop.click(self.find("check box", "Delete What the Source Does Not Have"))
        self.press("button", "Compare")
        self.find("label", "2 files to copy, 1 folder to make, 1 to delete")
        self.find("label", "Delete on the server")

    def both_are_the_same_at_the_end(self):
        self.press("button", "Synchronize")
        wait_for(lambda: sorted(os.listdir(self.theirs())) == ["one.txt", "sub"], "the two folders to be the same")
        assert subprocess.run(["diff", "-r", self.mine(), self.theirs()], check=False).returncode == 0
        self.find("label", "Synchronized: 2 copied, 1 deleted")
        self.find("table cell", "one.txt")

    def nothing_is_left_to_do(self):
        self.desktop.focus_window()
        self.desktop.key("F10", "y")
        self.find("label", "Choose…")
        self.desktop.key("alt+h")
        dialog = self.find("dialog", "Folder to Synchronize")
        window = self.desktop.find_dialog("Folder to Synchronize")
        for label in ("Home", "mine"):
            self.desktop.click(self.accessible.find("label", label, root=dialog), window_id=window)
        self.accessible.press(self.accessible.find("button", "Select", root=dialog))
        self.find("label", self.mine()[:-1])
        self.press("button", "Compare")
        self.find("label", re.compile("Both folders are the same"))


STEPS = [
    Sync.signs_in_and_enters_the_folder, Sync.folder_is_chosen,
    Sync.difference_is_shown_and_nothing_done, Sync.wishes_can_be_changed,
    Sync.both_are_the_same_at_the_end, Sync.nothing_is_left_to_do,
]


def make_folders(mine, theirs, owner):
    os.makedirs(os.path.join(mine, "sub"))
    for name in ("one.txt", "sub/two.bin"):
        with open(os.path.join(mine, name), "wb") as file:
            file.write(os.urandom(50_000))
    os.makedirs(theirs, exist_ok=True)
    with open(os.path.join(theirs, "stale.txt"), "w", encoding="utf-8") as file:
        file.write("old")
    subprocess.run(["chown", "-R", "--reference", owner, theirs], check=True)


def main():
    with Rig("openssh-password") as rig, Desktop(build_folder()) as desktop:
        make_folders(os.path.join(desktop.home, "mine"), os.path.join(rig.home, "inbox"), rig.home)
        server = desktop.add_server(name="Drop box", host="127.0.0.1", port=rig.port, user=rig.user)
        desktop.store_secret("password", server, rig.secret("password"))
        desktop.start_app()
        run_steps(Sync(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
