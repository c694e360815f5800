# SPDX-License-Identifier: GPL-3.0-or-later
"""What the application writes into its log of clients and backends that do wrong."""

import re
import socket
import time

import tap
from lbtest import Balancer, ClientCase, wait_until


class TestLog(ClientCase):
    """With everything shown on standard error that the journal would get."""

    def setUp(self):
        super().setUp()
        self.environment["G_MESSAGES_DEBUG"] = "lb-refusal lb-prober"
        self.balancer = Balancer(self)

    def lines(self, pattern):
        return [line for line in self.balancer.complained().splitlines() if re.search(pattern, line)]

    def ask(self, request):
        with socket.create_connection(("127.0.0.1", self.balancer.port), timeout=10) as client:
            client.sendall(request)
            return client.recv(65536)

    def test_refusals_are_quoted_and_escaped(self):
        self.assertRegex(self.ask(b"GET /\x1b[31m\xff\\\" HTTP/1.1\r\nHost: a\r\n\r\n"), rb"\AHTTP/1.1 400")
        lines = wait_until(lambda: self.lines("was refused with 400"), 10, "the refusal is logged")
        self.assertIn(r'"GET /\x1b[31m\xff\x5c\x22 HTTP/1.1"', lines[0])
        self.assertRegex(lines[0], r"127\.0\.0\.1:\d+ was refused")
        self.assertNotIn("\x1b", lines[0])

    def test_an_empty_line_hides_nothing(self):
        self.assertRegex(self.ask(b"\r\nGET /hidden HTTP/1.1\r\n\r\n"), rb"\AHTTP/1.1 400")
        lines = wait_until(lambda: self.lines("was refused with 400"), 10, "the refusal is logged")
        self.assertIn('"GET /hidden HTTP/1.1"', lines[0])

    def test_a_flood_is_one_line_a_second(self):
        begin = time.monotonic()
        for _ in range(500):
            self.ask(b"\0\r\n\r\n")
        seconds = time.monotonic() - begin
        self.assertLessEqual(len(self.lines("was refused")), seconds + 1)

        # Who came in between is told of with the next one.
        def tell():
            self.ask(b"\0\r\n\r\n")
            return self.lines(r"was refused .*\(and \d+ more like this\)")
        wait_until(tell, 10, "the others are told of")

    def test_health_is_told(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.write_config(backends=[{"url": url}])
        wait_until(lambda: self.lines(re.escape(url) + " is down: refused"), 20, "it is told that it is down")


if __name__ == "__main__":
    tap.main()
