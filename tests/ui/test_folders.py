#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large folder in the window: it opens at its top, and stays where a person went."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

N_ENTRIES = 5000
SIGN_IN_S = 60


def entry(number):
    return f"entry-{number:04d}.dat"


class Folders(Job):
    """One server, whose start folder has more than a page of entries, in no order."""

    def shown(self, number):
        """Only what is on the screen, and a little around it, has a row."""
        return self.accessible.find_all("table cell", entry(number))

    def opens_at_its_top(self):
        self.desktop.click(self.find("list item", re.compile("^box")))
        self.find("label", self.rig.fingerprint, SIGN_IN_S)
        self.press("button", "Trust")
        wait_for(lambda: self.shown(0) and self.shown(5), "the first rows", SIGN_IN_S)
        assert not self.shown(N_ENTRIES - 1), "the last row is there as well"

    def stays_where_a_person_went(self):
        self.desktop.click(self.shown(3)[0])
        self.desktop.key("End")
        wait_for(lambda: self.shown(N_ENTRIES - 1), "the last rows")
        with open(os.path.join(self.rig.home, "large", "entry-0000-new.dat"), "w", encoding="utf-8"):
            pass
        self.desktop.key("F5")
        wait_for(lambda: self.shown(N_ENTRIES - 1) and not self.shown(0), "the last rows still")

    def newcomer_is_at_its_place(self):
        self.desktop.key("Home")
        self.find("table cell", "entry-0000-new.dat")


STEPS = [Folders.opens_at_its_top, Folders.stays_where_a_person_went, Folders.newcomer_is_at_its_place]


def main():
    with Rig("openssh-password") as rig, Desktop(build_folder()) as desktop:
        os.mkdir(os.path.join(rig.home, "large"))
        for number in range(N_ENTRIES):
            with open(os.path.join(rig.home, "large", entry(number)), "w", encoding="utf-8"):
                pass
        server_id = desktop.add_server(name="box", host="127.0.0.1", port=rig.port, user=rig.user,
                                       **{"start-directory": "large"})
        desktop.store_secret("password", server_id, rig.secret("password"))
        desktop.start_app()
        run_steps(Folders(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
