# SPDX-License-Identifier: GPL-3.0-or-later
"""The application with its window, on a display and a session bus of its own: one instance, however
often and however it is started."""

import os
import signal
import subprocess
import unittest

import tap
from lbtest import BUILD, ID, Backend, ClientCase, Process, PROGRAM, ROOT, free_port, stats, wait_until

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


class TestInstance(ClientCase):
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
                           "-nolisten", "tcp"], pass_fds=[writer])
            os.close(writer)
            self.environment.update(DISPLAY=f":{pipe.readline().strip()}", GDK_BACKEND="x11",
                                    GSK_RENDERER="cairo", GTK_A11Y="none",
                                    GSETTINGS_BACKEND="memory", GIO_USE_VFS="local",
                                    G_DEBUG="fatal-criticals")

    def start_bus(self):
        """A bus that starts the application when someone calls it, as an installed one would."""
        (self.folder / f"{ID}.service").write_text(
            f"[D-BUS Service]\nName={ID}\nExec='{PROGRAM}' --gapplication-service\n", "utf-8")
        config = self.folder / "bus.conf"
        config.write_text(BUS_CONFIG.format(folder=self.folder), encoding="utf-8")
        bus = Process(self, ["dbus-daemon", f"--config-file={config}", "--nofork",
                             "--print-address"], env=self.environment)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:" + bus.wait_for_line("unix:")

    def start(self, *arguments):
        """Starts the first instance, and waits until it listens."""
        process = Process(self, [PROGRAM, f"--port={self.port}", *arguments], env=self.environment)

        def look():
            self.assertIsNone(process.popen.poll(), process.complained())
            return stats(self.url)
        wait_until(look, 20, "the first instance listens")
        return process

    def windows(self):
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "load-balancer"],
                              env=self.environment, stdout=subprocess.PIPE, text=True, check=False,
                              timeout=20)
        return done.stdout.split()

    def gapplication(self, *arguments):
        """Calls the application as a desktop does, by its name on the bus."""
        applications = self.folder / "data" / "applications"
        applications.mkdir(parents=True, exist_ok=True)
        (applications / f"{ID}.desktop").write_bytes((ROOT / f"{ID}.desktop").read_bytes())
        subprocess.run(["gapplication", *arguments], env=self.environment, check=True, timeout=30)

    def urls(self):
        return [server["url"] for server in stats(self.url)["servers"]]

    def test_the_first_shows_a_window(self):
        self.start()
        wait_until(lambda: len(self.windows()) == 1, 10, "there is a window")

    def test_a_second_adds_its_backend_to_the_first(self):
        backend = Backend(self, "one")
        first = self.start()
        done = self.run_program(f"--backend={backend.url}")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        wait_until(lambda: self.urls() == [backend.url], 5, "the backend is in the pool")
        self.assertEqual(len(self.windows()), 1)

        self.assertEqual(first.end(signal.SIGTERM), 0)
        if self.config.exists():
            self.assertFalse(self.read_config().get("backends"))

    def test_a_second_is_told_what_is_wrong_with_its_backend(self):
        self.start()
        self.assert_refused(self.run_program("--backend=ftp://wrong"), "ftp")
        self.assertEqual(self.urls(), [])

    def test_a_second_may_not_set_up_the_first(self):
        self.start()
        for option in (f"--port={free_port()}", "--listen=127.0.0.2", "--config=other.json", "--demo"):
            with self.subTest(option=option):
                self.assert_refused(self.run_program(option), option.partition("=")[0])
        self.assertEqual(self.urls(), [])

    def test_a_second_without_a_window_stands_alone(self):
        self.start()
        port = free_port()
        second = Process(self, [PROGRAM, "--headless", f"--port={port}"], env=self.environment)
        second.wait_for_line("Listening on ")
        self.assertEqual(second.end(signal.SIGTERM), 0)
        self.assertIsNotNone(stats(self.url))

    def test_the_desktop_launches_it_over_the_bus(self):
        self.write_config(port=self.port)
        self.gapplication("launch", ID)
        wait_until(lambda: stats(self.url), 20, "it listens")
        wait_until(lambda: len(self.windows()) == 1, 10, "there is a window")
        self.gapplication("action", ID, "quit")
        wait_until(lambda: stats(self.url) is None, 10, "it ended")

    def test_a_signal_ends_it_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                first = self.start()
                self.assertEqual(first.end(number), 0)


if __name__ == "__main__":
    tap.main()
