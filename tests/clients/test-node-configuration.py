# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration for a HAProxy elsewhere: HAProxy accepts it, and a node that is started with it, but for the
place of its runtime API, is driven by us or follows our agent port.
"""

import http.client
import signal
import socket
import subprocess

import tap
from lbproxy import EngineCase
from lbtest import Balancer, Process, free_port, wait_until

RUNTIME = "/run/haproxy/load-balancer.sock"


class TestNodeConfiguration(EngineCase):
    def make(self, *arguments):
        done = self.run_program("--node-configuration", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def save(self, text):
        """Returns the path of a file with the text, in which the runtime API is where we may open a socket."""
        self.runtime = str(self.folder / "node.sock")
        self.assertEqual(text.count(RUNTIME), 1)
        path = self.folder / "node.cfg"
        path.write_text(text.replace(RUNTIME, self.runtime), encoding="utf-8")
        return path

    def assert_valid(self, text):
        done = subprocess.run([self.folder / "bin" / "haproxy", "-c", "-f", self.save(text)], timeout=20,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("WARNING", done.stdout)

    def start(self, text):
        path = self.save(text)
        self.node = Process(self, [self.folder / "bin" / "haproxy", "-db", "-f", path])
        wait_until(self.runs, 10, "the node runs")

    def runs(self):
        """The socket is there a moment before anybody listens on it."""
        if self.node.popen.poll() is not None:
            raise AssertionError(f"the node ended with {self.node.popen.returncode}: {self.node.complained()}")
        try:
            self.servers()
        except OSError:
            return False
        return True

    def servers(self):
        """Returns what the node says: the status and weight of each server."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.runtime)
            client.sendall(b"show stat load-balancer 4 -1\n")
            text = b""
            while part := client.recv(65536):
                text += part
        heading, *rows = [line.split(",") for line in text.decode().splitlines() if line]
        rows = [dict(zip(heading, row)) for row in rows]
        return {row["svname"]: (row["status"].partition(" (")[0], int(row["weight"])) for row in rows}

    def ask(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def names(self):
        return [f"127.0.0.1:{service.port}" for service in self.services]

    def test_haproxy_accepts_it(self):
        backends = [{"url": "http://127.0.0.1:1", "state": "drain"}, {"url": "https://[::1]:2", "weight": 9},
                    {"url": "http://127.0.0.1:3", "state": "maint"}, {"url": "http://127.0.0.1:4", "backup": True}]
        self.write_config()
        self.assert_valid(self.make())
        for values in ({}, {"policy": "source-hash"}, {"policy": "adaptive", "agent_port": 5002},
                       {"proxy": {"cookie": "SERVER", "compression": True}, "max_connections": 100,
                        "max_connections_per_client": 3},
                       {"listen": ["0.0.0.0"], "agent_port": 5002}, {"listen": ["::1"], "agent_port": 5002}):
            with self.subTest(values=values):
                self.write_config(backends=backends, **values)
                text = self.make()
                self.assert_valid(text)
                self.assertEqual(text.count("agent-check"), 4 if "agent_port" in values else 0)
                # What opens it to others is for a person to decide.
                self.assertIn("    # stats socket ipv4@", text)

    def test_what_is_left_out_is_named(self):
        done = self.run_program("--node-configuration", "--backend=http://127.0.0.1:1",
                                "--backend=http://127.0.0.1:2/a")
        self.assertEqual(done.returncode, 0)
        self.assertIn("http://127.0.0.1:2/a is left out", done.stderr)
        self.assertNotIn("127.0.0.1:2", done.stdout)

    def assert_driven(self, text, port, address=None):
        self.start(text)
        one, two, three = self.names()
        self.assertEqual(self.ask(port), (200, str(self.services[0].port)))
        backends = [{"url": self.services[0].url, "state": "drain"}, {"url": self.services[1].url, "weight": 7},
                    {"url": self.services[2].url, "state": "maint"}]
        self.write_config(backends=backends, engine="haproxy", policy="round-robin",
                          nodes=[address or self.runtime], probe={"interval_ms": 200})
        Balancer(self)
        expected = {one: ("DRAIN", 1), two: ("UP", 7), three: ("MAINT", 1)}
        wait_until(lambda: self.servers() == expected, 20, expected)
        self.assertEqual(self.ask(port), (200, str(self.services[1].port)))

    def make_for_one(self, port):
        self.write_config(backends=[{"url": self.services[0].url}], port=port, probe={"interval_ms": 200})
        return self.make()

    def test_a_node_is_driven(self):
        port = free_port()
        self.assert_driven(self.make_for_one(port), port)

    def test_a_node_is_driven_over_the_network(self):
        """As the comment in it says."""
        port, runtime = free_port(), free_port()
        text = self.make_for_one(port)
        self.assertIn("    # stats socket ipv4@192.0.2.1:9999 ", text)
        text = text.replace("# stats socket ipv4@192.0.2.1:9999 ", f"stats socket ipv4@127.0.0.1:{runtime} ")
        self.assert_driven(text, port, f"127.0.0.1:{runtime}")

    def test_a_node_follows_the_agent(self):
        """Nobody tells it anything."""
        port, agent = free_port(), free_port()
        urls = [service.url for service in self.services]
        values = {"agent_port": agent, "probe": {"interval_ms": 200}}
        self.write_config(backends=[{"url": url} for url in urls], port=port, **values)
        self.start(self.make())
        one, two, three = self.names()
        balancer = Balancer(self)
        balancer.wait_for_health("up", *urls)
        wait_until(lambda: set(self.servers().values()) == {("UP", 100)}, 20, "all are up")

        def becomes(**expected):
            wait_until(lambda: self.servers() == {one: expected["one"], two: expected["two"],
                                                  three: expected["three"]}, 20, expected)
        self.write_config(backends=[{"url": urls[0], "state": "drain"}, {"url": urls[1], "state": "maint"},
                                    {"url": urls[2], "weight": 4}], **values)
        becomes(one=("DRAIN", 25), two=("MAINT", 100), three=("UP", 100))
        self.assertEqual(self.ask(port), (200, str(self.services[2].port)))
        self.write_config(backends=[{"url": urls[0], "weight": 3}, {"url": urls[1], "weight": 4}], **values)
        becomes(one=("UP", 75), two=("UP", 100), three=("DOWN", 100))

        # What is wrong with it only we see: it is checked elsewhere, where nobody is.
        gone = {"url": f"http://127.0.0.1:{free_port()}"}
        self.write_config(backends=[{"url": urls[0], "weight": 3, "probe": gone}, {"url": urls[1], "weight": 4}],
                          **values)
        becomes(one=("DOWN", 75), two=("UP", 100), three=("DOWN", 100))
        self.assertEqual(self.ask(port), (200, str(self.services[1].port)))

        # It goes on as it was without us.
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertEqual(self.ask(port), (200, str(self.services[1].port)))

    def test_one_in_maintenance_comes_back_by_the_agent(self):
        """A file says “disabled”, which only the runtime API or an agent takes back."""
        agent = free_port()
        url = self.services[0].url
        self.write_config(backends=[{"url": url, "state": "maint"}], agent_port=agent, port=free_port())
        self.start(self.make())
        self.assertEqual(self.servers(), {self.names()[0]: ("MAINT", 100)})
        self.write_config(backends=[{"url": url}], agent_port=agent)
        Balancer(self)
        wait_until(lambda: self.servers() == {self.names()[0]: ("UP", 100)}, 20, "it is up")


if __name__ == "__main__":
    tap.main()
