# SPDX-License-Identifier: GPL-3.0-or-later
"""Every change of the pool that can be made in the window is taken back by Ctrl+Z and made again by
Ctrl+Shift+Z, whether it was made by a key, in a dialog, by pasting, dropping or importing."""

import json

import tap
from lbdesktop import Source
from lbreader import ReaderCase
from lbtest import stats, wait_until

ONE = "http://127.0.0.1:9"
TWO = "http://127.0.0.1:10"
THREE = "http://127.0.0.1:11"
FOUR = "http://127.0.0.1:12"


class TestUndo(ReaderCase):
    def start_with(self, *urls):
        """Starts with these backends, of which the last is selected, and remembers how all is."""
        self.write_config(port=self.port, backends=[{"url": url} for url in urls])
        self.start()
        self.key("End")
        self.before = self.pool()

    def pool(self):
        """Returns all that can be changed of the pool: as it is in use, and as it is saved."""
        said, saved = stats(self.url), self.read_config()
        return {
            "policy": said["policy"],
            "saved policy": saved.get("policy", "random"),
            "interval": saved.get("probe", {}).get("interval_ms", 1000),
            "used": [tuple(server[key] for key in ("url", "weight", "state", "backup"))
                     for server in said["servers"]],
            "saved": [(backend["url"], backend.get("weight", 1), backend.get("state", "ready"),
                       backend.get("backup", False)) for backend in saved["backends"]],
            "exceptions": [backend.get("probe", {}) for backend in saved["backends"]],
        }

    def settle(self, expected=None):
        """Waits until what is in use is saved too, and as expected; returns it."""
        def look():
            pool = self.pool()
            return pool["saved"] == pool["used"] and pool["saved policy"] == pool["policy"] and \
                (pool == expected if expected is not None else pool != self.before) and pool
        try:
            return wait_until(look, 10, "the pool is as expected")
        except AssertionError:
            raise AssertionError(f"not {expected or 'changed'} but {self.pool()}") from None

    def check(self, *urls):
        """What was done is what was meant, and is taken back and done again, twice."""
        self.wait_for_window("Load Balancer")
        after = self.settle()
        if urls:
            self.assertEqual([one[0] for one in after["used"]], list(urls))
        for _ in range(2):
            self.key("ctrl+z")
            self.settle(self.before)
            self.key("ctrl+shift+z")
            self.settle(after)
        self.assert_no_complaints()
        return after

    def edit(self):
        """Opens the editor of the selected backend."""
        self.key("F2")
        self.wait_for_window("Edit Backend")
        self.wait_for_focus("URL", "text")

    def drop(self, kind, what):
        Source(self, kind, what).drag_to(self.window)

    def test_adding(self):
        self.start_with(ONE)
        self.key_and_type("ctrl+n", TWO)
        self.key("Return", "Escape")
        self.check(ONE, TWO)

    def test_removing(self):
        self.start_with(ONE, TWO, THREE)
        self.key("Up", "Delete")
        self.check(ONE, THREE)

    def test_the_url(self):
        self.start_with(ONE, TWO)
        self.edit()
        self.xdotool("type", THREE)
        self.key("Return")
        self.check(ONE, THREE)

    def test_the_weight(self):
        self.start_with(ONE, TWO)
        self.edit()
        self.key("alt+w")
        self.wait_for_focus("Weight", "spin button")
        self.key("ctrl+a", "7", "Return")
        self.assertEqual(self.check()["used"][1], (TWO, 7, "ready", False))

    def test_whether_it_is_a_backup(self):
        self.start_with(ONE, TWO)
        self.edit()
        self.go_to("Backup")
        self.key("space")
        wait_until(lambda: "checked" in self.ask("focus")["states"], 10, "the switch is on")
        self.key("alt+s")
        self.assertEqual(self.check()["used"][1], (TWO, 1, "ready", True))

    def test_how_one_is_probed(self):
        self.start_with(ONE, TWO)
        self.edit()
        self.go_to("Interval", "check box")
        self.key("space")
        self.go_to("Interval", "spin button")
        self.key("ctrl+a", "9", "Return")
        self.assertEqual(self.check()["exceptions"], [{}, {"interval_ms": 9000}])

    def test_the_state(self):
        self.start_with(ONE, TWO)
        self.key("shift+F10")
        self.wait_for_windows(2)
        self.key("r")
        self.wait_for_focus("Menu of")
        self.assertEqual(self.check()["used"][1], (TWO, 1, "drain", False))

    def test_the_policy(self):
        self.start_with(ONE, TWO)
        self.go_to("Policy: Random")
        self.key("space")
        self.wait_for_focus("Random", "radio button")
        self.key("Down", "space")
        self.wait_for_focus("Policy: Round Robin")
        self.assertNotEqual(self.check()["policy"], self.before["policy"])

    def test_how_all_are_probed(self):
        self.start_with(ONE)
        self.key("ctrl+comma")
        self.wait_for_window("Preferences")
        self.key("alt+n", "alt+b")
        self.wait_for_window("Probe Defaults")
        self.wait_for_focus("Interval", "spin button")
        self.key("ctrl+a", "9", "Return")
        self.wait_for_window("Preferences")
        self.key("Escape")
        self.assertEqual(self.check()["interval"], 9000)

    def test_an_import(self):
        self.start_with(ONE)
        path = self.folder / "pool.json"
        path.write_text(json.dumps([TWO, THREE]), encoding="utf-8")
        self.key("ctrl+o")
        self.wait_for_window("Import")
        self.xdotool("type", str(path))
        self.key("Return")
        self.wait_for("2 backends will be added")
        self.wait_for_window("Import")
        self.key("Return")
        self.check(ONE, TWO, THREE)

    def test_pasting(self):
        self.start_with(ONE)
        Source(self, "text", f"{TWO}\n{THREE}, {FOUR}")
        self.xdotool("windowactivate", "--sync", self.window)
        self.key("ctrl+v")
        self.check(ONE, TWO, THREE, FOUR)

    def test_dropping(self):
        self.start_with(ONE)
        self.drop("text", f"{TWO}\n{THREE}")
        self.settle()
        self.xdotool("windowactivate", "--sync", self.window)
        self.check(ONE, TWO, THREE)

    def test_dropping_a_file(self):
        self.start_with(ONE)
        path = self.folder / "a pool.json"
        path.write_text(json.dumps([TWO]), encoding="utf-8")
        self.drop("file", path)
        self.wait_for("1 backend will be added")
        self.xdotool("windowactivate", "--sync", self.window)
        self.key("Return")
        self.check(ONE, TWO)


if __name__ == "__main__":
    tap.main()
