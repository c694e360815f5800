# SPDX-License-Identifier: GPL-3.0-or-later
"""The application with its window, on a display and a session bus of its own: one instance, however
often and however it is started."""

import signal

import tap
from lbdesktop import DesktopCase
from lbtest import ID, Backend, Process, PROGRAM, free_port, stats, wait_until


class TestInstance(DesktopCase):
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
