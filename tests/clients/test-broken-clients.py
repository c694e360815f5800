# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that close, half or whole, or reset, at every point of a request and of an answer."""

import select
import socket
import time

import tap
from lbload import SANITIZED, LoadCase, Steady, reset, scaled

ENDINGS = ("half-closed", "closed", "reset")
ROUNDS = scaled(3)

REQUESTS = {
    "redirect": b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "body": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nnine of 9",
    "chunked": b"PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "preflight": b"OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n"
                 b"Access-Control-Request-Method: PUT\r\n\r\n",
    "/stats": b"GET /stats HTTP/1.1\r\nHost: a\r\n\r\n",
    "/stats with a body": b"GET /stats HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
    "events": b"GET /stats/events HTTP/1.1\r\nHost: a\r\n\r\n",
}

# After so many bytes of an answer it ends: none, the first, in the middle, and more than there may be.
AMOUNTS = (0, 1, 300, 20_000, 200_000)
PIPELINE = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 100) * 100


class BrokenClients:
    """The cases, for either lane."""

    # /stats takes a worker's time then, and is longer than what the kernel keeps.
    backends = 1000

    def connect(self, buffer=None):
        client = socket.socket()
        if buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(20)
        client.connect(("127.0.0.1", self.balancer.port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def end(self, client, ending):
        if ending == "closed":
            client.close()
        elif ending == "reset":
            reset(client)
        else:
            try:
                client.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            self.half_closed.append(client)

    def receive(self, client):
        """Returns what comes up to the end."""
        received = bytearray()
        try:
            while data := client.recv(1024 * 1024):
                received += data
        except ConnectionResetError:
            pass
        client.close()
        return received

    def check_half_closed(self):
        """We close, too, whatever it was."""
        for client in self.half_closed:
            self.receive(client)
        self.half_closed = []

    def cut_requests(self):
        """Returns how many clients that were."""
        number = 0
        for request in REQUESTS.values():
            for length in range(len(request) + 1):
                for ending in ENDINGS:
                    client = self.connect()
                    client.sendall(request[:length])
                    # Half of them let us look at it first.
                    if number % 2 == 1:
                        select.select([client], [], [], 0.001)
                    self.end(client, ending)
                    number += 1
            self.check_half_closed()
        return number

    def take(self, client, amount):
        """Takes so much of an answer, or what there is of it."""
        client.settimeout(0.1)
        try:
            while amount > 0 and (data := client.recv(amount)):
                amount -= len(data)
        except (TimeoutError, ConnectionError):
            pass
        client.settimeout(20)

    def cut_answers(self):
        number = 0
        for request in ("redirect", "body", "/stats", "events", "pipeline"):
            for buffer in (2048, None):
                for amount in AMOUNTS:
                    for ending in ENDINGS:
                        client = self.connect(buffer)
                        if request == "pipeline":
                            self.fill(client)
                        else:
                            client.sendall(REQUESTS[request])
                        self.take(client, amount)
                        self.end(client, ending)
                        number += 1
            self.check_half_closed()
        return number

    def fill(self, client):
        """Asks for so much that not all answers can be taken."""
        client.settimeout(0.05)
        try:
            for _ in range(50):
                client.sendall(PIPELINE)
        except (TimeoutError, ConnectionError):
            pass
        client.settimeout(20)

    def test_at_every_point(self):
        self.half_closed = []
        steady = Steady(self, self.balancer)
        grown = []
        number = 0
        began = time.monotonic()
        for _ in range(ROUNDS):
            number += self.cut_requests() + self.cut_answers()
            grown.append(self.get_growth())
        seconds = time.monotonic() - began
        others = self.check_steady(steady, 10 if SANITIZED else 5)
        self.check_descriptors(15)
        self.wait_until_gone(35)
        self.say(f"{number} clients in {seconds:.1f} s; {self.balancer.count_descriptors()} descriptors "
                 f"as before, memory after each round "
                 f"{', '.join(f'{growth:+.1f}' for growth in grown)} MiB; {others}")
        if not SANITIZED:
            self.assertLess(grown[-1] - grown[0], 4)
        self.finish()

    def test_who_half_closes_gets_the_whole_answer(self):
        for ended, request in ((b"\r\n\r\n", REQUESTS["redirect"]), (b"}\n", REQUESTS["/stats"])):
            for _ in range(20):
                client = self.connect(4096)
                client.sendall(request)
                client.shutdown(socket.SHUT_WR)
                answer = self.receive(client)
                head, _, body = answer.partition(b"\r\n\r\n")
                self.assertRegex(head, rb"\AHTTP/1\.1 (307|200) ")
                self.assertIn(b"Content-Length: %d\r\n" % len(body), head + b"\r\n")
        self.finish()


class TestExpressLane(BrokenClients, LoadCase):
    pass


class TestLibsoup(BrokenClients, LoadCase):
    options = ("--no-express-lane",)


if __name__ == "__main__":
    tap.main()
