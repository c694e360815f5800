# SPDX-License-Identifier: GPL-3.0-or-later
"""slowhttptest in its three slow modes: whoever it is is gone in time, and others are served."""

import time
import unittest

import tap
from lbload import MIB, SANITIZED, LoadCase, Steady, count_sockets, scaled
from lbtest import Process, tool, wait_until

CONNECTIONS = scaled(1000)
# More than libsoup may have at once, which makes answers that are not redirects.
READERS = scaled(1200)
# What the kernel may keep for each that does not read.
BYTES = 128 * 1024
SECONDS = 80

# What slowhttptest does, and by when the last has to be gone after the last has come.
MODES = {
    # A head that grows by a line a second has 10 s, which are looked at once a second.
    "headers": (["-H", "-i", "1"], "/", 15),
    # A body that comes at a snail's pace is not needed: the answer comes at once.
    "body": (["-B", "-i", "1", "-s", "1000000"], "/", 5),
    # An answer of 400 KB that is taken at 32 bytes a second is given up at the second look, 10 s each.
    "read": (["-X", "-n", "1", "-z", "32", "-w", "1", "-y", "512", "-m", "application/json"], "/stats",
             23),
}


class SlowClients(LoadCase):
    backends = 1000

    def attack(self, name):
        arguments, target, _ = MODES[name]
        number = self.count_attackers(name)
        return Process(self, [tool("slowhttptest"), *arguments, "-c", str(number), "-r", str(scaled(400)),
                              "-l", str(SECONDS), "-p", "2", "-v", "1", "-u", self.balancer.url + target])

    def count_attackers(self, *names):
        return sum(READERS if name == "read" else CONNECTIONS for name in names)

    def have_come(self, steady, number):
        """Returns whether so many have connected besides the other client and this question."""
        self.asked += 1
        figures = self.balancer.stats()
        self.assertIsNotNone(figures, "/stats is not to be had")
        return (figures["connections_total"] - len(steady.times) - self.asked
                >= self.before + number)

    def check(self, *names):
        self.before = self.balancer.stats()["connections_total"]
        self.asked = 0
        total = self.count_attackers(*names)
        steady = Steady(self, self.balancer)
        attackers = [self.attack(name) for name in names]
        most_sockets = most_bytes = most_memory = 0
        came = None

        def look():
            nonlocal most_sockets, most_bytes, most_memory, came
            number, unsent = count_sockets(self.balancer.port)
            most_sockets = max(most_sockets, number)
            most_bytes = max(most_bytes, unsent)
            most_memory = max(most_memory, self.get_growth())
            if came is None and self.have_come(steady, total):
                came = time.monotonic()
            time.sleep(0.2)
            # The other client has one, and so has each attacker, who looks whether we are down yet.
            return came is not None and number <= 2 + len(names)
        wait_until(look, SECONDS, "they have come and are gone")
        seconds = time.monotonic() - came
        for attacker in attackers:
            attacker.kill()

        self.say(f"{total} connections, {most_sockets} at once; the last was gone "
                 f"{seconds:.1f} s after it had come; the kernel kept up to {most_bytes / MIB:.1f} MiB, "
                 f"and the program {most_memory:.1f} MiB more than before; "
                 + self.check_steady(steady, 10 if SANITIZED else 5))
        self.assertLess(seconds, max(MODES[name][2] for name in names))
        self.assertLess(most_bytes, total * BYTES)
        if not SANITIZED:
            self.assertLess(most_memory, 100)
        self.check_descriptors()
        self.finish()


class TestExpressLane(SlowClients):
    @unittest.skipIf(SANITIZED, "they come together here")
    def test_slow_headers(self):
        self.check("headers")

    @unittest.skipIf(SANITIZED, "they come together here")
    def test_slow_bodies(self):
        self.check("body")

    @unittest.skipIf(SANITIZED, "they come together here")
    def test_slow_reads(self):
        self.check("read")

    @unittest.skipUnless(SANITIZED, "one after the other here")
    def test_all_of_them(self):
        self.check(*MODES)


class TestLibsoup(SlowClients):
    options = ("--no-express-lane",)

    def test_all_of_them(self):
        self.check(*MODES)


if __name__ == "__main__":
    tap.main()
