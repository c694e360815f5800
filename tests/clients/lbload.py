# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests with many or hostile clients share: another client that goes on asking, and what there is
left of everybody when they are gone.

LB_SCALE in the environment multiplies how many clients there are; 10 for a thorough run, with
`meson test --timeout-multiplier=10`.
"""

import os
import signal
import socket
import struct
import sys
import threading
import time

from lbtest import Backend, Balancer, ClientCase, wait_until

MIB = 1024 * 1024
GIB = 1024 * MIB
# The sanitizers keep freed memory for a while, and make everything a few times slower.
SANITIZED = "ASAN_OPTIONS" in os.environ
SCALE = float(os.environ.get("LB_SCALE", "1")) * (0.2 if SANITIZED else 1)

# The states of /proc/net/tcp in which a socket is no connection (any more).
TIME_WAIT, CLOSE, LISTEN = 6, 7, 10


def scaled(number):
    return max(1, int(number * SCALE))


def reset(client):
    """Closes so that the other side gets a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def count_sockets(port):
    """Returns how many connections the kernel has at this port of 127.0.0.1, closed by the program or
    not, and how many bytes it keeps in them for clients that have not taken them."""
    number = unsent = 0
    place = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), sys.byteorder):08X}:{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as lines:
        next(lines)
        for line in lines:
            fields = line.split()
            if fields[1] == place and int(fields[3], 16) not in (TIME_WAIT, CLOSE, LISTEN):
                number += 1
                unsent += int(fields[4].partition(":")[0], 16)
    return number, unsent


class Steady(threading.Thread):
    """A client that asks at a steady rate, each time on a new connection, and every tenth time for
    /stats. Whatever is no right answer counts as a failure."""

    INTERVAL = 0.02

    def __init__(self, case, balancer):
        super().__init__(daemon=True)
        self.port = balancer.port
        self.over = threading.Event()
        self.times = []
        self.failures = []
        case.addCleanup(self.over.set)
        self.start()

    def ask(self, target, status):
        began = time.monotonic()
        answer = b""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
                client.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target)
                while data := client.recv(MIB):
                    answer += data
            if not self.is_right(answer, status):
                self.failures.append(f"{target}: {answer[:60]}")
        except OSError as error:
            self.failures.append(f"{target}: {error}")
        self.times.append(time.monotonic() - began)

    def is_right(self, answer, status):
        return answer.startswith(b"HTTP/1.1 %d " % status)

    def run(self):
        number = 0
        due = time.monotonic()
        while not self.over.is_set():
            if number % 10 == 9:
                self.ask(b"/stats", 200)
            else:
                self.ask(b"/steady", 307)
            number += 1
            due = max(due + self.INTERVAL, time.monotonic())
            self.over.wait(due - time.monotonic())

    def end(self):
        """Returns the times in seconds, the shortest first."""
        self.over.set()
        self.join()
        return sorted(self.times)


class LoadCase(ClientCase):
    """A test case with a balancer that has one backend, and as many more as its /stats is to be long."""

    backends = 0
    options = ()

    def setUp(self):
        super().setUp()
        self.backend = Backend(self, "one")
        self.write_config(backends=[{"url": self.backend.url},
                                    *({"url": f"http://127.0.0.1:9/{number}/{'x' * 200}",
                                       "state": "maint"} for number in range(self.backends))])
        self.balancer = Balancer(self, *self.options)
        self.balancer.wait_for_health("up", self.backend.url)
        # What is made when it is needed first is there before anything is counted.
        steady = Steady(self, self.balancer)
        wait_until(lambda: len(steady.times) >= 20, 20, "there are answers")
        steady.end()
        self.wait_until_gone(10)
        self.descriptors = self.balancer.count_descriptors()
        self.memory = self.balancer.memory()

    def say(self, text):
        lane = " without the express lane" if self.options else ""
        print(f"# {'sanitized, ' if SANITIZED else ''}{self._testMethodName}{lane}: {text}", flush=True)

    def wait_until_gone(self, seconds, besides=0):
        """Waits until the kernel knows of no connection besides so many."""
        wait_until(lambda: count_sockets(self.balancer.port)[0] <= besides, seconds,
                   "all connections are gone")

    def check_descriptors(self, seconds=5):
        wait_until(lambda: self.balancer.count_descriptors() <= self.descriptors, seconds,
                   f"as few descriptors as before ({self.descriptors})")

    def get_growth(self):
        """Returns by how many MiB its memory has grown."""
        return (self.balancer.memory() - self.memory) / MIB

    def check_steady(self, steady, most):
        """The other client never failed and never waited for longer; returns what it met with."""
        times = steady.end()
        self.assertEqual(steady.failures, [], f"{len(steady.failures)} of {len(times)} failed")
        self.assertLess(times[-1], most)
        def at(share):
            return 1000 * times[int(share * (len(times) - 1))]
        return (f"another client: {len(times)} answers, median {at(0.5):.1f} ms, "
                f"99 % {at(0.99):.1f} ms, longest {at(1):.1f} ms")

    def finish(self):
        """It ends well, and complains of nothing; a sanitizer says only then what it has found."""
        self.assertEqual(self.balancer.end(signal.SIGTERM, 60), 0, self.balancer.complained())
        self.assertEqual(self.balancer.complained(), "")
