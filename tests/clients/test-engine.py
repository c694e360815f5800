# SPDX-License-Identifier: GPL-3.0-or-later
"""HAProxy carries the traffic, started and driven by the application.

A client at a steady rate counts every failure while everything that can change does.
"""

import csv
import hashlib
import http.client
import io
import os
import pathlib
import signal
import socket
import time
import urllib.error
import urllib.request

import tap
from lbproxy import Client, EngineCase, Service
from lbtest import Balancer, free_port, wait_until


def listens(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), timeout=10).close()
        return True
    except ConnectionRefusedError:
        return False


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

    def test_answers_are_counted_by_their_status(self):
        self.begin(backends=[{"url": self.services[0].url}])
        self.services[0].delay = 0.05

        def counted():
            responses = self.balancer.stats()["servers"][0]["proxied"]["responses"]
            return {status: n for status, n in responses.items() if status != "2xx"}
        for status, n in ((404, 3), (500, 2), (304, 1)):
            for _ in range(n):
                connection = http.client.HTTPConnection("127.0.0.1", self.balancer.port, timeout=10)
                connection.request("GET", f"/{status}")
                self.assertEqual(connection.getresponse().status, status)
                connection.close()
        expected = {"1xx": 0, "3xx": 1, "4xx": 3, "5xx": 2}
        wait_until(lambda: counted() == expected, 10, "all are counted")
        stats = self.balancer.stats()
        proxied = stats["servers"][0]["proxied"]
        self.assertEqual(sum(proxied["responses"].values()), proxied["requests"])
        self.assertEqual(stats["proxied"]["responses"], proxied["responses"])
        self.assertGreaterEqual(proxied["total_time_ms"], 5)

        # Another HAProxy begins with none of it; ours go on.
        haproxies = self.haproxies()
        self.change(policy="random")
        wait_until(lambda: self.haproxies() not in ([], haproxies), 20, "there is another HAProxy")
        self.wait_for_haproxy()
        self.assertEqual(counted(), expected)
        with urllib.request.urlopen(f"{self.balancer.url}/stats;csv", timeout=10) as answer:
            rows = list(csv.DictReader(io.StringIO(answer.read().decode())))
        row = next(row for row in rows if row["svname"] == f"127.0.0.1:{self.services[0].port}")
        self.assertEqual((row["hrsp_4xx"], row["hrsp_5xx"], row["wretr"]), ("3", "2", "0"))

        # Who redirects does not know them.
        self.change(engine="redirect")
        wait_until(lambda: self.balancer.stats()["servers"][0]["proxied"] is None, 20, "nothing is known")
        self.assertIsNone(self.balancer.stats()["proxied"])

    def test_retries_and_failed_connections_are_counted(self):
        """The checks go to somebody else, who is there."""
        gone, one = f"http://127.0.0.1:{free_port()}", self.services[0].url
        self.begin(backends=[{"url": one}, {"url": gone, "probe": {"url": one}}])
        client = Client(self, self.balancer.port)

        def counted():
            return self.balancer.backends()[gone]["proxied"]
        wait_until(lambda: counted() and counted()["redispatches"] > 0, 30, "requests are sent elsewhere")
        client.end()
        self.assertEqual(client.failures, [])

        def asks_in_vain():
            try:
                self.ask()
                return False
            except urllib.error.HTTPError as error:
                return error.code == 503

        # Where there is nobody else, it is asked once more, and at last given up.
        self.change(backends=[{"url": gone, "probe": {"url": one}}])
        wait_until(lambda: self.balancer.stats()["servers"][0]["url"] == gone, 10, "it is alone")
        wait_until(lambda: asks_in_vain() and counted()["connection_errors"] > 0, 30, "it is given up")
        self.assertGreater(counted()["retries"], 0)
        total = self.balancer.stats()["proxied"]
        self.assertEqual({key: total[key] for key in ("retries", "redispatches")},
                         {key: counted()[key] for key in ("retries", "redispatches")})

    def test_backends_come_by_name(self):
        """Names are looked up by a HAProxy that starts, so there is another one; one that nobody knows waits."""
        self.begin()
        client = Client(self, self.balancer.port)
        self.settle(client, self.services)
        added = Service(self)
        urls = [service.url for service in self.services]
        urls += [added.url.replace("127.0.0.1", "localhost"), "http://nobody.invalid:80"]
        self.change(backends=[{"url": url} for url in urls])
        self.settle(client, [*self.services, added], seconds=30)
        self.wait_for_haproxy()
        client.end()
        self.assertEqual(client.failures, [])

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
        # Nobody looks how it is, so it is not as it was.
        wait_until(lambda: self.balancer.backends()[f"{urls[1]}/a"]["not_used_because"] == "left out", 10,
                   "it is not used")
        left_out = self.balancer.backends()[f"{urls[1]}/a"]
        self.assertEqual((left_out["health"], left_out["proxied"]), ("unknown", None))
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
