# SPDX-License-Identifier: GPL-3.0-or-later
"""The balancer and the real programs around it, as a test case starts and ends them.

Everything runs on the loopback, on ports that the kernel picks, in a folder that goes away with the
case. Every process is ended by its own id when the case ends, however it ends.
"""

import json
import os
import pathlib
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(os.environ["LB_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])
PROGRAM = BUILD / "src" / "load-balancer"
# Debian packages that build-aux/test unpacks: some would start services if they were installed.
TOOLS = pathlib.Path(os.environ["LB_TOOLS"])
ID = "org.example.LoadBalancer"


def tool(name):
    """Returns the program of a package that is unpacked; where that cannot be, the one in PATH."""
    return next((path for path in TOOLS.glob(f"usr/*bin/{name}")), name)


def free_port():
    """Returns a port that no one listens on, on any address.

    It is below those that the kernel gives to connections: else one that another test has made, or that
    lingers after it, could get in the way between now and when somebody listens here.
    """
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    while True:
        port = random.randrange(first // 2, first)
        with socket.socket(socket.AF_INET6) as every:
            every.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            try:
                every.bind(("::", port))
            except OSError:
                continue
            return port


def wait_until(condition, seconds, what):
    """Asks until the condition holds, and returns what it said; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.02)


def curl(*arguments, check=True):
    """Returns what curl printed."""
    done = subprocess.run(["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30",
                           *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=60)
    if check and done.returncode != 0:
        raise AssertionError(f"curl exited with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


class Process:
    """A program that runs beside the test. What it prints is kept in files."""

    def __init__(self, case, command, **options):
        self.output = pathlib.Path(tempfile.mkstemp(dir=case.folder, suffix=".out")[1])
        self.errors = self.output.with_suffix(".err")
        options.setdefault("stdin", subprocess.DEVNULL)
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            self.popen = subprocess.Popen(command, stdout=output, stderr=errors, **options)
        case.addCleanup(self.kill)

    @property
    def pid(self):
        return self.popen.pid

    def printed(self):
        return self.output.read_text(encoding="utf-8")

    def complained(self):
        return self.errors.read_text(encoding="utf-8")

    def wait_for_line(self, start, seconds=10):
        """Returns the rest of the first line that starts so, once it is printed."""
        def look():
            for line in self.printed().splitlines(keepends=True):
                if line.startswith(start) and line.endswith("\n"):
                    return line[len(start):-1]
            if self.popen.poll() is not None:
                raise AssertionError(f"ended with {self.popen.returncode}: {self.complained()}")
            return None
        return wait_until(look, seconds, f"a line that starts with '{start}'")

    def count_descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def memory(self):
        """Returns its resident memory in bytes."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self, number, seconds=10):
        """Sends a signal, and returns the exit status."""
        self.popen.send_signal(number)
        return self.popen.wait(timeout=seconds)

    def kill(self):
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()


class Balancer(Process):
    """The balancer without a window, listening; without a port, where its configuration says."""

    def __init__(self, case, *arguments, descriptors=None, port=0):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        where = [] if port is None else [f"--port={port}"]
        super().__init__(case, [PROGRAM, "--headless", *where, *arguments],
                         env=case.environment, preexec_fn=limit if descriptors else None)
        self.url = self.wait_for_line("Listening on ")
        self.port = int(self.url.rpartition(":")[2])

    def stats(self):
        """Returns what /stats says; fails with the reason if it does not."""
        try:
            return read_stats(self.url)
        except OSError as error:
            raise AssertionError(f"{error!r}; the balancer's exit status is {self.popen.poll()}, "
                                 f"it complained: {self.complained()[-2000:]}") from error

    def backends(self):
        return {server["url"]: server for server in self.stats()["servers"]}

    def wait_for_health(self, health, *urls, seconds=5):
        """Waits until each of these backends is as healthy as said."""
        def look():
            backends = self.backends()
            return all(url in backends and backends[url]["health"] == health for url in urls)
        wait_until(look, seconds, f"{', '.join(urls)} {health}")


def read_stats(url):
    with urllib.request.urlopen(f"{url}/stats", timeout=10) as answer:
        return json.load(answer)


def stats(url):
    """Returns what /stats says, or None while no one answers there."""
    try:
        return read_stats(url)
    except OSError:
        return None


class Backend:
    """`python3 -m http.server` over a folder with a file `who` that holds its name."""

    def __init__(self, case, name):
        self.case = case
        self.folder = case.folder / name
        self.folder.mkdir()
        (self.folder / "who").write_text(f"{name}\n", encoding="utf-8")
        self.port = 0
        self.process = None
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Listens on the port that it had before, if it had one."""
        self.process = Process(self.case, [sys.executable, "-u", "-m", "http.server", str(self.port),
                                           "--bind", "127.0.0.1", "--directory", self.folder])
        line = self.process.wait_for_line("Serving HTTP on 127.0.0.1 port ")
        self.port = int(line.split()[0])

    def stop(self):
        self.process.kill()


class ClientCase(unittest.TestCase):
    """A test case with a folder and a home of its own."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        self.config = self.folder / "config" / "load-balancer" / "config.json"
        self.environment = dict(
            os.environ,
            HOME=str(self.folder),
            XDG_CONFIG_HOME=str(self.folder / "config"),
            XDG_DATA_HOME=str(self.folder / "data"),
            XDG_CACHE_HOME=str(self.folder / "cache"),
            XDG_RUNTIME_DIR=str(runtime),
            GSETTINGS_SCHEMA_DIR=str(BUILD / "data"))
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            self.environment.pop(name, None)

    def write_config(self, **values):
        """Writes a configuration, in the way of an editor that replaces the file."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        new = self.config.with_suffix(".new")
        new.write_text(json.dumps({"version": 1, **values}), encoding="utf-8")
        new.rename(self.config)

    def read_config(self):
        return json.loads(self.config.read_text(encoding="utf-8"))

    def run_program(self, *arguments, seconds=20):
        """Runs the application to its end, and returns what subprocess.run() does."""
        return subprocess.run([PROGRAM, *arguments], env=self.environment, timeout=seconds,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)

    def assert_refused(self, done, *words):
        """It ended with 1 and one line on stderr, with these words in it."""
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertRegex(done.stderr, r"\A[^\n]+\n\Z")
        for word in words:
            self.assertIn(word, done.stderr)
