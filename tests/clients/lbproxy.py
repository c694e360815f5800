# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests with an engine that proxies share: web services that say which one they are, a client at a
steady rate that counts every failure, and the balancer with Debian's HAProxy.
"""

import base64
import collections
import hashlib
import http.client
import http.server
import os
import socketserver
import threading
import time
import urllib.request

from lbtest import Balancer, ClientCase, TOOLS, wait_until

# What a server adds to a key (RFC 6455, 1.3): HAProxy looks whether it did.
WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


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
                handler.send_response(int(handler.path[1:]) if handler.path[1:].isdigit() else 200)
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
        """Until it serves alone: for a moment both of us take clients from the same sockets."""
        def look():
            for _ in range(5):
                if not self.is_proxied():
                    return False
                time.sleep(0.02)
            return len(self.haproxies()) == 1
        wait_until(look, 20, "HAProxy serves, alone")

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
