# SPDX-License-Identifier: GPL-3.0-or-later
"""HAProxy carries the traffic, started and driven by the application.

A client at a steady rate counts every failure while everything that can change does.
"""

import base64
import collections
import hashlib
import http.client
import http.server
import os
import pathlib
import signal
import socket
import socketserver
import threading
import time
import urllib.request

import tap
from lbtest import Balancer, ClientCase, TOOLS, free_port, wait_until

# What a server adds to a key (RFC 6455, 1.3): HAProxy looks whether it did.
WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def listens(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), timeout=10).close()
        return True
    except ConnectionRefusedError:
        return False


class Service:
    """A web service in a thread that says which one it is, keeps connections and may be slow."""

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True
        request_queue_size = 1024

        def handle_error(self, request, client_address):
            """HAProxy may close a connection of a check at any time."""

    def __init__(self, case):
        self.delay = 0.0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(handler):
                if handler.headers.get("Upgrade") == "websocket":
                    handler.do_UPGRADE()
                    return
                time.sleep(self.delay)
                body = str(self.port).encode()
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(body)))
                handler.end_headers()
                handler.wfile.write(body)

            def do_POST(handler):
                """Takes what comes, and gives as much back."""
                left = length = int(handler.headers["Content-Length"])
                digest = hashlib.sha256()
                while left > 0:
                    part = handler.rfile.read(min(left, 1 << 20))
                    if not part:
                        return
                    digest.update(part)
                    left -= len(part)
                handler.send_response(200)
                handler.send_header("Content-Length", str(length))
                handler.send_header("X-Digest", digest.hexdigest())
                handler.end_headers()
                for _ in range(length >> 20):
                    handler.wfile.write(bytes(1 << 20))

            def do_UPGRADE(handler):
                """Says yes to another protocol, in which everything comes back."""
                handler.send_response(101)
                handler.send_header("Connection", "Upgrade")
                handler.send_header("Upgrade", "websocket")
                accept = hashlib.sha1(handler.headers["Sec-WebSocket-Key"].encode() + WEBSOCKET).digest()
                handler.send_header("Sec-WebSocket-Accept", base64.b64encode(accept).decode())
                handler.end_headers()
                while True:
                    part = handler.connection.recv(65536)
                    if not part:
                        break
                    handler.connection.sendall(part)
                handler.close_connection = True

            def log_message(self, *arguments):
                """Nobody reads it."""

        self.server = self.Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Client(threading.Thread):
    """Asks at a steady rate, a new connection for every third request, and notes what comes of it.

    A server may close a connection at any time between two requests. So a request on one that was used
    before, which is closed without a byte of an answer, is asked once more, as by any client (RFC 9110,
    9.2.2).
    """

    def __init__(self, case, port, path="/"):
        super().__init__(daemon=True)
        self.port = port
        self.path = path
        self.answers = []  # (when, what answered)
        self.failures = []
        self.n_repeated = 0
        self.going = True
        case.addCleanup(self.end)
        self.start()

    def run(self):
        connection = None
        count = 0
        while self.going:
            try:
                if count % 3 == 0:
                    if connection is not None:
                        connection.close()
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", self.path)
                answer = connection.getresponse()
                body = answer.read().decode()
                if answer.status == 307:
                    body = answer.getheader("Location").rsplit(":", 1)[1].rstrip("/")
                elif answer.status != 200:
                    self.failures.append((time.monotonic(), answer.status, body))
                self.answers.append((time.monotonic(), body))
                if answer.will_close:
                    count = -1
            except (OSError, http.client.HTTPException) as error:
                if count % 3 != 0 and isinstance(error, ConnectionError):
                    self.n_repeated += 1
                else:
                    self.failures.append((time.monotonic(), repr(error)))
                count = -1
            count += 1
            time.sleep(0.005)

    def end(self):
        self.going = False
        self.join(20)

    def tell(self):
        print(f"# {len(self.answers)} requests, {self.n_repeated} repeated, {len(self.failures)} failed")

    def since(self, when):
        """Returns how many answers each backend gave since then."""
        return collections.Counter(body for at, body in self.answers if at >= when)


class EngineCase(ClientCase):
    def setUp(self):
        super().setUp()
        self.environment["PATH"] = f"{self.make_haproxy()}:{os.environ['PATH']}"
        self.services = [Service(self) for _ in range(3)]

    def make_haproxy(self):
        """Returns a folder with Debian's HAProxy, which is unpacked and not installed."""
        folder = self.folder / "bin"
        folder.mkdir()
        program = folder / "haproxy"
        libraries = ":".join(str(path) for path in TOOLS.glob("usr/lib/*-linux-gnu"))
        program.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {TOOLS}/usr/sbin/haproxy "$@"\n')
        program.chmod(0o700)
        return folder

    def change(self, **values):
        """Changes the configuration file, in the way of an editor."""
        self.values.update(values)
        self.write_config(**self.values)

    def begin(self, at=0, **values):
        self.values = {"engine": "haproxy", "policy": "round-robin", "probe": {"interval_ms": 200},
                       "backends": [{"url": service.url} for service in self.services], **values}
        self.write_config(**self.values)
        self.n_asked = 0
        self.balancer = Balancer(self, port=at)
        if self.values["engine"] == "haproxy":
            self.wait_for_haproxy()

    def ask(self):
        with urllib.request.urlopen(f"{self.balancer.url}/", timeout=10) as answer:
            return answer.status, answer.geturl()

    def haproxies(self):
        """Returns the processes that the balancer has started, by their ids."""
        found = []
        for pid in os.listdir("/proc"):
            try:
                stat = open(f"/proc/{pid}/stat", encoding="ascii", errors="replace").read()
            except (OSError, NotADirectoryError):
                continue
            name, fields = stat[stat.index("(") + 1:stat.rindex(")")], stat[stat.rindex(")") + 2:].split()
            if name == "haproxy" and int(fields[1]) == self.balancer.pid and fields[0] != "Z":
                found.append(int(pid))
        return found

    def wait_for_haproxy(self):
        wait_until(lambda: self.is_proxied() and len(self.haproxies()) == 1, 20, "HAProxy serves, alone")

    def is_proxied(self):
        self.n_asked += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.balancer.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        finally:
            connection.close()

    def settle(self, client, expected, seconds=20):
        """Waits until, for a third of a second, just these services answer."""
        ports = {str(service.port) for service in expected}

        def look():
            time.sleep(0.35)
            return set(client.since(time.monotonic() - 0.3)) == ports
        wait_until(look, seconds, f"just {ports} answer")


class TestEngine(EngineCase):
    def test_it_proxies(self):
        self.begin()
        status, url = self.ask()
        self.assertEqual((status, url), (200, f"{self.balancer.url}/"))
        with urllib.request.urlopen(f"{self.balancer.url}/x", timeout=10) as answer:
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        # What is ours is answered by us.
        stats = self.balancer.stats()
        self.assertEqual(len(stats["servers"]), 3)
        self.assertEqual((stats["engine"], stats["measured"]), ("haproxy", True))
        with urllib.request.urlopen(f"{self.balancer.url}/stats/metrics", timeout=10) as answer:
            self.assertIn(b"lb_", answer.read())
        self.assertEqual(self.balancer.complained(), "")

    def test_large_bodies_pass_both_ways(self):
        self.begin()
        size = 100 << 20
        body = os.urandom(1 << 20) * (size >> 20)
        before = self.balancer.memory()
        request = urllib.request.Request(f"{self.balancer.url}/", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=120) as answer:
            self.assertEqual(answer.headers["X-Digest"], hashlib.sha256(body).hexdigest())
            length = 0
            while part := answer.read(1 << 20):
                length += len(part)
        self.assertEqual(length, size)
        # None of it goes through us.
        self.assertLess(self.balancer.memory() - before, 8 << 20)

    def test_websockets_pass(self):
        self.begin()
        with socket.create_connection(("127.0.0.1", self.balancer.port), timeout=20) as client:
            client.sendall(b"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                           b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            self.assertRegex(head, rb"\AHTTP/1\.1 101 ")
            for message in (b"one", b"two", os.urandom(100000)):
                client.sendall(message)
                answer = b""
                while len(answer) < len(message):
                    answer += client.recv(65536)
                self.assertEqual(answer, message)

    def test_it_ends_with_us(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number):
                self.begin()
                haproxy, = self.haproxies()
                os.kill(self.balancer.pid, number)
                wait_until(lambda: not os.path.exists(f"/proc/{haproxy}") or
                           open(f"/proc/{haproxy}/stat").read().rpartition(")")[2].split()[0] == "Z",
                           10, "HAProxy has ended, too")

    def test_nobody_is_refused_whatever_changes(self):
        """Add, remove, drain, re-weight, another policy, pause of a backend: no request fails."""
        self.begin()
        client = Client(self, self.balancer.port)
        self.settle(client, self.services)

        added = Service(self)
        urls = [service.url for service in self.services]
        self.change(backends=[{"url": url} for url in urls + [added.url]])
        self.settle(client, self.services + [added])
        self.change(backends=[{"url": urls[0], "state": "drain"}, {"url": urls[1]}, {"url": urls[2]},
                              {"url": added.url, "state": "maint"}])
        self.settle(client, self.services[1:])
        self.change(backends=[{"url": urls[0]}, {"url": urls[1]}, {"url": added.url}])
        self.settle(client, self.services[:2] + [added])
        for policy in ("least-connections", "random", "source-hash", "adaptive", "round-robin"):
            self.change(policy=policy)
            time.sleep(1)
        self.wait_for_haproxy()
        self.change(backends=[{"url": urls[0], "weight": 9}, {"url": urls[1]}])
        self.settle(client, self.services[:2])
        time.sleep(2)
        counts = client.since(time.monotonic() - 1.5)
        self.assertGreater(counts[str(self.services[0].port)], 4 * counts[str(self.services[1].port)])

        client.end()
        client.tell()
        self.assertEqual(client.failures, [])
        self.assertEqual(self.balancer.complained(), "")

    def test_nobody_is_refused_when_the_engine_changes(self):
        self.begin(engine="redirect")
        client = Client(self, self.balancer.port)
        for _ in range(3):
            self.change(engine="haproxy")
            self.wait_for_haproxy()
            self.change(engine="redirect")
            wait_until(lambda: not self.is_proxied() and not self.haproxies(), 40, "it redirects again")
        client.end()
        client.tell()
        self.assertEqual(client.failures, [])

    def test_one_that_is_killed_comes_back(self):
        """Only what HAProxy was busy with is lost; who connects meanwhile waits, or is redirected."""
        self.begin()
        client = Client(self, self.balancer.port)
        self.settle(client, self.services)
        for _ in range(2):
            haproxy, = self.haproxies()
            os.kill(haproxy, signal.SIGKILL)
            wait_until(lambda: self.haproxies() not in ([], [haproxy]), 20, "there is another HAProxy")
            self.wait_for_haproxy()
            self.settle(client, self.services)
        client.end()
        client.tell()
        self.assertLessEqual(len(client.failures), 2)
        self.assertIn("ended by signal 9", self.balancer.complained())

    def test_figures_are_those_of_real_requests(self):
        self.begin()
        for service in self.services:
            service.delay = 0.15
        # They are counted once a second.
        wait_until(lambda: self.balancer.stats()["redirects"] == self.n_asked, 10, "ours are counted")
        before = self.n_asked
        clients = [Client(self, self.balancer.port) for _ in range(6)]
        wait_until(lambda: all(server["response_time_ms"] and 140 <= server["response_time_ms"] < 1000
                               for server in self.balancer.stats()["servers"]),
                   30, "the response times are those of the requests")
        wait_until(lambda: 4 <= sum(server["in_flight"] for server in self.balancer.stats()["servers"]) <= 6,
                   20, "six requests are in flight")
        for client in clients:
            client.end()
        asked = sum(len(client.answers) for client in clients)
        wait_until(lambda: self.balancer.stats()["redirects"] - before == asked, 10,
                   f"{asked} requests are counted")

    def test_haproxy_is_asked_once_a_second(self):
        """Even while there is something to learn from each answer."""
        self.begin(policy="adaptive")
        client = Client(self, self.balancer.port)
        self.settle(client, self.services)

        def count():
            return self.balancer.stats()["servers"][0]["probes"]
        before, since = count(), time.monotonic()
        wait_until(lambda: count() >= before + 3, 10, "three more checks")
        self.assertGreater(time.monotonic() - since, 1.5)
        client.end()

    def test_a_backend_that_dies_is_down(self):
        self.begin()
        client = Client(self, self.balancer.port)
        self.settle(client, self.services)
        self.services[0].stop()
        self.balancer.wait_for_health("down", self.services[0].url, seconds=20)
        self.settle(client, self.services[1:])
        stats = self.balancer.backends()[self.services[0].url]
        self.assertEqual(stats["last_probe"]["error"], "refused")
        client.end()
        self.assertLessEqual(len(client.failures), 3)

    def test_it_moves_to_another_port(self):
        old, new = free_port(), free_port()
        self.begin(port=old, at=None)
        self.change(port=new)
        wait_until(lambda: not listens(old), 10, "nobody listens at the old port")
        self.balancer.port = new
        self.wait_for_haproxy()

    def test_it_listens_at_another_address_of_the_same_port(self):
        port = free_port()
        self.begin(port=port, at=None, listen=["127.0.0.1"])
        self.change(listen=["127.0.0.1", "::1"])
        wait_until(lambda: listens(port, "::1"), 10, "somebody listens at [::1]")
        self.wait_for_haproxy()
        self.assertEqual(self.balancer.complained(), "")

    def test_what_haproxy_refuses_is_not_tried_over_and_over(self):
        """It goes on as it was, says so once, and takes what is right again at once."""
        self.begin()
        program, calls = self.folder / "bin" / "haproxy", self.folder / "calls"
        right = program.read_text()
        program.write_text(f'#!/bin/sh\necho >> {calls}\necho "[ALERT] no" >&2\nexit 1\n')
        self.change(policy="random")
        wait_until(lambda: calls.exists() and len(calls.read_bytes()) == 3, 10, "it was tried thrice")
        self.change(backends=[{"url": service.url, "weight": 2} for service in self.services])
        time.sleep(0.3)
        self.assertLessEqual(len(calls.read_bytes()), 4)
        self.assertTrue(self.is_proxied())
        self.assertEqual(self.balancer.complained().count("no"), 1)
        before = self.haproxies()
        program.write_text(right)
        self.change(policy="least-connections")
        wait_until(lambda: self.haproxies() not in ([], before), 5, "there is another HAProxy")
        self.wait_for_haproxy()

    def test_it_leaves_no_files(self):
        self.begin()
        folder = pathlib.Path(self.environment["XDG_RUNTIME_DIR"]) / "load-balancer"
        self.change(policy="random")
        wait_until(lambda: [path.suffix for path in folder.iterdir()].count(".cfg") == 2, 10, "a second one")
        wait_until(lambda: len(self.haproxies()) == 1, 40, "just one HAProxy")
        wait_until(lambda: len([path for path in folder.iterdir() if path.suffix == ".cfg"]) == 1, 10,
                   "just one configuration")
        self.assertEqual(self.balancer.end(signal.SIGTERM), 0)
        self.assertFalse(folder.exists(), list(folder.glob("*")))

    def test_a_runtime_folder_may_have_a_long_name(self):
        folder = self.folder / ("x" * 90)
        folder.mkdir(mode=0o700)
        self.environment.update(XDG_RUNTIME_DIR=str(folder), TMPDIR=str(self.folder))
        self.begin()
        self.assertEqual(self.balancer.end(signal.SIGTERM), 0)
        self.assertEqual(list(self.folder.glob("load-balancer-*")), [])

    def test_who_is_left_out_is_named(self):
        """HAProxy has no path per server."""
        urls = [service.url for service in self.services]
        backends = [{"url": urls[0]}, {"url": f"{urls[1]}/a"}]
        self.begin(backends=backends)
        self.assertEqual(self.balancer.complained().count(f"{urls[1]}/a"), 1)
        self.change(backends=[*backends, {"url": f"{urls[2]}/b"}])
        wait_until(lambda: f"{urls[2]}/b" in self.balancer.complained(), 10, "the other one is named, too")
        self.assertEqual(self.balancer.complained().count(f"{urls[1]}/a"), 1)

    def test_without_haproxy_it_redirects_and_says_so(self):
        self.environment["PATH"] = "/nonexistent"
        if os.path.exists("/usr/sbin/haproxy"):
            self.skipTest("HAProxy is installed here")
        self.values = {"engine": "haproxy", "backends": [{"url": self.services[0].url}]}
        self.write_config(**self.values)
        self.n_asked = 0
        self.balancer = Balancer(self)
        wait_until(lambda: "sudo apt install haproxy" in self.balancer.complained(), 10,
                   "it says how to get it")
        self.assertFalse(self.is_proxied())

    def test_an_unknown_engine_is_refused(self):
        self.assert_refused(self.run_program("--headless", "--engine=warp"), "warp", "haproxy")


if __name__ == "__main__":
    tap.main()
