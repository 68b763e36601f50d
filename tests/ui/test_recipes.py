#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to sign in, by one click in the window: at the first try, with one sign-in and one code in the server's log.

And what it says of a wrong factor."""

import contextlib
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from doors import Door, FRESH_CODE_S, SIGN_IN_S  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIZE = (1200, 1060)  # all servers show at once
PROMPTS = ("--sshd-option", "AuthenticationMethods publickey,keyboard-interactive")

# A name, what it is, the recipe and what else the server's settings say.
DOORS = [
    ("code and password in one", ("prompt-zoo", "--user", "code-first-in-one"), "code+password", {}),
    ("two prompts in one request", ("prompt-zoo", "--user", "two-prompts"), "password,code", {}),
    ("two requests", ("openssh-chain",), "password,code", {}),
    ("prompts in another language", ("prompt-zoo", "--user", "other-language"), "password,code", {}),
    ("code asked for first", ("prompt-zoo", "--user", "code-first"), "password,code", {"code-prompt": "^verification"}),
    ("a separator", ("prompt-zoo", "--user", "separator"), "password+code", {"separator": ","}),
    ("eight digits", ("prompt-zoo", "--user", "eight-digits"), "password,code", {"code-length": 8}),
    ("a clock ahead", ("prompt-zoo", "--clock-offset", "20"), "password,code", {}),
    ("a clock behind", ("prompt-zoo", "--clock-offset", "-20"), "password,code", {}),
    ("key then code", ("openssh-key-code",), "key,code", {}),
    ("key then password", ("openssh-chain", "--login", "key,password"), "key,password", {}),
    ("key then a password prompt", ("openssh-chain", "--login", "key,password", *PROMPTS), "key,password", {}),
    ("key then both in one", ("openssh-chain", "--login", "key,password+code"), "key,password+code", {}),
    ("key then a prompt for both", ("openssh-chain", "--login", "key,password+code", *PROMPTS),
     "key,password+code", {}),
]
# What a person enters by hand in the dialog.
BY_HAND = [
    ("by hand", ("prompt-zoo", "--user", "code-first-in-one"), "code+password"),
    ("by hand with a key", ("openssh-chain", "--login", "key,password+code", *PROMPTS), "key,password+code"),
]
WRONG_PASSWORD = ("a wrong password", ("openssh-combined",), "password+code")
WRONG_CODE = ("a wrong code", ("openssh-key-code",), "key,code")
# RFC 6238, appendix B: the SHA-1 key.
OTHER_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# As the dialog lists them.
RECIPES = ["password+code", "code+password", "password,code", "password", "key", "key,code", "key,password",
           "key,password+code"]


class Recipes(Job):
    """Many servers in one window."""

    def __init__(self, desktop, doors, by_hand, refused):
        super().__init__(desktop)
        self.doors, self.by_hand, self.refused = doors, by_hand, refused

    def servers_are_saved(self):
        """Behind the window's back, which shows them at once; before, it would find its way more slowly."""
        for door, (*_, values) in zip(self.doors, DOORS):
            door.save(**values)
        for door in self.refused:
            door.save()
        self.desktop.store_secret("password", self.refused[0].server_id, "not the password")
        for door in self.doors + self.refused:
            door.row(self)

    def open_by_one_click(self, door):
        door.click(self)
        door.wait_open(self)
        door.check()

    def code_first_is_chosen_in_the_dialog(self):
        door = self.by_hand[0]
        self.begin_server(door)
        self.fill("Password", door.rig.secret("password"))
        self.save_and_connect(door)

    def key_and_both_are_chosen_in_the_dialog(self):
        door = self.by_hand[1]
        folder = os.path.join(self.desktop.home, ".ssh")
        os.makedirs(folder, 0o700)
        shutil.copy(os.path.join(door.rig.state, "key"), os.path.join(folder, "id_work"))
        self.begin_server(door)
        self.fill("Password", door.rig.secret("password"))
        self.choose_key("id_work")
        self.save_and_connect(door)

    def begin_server(self, door):
        self.desktop.focus_window()
        self.desktop.key("ctrl+n")
        for title, text in (("Name", door.name), ("Address", "127.0.0.1"), ("Port", str(door.rig.port)),
                            ("User Name", door.rig.user)):
            self.fill(title, text)
        self.choose("Sign In With", RECIPES.index(door.recipe))
        self.choose("Codes From", self.place_of_account(door))

    def place_of_account(self, door):
        """The dialog lists accounts by name, behind “I Type Them”."""
        names = sorted(other.name for other in self.doors + self.by_hand + self.refused if "code" in other.recipe)
        return names.index(door.name) + 1

    def choose(self, title, place):
        """From a list that pops up, by keyboard: its rows have no actions for AT-SPI."""
        self.desktop.click(self.find("combo box", title))
        self.desktop.find_popover()
        self.desktop.key("Home", *["Down"] * place, "Return")
        wait_for(lambda: not self.desktop.has_popover(), "the list to close")

    def choose_key(self, name):
        self.desktop.click(self.find("toggle button", re.compile("Choose")))
        self.find("menu item")
        self.desktop.key("f")
        self.choose_in_file_dialog("Choose a Private Key", "Open", name)
        self.find("label", re.compile(name))

    def save_and_connect(self, door):
        """As a person does it, who compares the key and trusts it: the question comes before anything is sent."""
        self.desktop.focus_window()
        self.press("button", "Save")
        self.press("button", "Connect")
        self.find("label", door.rig.fingerprint, SIGN_IN_S)
        assert door.codes() == 0, "a code was spent before the key was trusted"
        self.press("button", "Trust")
        door.wait_open(self)
        door.check()


    def wrong_password_is_not_laid_to_the_code(self):
        self.see_refusal(self.refused[0], "either may be wrong.*Check the password first")

    def wrong_code_is_named(self):
        self.see_refusal(self.refused[1], "refused the code|it is the code that it refused")

    def see_refusal(self, door, words):
        door.click(self)
        wait_for(lambda: door.refused() > 0, "the refusal", FRESH_CODE_S)
        self.find("label", "Sign-in Refused")
        self.find("label", re.compile(words, re.DOTALL))
        assert (door.accepted(), door.refused(), door.connections()) == (0, 1, 1), door.read_log()


def one_click(index, name):
    def step(job):
        job.open_by_one_click(job.doors[index])
    step.__name__ = f"one_click_opens_{name.replace(' ', '_')}"
    return step


STEPS = [
    Recipes.code_first_is_chosen_in_the_dialog, Recipes.key_and_both_are_chosen_in_the_dialog,
    Recipes.servers_are_saved, *(one_click(index, name) for index, (name, *_) in enumerate(DOORS)),
    Recipes.wrong_password_is_not_laid_to_the_code, Recipes.wrong_code_is_named,
]


def main():
    with contextlib.ExitStack() as stack:
        desktop = stack.enter_context(Desktop(build_folder(), size="1280x1100"))
        doors = [Door(desktop, stack.enter_context(Rig(*rig)), name, recipe) for name, rig, recipe, _ in DOORS]
        by_hand = [Door(desktop, stack.enter_context(Rig(*rig)), name, recipe) for name, rig, recipe in BY_HAND]
        refused = [Door(desktop, stack.enter_context(Rig(*rig)), name, recipe)
                   for name, rig, recipe in (WRONG_PASSWORD, WRONG_CODE)]
        refused[1].account_id = desktop.add_account(f"otpauth://totp/{refused[1].name}?secret={OTHER_SECRET}")
        for door in doors + by_hand + refused:
            if "code" in door.recipe:
                door.add_account()
        desktop.start_app()
        desktop.resize(*SIZE)
        run_steps(Recipes(desktop, doors, by_hand, refused), STEPS)


if __name__ == "__main__":
    main()
