# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of another origin, in a real browser, reads /stats and shows its pictures."""

import http.server
import json
import os
import signal
import threading
import unittest

import tap
from lbtest import Backend, Balancer, ClientCase, Process, wait_until

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Reader</title>
<script>
  async function read (options) {
    try {
      const answer = await fetch ("URL/stats", options);
      return { status: answer.status, stats: await answer.json () };
    } catch (error) {
      return { error: String (error) };
    }
  }
  async function show (place) {
    const image = new Image ();
    image.src = `URL${place}`;
    try {
      await image.decode ();
    } catch (error) {
      return String (error);
    }
    return [image.naturalWidth, image.naturalHeight];
  }
  (async () => {
    const report = {
      pictures: [await show ("/stats?width=300&height=200"), await show ("/stats/chart.svg"),
                 await show ("/stats/chart.png?width=300&height=200&scale=2")],
      simple: await read ({}),
      preflighted: await read ({ headers: { "X-Anything": "1" } }),
    };
    await fetch ("/report", { method: "POST", body: JSON.stringify (report) });
  }) ();
</script>
"""


class Site(http.server.ThreadingHTTPServer):
    """Serves the page, and keeps what the page reports."""

    def __init__(self, page):
        super().__init__(("127.0.0.1", 0), SiteHandler)
        self.page = page.encode()
        self.report = None


class SiteHandler(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(self.server.page if self.path == "/" else b"")

    def do_POST(self):
        self.server.report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(b"")

    def log_message(self, format, *arguments):
        pass


class TestBrowser(ClientCase):
    def browse(self, url):
        browser = Process(self, [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-proxy-server",
            f"--user-data-dir={self.folder / 'browser'}", "--remote-debugging-port=0", url,
        ], env=self.environment, start_new_session=True)
        # Its helpers are in the same group, which is ours alone; they go with it.
        self.addCleanup(os.killpg, browser.pid, signal.SIGKILL)
        return browser

    def test_a_page_reads_stats_and_shows_the_chart(self):
        backend = Backend(self, "one")
        balancer = Balancer(self, f"--backend={backend.url}")
        balancer.wait_for_health("up", backend.url)
        site = self.enterContext(Site(PAGE.replace("URL", balancer.url)))
        self.addCleanup(site.shutdown)
        threading.Thread(target=site.serve_forever, daemon=True).start()

        browser = self.browse(f"http://127.0.0.1:{site.server_port}/")

        def look():
            self.assertIsNone(browser.popen.poll(), browser.complained())
            return site.report
        report = wait_until(look, 60, "the page reported")
        for kind in ("simple", "preflighted"):
            with self.subTest(kind=kind):
                self.assertEqual(report[kind].get("status"), 200, report[kind])
                stats = report[kind]["stats"]
                self.assertEqual([server["url"] for server in stats["servers"]], [backend.url])
                self.assertGreater(stats["servers"][0]["response_time_ms"], 0)
        # Where an image belongs, /stats is one.
        self.assertEqual(report["pictures"], [[300, 200], [800, 400], [600, 400]])


if __name__ == "__main__":
    tap.main()
