#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server's life in the window: questions, refusals, changes to its files, a line that breaks."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Relay, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIGN_IN_S = 60


class Servers(Job):
    """One server with a password that is not saved, behind a line that can be cut."""

    def __init__(self, desktop, rig, relay):
        super().__init__(desktop, rig)
        self.relay = relay

    def remote(self, name):
        return os.path.join(self.rig.home, name)

    def download(self, name):
        return os.path.join(self.desktop.home, "Downloads", name)

    def choose(self, name):
        self.desktop.focus_window()
        self.desktop.click(self.find("table cell", name))

    def unknown_name_is_named(self):
        second = subprocess.run([self.desktop.program(), "--server", "nowhere"],
                                env=self.desktop.environment, check=False, capture_output=True,
                                text=True, timeout=20)
        assert second.returncode == 1, f"exit code {second.returncode}"
        assert "nowhere" in second.stderr, second.stderr
        self.find("label", "No Server of That Name")
        self.desktop.key("Escape")
        self.wait_gone("label", "No Server of That Name")

    def missing_password_is_asked_for(self):
        second = subprocess.run([self.desktop.program(), "--server", "DROP BOX"],
                                env=self.desktop.environment, check=False, timeout=20)
        assert second.returncode == 0, f"exit code {second.returncode}"
        self.find("label", self.rig.fingerprint, SIGN_IN_S)
        self.press("button", "Trust")
        self.find("button", "Continue", SIGN_IN_S)

    def wrong_password_is_refused_with_a_next_step(self):
        self.desktop.focus_window()
        self.desktop.type("not the password")
        self.desktop.key("Return")
        self.find("label", "Sign-in Refused", SIGN_IN_S)
        self.press("button", "Edit Server")

    def check_says_what_stands_against_it(self):
        self.find("button", "Check Without Signing In")
        self.desktop.focus_window()
        self.desktop.key("alt+k")
        self.find("label", "Nothing Stands Against Signing In", SIGN_IN_S)
        self.find("label", re.compile("curve25519"))
        self.desktop.key("Escape")
        self.wait_gone("label", "Nothing Stands Against Signing In")

    def test_sign_in_says_that_it_works(self):
        self.fill(re.compile("^Password"), self.rig.secret("password"))
        self.desktop.key("alt+t")
        self.find("label", "It works: the server let you in.", SIGN_IN_S)

    def edited_server_is_saved(self):
        self.fill("Name", "Inbox")
        self.press("button", "Save")
        self.find("list item", re.compile("^Inbox"))
        self.press("button", "Connect")
        self.find("table cell", "README.txt", SIGN_IN_S)

    def file_is_renamed(self):
        self.choose("README.txt")
        self.desktop.key("F2")
        self.fill("Name", "LIESMICH.txt")
        self.press("button", "Rename")
        self.find("table cell", "LIESMICH.txt")
        assert os.path.exists(self.remote("LIESMICH.txt")), "not renamed on the server"
        assert not os.path.exists(self.remote("README.txt")), "the old name is still there"

    def deletion_can_be_called_off(self):
        self.choose("latest-invoice.csv")
        self.desktop.key("Delete")
        self.find("label", "Delete “latest-invoice.csv”?")
        self.press("button", "Cancel")
        self.wait_gone("label", "Delete “latest-invoice.csv”?")
        assert os.path.lexists(self.remote("latest-invoice.csv")), "deleted all the same"

    def link_is_deleted_and_its_target_stays(self):
        self.choose("latest-invoice.csv")
        self.desktop.key("Delete")
        self.press("button", "Delete")
        self.wait_gone("table cell", "latest-invoice.csv")
        assert not os.path.lexists(self.remote("latest-invoice.csv")), "still on the server"
        assert os.path.exists(self.remote("outbox/invoice.csv")), "its target is gone"

    def folder_is_deleted_with_all_in_it(self):
        self.choose("outbox")
        self.desktop.key("Delete")
        self.find("label", re.compile("all that is in it"))
        self.press("button", "Delete")
        self.wait_gone("table cell", "outbox")
        assert not os.path.exists(self.remote("outbox")), "still on the server"

    def fetch_again(self, answer):
        self.choose("LIESMICH.txt")
        self.press("button", "Download")
        self.find("label", "Replace “LIESMICH.txt”?")
        self.press("button", answer)
        self.wait_gone("label", "Replace “LIESMICH.txt”?")

    def existing_file_is_asked_about(self):
        self.choose("LIESMICH.txt")
        self.press("button", "Download")
        wait_for(lambda: os.path.exists(self.download("LIESMICH.txt")), "the file")
        with open(self.download("LIESMICH.txt"), "w", encoding="utf-8") as file:
            file.write("my own words")
        self.fetch_again("Keep Both")
        wait_for(lambda: len(os.listdir(self.download("."))) == 2, "a second file")
        with open(self.download("LIESMICH.txt"), encoding="utf-8") as file:
            assert file.read() == "my own words", "not kept"

    def existing_file_is_replaced(self):
        self.fetch_again("Replace")
        with open(self.remote("LIESMICH.txt"), "rb") as file:
            contents = file.read()

        def is_replaced():
            with open(self.download("LIESMICH.txt"), "rb") as file:
                return file.read() == contents
        wait_for(is_replaced, "the server's file in place of the old one")

    def lost_connection_says_so(self):
        self.relay.stop()
        self.find("label", "Connection Lost", SIGN_IN_S)

    def unreachable_server_says_so(self):
        self.press("button", "Try Again")
        self.find("label", "The Server Cannot Be Reached", SIGN_IN_S)

    def try_again_works_when_the_line_is_back(self):
        self.relay.start()
        self.press("button", "Try Again")
        self.find("table cell", "LIESMICH.txt", SIGN_IN_S)

    def choice_stays_when_a_folder_is_looked_at_anew(self):
        """On the way up the folder one comes from is chosen, unless the person was faster than the line."""
        self.desktop.click(self.find("table cell", "inbox"), repeat=2)
        self.wait_gone("table cell", "LIESMICH.txt")
        self.relay.pause()
        self.press("button", "Parent folder")
        self.choose("LIESMICH.txt")
        with open(self.remote("fresh.txt"), "w", encoding="utf-8"):
            pass
        self.relay.resume()
        self.find("table cell", "fresh.txt")
        self.desktop.key("Delete")
        self.find("label", "Delete “LIESMICH.txt”?")
        self.press("button", "Cancel")
        self.wait_gone("label", "Delete “LIESMICH.txt”?")

    def deleted_server_comes_back_with_undo(self):
        self.desktop.focus_window()
        self.press("list item", re.compile("^Inbox"), "row.delete")
        self.wait_gone("list item", re.compile("^Inbox"))
        self.press("button", "Undo")
        self.desktop.click(self.find("list item", re.compile("^Inbox")))
        self.find("table cell", "LIESMICH.txt", SIGN_IN_S)


STEPS = [
    Servers.unknown_name_is_named, Servers.missing_password_is_asked_for,
    Servers.wrong_password_is_refused_with_a_next_step, Servers.check_says_what_stands_against_it, Servers.test_sign_in_says_that_it_works,
    Servers.edited_server_is_saved, Servers.file_is_renamed, Servers.deletion_can_be_called_off,
    Servers.link_is_deleted_and_its_target_stays, Servers.folder_is_deleted_with_all_in_it,
    Servers.existing_file_is_asked_about, Servers.existing_file_is_replaced,
    Servers.lost_connection_says_so, Servers.unreachable_server_says_so,
    Servers.try_again_works_when_the_line_is_back, Servers.choice_stays_when_a_folder_is_looked_at_anew,
    Servers.deleted_server_comes_back_with_undo,
]


def main():
    build = build_folder()
    with Rig("openssh-password") as rig, Relay(build, rig.port) as relay, \
            Desktop(build) as desktop:
        desktop.add_server(name="Drop box", host="127.0.0.1", port=relay.port, user=rig.user)
        desktop.start_app()
        run_steps(Servers(desktop, rig, relay), STEPS)


if __name__ == "__main__":
    main()
