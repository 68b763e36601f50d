# SPDX-License-Identifier: GPL-3.0-or-later
"""Cameras without hardware: a PipeWire of our own, sources of pictures in it, and a portal that opens it."""

import base64
import json
import os
import subprocess
import sys
import urllib.parse

from desktop import wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
PORTAL = os.path.join(HERE, "portal_partner.py")
WIDTH, HEIGHT = 640, 480


def draw_codes(*texts):
    """A frame of a camera, as raw RGB: the QR codes side by side on grey, as if held before it."""
    parts = []
    for text in texts:
        code = subprocess.run(["qrencode", "-o", "-", "-s", "5", "-m", "4", text], check=True, capture_output=True)
        parts.append(code.stdout)
    size = min(420, (WIDTH - 20 * (len(texts) + 1)) // max(1, len(texts)))
    command = ["convert", "-size", f"{WIDTH}x{HEIGHT}", "gradient:#8a8f98-#4d5157"]
    files = []
    for number, part in enumerate(parts):
        read_end, write_end = os.pipe()
        os.write(write_end, part)
        os.close(write_end)
        files.append(read_end)
        offset = round((number - (len(parts) - 1) / 2) * (size + 20))
        command += ["(", f"png:fd:{read_end}", "-filter", "point", "-resize", f"{size}x{size}", ")",
                    "-gravity", "center", "-geometry", f"{offset:+d}+0", "-composite"]
    frame = subprocess.run([*command, "-depth", "8", "rgb:-"], check=True, capture_output=True, pass_fds=files).stdout
    for file in files:
        os.close(file)
    assert len(frame) == WIDTH * HEIGHT * 3
    return frame


def field(number, value):
    """Of a protocol buffer: a text, bytes or a small number."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, len(data)]) + data


def export_part(index, size):
    """One part of what Google Authenticator shows to move its accounts, an account in each."""
    account = (field(1, b"part of a test %d" % index) + field(2, f"user{index}") + field(3, "Moved") + field(4, 1)
               + field(5, 1) + field(6, 2))
    payload = field(1, account) + field(2, 1) + field(3, size) + field(4, index) + field(5, 7)
    return "otpauth-migration://offline?data=" + urllib.parse.quote(base64.b64encode(payload), safe="")


class Camera:
    """A source of pictures in PipeWire (tests/rigs/camera.c), which shows what it is told to."""

    def __init__(self, rig, name, frame):
        self.rig, self.name = rig, name
        self.path = os.path.join(rig.desktop.home, name)
        self.show(frame)
        self.process = subprocess.Popen([os.path.join(rig.desktop.build, "tests", "rigs", "camera"), name, self.path],
                                        env=rig.desktop.environment)

    def is_there(self):
        return any(node.get("node.description") == self.name for node in self.rig.objects("Node"))

    def show(self, frame):
        """From the next picture on."""
        with open(self.path + ".new", "wb") as file:
            file.write(frame)
        os.rename(self.path + ".new", self.path)

    def unplug(self):
        self.process.kill()
        self.process.wait()


class CameraRig:
    """with CameraRig(desktop) as rig: rig.plug(...) ...; before the program starts."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.processes = []
        self.cameras = []

    def __enter__(self):
        try:
            self._spawn("pipewire")
            wait_for(lambda: os.path.exists(os.path.join(self.desktop.environment["XDG_RUNTIME_DIR"], "pipewire-0")),
                     "PipeWire")
            self._spawn("wireplumber")
            wait_for(lambda: any(client.get("application.name") == "WirePlumber" for client in self.objects("Client")),
                     "WirePlumber")
            self.portal = self._spawn(sys.executable, PORTAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert self.portal.stdout.readline() == "ready\n"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for camera in self.cameras:
            camera.unplug()
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _spawn(self, *command, **options):
        process = subprocess.Popen(command, env=self.desktop.environment, **{"stderr": subprocess.DEVNULL, **options})
        self.processes.append(process)
        return process

    def tell_portal(self, word):
        """“present”, “absent”, “allow” or “deny”; it is done when this returns."""
        self.portal.stdin.write(word + "\n")
        self.portal.stdin.flush()
        assert self.portal.stdout.readline() == "done\n"

    def stop_portal(self):
        self.portal.kill()
        self.portal.wait()

    def objects(self, kind):
        """The properties of all objects of that kind in PipeWire."""
        try:
            dump = json.loads(self.desktop.run("pw-dump"))
        except (json.JSONDecodeError, subprocess.CalledProcessError):
            return []
        return [item.get("info", {}).get("props", {}) for item in dump
                if item["type"] == f"PipeWire:Interface:{kind}"]

    def streams(self):
        """Those who watch a camera."""
        return [node for node in self.objects("Node") if node.get("media.class") == "Stream/Input/Video"]

    def plug(self, name, frame):
        camera = Camera(self, name, frame)
        self.cameras.append(camera)
        wait_for(camera.is_there, f"the camera “{name}”")
        return camera

    def unplug(self, camera):
        camera.unplug()
        self.cameras.remove(camera)
