# SPDX-License-Identifier: GPL-3.0-or-later
"""The page at /stats/, in a real browser. With LB_PICTURES=FOLDER it also saves what it looks like."""

import http.server
import json
import os
import pathlib
import threading
import urllib.request

import tap
from lbtest import Backend, Balancer, ClientCase, curl, free_port, wait_until
from webdriver import Browser

TABLE = """
  return [...document.querySelectorAll ("tbody tr")].map (
    (row) => [...row.cells].map ((cell) => cell.textContent));
"""
BARS = """
  return [...document.querySelectorAll ("#chart svg g title")].map ((title) => title.textContent);
"""
STATE = """ return document.querySelector ("#state").textContent; """

# What a backend's owner might hope to smuggle in.
HOSTILE = [
    "http://h/\"><img src=x onerror=alert(1)>",
    "http://h/</title></script><script>document.title='caught'</script>",
    "http://h/&lt;b&gt;'`${1}",
    "https://\u05d0\u05d1.example/\u202egnp.exe",
    "javascript:alert(1)",
]


def make_server(url, health="up"):
    """What the page reads of one entry of "servers"."""
    return {
        "url": url, "state": "ready", "health": health, "weight": 1, "backup": False,
        "response_time_ms": 12.3 if health == "up" else None, "response_times_ms": {"p95": 20.5},
        "redirects": 0, "redirects_per_s": 0, "share": 0, "in_flight": 0, "proxied": None,
        "last_probe": {"ok": health == "up", "status": 200,
                       "error": None if health == "up" else "<i>no</i>"},
    }


class Site(http.server.ThreadingHTTPServer):
    """Serves the balancer's page behind a longer path, with events that a test makes up."""

    daemon_threads = True

    def __init__(self, balancer):
        super().__init__(("127.0.0.1", 0), SiteHandler)
        self.url = f"http://127.0.0.1:{self.server_port}/behind/a/path"
        with urllib.request.urlopen(f"{balancer.url}/stats/", timeout=10) as answer:
            self.page = answer.read()
            self.policy = answer.headers["Content-Security-Policy"]
        self.measured = False
        self.refusals = 0
        self.answered = 0
        self.readers = []

    def tell(self, event, **data):
        for reader in self.readers:
            reader.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())

    def tell_servers(self, *servers):
        self.tell("snapshot", listen=["http://127.0.0.1:5000"], policy="random", redirects_per_s=6.78,
                  uptime_s=3723.5, measured=self.measured, servers=servers)

    def tell_change(self, change, url, health="up", error=None, **values):
        self.tell("change", **{"time": "2026-11-22T08:00:00Z", "change": change, "url": url,
                               "state": "ready", "health": health, "weight": 1, "backup": False,
                               "error": error, **values})


class SiteHandler(http.server.BaseHTTPRequestHandler):
    wbufsize = 0

    def begin(self, status, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()

    def do_GET(self):
        if self.path.endswith("/stats/"):
            self.begin(200, "text/html; charset=utf-8")
            self.wfile.write(self.server.page)
        elif "/stats/chart.svg?" in self.path:
            self.begin(200, "image/svg+xml")
            self.wfile.write(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
        elif self.server.answered < self.server.refusals:
            self.server.answered += 1
            self.begin(503, "text/plain")
        else:
            self.server.answered += 1
            self.begin(200, "text/event-stream")
            self.server.readers.append(self.wfile)
            self.connection.recv(1)

    def log_message(self, format, *arguments):
        pass


class TestPage(ClientCase):
    def begin(self, *urls):
        self.balancer = Balancer(self, *(f"--backend={url}" for url in urls))
        wait_until(lambda: all(backend["health"] != "unknown"
                               for backend in self.balancer.backends().values()),
                   20, "every backend has been probed")
        self.browser = Browser(self)
        self.show(self.balancer.url, len(urls))

    def show(self, url, count):
        self.home = url
        self.browser.open(f"{url}/stats/")
        wait_until(lambda: len(self.browser.run(TABLE)) == count, 20, "a row for each backend")

    def begin_site(self, *servers, refusals=0):
        """Shows the page with what no real pool would hold."""
        self.balancer = Balancer(self)
        self.browser = Browser(self)
        site = self.enterContext(Site(self.balancer))
        site.refusals = refusals
        self.addCleanup(site.shutdown)
        threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True).start()
        self.home = site.url
        self.browser.open(f"{site.url}/stats/")
        wait_until(lambda: site.readers, 30, "the page listens")
        site.tell_servers(*servers)
        wait_until(lambda: len(self.browser.run(TABLE)) == len(servers), 20, "a row for each backend")
        return site

    def wait_for_table(self, *rows):
        """Waits until the rows begin so."""
        wait_until(lambda: [row[:2] for row in self.browser.run(TABLE)] == [list(row) for row in rows],
                   20, f"the table says {rows}")

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
                     if not url.startswith((f"{self.home}/stats", "data:"))]
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
        self.assertEqual(self.row("http://127.0.0.1:1")[-1], "refused")
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

    def test_without_javascript_it_shows_the_picture(self):
        self.begin(Backend(self, "one").url)
        self.browser.command("Emulation.setScriptExecutionDisabled", value=True)
        for scheme, picture in (("light", "chart.svg"), ("dark", "chart.svg?theme=dark")):
            self.browser.command("Emulation.setEmulatedMedia",
                                 features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.browser.open(f"{self.home}/stats/")
            self.assertEqual(self.browser.run("return document.images[0].currentSrc;"),
                             f"{self.home}/stats/{picture}")
            self.assertGreater(self.browser.run("return document.images[0].naturalWidth;"), 0)
            self.assertEqual(self.browser.run(STATE), "")
            self.save(f"without-javascript-{scheme}")

    def test_shows_more_where_requests_are_proxied(self):
        known = {"queued": 2, "response_time_ms": 34, "total_time_ms": 56.5, "requests": 1000,
                 "responses": {"1xx": 0, "2xx": 990, "3xx": 0, "4xx": 7, "5xx": 3},
                 "retries": 4, "redispatches": 1, "connection_errors": 5, "response_errors": 6}
        one = {**make_server("http://h:1"), "in_flight": 17, "proxied": known}
        two = {**make_server("http://h:2", "unknown"), "in_flight": 0, "proxied": None,
               "not_used_because": "left out", "last_probe": None}
        site = self.begin_site(one, two)
        shown = """
          return [...document.querySelectorAll ("thead th")].filter ((cell) => cell.offsetWidth > 0)
            .map ((cell) => cell.textContent); """
        self.assertNotIn("In flight", self.browser.run(shown))
        site.measured = True
        site.tell_servers(one, two)
        wait_until(lambda: "In flight" in self.browser.run(shown), 20, "the columns are there")
        self.assertEqual(self.row("http://h:1")[8:], ["17", "2", "7", "3", "4", "11", "56.5 ms",
                                                      "Good, status 200"])
        self.assertEqual(self.row("http://h:2")[1:2] + self.row("http://h:2")[9:],
                         ["Left out", *["–"] * 7])
        # It scrolls by itself, where it has not the room.
        self.assertEqual(self.browser.run("""
            return document.documentElement.scrollWidth - document.documentElement.clientWidth; """), 0)
        self.browser.run("document.querySelector ('#chart').remove ();")
        self.save("proxied")

    def test_on_a_port_of_its_own(self):
        backend = Backend(self, "one")
        port = free_port()
        self.balancer = Balancer(self, f"--backend={backend.url}", f"--stats-port={port}")
        self.browser = Browser(self)
        self.show(f"http://127.0.0.1:{port}", 1)
        self.wait_for_table((backend.url, "Up"))
        self.assertIn(self.balancer.url, self.browser.run("return document.body.innerText;"))
        wait_until(lambda: len(self.browser.run(BARS)) == 1, 20, "a bar")

    def test_shows_text_as_text(self):
        site = self.begin_site(*(make_server(url) for url in HOSTILE),
                               make_server("http://h:1", "down"))
        self.assertEqual([row[0] for row in self.browser.run(TABLE)], [*HOSTILE, "http://h:1"])
        self.assertIn("<i>no</i>", self.row("http://h:1")[-1])
        site.tell_change("health", HOSTILE[0], "down", "<u>reset</u>")
        wait_until(lambda: self.row(HOSTILE[0])[-1] == "<u>reset</u>", 20, "the error is there")
        self.assertEqual(self.browser.run("""
            return document.querySelectorAll ("img, i, u, script ~ script, [href^=javascript]").length; """), 0)
        self.assertEqual(self.browser.run("return document.title;"), "Load Balancer")
        self.assertEqual(self.browser.run("""
            return getComputedStyle (document.querySelector ("tbody bdi")).unicodeBidi; """), "isolate")

    def test_shows_every_change_at_once(self):
        site = self.begin_site(make_server("http://h:1"), make_server("http://h:2"))
        self.browser.run("window.mine = document.querySelector ('tbody tr');")
        site.tell_change("health", "http://h:1", "down", "refused")
        self.wait_for_table(("http://h:1", "Down"), ("http://h:2", "Up"))
        self.assertEqual(self.row("http://h:1")[2], "–")
        site.tell_change("health", "http://h:1", "up")
        self.wait_for_table(("http://h:1", "Up"), ("http://h:2", "Up"))
        self.assertEqual(self.row("http://h:1")[-1], "–")
        site.tell_change("added", "http://h:3", "unknown")
        self.wait_for_table(("http://h:1", "Up"), ("http://h:2", "Up"), ("http://h:3", "Not probed yet"))
        self.assertTrue(self.browser.run("return document.querySelector ('tbody tr') === window.mine;"))
        site.tell_change("state", "http://h:2", state="drain")
        site.tell_change("weight", "http://h:2", state="drain", weight=7)
        site.tell_change("removed", "http://h:1")
        self.wait_for_table(("http://h:2", "Draining"), ("http://h:3", "Not probed yet"))
        self.assertEqual(self.row("http://h:2")[4], "7")
        site.tell("change", time="2026-11-22T08:00:00Z", change="policy", policy="fastest")
        wait_until(lambda: "fastest" in self.browser.run("return document.body.innerText;"), 20,
                   "the policy has changed")
        for paused in (True, False):
            site.tell("change", time="2026-11-22T08:00:00Z", change="paused", paused=paused)
            wait_until(lambda: ("paused" in self.browser.run("return document.body.innerText;")) == paused,
                       20, f"it is paused: {paused}")
        self.assertEqual(self.browser.logged("browser"), [])

    def test_asks_again_when_it_was_refused(self):
        site = self.begin_site(make_server("http://h:1"), refusals=1)
        self.assertEqual(site.answered, 2)
        self.assertEqual(self.browser.run(STATE), "Live")
        # The refusal itself is what the browser complains of.
        self.assertIn("503", "".join(entry["message"] for entry in self.browser.logged("browser")))

    def test_is_light_on_paper(self):
        self.begin_site(make_server("http://h:1"))
        dark = [{"name": "prefers-color-scheme", "value": "dark"}]
        colours = []
        for media in ("screen", "print"):
            self.browser.command("Emulation.setEmulatedMedia", media=media, features=dark)
            colours.append(self.browser.run("return getComputedStyle (document.body).color;"))
        self.assertEqual(colours, ["rgb(238, 238, 236)", "rgb(46, 52, 54)"])

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
