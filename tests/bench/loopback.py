# SPDX-License-Identifier: GPL-3.0-or-later
"""What a measurement over the loopback is made of: processes, their CPU and memory, wrk, idle
connections, and backends to probe.

The server that is measured has one CPU for itself, everything else runs on another.
"""

import contextlib
import dataclasses
import mmap
import os
import pathlib
import select
import signal
import socket
import statistics
import struct
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
CPUS = sorted(os.sched_getaffinity(0))
SERVER_CPU = {CPUS[0]}
LOAD_CPU = {CPUS[-1]}


class Failure(Exception):
    """Something is not as it must be for a figure to mean anything."""


def wait_until(condition, seconds, what, pause=0.005):
    """Asks until the condition holds, and returns what it said."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failure(f"after {seconds} s still not: {what}")
        time.sleep(pause)


def duration(us):
    return f"{us:.0f} µs" if us < 1000 else f"{us / 1000:.1f} ms"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


# Processes

def tree(pid):
    """Returns a process and all that come from it."""
    pids = [pid]
    for parent in pids:
        for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                pids += [int(child) for child in children.read_text("ascii").split()]
    return pids


def cpu_seconds(pids):
    """Returns the user and system time of these processes, threads that ended included. It is what
    /proc/PID/stat says, read from the processes' clocks, which do not round it to 10 ms."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += time.clock_gettime(~pid << 3 | 2)
    return total


def count_sleeps(pid):
    """Returns how often the process' first thread has had nothing to do."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("voluntary_ctxt_switches:"):
            return int(line.split()[1])
    return 0


def memory_kib(pids):
    """Returns RSS and PSS."""
    rss = pss = 0
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            name, _, rest = line.partition(":")
            if name == "Rss":
                rss += int(rest.split()[0])
            elif name == "Pss":
                pss += int(rest.split()[0])
    return rss, pss


class Process:
    """A program that runs beside, and ends with the block."""

    def __init__(self, command, cpus, log, environment=None, end=signal.SIGTERM, **options):
        self.end = end
        self.log = log
        self.started_us = time.monotonic_ns() // 1000
        with open(log, "ab") as output:
            self.popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=dict(os.environ, **(environment or {})),
                preexec_fn=lambda: os.sched_setaffinity(0, cpus), **options)
        self.pid = self.popen.pid

    def pids(self):
        return tree(self.pid)

    def cpu(self):
        return cpu_seconds(self.pids())

    def memory(self):
        return memory_kib(self.pids())

    def check(self):
        if self.popen.poll() is not None:
            text = pathlib.Path(self.log).read_text("utf-8", "replace")
            raise Failure(f"{self.popen.args[0]} ended with {self.popen.returncode}:\n{text}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pids = self.pids() if self.popen.poll() is None else []
        self.popen.send_signal(self.end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout=3)
        for pid in reversed(pids[1:]):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.popen.kill()
        self.popen.wait()


class Machine:
    """How busy the machine was with other things than this."""

    def __init__(self):
        self.others, self.all = self._look()

    @staticmethod
    def _look():
        line = pathlib.Path("/proc/stat").read_text("ascii").partition("\n")[0]
        fields = [int(number) for number in line.split()[1:]]
        times = os.times()
        own = times.user + times.system + times.children_user + times.children_system
        own += cpu_seconds(tree(os.getpid())[1:])
        # Interrupts, too: what the loopback does in them counts as time of the process they met.
        return sum(fields[:3] + fields[5:7]) / TICK - own, sum(fields[:8]) / TICK

    def others_share(self):
        others, everything = self._look()
        return max(0, others - self.others) / (everything - self.all)


# Clients

@dataclasses.dataclass
class Load:
    """What wrk saw, and what it cost the server. Times in microseconds."""
    requests: int
    per_second: float
    cpu_us: float
    busy: float
    p50: float
    p99: float
    p999: float
    errors: int


def median_load(loads):
    return Load(*(statistics.median(getattr(load, field.name) for load in loads)
                  for field in dataclasses.fields(Load)))


def wrk(port, connections, seconds, *, pids, close=False, pipeline=1, flood=False):
    """Sends as many requests as the server takes. A flood comes from the server's own CPU, too, so
    that it is never done with what is there."""
    command = ["wrk", f"-t{len(CPUS) if flood else 1}", f"-c{connections}", f"-d{seconds}s",
               "--timeout", "8s", "-s", HERE / "report.lua", "-H", "User-Agent: wrk"]
    if close:
        command += ["-H", "Connection: close"]
    command.append(f"http://127.0.0.1:{port}/some/page?of=it")
    if pipeline > 1:
        command += ["--", str(pipeline)]
    cpus = CPUS if flood else LOAD_CPU
    before = cpu_seconds(pids)
    start = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=seconds + 20, check=False,
                          preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    elapsed = time.monotonic() - start
    used = cpu_seconds(pids) - before
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            requests, duration, p50, p99, p999, refused, errors = map(int, line.split()[1:])
            break
    else:
        raise Failure(f"wrk said: {done.stdout}")
    answers = requests - refused
    if answers <= 0 or refused:
        raise Failure(f"{refused} of {requests} answers were errors")
    return Load(requests, answers / duration * 1e6, used / answers * 1e6, used / elapsed, p50, p99,
                p999, errors)


def get(port, target, timeout=5):
    """Returns the status and the Location of an answer, or None while no one answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                           "Connection: close\r\n\r\n".encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                more = client.recv(65536)
                if not more:
                    return None
                answer += more
    except OSError:
        return None
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    location = [line[9:].strip() for line in head if line.lower().startswith("location:")]
    return int(head[0].split()[1]), location[0] if location else None


class IdleConnections:
    """Clients that have asked once, keep the connection, and say nothing more."""

    REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    def __init__(self, port):
        self.port = port
        self.sockets = []

    def grow(self, count):
        while len(self.sockets) < count:
            client = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            self.sockets.append(client)
            self.ask(client)

    def ask(self, client):
        client.sendall(self.REQUEST)
        if not client.recv(4096).startswith(b"HTTP/1.1 3"):
            raise Failure("an idle connection got no redirect")

    def ask_all(self):
        """Begins everyone's idle time anew."""
        for client in self.sockets:
            self.ask(client)

    def count_open(self):
        poll = select.poll()
        for client in self.sockets:
            poll.register(client, select.POLLIN | select.POLLRDHUP)
        return len(self.sockets) - len(poll.poll(0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.sockets:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()


# Backends

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Backends:
    """A process that answers every address of 127.0.0.0/8 on one port: thousands of backends that
    cost nothing but their probes. It counts those."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("0.0.0.0", 0))
        self.listener.listen(4096)
        self.port = self.listener.getsockname()[1]
        self.counter = mmap.mmap(-1, 8)
        self.pid = os.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self._serve()
            os._exit(0)
        self.listener.close()

    def _serve(self):
        os.sched_setaffinity(0, LOAD_CPU)
        parent = os.getppid()
        epoll = select.epoll()
        clients = {}
        self.listener.setblocking(False)
        epoll.register(self.listener, select.EPOLLIN)
        count = 0
        while os.getppid() == parent:
            for fd, _ in epoll.poll(1):
                if fd == self.listener.fileno():
                    with contextlib.suppress(BlockingIOError):
                        client = self.listener.accept()[0]
                        client.setblocking(False)
                        clients[client.fileno()] = client
                        epoll.register(client, select.EPOLLIN)
                    continue
                client = clients.pop(fd)
                with contextlib.suppress(OSError):
                    if client.recv(65536):
                        client.send(ANSWER)
                        count += 1
                        self.counter[:] = struct.pack("q", count)
                client.close()

    def probes(self):
        return struct.unpack("q", self.counter[:])[0]

    def urls(self, count):
        return [f"http://127.{1 + i // 62500}.{i // 250 % 250}.{1 + i % 250}:{self.port}"
                for i in range(count)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
