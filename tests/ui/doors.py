# SPDX-License-Identifier: GPL-3.0-or-later
"""Test servers as doors that a person opens in the window: what is saved for each, and what its log tells afterwards."""

import json
import os
import re
import subprocess

from desktop import wait_for

SIGN_IN_S = 60
# A code that is to live long enough may be as far away as this, and a busy machine takes its time.
FRESH_CODE_S = 45
PERIOD_S = 30


class Door:
    """A rig, and the server, the account and the password that are saved for it."""

    def __init__(self, desktop, rig, name, recipe):
        self.desktop, self.rig, self.name, self.recipe = desktop, rig, name, recipe
        self.account_id = self.server_id = None

    def save(self, port=None, **values):
        """The server with all that its recipe wants, and its key as a trusted one; `port`: of a line to the rig."""
        if "code" in self.recipe:
            values["account-id"] = self.add_account()
        if self.recipe.startswith("key"):
            values["identity-file"] = os.path.join(self.rig.state, "key")
        self.server_id = self.desktop.add_server(name=self.name, host="127.0.0.1", port=port or self.rig.port,
                                                 user=self.rig.user, recipe=self.recipe, **values)
        if "password" in self.recipe:
            self.desktop.store_secret("password", self.server_id, self.rig.secret("password"))
        self.trust()
        return self

    def add_account(self):
        """Its id; a window that is there already does not see a new one."""
        if self.account_id is None:
            self.account_id = self.desktop.add_account(
                f"otpauth://totp/{self.name}?secret={self.rig.secret('secret')}")
        return self.account_id

    def trust(self):
        sally(self.desktop, "server", "trust", self.name, self.rig.fingerprint)

    def row(self, job):
        return job.find("list item", re.compile("^" + re.escape(self.name) + "($|,)"))

    def click(self, job):
        row = self.row(job)
        self.desktop.point(row)
        self.desktop.click(row)

    def wait_open(self, job):
        """Until the window shows the files of this very server."""
        wait_for(lambda: self.accepted() > 0, f"a sign-in to {self.name}", FRESH_CODE_S)
        job.find("table cell", "README.txt", SIGN_IN_S)

    def count(self, pattern):
        with open(self.rig.log, encoding="utf-8", errors="replace") as file:
            return len(re.findall(pattern, file.read(), re.MULTILINE))

    def accepted(self):
        """Whole sign-ins."""
        return self.count(r"^Accepted (password|publickey|keyboard-interactive/pam) for ")

    def refused(self):
        return self.count(r"^Failed (?!none)|Code sent twice|Too many|maximum authentication attempts")

    def connections(self):
        return self.count(r"^(Connection of|Connection from) ")

    def codes(self):
        """How many codes the server took."""
        return len(self.steps())

    def steps(self):
        """Whose codes the server took: by the prompt zoo's log, or what PAM's module keeps against reuse."""
        if not os.path.exists(self.otp_file()):
            return [int(step) for step in re.findall(r"^Code of step (\d+)", self.read_log(), re.MULTILINE)]
        with open(self.otp_file(), encoding="utf-8") as file:
            used = re.search(r'^" DISALLOW_REUSE(.*)$', file.read(), re.MULTILINE)
        return [int(step) for step in used[1].split()]

    def otp_file(self):
        """Seen from outside of the rig's own mount namespace."""
        return f"/proc/{self.rig.process.pid}/root/run/rig/otp/{self.rig.user}"

    def check(self, times=1):
        """Signed in so often, each at the first try, each with one code."""
        found = self.accepted(), self.refused(), self.codes()
        wanted = times, 0, times if "code" in self.recipe else 0
        assert found == wanted, \
            f"{self.name}: (accepted, refused, codes) are {found} and not {wanted}\n{self.read_log()}"

    def read_log(self):
        with open(self.rig.log, encoding="utf-8", errors="replace") as file:
            return file.read()


def read_journal(desktop, name):
    """What was done with the server of that name, oldest first."""
    return list(map(json.loads, sally(desktop, "history", "--json", name).splitlines()))


def sally(desktop, *arguments, text=""):
    """What it prints when it reads `text`; it must succeed."""
    program = os.path.join(desktop.build, "app", "cli", "sally")
    return subprocess.run([program, *arguments], env=desktop.environment, check=True, input=text,
                          capture_output=True, text=True, timeout=SIGN_IN_S).stdout
