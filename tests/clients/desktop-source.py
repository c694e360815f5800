# SPDX-License-Identifier: GPL-3.0-or-later
"""Another application of the desktop: what it is told is on its clipboard, and can be dragged out of its window.

    desktop-source.py text 'http://…'
    desktop-source.py file /path/of/a/file

It prints when another window takes what is dragged over it."""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GObject, Gtk  # pylint: disable=wrong-import-position

kind, what = sys.argv[1:]


def provide():
    """What is dragged: a text as such, a file as file managers do."""
    if kind == "text":
        return Gdk.ContentProvider.new_for_value(GObject.Value(GObject.TYPE_STRING, what))
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(what)])
    return Gdk.ContentProvider.new_for_value(GObject.Value(Gdk.FileList, files))


def on_drag_begin(source, drag):
    drag.connect("notify::selected-action", lambda drag, pspec: say("taken", drag.get_selected_action()))


def say(what_happens, action=1):
    if int(action) != 0:
        print(f"{what_happens}: {kind}", flush=True)


def on_activate(application):
    window = Gtk.ApplicationWindow(application=application, title="Source", default_width=200,
                                   default_height=100)
    source = Gtk.DragSource(content=provide(), actions=Gdk.DragAction.COPY)
    source.connect("drag-begin", on_drag_begin)
    label = Gtk.Label(label="Drag me")
    label.add_controller(source)
    window.set_child(label)
    window.present()
    window.get_clipboard().set_content(provide())
    say("ready")


app = Gtk.Application(application_id="org.example.Source", flags=Gio.ApplicationFlags.NON_UNIQUE)
app.connect("activate", on_activate)
app.run()
