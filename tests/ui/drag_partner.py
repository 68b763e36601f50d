#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program's window, for drag and drop: gives a file, and takes files.

usage: drag_partner.py FILE

Dragging from its window offers FILE. What is dropped onto it is printed, one path a line.
"""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402

SIZE = (200, 160)


def on_drop(_target, files, _x, _y):
    for file in files.get_files():
        print(file.get_path(), flush=True)
    return True


def main():
    Gtk.init()
    file = Gio.File.new_for_path(sys.argv[1])
    label = Gtk.Label(label="Partner")
    source = Gtk.DragSource(content=Gdk.ContentProvider.new_for_value(Gdk.FileList.new_from_list([file])))
    label.add_controller(source)
    target = Gtk.DropTarget.new(Gdk.FileList, Gdk.DragAction.COPY)
    target.connect("drop", on_drop)
    label.add_controller(target)
    window = Gtk.Window(title="Partner", child=label, decorated=False)
    window.set_default_size(*SIZE)
    window.present()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
