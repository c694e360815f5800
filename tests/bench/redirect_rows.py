# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of bench-redirects.py that are about ours alone: idle clients, probes, the window, starting,
and /stats, each beside the same without it, in turns."""

import contextlib
import json
import os
import signal
import socket
import statistics
import time
import urllib.request

import contenders
import loopback
from loopback import duration, median_load

CONNECTIONS = 64
REFRESH_S = 3
STATS_PER_SECOND = 100


def stats(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=10) as answer:
        return json.load(answer)


def wait_for_probes(port):
    """Waits until every backend is known to be up."""
    loopback.wait_until(
        lambda: all(server["health"] == "up" for server in stats(port)["servers"]),
        60, "every backend is up", 0.25)


# Idle clients

def measure_idle(place, backends, plan, verdict, heading, say):
    steps = (0, 5000, 10000)
    loads = {count: [] for count in steps}
    bytes_each = {count: [] for count in steps[1:]}
    for i in range(plan.rounds):
        say(f"round {i + 1} of {plan.rounds}: idle clients")
        ours = contenders.Ours(place, backends.urls(3))
        with ours.start() as process, loopback.IdleConnections(process.port) as idle:
            pids = process.pids()
            loopback.wrk(process.port, 1000, 1, pids=pids)
            rest_kib = process.memory()[0]
            for count in steps:
                idle.ask_all()
                idle.grow(count)
                if count > 0:
                    bytes_each[count].append((process.memory()[0] - rest_kib) * 1024 / count)
                loads[count].append(loopback.wrk(process.port, CONNECTIONS, plan.seconds,
                                                 pids=pids))
                left = idle.count_open()
                if left != count:
                    raise loopback.Failure(f"only {left} of {count} idle clients stayed")

    heading(f"Idle clients, {CONNECTIONS} busy connections")
    rest = median_load(loads[0])
    print(f"{'idle':>8}{'CPU/redirect':>15}{'to none':>9}{'p99':>10}{'RSS for each':>15}")
    for count in steps:
        load = median_load(loads[count])
        each = f"{statistics.median(bytes_each[count]):.0f} B" if count else ""
        print(f"{count:8}{load.cpu_us:12.2f} µs{load.cpu_us / rest.cpu_us:9.2f}"
              f"{duration(load.p99):>10}{each:>15}")

    load = median_load(loads[10000])
    verdict.at_most("CPU per redirect with 10,000 idle clients, to without",
                    load.cpu_us / rest.cpu_us, 1.15,
                    f"{load.cpu_us:.2f} µs to {rest.cpu_us:.2f} µs")
    verdict.at_most("resident memory for each idle client",
                    statistics.median(bytes_each[10000]), 1023, "10,000 of them", " B")


# Probes

def measure_probes(place, backends, plan, verdict, heading, say):
    """The CPU of the probes is measured without traffic, and taken off by their number."""
    counts = (3, 1000) if plan.quick else (3, 10, 1000, 10000)
    seconds = 2
    figures = {count: [] for count in counts}
    for i in range(plan.rounds):
        for count in counts if i % 2 == 0 else counts[::-1]:
            say(f"round {i + 1} of {plan.rounds}: {count} backends")
            with contenders.Ours(place, backends.urls(count)).start() as process:
                pids = process.pids()
                wait_for_probes(process.port)
                cpu, probes, start = process.cpu(), backends.probes(), time.monotonic()
                time.sleep(seconds)
                idle_s = time.monotonic() - start
                cpu, probes = process.cpu() - cpu, backends.probes() - probes
                under, start = backends.probes(), time.monotonic()
                load = loopback.wrk(process.port, CONNECTIONS, seconds, pids=pids)
                busy_s = time.monotonic() - start
                under = backends.probes() - under
                off_us = cpu / probes * under / load.requests * 1e6
                figures[count].append((load.cpu_us, load.cpu_us - off_us, cpu / probes * 1e6,
                                       probes / idle_s, under / busy_s, load.p99))

    heading(f"Backends that are probed, {CONNECTIONS} connections")
    print(f"{'backends':>8}{'CPU/redirect':>15}{'less probes':>14}{'to 3':>7}{'CPU/probe':>12}"
          f"{'probes/s: idle':>16}{'busy':>7}{'p99':>10}")
    medians = {count: [statistics.median(column) for column in zip(*figures[count])]
               for count in counts}
    for count, (all_us, net_us, probe_us, idle, busy, p99) in medians.items():
        print(f"{count:8}{all_us:12.2f} µs{net_us:11.2f} µs{net_us / medians[3][1]:7.2f}"
              f"{probe_us:9.0f} µs{idle:16.0f}{busy:7.0f}{duration(p99):>10}")
        if busy < 0.8 * idle:
            print(f"{'':8}Traffic held probes back.")

    net, rest = medians[1000][1], medians[3][1]
    verdict.at_most("CPU per redirect with 1000 probed backends, to 3, less the probes'",
                    net / rest, 1.2, f"{net:.2f} µs to {rest:.2f} µs")


# The window

class Desktop:
    """A display and a session bus of their own."""

    def __init__(self, place):
        self.place = place
        self.environment = {}
        self.processes = contextlib.ExitStack()

    def __enter__(self):
        try:
            display = self._start(["Xvfb", "-displayfd", "{}", "-screen", "0", "1280x900x24",
                                   "-nolisten", "tcp", "-noreset"])
            bus = self._start(["dbus-daemon", "--session", "--nofork", "--print-address={}"])
        except BaseException:
            self.processes.close()
            raise
        self.environment = {**self.place.home, "DISPLAY": f":{display}",
                            "DBUS_SESSION_BUS_ADDRESS": bus, "GDK_BACKEND": "x11",
                            "GSK_RENDERER": "cairo", "GTK_A11Y": "none", "WAYLAND_DISPLAY": ""}
        return self

    def _start(self, command):
        """Starts what says in one line on a descriptor where it is, and returns that."""
        read, write = os.pipe()
        with open(read, encoding="utf-8") as answer:
            process = loopback.Process([word.format(write) for word in command],
                                       loopback.LOAD_CPU, self.place.new_name(".log"),
                                       self.place.home, pass_fds=[write])
            self.processes.enter_context(process)
            os.close(write)
            line = answer.readline().strip()
        if not line:
            process.popen.wait(timeout=5)
            process.check()
        return line

    def __exit__(self, *_):
        self.processes.close()


class Witnessed:
    """What tests/bench/bench-witness.c saw in a process."""

    def __init__(self, place):
        self.path = place.new_name(".witness")
        self.environment = {"LD_PRELOAD": str(place.build / "tests" / "bench" / "bench-witness.so"),
                            "LB_BENCH_WITNESS": str(self.path)}

    def events(self, what, since_us=0):
        with contextlib.suppress(FileNotFoundError):
            lines = [line.split() for line in self.path.read_text("ascii").splitlines()]
            return [[int(number) for number in line[1:]] for line in lines
                    if line[0] == what and int(line[1]) >= since_us]
        return []

    def wait_for_frame(self, process):
        def look():
            process.check()
            return self.events("frame")
        return loopback.wait_until(look, 20, "a frame is painted")[0][0]


class OursWithWindow(contenders.Ours):
    headless = False


def now_us():
    return time.monotonic_ns() // 1000


class Window:
    """Ours with its window open and visible, and the witness in it."""

    def __init__(self, place, desktop, backends):
        self.witnessed = Witnessed(place)
        self.process = OursWithWindow(place, backends).start(
            environment={**desktop.environment, **self.witnessed.environment})
        self.port = self.process.port

    def __enter__(self):
        self.witnessed.wait_for_frame(self.process)
        return self

    def __exit__(self, *_):
        self.process.__exit__()

    def load(self, connections, seconds, **options):
        """Returns the load, and what the witness saw meanwhile."""
        start_us = now_us()
        sleeps = loopback.count_sleeps(self.process.pid)
        load = loopback.wrk(self.port, connections, seconds, pids=self.process.pids(), **options)
        sleeps = loopback.count_sleeps(self.process.pid) - sleeps
        return load, Seen(self.witnessed, start_us, now_us(), sleeps)


class Seen:
    """What the loop got to do in a span of time."""

    def __init__(self, witnessed, start_us, end_us, sleeps):
        refreshes = [time_us for time_us, in witnessed.events("refresh", start_us)
                     if time_us <= end_us]
        frames = [time_us for time_us, in witnessed.events("frame", start_us)]
        idles = [event for event in witnessed.events("idle", start_us) if event[0] <= end_us]
        # From the start, and from one to the next, and to the end.
        times = [start_us, *refreshes, end_us]
        self.refreshes = len(refreshes)
        self.expected = int((end_us - start_us) / 1e6 / REFRESH_S)
        self.longest_s = max(b - a for a, b in zip(times, times[1:])) / 1e6
        self.painted = sum(any(0 <= frame - time_us < 1e6 for frame in frames)
                           for time_us in refreshes)
        self.idles = len(idles)
        self.idle_wait_us = max((wait for _, wait in idles), default=0)
        self.seconds = (end_us - start_us) / 1e6
        self.sleeps = sleeps / self.seconds

    @property
    def every_refresh(self):
        return (self.refreshes >= self.expected and self.longest_s < REFRESH_S + 1 and
                self.painted == self.refreshes)

    @property
    def idle_ran(self):
        """Asked for every 100 ms."""
        return self.idles >= 0.5 * self.seconds / 0.1

    def __str__(self):
        return (f"{self.refreshes} refreshes in {self.seconds:.1f} s, {self.painted} painted, at "
                f"most {self.longest_s:.2f} s apart; {self.idles} idle sources, the slowest after "
                f"{duration(self.idle_wait_us)}; the loop slept {self.sleeps:.0f} times a second")


def measure_window(place, backends, plan, verdict, heading, say):
    levels = (256,) if plan.quick else (64, 256)
    seconds = 4
    loads = {(level, window): [] for level in levels for window in (False, True)}
    seen = []
    with Desktop(place) as desktop:
        for i in range(plan.rounds):
            say(f"round {i + 1} of {plan.rounds}: the window")
            with Window(place, desktop, backends.urls(3)) as window, \
                    contenders.Ours(place, backends.urls(3)).start() as headless:
                for level in levels:
                    load, sight = window.load(level, seconds)
                    loads[level, True].append(load)
                    seen.append((f"{level} connections", load, sight))
                    loads[level, False].append(loopback.wrk(headless.port, level, seconds,
                                                            pids=headless.pids()))
        say("the window in a flood of requests")
        with Window(place, desktop, backends.urls(3)) as window:
            load, sight = window.load(CONNECTIONS, 7, pipeline=16, flood=True)
            seen.append((f"{CONNECTIONS} connections, 16 pipelined, a flood", load, sight))
        with Window(place, desktop, backends.urls(1000)) as window:
            wait_for_probes(window.port)
            load, with_1000 = window.load(CONNECTIONS, 7, pipeline=16, flood=True)
            seen.append(("the same with 1000 backends", load, with_1000))

    heading("The window open and visible (Xvfb, Cairo), its chart refreshing")
    print(f"{'connections':>11}{'':10}{'CPU/redirect':>15}{'p50':>10}{'p99':>10}{'p99.9':>10}")
    for (level, window), rounds in loads.items():
        load = median_load(rounds)
        print(f"{level:11}{'  window' if window else '  headless':10}{load.cpu_us:12.2f} µs"
              f"{duration(load.p50):>10}{duration(load.p99):>10}{duration(load.p999):>10}")
    print("\nSeen from inside by tests/bench/bench-witness.c, preloaded:")
    for what, load, sight in seen:
        print(f"  {what}, {load.busy:.0%} of a CPU: {sight}")

    for level in levels:
        mine = median_load(loads[level, True]).p99
        headless = median_load(loads[level, False]).p99
        verdict.at_most(f"p99 at {level} connections with the window open, to headless",
                        mine / headless, 1.3, f"{duration(mine)} to {duration(headless)}")
    verdict.add(all(sight.every_refresh for _, _, sight in seen),
                "the chart gets every refresh while wrk sends all it can",
                "; ".join(f"{sight.refreshes} of {sight.expected}" for _, _, sight in seen))
    verdict.add(with_1000.every_refresh and with_1000.idle_ran,
                "with 1000 probed backends idle sources run and the chart refreshes",
                str(with_1000))


# Starting

def first_redirect_ms(contender):
    port = loopback.free_port()
    process = contender.start(port, wait=False)
    with process:
        loopback.wait_until(lambda: loopback.get(port, "/"), 10, "the first redirect", 0.0002)
        return (now_us() - process.started_us) / 1000


def first_frame_ms(place, desktop, command):
    witnessed = Witnessed(place)
    process = loopback.Process([str(word) for word in command], loopback.SERVER_CPU,
                               place.new_name(".log"),
                               {**desktop.environment, **witnessed.environment})
    with process:
        return (witnessed.wait_for_frame(process) - process.started_us) / 1000


def measure_start(place, backends, plan, verdict, heading, say):
    say("starting")
    ours = contenders.Ours(place, backends.urls(3))
    redirects = [first_redirect_ms(ours) for _ in range(plan.starts)]
    windows, empties = [], []
    empty = place.build / "tests" / "bench" / "bench-empty-window"
    with Desktop(place) as desktop:
        for _ in range(plan.starts):
            command, _ = OursWithWindow(place, backends.urls(3)).command(loopback.free_port())
            windows.append(first_frame_ms(place, desktop, command))
            empties.append(first_frame_ms(place, desktop, [empty]))
    redirect, window, none = map(statistics.median, (redirects, windows, empties))

    heading("Starting")
    print(f"headless, to the first redirect: {redirect:.0f} ms ({min(redirects):.0f} to "
          f"{max(redirects):.0f})\n"
          f"with a window, to its first frame: {window:.0f} ms ({min(windows):.0f} to "
          f"{max(windows):.0f}), {window / none:.2f} times that of an empty GTK window "
          f"({none:.0f} ms)")
    verdict.at_most("headless start to the first redirect", redirect, 60,
                    f"median of {plan.starts}", " ms")
    verdict.at_most("start to the window's first frame", window, 700,
                    f"{window / none:.2f} times an empty window's", " ms")


# /stats

class StatsReader:
    """A process that reads /stats at a steady pace, and says how long that took."""

    def __init__(self, port):
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            with os.fdopen(write, "w", encoding="ascii") as answers:
                self._read(port, answers)
            os._exit(0)
        os.close(write)
        self.answers = os.fdopen(read, encoding="ascii")

    @staticmethod
    def _read(port, answers):
        request = b"GET /stats HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        buffer = bytearray(1 << 20)
        due = time.monotonic()
        while True:
            with contextlib.suppress(OSError):
                start = time.monotonic()
                size = 0
                with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                    client.sendall(request)
                    while more := client.recv_into(buffer):
                        size += more
                answers.write(f"{time.monotonic() - start:.6f} {size}\n")
                answers.flush()
            due = max(due + 1 / STATS_PER_SECOND, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    def stop(self):
        """Returns the times in microseconds and the sizes in bytes."""
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        with self.answers:
            lines = [line.split() for line in self.answers.readlines() if line.endswith("\n")]
        return [float(line[0]) * 1e6 for line in lines], [int(line[1]) for line in lines]


def measure_stats(place, backends, plan, verdict, heading, say):
    turns = 2 if plan.quick else 3
    alone, beside, times, rates, sizes = [], [], [], [], []
    for i in range(plan.rounds):
        say(f"round {i + 1} of {plan.rounds}: /stats")
        with contenders.Ours(place, backends.urls(1000)).start() as process:
            wait_for_probes(process.port)
            pids = process.pids()
            for _ in range(turns):
                alone.append(loopback.wrk(process.port, CONNECTIONS, plan.seconds, pids=pids))
                start = time.monotonic()
                reader = StatsReader(process.port)
                beside.append(loopback.wrk(process.port, CONNECTIONS, plan.seconds, pids=pids))
                took, size = reader.stop()
                rates.append(len(took) / (time.monotonic() - start))
                times += took
                sizes += size
    heading(f"/stats of 1000 backends beside {CONNECTIONS} busy connections, in turns")
    for title, loads in (("without", alone), ("with", beside)):
        load = median_load(loads)
        print(f"{title:8} CPU/redirect {load.cpu_us:6.2f} µs, p50 {duration(load.p50)}, "
              f"p99 {duration(load.p99)}, p99.9 {duration(load.p999)}")
    times.sort()
    print(f"/stats itself: {statistics.median(rates):.0f} a second of "
          f"{statistics.median(sizes) / 1024:.0f} KiB, p50 {duration(times[len(times) // 2])}, "
          f"p99 {duration(times[len(times) * 99 // 100])}")
    mine, none = median_load(beside).p99, median_load(alone).p99
    verdict.at_most(f"rise of p99 while /stats is read {STATS_PER_SECOND} times a second",
                    (mine - none) / 1000, 1, f"{duration(mine)} from {duration(none)}", " ms")


def measure(*arguments):
    for part in (measure_idle, measure_probes, measure_window, measure_start, measure_stats):
        part(*arguments)
