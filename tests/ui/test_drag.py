#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files dragged in from another program's window, and out to it, with a real pointer."""

import os
import re
import select
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PARTNER = os.path.join(HERE, "drag_partner.py")
SIGN_IN_S = 90
DROP_S = 20
# The partner's window stands beside ours, which is 700 px wide.
PARTNER_AT = (720, 40)


class Drag(Job):
    def __init__(self, desktop, rig):
        super().__init__(desktop, rig)
        self.partner = None
        self.partner_id = None
        self.given = os.path.join(desktop.home, "given.bin")

    def server_is_opened(self):
        self.desktop.resize(700, 600)
        self.desktop.click(self.find("list item", re.compile("^Drop box")))
        self.find("label", self.rig.fingerprint, deadline_s=SIGN_IN_S)
        self.press("button", "Trust")
        self.find("table cell", "README.txt", deadline_s=SIGN_IN_S)

    def partner_opens(self):
        with open(self.given, "wb") as file:
            file.write(os.urandom(100_000))
        self.partner = subprocess.Popen([sys.executable, PARTNER, self.given], env=self.desktop.environment,
                                        stdout=subprocess.PIPE, text=True)
        found = wait_for(lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "^Partner$"], env=self.desktop.environment,
            capture_output=True, text=True, check=False).stdout.split(), "the other program's window")
        self.partner_id = found[0]
        self.desktop.run("xdotool", "windowmove", "--sync", self.partner_id, *map(str, PARTNER_AT))

    def file_dropped_on_the_browser_is_uploaded(self):
        cell = self.find("table cell", "README.txt")
        self.desktop.drag(self.desktop.middle(self.partner_id), self.desktop.place(cell))
        target = os.path.join(self.rig.home, "given.bin")
        wait_for(lambda: os.path.exists(target), "the dropped file on the server", DROP_S)
        self.find("table cell", "given.bin")
        assert same(target, self.given), "the dropped file differs"

    def file_dropped_on_a_folder_goes_into_it(self):
        cell = self.find("table cell", "inbox")
        self.desktop.drag(self.desktop.middle(self.partner_id), self.desktop.place(cell))
        target = os.path.join(self.rig.home, "inbox", "given.bin")
        wait_for(lambda: os.path.exists(target), "the dropped file in the folder", DROP_S)
        assert same(target, self.given), "the dropped file differs"

    def file_dragged_out_arrives(self):
        cell = self.find("table cell", "README.txt")
        self.desktop.drag(self.desktop.place(cell), self.desktop.middle(self.partner_id))
        readable, _, _ = select.select([self.partner.stdout], [], [], DROP_S)
        assert readable, "nothing was dropped"
        path = self.partner.stdout.readline().strip()
        assert os.path.basename(path) == "README.txt", path
        assert same(path, os.path.join(self.rig.home, "README.txt")), "the dragged file differs"

    def stop(self):
        if self.partner is not None:
            self.partner.kill()
            self.partner.wait()


def same(one, other):
    with open(one, "rb") as first, open(other, "rb") as second:
        return first.read() == second.read()


STEPS = [
    Drag.server_is_opened,
    Drag.partner_opens,
    Drag.file_dropped_on_the_browser_is_uploaded,
    Drag.file_dropped_on_a_folder_goes_into_it,
    Drag.file_dragged_out_arrives,
]


def main():
    with Rig("openssh-password") as rig, Desktop(build_folder()) as desktop:
        server = desktop.add_server(name="Drop box", host="127.0.0.1", port=rig.port, user=rig.user)
        desktop.store_secret("password", server, rig.secret("password"))
        desktop.start_app()
        job = Drag(desktop, rig)
        try:
            run_steps(job, STEPS)
        finally:
            job.stop()


if __name__ == "__main__":
    main()
