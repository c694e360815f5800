# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clients, few descriptors."""

import collections
import socket
import subprocess

import tap
from lbtest import Backend, Balancer, ClientCase, curl, stats, wait_until


class TestDescriptors(ClientCase):
    def start(self, descriptors):
        backend = Backend(self, "one")
        balancer = Balancer(self, f"--backend={backend.url}", descriptors=descriptors)
        balancer.wait_for_health("up", backend.url)
        return balancer

    def test_keep_alive_clients_leave_none_behind(self):
        """2000 times curl; each asks twice, on one connection, and leaves."""
        balancer = self.start(256)
        curl(f"{balancer.url}/stats", f"{balancer.url}/who")
        before = balancer.count_descriptors()

        url = f"{balancer.url}/who"
        done = subprocess.run(
            ["xargs", "-P", "4", "-I", "{}", "curl", "-s", "--noproxy", "*", "--max-time", "20", "-w",
             r"%{http_code} %{num_connects}\n", f"{url}?{{}}", f"{url}?{{}}"],
            input="\n".join(map(str, range(2000))), stdout=subprocess.PIPE, text=True, check=True,
            timeout=80)

        self.assertEqual(collections.Counter(done.stdout.splitlines()),
                         {"307 1": 2000, "307 0": 2000})
        wait_until(lambda: balancer.count_descriptors() <= before, 5,
                   f"as few descriptors as before ({before})")
        self.assertIn("307", curl("-i", url))

    def test_survives_more_clients_than_descriptors(self):
        balancer = self.start(64)
        clients = []
        self.addCleanup(lambda: [client.close() for client in clients])
        for _ in range(200):
            client = socket.create_connection(("127.0.0.1", balancer.port), timeout=10)
            clients.append(client)
        # Half of them are kept for the rest of the program: probes, files, the configuration.
        wait_until(lambda: balancer.count_descriptors() > 40, 5, "the descriptors are in use")

        # It waits for one to become free, and does not ask all the time.
        before = balancer.cpu_seconds()
        self.assertIsNone(balancer.popen.poll())
        try:
            balancer.popen.wait(1)
        except subprocess.TimeoutExpired:
            pass
        self.assertLess(balancer.cpu_seconds() - before, 0.5)

        while clients:
            clients.pop().close()
        wait_until(lambda: stats(balancer.url), 5, "it answers again")
        self.assertIn("307", curl("-i", f"{balancer.url}/who"))


class TestMaxConnections(ClientCase):
    """With as many clients as there may be, who has been idle for the longest time makes room."""

    def setUp(self):
        super().setUp()
        self.write_config(max_connections=50)
        self.balancer = Balancer(self)
        self.clients = []
        self.addCleanup(lambda: [client.close() for client in self.clients])

    def ask(self, client):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 503 ")

    def connect(self):
        """Returns a client that is served, and stays."""
        client = socket.create_connection(("127.0.0.1", self.balancer.port), timeout=10)
        self.clients.append(client)
        self.ask(client)
        return client

    def closed(self):
        """Returns which clients were closed, by their number."""
        numbers = []
        for number, client in enumerate(self.clients):
            client.setblocking(False)
            try:
                if client.recv(1) == b"":
                    numbers.append(number)
            except BlockingIOError:
                pass
            client.settimeout(10)
        return numbers

    def test_the_longest_idle_one_is_closed(self):
        for _ in range(50):
            self.connect()
        self.assertEqual(self.closed(), [])

        # It was the first, but is no longer the one that has been idle for the longest time.
        self.ask(self.clients[0])
        self.connect()
        self.assertEqual(self.closed(), [1])

        for _ in range(200):
            self.connect()
        self.assertEqual(self.closed(), list(range(201)))

    def test_fewer_may_be_allowed_while_it_runs(self):
        for _ in range(50):
            self.connect()
        self.write_config(max_connections=20)
        wait_until(lambda: self.closed() == list(range(30)), 10, "the first thirty are closed")
        self.connect()
        self.assertEqual(self.closed(), list(range(31)))


class TestMaxConnectionsPerClient(ClientCase):
    """No client takes the place of everybody else."""

    def setUp(self):
        super().setUp()
        self.write_config(max_connections_per_client=3)
        self.balancer = Balancer(self)

    def connect(self, source):
        """Returns a client, and whether it is served; each address of 127.0.0.0/8 is another client."""
        client = socket.create_connection(("127.0.0.1", self.balancer.port), timeout=10,
                                          source_address=(source, 0))
        self.addCleanup(client.close)
        try:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return client, client.recv(65536) != b""
        except ConnectionError:
            return client, False

    def test_further_ones_are_closed(self):
        clients = [self.connect("127.0.0.2") for _ in range(3)]
        self.assertTrue(all(served for _, served in clients))
        for _ in range(5):
            self.assertFalse(self.connect("127.0.0.2")[1])

        # Others are served, and so is who has closed one.
        self.assertTrue(self.connect("127.0.0.3")[1])
        clients[0][0].close()
        wait_until(lambda: self.connect("127.0.0.2")[1], 10, "there is room again")
        self.assertGreaterEqual(self.balancer.stats()["rejected"]["busy"], 5)

    def test_it_may_change_while_clients_are_connected(self):
        for _ in range(3):
            self.assertTrue(self.connect("127.0.0.2")[1])
        self.write_config(max_connections_per_client=0)
        wait_until(lambda: self.connect("127.0.0.2")[1], 10, "any number is allowed")

        # Those who are there count, whenever they came.
        self.write_config(max_connections_per_client=2)
        wait_until(lambda: not self.connect("127.0.0.2")[1], 10, "two are allowed")
        for served in (True, True, False):
            self.assertEqual(self.connect("127.0.0.3")[1], served)


if __name__ == "__main__":
    tap.main()
