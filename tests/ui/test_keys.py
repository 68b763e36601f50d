#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key is made in a server's settings, its public half installed on the server, and it signs in."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, Rig  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIGN_IN_S = 60
PUBLIC_LINE = re.compile(r"^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\S{43,} laptop$", re.MULTILINE)


class Keys(Job):
    """One server that takes keys, and none yet."""

    def settings_offer_to_make_a_key(self):
        self.press("list item", re.compile("^Bastion"), "row.edit")
        self.find("label", "The keys of your SSH agent")
        self.choose("m")
        self.find("label", "Make a Key")

    def choose(self, letter):
        """An item of the menu by its letter: they have no names for AT-SPI."""
        self.desktop.focus_window()
        self.desktop.click(self.find("toggle button", re.compile("Choose")))
        self.find("menu item")
        self.desktop.key(letter)

    def a_key_wants_a_name(self):
        self.fill_in_front("   ")
        assert not self.is_sensitive(self.find("button", "Make")), "a key without a name can be made"
        self.fill_in_front("laptop")
        self.press("button", "Make")

    def fill_in_front(self, text):
        """The dialog below has a name too."""
        self.accessible.set_text(self.accessible.find_all("text", "Name")[-1], text)

    def public_half_is_shown_and_copied(self):
        words = self.find("label", PUBLIC_LINE).name
        line = PUBLIC_LINE.search(words).group()
        self.press("button", "Copy public key")
        with open(self.authorized_keys(), "w", encoding="utf-8") as file:
            file.write(line + "\n")

    def authorized_keys(self):
        return f"/proc/{self.rig.process.pid}/root/run/rig/keys/{self.rig.user}"

    def test_sign_in_works_with_it(self):
        self.desktop.focus_window()
        self.desktop.key("alt+t")
        self.find("label", self.rig.fingerprint, SIGN_IN_S)
        self.press("button", "Trust")
        self.find("label", "It works: the server let you in.", SIGN_IN_S)

    def saved_server_signs_in_with_it(self):
        self.press("button", "Save")
        self.wait_gone("button", "Save")
        self.desktop.click(self.find("list item", re.compile("^Bastion")))
        self.find("table cell", "README.txt", SIGN_IN_S)

    def chosen_key_is_shown_again(self):
        self.press("list item", re.compile("^Bastion"), "row.edit")
        self.find("label", PUBLIC_LINE)
        self.choose("a")
        self.find("label", "The keys of your SSH agent")


    def preferences_list_it_with_its_servers(self):
        self.desktop.key("Escape")
        self.wait_gone("label", "The keys of your SSH agent")
        self.open_keys()
        row = self.find("list item", re.compile("^laptop"))
        self.find("label", re.compile(r"^SHA256:\S{43}\nSigns in to “Bastion”$"), root=row)
        self.accessible.press(self.find("button", "Copy Public Key", root=row))
        self.find("label", "Public key copied")

    def open_keys(self):
        self.desktop.focus_window()
        self.desktop.key("ctrl+comma")
        self.press("page tab", "Keys")
        self.find("label", "Keys Made Here")
        self.find("list item", re.compile("^laptop"))
        if os.environ.get("SALLY_TEST_PICTURE"):
            self.desktop.shoot(os.environ["SALLY_TEST_PICTURE"])

    def removal_is_asked_first(self):
        self.press("button", "Remove Key")
        self.find("alert", "Remove “laptop”?")
        self.find("label", re.compile("signs in to “Bastion”: choose another key there first"))
        self.press("button", "Cancel")
        self.wait_gone("alert", "Remove “laptop”?")
        self.find("list item", re.compile("^laptop"))
        assert self.kept() == 1

    def kept(self):
        return subprocess.run(["secret-tool", "search", "--all", "application", APPLICATION_ID, "kind", "ssh-key"],
                              env=self.desktop.environment, check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE).stderr.count(b"attribute.kind")

    def closed_question_of_the_keyring_removes_nothing(self):
        self.desktop.lock_keyring()
        self.press("button", "Remove Key")
        self.press("button", "Remove Anyway")
        self.find("alert", "The Key Was Not Removed")
        self.press("button", "Close")
        self.wait_gone("alert", "The Key Was Not Removed")
        self.find("list item", re.compile("^laptop"))
        self.desktop.unlock_keyring()
        assert self.kept() == 1

    def it_is_removed(self):
        self.press("button", "Remove Key")
        self.press("button", "Remove Anyway")
        self.find("label", "No key was made yet")
        assert self.kept() == 0 and not self.accessible.find_all("list item", re.compile("^laptop"))

    def its_server_says_that_it_is_gone(self):
        self.desktop.key("Escape")  # the toast
        self.wait_gone("label", "Key removed")
        self.desktop.key("Escape")
        self.wait_gone("label", "Keys Made Here")
        self.press("list item", re.compile("^Bastion"), "row.edit")
        self.find("label", "It is not in the keyring any more")


STEPS = [
    Keys.settings_offer_to_make_a_key, Keys.a_key_wants_a_name, Keys.public_half_is_shown_and_copied,
    Keys.test_sign_in_works_with_it, Keys.saved_server_signs_in_with_it, Keys.chosen_key_is_shown_again,
    Keys.preferences_list_it_with_its_servers, Keys.removal_is_asked_first,
    Keys.closed_question_of_the_keyring_removes_nothing, Keys.it_is_removed, Keys.its_server_says_that_it_is_gone,
]


def main():
    with Rig("openssh-key") as rig, Desktop(build_folder()) as desktop:
        desktop.add_server(name="Bastion", host="127.0.0.1", port=rig.port, user=rig.user, recipe="key")
        desktop.start_app()
        run_steps(Keys(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
