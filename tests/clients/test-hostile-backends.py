# SPDX-License-Identifier: GPL-3.0-or-later
"""Backends that keep a prober busy in every way there is: each alone, and 300 of them at once."""

import email.utils
import json
import mmap
import os
import signal
import socket
import struct
import time
import urllib.request

import tap
from lbhostile import HEALTHY, HOSTILE, HOSTILE_LIBC, KINDS, REDIRECTING, HostileBackends
from lbload import MIB, Steady
from lbtest import Balancer, ClientCase, wait_until

INTERVAL = 1
TIMEOUT = 1
# As late as a busy machine may make us.
SLACK = 1.5


class HostileCase(ClientCase):
    """With `hostile-libc.c` before the balancer's C library."""

    def setUp(self):
        super().setUp()
        path = self.folder / "hostile-libc"
        path.write_bytes(bytes(24))
        file = self.enterContext(open(path, "r+b"))
        self.shared = self.enterContext(mmap.mmap(file.fileno(), 24))
        self.environment.update(LD_PRELOAD=str(HOSTILE_LIBC), HOSTILE_LIBC=str(path))
        self.good = HostileBackends(self)
        self.bad = HostileBackends(self)

    def start(self, *more, **probe):
        self.write_config(probe={"interval_ms": 1000 * INTERVAL, "timeout_ms": 1000 * TIMEOUT, **probe},
                          backends=[*self.good.entries(), *self.bad.entries(), *more])
        self.balancer = Balancer(self)

    def wait_for_probes(self, number, seconds, urls=None):
        """Waits until each backend has been probed so often since now."""
        def count():
            return {url: backend["probes"] for url, backend in self.balancer.backends().items()}
        before = count()
        def look():
            now = count()
            return all(now[url] >= before[url] + number for url in (now if urls is None else urls))
        wait_until(look, seconds, f"{number} more probes of each")

    def check_good(self, seconds=None):
        """Each is up and always was, and has been probed in time."""
        for url, backend in self.balancer.backends().items():
            if url in self.good.kinds:
                self.assertEqual((url, backend["health"], backend["probes_failed"]), (url, "up", 0))
        if seconds is None:
            return
        for url, seen in self.good.report().items():
            self.assertLess(seen["gap"], seconds, url)

    def check_held(self, seen):
        """No probe was longer than its timeout, and there is no more than one, and one that ends."""
        for url, backend in seen.items():
            where = (backend["kind"], url)
            self.assertLess((where, backend["held"]), (where, TIMEOUT + SLACK))
            self.assertLessEqual((where, backend["open"]), (where, 2))

    def set_clock(self, seconds):
        self.shared[:8] = struct.pack("q", 1_000_000 * seconds)

    def set_pause(self, seconds):
        self.shared[16:] = struct.pack("q", int(1_000_000 * seconds))

    def forget_turns(self):
        self.shared[8:16] = bytes(8)

    def longest_turn(self):
        """Returns for how many seconds the main loop computed at most before it looked around again,
        whatever else the machine was doing."""
        return struct.unpack("q", self.shared[8:16])[0] / 1_000_000

    def finish(self):
        self.assertEqual(self.balancer.end(signal.SIGTERM), 0, self.balancer.complained())
        self.assertEqual(self.balancer.complained(), "")


class TestEach(HostileCase):
    def test_each_is_seen_for_what_it_is(self):
        for kind in HEALTHY:
            self.good.start(kind)
        elsewhere, = self.bad.start("elsewhere")
        for kind in {**REDIRECTING, **HOSTILE}:
            self.bad.start(kind)
        self.start(interval_ms=300)
        self.wait_for_probes(3, 20)

        for url, backend in self.balancer.backends().items():
            kind = self.bad.kinds.get(url) or self.good.kinds[url]
            self.assertRegex(f"{kind}: {backend['last_probe']['error']}",
                             rf"\A{kind}: ({KINDS[kind].error})\Z")
            self.assertEqual((kind, backend["health"]),
                             (kind, "up" if KINDS[kind].error is None else "down"))
        self.check_good()
        seen = self.bad.report()
        self.check_held(seen)
        self.assertEqual(seen[elsewhere]["n"], 0, "a redirect was followed")
        self.finish()


    def test_a_reset_before_the_handshake(self):
        """Once it is known to be connected, and before anything is said."""
        self.good.start("healthy-tls")
        resets, = self.bad.start("tls-resets")
        self.start(interval_ms=300)
        self.set_pause(0.02)
        self.wait_for_probes(5, 20)
        self.check_good()
        self.assertEqual(self.balancer.backends()[resets]["last_probe"]["error"], "reset")
        self.finish()


class Witness(Steady):
    """A client that sees to where it is sent."""

    def __init__(self, case, balancer, urls):
        self.urls = {url.encode() for url in urls}
        super().__init__(case, balancer)

    def is_right(self, answer, status):
        if not super().is_right(answer, status):
            return False
        _, _, location = answer.partition(b"\r\nLocation: ")
        return status != 307 or location.partition(b"/steady")[0] in self.urls


class TestAllAtOnce(HostileCase):
    NUMBER = 300

    def test_300_beside_20_that_are_well(self):
        for kind in HEALTHY:
            self.good.start(kind, 10)
        for i, kind in enumerate(HOSTILE):
            self.bad.start(kind, self.NUMBER // len(HOSTILE) + (i < self.NUMBER % len(HOSTILE)))
        self.assertEqual(len(self.bad.kinds), self.NUMBER)
        self.start()
        began = time.monotonic()
        self.balancer.wait_for_health("down", *self.bad.kinds, seconds=30)
        self.balancer.wait_for_health("up", *self.good.kinds, seconds=10)
        learned = time.monotonic() - began
        self.wait_for_probes(3, 10, self.good.kinds)

        for backends in (self.good, self.bad):
            backends.forget()
        self.forget_turns()
        descriptors, memory, cpu = [], [self.balancer.memory()], self.balancer.cpu_seconds()
        began = time.monotonic()
        witness = Witness(self, self.balancer, self.good.kinds)
        while time.monotonic() < began + 10:
            descriptors.append(self.balancer.count_descriptors())
            time.sleep(0.2)
        seconds = time.monotonic() - began
        cpu = (self.balancer.cpu_seconds() - cpu) / seconds
        memory.append(self.balancer.memory())
        times = witness.end()

        gaps = [seen["gap"] for seen in self.good.report().values()]
        print(f"# {self.NUMBER} known after {learned:.1f} s; then in {seconds:.0f} s a longest gap of "
              f"{max(gaps):.2f} s between probes of who is well, at most {max(descriptors)} "
              f"descriptors, memory {(memory[1] - memory[0]) / MIB:+.1f} MiB, {100 * cpu:.0f} % of a "
              f"core; a client: {len(times)} answers, median {1000 * times[len(times) // 2]:.1f} ms, "
              f"longest {1000 * times[-1]:.0f} ms; longest turn of the loop "
              f"{1000 * self.longest_turn():.0f} ms", flush=True)
        self.assertEqual(witness.failures, [])
        self.assertGreater(len(times), 20)
        self.assertLess(times[-1], 2)
        self.assertLess(self.longest_turn(), 0.1)
        self.check_good(1.1 * INTERVAL + TIMEOUT)
        self.check_held(self.bad.report())
        # Who hangs has two at most, while its connection ends and its name is not looked up.
        self.assertLess(max(descriptors), 2 * self.NUMBER)
        self.assertLess(memory[1] - memory[0], 8 * MIB)
        self.finish()


class TestHandshakes(HostileCase):
    """They are done in threads of which there are few."""

    def test_who_hangs_keeps_nobody_waiting(self):
        self.good.start("healthy-tls", 10)
        self.start()
        self.balancer.wait_for_health("up", *self.good.kinds)
        self.bad.start("tls-silent", 40)
        self.write_config(probe={"interval_ms": 1000, "timeout_ms": 1000 * TIMEOUT},
                          backends=[*self.good.entries(), *self.bad.entries()])
        wait_until(lambda: len(self.balancer.backends()) == 50, 5, "it knows of them")
        self.balancer.wait_for_health("down", *self.bad.kinds, seconds=20)
        self.good.forget()
        self.wait_for_probes(3, 10, self.good.kinds)
        self.check_good(1.1 * INTERVAL + TIMEOUT)
        for url, backend in self.balancer.backends().items():
            if url in self.good.kinds:
                self.assertLess(backend["response_times_ms"]["max"], 1000 * TIMEOUT / 2)
        self.check_held(self.bad.report())
        self.finish()


class TestNames(HostileCase):
    """With names that a name server would have to be asked for."""

    def test_a_silent_name_server_keeps_nobody_waiting(self):
        for i in range(10):
            self.good.start("healthy", 1, f"{i}.fine.test")
        self.good.start("healthy", 1, "slow.test")
        gone = "http://gone.test"
        silent = [f"http://{i}.silent.test" for i in range(60)]
        self.start(*({"url": url} for url in [gone, *silent]))
        self.balancer.wait_for_health("down", gone, *silent, seconds=15)
        self.balancer.wait_for_health("up", *self.good.kinds)
        for url in (gone, *silent):
            self.assertEqual(self.balancer.backends()[url]["last_probe"]["error"], "dns")
        self.wait_for_probes(3, 10)
        self.check_good(1.1 * INTERVAL + TIMEOUT)
        threads = len(os.listdir(f"/proc/{self.balancer.pid}/task"))
        self.assertLess(threads, 2 * len(silent) + 30)
        self.finish()

    def test_many_addresses_of_which_some_are_dead(self):
        """The first refuses, the second says nothing, the third is the backend."""
        url, = self.good.start("healthy", 1, "many.test")
        with socket.socket() as hole:
            hole.bind(("127.0.0.67", int(url.rpartition(":")[2])))
            hole.listen(0)
            full = [self.enterContext(socket.socket()) for _ in range(3)]
            for client in full:
                client.setblocking(False)
                client.connect_ex(hole.getsockname())
            self.start()
            self.balancer.wait_for_health("up", url)
            self.wait_for_probes(3, 10)
            self.check_good()
            descriptors = self.balancer.count_descriptors()
            self.wait_for_probes(2, 10)
            self.assertLessEqual(self.balancer.count_descriptors(), descriptors + 2)
        self.finish()


class TestClock(HostileCase):
    """The wall clock is set while it runs."""

    HOUR = 3600
    DECADE = 3653 * 24 * HOUR

    ahead = 0

    def set(self, seconds):
        self.ahead = seconds
        self.set_clock(seconds)

    def get(self, path):
        with urllib.request.urlopen(self.balancer.url + path, timeout=10) as answer:
            return json.load(answer), email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()

    def read(self, text):
        """Returns by how many seconds a time is off from now, as the clock is set."""
        then = time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        return then - (time.time() + self.ahead)

    def check(self, uptime):
        stats, date = self.get("/stats")
        self.assertLess(abs(date - time.time() - self.ahead), 3)
        self.assertLess(abs(self.read(stats["time"])), 3)
        self.assertLess(abs(stats["uptime_s"] - (time.monotonic() - uptime)), 2)
        for backend in stats["servers"]:
            self.assertEqual((backend["health"], backend["probes_failed"], backend["times_down"]),
                             ("up", 0, 0))
            self.assertLess(abs(self.read(backend["last_probe"]["time"])), 4)
            self.assertLess(backend["response_times_ms"]["max"], 1000 * TIMEOUT)
            # When it came up is as long ago as it is.
            since = -self.read(backend["health_since"])
            self.assertLess(since, stats["uptime_s"] + 3)
            self.assertGreater(since, -2)

    def check_history(self):
        """Second by second, with no gap, and up to now as the clock is set."""
        history, _ = self.get("/stats/history?seconds=60")
        start, end = self.read(history["start"]), self.read(history["end"])
        self.assertLess(abs(end), 3)
        self.assertLess(abs(end - start - history["seconds"]), 1)
        self.assertEqual(history["steps"], history["seconds"])
        up = history["totals"]["up"]
        self.assertEqual(up[up.index(3):], [3] * (len(up) - up.index(3)))

    def test_it_jumps(self):
        self.good.start("healthy", 3)
        self.start()
        began = time.monotonic()
        self.balancer.wait_for_health("up", *self.good.kinds)
        for ahead in (self.HOUR, -self.HOUR, self.DECADE, -self.DECADE, 0):
            self.set(ahead)
            self.wait_for_probes(1, 5)
            self.check(began)
            self.check_history()

        self.finish()


if __name__ == "__main__":
    tap.main()
