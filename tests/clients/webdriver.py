# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a headless Chromium, through ChromeDriver, as the WebDriver standard has it."""

import base64
import json
import os
import signal
import urllib.request

from lbtest import Process, wait_until

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-proxy-server", "--hide-scrollbars")


class Browser:
    """A browser with one page. It ends with the test case."""

    def __init__(self, case, *flags, width=1280, height=900):
        driver = Process(case, ["chromedriver", "--port=0"], env=case.environment,
                         start_new_session=True)
        # The browser is in the same group, which is ours alone.
        case.addCleanup(self.end, driver.pid)
        line = wait_until(lambda: next((line for line in driver.printed().splitlines()
                                        if "started successfully on port" in line), None),
                          30, "ChromeDriver listens")
        self.url = f"http://127.0.0.1:{line.rstrip('.').rpartition(' ')[2]}"
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        options = {
            "goog:chromeOptions": {"args": [*FLAGS, f"--window-size={width},{height}", *flags]},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        session = self.ask("POST", "/session", capabilities={"alwaysMatch": options})
        self.url += f"/session/{session['sessionId']}"

    @staticmethod
    def end(group):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def ask(self, method, path, **body):
        request = urllib.request.Request(f"{self.url}{path}", method=method,
                                         data=json.dumps(body).encode() if method == "POST" else None)
        with self.opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url):
        self.ask("POST", "/url", url=url)

    def run(self, script, *arguments):
        """Returns what the body of a function returns."""
        return self.ask("POST", "/execute/sync", script=script, args=list(arguments))

    def command(self, name, **parameters):
        """Does something that only Chromium's own protocol knows."""
        return self.ask("POST", "/goog/cdp/execute", cmd=name, params=parameters)

    def logged(self, kind):
        """Returns what was logged since the last call."""
        return self.ask("POST", "/se/log", type=kind)

    def requested(self):
        """Returns the URLs that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.logged("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def picture(self, file):
        """Saves what is seen as a PNG."""
        file.write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))
