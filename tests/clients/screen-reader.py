# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader knows of the application, through AT-SPI: it reads one question a line, and answers
with one line of JSON.

    focus     what has the focus, as the last event told, and how many such events there were
    tree      every object, each before its children
    press …   presses the button with this name
"""

import json
import sys
import threading

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # pylint: disable=wrong-import-position

NAME = "load-balancer"


class Reader:
    def __init__(self):
        self.count = 0
        self.focused = None
        # GTK does not tell of every change, so nothing may be kept.
        Atspi.get_desktop(0).set_cache_mask(Atspi.Cache.NONE)
        self.listener = Atspi.EventListener.new(self.on_focus)
        self.listener.register("object:state-changed:focused")

    def on_focus(self, event):
        if event.detail1:
            self.count += 1
            self.focused = event.source

    def describe(self, accessible):
        states = accessible.get_state_set().get_states()
        return {
            "role": accessible.get_role_name(),
            "name": accessible.get_name(),
            "description": accessible.get_description(),
            "states": [state.value_nick for state in states],
        }

    def focus(self):
        try:
            what = self.describe(self.focused) if self.focused is not None else {}
        except GLib.Error:  # It has gone meanwhile.
            what = {}
        return {"count": self.count, **what}

    def walk(self, accessible, depth, found):
        """What goes away meanwhile is left out, and what is hidden."""
        try:
            one = self.describe(accessible)
            if "visible" not in one["states"] and one["role"] != "application":
                return
            found.append({"depth": depth, **one})
            for index in range(accessible.get_child_count()):
                child = accessible.get_child_at_index(index)
                if child is not None:
                    self.walk(child, depth + 1, found)
        except GLib.Error:
            return

    def tree(self):
        found = []
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application is not None and application.get_name() == NAME:
                self.walk(application, 0, found)
        return found

    def press(self, accessible, name):
        """The innermost one: GTK gives a button that has a menu the name of the one inside."""
        try:
            for index in range(accessible.get_child_count()):
                child = accessible.get_child_at_index(index)
                if child is not None and self.press(child, name):
                    return True
            return (accessible.get_role_name() == "push button" and accessible.get_name() == name and
                    accessible.get_action_iface().do_action(0))
        except GLib.Error:  # It has gone meanwhile.
            return False

    def answer(self, question):
        verb, _, name = question.partition(" ")
        answer = {"focus": self.focus, "tree": self.tree,
                  "press": lambda: self.press(Atspi.get_desktop(0), name)}[verb]()
        print(json.dumps(answer), flush=True)
        return GLib.SOURCE_REMOVE


def listen(reader):
    """Questions come on a thread, and are answered between the events."""
    for line in sys.stdin:
        GLib.idle_add(reader.answer, line.strip())
    GLib.idle_add(Atspi.event_quit)


Atspi.init()
the_reader = Reader()
print("ready", flush=True)
threading.Thread(target=listen, args=(the_reader,), daemon=True).start()
Atspi.event_main()
