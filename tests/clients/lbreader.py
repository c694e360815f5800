# SPDX-License-Identifier: GPL-3.0-or-later
"""The application in a desktop with a window manager, a keyboard and a screen reader."""

import json
import pathlib
import subprocess

from lbdesktop import DesktopCase
from lbtest import Process, wait_until

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"


class ReaderCase(DesktopCase):
    """A test case in which everything is done by keys, and known by what a screen reader hears."""

    def setUp(self):
        super().setUp()
        del self.environment["GTK_A11Y"]
        (self.folder / "org.a11y.Bus.service").write_text(
            f"[D-BUS Service]\nName=org.a11y.Bus\nExec={LAUNCHER}\n", "utf-8")
        Process(self, ["mutter", "--x11", "--sm-disable"], env=self.environment)
        wait_until(self.is_managed, 20, "there is a window manager")
        program = pathlib.Path(__file__).with_name("screen-reader.py")
        errors = self.enterContext(open(self.folder / "reader.err", "wb"))
        self.reader = subprocess.Popen(["/usr/bin/python3", program], env=self.environment, text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        self.addCleanup(self.end_reader)
        self.assertEqual(self.reader.stdout.readline(), "ready\n")
        self.process = None

    def is_managed(self):
        done = subprocess.run(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.environment,
                              stdout=subprocess.PIPE, text=True, check=True, timeout=20)
        return "window id" in done.stdout

    def end_reader(self):
        self.reader.kill()
        self.reader.communicate()

    def ask(self, question):
        self.reader.stdin.write(f"{question}\n")
        self.reader.stdin.flush()
        return json.loads(self.reader.stdout.readline())

    def start(self, *arguments):
        """Starts the application, and waits until its window has the keyboard."""
        self.process = super().start(*arguments)
        self.window, = wait_until(self.windows, 20, "there is a window")
        self.xdotool("windowactivate", "--sync", self.window)
        wait_until(lambda: self.ask("focus")["count"], 20, "the screen reader hears of the focus")
        return self.process

    def key(self, *names):
        self.xdotool("key", *names)

    def key_and_type(self, key, text):
        """Presses a key and types at once, faster than anybody does."""
        self.xdotool("key", "--delay", "0", key, "type", "--delay", "0", text)

    def wait_for_focus(self, name, role=None):
        """Waits until what has the focus has this name, which may be a part of it."""
        def look():
            focus = self.ask("focus")
            return name in focus.get("name", "") and role in (None, focus["role"]) and focus
        try:
            return wait_until(look, 10, f"the focus is on “{name}”")
        except AssertionError:
            raise AssertionError(f"the focus is not on “{name}” but on {self.ask('focus')}") from None

    def tab(self, key="Tab"):
        """Goes to the next thing that takes the focus, and returns what a screen reader says of it."""
        before = self.ask("focus")["count"]
        self.key(key)
        wait_until(lambda: self.ask("focus")["count"] > before, 10, f"{key} goes on")
        return self.ask("focus")

    def go_to(self, name, role=None):
        """Goes on by Tab until a screen reader speaks of what has this in its name."""
        for _ in range(40):
            focus = self.tab()
            if name in focus["name"] and role in (None, focus["role"]):
                return focus
        raise AssertionError(f"“{name}” cannot be reached by Tab")

    def wait_for_window(self, title):
        """Waits until the window with this title has the keyboard."""
        def look():
            return self.xdotool("getwindowfocus", "getwindowname", check=False).strip() == title
        wait_until(look, 10, f"the keyboard is in “{title}”")

    def wait_for_windows(self, count):
        """Waits until so many windows of the application are open, with the dialogs."""
        wait_until(lambda: len(self.windows()) == count, 10, f"{count} windows")

    def button(self, name):
        """Returns the button with this name, once there is one."""
        def look():
            return next((one for one in self.find(name, "push button") if one["name"] == name), None)
        return wait_until(look, 10, f"a button “{name}”")

    def press(self, name):
        """Presses the button with this name, once there is one."""
        wait_until(lambda: self.ask(f"press {name}"), 10, f"“{name}” can be pressed")

    def find(self, name, role=None):
        """Returns every object with this in its name."""
        return [one for one in self.ask("tree")
                if name in one["name"] and role in (None, one["role"])]

    def wait_for(self, name, role=None, seconds=10):
        return wait_until(lambda: self.find(name, role), seconds, f"a screen reader knows of “{name}”")

    def assert_no_complaints(self):
        self.assertEqual(self.process.complained(), "")
