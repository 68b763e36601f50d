#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes in the window: one by counter, the clipboard, and a keyring that is locked."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# RFC 4226, appendix D: the key, and its first codes.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODES = ["755224", "287082", "359152"]
CLEAR_S = 3


class Codes(Job):
    """The account of RFC 4226."""

    def row_with(self, code):
        spelled = re.compile(r"^VPN:alice, code " + r"\D*".join(code))
        return self.find("list item", spelled)

    def press_next(self):
        """As soon as the pause after the last code is over."""
        wait_for(lambda: self.is_sensitive(self.find("button", "Next Code")), "the button")
        self.press("button", "Next Code")

    def counter_goes_on_code_by_code(self):
        for code in CODES[:2]:
            self.press_next()
            self.row_with(code)

    def double_click_does_not_skip_a_code(self):
        button = self.find("button", "Next Code")
        assert not self.is_sensitive(button), "the next code can be asked for at once"
        self.desktop.click(button, repeat=2)
        wait_for(lambda: self.is_sensitive(button), "the end of the pause")
        self.row_with(CODES[1])

    def counter_survives_the_program(self):
        self.desktop.stop_app()
        self.desktop.start_app()
        self.press_next()
        self.row_with(CODES[2])

    def paste(self):
        """What the clipboard holds, as the search entry takes it."""
        self.desktop.key("ctrl+f")
        entry = self.find("entry", "Search accounts")
        self.accessible.set_text(entry, "")
        self.desktop.key("ctrl+v")
        text = self.accessible.get_text(entry)
        self.desktop.key("Escape")
        return text

    def copied_code_is_in_the_clipboard(self):
        self.desktop.focus_window()
        self.accessible.press(self.row_with(CODES[2]), "row.copy")
        self.find("label", "Code copied")
        wait_for(lambda: self.paste() == CODES[2], "the code in the clipboard", CLEAR_S)

    def clipboard_is_cleared(self):
        wait_for(lambda: self.paste() == "", "an empty clipboard")

    def locked_keyring_says_so(self):
        self.desktop.stop_app()
        self.desktop.lock_keyring()
        self.desktop.start_app()
        self.find("label", re.compile("^The Keyring (Is Locked|Was Not Unlocked)$"))
        assert not self.accessible.find_all("list item", re.compile("VPN")), "a code shows"

    def unlocking_shows_the_codes(self):
        self.desktop.unlock_keyring()
        self.press("button", re.compile("Unlock"))
        self.find("list item", re.compile("^VPN:alice"))


STEPS = [
    Codes.counter_goes_on_code_by_code, Codes.double_click_does_not_skip_a_code,
    Codes.counter_survives_the_program,
    Codes.copied_code_is_in_the_clipboard, Codes.clipboard_is_cleared,
    Codes.locked_keyring_says_so, Codes.unlocking_shows_the_codes,
]


def main():
    with Desktop(build_folder()) as desktop:
        desktop.write_setting("clipboard-clear", f"uint32 {CLEAR_S}")
        desktop.add_account(f"otpauth://hotp/VPN:alice?secret={SECRET}&issuer=VPN&counter=0")
        desktop.start_app()
        run_steps(Codes(desktop), STEPS)


if __name__ == "__main__":
    main()
