# SPDX-License-Identifier: GPL-3.0-or-later
"""The window by its keyboard alone: real keys, and what comes of them."""

import pathlib

import tap
from lbdesktop import DesktopCase
from lbtest import Backend, stats, wait_until


class TestKeyboard(DesktopCase):
    def setUp(self):
        """Without animations: what a key brings up can take the next one at once."""
        super().setUp()
        folder = pathlib.Path(self.environment["XDG_CONFIG_HOME"]) / "gtk-4.0"
        folder.mkdir(parents=True)
        (folder / "settings.ini").write_text("[Settings]\ngtk-enable-animations=0\n", "ascii")

    def type(self, text):
        self.xdotool("type", text)

    def start_with(self, *backends, **probe):
        self.write_config(port=self.port, backends=[{"url": one.url} for one in backends],
                          probe=probe)
        process = self.start()
        wait_until(lambda: len(self.windows()) == 1, 10, "there is a window")
        return process

    def test_add_and_undo(self):
        backend = Backend(self, "one")
        self.start()
        self.press("ctrl+n")
        self.type(backend.url)
        self.press("Return")
        wait_until(lambda: self.urls() == [backend.url], 5, "it is there")
        self.press("Escape")
        self.press("ctrl+z")
        wait_until(lambda: self.urls() == [], 5, "it is gone")
        self.press("ctrl+shift+z")
        wait_until(lambda: self.urls() == [backend.url], 5, "it is there again")

    def test_the_menu_opens_and_its_first_item_adds(self):
        backend = Backend(self, "one")
        self.start()
        self.press("F10")
        wait_until(lambda: len(self.windows()) == 2, 5, "it is open")
        self.xdotool("key", "Return")
        wait_until(lambda: len(self.windows()) == 1, 5, "it is closed")
        self.type(backend.url)
        self.press("Return")
        wait_until(lambda: self.urls() == [backend.url], 5, "it is there")

    def test_views(self):
        self.start_with(Backend(self, "one"))
        for key, view in (("alt+2", "traffic"), ("alt+3", "history"), ("alt+1", "response-times")):
            self.press(key)
            self.wait_for_state("view", f"'{view}'")
        self.assertEqual(self.get_setting("view"), "'response-times'")

    def test_space_freezes_the_chart(self):
        self.start_with(Backend(self, "one"))
        self.press("space")
        self.wait_for_state("freeze-chart", "true")
        before = stats(self.url)["servers"][0]["probes"]
        wait_until(lambda: self.server()["probes"] > before, 5, "all else goes on")
        self.press("space")
        self.wait_for_state("freeze-chart", "false")

    def test_space_is_an_entry_s_first(self):
        self.start_with(Backend(self, "one"))
        self.press("ctrl+f")
        self.type("a b")
        self.press("ctrl+n")
        self.type("x y")
        self.press("Escape")
        self.press("alt+2")
        self.wait_for_state("view", "'traffic'")
        self.assertEqual(self.state("freeze-chart"), "false")

    def test_space_is_a_button_s_first(self):
        one, two = Backend(self, "one"), Backend(self, "two")
        self.start_with(one)
        self.press("ctrl+n")
        self.type(two.url)
        self.press("Tab")
        self.press("space")
        wait_until(lambda: self.urls() == [one.url, two.url], 5, "it is added by its button")
        self.assertEqual(self.state("freeze-chart"), "false")

    def test_ctrl_r_probes_now(self):
        self.start_with(Backend(self, "one"), interval_ms=60000)
        wait_until(lambda: self.server()["probes"] == 1, 5, "the first probe")
        self.press("ctrl+r")
        wait_until(lambda: self.server()["probes"] == 2, 5, "the second one")

    def test_what_is_found_can_be_removed(self):
        backends = [Backend(self, name) for name in ("one", "two", "three")]
        self.start_with(*backends)
        self.press("ctrl+f")
        self.type(backends[1].url.rpartition(":")[2])
        self.press("Return")
        self.press("Delete")
        wait_until(lambda: self.urls() == [backends[0].url, backends[2].url], 5, "it is gone")

    def test_shortcuts_are_listed(self):
        self.start()
        self.press("ctrl+question")
        wait_until(lambda: len(self.windows()) == 2, 10, "there is a second window")

    def test_ctrl_w_and_ctrl_q_end_it(self):
        for key in ("ctrl+w", "ctrl+q"):
            with self.subTest(key=key):
                process = self.start()
                self.press(key)
                self.wait_until_ended()
                self.assertEqual(process.popen.wait(timeout=10), 0)


if __name__ == "__main__":
    tap.main()
