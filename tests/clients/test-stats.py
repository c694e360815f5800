# SPDX-License-Identifier: GPL-3.0-or-later
"""curl asks for everything under /stats, in the words of real programs, from another origin."""

import csv
import io
import json
import re
import struct
import subprocess
import urllib.request
import xml.etree.ElementTree

import tap
from lbtest import Backend, Balancer, ClientCase

ORIGIN = "http://localhost:5500"

FIREFOX = ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,"
           "image/svg+xml,*/*;q=0.8")
FIREFOX_IMAGE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
CHROMIUM = ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
            "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7")
CHROMIUM_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
PROMETHEUS = ("application/openmetrics-text;version=1.0.0,"
              "application/openmetrics-text;version=0.0.1;q=0.75,"
              "text/plain;version=0.0.4;q=0.5,*/*;q=0.1")

JSON = "application/json"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
CSV = "text/csv; charset=utf-8; header=present"
SVG = "image/svg+xml"

# What is at each path whatever Accept says, and what may be kept of it.
PLACES = {
    "/stats/": ("text/html; charset=utf-8", "no-cache"),
    "/stats/schema.json": ("application/schema+json", "no-cache"),
    "/stats/targets": (JSON, "no-store"),
    "/stats/history": (JSON, "no-store"),
    "/stats/history?seconds=10": (JSON, "no-store"),
    "/stats/chart.svg?view=history&seconds=600": (SVG, "no-store"),
    "/stats/chart.png?view=history&scale=2&log=1": ("image/png", "no-store"),
    "/stats/chart.svg": (SVG, "no-store"),
    "/stats/chart.png?width=300&height=200&theme=dark": ("image/png", "no-store"),
    "/stats;csv": ("text/plain", "no-cache"),
    "/stats/;csv": ("text/plain", "no-cache"),
    "/stats;csv;norefresh": ("text/plain", "no-cache"),
    "/stats/;csv;norefresh": ("text/plain", "no-cache"),
}

# What Accept gets where it is asked.
FORMS = {
    ("/stats", None): JSON,
    ("/stats", "*/*"): JSON,
    ("/stats", "application/json, text/plain, */*"): JSON,
    ("/stats", FIREFOX): JSON,
    ("/stats", CHROMIUM): JSON,
    ("/stats", FIREFOX_IMAGE): SVG,
    ("/stats", CHROMIUM_IMAGE): SVG,
    ("/stats", PROMETHEUS): OPENMETRICS,
    ("/stats", "text/plain"): METRICS,
    ("/stats", "text/csv"): CSV,
    ("/stats/metrics", None): METRICS,
    ("/stats/metrics", FIREFOX): METRICS,
    ("/stats/metrics", CHROMIUM): METRICS,
    ("/stats/metrics", PROMETHEUS): OPENMETRICS,
}


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in self.fields, f"{name} is there twice"
            self.fields[name.lower()] = value

    def text(self):
        return self.body.decode("utf-8")


class TestStats(ClientCase):
    arguments = ()

    def setUp(self):
        super().setUp()
        backend = Backend(self, "one")
        self.balancer = Balancer(self, f"--backend={backend.url}", *self.arguments)
        self.balancer.wait_for_health("up", backend.url)
        self.backend = backend.url

    def ask(self, target, *arguments, accept=None):
        """Asks from another origin, and checks what every answer says."""
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--include", "--globoff", "--path-as-is",
             "--noproxy", "*", "--max-time", "10", "--header", f"Origin: {ORIGIN}",
             "--header", "Accept:" if accept is None else f"Accept: {accept}", *arguments,
             f"{self.balancer.url}{target}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, timeout=30)
        answer = Answer(done.stdout)
        self.assertEqual(answer.fields.get("access-control-allow-origin"), "*", target)
        return answer

    def check(self, target, accept, content_type):
        answer = self.ask(target, accept=accept)
        head = self.ask(target, "--head", accept=accept)
        self.assertEqual((answer.status, answer.fields["content-type"]), (200, content_type))
        self.assertEqual(int(answer.fields["content-length"]), len(answer.body))
        self.assertEqual((head.status, head.body), (200, b""))
        # Figures change meanwhile, and with them the length.
        for fields in (answer.fields, head.fields):
            for name in ("date", "content-length"):
                self.assertIn(name, fields)
                del fields[name]
        self.assertEqual(head.fields, answer.fields)
        return answer

    def test_every_place(self):
        for target, (content_type, keep) in PLACES.items():
            for accept in (None, "*/*", FIREFOX, "application/pdf"):
                with self.subTest(target=target, accept=accept):
                    answer = self.check(target, accept, content_type)
                    self.assertEqual(answer.fields["cache-control"], keep)
                    self.assertNotIn("vary", answer.fields)

    def test_accept(self):
        for (target, accept), content_type in FORMS.items():
            with self.subTest(target=target, accept=accept):
                answer = self.check(target, accept, content_type)
                self.assertEqual(answer.fields["vary"], "Accept")
                self.assertEqual(answer.fields["cache-control"], "no-store")

    def test_python_reads_them(self):
        stats = json.loads(self.ask("/stats").body)
        self.assertEqual([server["url"] for server in stats["servers"]], [self.backend])

        for answer in (self.ask("/stats;csv"), self.ask("/stats", accept="text/csv")):
            rows = list(csv.reader(io.StringIO(answer.text().removeprefix("# "))))
            self.assertEqual(len({len(row) for row in rows}), 1)
            self.assertEqual([row[1] for row in rows[1:]][0::2], ["FRONTEND", "BACKEND"])

        for target, accept in (("/stats/chart.svg?width=300&height=200", None), ("/stats", SVG),
                               ("/stats/chart.svg?view=history&seconds=3600", None)):
            svg = xml.etree.ElementTree.fromstring(self.ask(target, accept=accept).body)
            self.assertEqual(svg.tag, "{http://www.w3.org/2000/svg}svg")

        for view in ("response-times", "traffic", "history"):
            png = self.ask(f"/stats/chart.png?width=300&height=200&scale=2&view={view}").body
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
            self.assertEqual(struct.unpack(">II", png[16:24]), (600, 400))

        self.assertEqual(json.loads(self.ask("/stats/targets").body)[0]["targets"],
                         [self.backend.removeprefix("http://")])
        self.assertIsInstance(json.loads(self.ask("/stats/history").body), dict)
        self.assertRegex(self.ask("/stats/metrics").text(), r"(?m)^lb_backend_up\{.*\} 1$")
        self.assertTrue(self.ask("/stats", accept=PROMETHEUS).text().endswith("# EOF\n"))

    def test_events_begin_with_all_that_is_known(self):
        for target, accept in (("/stats/events", "*/*"), ("/stats", "text/event-stream")):
            request = urllib.request.Request(self.balancer.url + target,
                                             headers={"Accept": accept, "Origin": ORIGIN})
            with self.subTest(target=target), urllib.request.urlopen(request, timeout=10) as answer:
                self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                data = next(line for line in answer if line.startswith(b"data:"))
                self.assertEqual(json.loads(data[5:])["servers"][0]["url"], self.backend)

    def test_what_is_not_there(self):
        for target in ("/stats/nothing", "/stats/metrics/", "/stats//", "/stats;x", "/stats/%63sv",
                       "/stats/../stats"):
            with self.subTest(target=target):
                answer = self.ask(target)
                self.assertEqual(answer.status, 404)
                self.assertEqual(answer.fields["cache-control"], "no-store")
        # It says where things are, and they are there.
        places = re.findall(r"^  (/\S+)", answer.text(), re.MULTILINE)
        self.assertIn("/stats/events", places)
        for place in places:
            # These have no end.
            if place == "/stats/events":
                continue
            with self.subTest(place=place):
                self.assertEqual(self.ask(place).status, 200)

    def test_what_does_not_fit(self):
        for target in ("/stats", "/stats/metrics"):
            for accept in ("application/pdf", "application/json;q=0, text/html;q=0",
                           "application/openmetrics-text;version=0.0.1"):
                with self.subTest(target=target, accept=accept):
                    answer = self.ask(target, accept=accept)
                    self.assertEqual(answer.status, 406)
                    self.assertEqual(answer.fields["vary"], "Accept")
                    self.assertIn("application/openmetrics-text", answer.text())
                    self.assertEqual(self.ask(target, "--head", accept=accept).status, 406)

    def test_nothing_can_be_changed(self):
        for target in ("/stats", "/stats/metrics", "/stats;csv", "/stats/nothing"):
            for arguments in (("--request", "POST"), ("--request", "DELETE"), ("--data", "x=y"),
                              ("--request", "PUT", "--data", "x" * 100_000)):
                with self.subTest(target=target, arguments=arguments[:2]):
                    answer = self.ask(target, *arguments)
                    self.assertEqual(answer.status, 405)
                    self.assertEqual(answer.fields["allow"], "GET, HEAD, OPTIONS")
                    self.assertTrue(answer.body)

    def test_preflight(self):
        answer = self.ask("/stats/metrics", "--request", "OPTIONS",
                          "--header", "Access-Control-Request-Method: GET",
                          "--header", "Access-Control-Request-Headers: x-anything")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertEqual(answer.fields["access-control-allow-methods"], "GET, HEAD, OPTIONS")
        self.assertEqual(answer.fields["access-control-allow-headers"], "x-anything")

    def test_what_never_changes_is_not_sent_again(self):
        for target in ("/stats/schema.json", "/stats/"):
            first = self.ask(target)
            etag = first.fields["etag"]
            self.assertRegex(etag, r'\A"[^"]+"\Z')
            for known, status in ((etag, 304), (f'"a", W/{etag}', 304), ("*", 304), ('"a"', 200)):
                with self.subTest(target=target, known=known):
                    answer = self.ask(target, "--header", f"If-None-Match: {known}")
                    self.assertEqual((answer.status, answer.fields["etag"]), (status, etag))
                    self.assertEqual(answer.body, first.body if status == 200 else b"")

    def test_unreasonable_wishes(self):
        for target in ("/stats/chart.png?width=1", "/stats/chart.png?width=9999999999999999999999",
                       "/stats/chart.svg?height=x", "/stats/chart.svg?theme=%",
                       "/stats/chart.svg?view=history&seconds=9",
                       "/stats/history?seconds=0", "/stats/history?seconds=-1"):
            with self.subTest(target=target):
                answer = self.ask(target)
                self.assertEqual(answer.status, 400)
                self.assertRegex(answer.text(), r"\A[^\n]{10,}\.\n\Z")
        # What nobody reads may be anything.
        self.assertEqual(self.ask("/stats?100%").status, 200)
        self.assertEqual(self.ask("/stats;csv?%zz").status, 200)


class TestStatsWithoutExpressLane(TestStats):
    arguments = ("--no-express-lane",)


if __name__ == "__main__":
    tap.main()
