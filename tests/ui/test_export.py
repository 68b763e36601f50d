#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that leave: encrypted, plain after a warning, as QR codes, and on paper."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACCOUNTS = [
    f"otpauth://totp/Alpha:alice?secret={SECRET}&issuer=Alpha",
    f"otpauth://totp/Beta:bert?secret={SECRET}GEZDGNBV&issuer=Beta&period=60",
    # More than one code of Google's holds.
    *(f"otpauth://totp/Many{number}:{'x' * 60}?secret={SECRET}&issuer=Many{number}" for number in range(15)),
]
# Places in the list of formats.
MIGRATION, URIS, SHEET = 3, 4, 5
PASSWORD = "only a test"


class Export(Job):
    """Some accounts; Google's format cannot carry one of them."""

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

    def choose(self, format_place):
        """By the keyboard: what pops up is a window of its own."""
        self.desktop.focus_window()
        self.desktop.click(self.find("combo box", "Format"))
        self.desktop.find_popover()
        self.desktop.key(*["Down"] * format_place, "Return")

    def close(self):
        self.desktop.focus_window()
        self.desktop.key("Escape")
        self.wait_gone("label", re.compile("Export Accounts|Accounts Exported"))

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
        self.find("label", f"{len(ACCOUNTS)} Accounts Exported")
        self.find("label", re.compile("was read back and compared"))
        self.close()

    def plain_file_needs_a_second_thought(self):
        self.open_export()
        self.choose(URIS)
        self.find("label", re.compile("^Whoever gets this file"))
        assert not self.accessible.find_all("text", "Password for the File")
        save = self.find("button", "Save…")
        assert not self.is_sensitive(save)
        self.desktop.click(self.find("label", "Write All Keys Unprotected"))
        wait_for(lambda: self.is_sensitive(save), "the button")

    def plain_file_has_all_keys(self):
        content, _ = self.save_as("all.txt")
        assert content.decode().count("otpauth://") == len(ACCOUNTS)
        for uri in ACCOUNTS:
            assert re.search("secret=([A-Z2-7]+)", uri)[1] in content.decode()
        self.find("label", f"{len(ACCOUNTS)} Accounts Exported")
        self.close()

    def read_codes(self):
        """What a camera would: the texts of the codes that show."""
        path = os.path.join(self.desktop.home, "codes.png")
        self.desktop.shoot(path)
        with open(path, "rb") as picture:
            found = subprocess.run([os.path.join(build_folder(), "app", "qr", "sallyport-qr")], stdin=picture,
                                   capture_output=True, check=False).stdout
        return [text.decode() for text in found.split(b"\0") if text]

    def codes_are_shown_one_after_the_other(self):
        self.open_export()
        self.choose(MIGRATION)
        button = self.find("button", "Show as QR Codes")
        assert not self.is_sensitive(button)
        self.desktop.click(self.find("label", "Write All Keys Unprotected"))
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        label = self.find("label", re.compile(r"^Code 1 of \d+$"))
        n_codes = int(label.name.rsplit(" ", 1)[1])
        assert n_codes > 1, label.name
        assert not self.is_sensitive(self.find("button", "Previous"))
        texts = []
        for number in range(1, n_codes + 1):
            self.find("label", f"Code {number} of {n_codes}")
            texts += wait_for(lambda: [text for text in self.read_codes() if text not in texts], "another code")
            if number < n_codes:
                self.press("button", "Next")
        assert not self.is_sensitive(self.find("button", "Next"))
        assert all(text.startswith("otpauth-migration://") for text in texts), texts
        self.check_parts(texts)

    def check_parts(self, texts):
        """The other side: what a program that reads them has then."""
        path = os.path.join(self.desktop.home, "parts")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(texts) + "\n")
        command = [os.path.join(build_folder(), "app", "cli", "sally"), "import", path, "--dry-run", "--json"]
        lines = subprocess.run(command, env=self.desktop.environment, capture_output=True, check=False,
                               text=True).stdout.splitlines()
        assert len(lines) == len(ACCOUNTS) - 1, lines
        assert all('"status":"same"' in line for line in lines), lines

    def what_the_codes_leave_out_is_said(self):
        self.find("label", re.compile("“Beta:bert” is left out: .*60 seconds"))
        self.close()

    def sheet_is_a_pdf(self):
        self.open_export()
        self.choose(SHEET)
        self.find("label", re.compile("^Whoever gets this sheet"))
        assert not self.is_sensitive(self.find("button", "Print…"))
        self.desktop.click(self.find("label", "Put All Keys on Paper"))
        button = self.find("button", "Print…")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        self.desktop.find_dialog("Print Recovery Sheet")
        self.desktop.key("Escape")
        self.find("button", "Save…")
        content, _ = self.save_as("sheet.pdf")
        assert content.startswith(b"%PDF"), content[:20]
        self.find("label", f"{len(ACCOUNTS)} Accounts Exported")
        self.find("label", re.compile("lock the sheet away"))
        self.close()


STEPS = [
    Export.encrypted_needs_the_same_password_twice,
    Export.encrypted_file_is_written_and_read_back,
    Export.plain_file_needs_a_second_thought,
    Export.plain_file_has_all_keys,
    Export.codes_are_shown_one_after_the_other,
    Export.what_the_codes_leave_out_is_said,
    Export.sheet_is_a_pdf,
]


def main():
    with Desktop(build_folder()) as desktop:
        for uri in ACCOUNTS:
            desktop.add_account(uri)
        desktop.start_app()
        run_steps(Export(desktop), STEPS)


if __name__ == "__main__":
    main()
