# SPDX-License-Identifier: GPL-3.0-or-later
"""HAProxys elsewhere ask the application how to use each backend, by their agent checks."""

import signal
import socket

import tap
from lbtest import Backend, Balancer, ClientCase, free_port, wait_until


def ask(port, line, address="127.0.0.1"):
    """Returns what is answered before it is closed; None if nobody is there."""
    try:
        with socket.create_connection((address, port), timeout=10) as client:
            client.sendall(line)
            answer = b""
            while part := client.recv(4096):
                answer += part
            return answer
    except ConnectionRefusedError:
        return None


class TestAgent(ClientCase):
    def test_option(self):
        one, port = Backend(self, "one"), free_port()
        name = f"127.0.0.1:{one.port}\n".encode()
        balancer = Balancer(self, f"--agent-port={port}", f"--backend={one.url}")
        balancer.wait_for_health("up", one.url)
        for address in ("127.0.0.1", "::1"):
            self.assertEqual(ask(port, name, address), b"ready 100% up\n")
        self.assertEqual(ask(port, b"127.0.0.1:1\n"), b"stopped #not in the pool\n")
        one.stop()
        balancer.wait_for_health("down", one.url)
        self.assertEqual(ask(port, name), b"ready 100% down #refused\n")
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertIsNone(ask(port, name))

    def test_configuration(self):
        first, second = free_port(), free_port()
        backends = [{"url": "http://127.0.0.1:1", "state": "drain", "weight": 4},
                    {"url": "http://127.0.0.1:2", "state": "maint", "weight": 8}]
        self.write_config(agent_port=first, listen=["127.0.0.1"], backends=backends)
        balancer = Balancer(self)
        balancer.wait_for_health("down", "http://127.0.0.1:1")
        self.assertEqual(ask(first, b"127.0.0.1:1\n"), b"drain 50% down #refused\n")
        self.assertEqual(ask(first, b"127.0.0.1:2\n"), b"maint\n")
        self.assertIsNone(ask(first, b"127.0.0.1:2\n", "::1"))

        self.write_config(agent_port=second, backends=backends)
        wait_until(lambda: ask(second, b"127.0.0.1:2\n", "::1") == b"maint\n", 10, "it is at the other port")
        self.assertIsNone(ask(first, b"127.0.0.1:2\n"))
        self.write_config(agent_port=0, backends=backends)
        wait_until(lambda: ask(second, b"127.0.0.1:2\n") is None, 10, "there is none")
        self.assertEqual(balancer.complained(), "")

    def test_a_port_that_is_taken_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            balancer = Balancer(self, f"--agent-port={port}", "--backend=http://127.0.0.1:1")
            wait_until(lambda: f"{port}" in balancer.complained(), 10, "it says so")
            self.assertIn("agent checks", balancer.complained())
        self.assertEqual(len(balancer.stats()["servers"]), 1)

    def test_what_is_no_port_is_refused(self):
        self.assert_refused(self.run_program("--headless", "--agent-port=x"), "--agent-port", "65535")


if __name__ == "__main__":
    tap.main()
