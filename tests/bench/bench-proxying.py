# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs that HAProxy is driven by us: beside the same HAProxy by hand, with the same options
and the same two backends, in turns. CPU is that of all processes, so that of ours with it.

Started by build-aux/bench proxying. HAProxy has a CPU for itself, and with it our application; wrk and
the backends have another.
"""

import argparse
import os
import re
import signal
import sys
import tempfile

import contenders
import loopback
from loopback import duration, median_load

CONNECTIONS = (16, 64, 256)
LIMIT = 0.05

BACKENDS = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/backends.pid;
error_log {folder}/backends.log crit;
events {{
  worker_connections 4000;
}}
http {{
  access_log off;
  keepalive_timeout 300s;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/b-body;
  proxy_temp_path {folder}/b-proxy;
  fastcgi_temp_path {folder}/b-fastcgi;
  uwsgi_temp_path {folder}/b-uwsgi;
  scgi_temp_path {folder}/b-scgi;
  server {{
    listen 127.0.0.1:{ports[0]} backlog=4096;
    listen 127.0.0.1:{ports[1]} backlog=4096;
    return 200 "A page.\\n";
  }}
}}
"""


class Backends:
    """nginx, which answers on two ports."""

    def __init__(self, place):
        self.ports = [loopback.free_port() for _ in range(2)]
        user = "user root root;" if os.getuid() == 0 else ""
        config = place.file("backends.conf", BACKENDS.format(folder=place.folder, ports=self.ports, user=user))
        self.process = loopback.Process([place.tools / "usr" / "sbin" / "nginx", "-p", place.folder, "-c", config],
                                        loopback.LOAD_CPU, place.new_name("-backends.log"), place.libraries)

    @property
    def urls(self):
        return [f"http://127.0.0.1:{port}" for port in self.ports]


def answers(port):
    answer = loopback.get(port, "/")
    return answer is not None and answer[0] == 200


class Driven(contenders.Ours):
    """The application, with the HAProxy that it starts."""

    key = "driven"
    title = "HAProxy, driven by us"
    options = ("--engine=haproxy", "--policy=round-robin")

    def command(self, port):
        command, environment = super().command(port)
        libraries = self.place.libraries["LD_LIBRARY_PATH"]
        program = self.place.folder / "bin" / "haproxy"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {self.place.tools}/usr/sbin/haproxy "$@"\n')
        program.chmod(0o700)
        return command, {**environment, "PATH": f"{program.parent}:{os.environ['PATH']}"}

    def wait(self, process):
        def look():
            process.check()
            return len(process.pids()) > 1 and answers(process.port)
        loopback.wait_until(look, 20, "HAProxy serves")

    def configuration(self):
        """Returns the file that it has written."""
        return next((self.place.folder / "load-balancer").glob("haproxy-*.cfg")).read_text("utf-8")


class ByHand(contenders.Contender):
    """HAProxy with the file that ours has written, but for where it listens."""

    key = "by-hand"
    title = "HAProxy by hand"

    def __init__(self, place, backends, text):
        super().__init__(place, backends)
        self.text = text

    def command(self, port):
        text = re.sub(r"fd@\d+", f"127.0.0.1:{port}", self.text)
        text = re.sub(r"(stats socket )\S+", rf"\1{self.place.folder}/by-hand.sock", text)
        return ([self.place.tools / "usr" / "sbin" / "haproxy", "-db", "-q", "-f",
                 self.place.file("by-hand.cfg", text)], self.place.libraries)

    def wait(self, process):
        loopback.wait_until(lambda: answers(process.port), 20, "HAProxy serves")


def measure(place, backends, rounds, seconds):
    driven = Driven(place, backends.urls)
    with driven.start():
        by_hand = ByHand(place, backends.urls, driven.configuration())
    loads = {(contender.key, count): [] for contender in (driven, by_hand) for count in CONNECTIONS}
    for i in range(rounds):
        for contender in (driven, by_hand) if i % 2 == 0 else (by_hand, driven):
            with contender.start() as process:
                pids = process.pids()
                loopback.wrk(process.port, 16, 1, pids=pids)
                for count in CONNECTIONS:
                    loads[contender.key, count].append(
                        loopback.wrk(process.port, count, seconds, pids=pids))
    return {key: median_load(all_of_them) for key, all_of_them in loads.items()}


def main():
    parser = argparse.ArgumentParser(prog="build-aux/bench proxying", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="one short round; the figures are rough")
    arguments = parser.parse_args()
    rounds, seconds = (2, 1) if arguments.quick else (9, 3)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.sched_setaffinity(0, loopback.LOAD_CPU)
    machine = loopback.Machine()
    with tempfile.TemporaryDirectory(prefix="lb-bench-") as folder:
        place = contenders.Place(arguments.build, folder)
        backends = Backends(place)
        with backends.process:
            loopback.wait_until(lambda: all(map(answers, backends.ports)), 10, "the backends answer")
            loads = measure(place, backends, rounds, seconds)
    others = machine.others_share()

    print(f"Proxying to two backends, medians of {rounds} rounds of {seconds} s, in turns\n\n"
          f"{'connections':>11}  {'':22}{'CPU/request':>14}{'requests/s':>12}{'p50':>10}{'p99':>10}")
    missed = False
    for count in CONNECTIONS:
        driven, by_hand = loads["driven", count], loads["by-hand", count]
        for title, load in ((Driven.title, driven), (ByHand.title, by_hand)):
            print(f"{count:11}  {title:22}{load.cpu_us:11.2f} µs{load.per_second:12.0f}"
                  f"{duration(load.p50):>10}{duration(load.p99):>10}")
        for what, ratio in (("CPU per request", driven.cpu_us / by_hand.cpu_us),
                            ("requests per second", by_hand.per_second / driven.per_second)):
            good = ratio <= 1 + LIMIT
            missed |= not good
            print(f"{'':11}  {'PASS' if good else 'MISS'}  {what}: {ratio:.3f} of by hand's, at most {1 + LIMIT}")
    print(f"\nOther programs used {others:.0%} of the CPUs meanwhile."
          f"{' That is too much for these figures to be exact.' if others > 0.05 else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except loopback.Failure as failure:
        sys.exit(f"bench-proxying: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
