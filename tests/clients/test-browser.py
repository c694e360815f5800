# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of another origin, in a real browser, read /stats and its events, and show its pictures."""

import http.server
import json
import os
import signal
import threading

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

LISTENING_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Listener</title>
<script>
  const heard = { opened: 0, snapshots: [], changes: [] };
  const source = new EventSource ("URL/stats/events");
  function tell () {
    fetch ("/report", { method: "POST", body: JSON.stringify (heard) });
  }
  source.addEventListener ("open", () => { heard.opened++; tell (); });
  source.addEventListener ("snapshot", (event) => {
    heard.snapshots.push ({ id: event.lastEventId, stats: JSON.parse (event.data) });
    tell ();
  });
  source.addEventListener ("change", (event) => {
    heard.changes.push (JSON.parse (event.data));
    tell ();
  });
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

    def show(self, page, balancer):
        """Shows a page, and returns what asks it for a report that is as it should be."""
        site = self.enterContext(Site(page.replace("URL", balancer.url)))
        self.addCleanup(site.shutdown)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        browser = self.browse(f"http://127.0.0.1:{site.server_port}/")

        def get_report(is_it, seconds, what):
            def look():
                self.assertIsNone(browser.popen.poll(), browser.complained())
                return site.report if site.report and is_it(site.report) else None
            return wait_until(look, seconds, f"the page reported {what}")
        return get_report

    def test_a_page_reads_stats_and_shows_the_chart(self):
        backend = Backend(self, "one")
        balancer = Balancer(self, f"--backend={backend.url}")
        balancer.wait_for_health("up", backend.url)

        report = self.show(PAGE, balancer)(bool, 60, "what it read")
        for kind in ("simple", "preflighted"):
            with self.subTest(kind=kind):
                self.assertEqual(report[kind].get("status"), 200, report[kind])
                stats = report[kind]["stats"]
                self.assertEqual([server["url"] for server in stats["servers"]], [backend.url])
                self.assertGreater(stats["servers"][0]["response_time_ms"], 0)
        # Where an image belongs, /stats is one.
        self.assertEqual(report["pictures"], [[300, 200], [800, 400], [600, 400]])

    def test_a_page_listens_to_events(self):
        backend = Backend(self, "one")
        balancer = Balancer(self, f"--backend={backend.url}")
        balancer.wait_for_health("up", backend.url)

        get_report = self.show(LISTENING_PAGE, balancer)
        report = get_report(lambda report: report["snapshots"], 60, "a snapshot")
        server = report["snapshots"][0]["stats"]["servers"][0]
        self.assertEqual((server["url"], server["health"]), (backend.url, "up"))
        get_report(lambda report: len(report["snapshots"]) > 1, 10, "the next snapshot")

        backend.stop()
        report = get_report(lambda report: report["changes"], 10, "a change")
        self.assertEqual((report["changes"][0]["url"], report["changes"][0]["health"]),
                         (backend.url, "down"))

        # The balancer is started anew, and the browser comes back by itself.
        self.assertEqual(report["opened"], 1)
        balancer.kill()
        count = len(report["snapshots"])
        Balancer(self, f"--backend={backend.url}", port=balancer.port)
        report = get_report(lambda report: report["opened"] > 1 and
                            len(report["snapshots"]) > count + 1, 30, "more snapshots")
        self.assertEqual(report["snapshots"][-1]["stats"]["servers"][0]["url"], backend.url)


if __name__ == "__main__":
    tap.main()
