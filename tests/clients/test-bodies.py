# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that send much: no answer is lost, and nothing is kept."""

import http.client
import json
import re
import socket
import time

import tap
from lbload import GIB, MIB, SANITIZED
from lbtest import Balancer, ClientCase

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
                           % GIB)
            client.settimeout(2)
            self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 (307|503) ")

    def send_large(self, client, before, after):
        """Sends 1 GiB as fast as it is taken; returns the most memory meanwhile."""
        chunk = before + bytes(MIB) + after
        most = 0
        for number in range(GIB // MIB):
            client.sendall(chunk)
            if number % 64 == 0:
                most = max(most, self.balancer.memory())
        return most

    def check_large(self, request, statuses):
        """Nobody keeps a large body, and who sends all of it before reading gets the answer."""
        for field, before, after, end in (
                (b"Content-Length: %d" % GIB, b"", b"", b""),
                (b"Transfer-Encoding: chunked", b"%x\r\n" % MIB, b"\r\n", b"0\r\n\r\n")):
            memory = self.balancer.memory()
            began = time.monotonic()
            with self.connect() as client:
                client.sendall(request + field + b"\r\n\r\n")
                growth = self.send_large(client, before, after) - memory
                client.sendall(end)
                client.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: client.recv(65536), b""))
            print(f"# {type(self).__name__}: {request.split()[0].decode()} with 1 GiB, "
                  f"{field.split(b':')[0].decode()}: {time.monotonic() - began:.1f} s, memory "
                  f"{growth / MIB:+.1f} MiB, {answer[9:12].decode()}", flush=True)
            self.assertIn(answer[9:12].decode(), statuses)
            if not SANITIZED:
                self.assertLess(growth, 6 * MIB)

    def test_a_large_body_costs_no_memory(self):
        # The only backend is down as soon as it has been probed.
        self.check_large(b"PUT /large HTTP/1.1\r\nHost: a\r\n", ("307", "503"))
        self.assertIsNotNone(self.balancer.stats())

    def test_a_large_body_for_stats_costs_no_memory(self):
        self.check_large(b"GET /stats HTTP/1.1\r\nHost: a\r\n", ("413",))
        self.check_large(b"POST /stats HTTP/1.1\r\nHost: a\r\n", ("405",))
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
