#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""This computer's clock in the window: the banner comes when two servers tell it is off, and can be dismissed."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# The key of RFC 4226.
ACCOUNT = "otpauth://totp/Alpha:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Alpha"
BEHIND = re.compile(r"^This computer’s clock is 4[234] s behind that of “(one|two)”.*Switch on automatic date")
FURTHER = re.compile(r"^This computer’s clock is (89|90|91) s behind that of “(one|two)”")
WAITING_S = 2


class Clock(Job):
    """Two servers, whose clocks are those of the users that sign in."""

    def __init__(self, desktop, rigs):
        super().__init__(desktop)
        self.rigs = rigs

    def sally(self, *arguments, text=""):
        subprocess.run([os.path.join(self.desktop.build, "app", "cli", "sally"), *arguments], check=True,
                       env=self.desktop.environment, input=text, text=True, stdout=subprocess.DEVNULL)

    def upload(self, user):
        path = os.path.join(self.desktop.home, "file")
        with open(path, "w", encoding="utf-8") as file:
            file.write("words")
        for name, rig in self.rigs.items():
            self.sally("server", "add", name, "--host", "127.0.0.1", "--port", str(rig.port), "--user", user,
                       "--login", "password")
            self.sally("server", "password", name, text=rig.secret("password"))
            self.sally("server", "trust", name, rig.fingerprint)
            self.sally("put", path, f"{name}:file")
            self.sally("disconnect", name)
            self.sally("server", "remove", name)

    def nothing_is_said_before_anything_is_known(self):
        self.find("list item", re.compile("^Alpha:alice"))
        assert not self.accessible.find_all("label", BEHIND)

    def banner_comes_when_a_command_has_measured(self):
        self.upload("clock+43")
        self.find("label", BEHIND)
        if os.environ.get("SALLY_TEST_PICTURE"):
            self.desktop.shoot(os.environ["SALLY_TEST_PICTURE"])

    def banner_is_dismissed(self):
        self.press("button", "Dismiss")
        self.wait_gone("label", BEHIND)

    def it_stays_away_at_the_next_start(self):
        self.desktop.stop_app()
        self.desktop.start_app()
        self.find("list item", re.compile("^Alpha:alice"))
        time.sleep(WAITING_S)
        assert not self.accessible.find_all("label", BEHIND)

    def another_number_is_said_again(self):
        self.upload("clock+90")
        self.find("label", FURTHER)

    def it_goes_when_the_clock_is_right(self):
        self.upload("clock+0")
        self.wait_gone("label", FURTHER)


STEPS = [
    Clock.nothing_is_said_before_anything_is_known,
    Clock.banner_comes_when_a_command_has_measured,
    Clock.banner_is_dismissed,
    Clock.it_stays_away_at_the_next_start,
    Clock.another_number_is_said_again,
    Clock.it_goes_when_the_clock_is_right,
]


def main():
    with Rig("hostile") as one, Rig("hostile") as two, Desktop(build_folder()) as desktop:
        desktop.add_account(ACCOUNT)
        desktop.start_app()
        run_steps(Clock(desktop, {"one": one, "two": two}), STEPS)


if __name__ == "__main__":
    main()
