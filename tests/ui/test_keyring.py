#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the secrets are kept: a vault on a desktop without a keyring, moves, a keyring that is another one."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import APPLICATION_ID, Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

PASSPHRASE = "only a test"
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACCOUNT = re.compile("^Firm:anna, code")


class Keyring(Job):
    """One account, which is to be there at every step or to be missed aloud."""

    def expect_account(self):
        self.find("list item", ACCOUNT)

    def expect_nothing_shown(self):
        assert not self.accessible.find_all("list item", ACCOUNT)
        assert not self.accessible.find_all("label", "No Codes Yet")

    def restart(self):
        self.desktop.stop_app()
        self.desktop.start_app()

    def press_enabled(self, name):
        button = self.find("button", name)
        wait_for(lambda: self.is_sensitive(button), f"the button “{name}”")
        self.accessible.press(button)

    def unlock(self, passphrase):
        self.find("label", "Unlock the Vault")
        self.fill("Passphrase", passphrase)
        self.press_enabled("Unlock")

    def open_preferences(self):
        self.desktop.focus_window()
        self.desktop.key("ctrl+comma")
        self.find("label", "Codes and Passwords Are Kept In")

    def close_preferences(self):
        """Escape closes what is on top, so nothing else may be."""
        wait_for(lambda: not self.accessible.find_all("alert"), "the dialogs before it to go")
        self.desktop.focus_window()
        self.desktop.key("Escape")
        self.wait_gone("label", "Codes and Passwords Are Kept In")

    def kept_by_the_system(self):
        """The attributes of what it holds, one a line."""
        return subprocess.run(["secret-tool", "search", "--all", "application", APPLICATION_ID],
                              env=self.desktop.environment, check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE).stderr

    def vault(self):
        return os.path.join(self.desktop.environment["XDG_DATA_HOME"], "sallyport", "vault")

    def without_a_keyring_a_vault_is_offered(self):
        self.find("label", "No Keyring Here")
        self.find("button", "Try Again")
        self.expect_nothing_shown()
        assert not os.path.exists(self.vault())

    def closing_the_question_makes_nothing(self):
        self.press("button", "Make a Vault…")
        self.find("label", "Passphrase for the Vault")
        self.press("button", "Cancel")
        self.wait_gone("label", "Passphrase for the Vault")
        self.find("label", "No Keyring Here")
        assert not os.path.exists(self.vault())

    def vault_is_made(self):
        self.press_enabled("Make a Vault…")
        self.fill("Passphrase", PASSPHRASE)
        self.fill("The Same Again", "only a tesT")
        assert not self.is_sensitive(self.find("button", "Set"))
        self.fill("The Same Again", PASSPHRASE)
        self.press_enabled("Set")
        self.find("label", "No Codes Yet")

    def account_is_kept_in_it(self):
        self.desktop.focus_window()
        self.desktop.key("ctrl+k")
        self.fill("Setup Key", f"otpauth://totp/Firm:anna?secret={KEY}&issuer=Firm")
        self.press_enabled("Add")
        self.expect_account()
        with open(self.vault(), "rb") as file:
            sealed = file.read()
        assert b"Firm" not in sealed and KEY.encode() not in sealed

    def next_start_asks_for_the_passphrase(self):
        self.restart()
        self.unlock("something else")
        self.find("alert", "This is not the passphrase of the vault")
        self.expect_nothing_shown()
        self.unlock(PASSPHRASE)
        self.expect_account()

    def closed_question_is_no_empty_list(self):
        self.restart()
        self.find("label", "Unlock the Vault")
        self.desktop.focus_window()
        self.desktop.key("Escape")
        self.find("label", "The Vault Is Locked")
        self.expect_nothing_shown()
        self.press("button", "Unlock…")
        self.unlock(PASSPHRASE)
        self.expect_account()

    def passphrase_is_changed(self):
        self.open_preferences()
        self.press("button", "Passphrase of the Vault")
        self.unlock(PASSPHRASE)
        self.find("label", "Passphrase for the Vault")
        self.fill("Passphrase", PASSPHRASE + " more")
        self.fill("The Same Again", PASSPHRASE + " more")
        self.press_enabled("Set")
        self.find("label", "The vault has another passphrase")
        self.close_preferences()

    def all_moves_to_the_keyring(self):
        self.desktop.start_keyring()
        self.open_preferences()
        self.press_enabled("Move to the Keyring…")
        self.find("label", "Move to the Keyring?")
        self.press_enabled("Move")
        self.find("label", "The keyring of the system")
        self.close_preferences()
        assert self.kept_by_the_system().count(b"attribute.kind = account") == 1
        assert not os.path.exists(self.vault())
        self.expect_account()

    def next_start_asks_for_nothing(self):
        self.restart()
        self.expect_account()

    def all_moves_to_a_vault_again(self):
        self.open_preferences()
        self.press_enabled("Move to a Vault…")
        self.find("label", "Move to a Vault?")
        self.press_enabled("Move")
        self.fill("Passphrase", PASSPHRASE)
        self.fill("The Same Again", PASSPHRASE)
        self.press_enabled("Set")
        self.find("label", "A vault with a passphrase")
        assert self.kept_by_the_system() == b""
        self.press_enabled("Move to the Keyring…")
        self.press_enabled("Move")
        self.find("label", "The keyring of the system")
        self.close_preferences()

    def another_keyring_is_no_empty_list(self):
        for kind in ("account", "canary"):
            self.desktop.run("secret-tool", "clear", "application", APPLICATION_ID, "kind", kind)
        self.restart()
        self.find("label", "Your Codes Are in Another Keyring")
        self.expect_nothing_shown()
        self.find("button", "Try Again")
        self.find("button", "Restore From a Backup…")
        self.press("button", "Start Afresh…")
        self.find("label", "Start Afresh?")
        self.press("button", "Cancel")
        self.wait_gone("label", "Start Afresh?")
        self.expect_nothing_shown()

    def the_person_decides(self):
        self.press("button", "Start Afresh…")
        self.press("button", "Start Afresh")
        self.find("label", "No Codes Yet")


STEPS = [
    Keyring.without_a_keyring_a_vault_is_offered, Keyring.closing_the_question_makes_nothing,
    Keyring.vault_is_made, Keyring.account_is_kept_in_it, Keyring.next_start_asks_for_the_passphrase,
    Keyring.closed_question_is_no_empty_list, Keyring.passphrase_is_changed,
    Keyring.all_moves_to_the_keyring, Keyring.next_start_asks_for_nothing,
    Keyring.all_moves_to_a_vault_again, Keyring.another_keyring_is_no_empty_list,
    Keyring.the_person_decides,
]


def main():
    with Desktop(build_folder(), keyring="auto", with_keyring=False) as desktop:
        desktop.start_app()
        run_steps(Keyring(desktop), STEPS)


if __name__ == "__main__":
    main()
