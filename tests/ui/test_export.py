#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that leave: encrypted, plain after a warning, and as QR codes."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACCOUNTS = [
    f"otpauth://totp/Alpha:alice?secret={SECRET}&issuer=Alpha",
    f"otpauth://totp/Beta:bert?secret={SECRET}22&issuer=Beta&period=60",
]
PASSWORD = "only a test"


class Export(Job):
    """Two accounts; Google's format cannot carry one of them."""

    def open_export(self):
        self.find("list item", re.compile("^Alpha:alice"))
        self.desktop.focus_window()
        self.desktop.key("ctrl+e")
        self.find("label", "Export Accounts")

    def save_as(self, name):
        path = os.path.join(self.desktop.home, name)
        self.press("button", "Save…")
        dialog = self.desktop.find_dialog("Export Accounts")
        self.desktop.key("ctrl+a")
        self.desktop.type(path)
        self.desktop.key("Return")
        wait_for(lambda: os.path.exists(path), f"the file {path}")
        assert os.stat(path).st_mode & 0o77 == 0, "others may read the file"
        self.desktop.focus_window()
        with open(path, "rb") as file:
            return file.read(), dialog

    def choose(self, words):
        self.desktop.focus_window()
        self.desktop.click(self.find("label", re.compile("encrypted|unprotected")))
        self.desktop.click(self.find("label", re.compile(words)))

    def encrypted_needs_the_same_password_twice(self):
        self.open_export()
        save = self.find("button", "Save…")
        assert not self.is_sensitive(save)
        self.fill("Password for the File", PASSWORD)
        self.fill("The Same Again", PASSWORD + "!")
        self.find("label", "The two passwords are not the same")
        assert not self.is_sensitive(save)
        self.fill("The Same Again", PASSWORD)
        wait_for(lambda: self.is_sensitive(save), "the button")

    def encrypted_file_is_written_and_read_back(self):
        content, _ = self.save_as("all.sallyport")
        assert SECRET.encode() not in content and b"Alpha" not in content
        self.find("label", "2 Accounts Exported")
        self.find("label", re.compile("was read back and compared"))


STEPS = [
    Export.encrypted_needs_the_same_password_twice,
    Export.encrypted_file_is_written_and_read_back,
]


def main():
    with Desktop(build_folder()) as desktop:
        for uri in ACCOUNTS:
            desktop.add_account(uri)
        desktop.start_app()
        run_steps(Export(desktop), STEPS)


if __name__ == "__main__":
    main()
