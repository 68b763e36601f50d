#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of codes: order, groups, hidden codes, details; and that all of it is kept."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from doors import sally  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NAMES = ["Alpha", "Beta", "Gamma"]


class CodesPage(Job):
    """Three accounts, one of them in two groups."""

    def rows(self):
        found = self.accessible.find_all("list item", re.compile("^(%s):" % "|".join(NAMES)))
        return [row.name.split(":")[0] for row in found]

    def expect(self, *names):
        wait_for(lambda: self.rows() == list(names), f"the order {names}, not {self.rows()}")

    def row(self, name):
        return self.find("list item", re.compile(f"^{name}:"))

    def act(self, name, action):
        self.accessible.press(self.row(name), "row." + action)

    def restart(self):
        self.desktop.stop_app()
        self.desktop.start_app()

    def names_give_the_order(self):
        self.expect("Alpha", "Beta", "Gamma")

    def pinned_stands_first(self):
        self.act("Gamma", "toggle-pin")
        self.expect("Gamma", "Alpha", "Beta")

    def pin_is_kept(self):
        self.restart()
        self.expect("Gamma", "Alpha", "Beta")
        self.act("Gamma", "toggle-pin")
        self.expect("Alpha", "Beta", "Gamma")

    def used_last_stands_first(self):
        self.act("Beta", "copy")
        self.find("label", "Code copied")
        self.desktop.stop_app()
        self.desktop.write_setting("codes-sort", "'recent'")
        self.desktop.start_app()
        self.expect("Beta", "Alpha", "Gamma")

    def rows_are_moved_by_hand(self):
        self.desktop.stop_app()
        self.desktop.write_setting("codes-sort", "'manual'")
        self.desktop.start_app()
        self.expect("Alpha", "Beta", "Gamma")
        self.act("Gamma", "move-up")
        self.expect("Alpha", "Gamma", "Beta")
        self.act("Alpha", "move-down")
        self.expect("Gamma", "Alpha", "Beta")

    def rows_are_dragged(self):
        self.desktop.focus_window()
        self.desktop.drag(self.desktop.place(self.row("Beta")), self.desktop.place(self.row("Gamma")))
        self.expect("Beta", "Gamma", "Alpha")

    def order_by_hand_is_kept(self):
        self.restart()
        self.expect("Beta", "Gamma", "Alpha")

    def groups_filter(self):
        self.press("toggle button", "Work")
        self.expect("Beta")
        self.press("toggle button", "All")
        self.expect("Beta", "Gamma", "Alpha")

    def groups_are_edited_in_the_details(self):
        self.act("Alpha", "details")
        self.find("label", re.compile("By time, 6 digits each 30 seconds, SHA1"))
        self.find("label", "Archive")
        self.desktop.focus_window()
        self.desktop.click(self.find("text", "Groups"))
        self.desktop.type("Home, Work")
        self.desktop.key("Return")
        self.desktop.key("Escape")
        self.press("toggle button", "Home")
        self.expect("Alpha")
        self.press("toggle button", "Work")
        self.expect("Beta", "Alpha")
        self.press("toggle button", "All")

    def qr_code_shows_when_asked_for(self):
        self.act("Alpha", "details")
        assert not self.accessible.find_all("image", "QR code of the account")
        self.press("button", "Show QR Code")
        self.find("image", "QR code of the account")
        self.desktop.key("Escape")

    def stored_icons(self):
        """The pictures that the keyring holds, by account."""
        return {match[1]: match[2] for match in
                (re.match(r"otpauth://totp/(\w+).*[?&]x-sallyport-icon=([\w-]+)", text)
                 for text in self.desktop.read_accounts()) if match}

    def expect_chosen(self, title):
        """In the menu of pictures."""
        self.find("list item", "Bank")
        marked = [item.name for item in self.accessible.find_all("list item") if item.description == "Chosen"]
        assert marked == [title], marked

    def picture_is_chosen_in_the_details_and_kept(self):
        self.act("Alpha", "details")
        self.desktop.focus_window()
        self.desktop.click(self.find("label", "By Service"))
        self.expect_chosen("By Service")
        self.desktop.click(self.find("list item", "Bank"))
        wait_for(lambda: self.stored_icons() == {"Alpha": "bank"}, "the picture in the keyring")
        self.desktop.key("Escape")
        self.restart()
        self.act("Alpha", "details")
        self.desktop.focus_window()
        self.desktop.click(self.find("label", "Bank"))
        self.expect_chosen("Bank")
        if os.environ.get("SALLY_TEST_PICTURE"):
            self.desktop.shoot(os.environ["SALLY_TEST_PICTURE"])
        self.desktop.key("Escape", "Escape")

    def another_program_s_account_comes_in(self):
        """By `sally`, while the window is open; and its removal."""
        self.expect("Beta", "Gamma", "Alpha")
        sally(self.desktop, "account", "add", "--issuer", "Delta", "--label", "alice", text=SECRET + "\n")
        self.find("list item", re.compile("^Delta:"))
        sally(self.desktop, "account", "remove", "Delta:alice")
        self.wait_gone("list item", re.compile("^Delta:"))
        self.expect("Beta", "Gamma", "Alpha")

    def hidden_codes_show_after_a_click(self):
        self.desktop.stop_app()
        self.desktop.write_setting("codes-hidden", "true")
        self.desktop.start_app()
        row = self.find("list item", "Alpha:alice")
        self.desktop.click(row)
        self.find("list item", re.compile(r"^Alpha:alice, code( \d){6}"))
        assert self.find("list item", "Beta:alice")


STEPS = [
    CodesPage.names_give_the_order, CodesPage.pinned_stands_first, CodesPage.pin_is_kept,
    CodesPage.used_last_stands_first, CodesPage.rows_are_moved_by_hand, CodesPage.rows_are_dragged,
    CodesPage.order_by_hand_is_kept, CodesPage.groups_filter,
    CodesPage.groups_are_edited_in_the_details, CodesPage.qr_code_shows_when_asked_for,
    CodesPage.picture_is_chosen_in_the_details_and_kept,
    CodesPage.another_program_s_account_comes_in,
    CodesPage.hidden_codes_show_after_a_click,
]


def main():
    with Desktop(build_folder()) as desktop:
        ids = [desktop.add_account(f"otpauth://totp/{name}:alice?secret={SECRET}{number}{more}&issuer={name}")
               for number, (name, more) in enumerate(zip(NAMES, ("", "&tags=Work&tags=Play", "")), 2)]
        desktop.add_server(name="Archive", host="archive.invalid", **{"account-id": ids[0]})
        desktop.start_app()
        run_steps(CodesPage(desktop), STEPS)


if __name__ == "__main__":
    main()
