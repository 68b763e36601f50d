#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A working day in short, in both ways to sign in: browse, two downloads at once, an upload, 40 s of idleness, and again.

One sign-in each, no refusal, nothing typed. While the two are idle, others are opened in the last second of a code's life.
"""

import contextlib
import hashlib
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Relay, Rig, wait_for  # noqa: E402
from doors import Door, FRESH_CODE_S, PERIOD_S, read_journal  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

IDLE_S = 40
# The servers hang up on whoever does not answer for so long, several times within that.
KEEPALIVE = ("--sshd-option", "ClientAliveInterval 4", "--sshd-option", "ClientAliveCountMax 1")
FILE_BYTES = 6_000_000
LINE_MB_S = 8  # so that a file takes long enough to meet another
# When somebody clicks, in seconds of a step: too late for its code.
LAST_SECOND = 28.5, 29.9
CLOCK_OFFSET_S = 15
TRANSFER_S = 30


class LongJob(Job):
    """Two servers that are worked with, and three that are opened at a bad moment."""

    def __init__(self, desktop, busy, late, other_clock):
        super().__init__(desktop)
        self.busy, self.late, self.other_clock = busy, late, other_clock
        self.idle_since = None

    def password_and_code_in_one_opens(self):
        self.open(self.busy[0])

    def key_then_code_opens(self):
        self.open(self.busy[1])

    def open(self, door):
        self.show(door)
        door.wait_open(self)

    def show(self, door):
        self.desktop.focus_window()
        door.click(self)

    def two_are_downloaded_at_once_and_one_uploaded_with_both_in_one(self):
        self.work(self.busy[0])

    def two_are_downloaded_at_once_and_one_uploaded_with_a_key_and_a_code(self):
        self.work(self.busy[1])
        self.idle_since = time.monotonic()

    def work(self, door):
        self.show(door)
        names = [f"{door.name}-{number}.bin" for number in (1, 2)]
        self.desktop.click(self.find("table cell", names[0]))
        self.desktop.key("shift+Down")
        self.press("button", "Download")
        wait_for(lambda: all(map(self.is_under_way, names)), "two downloads at once", TRANSFER_S)
        for name in names:
            self.wait_same(os.path.join(door.rig.home, name), self.download(name))
        self.press("button", "Upload files")
        self.choose_in_file_dialog("Upload Files", "Upload", "Home", f"{door.name}-up.bin")
        self.wait_same(os.path.join(self.desktop.home, f"{door.name}-up.bin"),
                       os.path.join(door.rig.home, f"{door.name}-up.bin"))

    def download(self, name):
        return os.path.join(self.desktop.home, "Downloads", name)

    def is_under_way(self, name):
        """Its temporary file is there, beside where it will be."""
        return any(part.startswith(f".{name}.") and part.endswith(".part") for part in os.listdir(self.download(".")))

    def wait_same(self, source, target):
        wait_for(lambda: os.path.exists(target), target, TRANSFER_S)
        assert digest(source) == digest(target), f"{target} differs"

    def last_second_is_as_good_as_any_by_our_clock_and_the_servers(self):
        """Whichever comes first."""
        moments = [(self.seconds_to_last(0), self.sign_in_late),
                   (self.seconds_to_last(CLOCK_OFFSET_S), self.sign_in_late_by_the_servers_clock)]
        for _, sign_in in sorted(moments, key=lambda moment: moment[0]):
            sign_in()

    def seconds_to_last(self, offset_s):
        return (LAST_SECOND[0] - time.time() - offset_s) % PERIOD_S

    def sign_in_late_by_the_servers_clock(self):
        """Our code is young; it arrives as that of the step before, or almost."""
        door = self.other_clock
        self.click_late([door], CLOCK_OFFSET_S)
        door.wait_open(self)
        door.check()

    def sign_in_late(self):
        """Two recipes: nothing is sent before the next step has begun, and then at once."""
        step = self.click_late(self.late)
        for door in self.late:
            wait_for(lambda: door.accepted() > 0, f"a sign-in to {door.name}", FRESH_CODE_S)
            door.check()
            assert door.steps() == [step + 1], f"{door.name}: {door.steps()}, clicked in {step}"
        self.late[-1].wait_open(self)

    def click_late(self, doors, offset_s=0):
        """Clicks all of them within the last second of a step; which step that was."""
        places = [list(map(str, self.desktop.place(door.row(self)))) for door in doors]
        self.desktop.focus_window()
        self.desktop.run("xdotool", "mousemove", *map(str, self.desktop.middle(self.desktop.window_id)))
        first, last = LAST_SECOND
        wait_for(lambda: first <= (time.time() + offset_s) % PERIOD_S < last - 1, "the last second of a step",
                 2 * PERIOD_S)
        step = int(time.time() + offset_s) // PERIOD_S
        for place in places:
            self.desktop.run("xdotool", "mousemove", *place, "click", "1")
        ended = time.time() + offset_s
        assert int(ended) // PERIOD_S == step and ended % PERIOD_S <= last, "clicked too late"
        return step

    def idle_for_40_seconds(self):
        wait_for(lambda: time.monotonic() - self.idle_since >= IDLE_S, "40 s without a byte of ours", 2 * IDLE_S)
        for door in self.busy:
            assert door.count("Timeout, client not responding") == 0, door.read_log()

    def both_go_on_without_a_sign_in(self):
        for door in self.busy:
            self.show(door)
            self.desktop.click(self.find("table cell", "inbox"), repeat=2)
            self.wait_gone("table cell", "README.txt")
            self.press("button", "Parent folder")
            self.desktop.click(self.find("table cell", f"{door.name}-3.bin"))
            self.press("button", "Download")
            self.wait_same(os.path.join(door.rig.home, f"{door.name}-3.bin"), self.download(f"{door.name}-3.bin"))

    def one_sign_in_each_was_enough(self):
        for door in self.busy:
            door.check()
            records = [(one["kind"], one["outcome"]) for one in read_journal(self.desktop, door.name)]
            assert records == [("sign-in", "done"), *[("download", "done")] * 2, ("upload", "done"),
                               ("download", "done")], records


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def make_files(desktop, door):
    """Three to download, one to upload."""
    for path in [os.path.join(door.rig.home, f"{door.name}-{number}.bin") for number in (1, 2, 3)] + \
            [os.path.join(desktop.home, f"{door.name}-up.bin")]:
        with open(path, "wb") as file:
            file.write(os.urandom(FILE_BYTES))


STEPS = [
    LongJob.password_and_code_in_one_opens, LongJob.key_then_code_opens,
    LongJob.two_are_downloaded_at_once_and_one_uploaded_with_both_in_one,
    LongJob.two_are_downloaded_at_once_and_one_uploaded_with_a_key_and_a_code,
    LongJob.last_second_is_as_good_as_any_by_our_clock_and_the_servers, LongJob.idle_for_40_seconds,
    LongJob.both_go_on_without_a_sign_in, LongJob.one_sign_in_each_was_enough,
]


def main():
    build = build_folder()
    with contextlib.ExitStack() as stack:
        desktop = stack.enter_context(Desktop(build))
        rigs = [stack.enter_context(Rig(*rig)) for rig in (
            ("openssh-combined", *KEEPALIVE), ("openssh-key-code", *KEEPALIVE), ("openssh-combined",),
            ("openssh-key-code",), ("prompt-zoo", "--user", "one-prompt", "--clock-offset", str(CLOCK_OFFSET_S)))]
        lines = [stack.enter_context(Relay(build, rig.port, LINE_MB_S)) for rig in rigs[:2]]
        doors = [Door(desktop, rig, *words) for rig, words in zip(rigs, [
            ("joined", "password+code"), ("key", "key,code"), ("late joined", "password+code"),
            ("late key", "key,code"), ("other clock", "password+code")])]
        for index, door in enumerate(doors):
            door.save(port=lines[index].port if index < len(lines) else None)
        for door in doors[:2]:
            make_files(desktop, door)
        desktop.start_app()
        run_steps(LongJob(desktop, doors[:2], doors[2:4], doors[4]), STEPS)


if __name__ == "__main__":
    main()
