#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first account of somebody who has no keyring yet: the service asks for the password of a new one."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import KEYRING_PASSWORD, Desktop, wait_for  # noqa: E402
from services import Prompter  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
ANNA = "otpauth://totp/Firm:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Firm"
ROW = re.compile("^Firm:anna, code")


class FirstKeyring(Job):
    """Who closes the question, and then answers it."""

    def __init__(self, desktop, prompter):
        super().__init__(desktop)
        self.prompter = prompter

    def press_add(self):
        button = self.find("button", "Add")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)

    def account_that_is_not_saved_is_not_lost(self):
        self.find("label", "No Codes Yet")
        self.desktop.focus_window()
        self.desktop.key("ctrl+k")
        self.fill("Setup Key", ANNA)
        self.press_add()
        self.find("label", re.compile("^There is no keyring yet, and none was made"))
        assert len(self.prompter.questions) == 1, self.prompter.questions
        assert self.accessible.get_text(self.find("text", "Service")) == "Firm"

    def it_is_saved_in_a_new_keyring(self):
        self.prompter.password = KEYRING_PASSWORD
        self.press_add()
        self.find("list item", ROW)
        assert len(self.desktop.read_accounts()) == 1

    def it_is_there_at_the_next_start(self):
        self.desktop.stop_app()
        self.desktop.start_app()
        self.find("list item", ROW)


STEPS = [
    FirstKeyring.account_that_is_not_saved_is_not_lost, FirstKeyring.it_is_saved_in_a_new_keyring,
    FirstKeyring.it_is_there_at_the_next_start,
]


def main():
    with Desktop(build_folder(), with_keyring=False) as desktop:
        desktop.start_keyring(is_unlocked=False)
        with Prompter(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as prompter:
            desktop.start_app()
            run_steps(FirstKeyring(desktop, prompter), STEPS)


if __name__ == "__main__":
    main()
