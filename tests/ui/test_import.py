#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers from files in the window: an SSH configuration, undone; a connection file, saved."""

import configparser
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

PIN = "SHA256:" + "A" * 42 + "E"
SSH_CONFIG = """Host gate
  HostName gate.example
  User me
Host inner
  HostName 10.0.0.1
  User me
  ProxyJump gate
  Ciphers aes128-ctr
Host unwanted
  User me
"""
CONNECTION = f"""[Sallyport]
Version=1
[Server]
Name=Drop box
Host=drop.example
Port=2222
Recipe=password+code
StartDirectory=/in
HostKeys={PIN};
"""


class Import(Job):
    """Nothing is connected here."""

    def saved(self):
        path = os.path.join(self.desktop.environment["XDG_CONFIG_HOME"], "sallyport", "servers.conf")
        servers = configparser.RawConfigParser()
        servers.read(path)
        return {servers[section]["name"]: dict(servers[section]) for section in servers.sections()}

    def trusted(self):
        path = os.path.join(self.desktop.environment["XDG_DATA_HOME"], "sallyport", "known_hosts")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as file:
            return file.read()

    def open_file(self, name, text):
        path = os.path.join(self.desktop.home, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = subprocess.run([self.desktop.program(), path], env=self.desktop.environment,
                                check=False, timeout=20)
        assert result.returncode == 0, f"exit code {result.returncode}"

    def preview_shows_what_would_come(self):
        self.desktop.focus_window()
        self.press("toggle button", "More Ways to Add Servers")
        self.find("menu item")
        self.desktop.key("i")
        self.press("button", "Use Your SSH Configuration")
        self.find("button", "Import 3")
        self.find("label", re.compile("through gate.*ciphers", re.DOTALL))

    def what_is_switched_off_stays_out(self):
        self.desktop.focus_window()
        self.desktop.click(self.find("label", "unwanted"))
        self.press("button", "Import 2")
        self.find("list item", re.compile("^inner"))
        assert sorted(self.saved()) == ["gate", "inner"], self.saved()
        assert self.saved()["inner"]["jump"] == "gate"

    def import_is_taken_back(self):
        self.find("label", "2 servers added")
        self.press("button", "Undo")
        self.wait_gone("list item", re.compile("^inner"))
        wait_for(lambda: not self.saved(), "an empty list")

    def connection_file_says_what_it_does(self):
        self.open_file("x.sallyport", CONNECTION)
        for words in ("drop.example:2222", "Password and code in one (password first)", "/in", PIN):
            self.find("label", words)
        assert not self.saved() and not self.trusted()

    def connection_file_is_saved(self):
        self.fill("User Name", "vendor")
        self.press("button", "Save")
        self.find("list item", re.compile("^Drop box"))
        assert self.saved()["Drop box"]["user"] == "vendor"
        assert PIN in self.trusted()

    def bad_file_gives_a_sentence(self):
        self.open_file("bad.sallyport", CONNECTION.replace("Version=1", "Version=9"))
        self.find("label", re.compile("newer Sallyport"))
        self.press("button", "Cancel")
        assert list(self.saved()) == ["Drop box"]


STEPS = [
    Import.preview_shows_what_would_come, Import.what_is_switched_off_stays_out,
    Import.import_is_taken_back, Import.connection_file_says_what_it_does,
    Import.connection_file_is_saved, Import.bad_file_gives_a_sentence,
]


def main():
    with Desktop(build_folder()) as desktop:
        os.makedirs(os.path.join(desktop.home, ".ssh"))
        with open(os.path.join(desktop.home, ".ssh", "config"), "w", encoding="utf-8") as file:
            file.write(SSH_CONFIG)
        desktop.start_app()
        run_steps(Import(desktop), STEPS)


if __name__ == "__main__":
    main()
