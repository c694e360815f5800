# SPDX-License-Identifier: GPL-3.0-or-later
"""The page at /stats/, in a real browser. With LB_PICTURES=FOLDER it also saves what it looks like."""

import os
import pathlib
import unittest

import tap
from lbtest import Backend, Balancer, ClientCase, curl, wait_until
from webdriver import Browser

TABLE = """
  return [...document.querySelectorAll ("tbody tr")].map (
    (row) => [...row.cells].map ((cell) => cell.textContent));
"""
BARS = """
  return [...document.querySelectorAll ("#chart svg g title")].map ((title) => title.textContent);
"""
STATE = """ return document.querySelector ("#state").textContent; """


class TestPage(ClientCase):
    def begin(self, *urls):
        self.balancer = Balancer(self, *(f"--backend={url}" for url in urls))
        wait_until(lambda: all(backend["health"] != "unknown"
                               for backend in self.balancer.backends().values()),
                   20, "every backend has been probed")
        self.browser = Browser(self)
        self.browser.open(f"{self.balancer.url}/stats/")
        wait_until(lambda: len(self.browser.run(TABLE)) == len(urls), 20, "a row for each backend")

    def row(self, url):
        return next(row for row in self.browser.run(TABLE) if row[0] == url)

    def save(self, name):
        if "LB_PICTURES" in os.environ:
            self.browser.picture(pathlib.Path(os.environ["LB_PICTURES"]) / f"page-{name}.png")

    def tearDown(self):
        complaints = [entry["message"] for entry in self.browser.logged("browser")
                      if entry["level"] in ("WARNING", "SEVERE")
                      and "net::ERR_" not in entry["message"]]
        self.assertEqual(complaints, [])
        strangers = [url for url in self.browser.requested()
                     if not url.startswith((f"{self.balancer.url}/stats", "data:"))]
        self.assertEqual(strangers, [])
        super().tearDown()

    def test_shows_what_stats_says_and_follows_it(self):
        one, two = Backend(self, "one"), Backend(self, "two")
        self.begin(one.url, two.url, "http://127.0.0.1:1")
        wait_until(lambda: len(self.browser.run(BARS)) == 3, 20, "a bar for each backend")
        curl("-o", os.devnull, f"{self.balancer.url}/[1-30]")
        wait_until(lambda: sum(int(row[5]) for row in self.browser.run(TABLE)) == 30, 20,
                   "the redirects are there")

        stats = self.balancer.stats()
        self.assertEqual([row[0] for row in self.browser.run(TABLE)],
                         [server["url"] for server in stats["servers"]])
        for server in stats["servers"]:
            self.assertEqual(self.row(server["url"])[5], str(server["redirects"]))
        self.assertEqual([row[1] for row in self.browser.run(TABLE)], ["Up", "Up", "Down"])
        self.assertEqual(self.row("http://127.0.0.1:1")[8], "refused")
        self.assertEqual(self.browser.run(STATE), "Live")
        self.save("light")

        two.stop()
        wait_until(lambda: self.row(two.url)[1] == "Down", 20, "the one that stopped is down")
        two.start()
        wait_until(lambda: self.row(two.url)[1] == "Up", 20, "and up again")

    def test_sorts_by_a_click_on_a_title(self):
        one = Backend(self, "one")
        self.begin(one.url, "http://127.0.0.1:1", "http://127.0.0.1:2")
        click = "document.querySelectorAll (\"th button\")[arguments[0]].click ();"
        self.browser.run(click, 0)
        self.browser.run(click, 0)
        urls = [row[0] for row in self.browser.run(TABLE)]
        self.assertEqual(urls, [one.url, "http://127.0.0.1:2", "http://127.0.0.1:1"])
        self.assertEqual(self.browser.run("""
            return document.querySelector ("th").getAttribute ("aria-sort"); """), "descending")
        # What is not known comes last.
        self.browser.run(click, 2)
        self.assertEqual(self.browser.run(TABLE)[0][0], one.url)
        self.browser.run(click, 2)
        self.assertEqual(self.browser.run(TABLE)[0][0], one.url)

    def test_follows_the_desktops_colours(self):
        self.begin(Backend(self, "one").url)
        background = "return getComputedStyle (document.body).backgroundColor;"
        chart = """ return document.querySelector ("#chart svg > rect")?.getAttribute ("fill"); """
        wait_until(lambda: self.browser.run(chart), 20, "the chart is there")
        light = self.browser.run(background), self.browser.run(chart)
        self.browser.command("Emulation.setEmulatedMedia",
                             features=[{"name": "prefers-color-scheme", "value": "dark"}])
        wait_until(lambda: self.browser.run(chart) != light[1], 20, "the chart is dark")
        self.assertNotEqual(self.browser.run(background), light[0])
        self.save("dark")

    def test_says_when_the_connection_is_lost_and_comes_back(self):
        self.begin(Backend(self, "one").url)
        port, backends = self.balancer.port, list(self.balancer.backends())
        self.balancer.kill()
        wait_until(lambda: self.browser.run(STATE).startswith("Lost"), 20, "it says so")
        self.balancer = Balancer(self, f"--backend={backends[0]}", port=port)
        wait_until(lambda: self.browser.run(STATE) == "Live", 30, "it is back")

    def test_fits_a_narrow_window(self):
        self.begin(*(f"http://127.0.0.1:1/a/rather/long/path/{i}" for i in range(5)))
        self.browser.command("Emulation.setDeviceMetricsOverride", width=320, height=640,
                             deviceScaleFactor=1, mobile=False)
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth;"), 320)
        width = """ return document.querySelector ("#chart svg")?.width.baseVal.value; """
        wait_until(lambda: self.browser.run(width) == 288, 20, "the chart is as wide as its place")
        self.save("narrow")

    def test_a_thousand_backends(self):
        urls = [f"http://127.0.0.1:1/{i}" for i in range(1000)]
        self.begin(*urls)
        self.assertEqual([row[0] for row in self.browser.run(TABLE)], urls)
        wait_until(lambda: self.browser.run(BARS), 20, "the chart is there")
        self.save("thousand")

    def test_no_script_runs_but_its_own(self):
        self.begin(Backend(self, "one").url)
        self.browser.run("""
            const script = document.createElement ("script");
            script.textContent = "document.title = 'changed';";
            document.head.append (script);
        """)
        self.assertEqual(self.browser.run("return document.title;"), "Load Balancer")
        refused = [entry["message"] for entry in self.browser.logged("browser")]
        self.assertTrue(any("Content Security Policy" in message for message in refused), refused)


if __name__ == "__main__":
    tap.main()
