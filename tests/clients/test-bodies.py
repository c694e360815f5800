# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that send much: no answer is lost, and nothing is kept."""

import http.client
import json
import re
import socket
import time

import tap
from lbtest import Balancer, ClientCase

MIB = 1024 * 1024
BACKEND = "http://127.0.0.1:9"


class Bodies:
    """The cases, for either lane."""
    options = ()

    def setUp(self):
        super().setUp()
        self.balancer = Balancer(self, f"--backend={BACKEND}", *self.options)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.balancer.port), timeout=20)

    def test_a_client_that_reads_last_gets_its_answer(self):
        """20 MB, 25 times; the answer is there long before all is sent."""
        body = bytes(20 * MIB)
        for number in range(25):
            client = http.client.HTTPConnection("127.0.0.1", self.balancer.port, timeout=20)
            client.request("POST", f"/{number}", body=body)
            # The only backend is down as soon as it has been probed.
            self.assertIn(client.getresponse().status, (307, 503))
            client.close()

    def test_a_large_body_is_not_waited_for(self):
        with self.connect() as client:
            client.sendall(b"PUT /large HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\nbegin"
                           % (1024 * MIB))
            client.settimeout(2)
            self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 (307|503) ")

    def send_large(self, client):
        """Sends 1 GiB, or as much as is taken in 25 s; returns the most memory meanwhile."""
        chunk = bytes(MIB)
        most = 0
        end = time.monotonic() + 25
        for number in range(1024):
            try:
                client.sendall(chunk)
            except ConnectionError:
                break
            if number % 64 == 0:
                most = max(most, self.balancer.memory())
                if time.monotonic() > end:
                    break
        return most

    def test_a_large_body_costs_no_memory(self):
        before = self.balancer.memory()
        with self.connect() as client:
            client.sendall(b"PUT /large HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
                           % (1024 * MIB))
            self.assertLess(self.send_large(client) - before, 6 * MIB)
        self.assertIsNotNone(self.balancer.stats())

    def test_stats_are_whole_whatever_follows(self):
        requests = (b"GET /stats HTTP/1.1\r\nHost: a\r\n\r\n"
                    + b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 180) * 500)
        self.assertGreater(len(requests), 100_000)
        for _ in range(20):
            with self.connect() as client:
                client.sendall(requests)
                time.sleep(0.02)
                answer = b"".join(iter(lambda: client.recv(65536), b""))
            head, _, body = answer.partition(b"\r\n\r\n")
            self.assertRegex(head, rb"\AHTTP/1\.1 200 ")
            length = int(re.search(rb"(?i)\r\nContent-Length: (\d+)", head).group(1))
            self.assertEqual(len(body), length)
            self.assertEqual(json.loads(body)["servers"][0]["url"], BACKEND)


class TestExpressLane(Bodies, ClientCase):
    pass


class TestLibsoup(Bodies, ClientCase):
    options = ("--no-express-lane",)


if __name__ == "__main__":
    tap.main()
