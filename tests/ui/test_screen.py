#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""QR codes on the screen, through the Screenshot portal: taken, cancelled, refused, without a code, too late."""

import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import Desktop, wait_for  # noqa: E402
from services import Portal  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
ONE_CODE = os.path.join(FIXTURES, "one-code.png")
TWO_CODES = os.path.join(FIXTURES, "two-codes.png")
SCAN = "Scan QR Code on the Screen"
NOT_GIVEN = re.compile(r"^The desktop did not give a picture of the screen \(.+\): take a screenshot yourself")


class Screen(Job):
    """No account yet, and a portal that comes after the first step."""

    def __init__(self, desktop):
        super().__init__(desktop)
        self.portal = None

    def start_portal(self):
        self.portal = Portal(self.desktop.environment["DBUS_SESSION_BUS_ADDRESS"])

    def picture(self):
        return os.path.join(self.desktop.home, "Screenshot From 2026.png")

    def give(self, make):
        make(self.picture())
        self.portal.response = (0, {"uri": "file://" + self.picture().replace(" ", "%20")})

    def scan(self):
        self.press("button", SCAN)

    def expect_idle(self):
        assert not self.accessible.find_all("label", NOT_GIVEN)
        assert not self.accessible.find_all("dialog")
        self.find("label", "No Codes Yet")

    def without_a_portal_the_way_out_is_said(self):
        self.find("label", "No Codes Yet")
        self.scan()
        self.find("label", NOT_GIVEN)
        self.wait_gone("label", NOT_GIVEN)

    def person_chooses_what_is_taken(self):
        self.start_portal()
        self.portal.response = (1, {})
        self.scan()
        wait_for(lambda: self.portal.screenshots, "the question to the portal")
        assert self.portal.screenshots[0]["interactive"] and self.portal.screenshots[0]["modal"]

    def cancelling_says_nothing(self):
        self.scan()
        wait_for(lambda: len(self.portal.screenshots) == 2, "the second question")
        self.portal.response = None
        self.scan()
        wait_for(lambda: len(self.portal.screenshots) == 3, "the third question")
        self.expect_idle()
        self.portal.answer((1, {}))

    def refusal_is_said(self):
        self.expect_idle()
        self.portal.response = (2, {})
        self.scan()
        self.find("label", re.compile(r"^The desktop did not give .* \(it refused\)"))
        self.wait_gone("label", NOT_GIVEN)

    def picture_that_is_gone_is_said(self):
        self.portal.response = (0, {"uri": "file:///nowhere/picture.png"})
        self.scan()
        self.find("label", re.compile("No such file"))

    def picture_without_a_code_is_said(self):
        self.give(lambda path: self.desktop.run("convert", "-size", "400x300", "xc:white", path))
        self.scan()
        self.find("label", re.compile("no QR code", re.IGNORECASE))
        wait_for(lambda: not os.path.exists(self.picture()), "the picture to go")
        self.desktop.focus_window()
        self.desktop.key("Escape")
        self.wait_gone("label", re.compile("no QR code", re.IGNORECASE))

    def one_code_fills_the_form(self):
        self.give(lambda path: shutil.copy(ONE_CODE, path))
        self.scan()
        service = self.find("text", "Service")
        assert self.accessible.get_text(service) == "Firm"
        wait_for(lambda: not os.path.exists(self.picture()), "the picture to go")
        self.press("button", "Cancel")
        self.wait_gone("text", "Service")

    def all_codes_of_a_picture_are_shown_and_imported(self):
        self.give(lambda path: shutil.copy(TWO_CODES, path))
        self.scan()
        self.find("label", "2 are new")
        wait_for(lambda: not os.path.exists(self.picture()), "the picture to go")
        self.press("button", "Import")
        self.find("list item", re.compile("^Pictured:bert, code"))
        assert len(self.desktop.read_accounts()) == 2


STEPS = [
    Screen.without_a_portal_the_way_out_is_said, Screen.person_chooses_what_is_taken,
    Screen.cancelling_says_nothing, Screen.refusal_is_said, Screen.picture_that_is_gone_is_said,
    Screen.picture_without_a_code_is_said, Screen.one_code_fills_the_form,
    Screen.all_codes_of_a_picture_are_shown_and_imported,
]


def main():
    with Desktop(build_folder()) as desktop:
        desktop.start_app()
        run_steps(Screen(desktop), STEPS)


if __name__ == "__main__":
    main()
