#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyring's own question, closed and then answered: at the start, while something is saved or removed."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import KEYRING_PASSWORD, Desktop, wait_for  # noqa: E402
from services import Prompter  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ANNA = f"otpauth://totp/Firm:anna?secret={KEY}&issuer=Firm"
BERT = f"otpauth://hotp/Bank:bert?secret={KEY}&issuer=Bank&counter=7"
CARLA = f"otpauth://totp/Club:carla?secret={KEY}22&issuer=Club"
DORA = f"otpauth://totp/Shop:dora?secret={KEY}33&issuer=Shop"
EMIL = f"otpauth://totp/Mail:emil?secret={KEY}44&issuer=Mail"
CLOSED = re.compile("^The keyring stays locked")


class Prompts(Job):
    """Two accounts in a locked keyring, and a person who closes its questions, or answers them."""

    def __init__(self, desktop, prompter):
        super().__init__(desktop)
        self.prompter = prompter

    def close_questions(self):
        """From now on, with the keyring locked."""
        self.desktop.lock_keyring()
        self.prompter.password = None
        self.prompter.questions.clear()

    def answer_questions(self):
        self.prompter.password = KEYRING_PASSWORD
        self.prompter.questions.clear()

    def expect_asked_once(self):
        wait_for(lambda: self.prompter.questions == ["password"], f"one question, not {self.prompter.questions}")

    def row(self, name):
        return self.find("list item", re.compile(f"^{name}"))

    def rows(self):
        return sorted(node.name.split(",")[0] for node in self.accessible.find_all("list item")
                      if re.match(r"^\w+:\w+", node.name or ""))

    def kept(self):
        """The accounts of the keyring, by name; it has to be open."""
        return sorted(re.search("/([A-Za-z]+:[a-z]+)", uri.replace("%3A", ":")).group(1)
                      for uri in self.desktop.read_accounts())

    def expect_locked_page(self):
        self.find("label", "The Keyring Was Not Unlocked")
        assert self.rows() == [] and not self.accessible.find_all("label", "No Codes Yet")

    def closed_question_is_no_empty_list(self):
        self.expect_locked_page()
        self.expect_asked_once()

    def each_try_asks_once_more(self):
        self.prompter.questions.clear()
        self.press("button", "Unlock…")
        self.expect_asked_once()
        self.expect_locked_page()

    def answer_brings_the_accounts(self):
        self.answer_questions()
        self.press("button", "Unlock…")
        self.row("Firm:anna")
        assert self.rows() == ["Bank:bert", "Firm:anna"]
        self.expect_asked_once()

    def add(self, uri):
        self.desktop.focus_window()
        self.desktop.key("ctrl+k")
        self.fill("Setup Key", uri)
        self.press_add()

    def press_add(self):
        button = self.find("button", "Add")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)

    def account_that_is_not_saved_is_not_lost(self):
        self.close_questions()
        self.add(CARLA)
        self.find("label", CLOSED)
        self.expect_asked_once()
        assert "Club:carla" not in self.rows()

    def it_is_saved_once_when_asked_again(self):
        self.answer_questions()
        self.press_add()
        self.row("Club:carla")
        self.wait_gone("button", "Add")
        self.expect_asked_once()
        assert self.kept() == ["Bank:bert", "Club:carla", "Firm:anna"], self.kept()
        assert self.rows() == self.kept()

    def account_that_is_not_removed_stays(self):
        self.close_questions()
        self.accessible.press(self.row("Club:carla"), "row.delete")
        self.find("label", CLOSED)
        self.expect_asked_once()
        assert self.rows() == ["Bank:bert", "Club:carla", "Firm:anna"]

    def it_is_removed_when_asked_again(self):
        self.answer_questions()
        self.accessible.press(self.row("Club:carla"), "row.delete")
        self.wait_gone("list item", re.compile("^Club:carla"))
        self.expect_asked_once()
        assert self.kept() == ["Bank:bert", "Firm:anna"], self.kept()

    def undo_that_is_not_saved_says_so(self):
        self.close_questions()
        self.press("button", "Undo")
        self.find("label", CLOSED)
        assert self.rows() == ["Bank:bert", "Firm:anna"]

    def counter_that_is_not_saved_gives_no_code(self):
        """The same code would come again."""
        self.close_questions()
        self.accessible.press(self.row("Bank:bert"), "row.next-code")
        self.find("label", CLOSED)
        self.expect_asked_once()
        assert not re.search(r"\d \d \d", self.row("Bank:bert").name)
        self.answer_questions()
        self.accessible.press(self.row("Bank:bert"), "row.next-code")
        # RFC 4226, appendix D: counter 7.
        self.find("list item", re.compile("^Bank:bert, code 1 6 2 5 8 3"))
        assert any("counter=8" in uri for uri in self.desktop.read_accounts())

    def server_is_not_saved_without_its_password(self):
        self.close_questions()
        self.desktop.focus_window()
        self.desktop.key("ctrl+n")
        for name, text in (("Name", "Drop box"), ("Address", "127.0.0.1"), ("User Name", "vendor"), ("Password", "only a test")):
            self.fill(name, text)
        self.press_save()
        self.find("label", CLOSED)
        self.expect_asked_once()
        assert not self.accessible.find_all("list item", "Drop box")
        self.answer_questions()
        self.press_save()
        self.find("list item", re.compile("^Drop box"))
        self.expect_asked_once()
        self.desktop.focus_window()
        self.desktop.key("alt+1")
        self.row("Firm:anna")

    def press_save(self):
        button = self.find("button", "Save")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)

    def import_is_all_or_nothing(self):
        self.close_questions()
        path = os.path.join(self.desktop.home, "list.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{DORA}\n{EMIL}\n")
        self.desktop.focus_window()
        self.desktop.key("ctrl+o")
        self.desktop.find_dialog("Import Accounts")
        self.desktop.choose_path(self.accessible, path)
        self.desktop.focus_window()
        self.press("button", "Import")
        self.find("label", CLOSED)
        self.desktop.key("Escape")
        self.wait_gone("label", CLOSED)
        assert self.rows() == ["Bank:bert", "Firm:anna"]
        self.answer_questions()
        self.desktop.stop_app()
        self.desktop.start_app()
        self.row("Firm:anna")
        assert self.rows() == self.kept() == ["Bank:bert", "Firm:anna"], self.kept()


STEPS = [
    Prompts.closed_question_is_no_empty_list, Prompts.each_try_asks_once_more,
    Prompts.answer_brings_the_accounts, Prompts.account_that_is_not_saved_is_not_lost,
    Prompts.it_is_saved_once_when_asked_again, Prompts.account_that_is_not_removed_stays,
    Prompts.it_is_removed_when_asked_again, Prompts.undo_that_is_not_saved_says_so,
    Prompts.counter_that_is_not_saved_gives_no_code, Prompts.server_is_not_saved_without_its_password,
    Prompts.import_is_all_or_nothing,
]


def main():
    with Desktop(build_folder()) as desktop, Prompter(desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as prompter:
        for uri in (ANNA, BERT):
            desktop.add_account(uri)
        desktop.lock_keyring()
        desktop.start_app()
        run_steps(Prompts(desktop, prompter), STEPS)


if __name__ == "__main__":
    main()
