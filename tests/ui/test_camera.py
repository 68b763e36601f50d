#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that come in by the camera: a real PipeWire, pictures in it, what a person sees of it."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from camera_rig import CameraRig, draw_codes, export_part  # noqa: E402
from desktop import Desktop, wait_for  # noqa: E402
from services import ScreenSaver  # noqa: E402
from steps import Job, build_folder, run_steps  # noqa: E402

# RFC 4226 and RFC 6238 test keys, and the example of the Key URI format.
FIRST = "otpauth://totp/Filmed:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Filmed"
PAIR = ["otpauth://totp/Left:bert?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Left",
        "otpauth://totp/Right:carla?secret=MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK&issuer=Right"]
PASSPHRASE = "only a test"
HINT = "Hold the QR code in front of the camera"


class Scan(Job):
    """With no account at first."""

    def __init__(self, desktop, rig):
        super().__init__(desktop)
        self.cameras = rig
        self.camera = None
        self.n_items = 0

    def open_menu(self):
        """The number of its items, which have no names for others."""
        self.desktop.focus_window()
        self.press("toggle button", "Main menu")
        self.find("menu item")
        return len(self.accessible.find_all("menu item"))

    def scan(self, frame):
        """By the menu, as people do who have accounts already."""
        self.camera.show(frame)
        self.open_menu()
        self.desktop.key("c")

    def cancel(self):
        self.press("button", "Cancel")
        self.wait_gone("button", "Cancel")

    def expect_released(self):
        wait_for(lambda: not self.cameras.streams(), "the camera to be let go of")

    def expect_watching(self):
        wait_for(self.cameras.streams, "a stream from the camera")

    def without_a_camera_nothing_speaks_of_it(self):
        self.find("button", "Add Account")
        assert not self.accessible.find_all("button", "Scan With Camera")
        self.n_items = self.open_menu()
        self.desktop.key("Escape")
        self.wait_gone("menu item", None)

    def refusal_is_explained(self):
        self.camera = self.cameras.plug("Lid camera", draw_codes())
        self.cameras.tell_portal("present")
        self.cameras.tell_portal("deny")
        self.find("button", "Scan With Camera")
        assert self.open_menu() == self.n_items + 1
        self.desktop.key("Escape")
        self.wait_gone("menu item", None)
        self.press("button", "Scan With Camera")
        self.find("label", re.compile("^Sallyport may not use the camera: allow it in the desktop’s settings"))
        assert not self.cameras.streams()

    def allowed_it_shows_the_picture(self):
        self.cameras.tell_portal("allow")
        self.press("button", "Try Again")
        self.find("label", HINT)
        self.expect_watching()

    def other_codes_are_passed_over(self):
        self.camera.show(draw_codes("https://example.org/"))
        self.find("label", "This QR code holds no account: show another one")
        self.camera.show(draw_codes())
        self.find("label", HINT)

    def account_is_confirmed_and_added(self):
        self.camera.show(draw_codes(FIRST))
        self.find("label", "Confirm Account")
        self.expect_released()
        self.press("button", "Add")
        self.find("list item", re.compile("^Filmed:anna, code"))
        assert any(FIRST.split("?")[1].split("&")[0] in stored for stored in self.desktop.read_accounts())

    def both_codes_of_a_picture_are_found(self):
        self.scan(draw_codes(*PAIR))
        self.find("label", "2 are new")
        self.press("button", "Import")
        self.find("list item", re.compile("^Left:bert"))
        self.find("list item", re.compile("^Right:carla"))

    def parts_are_awaited(self):
        self.scan(draw_codes(export_part(1, 3)))
        self.find("label", "1 of 3 parts are read: show the next code")
        self.camera.show(draw_codes(export_part(0, 3)))
        self.find("label", "2 of 3 parts are read: show the next code")
        self.expect_watching()
        self.camera.show(draw_codes(export_part(2, 3)))
        self.find("label", "3 are new")
        self.press("button", "Import")
        for number in range(3):
            self.find("list item", re.compile(f"^Moved:user{number}"))

    def unfinished_export_can_be_taken(self):
        self.scan(draw_codes(export_part(1, 4)))
        self.press("button", "Continue Without the Rest")
        self.find("label", re.compile("1 is already there"))
        self.expect_released()
        self.cancel()

    def camera_that_vanishes_is_missed_and_welcome(self):
        self.scan(draw_codes())
        self.find("label", HINT)
        self.expect_watching()
        self.cameras.unplug(self.camera)
        self.find("label", "No camera is there: connect one, and it is used at once")
        self.camera = self.cameras.plug("Lid camera", draw_codes())
        self.find("label", HINT)
        self.expect_watching()

    def another_camera_can_be_chosen(self):
        second = self.cameras.plug("Desk_camera", draw_codes(FIRST))
        self.press("toggle button", "Choose camera")
        self.find("menu item")
        self.accessible.press(self.accessible.find_all("menu item")[0])  # by their names, the desk before the lid
        self.find("label", re.compile("1 is already there"))
        self.expect_released()
        self.cancel()
        self.cameras.unplug(second)

    def closed_dialog_lets_go(self):
        self.camera.show(draw_codes())
        self.press("button", "Add account")
        self.find("text", "Setup Key")
        self.desktop.click(self.find("label", "Scan With Camera"))
        self.find("label", HINT)
        self.expect_watching()
        self.desktop.focus_window()
        self.desktop.key("Escape")
        self.wait_gone("label", HINT)
        self.expect_released()

    def without_the_portal_it_goes_by_itself(self):
        self.cameras.stop_portal()
        self.desktop.focus_window()
        wait_for(lambda: self.can_scan_after(self.n_items + 1), "the menu")
        self.scan(draw_codes(FIRST))
        self.find("label", re.compile("1 is already there"))
        self.cancel()

    def can_scan_after(self, n_items):
        is_there = self.open_menu() == n_items
        self.desktop.key("Escape")
        self.wait_gone("menu item", None)
        return is_there

    def missing_plugins_are_named(self):
        self.desktop.stop_app()
        self.desktop.start_app(GST_PLUGIN_SYSTEM_PATH_1_0=os.path.join(self.desktop.home, "empty"),
                               GST_REGISTRY_1_0=os.path.join(self.desktop.home, "registry"))
        self.find("list item", re.compile("^Left:bert"))
        self.scan(draw_codes())
        self.find("label", re.compile(r"^GStreamer lacks a part that cameras need \(pipewiresrc\)"))
        self.cancel()
        self.desktop.stop_app()
        self.desktop.start_app()
        self.find("list item", re.compile("^Left:bert"))

    def lock_lets_go(self):
        self.set_lock_passphrase(PASSPHRASE)
        self.scan(draw_codes())
        self.expect_watching()
        with ScreenSaver(self.desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as screen_saver:
            screen_saver.set_active(True)
            self.find("label", "Sallyport Is Locked")
        self.expect_released()
        assert not self.accessible.find_all("label", HINT)


STEPS = [
    Scan.without_a_camera_nothing_speaks_of_it,
    Scan.refusal_is_explained,
    Scan.allowed_it_shows_the_picture,
    Scan.other_codes_are_passed_over,
    Scan.account_is_confirmed_and_added,
    Scan.both_codes_of_a_picture_are_found,
    Scan.parts_are_awaited,
    Scan.unfinished_export_can_be_taken,
    Scan.camera_that_vanishes_is_missed_and_welcome,
    Scan.another_camera_can_be_chosen,
    Scan.closed_dialog_lets_go,
    Scan.without_the_portal_it_goes_by_itself,
    Scan.missing_plugins_are_named,
    Scan.lock_lets_go,
]


def main():
    with Desktop(build_folder()) as desktop, CameraRig(desktop) as rig:
        desktop.start_app()
        run_steps(Scan(desktop, rig), STEPS)


if __name__ == "__main__":
    main()
