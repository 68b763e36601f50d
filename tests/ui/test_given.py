#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that the administrator gives: marked, fixed but for what is one's own, and one click to its files."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIGN_IN_S = 60
FILE = """[Sallyport]
Version=1
[Server]
Name=Drop box
Host=127.0.0.1
Port={port}
Recipe=password
HostKeys={host_key};
"""


class Given(Job):
    """One good file, whose user everybody enters, and a bad one."""

    def bad_file_is_told(self):
        self.find("label", re.compile("bad.sallyport is left out"))

    def server_is_there_and_marked(self):
        self.find("list item", re.compile("^Drop box"))
        self.find("image", "Given by the administrator")

    def who_opens_it_first_says_who_they_are(self):
        self.desktop.click(self.find("list item", re.compile("^Drop box")))
        self.find("label", re.compile("Your administrator gives this server"))
        for name in "Name", "Address", "Port":
            row = self.find("list item", re.compile(f"^{name}"))
            assert not self.is_sensitive(row), f"{name} can be changed"
        assert not self.accessible.find_all("button", "Delete Server"), "it can be deleted"
        self.fill("User Name", self.rig.user)
        self.fill(re.compile("^Password"), self.rig.secret("password"))
        self.press("button", "Save")
        self.wait_gone("button", "Save")

    def it_signs_in_without_a_question_about_its_key(self):
        self.press("button", "Connect")
        self.find("table cell", "README.txt", SIGN_IN_S)

    def it_cannot_be_removed(self):
        row = self.find("list item", re.compile("^Drop box"))
        self.desktop.focus_window()
        self.desktop.click(row, button=3)
        self.find("menu item")
        self.desktop.key("Escape")
        row = self.find("list item", re.compile("^Drop box"))
        actions = row.queryAction()
        names = [actions.getName(index) for index in range(actions.nActions)]
        assert "row.delete" not in names or self.delete_does_nothing(row)

    def delete_does_nothing(self, row):
        self.accessible.press(row, "row.delete")
        return bool(self.find("list item", re.compile("^Drop box")))


STEPS = [
    Given.bad_file_is_told, Given.server_is_there_and_marked, Given.who_opens_it_first_says_who_they_are,
    Given.it_signs_in_without_a_question_about_its_key, Given.it_cannot_be_removed,
]


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    with Rig("openssh-password") as rig, Desktop(build_folder()) as desktop:
        folder = os.path.join(desktop.home, "xdg", "sallyport", "connections")
        os.makedirs(folder)
        write(folder, "drop-box.sallyport", FILE.format(port=rig.port, host_key=rig.fingerprint))
        write(folder, "bad.sallyport", "no connection")
        desktop.start_app(XDG_CONFIG_DIRS=os.path.join(desktop.home, "xdg"))
        run_steps(Given(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
