# SPDX-License-Identifier: GPL-3.0-or-later
"""What a redirect costs here and elsewhere, and what it costs here while other things happen.

Started by build-aux/bench redirects. Everything runs on the loopback; of every server one process
or thread serves, on a CPU of its own, and wrk has another. Servers take turns, round by round; what
is printed are medians over the rounds. CPU is user and system time of all processes of a server
over one run of wrk, divided by the redirects that wrk got.
"""

import argparse
import contextlib
import os
import pathlib
import resource
import signal
import statistics
import sys
import tempfile
import time

import contenders
import loopback
import redirect_rows
from loopback import duration, median_load

LEVELS = (1, 16, 64, 256, 1000)
PIPELINE = 16


class Plan:
    """How long and how often."""

    def __init__(self, quick, rounds):
        self.quick = quick
        self.rounds = rounds or (1 if quick else 3)
        self.seconds = 1 if quick else 2
        self.short_seconds = 1
        self.with_patterns = not quick
        self.starts = 3 if quick else 10


class Results:
    """What one contender did."""

    def __init__(self):
        self.loads = {}
        self.rest = []
        self.idle = []

    def add(self, row, load):
        self.loads.setdefault(row, []).append(load)

    def load(self, row):
        return median_load(self.loads[row])

    def memory(self, which):
        """Returns RSS and PSS in MiB, or None."""
        figures = getattr(self, which)
        if not figures:
            return None
        return tuple(statistics.median(figure[i] for figure in figures) / 1024 for i in range(2))


def measure_idle(process):
    """Returns the memory with 1000 idle connections, or None if it keeps none alive."""
    with loopback.IdleConnections(process.port) as idle:
        idle.grow(1)
        time.sleep(0.05)
        if idle.count_open() == 0:
            return None
        idle.grow(1000)
        time.sleep(0.2)
        return process.memory()


def take_turn(contender, plan, results):
    with contender.start() as process:
        time.sleep(0.3)
        pids = process.pids()
        results.rest.append(process.memory())
        for connections in LEVELS:
            seconds = plan.short_seconds if connections == 1 else plan.seconds
            results.add(connections, loopback.wrk(process.port, connections, seconds, pids=pids))
        if plan.with_patterns:
            results.add("new", loopback.wrk(process.port, 64, plan.short_seconds, pids=pids,
                                            close=True))
            results.add("pipelined", loopback.wrk(process.port, 64, plan.short_seconds, pids=pids,
                                                  pipeline=PIPELINE))
    with contender.start() as process:
        idle = measure_idle(process)
        if idle is not None:
            results.idle.append(idle)


def compare(place, backends, plan, kinds):
    """Returns each contender's results, by its key."""
    all_of_them = [kind(place, backends.urls(3)) for kind in kinds]
    results = {contender.key: Results() for contender in all_of_them}
    for i in range(plan.rounds):
        # Every round begins with another one, so that none always follows the same.
        turn = i * len(all_of_them) // plan.rounds
        for contender in all_of_them[turn:] + all_of_them[:turn]:
            say(f"round {i + 1} of {plan.rounds}: {contender.title}")
            take_turn(contender, plan, results[contender.key])
    return results


def say(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def heading(text):
    say("")
    print(f"\n{text}\n")


ROWS = {1: "1", 16: "16", 64: "64", 256: "256", 1000: "1000", "new": "64, a connection per request",
        "pipelined": f"64, {PIPELINE} pipelined"}


def print_comparison(results, kinds):
    ours = results["ours"]
    for row, title in ROWS.items():
        if row not in ours.loads:
            continue
        heading(f"Connections: {title}")
        print(f"{'':36}{'CPU/redirect':>13}{'to ours':>9}{'redirects/s':>13}{'of a CPU':>9}"
              f"{'p50':>10}{'p99':>10}{'to ours':>9}{'p99.9':>10}  errors")
        mine = ours.load(row)
        for kind in kinds:
            load = results[kind.key].load(row)
            p99 = f"{load.p99 / mine.p99:.2f}" if mine.p99 else "–"
            times = [duration(t) if t else "–" for t in (load.p50, load.p99, load.p999)]
            print(f"{kind.title:36}{load.cpu_us:10.2f} µs{load.cpu_us / mine.cpu_us:9.2f}"
                  f"{load.per_second:13.0f}{load.busy:9.0%}{times[0]:>10}{times[1]:>10}{p99:>9}"
                  f"{times[2]:>10}  {load.errors:.0f}")
    heading("Memory in MiB: RSS (PSS)")
    print(f"{'':36}{'at rest':>18}{'1000 idle clients':>20}")
    for kind in kinds:
        cells = [results[kind.key].memory(which) for which in ("rest", "idle")]
        cells = ["keeps none alive" if cell is None else f"{cell[0]:.1f} ({cell[1]:.1f})"
                 for cell in cells]
        print(f"{kind.title:36}{cells[0]:>18}{cells[1]:>20}")


def check_comparison(results, verdict):
    ours = results["ours"]
    haproxies = [results[key] for key in ("haproxy-roundrobin", "haproxy-random")]
    for connections in (16, 64, 256):
        mine = ours.load(connections).cpu_us
        for name, others, limit in (("nginx's", [results["nginx"]], 0.9),
                                    ("HAProxy's redir", haproxies, 0.25),
                                    ("Caddy's", [results["caddy"]], 0.25),
                                    ("libsoup's alone", [results["libsoup"]], 0.25),
                                    ("Flask's", [results["flask"]], 0.02)):
            theirs = min(other.load(connections).cpu_us for other in others)
            verdict.at_most(f"CPU per redirect at {connections} connections, to {name}",
                            mine / theirs, limit, f"{mine:.2f} µs to {theirs:.2f} µs")
    for connections in (256, 1000):
        mine = ours.load(connections).p99
        theirs = results["nginx"].load(connections).p99
        verdict.at_most(f"p99 at {connections} connections, to nginx's", mine / theirs, 1,
                        f"{duration(mine)} to {duration(theirs)}")


class Verdict:
    """What must hold, and whether it does."""

    def __init__(self):
        self.lines = []
        self.missed = False

    def add(self, holds, text, detail):
        self.missed |= not holds
        self.lines.append(f"{'PASS' if holds else 'MISS'}  {text}  ({detail})")

    def at_most(self, text, figure, limit, detail, unit=""):
        self.add(figure <= limit, f"{text}: {figure:.3g}{unit}, at most {limit}{unit}", detail)

    def print(self):
        heading("What must hold")
        print("\n".join(self.lines))


def print_for_readme(results):
    heading("For the README: to ours, at 64 connections; memory with 1000 idle clients")
    print("| | CPU per redirect | redirects/s | p99 | memory |\n| --- | --: | --: | --: | --: |")
    mine = results["ours"].load(64)
    memory = results["ours"].memory("idle")
    for kind in contenders.ALL[::-1]:
        load = results[kind.key].load(64)
        other = results[kind.key].memory("idle")
        ratio = "–" if other is None else f"{other[0] / memory[0]:.2g}"
        print(f"| {kind.title} | {load.cpu_us / mine.cpu_us:.2g} | "
              f"{load.per_second / mine.per_second:.2g} | {load.p99 / mine.p99:.2g} | {ratio} |")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="build-aux/bench redirects", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true",
                        help="one short round, within two minutes; the figures are rough")
    parser.add_argument("--rounds", type=int, help="how often everyone has a turn (3)")
    parser.add_argument("--only", choices=("comparison", "rows"),
                        help="leave out the other half, and what it must hold")
    return parser.parse_args()


def print_circumstances(plan):
    model = [line.partition(":")[2].strip()
             for line in pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines()
             if line.startswith("model name")]
    print(f"{len(loopback.CPUS)} CPUs ({model[0] if model else 'unknown'}), {plan.rounds} rounds "
          f"of {plan.seconds} s, load average {os.getloadavg()[0]:.1f} at the start.\n"
          "One process or thread of each server serves, on one CPU; wrk has one thread on another.")
    if len(loopback.CPUS) < 2:
        print("There is only one CPU: rates and times are those of wrk and the server together.")


def main():
    arguments = parse_arguments()
    plan = Plan(arguments.quick, arguments.rounds)
    verdict = Verdict()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, loopback.LOAD_CPU)

    print_circumstances(plan)
    machine = loopback.Machine()
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lb-bench-"))
        backends = stack.enter_context(loopback.Backends())
        place = contenders.Place(arguments.build, folder)
        if arguments.only != "rows":
            results = compare(place, backends, plan, contenders.ALL)
            print_comparison(results, contenders.ALL)
            check_comparison(results, verdict)
        if arguments.only != "comparison":
            redirect_rows.measure(place, backends, plan, verdict, heading, say)
        verdict.print()
        if arguments.only != "rows":
            print_for_readme(results)
        others = machine.others_share()

    print(f"\nIt took {time.monotonic() - start:.0f} s. Other programs used {others:.0%} of the "
          "CPUs meanwhile.")
    if others > 0.05:
        print("That is too much for these figures to be exact.")
    return 1 if verdict.missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except loopback.Failure as failure:
        sys.exit(f"bench-redirects: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
