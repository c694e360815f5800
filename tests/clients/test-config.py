# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file: what is read from it, also while running, and what is written to it."""

import signal
import socket

import tap
from lbtest import Backend, Balancer, ClientCase, curl, free_port, stats, wait_until


class TestConfig(ClientCase):
    def setUp(self):
        super().setUp()
        self.one = Backend(self, "one")
        self.two = Backend(self, "two")

    def wait_for_backends(self, balancer, *urls):
        wait_until(lambda: list(balancer.backends()) == list(urls), 5, f"the pool is {urls}")

    def test_options_are_not_saved(self):
        self.write_config(backends=[{"url": self.one.url}])
        balancer = Balancer(self, f"--backend={self.two.url}", "--listen=127.0.0.1")
        self.assertEqual(list(balancer.backends()), [self.one.url, self.two.url])
        self.assertEqual(balancer.end(signal.SIGTERM), 0)

        saved = self.read_config()
        self.assertEqual([backend["url"] for backend in saved["backends"]], [self.one.url])
        self.assertNotEqual(saved.get("port"), balancer.port)
        self.assertNotEqual(saved.get("listen"), ["127.0.0.1"])

    def test_an_edit_is_picked_up_while_running(self):
        self.write_config(backends=[{"url": self.one.url}])
        balancer = Balancer(self)
        balancer.wait_for_health("up", self.one.url)

        self.write_config(backends=[{"url": self.one.url}, {"url": self.two.url}])
        self.wait_for_backends(balancer, self.one.url, self.two.url)
        balancer.wait_for_health("up", self.two.url)

        # An editor that writes into the file itself.
        self.config.write_text('{"version": 1, "backends": [{"url": "%s", "weight": 3}]}'
                               % self.two.url, encoding="utf-8")
        self.wait_for_backends(balancer, self.two.url)
        wait_until(lambda: balancer.backends()[self.two.url]["weight"] == 3, 5, "the weight is 3")
        self.assertEqual(curl("-L", f"{balancer.url}/who"), "two\n")

    def test_an_edit_keeps_what_is_known_of_a_backend(self):
        self.write_config(backends=[{"url": self.one.url}])
        balancer = Balancer(self)
        balancer.wait_for_health("up", self.one.url)
        curl("-L", f"{balancer.url}/who?[1-10]")

        self.write_config(backends=[{"url": self.two.url}, {"url": self.one.url}])
        self.wait_for_backends(balancer, self.two.url, self.one.url)
        one = balancer.backends()[self.one.url]
        self.assertEqual((one["redirects"], one["health"]), (10, "up"))

    def test_a_broken_edit_changes_nothing_and_is_named(self):
        self.write_config(backends=[{"url": self.one.url}])
        balancer = Balancer(self)
        balancer.wait_for_health("up", self.one.url)
        self.config.write_text('{"version": 1, "backends": [', encoding="utf-8")
        wait_until(lambda: "config" in balancer.complained(), 5, "it complains")
        self.assertEqual(list(balancer.backends()), [self.one.url])
        self.assertEqual(curl("-L", f"{balancer.url}/who"), "one\n")

    def test_an_edit_with_a_bad_port_moves_nothing_and_is_named(self):
        self.write_config(port=free_port(), listen=["127.0.0.1"], backends=[{"url": self.one.url}])
        balancer = Balancer(self, port=None)
        listen = balancer.stats()["listen"]
        self.write_config(port=str(free_port()), listen=["127.0.0.1"])
        self.wait_for_backends(balancer)
        self.assertEqual(balancer.stats()["listen"], listen)
        self.assertIn("“port”", balancer.complained())

    def test_a_broken_file_is_kept_aside(self):
        broken = "{ this is no JSON"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(broken, encoding="utf-8")
        balancer = Balancer(self)
        self.assertEqual(balancer.backends(), {})
        kept = [path for path in self.config.parent.iterdir()
                if path.read_text(encoding="utf-8") == broken]
        self.assertEqual(len(kept), 1)
        self.assertIn(str(kept[0]), balancer.complained())

    def test_a_bad_entry_is_skipped_named_and_kept(self):
        self.write_config(backends=[{"url": "ftp://wrong"}, {"url": self.one.url}], extra=[1, 2])
        balancer = Balancer(self)
        self.assertEqual(list(balancer.backends()), [self.one.url])
        self.assertIn("ftp://wrong", balancer.complained())
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        saved = self.read_config()
        self.assertEqual(saved["extra"], [1, 2])
        self.assertIn("ftp://wrong", [backend["url"] for backend in saved["backends"]])

    def test_the_order_on_disk_is_the_pool_s(self):
        self.write_config(backends=[{"url": self.one.url}, {"url": self.two.url}])
        balancer = Balancer(self)
        self.write_config(backends=[{"url": self.two.url, "weight": 2}, {"url": self.one.url}])
        self.wait_for_backends(balancer, self.two.url, self.one.url)

    def test_our_own_address_in_the_file_is_skipped_named_and_kept(self):
        port = free_port()
        own = f"http://localhost:{port}"
        self.write_config(port=port, backends=[{"url": own}, {"url": self.one.url}])
        balancer = Balancer(self, port=None)
        self.assertEqual(balancer.port, port)
        self.assertEqual(list(balancer.backends()), [self.one.url])
        self.assertIn(own, balancer.complained())
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertIn(own, [backend["url"] for backend in self.read_config()["backends"]])

    def test_an_edit_moves_the_port_and_adds_a_backend_where_it_was(self):
        old, new = free_port(), free_port()
        self.write_config(port=old, backends=[{"url": self.one.url}])
        Balancer(self, port=None)
        was_here = f"http://127.0.0.1:{old}"
        self.write_config(port=new, backends=[{"url": self.one.url}, {"url": was_here}])

        def look():
            now = stats(f"http://127.0.0.1:{new}")
            return now and [server["url"] for server in now["servers"]] == [self.one.url, was_here]
        wait_until(look, 5, "it has moved and taken both backends")

    def test_an_edit_to_a_busy_port_is_tried_again_at_the_next(self):
        old = free_port()
        self.write_config(port=old, backends=[{"url": self.one.url}])
        balancer = Balancer(self, port=None)
        with socket.create_server(("127.0.0.1", 0)) as other:
            busy = other.getsockname()[1]
            self.write_config(port=busy, backends=[{"url": self.one.url}])
            wait_until(lambda: str(busy) in balancer.complained(), 5, "it complains")
            self.assertEqual(list(balancer.backends()), [self.one.url])
        self.write_config(port=busy, backends=[{"url": self.one.url}, {"url": self.two.url}])
        wait_until(lambda: stats(f"http://127.0.0.1:{busy}"), 5, "it has moved")


if __name__ == "__main__":
    tap.main()
