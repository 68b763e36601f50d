# SPDX-License-Identifier: GPL-3.0-or-later
"""A test as a walk: steps in one window that build upon each other, reported as TAP."""

import os
import sys
import traceback

from desktop import Accessible, wait_for


def build_folder():
    return os.environ.get("SALLY_BUILD_DIR", "build/debug")


class Job:
    """What a person does in a window, with a server or without."""

    def __init__(self, desktop, rig=None):
        self.desktop, self.rig = desktop, rig
        self.accessible = Accessible(desktop)

    def find(self, role, name=None, deadline_s=20, root=None):
        return self.accessible.find(role, name, deadline_s=deadline_s, root=root)

    def press(self, role, name, action=None):
        self.accessible.press(self.find(role, name), action)

    def fill(self, name, text):
        self.accessible.set_text(self.find("text", name), text)

    def wait_gone(self, role, name):
        wait_for(lambda: not self.accessible.find_all(role, name), f"{role} “{name}” to go")

    def choose_in_file_dialog(self, title, button, *labels):
        """In GTK's own dialog: clicks what bears these labels, one after the other, and ends it with the button."""
        dialog = self.find("dialog", title)
        window_id = self.desktop.find_dialog(title)
        for label in labels:
            self.desktop.click(self.accessible.find("label", label, root=dialog), window_id=window_id)
        self.accessible.press(self.accessible.find("button", button, root=dialog))

    def is_sensitive(self, node):
        return node.getState().contains(self.accessible.pyatspi.STATE_SENSITIVE)

    def set_lock_passphrase(self, passphrase):
        self.desktop.focus_window()
        self.desktop.activate("preferences")
        self.press("button", "Passphrase")
        self.fill("New Passphrase", passphrase)
        self.fill("The Same Again", passphrase)
        button = self.find("button", "Set")
        wait_for(lambda: self.is_sensitive(button), "the button")
        self.accessible.press(button)
        self.find("label", "Change…")
        self.desktop.key("Escape")
        self.wait_gone("label", "Change…")


def run_steps(job, steps):
    """Ends the program at the first step that fails: the rest cannot be done."""
    print(f"1..{len(steps)}", flush=True)
    for number, step in enumerate(steps, 1):
        name = step.__name__.replace("_", " ")
        try:
            step(job)
        except Exception:  # whatever it was, the report says it
            print(f"not ok {number} {name}")
            for line in (traceback.format_exc() + job.accessible.dump()).splitlines():
                print("# " + line)
            if os.environ.get("SALLY_TEST_PICTURE"):
                job.desktop.shoot(os.environ["SALLY_TEST_PICTURE"])
            sys.exit(1)
        print(f"ok {number} {name}", flush=True)
