# SPDX-License-Identifier: GPL-3.0-or-later
"""The application with its window, on a display and a session bus of its own."""

import itertools
import json
import os
import pathlib
import re
import signal
import subprocess

from lbtest import ID, ClientCase, Process, PROGRAM, ROOT, free_port, stats, wait_until

WINDOW = "/" + ID.replace(".", "/") + "/window/1"

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <servicedir>{folder}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class DesktopCase(ClientCase):
    """A test case with a display and a bus, and a port for the application to listen on."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start_display()
        self.start_bus()

    def start_display(self):
        reader, writer = os.pipe()
        with open(reader, encoding="ascii") as pipe:
            Process(self, ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24",
                           "-nolisten", "tcp", "-noreset"], pass_fds=[writer])
            os.close(writer)
            self.environment.update(DISPLAY=f":{pipe.readline().strip()}", GDK_BACKEND="x11",
                                    GSK_RENDERER="cairo", GTK_A11Y="none",
                                    GSETTINGS_BACKEND="keyfile", GIO_USE_VFS="local",
                                    G_DEBUG="fatal-criticals")

    def start_bus(self, program=PROGRAM):
        """A bus that starts the application when someone calls it, as an installed one would."""
        (self.folder / f"{ID}.service").write_text(
            f"[D-BUS Service]\nName={ID}\nExec='{program}' --gapplication-service\n", "utf-8")
        config = self.folder / "bus.conf"
        config.write_text(BUS_CONFIG.format(folder=self.folder), encoding="utf-8")
        self.addCleanup(lambda: self.assert_no_warning(bus))
        bus = Process(self, ["dbus-daemon", f"--config-file={config}", "--nofork",
                             "--print-address"], env=self.environment)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:" + bus.wait_for_line("unix:")

    def start_process(self, *arguments):
        """Starts the first instance. When the case ends it is asked to, and may have said on the terminal
        what a person can make use of, but nothing else."""
        self.addCleanup(lambda: self.assert_no_warning(process))
        process = Process(self, [PROGRAM, f"--port={self.port}", *arguments], env=self.environment)
        self.addCleanup(lambda: process.popen.poll() is None and process.end(signal.SIGTERM))
        return process

    def start(self, *arguments):
        """Starts the first instance, and waits until it listens."""
        process = self.start_process(*arguments)

        def look():
            self.assertIsNone(process.popen.poll(), process.complained())
            return stats(self.url)
        wait_until(look, 20, "the first instance listens")
        return process

    def assert_no_warning(self, process):
        """Nothing of GTK's or GLib's is on its terminal, also not of what a bus started."""
        complained = process.complained()
        for line in complained.splitlines():
            self.assertRegex(line, r"\A(load-balancer: |dbus-daemon\[)", complained)

    def set_setting(self, name, value):
        """Settings live in a file in the test case's folder, for every process of it."""
        subprocess.run(["gsettings", "set", ID, name, value], env=self.environment, check=True,
                       timeout=20)

    def get_setting(self, name):
        return subprocess.run(["gsettings", "get", ID, name], env=self.environment, check=True,
                              stdout=subprocess.PIPE, text=True, timeout=20).stdout.strip()

    def windows(self):
        """Returns the windows that can be seen."""
        return self.xdotool("search", "--onlyvisible", "--class", "load-balancer", check=False).split()

    def xdotool(self, *arguments, check=True):
        """Returns what it printed; what it complains of is no failure unless it is to be checked."""
        done = subprocess.run(["xdotool", *arguments], env=self.environment, stdout=subprocess.PIPE,
                              stderr=None if check else subprocess.DEVNULL, text=True, check=check,
                              timeout=20)
        return done.stdout

    def press(self, key):
        """Presses a key in the only window."""
        window, = wait_until(self.windows, 10, "there is a window")
        self.xdotool("windowfocus", "--sync", window)
        self.xdotool("key", key)

    def gapplication(self, *arguments, check=True):
        """Calls the application as a desktop does, by its name on the bus."""
        applications = self.folder / "data" / "applications"
        applications.mkdir(parents=True, exist_ok=True)
        (applications / f"{ID}.desktop").write_bytes((ROOT / f"{ID}.desktop").read_bytes())
        return subprocess.run(["gapplication", *arguments], env=self.environment, check=check,
                              stderr=subprocess.PIPE, text=True, timeout=30)

    def act(self, name, *parameter, check=True):
        """Activates an action of the application."""
        return self.gapplication("action", ID, name, *parameter, check=check)

    def call_window(self, method, *parameters):
        """Calls org.gtk.Actions of the window, and returns the answer as D-Bus writes it."""
        done = subprocess.run(["gdbus", "call", "--session", "--dest", ID, "--object-path", WINDOW,
                               "--method", f"org.gtk.Actions.{method}", *parameters],
                              env=self.environment, check=True, stdout=subprocess.PIPE, text=True,
                              timeout=20)
        return done.stdout

    def act_in_window(self, name, *parameter):
        """Activates an action of the window."""
        self.call_window("Activate", name, f"[{', '.join(f'<{one}>' for one in parameter)}]", "{}")

    def state(self, action):
        """Returns the state of an action of the window, as D-Bus writes it."""
        answer = self.call_window("Describe", action)
        return re.fullmatch(r"\(\(true, signature '\w*', \[<?(.*?)>?\]\),\)\s*", answer).group(1)

    def wait_for_state(self, action, expected):
        wait_until(lambda: self.state(action) == expected, 5, f"{action} is {expected}")

    def wait_until_ended(self):
        """Waits until it no longer listens, and the next call would start another."""
        wait_until(lambda: stats(self.url) is None and not self.owns_name(), 10, "it ended")

    def owns_name(self):
        done = subprocess.run(["gdbus", "call", "--session", "--dest=org.freedesktop.DBus",
                               "--object-path=/org/freedesktop/DBus",
                               "--method=org.freedesktop.DBus.NameHasOwner", ID],
                              env=self.environment, check=True, stdout=subprocess.PIPE, text=True,
                              timeout=20)
        return "true" in done.stdout

    def urls(self):
        return [server["url"] for server in stats(self.url)["servers"]]

    def server(self):
        """Returns what is said of the only backend."""
        only, = stats(self.url)["servers"]
        return only


class Notifications(Process):
    """A desktop's notification server, such as any desktop has; or such as GNOME Shell has besides."""

    FREEDESKTOP = "org.freedesktop.Notifications"
    GTK = "org.gtk.Notifications"

    def __init__(self, case, name=FREEDESKTOP):
        self.case = case
        self.name = name
        program = pathlib.Path(__file__).with_name("notification-server.py")
        super().__init__(case, ["/usr/bin/python3", "-u", program, name], env=case.environment)
        self.wait_for_line("ready: ")

    def events(self):
        """Returns all that happened, as {"event": "notify"|"close", …}."""
        return [json.loads(line) for line in self.printed().splitlines()[1:] if line.endswith("}")]

    def shown(self):
        """Returns the notifications to be seen, the oldest first."""
        shown = {}
        for event in self.events():
            if event["event"] == "notify":
                shown[event["id"]] = event
            else:
                shown.pop(event["id"], None)
        return list(shown.values())

    def wait_for(self, *titles, seconds=15):
        """Waits until those with these titles are to be seen, and no other, and returns them."""
        def look():
            shown = self.shown()
            return [one["title"] for one in shown] == list(titles) and (shown or True)
        try:
            return wait_until(look, seconds, f"notifications {titles}")
        except AssertionError:
            raise AssertionError(f"not {titles} but {self.events()}") from None

    def invoke(self, notification, action):
        """Chooses one of its actions, by the label; "" is a click on the notification itself."""
        keys = {label: key for key, label in zip(notification["actions"][::2],
                                                 notification["actions"][1::2])}
        subprocess.run(["gdbus", "call", "--session", f"--dest={self.name}",
                        f"--object-path=/{self.name.replace('.', '/')}",
                        "--method=org.example.Test.Invoke", str(notification["id"]), keys[action]],
                       env=self.case.environment, check=True, stdout=subprocess.DEVNULL, timeout=20)


class Source(Process):
    """Another application, with something on its clipboard that can also be dragged out of its window:
    a "text", or a "file" by its path."""

    def __init__(self, case, kind, what):
        self.case = case
        program = pathlib.Path(__file__).with_name("desktop-source.py")
        super().__init__(case, ["/usr/bin/python3", program, kind, what],
                         env=dict(case.environment, GTK_A11Y="none"))
        self.wait_for_line("ready: ")

    def drag_to(self, window):
        """Drags it with the mouse, step by step as a hand does, and drops it in the window when that takes
        it."""
        own = wait_until(lambda: self.case.xdotool("search", "--onlyvisible", "--name", "^Source$",
                                                   check=False).split(), 10, "it has a window")[-1]
        self.case.xdotool("windowmove", "--sync", own, "1000", "600", "windowactivate", "--sync", own,
                          "mousemove", "--window", own, "100", "70", "mousedown", "1")
        for place in range(95, 50, -5):
            self.case.xdotool("mousemove", "--window", own, str(place), str(place - 30), "sleep", "0.02")
        steps = itertools.cycle(("300", "310"))

        def look():
            place = next(steps)
            self.case.xdotool("mousemove", "--window", window, place, place)
            return "taken: " in self.printed()
        wait_until(look, 10, "the window takes it")
        self.case.xdotool("mouseup", "1")
