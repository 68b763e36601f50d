#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Through a bastion to a server behind it: two accounts, one click; waits, refusals, and two logs that agree."""

import contextlib
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from doors import Door, PERIOD_S, SIGN_IN_S, read_journal, sally  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# RFC 6238, appendix B: the SHA-1 key.
OTHER_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
COUNTDOWN = re.compile(r"^Opening “Bastion” first\nWaiting for a fresh code \((\d+) s\)$")


class Bastion(Door):
    """It fetches the user's secret at each sign-in and forgets it again: the audit log says how often."""

    def codes(self):
        return self.accepted()

    def audit(self):
        """When the parameter store was asked, and for whom."""
        path = os.path.join(self.rig.state, "audit")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [(int(when), user) for when, what, user in map(str.split, file) if what == "fetch"]


class Chain(Job):
    """A bastion and a server behind it."""

    def __init__(self, desktop, bastion, inner, other_id):
        super().__init__(desktop)
        self.bastion, self.inner, self.other_id = bastion, inner, other_id
        self.ledger = None

    def wait_for_the_bastions_code_counts_down(self):
        self.ledger = self.write_ledger(self.bastion.account_id)
        self.inner.click(self)
        first = self.read_countdown()
        assert PERIOD_S - 1 <= first <= 2 * PERIOD_S, f"{first} s"
        wait_for(lambda: self.read_countdown() < first, "the countdown to go on")

    def write_ledger(self, account_id):
        """As if the account's next code had been sent already; the file that says so."""
        folder = os.path.join(self.desktop.environment["XDG_STATE_HOME"], "sallyport", "ledger")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, account_id)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{int(time.time()) // PERIOD_S + 1} {PERIOD_S}\n")
        return path

    def read_countdown(self):
        return int(COUNTDOWN.search(self.find("label", COUNTDOWN).name)[1])

    def wait_can_be_called_off(self):
        with open(self.ledger, encoding="utf-8") as file:
            spent = file.read()
        self.press("button", "Cancel")
        self.find("button", "Connect")
        with open(self.ledger, encoding="utf-8") as file:
            assert file.read() == spent, "a code was spent all the same"
        assert (self.bastion.accepted(), self.bastion.refused(), self.inner.connections()) == (0, 0, 0)
        os.unlink(self.ledger)

    def one_click_opens_both(self):
        self.press("button", "Connect")
        self.inner.wait_open(self)
        self.bastion.check()
        self.inner.check()

    def bastion_is_open_as_well(self):
        self.bastion.click(self)
        self.bastion.wait_open(self)
        self.bastion.check()

    def history_shows_both(self):
        self.desktop.key("alt+3")
        for name in "Bastion", "Inner":
            self.find("label", f"Signed in to {name}")
            assert len(self.accessible.find_all("label", f"Signed in to {name}")) == 1
        self.find("label", "Sign-in to Bastion cancelled")

    def journal_and_audit_agree(self):
        """Each sign-in that the bastion's store was asked for is one of ours, the cancelled one too."""
        ours = read_journal(self.desktop, "Bastion")
        assert [one["outcome"] for one in ours] == ["cancelled", "done"], ours
        audit = self.bastion.audit()
        assert len(audit) == len(ours), (audit, ours)
        for (when, user), one in zip(audit, ours):
            assert user == one["user"] == self.bastion.rig.user
            assert int(one["begun"]) <= when <= one["ended"], (when, one)
            assert one["host_key"].endswith(self.bastion.rig.fingerprint)
        inner, = read_journal(self.desktop, "Inner")
        assert inner["outcome"] == "done" and inner["host_key"].endswith(self.inner.rig.fingerprint)

    def refusal_names_the_jump_host(self):
        """Another account's code: refused once, by the one that says so; the server behind it hears nothing."""
        sally(self.desktop, "disconnect", "Inner")
        sally(self.desktop, "disconnect", "Bastion")
        sally(self.desktop, "server", "set", "Bastion", "--account", "Other")
        self.inner.click(self)
        self.press("button", "Try Again")
        self.find("label", "Sign-in Refused", SIGN_IN_S)
        self.find("label", re.compile("^The jump host “Bastion”: .*refused", re.DOTALL))
        assert self.bastion.refused() == 1 and self.inner.connections() == 1

    def it_is_the_one_to_be_edited(self):
        self.press("button", "Edit Server")
        assert self.accessible.get_text(self.find("text", "Name")) == "Bastion"
        assert self.accessible.get_text(self.find("text", "Port")) == str(self.bastion.rig.port)

    def test_sign_in_counts_down_as_well(self):
        self.write_ledger(self.other_id)
        self.desktop.focus_window()
        self.desktop.key("alt+t")
        self.find("label", re.compile(r"^Waiting for a fresh code \(\d+ s\)$"))
        self.find("button", "Stop Test")
        self.desktop.key("alt+t")
        self.find("button", "Test Sign-in")
        assert self.bastion.refused() == 1


STEPS = [
    Chain.wait_for_the_bastions_code_counts_down, Chain.wait_can_be_called_off, Chain.one_click_opens_both,
    Chain.bastion_is_open_as_well, Chain.history_shows_both, Chain.journal_and_audit_agree,
    Chain.refusal_names_the_jump_host, Chain.it_is_the_one_to_be_edited,
    Chain.test_sign_in_counts_down_as_well,
]


def main():
    with contextlib.ExitStack() as stack:
        desktop = stack.enter_context(Desktop(build_folder()))
        bastion = Bastion(desktop, stack.enter_context(Rig("bastion")), "Bastion", "key,code").save()
        inner = Door(desktop, stack.enter_context(Rig("openssh-combined")), "Inner", "password+code")
        inner.save(jump="Bastion")
        other_id = desktop.add_account(f"otpauth://totp/Other?secret={OTHER_SECRET}")
        desktop.start_app()
        run_steps(Chain(desktop, bastion, inner, other_id), STEPS)


if __name__ == "__main__":
    main()
