#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, by a person's means: adds an account and a server, signs in, uploads, downloads.

Drives the real window through AT-SPI, keyboard and pointer, against a real keyring and a real sshd
that wants password and code in one string and takes no code twice.
"""

import hashlib
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# RFC 6238, appendix B: the SHA-1 key.
EXAMPLE_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# A fresh code may be a whole period away, and sign-in takes its time on a busy machine.
SIGN_IN_S = 90
CODE = re.compile(r"^\d{3} \d{3}$")


class MainJob(Job):
    """One window, one server; the steps build upon each other."""

    def empty_state_offers_to_add(self):
        self.accessible.find("label", "No Codes Yet")
        self.accessible.find("button", "Add Account")

    def wrong_key_is_named(self):
        self.press("button", "Add Account")
        self.fill("Setup Key", "JBSWY3DPEHPK3PX1")
        self.accessible.find("label", re.compile("1"))
        add = self.accessible.find("button", "Add")
        assert not add.getState().contains(self.accessible.pyatspi.STATE_SENSITIVE), \
            "a wrong key can be added"

    def account_is_added_by_setup_key(self):
        secret = self.rig.secret("secret")
        self.fill("Setup Key", secret[:4].lower() + " " + secret[4:])
        self.fill("Service", "Rig")
        self.fill("User Name", "vendor")
        self.accessible.find("label", CODE)
        self.press("button", "Add")
        self.accessible.find("list item", re.compile("^Rig:vendor, code"))

    def account_is_added_by_uri(self):
        self.press("button", "Add account")
        self.fill("Setup Key", f"otpauth://totp/Example:bob?secret={EXAMPLE_SECRET}&issuer=Example"
                               "&digits=8")
        wait_for(lambda: self.accessible.get_text(self.accessible.find("text", "Service"))
                 == "Example", "the service's name")
        self.press("button", "Add")
        row = self.accessible.find("list item", re.compile("^Example:bob, code"))
        digits = re.sub(r"\D", "", row.name.split("code")[1])
        assert len(digits) == 8, f"{len(digits)} digits"

    def code_is_copied(self):
        row = self.accessible.find("list item", re.compile("^Rig:vendor, code"))
        self.accessible.press(row, "row.copy")
        self.accessible.find("label", "Code copied")

    def server_is_added(self):
        self.desktop.key("ctrl+n")
        self.fill("Name", "Drop box")
        self.fill("Address", "127.0.0.1")
        self.fill("Port", "70000")
        self.fill("User Name", self.rig.user)
        self.fill("Password", self.rig.secret("password"))
        self.choose_account()
        self.accessible.find("label", re.compile("1 to 65535"))
        self.fill("Port", str(self.rig.port))
        save = self.accessible.find("button", "Save")
        wait_for(lambda: save.getState().contains(self.accessible.pyatspi.STATE_SENSITIVE),
                 "a server that can be saved")
        self.accessible.press(save)
        self.accessible.find("button", "Connect")

    def choose_account(self):
        """By keyboard, as AT-SPI has no action for rows: down to the second account."""
        row = self.accessible.find("combo box", "Codes From")
        self.desktop.click(row)
        self.accessible.find("label", "Rig:vendor")
        self.desktop.key("End", "Return")

    def signs_in(self):
        self.press("button", "Connect")
        self.accessible.find("label", self.rig.fingerprint, deadline_s=SIGN_IN_S)
        self.press("button", "Trust")
        self.accessible.find("table cell", "README.txt", deadline_s=SIGN_IN_S)

    def file_is_uploaded(self):
        path = os.path.join(self.desktop.home, "delivery.bin")
        with open(path, "wb") as file:
            file.write(os.urandom(3_000_000))
        self.accessible.press(self.accessible.find("button", "Upload files"))
        # GTK's own dialog begins with what was used lately.
        self.choose_in_file_dialog("Upload Files", "Upload", "Home", "delivery.bin")
        target = os.path.join(self.rig.home, "delivery.bin")
        wait_for(lambda: os.path.exists(target), "the uploaded file")
        self.accessible.find("table cell", "delivery.bin")
        assert digest(target) == digest(path), "the uploaded file differs"

    def file_is_downloaded(self):
        self.desktop.focus_window()
        self.desktop.click(self.accessible.find("table cell", "README.txt"))
        self.press("button", "Download")
        target = os.path.join(self.desktop.home, "Downloads", "README.txt")
        wait_for(lambda: os.path.exists(target), "the downloaded file")
        assert digest(target) == digest(os.path.join(self.rig.home, "README.txt")), \
            "the downloaded file differs"

    def folder_is_downloaded(self):
        self.desktop.click(self.accessible.find("table cell", "outbox"))
        self.press("button", "Download")
        target = os.path.join(self.desktop.home, "Downloads", "outbox")
        source = os.path.join(self.rig.home, "outbox")
        for name in ("photo.bin", "2026/reports/north/summary.txt"):
            wait_for(lambda: os.path.exists(os.path.join(target, name)), name)
            assert digest(os.path.join(target, name)) == digest(os.path.join(source, name)), \
                f"{name} differs"

    def one_sign_in_was_enough(self):
        with open(self.rig.log, encoding="utf-8") as file:
            accepted = [line for line in file if "Accepted " in line]
        assert len(accepted) == 1, f"{len(accepted)} sign-ins"

    def history_has_it_all(self):
        self.desktop.key("alt+3")
        self.accessible.find("label", "Signed in to Drop box")
        self.accessible.find("label", "delivery.bin uploaded")
        self.accessible.find("label", "README.txt downloaded")
        self.desktop.key("ctrl+f")
        self.desktop.type("delivery")
        wait_for(lambda: not self.accessible.find_all("label", "README.txt downloaded"), "the search")
        self.accessible.find("label", "delivery.bin uploaded")

    def account_is_deleted_and_restored(self):
        self.desktop.key("alt+1")
        name = re.compile("^Example:bob")
        self.accessible.press(self.accessible.find("list item", name), "row.delete")
        wait_for(lambda: not self.accessible.find_all("list item", name), "the account to go")
        self.press("button", "Undo")
        self.accessible.find("list item", name)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


STEPS = [
    MainJob.empty_state_offers_to_add, MainJob.wrong_key_is_named,
    MainJob.account_is_added_by_setup_key, MainJob.account_is_added_by_uri, MainJob.code_is_copied,
    MainJob.server_is_added, MainJob.signs_in, MainJob.file_is_uploaded, MainJob.file_is_downloaded,
    MainJob.folder_is_downloaded, MainJob.one_sign_in_was_enough,
    MainJob.history_has_it_all,
    MainJob.account_is_deleted_and_restored,
]


def main():
    with Rig("openssh-combined") as rig, Desktop(build_folder()) as desktop:
        desktop.start_app()
        run_steps(MainJob(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
