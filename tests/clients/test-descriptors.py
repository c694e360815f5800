# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clients, few descriptors."""

import socket
import subprocess
import unittest

import tap
from lbtest import Backend, Balancer, ClientCase, curl, wait_until


class TestDescriptors(ClientCase):
    def start(self, descriptors):
        backend = Backend(self, "one")
        balancer = Balancer(self, f"--backend={backend.url}", descriptors=descriptors)
        balancer.wait_for_health("up", backend.url)
        return balancer

    def test_keep_alive_clients_leave_none_behind(self):
        """2000 times curl; each asks twice, on one connection if it may, and leaves."""
        balancer = self.start(256)
        curl(f"{balancer.url}/stats", f"{balancer.url}/who")
        before = balancer.count_descriptors()

        url = f"{balancer.url}/who"
        done = subprocess.run(
            ["xargs", "-P", "4", "-I", "{}", "curl", "-s", "--noproxy", "*", "--max-time", "20", "-w",
             r"%{http_code}\n", f"{url}?{{}}", f"{url}?{{}}"],
            input="\n".join(map(str, range(2000))), stdout=subprocess.PIPE, text=True, check=True,
            timeout=80)

        self.assertEqual(done.stdout.split(), ["307"] * 4000)
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
        wait_until(lambda: balancer.stats() is not None, 5, "it answers again")
        self.assertIn("307", curl("-i", f"{balancer.url}/who"))


if __name__ == "__main__":
    tap.main()
