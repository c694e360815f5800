# SPDX-License-Identifier: GPL-3.0-or-later
"""The computer loses an address that is listened on, and has it back.

All of it runs in a network namespace of its own, with a network card that is none.
"""

import os
import subprocess
import sys
import unittest

import tap
from lbdesktop import DesktopCase
from lbtest import Backend, Balancer, ClientCase, curl, free_port, stats, wait_until

ADDRESSES = ("192.0.2.1", "2001:db8::1")
MARK = "LB_NETWORK_NAMESPACE"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, timeout=20)


def url(address, port):
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


@unittest.skipUnless(MARK in os.environ, "this takes a privilege: to make a network namespace")
class NetworkCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ip("link", "set", "lo", "up")

    def plug(self):
        ip("link", "add", "lb0", "type", "veth", "peer", "name", "lb1")
        self.addCleanup(subprocess.run, ["ip", "link", "del", "lb0"], stderr=subprocess.DEVNULL,
                        check=False, timeout=20)
        ip("link", "set", "lb0", "up")
        ip("link", "set", "lb1", "up")

    def add(self):
        ip("addr", "add", "192.0.2.1/24", "dev", "lb0")
        ip("addr", "add", "2001:db8::1/64", "dev", "lb0", "nodad")

    def remove(self):
        ip("addr", "del", "192.0.2.1/24", "dev", "lb0")
        ip("addr", "del", "2001:db8::1/64", "dev", "lb0")

    def unplug(self):
        ip("link", "del", "lb0")


class TestWithoutAWindow(NetworkCase, ClientCase):
    def reached(self, address):
        return "Location" in curl("--include", "--max-time", "2", url(address, self.balancer.port),
                                  check=False)

    def test_it_goes_on_where_the_address_is_back(self):
        self.plug()
        self.add()
        backend = Backend(self, "one")
        self.balancer = Balancer(self, "--listen=localhost", f"--backend={backend.url}",
                                 *(f"--listen={address}" for address in ADDRESSES), port=free_port())
        self.balancer.wait_for_health("up", backend.url)
        descriptors = self.balancer.count_descriptors()

        for lose, regain in ((self.remove, lambda: None), (self.unplug, self.plug)):
            self.assertTrue(all(map(self.reached, ADDRESSES)))
            said = self.balancer.complained().count("is not an address of this computer")
            lose()
            self.assertFalse(any(map(self.reached, ADDRESSES)))
            self.assertTrue(self.reached("127.0.0.1"))
            wait_until(lambda: self.balancer.complained().count(
                "is not an address of this computer") > said, 10, "it says so")
            regain()
            self.add()
            wait_until(lambda: all(map(self.reached, ADDRESSES)), 10, "it is reached again")
        wait_until(lambda: self.balancer.count_descriptors() <= descriptors, 10, "nothing is left")

    def test_an_address_that_is_wanted_before_it_is_there(self):
        backend = Backend(self, "one")
        port = free_port()
        config = dict(port=port, backends=[{"url": backend.url}])
        self.write_config(**config, listen=["localhost"])
        self.balancer = Balancer(self, port=None)
        self.balancer.wait_for_health("up", backend.url)
        self.write_config(**config, listen=["localhost", *ADDRESSES])
        wait_until(lambda: "is not an address" in self.balancer.complained(), 10, "it says so")
        self.assertTrue(self.reached("127.0.0.1"))
        self.plug()
        self.add()
        wait_until(lambda: all(map(self.reached, ADDRESSES)), 10, "it goes there")
        self.assertTrue(self.reached("127.0.0.1"))


class TestWithAWindow(NetworkCase, DesktopCase):
    def test_it_goes_where_it_was_to_be(self):
        self.write_config(port=self.port, listen=["localhost", *ADDRESSES])
        self.start_process()
        wait_until(self.windows, 20, "there is a window")
        self.assertIsNone(stats(self.url))
        self.plug()
        self.add()
        for address in ("127.0.0.1", *ADDRESSES):
            wait_until(lambda: stats(url(address, self.port)), 10, f"it listens on {address}")


def main():
    """Runs again in a namespace, where that may be."""
    unshare = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if MARK not in os.environ and subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL,
                                                 check=False).returncode == 0:
        os.execvpe(unshare[0], [*unshare, sys.executable, *sys.argv], dict(os.environ, **{MARK: "1"}))
    tap.main()


if __name__ == "__main__":
    main()
