# SPDX-License-Identifier: GPL-3.0-or-later
"""The window by keyboard alone, as somebody uses it who hears what is on the screen: from the first start to
a served request, every item of the menu, and every key that the help tells of."""

import subprocess

import tap
from lbreader import ReaderCase
from lbtest import Backend, curl, stats, wait_until

DOWN = "http://127.0.0.1:9"

# The charts are refreshed every 3 seconds.
BEAT_S = 4


class TestKeys(ReaderCase):
    def is_up(self):
        return self.urls() and self.server()["health"] == "up"

    def wait_for_urls(self, *urls):
        wait_until(lambda: self.urls() == list(urls), 10, f"the backends are {urls}")

    def bars(self):
        """Returns the URLs of the bars that a screen reader can find."""
        return {one["name"].partition(",")[0] for one in self.find("http", "level bar")}

    def is_hidden(self):
        done = subprocess.run(["xprop", "-id", self.window, "_NET_WM_STATE"], env=self.environment,
                              check=True, stdout=subprocess.PIPE, text=True, timeout=20)
        return "_NET_WM_STATE_HIDDEN" in done.stdout

    def focus_the_bar(self, url):
        """Goes on by Tab until a screen reader speaks of a bar."""
        for _ in range(30):
            if self.tab()["role"] == "level bar":
                return self.wait_for_focus(url, "level bar")
        raise AssertionError("no bar can be reached by Tab")

    def test_from_the_first_start_to_a_served_request(self):
        backend = Backend(self, "one")
        self.start()
        self.wait_for("No Backends Yet")

        self.key_and_type("ctrl+n", backend.url)
        self.key("Return")
        wait_until(self.is_up, 10, "it is up")
        self.assertEqual(curl("--location", f"{self.url}/who"), "one\n")

        self.key("Escape")
        spoken = self.focus_the_bar(backend.url)["name"]
        self.assertRegex(spoken, r", ready, up, Response time: [\d.]+ (µs|ms|s), ")
        self.wait_for_focus("Redirects: 1, Share: 100.0%", "level bar")
        self.assert_no_complaints()

    def test_no_key_is_lost_while_a_bar_opens(self):
        """Nobody waits for an animation who knows what to type."""
        self.start()
        urls = []
        for port in (9, 10, 11):
            urls.append(f"http://127.0.0.1:{port}")
            self.key_and_type("ctrl+n", urls[-1])
            self.key("Return", "Escape")
            self.wait_for_urls(*urls)
        for port in (10, 11):
            self.key_and_type("ctrl+f", f":{port}")
            wait_until(lambda: self.bars() == {f"http://127.0.0.1:{port}"}, 10, f"only {port} is shown")
            self.key("Escape")
        self.assert_no_complaints()

    def test_tab_goes_everywhere_and_all_has_a_name(self):
        """Both ways."""
        self.start(f"--backend={DOWN}")
        for key in ("Tab", "shift+Tab"):
            with self.subTest(key=key):
                passed = [self.tab(key) for _ in range(16)]
                names = {one["name"] for one in passed}
                for name in ("Add Backend", "Copy Address", "Main Menu", "Response Times", "Traffic",
                             "History", "Freeze the Chart", "Find Backends", "View Options",
                             f"Menu of {DOWN}"):
                    self.assertIn(name, names)
                self.assertIn("level bar", [one["role"] for one in passed])
                for name in names:
                    self.assertRegex(name, r"\A(?!Gtk|Lb|_).")
        self.assert_no_complaints()

    def test_the_views(self):
        self.start(f"--backend={DOWN}")
        for key, name, chart in (("alt+2", "Traffic", "Traffic"),
                                 ("alt+3", "History", "History of response times"),
                                 ("alt+1", "Response Times", "Response times of the backends")):
            with self.subTest(key=key):
                self.key(key)
                wait_until(lambda: "pressed" in self.button(name)["states"], 10, name)
                self.wait_for(chart)
        self.assert_no_complaints()

    def test_nothing_is_told_while_minimized(self):
        """What is not taken up is not painted either. It is all there again with the window."""
        other = "http://127.0.0.2:9"
        self.start(f"--backend={DOWN}")
        wait_until(lambda: self.bars() == {DOWN}, 10, "its bar")
        self.xdotool("windowminimize", "--sync", self.window)
        wait_until(self.is_hidden, 10, "the window knows that it is minimized")
        self.act("probe-now")  # which it hears of after that
        self.act("add-backend", f"'{other}'")
        self.wait_for_urls(DOWN, other)
        uptime = stats(self.url)["uptime_s"]
        wait_until(lambda: stats(self.url)["uptime_s"] > uptime + BEAT_S, 10, "charts would be refreshed")
        self.assertEqual(self.bars(), {DOWN})
        self.xdotool("windowactivate", "--sync", self.window)
        wait_until(lambda: self.bars() == {DOWN, other}, 10, "both bars")
        self.assert_no_complaints()

    def test_space_freezes_the_chart(self):
        self.start(f"--backend={DOWN}")
        self.focus_the_bar(DOWN)
        for state in (True, False):
            self.key("space")
            wait_until(lambda: ("pressed" in self.button("Freeze the Chart")["states"]) == state, 10,
                       f"it is frozen: {state}")
        self.assert_no_complaints()

    def test_the_filter(self):
        other = "http://127.0.0.2:9"
        self.start(f"--backend={DOWN}", f"--backend={other}")
        wait_until(lambda: self.bars() == {DOWN, other}, 10, "both are shown")
        self.key_and_type("ctrl+f", "0.2")
        wait_until(lambda: self.bars() == {other}, 10, "one is shown")
        self.wait_for("1 hidden")
        self.key("Escape")
        wait_until(lambda: self.bars() == {DOWN, other}, 10, "both are shown again")
        self.assert_no_complaints()

    def test_what_is_removed_comes_back(self):
        self.start(f"--backend={DOWN}")
        self.focus_the_bar(DOWN)
        self.tab()
        self.tab("Down")
        self.key("Delete")
        self.wait_for_urls()
        for key, urls in (("ctrl+z", [DOWN]), ("ctrl+shift+z", []), ("ctrl+z", [DOWN])):
            self.key(key)
            self.wait_for_urls(*urls)
        self.assert_no_complaints()

    def test_a_key_means_the_row_that_has_the_focus(self):
        other = "http://127.0.0.2:9"
        self.start(f"--backend={DOWN}", f"--backend={other}")
        wait_until(lambda: any(self.tab()["name"].startswith(f"Weight of {other}") for _ in range(30)), 30,
                   "Tab goes into the row")
        self.key("Delete")
        self.wait_for_urls(DOWN)
        self.wait_for_focus(DOWN, "table row")
        self.assert_no_complaints()

    def test_probe_now(self):
        backend = Backend(self, "one")
        self.write_config(port=self.port, backends=[{"url": backend.url}],
                          probe={"interval_ms": 60000})
        self.start()
        wait_until(lambda: self.server()["probes"] == 1, 10, "the first probe")
        self.key("ctrl+r")
        wait_until(lambda: self.server()["probes"] == 2, 10, "the second one")
        self.assert_no_complaints()

    def test_arrow_keys_change_nothing(self):
        """They pass the settings of the editor, which Space makes exceptions."""
        self.start(f"--backend={DOWN}")
        self.key("Home", "F2")
        self.wait_for_window("Edit Backend")
        self.go_to("Interval", "check box")
        self.key("Down")
        self.wait_for_focus("Fast interval", "check box")
        self.assertNotIn("checked", self.wait_for("Interval", "check box")[0]["states"])
        self.key("space")
        wait_until(lambda: "checked" in self.ask("focus")["states"], 10, "it is ticked")
        self.assert_no_complaints()

    def test_closing_and_quitting_end_it(self):
        for key in ("ctrl+w", "ctrl+q"):
            with self.subTest(key=key):
                process = self.start(f"--backend={DOWN}")
                self.key(key)
                self.assertEqual(process.popen.wait(20), 0)
                self.assert_no_complaints()


if __name__ == "__main__":
    tap.main()
