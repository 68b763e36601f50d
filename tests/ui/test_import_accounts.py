#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that come in by paste, by drop, by picture, from an encrypted file; and undo."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CLIPBOARD_PARTNER = os.path.join(HERE, "clipboard_partner.py")
DRAG_PARTNER = os.path.join(HERE, "drag_partner.py")
PICTURE = os.path.join(HERE, "fixtures", "two-codes.png")
ENCRYPTED = os.path.join(HERE, "..", "unit", "fixtures", "backup", "aegis-encrypted")
PASSWORD = 'tést pässword 🔐'
# RFC 4226 and RFC 6238 test keys, and the example of the Key URI format.
KEPT = "otpauth://totp/Kept:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kept"
PASTED = ("otpauth://totp/Pasted:carla?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Pasted"
          "&digits=7&period=60")
LIST = [
    "otpauth://totp/Fresh:dora?secret=MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK&issuer=Fresh",
    KEPT,
    PASTED.replace("Pasted", "Renamed"),
    "otpauth://totp/Broken:emil?secret=JBSWY3DPEHPK3PX1&issuer=Broken",
]
PARTNER_AT = (760, 40)


class Import(Job):
    """With one account in the keyring."""

    def __init__(self, desktop):
        super().__init__(desktop)
        self.partners = []

    def copy(self, mime_type, path):
        partner = subprocess.Popen([sys.executable, CLIPBOARD_PARTNER, mime_type, path],
                                   env=self.desktop.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.partners.append(partner)
        assert partner.stdout.readline() == "ready\n"

    def write(self, name, text):
        path = os.path.join(self.desktop.home, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def paste(self):
        self.desktop.focus_window()
        self.desktop.key("ctrl+v")

    def switch(self, name):
        return self.find("check box", name)

    def is_on(self, node):
        return node.getState().contains(self.accessible.pyatspi.STATE_CHECKED)

    def pasted_address_is_confirmed_with_its_oddities(self):
        self.find("list item", re.compile("^Kept:alice"))
        self.copy("text/plain;charset=utf-8", self.write("address", PASTED + "\n"))
        self.paste()
        self.find("label", re.compile("7 digits are unusual.*60 seconds is unusual"))
        self.press("button", "Add")
        self.find("list item", re.compile(r"^Pasted:carla, code( \d){7}"))

    def dropped_list_shows_what_each_entry_is(self):
        self.desktop.resize(740, 700)
        path = self.write("list.txt", "\n".join(LIST) + "\n")
        partner = subprocess.Popen([sys.executable, DRAG_PARTNER, path], env=self.desktop.environment,
                                   stdout=subprocess.DEVNULL)
        self.partners.append(partner)
        found = wait_for(lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "^Partner$"], env=self.desktop.environment,
            capture_output=True, text=True, check=False).stdout.split(), "the other program's window")
        self.desktop.run("xdotool", "windowmove", "--sync", found[0], *map(str, PARTNER_AT))
        self.desktop.drag(self.desktop.middle(found[0]),
                          self.desktop.place(self.find("list item", re.compile("^Kept:alice"))))
        self.find("label", "1 is new · 1 is already there · 1 differs · 1 cannot be read")
        self.find("label", re.compile("“1”"))
        self.find("label", "Its key is saved as “Pasted:carla”: choose it to take these values")
        assert self.is_on(self.switch("Fresh: dora"))
        assert not self.is_on(self.switch("Renamed: carla"))
        assert not self.is_sensitive(self.switch("Kept: alice"))
        assert not self.is_sensitive(self.switch("Broken:emil"))

    def what_differs_is_replaced_when_chosen(self):
        self.accessible.press(self.switch("Renamed: carla"))
        wait_for(lambda: self.is_on(self.switch("Renamed: carla")), "the switch")
        self.press("button", "Import")
        self.find("list item", re.compile("^Fresh:dora"))
        self.find("list item", re.compile("^Renamed:carla"))
        self.wait_gone("list item", re.compile("^Pasted:carla"))

    def undo_takes_all_back(self):
        self.press("button", "Undo")
        self.wait_gone("list item", re.compile("^Fresh:dora"))
        self.find("list item", re.compile("^Pasted:carla"))
        self.find("list item", re.compile("^Kept:alice"))

    def pasted_picture_gives_all_its_codes(self):
        self.copy("image/png", PICTURE)
        self.paste()
        self.find("label", "2 differ")  # both keys are there under other names
        self.accessible.press(self.switch("Pictured: bert"))
        self.press("button", "Import")
        self.find("list item", re.compile("^Pictured:bert"))
        self.find("list item", re.compile("^Kept:alice"))
        assert not self.accessible.find_all("list item", re.compile("^Scanned"))

    def encrypted_file_asks_until_the_password_is_right(self):
        self.copy("text/uri-list", self.write("uris", "file://" + os.path.realpath(ENCRYPTED) + "\r\n"))
        self.paste()
        entry = self.find("text", "Password of the File")
        self.accessible.set_text(entry, "wrong")
        self.press("button", "Open")
        self.find("label", re.compile("^The password does not open this file"))
        self.accessible.set_text(self.find("text", "Password of the File"), PASSWORD)
        self.press("button", "Open")
        self.find("label", re.compile("are new|is new"))
        self.press("button", "Cancel")
        self.wait_gone("button", "Import")

    def what_is_no_list_of_accounts_says_so(self):
        self.copy("text/plain;charset=utf-8", self.write("prose", "Good morning"))
        self.paste()
        self.find("label", "Nothing to Import")
        self.press("button", "Cancel")
        self.wait_gone("label", "Nothing to Import")

    def stop(self):
        for partner in self.partners:
            partner.kill()
            partner.wait()


STEPS = [
    Import.pasted_address_is_confirmed_with_its_oddities,
    Import.dropped_list_shows_what_each_entry_is,
    Import.what_differs_is_replaced_when_chosen,
    Import.undo_takes_all_back,
    Import.pasted_picture_gives_all_its_codes,
    Import.encrypted_file_asks_until_the_password_is_right,
    Import.what_is_no_list_of_accounts_says_so,
]


def main():
    with Desktop(build_folder()) as desktop:
        desktop.add_account(KEPT)
        desktop.start_app()
        job = Import(desktop)
        try:
            run_steps(job, STEPS)
        finally:
            job.stop()


if __name__ == "__main__":
    main()
