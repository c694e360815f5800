# SPDX-License-Identifier: GPL-3.0-or-later
"""The application's actions, as gapplication and a launcher activate them: they do what they say, and who
asks for nonsense is told so."""

import subprocess

import tap
from lbdesktop import DesktopCase, Notifications
from lbtest import ID, ROOT, Backend, curl, stats, wait_until


class TestActions(DesktopCase):
    def paused(self):
        return stats(self.url)["paused"]

    def ask(self):
        """Returns the status, the header and the text of an answer to a request of a client."""
        head, _, text = curl("--include", f"{self.url}/x").partition("\r\n\r\n")
        return int(head.split()[1]), head, text

    def test_a_backend_is_added_changed_and_removed(self):
        self.start()
        url = Backend(self, "one").url
        self.act("add-backend", f"'{url}'")
        wait_until(lambda: self.urls() == [url], 5, "it is there")
        wait_until(lambda: self.server()["health"] == "up", 5, "it is up")
        self.act("set-weight", f"('{url}', uint32 7)")
        wait_until(lambda: self.server()["weight"] == 7, 5, "it has the weight")
        for state in ("drain", "maint", "ready"):
            self.act("set-state", f"('{url}', '{state}')")
            wait_until(lambda: self.server()["state"] == state, 5, state)
        wait_until(lambda: self.config.exists() and
                   [(one["url"], one["weight"]) for one in self.read_config()["backends"]] == [(url, 7)],
                   5, "it is saved")
        self.act("remove-backend", f"'{url}'")
        wait_until(lambda: self.urls() == [], 5, "it is gone")

    def test_the_policy_is_set(self):
        self.start()
        self.act("set-policy", "'leastconn'")
        wait_until(lambda: stats(self.url)["policy"] == "least-connections", 5, "it is in use")

    def test_probe_now_does_not_wait(self):
        backend = Backend(self, "one")
        self.write_config(port=self.port, backends=[{"url": backend.url}],
                          probe={"interval_ms": 60000})
        self.start()
        wait_until(lambda: self.server()["probes"] == 1, 5, "the first probe")
        self.act("probe-now")
        wait_until(lambda: self.server()["probes"] == 2, 5, "the second one")

    def test_nonsense_is_refused_and_nothing_is_lost(self):
        process = self.start("--backend=http://127.0.0.1:9")
        complaints = (
            ("add-backend", "'ftp://x'", "ftp://x"),
            ("add-backend", "'http://127.0.0.1:9'", "http://127.0.0.1:9"),
            ("remove-backend", "'http://nobody'", "http://nobody"),
            ("set-state", "('http://127.0.0.1:9', 'sleep')", "sleep"),
            ("set-state", "('http://nobody', 'ready')", "http://nobody"),
            ("set-weight", "('http://127.0.0.1:9', uint32 0)", "weight"),
            ("set-weight", "('http://127.0.0.1:9', uint32 4294967295)", "weight"),
            ("set-policy", "'best'", "best"),
            ("adopt-node-changes", "'nowhere:1'", "nowhere:1"),
            ("undo-node-changes", "'nowhere:1'", "nowhere:1"),
        )
        for number, (name, parameter, word) in enumerate(complaints):
            with self.subTest(action=name, parameter=parameter):
                self.act(name, parameter)
                lines = wait_until(lambda: process.complained().splitlines()[number:], 5, "it complains")
                self.assertRegex(lines[0], r"\Aload-balancer: .*\.\Z")
                self.assertIn(word, lines[0])

        for parameter in (["'x'"], ["('http://127.0.0.1:9', 'x')"], []):
            with self.subTest(parameter=parameter):
                done = self.act("set-weight", *parameter, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("(su)", done.stderr)

        self.assertEqual(len(process.complained().splitlines()), len(complaints))
        self.assertEqual([self.server()[key] for key in ("url", "state", "weight")],
                         ["http://127.0.0.1:9", "ready", 1])

    def test_nonsense_to_the_window_changes_nothing(self):
        self.start("--backend=http://127.0.0.1:9")
        names = ("view", "sort", "show", "node")
        before = [self.state(name) for name in names]
        for name in names:
            for word in ("nonsense", "", "5", "\u202e" * 1000):
                with self.subTest(action=name, word=word):
                    self.act_in_window(name, f"'{word}'")
                    self.call_window("SetState", name, f"<'{word}'>", "{}")
        self.act_in_window("show-details", "'http://nobody'")
        self.act_in_window("remove-backend", "'http://nobody'")
        # A node that is not there may have gone just now: the next figures tell.
        wait_until(lambda: [self.state(name) for name in names] == before, 10, "all is as it was")
        self.assertEqual(self.urls(), ["http://127.0.0.1:9"])

    def test_nonsense_is_told_where_it_is_seen(self):
        notifications = Notifications(self)
        self.set_setting("run-in-background", "true")
        self.set_setting("told-of-background", "true")
        self.start()
        self.press("ctrl+w")
        wait_until(lambda: not self.windows(), 10, "the window is closed")
        self.act("set-policy", "'best'")
        shown, = notifications.wait_for("Load Balancer")
        self.assertIn("best", shown["body"])
        self.act("show")
        notifications.wait_for()

    def test_a_pause_sends_everybody_away(self):
        backend = Backend(self, "one")
        self.start(f"--backend={backend.url}")
        wait_until(lambda: self.server()["health"] == "up", 5, "it is up")
        self.assertFalse(self.paused())
        self.assertEqual(self.ask()[0], 307)

        self.act("pause")
        wait_until(self.paused, 5, "it is paused")
        status, head, text = self.ask()
        self.assertEqual(status, 503)
        self.assertIn("\nRetry-After: ", head)
        self.assertIn("paused", text)
        wait_until(lambda: stats(self.url)["rejected"]["paused"] == 1, 5, "it is counted")
        self.assertIn("\nlb_paused 1\n", curl(f"{self.url}/stats/metrics"))
        backend.stop()
        backend.start()

        self.act("pause")
        wait_until(lambda: not self.paused(), 5, "it goes on")
        self.assertEqual(self.ask()[0], 307)
        probes = self.server()["probes"]
        wait_until(lambda: self.server()["probes"] >= probes + 2, 5, "it is probed")
        self.assertEqual((self.server()["health"], self.server()["times_down"]), ("up", 0))
        self.act("quit")
        self.wait_until_ended()
        if self.config.exists():
            self.assertNotIn("paused", self.config.read_text("utf-8"))

    def test_each_starts_the_application_if_need_be(self):
        """As the launcher's menu does: nothing runs yet, and the bus starts it."""
        self.write_config(port=self.port)
        for name, parameter, holds in (
                ("new-backend", [], lambda: True),
                ("pause", [], self.paused),
                ("add-backend", ["'http://127.0.0.1:9'"],
                 lambda: self.urls() == ["http://127.0.0.1:9"])):
            with self.subTest(action=name):
                self.act(name, *parameter)
                wait_until(lambda: stats(self.url), 20, "it listens")
                wait_until(holds, 5, "it is done")
                wait_until(lambda: len(self.windows()) == 1, 10, "there is a window")
                self.act("quit")
                self.wait_until_ended()

    def test_new_backend_opens_the_entry(self):
        self.start()
        self.act("new-backend")
        window, = wait_until(self.windows, 10, "there is a window")
        self.xdotool("windowfocus", "--sync", window)

        def add():
            """Keys that come before the entry has moved in are lost."""
            self.xdotool("key", "ctrl+a")
            self.xdotool("type", "http://127.0.0.1:9")
            self.xdotool("key", "Return")
            return self.urls()
        self.assertEqual(wait_until(add, 10, "what is typed is added"), ["http://127.0.0.1:9"])

    def test_a_backend_is_shown(self):
        process = self.start("--backend=http://127.0.0.1:9", "--backend=http://127.0.0.2:9")
        self.act("show-backend", "'http://nobody'")
        wait_until(lambda: "http://nobody" in process.complained(), 5, "it complains")
        self.act("show-backend", "'http://127.0.0.2:9'")
        self.press("Escape")
        self.press("Delete")
        wait_until(lambda: self.urls() == ["http://127.0.0.1:9"], 10, "it was selected")

    def test_the_chart_is_frozen(self):
        self.start("--backend=http://127.0.0.1:9")

        def frozen():
            """Asks for the state of the window's own action."""
            done = subprocess.run(
                ["gdbus", "call", "--session", f"--dest={ID}",
                 "--object-path=/org/example/LoadBalancer/window/1",
                 "--method=org.gtk.Actions.Describe", "freeze-chart"],
                env=self.environment, stdout=subprocess.PIPE, text=True, check=True, timeout=20)
            return "<true>" in done.stdout
        self.assertFalse(frozen())
        self.act("freeze-chart")
        wait_until(frozen, 5, "it is frozen")
        self.act("freeze-chart")
        wait_until(lambda: not frozen(), 5, "it goes on")

    def test_the_launcher_offers_actions_that_there_are(self):
        self.start()
        text = (ROOT / f"{ID}.desktop").read_text("utf-8")
        offered = next(line for line in text.splitlines() if line.startswith("Actions="))
        names = offered.partition("=")[2].strip(";").split(";")
        self.assertEqual(names, ["new-backend", "pause"])
        for name in names:
            self.act(name)

    def test_quit_of_one_that_does_not_run_leaves_nothing(self):
        self.write_config(port=self.port)
        self.act("quit")
        self.wait_until_ended()


if __name__ == "__main__":
    tap.main()
