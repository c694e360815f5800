# SPDX-License-Identifier: GPL-3.0-or-later
"""10,000 clients that stay, and 100,000 that do not: when they are gone nothing is left of them."""

import itertools
import resource
import socket
import time

import tap
from lbload import MIB, SANITIZED, LoadCase, Steady, reset, scaled
from lbtest import wait_until

IDLE = scaled(10_000)
SHORT = scaled(100_000)
TOGETHER = 200
REQUEST = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

# Each of these addresses has ports of its own: one alone would run out of them.
SOURCES = [f"127.0.1.{number}" for number in range(1, 41)]


class ManyClients(LoadCase):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.room = hard - 200
        super().setUp()
        self.sources = itertools.cycle(SOURCES)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.balancer.port), timeout=30,
                                        source_address=(next(self.sources), 0))

    def receive(self, client):
        self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 307 ")


class TestIdle(ManyClients):
    """Half of them have asked once, and half say nothing ever."""

    def open(self, number):
        clients = []
        while len(clients) < number:
            some = [self.connect() for _ in range(min(TOGETHER, number - len(clients)))]
            for i, client in enumerate(some):
                if i % 2 == 0:
                    client.sendall(REQUEST % i)
            for client in some[::2]:
                self.receive(client)
            clients += some
        return clients

    def test_many_that_stay(self):
        number = min(IDLE, self.room)
        grown = []
        for leave in ("closed", "reset", *([] if SANITIZED else ["closed by us"])):
            steady = Steady(self, self.balancer)
            began = time.monotonic()
            clients = self.open(number)
            opened = time.monotonic() - began
            descriptors = self.balancer.count_descriptors()
            growth = self.get_growth()
            cpu, now = self.balancer.cpu_seconds(), time.monotonic()
            wait_until(lambda: len(steady.times) >= 100, 60, "the other client is served")
            cpu = (self.balancer.cpu_seconds() - cpu) / (time.monotonic() - now)
            self.assertGreaterEqual(descriptors, self.descriptors + number)

            if leave == "closed by us":
                wait_until(lambda: self.balancer.count_descriptors() <= self.descriptors + 5, 40,
                           "deadlines end them")
            for client in clients:
                if leave == "reset":
                    reset(client)
                else:
                    client.close()
            others = self.check_steady(steady, 10 if SANITIZED else 5)
            self.wait_until_gone(20)
            self.check_descriptors()
            grown.append(self.get_growth())
            self.say(f"{number} in {opened:.1f} s, {growth * MIB / number:.0f} bytes for each; {leave}: "
                     f"{self.balancer.count_descriptors()} descriptors as before, memory "
                     f"{grown[-1]:+.1f} MiB; {100 * cpu:.0f} % of a core; {others}")
        if not SANITIZED:
            self.assertLess(growth * MIB, 1024 * number)
            self.assertLess(grown[-1], 4)
            self.assertLess(grown[-1] - grown[0], 1)
        self.finish()


class TestShort(ManyClients):
    """Most ask and close, some are closed, are reset, or say nothing at all."""

    def say_and_leave(self, number):
        clients = [self.connect() for _ in range(number)]
        for i, client in enumerate(clients):
            if i % 10 != 9:
                client.sendall((LAST if i % 10 == 8 else REQUEST) % i)
        for i, client in enumerate(clients):
            if i % 10 not in (7, 9):
                self.receive(client)
            if i % 10 == 7:
                reset(client)
            else:
                client.close()

    def test_many_that_leave(self):
        steady = Steady(self, self.balancer)
        grown = []
        began = time.monotonic()
        for _ in range(4):
            for _ in range(0, SHORT // 4, TOGETHER):
                self.say_and_leave(TOGETHER)
            grown.append(self.get_growth())
        seconds = time.monotonic() - began
        others = self.check_steady(steady, 10 if SANITIZED else 5)
        wait_until(lambda: self.balancer.stats()["connections_total"] >= SHORT, 10,
                   "each of them is counted")
        self.wait_until_gone(20)
        self.check_descriptors()
        self.say(f"{SHORT} in {seconds:.1f} s; {self.balancer.count_descriptors()} descriptors as "
                 f"before, memory after each quarter "
                 f"{', '.join(f'{growth:+.1f}' for growth in grown)} MiB; {others}")
        if not SANITIZED:
            self.assertLess(grown[-1], 4)
            self.assertLess(grown[-1] - grown[0], 0.5)
        self.finish()


if __name__ == "__main__":
    tap.main()
