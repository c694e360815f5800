# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop's notifications tell of a backend that goes down, and of a balancer that runs in the
background; seen by the notification server of a desktop."""

import signal

import tap
from lbdesktop import DesktopCase, Notifications
from lbtest import ID, Backend, stats, wait_until

DOWN = "A backend is down"
BACKGROUND = "Load Balancer keeps running"


class NotificationCase(DesktopCase):
    server = Notifications.FREEDESKTOP

    def setUp(self):
        super().setUp()
        self.notifications = Notifications(self, self.server)

    def start_with(self, *backends):
        """Starts the application with backends that are probed often, and waits until they are up."""
        self.write_config(port=self.port, backends=[{"url": backend.url} for backend in backends],
                          probe={"interval_ms": 100, "fast_interval_ms": 100})
        process = self.start()
        self.wait_for_health("up", *backends)
        return process

    def wait_for_health(self, health, *backends):
        urls = [backend.url for backend in backends]

        def look():
            return all(server["health"] == health for server in stats(self.url)["servers"]
                       if server["url"] in urls)
        wait_until(look, 10, f"{urls} {health}")


class Told:
    """What holds whoever shows notifications."""

    def test_a_backend_that_goes_down_is_told_and_taken_back(self):
        one, two = Backend(self, "one"), Backend(self, "two")
        self.start_with(one, two)
        one.stop()
        shown, = self.notifications.wait_for(DOWN)
        self.assertIn(f"{one.url}: It refused the connection", shown["body"])
        self.assertNotIn(two.url, shown["body"])
        self.assertNotIn("No backend is left", shown["body"])
        self.assertEqual(shown["desktop"], ID)
        one.start()
        self.notifications.wait_for()

    def test_each_change_has_one_of_its_own(self):
        one, two, three = (Backend(self, name) for name in ("one", "two", "three"))
        self.start_with(one, two, three)
        one.stop()
        self.notifications.wait_for(DOWN)
        two.stop()
        self.assertIn(two.url, self.notifications.wait_for(DOWN, DOWN)[1]["body"])
        one.start()
        self.assertIn(two.url, self.notifications.wait_for(DOWN)[0]["body"])

    def test_many_at_once_are_summed_up(self):
        backends = [Backend(self, name) for name in ("one", "two", "three")]
        self.start_with(*backends)
        for backend in backends:
            backend.stop()
        shown, = self.notifications.wait_for("3 backends are down")
        for backend in backends:
            self.assertIn(backend.url, shown["body"])
        self.assertIn("No backend is left", shown["body"])

        backends[0].start()
        shown, = self.notifications.wait_for("2 backends are down")
        self.assertNotIn(backends[0].url, shown["body"])
        self.assertEqual(shown["urgency"], 0)
        for backend in backends[1:]:
            backend.start()
        self.notifications.wait_for()
        self.assertEqual(sum(event["event"] == "close" for event in self.notifications.events()), 1)

    def test_the_window_is_shown_from_there(self):
        one, two = Backend(self, "one"), Backend(self, "two")
        self.set_setting("run-in-background", "true")
        self.start_with(one, two)
        self.press("ctrl+w")
        wait_until(lambda: not self.windows(), 10, "the window is closed")
        one.stop()
        told, shown = self.notifications.wait_for(BACKGROUND, DOWN)
        self.notifications.invoke(shown, "Show")
        wait_until(lambda: len(self.windows()) == 1, 10, "the window is back")
        self.assertEqual(told["title"], BACKGROUND)
        # Only the backend that it tells of is selected, so this removes it.
        self.press("Escape")
        self.press("Delete")
        wait_until(lambda: self.urls() == [two.url], 10, "it can be removed by a key")

    def test_nothing_stays_when_it_ends(self):
        one = Backend(self, "one")
        process = self.start_with(one)
        one.stop()
        self.notifications.wait_for(DOWN)
        self.assertEqual(process.end(signal.SIGTERM), 0)
        self.notifications.wait_for()


class TestGtk(Told, NotificationCase):
    server = Notifications.GTK


class TestNotifications(Told, NotificationCase):
    def test_what_never_was_up_is_not_told(self):
        one = Backend(self, "one")
        self.start_with(one)
        self.act("add-backend", "'http://127.0.0.1:9'")
        wait_until(lambda: len(self.urls()) == 2 and
                   stats(self.url)["servers"][1]["health"] == "down", 10, "it is down")
        one.stop()
        shown, = self.notifications.wait_for(DOWN)
        self.assertNotIn("http://127.0.0.1:9:", shown["body"])

    def test_what_is_taken_out_of_use_is_taken_back(self):
        one = Backend(self, "one")
        self.start_with(one)
        for name, parameter in (("set-state", f"('{one.url}', 'drain')"),
                                ("set-state", f"('{one.url}', 'maint')"),
                                ("remove-backend", f"'{one.url}'")):
            with self.subTest(action=name, parameter=parameter):
                one.stop()
                self.notifications.wait_for(DOWN)
                self.act(name, parameter)
                self.notifications.wait_for()
                if name == "set-state":
                    one.start()
                    self.act("set-state", f"('{one.url}', 'ready')")
                    self.wait_for_health("up", one)

    def test_several_are_shown_by_the_window(self):
        one, two = Backend(self, "one"), Backend(self, "two")
        self.set_setting("run-in-background", "true")
        self.start_with(one, two)
        self.press("ctrl+w")
        wait_until(lambda: not self.windows(), 10, "the window is closed")
        one.stop()
        two.stop()
        _, shown = self.notifications.wait_for(BACKGROUND, "2 backends are down")
        self.notifications.invoke(shown, "Show")
        wait_until(lambda: len(self.windows()) == 1, 10, "the window is back")

    def test_off(self):
        one, two = Backend(self, "one"), Backend(self, "two")
        self.start_with(one, two)
        one.stop()
        self.notifications.wait_for(DOWN)
        self.set_setting("notifications", "false")
        self.notifications.wait_for()

        two.stop()
        self.wait_for_health("down", one, two)
        two.start()
        self.wait_for_health("up", two)
        self.set_setting("notifications", "true")
        two.stop()
        shown, = self.notifications.wait_for(DOWN)
        self.assertIn(two.url, shown["body"])
        self.assertEqual(sum(event["event"] == "notify" for event in self.notifications.events()), 2)


class TestBackground(DesktopCase):
    def setUp(self):
        super().setUp()
        self.notifications = Notifications(self)

    def close(self):
        self.press("ctrl+w")
        wait_until(lambda: not self.windows(), 10, "the window is closed")

    def test_closing_quits_by_default(self):
        process = self.start()
        self.press("ctrl+w")
        self.assertEqual(process.popen.wait(timeout=10), 0)
        self.assertEqual(self.notifications.events(), [])

    def test_closing_keeps_balancing_and_says_so_once(self):
        self.set_setting("run-in-background", "true")
        self.start("--backend=http://127.0.0.1:9")
        self.close()
        shown, = self.notifications.wait_for(BACKGROUND)
        self.assertEqual(self.urls(), ["http://127.0.0.1:9"])

        self.notifications.invoke(shown, "Show")
        wait_until(lambda: len(self.windows()) == 1, 10, "the window is back")
        self.notifications.wait_for()
        self.assertEqual(self.get_setting("told-of-background"), "true")

        self.close()
        self.assertEqual(self.run_program().returncode, 0)
        wait_until(lambda: len(self.windows()) == 1, 10, "starting it again brings the window back")
        self.close()
        self.gapplication("launch", ID)
        wait_until(lambda: len(self.windows()) == 1, 10, "launching it brings the window back")
        self.assertEqual(sum(event["event"] == "notify" for event in self.notifications.events()), 1)

    def test_it_quits_from_the_notification(self):
        self.set_setting("run-in-background", "true")
        process = self.start()
        self.close()
        shown, = self.notifications.wait_for(BACKGROUND)
        self.notifications.invoke(shown, "Quit")
        self.assertEqual(process.popen.wait(timeout=10), 0)
        self.notifications.wait_for()

    def test_the_keyboard_always_quits(self):
        self.set_setting("run-in-background", "true")
        process = self.start()
        self.press("ctrl+q")
        self.assertEqual(process.popen.wait(timeout=10), 0)
        self.assertEqual(self.notifications.events(), [])

    def test_a_problem_is_told_while_nobody_sees_the_window(self):
        self.set_setting("run-in-background", "true")
        self.set_setting("told-of-background", "true")
        self.write_config(port=self.port)
        self.start()
        self.close()
        self.write_config(port=self.port, policy="best")
        shown, = self.notifications.wait_for("Load Balancer")
        self.assertIn("best", shown["body"])
        self.act("show")
        self.notifications.wait_for()

    def test_a_problem_does_not_stay_when_it_ends(self):
        self.set_setting("run-in-background", "true")
        self.set_setting("told-of-background", "true")
        process = self.start()
        self.close()
        self.act("add-backend", "'no-url'")
        shown, = self.notifications.wait_for("Load Balancer")
        self.assertIn("no-url", shown["body"])
        self.act("probe-now")  # by then it has heard which one it is to take back
        self.assertEqual(process.end(signal.SIGTERM), 0)
        self.notifications.wait_for()

    def test_a_hidden_window_is_not_lost(self):
        """Who switches it off while the window is hidden could not find the application otherwise."""
        self.set_setting("run-in-background", "true")
        process = self.start()
        self.close()
        self.set_setting("run-in-background", "false")
        wait_until(lambda: len(self.windows()) == 1, 10, "the window is back")
        self.press("ctrl+w")
        self.assertEqual(process.popen.wait(timeout=10), 0)


if __name__ == "__main__":
    tap.main()
