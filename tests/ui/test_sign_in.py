#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window asks and explains while it signs in: new keys, changed questions, refusals, changed keys."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIGN_IN_S = 60
OTHER = "SHA256:" + "A" * 43


class SignIn(Job):
    """One server, which asks something else once STATE/changed is there."""

    def __init__(self, desktop, rig, server_id):
        super().__init__(desktop, rig)
        self.server_id = server_id

    def count(self, pattern):
        with open(self.rig.log, encoding="utf-8") as file:
            return len(re.findall(pattern, file.read()))

    def sally(self, *arguments):
        subprocess.run([os.path.join(self.desktop.build, "app", "cli", "sally"), *arguments],
                       env=self.desktop.environment, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def reconnect(self):
        self.sally("disconnect", "zoo")
        self.find("label", "Connection Lost", SIGN_IN_S)
        self.press("button", "Try Again")

    def new_key_is_shown_and_compared(self):
        self.desktop.click(self.find("list item", re.compile("^zoo")))
        self.find("label", self.rig.fingerprint, SIGN_IN_S)
        self.find("label", re.compile(r"\+--\[ED25519 256\]--\+"))
        self.fill("Fingerprint to Compare", OTHER)
        self.find("label", "It is another key: do not trust it.")
        assert not self.is_sensitive(self.find("button", "Trust")), "another key can be trusted"
        self.fill("Fingerprint to Compare", self.rig.fingerprint[len("SHA256:"):])
        self.find("label", "It is the same key.")
        self.press("button", "Trust")
        self.find("table cell", "README.txt", SIGN_IN_S)

    def known_questions_are_answered_alone(self):
        self.reconnect()
        self.find("table cell", "README.txt", SIGN_IN_S)
        assert self.count("Accepted") == 2

    def changed_question_is_shown_with_the_one_before(self):
        with open(os.path.join(self.rig.state, "changed"), "w", encoding="utf-8"):
            pass
        self.reconnect()
        self.find("label", "“zoo” Asks Something Else", SIGN_IN_S)
        self.find("label", "It used to ask:")
        self.find("label", "Password:")
        self.find("label", re.compile("Your session has expired"))
        assert self.count("Accepted") == 2 and self.count("Failed") == 0

    def is_remembered(self):
        row = self.find("check box", "Answer This by Itself From Now On")
        return row.getState().contains(self.accessible.pyatspi.STATE_CHECKED)

    def answer_by_hand_is_accepted_for_good(self):
        self.desktop.focus_window()
        self.desktop.type(self.rig.secret("password"))
        self.desktop.key("Tab")  # to the button that shows it
        self.desktop.key("Tab")
        self.desktop.key("space")
        wait_for(self.is_remembered, "the switch to be on")
        self.press("button", "Continue")
        self.find("table cell", "README.txt", SIGN_IN_S)
        self.reconnect()
        self.find("table cell", "README.txt", SIGN_IN_S)
        assert self.count("Accepted") == 4 and self.count("Failed") == 0

    def refusal_names_the_factor_and_gives_details(self):
        self.desktop.store_secret("password", self.server_id, "not the password")
        self.reconnect()
        self.find("label", "Sign-in Refused", SIGN_IN_S)
        self.find("label", re.compile("It refused the password"))
        self.press("button", "Copy Details")
        self.find("button", "Details Copied")

    def after_two_refusals_nothing_is_sent(self):
        self.press("button", "Try Again")
        wait_for(lambda: self.count("Failed") == 2, "the second refusal")
        self.find("label", "Sign-in Refused", SIGN_IN_S)
        connections = self.count("Connection of")
        self.press("button", "Try Again")
        self.find("label", "Held Back After Refusals", SIGN_IN_S)
        assert self.count("Connection of") == connections, "something was sent"

    def person_may_try_once_more(self):
        self.press("button", "Try Again")
        wait_for(lambda: self.count("Failed") == 3, "the third refusal")
        self.find("label", "Sign-in Refused", SIGN_IN_S)
        self.desktop.store_secret("password", self.server_id, self.rig.secret("password"))
        self.press("button", "Try Again")
        self.find("label", "Held Back After Refusals", SIGN_IN_S)
        self.press("button", "Try Again")
        self.find("table cell", "README.txt", SIGN_IN_S)

    def changed_key_is_refused(self):
        self.sally("server", "trust", "zoo", OTHER)
        self.reconnect()
        self.find("label", "This May Be Another Computer", SIGN_IN_S)
        self.find("label", re.compile(f"{re.escape(self.rig.fingerprint)}.*{OTHER}"))
        assert self.count("Accepted") == 5

    def old_key_is_forgotten_on_purpose(self):
        self.press("button", "Forget the Old Key…")
        self.find("label", "Forget the Old Key?")
        self.press("button", "Forget the Old Key")
        self.find("label", "Trust This Server?", SIGN_IN_S)
        self.press("button", "Trust")
        self.find("table cell", "README.txt", SIGN_IN_S)


STEPS = [
    SignIn.new_key_is_shown_and_compared, SignIn.known_questions_are_answered_alone,
    SignIn.changed_question_is_shown_with_the_one_before,
    SignIn.answer_by_hand_is_accepted_for_good, SignIn.refusal_names_the_factor_and_gives_details,
    SignIn.after_two_refusals_nothing_is_sent, SignIn.person_may_try_once_more,
    SignIn.changed_key_is_refused, SignIn.old_key_is_forgotten_on_purpose,
]


def main():
    with Rig("prompt-zoo", "--user", "changed") as rig, Desktop(build_folder()) as desktop:
        server_id = desktop.add_server(name="zoo", host="127.0.0.1", port=rig.port, user=rig.user)
        desktop.store_secret("password", server_id, rig.secret("password"))
        desktop.start_app()
        run_steps(SignIn(desktop, rig, server_id), STEPS)


if __name__ == "__main__":
    main()
