# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the window, by its keys: what another balancer's file says is imported, changed and exported, and
the programs it is for take it; the chart and the figures are saved."""

import json

import tap
from lbexchange import Programs
from lbreader import ReaderCase
from lbtest import stats, wait_until

HAPROXY = """\
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s

frontend web
    bind 127.0.0.1:8080
    default_backend pages

backend pages
    balance leastconn
    server one 127.0.0.1:9 weight 2 check
    server two 127.0.0.2:9 check
    server spare 127.0.0.3:9 check backup
"""
URLS = ["http://127.0.0.1:9", "http://127.0.0.2:9", "http://127.0.0.3:9"]

# In the order of the dialog.
FORMATS = ("json", "haproxy", "nginx", "caddy", "traefik")


class TestExchange(Programs, ReaderCase):
    def choose_file(self, title, path):
        """Writes the path of a file into the chooser that is about to open."""
        self.wait_for_window(title)
        self.key("ctrl+a")
        self.xdotool("type", str(path))
        self.key("Return")

    def open_import(self, text):
        """Chooses a file with this text, and waits for what it would add."""
        path = self.folder / "haproxy.cfg"
        path.write_text(text, encoding="utf-8")
        self.key("ctrl+o")
        self.choose_file("Import", path)
        self.wait_for("backends will be added")
        self.wait_for_window("Import")

    def export(self, form):
        """Returns what is in the file that the window has made."""
        path = self.folder / f"exported.{form}"
        self.key("F10")
        self.wait_for_windows(2)
        self.key("x")
        self.wait_for_window("Export Pool")
        self.key("alt+f")
        self.wait_for_focus("", "list item")
        for _ in range(FORMATS.index(form)):
            self.key("Down")
        self.key("Return")
        self.wait_for_focus("", "push button")
        dialog = self.xdotool("getwindowfocus")
        self.key("alt+s")
        wait_until(lambda: self.xdotool("getwindowfocus", check=False) not in (dialog, ""), 10,
                   "it asks for a file")
        self.choose_file("Export Pool", path)
        wait_until(path.exists, 10, f"{path} is saved")
        self.wait_for_window("Load Balancer")
        return path.read_text("utf-8")

    def used(self):
        return [[server[key] for key in ("url", "weight", "state", "backup")]
                for server in stats(self.url)["servers"]]

    def test_import_edit_export(self):
        self.start()
        self.assert_valid("haproxy", HAPROXY)
        self.open_import(HAPROXY)
        self.assertEqual(self.urls(), [])
        self.key("Return")
        wait_until(lambda: self.urls() == URLS, 10, "they are added")
        self.assertEqual(stats(self.url)["policy"], "least-connections")
        self.wait_for_window("Load Balancer")

        self.key("End", "F2")
        self.wait_for_window("Edit Backend")
        self.wait_for_focus("URL", "text")
        self.key("alt+w", "ctrl+a", "5", "Return")
        self.wait_for_window("Load Balancer")
        self.key("Up", "shift+F10")
        self.wait_for_windows(2)
        self.key("m")
        self.wait_for_focus("Menu of")
        expected = [[URLS[0], 2, "ready", False], [URLS[1], 1, "maint", False],
                    [URLS[2], 5, "ready", True]]
        wait_until(lambda: self.used() == expected, 10, f"it is {expected}")

        exported = {form: self.export(form) for form in FORMATS}
        for form in ("haproxy", "nginx", "caddy"):
            with self.subTest(form=form):
                self.assert_valid(form, exported[form])
        self.assertRegex(exported["haproxy"], r"127\.0\.0\.2:9 .*disabled")
        self.assertRegex(exported["haproxy"], r"127\.0\.0\.3:9 .*weight 5 .*backup")
        self.assertRegex(exported["nginx"], r"127\.0\.0\.3:9 weight=5 .*backup")
        self.assertEqual([[one["url"], one["weight"], one["state"], one.get("backup", False)]
                          for one in json.loads(exported["json"])["backends"]], expected)
        self.assertIn(URLS[0], exported["traefik"])
        self.assert_no_complaints()

    def test_escape_leaves_the_import(self):
        self.start()
        self.open_import(HAPROXY)
        self.key("Escape")
        self.wait_for_window("Load Balancer")
        self.assertEqual(self.urls(), [])
        self.assert_no_complaints()

    def test_what_cannot_be_imported_is_told(self):
        self.start()
        path = self.folder / "prose.txt"
        path.write_text("Once upon a time", encoding="utf-8")
        self.key("ctrl+o")
        self.choose_file("Import", path)
        self.wait_for_window("Load Balancer")
        self.wait_for("Nothing was imported.")
        self.assert_no_complaints()

    def test_the_chart_and_the_figures_are_saved(self):
        self.start(f"--backend={URLS[0]}")
        wait_until(lambda: self.server()["health"] == "down", 10, "it is probed")
        for keys, title, name, start in (
                (["ctrl+s"], "Save Chart As", "chart.png", b"\x89PNG\r\n"),
                (["ctrl+s"], "Save Chart As", "chart.svg", b"<?xml"),
                (["ctrl+s"], "Save Chart As", "chart.pdf", b"%PDF-"),
                (["F10", "f"], "Save Figures As", "figures.csv", b"# pxname,"),
                (["F10", "f"], "Save Figures As", "figures.json", b"{")):
            with self.subTest(name=name):
                for key in keys:
                    self.key(key)
                    self.wait_for_windows(2)
                path = self.folder / name
                self.choose_file(title, path)
                wait_until(lambda: path.exists() and path.stat().st_size > 0, 10, f"{name} is saved")
                self.assertEqual(path.read_bytes()[:len(start)], start)
                self.wait_for_window("Load Balancer")
        self.assert_no_complaints()


if __name__ == "__main__":
    tap.main()
