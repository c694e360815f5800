# SPDX-License-Identifier: GPL-3.0-or-later
"""How HAProxy proxies when the application drives it: TLS, cookies, headers, deadlines, limits."""

import collections
import gzip
import http.client
import http.server
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import tap
from lbproxy import Client, EngineCase, Service
from lbtest import Balancer, curl, free_port, wait_until


def make_certificate(folder, name, common_name="localhost"):
    """Returns a file with a certificate for the loopback that signed itself, and its key."""
    key, certificate, both = (folder / f"{name}.{end}" for end in ("key", "crt", "pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-days", "2", "-subj", f"/CN={common_name}", "-keyout", key, "-out", certificate,
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    both.touch(mode=0o600)
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return both


class Mirror:
    """A web service that answers with what it was asked, as JSON, and counts who is there at once. Checks ask for /quick."""

    def __init__(self, case):
        self.delay = 0.0
        self.now = self.most = 0
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(handler):
                if handler.path != "/quick":
                    handler.work()
                body = json.dumps({"port": self.port, "headers": handler.headers.items()}).encode()
                handler.send_response(200)
                handler.send_header("Content-Type", "application/json")
                handler.send_header("Content-Length", str(len(body)))
                handler.end_headers()
                handler.wfile.write(body)

            def work(handler):
                with self.lock:
                    self.now += 1
                    self.most = max(self.most, self.now)
                time.sleep(self.delay)
                with self.lock:
                    self.now -= 1

            def log_message(self, *arguments):
                """Nobody reads it."""

        self.server = Service.Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ProxyCase(EngineCase):
    """It asks by whatever the URL of the balancer says."""

    probe = {"interval_ms": 200, "path": "/quick"}

    def setUp(self):
        super().setUp()
        self.tls = ssl.create_default_context()
        self.tls.check_hostname = False
        self.tls.verify_mode = ssl.CERT_NONE

    def start(self, services, **proxy):
        """Starts it with these backends, and these settings of the proxy."""
        self.proxy = proxy
        self.begin(probe=self.probe, backends=[{"url": service.url} for service in services], proxy=proxy)

    def set_proxy(self, **proxy):
        """Changes settings of the proxy in the file, and waits until another HAProxy serves alone."""
        before = self.haproxies()
        self.proxy.update(proxy)
        self.change(proxy=self.proxy)
        wait_until(lambda: len(self.haproxies()) == 1 and self.haproxies() != before, 40,
                   "another HAProxy is alone")
        self.wait_for_haproxy()

    def connect(self, seconds=10, address="127.0.0.1"):
        if self.proxy.get("certificate"):
            return http.client.HTTPSConnection(address, self.balancer.port, timeout=seconds, context=self.tls)
        return http.client.HTTPConnection(address, self.balancer.port, timeout=seconds)

    def get(self, path="/", headers=None, address="127.0.0.1"):
        """Returns status, headers and body of an answer, on a connection of its own."""
        connection = self.connect(address=address)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def is_proxied(self):
        self.n_asked += 1
        try:
            return self.get()[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def told(self, headers=None, address="127.0.0.1"):
        """Returns what a backend was told, as a list for each name in lower case."""
        status, _, body = self.get("/", headers, address)
        self.assertEqual(status, 200)
        found = collections.defaultdict(list)
        for name, value in json.loads(body)["headers"]:
            found[name.lower()].append(value)
        return found


class TestHeaders(ProxyCase):
    lies = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "gopher", "Forwarded": "for=192.0.2.7"}

    def test_backends_are_told_who_the_client_is(self):
        """What a client says itself is not believed."""
        self.start([Mirror(self)])
        for headers in ({}, self.lies):
            found = self.told(headers)
            self.assertEqual(found["x-forwarded-for"], ["127.0.0.1"])
            self.assertEqual(found["x-forwarded-proto"], ["http"])
            self.assertEqual(found["forwarded"], ["for=127.0.0.1;proto=http"])

    def test_proxies_are_trusted_when_they_are_ours(self):
        self.start([Mirror(self)], trust_forwarded=True)
        found = self.told(self.lies)
        self.assertEqual(found["x-forwarded-for"], ["192.0.2.7", "127.0.0.1"])
        self.assertEqual(found["x-forwarded-proto"], ["gopher"])
        self.assertEqual(found["forwarded"], ["for=192.0.2.7", "for=127.0.0.1;proto=http"])
        self.assertEqual(self.told()["x-forwarded-proto"], ["http"])

    def test_backends_need_not_be_told(self):
        self.start([Mirror(self)], x_forwarded_for=False, forwarded=False)
        found = self.told(self.lies)
        for name in self.lies:
            self.assertEqual(found[name.lower()], [])

    def test_ipv6_is_quoted(self):
        port = free_port()
        self.proxy = {}
        self.begin(at=None, port=port, probe=self.probe, listen=["127.0.0.1", "::1"],
                   backends=[{"url": Mirror(self).url}])
        found = self.told(address="::1")
        self.assertEqual(found["x-forwarded-for"], ["::1"])
        self.assertEqual(found["forwarded"], ['for="[::1]";proto=http'])


class TestCookie(ProxyCase):
    def setUp(self):
        super().setUp()
        self.mirrors = [Mirror(self) for _ in range(3)]

    def visit(self, cookie=None):
        """Returns which backend answered, and the cookie that came."""
        status, headers, body = self.get("/", {"Cookie": cookie} if cookie else {})
        self.assertEqual(status, 200)
        return json.loads(body)["port"], headers["Set-Cookie"]

    def test_there_is_none_by_default(self):
        self.start(self.mirrors)
        self.assertEqual([self.visit()[1] for _ in range(3)], [None] * 3)

    def test_a_client_stays_with_its_backend(self):
        """Others get others; it moves on when its backend goes down; those that are added have one, too."""
        self.start(self.mirrors, cookie="WHERE")
        cookies = {}
        for _ in range(12):
            port, cookie = self.visit()
            self.assertRegex(cookie, r"\AWHERE=[0-9a-f]+; path=/; HttpOnly\Z")
            cookies[port] = cookie.partition(";")[0]
        self.assertEqual(len(cookies), 3)
        self.assertEqual(len(set(cookies.values())), 3)
        for port, cookie in cookies.items():
            self.assertEqual([self.visit(cookie) for _ in range(4)], [(port, None)] * 4)

        gone = self.mirrors[0]
        gone.stop()
        self.wait_for_health("down", gone.url)
        port, cookie = self.visit(cookies[gone.port])
        self.assertNotEqual(port, gone.port)
        self.assertEqual(cookie.partition(";")[0], cookies[port])

        # One that HAProxy gets at runtime, without another HAProxy.
        before = self.haproxies()
        added = Mirror(self)
        self.change(backends=[{"url": mirror.url} for mirror in [*self.mirrors, added]])
        wait_until(lambda: self.visit()[0] == added.port, 10, "the new one is used")
        cookies[added.port] = wait_until(
            lambda: next((cookie for port, cookie in (self.visit() for _ in range(4))
                          if port == added.port), None), 10, "its cookie").partition(";")[0]
        self.assertEqual([self.visit(cookies[added.port]) for _ in range(4)], [(added.port, None)] * 4)
        self.assertEqual(self.haproxies(), before)

        # They hold for another HAProxy, and when we have been away.
        self.set_proxy(compression=True)
        for port in (self.mirrors[1].port, added.port):
            self.assertEqual(self.visit(cookies[port]), (port, None))
        self.assertEqual(self.balancer.end(signal.SIGTERM), 0)
        self.begin(**{name: self.values[name] for name in ("probe", "backends", "proxy")})
        for port in (self.mirrors[1].port, added.port):
            wait_until(lambda: self.visit(cookies[port]) == (port, None), 10, "it is known again")

    def test_a_client_stays_while_its_backend_drains(self):
        self.start(self.mirrors, cookie="WHERE")
        port, cookie = self.visit()
        urls = [{"url": mirror.url, "state": "drain" if mirror.port == port else "ready"}
                for mirror in self.mirrors]
        self.change(backends=urls)
        wait_until(lambda: port not in [self.visit()[0] for _ in range(6)], 10, "nobody new is sent there")
        self.assertEqual(self.visit(cookie.partition(";")[0]), (port, None))

    def wait_for_health(self, health, url):
        wait_until(lambda: {server["url"]: server["health"] for server in json.loads(self.get("/stats")[2])
                            ["servers"]}[url] == health, 10, f"{url} is {health}")


class TestDeadlines(ProxyCase):
    def test_a_backend_that_is_silent_gets_504(self):
        mirror = Mirror(self)
        self.start([mirror], server_timeout_ms=300)
        mirror.delay = 2
        self.assertEqual(self.get()[0], 504)

    def test_a_client_that_is_silent_gets_408(self):
        self.start([Mirror(self)], client_timeout_ms=300)
        with socket.create_connection(("127.0.0.1", self.balancer.port), timeout=5) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost:")
            self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 408 ")

    def test_one_that_is_refused_goes_to_another(self):
        """Nobody notices, as long as HAProxy does not know yet that it is down."""
        bad, good = Mirror(self), Mirror(self)
        self.probe = {"interval_ms": 60000, "fast_interval_ms": 60000, "path": "/quick"}
        self.start([bad, good])
        bad.stop()
        ports = set()
        for _ in range(8):
            status, _, body = self.get()
            self.assertEqual(status, 200)
            ports.add(json.loads(body)["port"])
        self.assertEqual(ports, {good.port})

        self.proxy.update(retries=0, redispatch=False)
        self.change(proxy=self.proxy)
        wait_until(lambda: self.get()[0] == 503, 20, "one that is not sent again fails")

    def test_who_waits_too_long_for_a_full_backend_gets_503(self):
        mirror = Mirror(self)
        self.start([mirror], max_connections_per_backend=1, queue_timeout_ms=200)
        mirror.delay = 1
        first = threading.Thread(target=self.get)
        first.start()
        wait_until(lambda: mirror.now == 1, 5, "it is busy")
        self.assertEqual(self.get()[0], 503)
        first.join(10)


class TestLimits(ProxyCase):
    def test_a_backend_never_gets_more_than_it_may(self):
        """The others wait, and all are answered: also by one that was added at runtime."""
        mirrors = [Mirror(self) for _ in range(3)]
        self.start(mirrors[:2], max_connections_per_backend=3)
        before = self.haproxies()
        self.change(backends=[{"url": mirror.url} for mirror in mirrors])
        wait_until(lambda: mirrors[2].port in [json.loads(self.get()[2])["port"] for _ in range(4)], 10,
                   "the third is used")
        self.assertEqual(self.haproxies(), before)
        for mirror in mirrors:
            mirror.most, mirror.delay = 0, 0.05
        statuses = []

        def ask():
            for _ in range(5):
                statuses.append(self.get()[0])
        threads = [threading.Thread(target=ask) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(statuses, [200] * 150)
        self.assertEqual([mirror.most for mirror in mirrors], [3] * 3)

    def test_another_limit_costs_no_request(self):
        mirrors = [Service(self), Service(self)]
        self.start(mirrors)
        client = Client(self, self.balancer.port)
        self.settle(client, mirrors)
        for limit in (5, 3, 0):
            self.set_proxy(max_connections_per_backend=limit)
            self.settle(client, mirrors)
        # The same holds for how they are checked.
        self.change(probe={"interval_ms": 300, "rise": 3})
        self.settle(client, mirrors)
        time.sleep(1)
        client.end()
        client.tell()
        self.assertEqual(client.failures, [])

    def test_a_client_has_so_many_connections(self):
        self.proxy = {}
        self.begin(probe=self.probe, max_connections_per_client=3, backends=[{"url": Mirror(self).url}])

        def connect():
            connection = self.connect()
            connection.request("GET", "/")
            self.assertEqual(connection.getresponse().status, 200)
            return connection
        kept = [connect() for _ in range(3)]
        with self.assertRaises((ConnectionError, http.client.RemoteDisconnected)):
            connect()
        kept.pop().close()
        wait_until(self.is_proxied, 5, "there is room for another")
        for connection in kept:
            connection.close()


class TestCompression(ProxyCase):
    def test_answers_are_compressed_only_if_wanted(self):
        self.start([Mirror(self)])
        accepts = {"Accept-Encoding": "gzip"}
        self.assertIsNone(self.get("/", accepts)[1]["Content-Encoding"])
        self.set_proxy(compression=True)
        _, headers, body = self.get("/", accepts)
        self.assertEqual(headers["Content-Encoding"], "gzip")
        self.assertIn("port", json.loads(gzip.decompress(body)))
        self.assertIsNone(self.get()[1]["Content-Encoding"])


class TestTls(ProxyCase):
    def setUp(self):
        super().setUp()
        self.certificate = make_certificate(self.folder, "first")

    def served(self):
        """Returns the certificate that a client is shown."""
        with socket.create_connection(("127.0.0.1", self.balancer.port), timeout=10) as plain:
            with self.tls.wrap_socket(plain) as client:
                return ssl.DER_cert_to_PEM_cert(client.getpeercert(True))

    def certificate_in(self, path):
        return re.search(r"-----BEGIN CERT.*?-----END CERTIFICATE-----\n", path.read_text(), re.S)[0]

    def test_http2(self):
        """curl speaks it by TLS, unless that is switched off; the URLs say https."""
        self.start([Mirror(self)], certificate=str(self.certificate), cookie="C")
        self.assertRegex(self.balancer.url, r"\Ahttps://127\.0\.0\.1:\d+\Z")
        ask = ["--cacert", str(self.certificate), "--http2", "--dump-header", "-", self.balancer.url]
        answer = curl(*ask)
        self.assertRegex(answer, r"\AHTTP/2 200 ")
        self.assertRegex(answer, r"(?i)\nset-cookie: C=[^\n]*; Secure\b")
        told = dict(json.loads(answer[answer.rindex('\n{"port"'):])["headers"])
        self.assertEqual(told["x-forwarded-proto"], "https")
        self.assertEqual(told["forwarded"], "for=127.0.0.1;proto=https")
        # /stats is there, too.
        stats = json.loads(curl("--cacert", str(self.certificate), f"{self.balancer.url}/stats"))
        self.assertIn(self.balancer.url, stats["listen"])
        self.set_proxy(http2=False)
        self.assertRegex(curl(*ask), r"\AHTTP/1\.1 200 ")

    def test_http2_without_tls(self):
        self.start([Mirror(self)])
        ask = ["--http2-prior-knowledge", "--dump-header", "-", self.balancer.url]
        self.assertRegex(curl(*ask), r"\AHTTP/2 200 ")
        self.set_proxy(http2=False)
        self.assertNotIn("HTTP/2 200", curl(*ask, check=False))

    def test_websockets_by_tls(self):
        self.start([Service(self)], certificate=str(self.certificate), tunnel_timeout_ms=86400000)
        with socket.create_connection(("127.0.0.1", self.balancer.port), timeout=20) as plain:
            with self.tls.wrap_socket(plain) as client:
                client.sendall(b"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                               b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                head = b""
                while b"\r\n\r\n" not in head:
                    head += client.recv(1)
                self.assertRegex(head, rb"\AHTTP/1\.1 101 ")
                client.sendall(b"hello")
                self.assertEqual(client.recv(5), b"hello")

    def test_a_bad_certificate_never_replaces_a_good_one(self):
        """It is said what is wrong with it."""
        self.start([Mirror(self)], certificate=str(self.certificate))
        shown, before = self.served(), self.haproxies()

        other = make_certificate(self.folder, "other")
        open_file, empty, torn = (self.folder / f"{name}.pem" for name in ("open", "empty", "torn"))
        open_file.write_bytes(other.read_bytes())
        open_file.chmod(0o644)
        empty.write_text("")
        torn.touch(mode=0o600)
        torn.write_text(self.certificate_in(other) + self.certificate.with_suffix(".key").read_text())
        for path, words in ((self.folder / "none.pem", "cannot be read"),
                            (open_file, f"chmod 600 {open_file}"),
                            (empty, "no certificate"),
                            (other.with_suffix(".crt"), "private key is missing"),
                            (torn, "inconsistencies between private key and certificate")):
            with self.subTest(path=path.name):
                self.proxy["certificate"] = str(path)
                self.change(proxy=self.proxy)
                wait_until(lambda: words in self.balancer.complained(), 10, words)
                self.assertEqual(self.served(), shown)
                self.assertEqual(self.haproxies(), before)

        # What is mended is served.
        open_file.chmod(0o600)
        self.proxy["certificate"] = str(open_file)
        self.change(proxy=self.proxy)
        wait_until(lambda: self.served() == self.certificate_in(other), 10, "the other one is shown")

    def test_a_renewed_certificate_is_served(self):
        """As it is written over the one before, or put in its place; and nobody is refused."""
        self.start([Mirror(self)], certificate=str(self.certificate))
        statuses, going = [], True

        def ask():
            while going:
                statuses.append(self.get()[0])
                time.sleep(0.01)
        client = threading.Thread(target=ask)
        client.start()
        try:
            for name in ("second", "third"):
                renewed = make_certificate(self.folder, name)
                if name == "second":
                    renewed.rename(self.certificate)
                else:
                    self.certificate.write_bytes(renewed.read_bytes())
                expected = self.certificate_in(self.certificate)
                wait_until(lambda: self.served() == expected, 10, f"the {name} one is shown")
        finally:
            going = False
            client.join(20)
        self.assertEqual(set(statuses), {200})

    def test_a_link_that_leads_elsewhere_is_followed(self):
        """certbot keeps them so."""
        link = self.folder / "live.pem"
        link.symlink_to(self.certificate)
        self.start([Mirror(self)], certificate=str(link))
        renewed = make_certificate(self.folder, "renewed")
        new = self.folder / "new"
        new.symlink_to(renewed)
        new.rename(link)
        wait_until(lambda: self.served() == self.certificate_in(renewed), 10, "the new one is shown")
        renewed.write_bytes(make_certificate(self.folder, "again").read_bytes())
        wait_until(lambda: self.served() == self.certificate_in(renewed), 10, "the newest one is shown")

    def test_without_haproxy_a_client_with_tls_is_not_left_waiting(self):
        """We know no TLS: when it has been tried a few times, the connection closes."""
        self.begin_without_haproxy()
        with socket.create_connection(("127.0.0.1", self.balancer.port), timeout=10) as plain:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.tls.wrap_socket(plain)

    def begin_without_haproxy(self):
        program = self.folder / "bin" / "haproxy"
        program.write_text('#!/bin/sh\necho "[ALERT] no" >&2\nexit 1\n')
        self.proxy = {"certificate": str(self.certificate)}
        self.values = {"engine": "haproxy", "backends": [{"url": self.services[0].url}], "proxy": self.proxy}
        self.write_config(**self.values)
        self.balancer = Balancer(self)
        wait_until(lambda: "no" in self.balancer.complained(), 10, "HAProxy does not want to")

    def test_a_haproxy_that_is_killed_costs_clients_with_tls_nothing_but_what_it_had(self):
        """Who connects meanwhile waits for the next one, and is not turned away by us."""
        self.start([Mirror(self)], certificate=str(self.certificate))
        failed, done, going = [], [], True

        def ask():
            while going:
                try:
                    done.append(self.get()[0])
                except (OSError, http.client.HTTPException) as error:
                    failed.append(error)
                time.sleep(0.005)
        client = threading.Thread(target=ask)
        client.start()
        try:
            wait_until(lambda: len(done) > 20, 10, "it asks")
            haproxy, = self.haproxies()
            os.kill(haproxy, signal.SIGKILL)
            wait_until(lambda: self.haproxies() not in ([], [haproxy]), 10, "there is another HAProxy")
            self.wait_for_haproxy()
        finally:
            going = False
            client.join(20)
        self.assertLessEqual(len(failed), 1, failed)
        self.assertEqual(set(done), {200})


if __name__ == "__main__":
    tap.main()
