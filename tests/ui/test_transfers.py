#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long download in the window: paused, resumed, given up, and gone on with after the window was killed."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, Rig, wait_for  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

SIGN_IN_S = 60
PASSPHRASE = "only a test"
QUESTION = re.compile(r"^Replace “.+”\?$")
BIG = 48 << 20
# KiB a second: slow enough that a person, or a test, can do something meanwhile.
LIMIT = 6 << 10


class Transfers(Job):
    """One server, one big file."""

    def download(self, name=""):
        return os.path.join(self.desktop.home, "Downloads", name)

    def partials(self):
        return [name for name in os.listdir(self.download()) if name.endswith(".part")]

    def has_arrived(self):
        return any(os.stat(self.download(name)).st_blocks * 512 > 2 << 20 for name in self.partials())

    def signs_in(self):
        second = subprocess.run([self.desktop.program(), "--server", "Drop box"],
                                env=self.desktop.environment, check=False, timeout=20)
        assert second.returncode == 0, f"exit code {second.returncode}"
        self.find("label", self.rig.fingerprint, SIGN_IN_S)
        self.press("button", "Trust")
        self.find("table cell", "big.bin", SIGN_IN_S)

    def download_begins(self):
        self.desktop.focus_window()
        self.desktop.click(self.find("table cell", "big.bin"))
        self.press("button", "Download")
        self.desktop.key("alt+2")
        self.find("list item", "Download of big.bin")
        wait_for(self.partials, "the temporary file")

    def pause_keeps_what_has_arrived(self):
        self.press("button", "Pause")
        self.find("label", re.compile("^Paused at "))
        self.find("label", "1 transfer is paused")
        assert len(self.partials()) == 1 and not os.path.exists(self.download("big.bin"))

    def discard_removes_it(self):
        self.press("button", "Discard")
        dialog = self.find("alert", "Discard the Paused Transfer?")
        assert len(self.partials()) == 1, "it was discarded, unasked"
        self.accessible.press(self.accessible.find("button", "Discard", root=dialog))
        self.find("label", "Cancelled")
        wait_for(lambda: os.listdir(self.download()) == [], "the temporary file to go")

    def retry_begins_anew(self):
        self.press("button", "Try again")
        wait_for(self.partials, "the temporary file")
        wait_for(self.has_arrived, "some of it")

    def killed_window_offers_to_resume(self):
        self.desktop.app.kill()
        self.desktop.app.wait()
        assert len(self.partials()) == 1 and not os.path.exists(self.download("big.bin"))
        self.desktop.start_app()
        self.find("label", "1 transfer did not come to its end last time")
        self.press("button", "Show")
        self.find("list item", "Download of big.bin")

    def resume_all_comes_to_the_end(self):
        self.press("button", "Resume All")
        wait_for(lambda: os.path.exists(self.download("big.bin")), "the whole file", SIGN_IN_S)
        with open(self.download("big.bin"), "rb") as one, \
                open(os.path.join(self.rig.home, "big.bin"), "rb") as two:
            assert one.read() == two.read(), "it differs"
        assert os.listdir(self.download()) == ["big.bin"]
        self.find("button", "Show in folder")

    def folder_that_is_there_is_merged_file_by_file(self):
        os.makedirs(self.download("outbox"))
        with open(self.download("outbox/invoice.csv"), "w", encoding="utf-8") as file:
            file.write("my own words")
        subprocess.run([self.desktop.program(), "--server", "Drop box"],
                       env=self.desktop.environment, check=True, timeout=20)
        self.desktop.focus_window()
        self.desktop.click(self.find("table cell", "outbox", SIGN_IN_S))
        self.press("button", "Download")
        self.find("label", "Replace “invoice.csv”?")
        self.press("button", "Skip")
        wait_for(lambda: os.path.exists(self.download("outbox/photo.bin")), "the other files")
        with open(self.download("outbox/invoice.csv"), encoding="utf-8") as file:
            assert file.read() == "my own words", "not kept"


    def question_outlives_the_lock(self):
        """Whoever locks the window has not cancelled a transfer."""
        self.set_lock_passphrase(PASSPHRASE)
        self.desktop.click(self.find("table cell", "outbox"))
        self.press("button", "Download")
        question = self.find("label", QUESTION).name
        self.desktop.key("ctrl+l")
        self.find("label", "Sallyport Is Locked")
        assert not self.accessible.find_all("label", QUESTION)
        self.fill("Passphrase", PASSPHRASE)
        self.press("button", "Unlock")
        self.find("label", question)
        wait_for(self.is_replaced, "the server's file")

    def is_replaced(self):
        """The other files of the folder are there, too."""
        for button in self.accessible.find_all("button", "Replace"):
            self.accessible.press(button)
        with open(self.download("outbox/invoice.csv"), encoding="utf-8") as file:
            return file.read() != "my own words"


STEPS = [
    Transfers.signs_in, Transfers.download_begins, Transfers.pause_keeps_what_has_arrived,
    Transfers.discard_removes_it, Transfers.retry_begins_anew,
    Transfers.killed_window_offers_to_resume, Transfers.resume_all_comes_to_the_end,
    Transfers.folder_that_is_there_is_merged_file_by_file, Transfers.question_outlives_the_lock,
]


def main():
    build = build_folder()
    with Rig("openssh-password") as rig, Desktop(build) as desktop:
        with open(os.path.join(rig.home, "big.bin"), "wb") as file:
            file.write(os.urandom(BIG))
        os.chmod(file.name, 0o644)
        server = desktop.add_server(name="Drop box", host="127.0.0.1", port=rig.port, user=rig.user)
        desktop.store_secret("password", server, rig.secret("password"))
        desktop.write_setting("download-limit", f"uint32 {LIMIT}")
        desktop.start_app()
        run_steps(Transfers(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
