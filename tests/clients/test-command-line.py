# SPDX-License-Identifier: GPL-3.0-or-later
"""The application without a window: its options, its end, and what it says on the way."""

import os
import re
import signal
import socket

import tap
from lbtest import ROOT, Backend, Balancer, ClientCase, Process, PROGRAM, curl, free_port


class TestHeadless(ClientCase):
    def test_prints_each_address_it_listens_on(self):
        balancer = Balancer(self)
        lines = balancer.printed().splitlines()
        self.assertEqual(lines, [f"Listening on {url}" for url in balancer.stats()["listen"]])
        self.assertRegex(lines[0], r"^Listening on http://127\.0\.0\.1:\d+$")
        for url in balancer.stats()["listen"]:
            self.assertIn('"servers"', curl("-g", f"{url}/stats"))

    def test_ends_cleanly_on_a_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                balancer = Balancer(self)
                self.assertEqual(balancer.end(number), 0)
                self.assertEqual(balancer.complained(), "")

    def test_ends_while_clients_are_connected(self):
        balancer = Balancer(self)
        with socket.create_connection(("127.0.0.1", balancer.port)) as client:
            client.sendall(b"GET /unfinished HTTP/1.1\r\n")
            balancer.stats()
            self.assertEqual(balancer.end(signal.SIGTERM), 0)

    def test_a_port_in_use_is_one_clear_line(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            self.assert_refused(self.run_program("--headless", f"--port={port}"), str(port))

    def test_the_port_is_free_again_at_once(self):
        port = free_port()
        for _ in range(2):
            balancer = Balancer(self, port=port)
            self.assertEqual(balancer.port, port)
            curl(f"{balancer.url}/stats")
            self.assertEqual(balancer.end(signal.SIGTERM), 0)

    def test_needs_a_display_unless_headless(self):
        self.assert_refused(self.run_program(f"--port={free_port()}"), "--headless")


class TestListen(ClientCase):
    def listens_on(self, *addresses):
        balancer = Balancer(self, *[f"--listen={address}" for address in addresses])
        urls = balancer.stats()["listen"]
        for url in urls:
            self.assertEqual(url.rpartition(":")[2], str(balancer.port))
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        return [url.removeprefix("http://").rpartition(":")[0] for url in urls]

    def test_both_loopback_addresses_by_default(self):
        self.assertEqual(self.listens_on(), ["127.0.0.1", "[::1]"])

    def test_one_address(self):
        self.assertEqual(self.listens_on("127.0.0.1"), ["127.0.0.1"])
        self.assertEqual(self.listens_on("127.0.0.2"), ["127.0.0.2"])

    def test_version_6_with_and_without_brackets(self):
        for address in ("::1", "[::1]"):
            balancer = Process(self, [PROGRAM, "--headless", "--port=0", f"--listen={address}"],
                               env=self.environment)
            self.assertRegex(balancer.wait_for_line("Listening on "), r"^http://\[::1\]:\d+$")

    def test_localhost_and_several(self):
        self.assertEqual(self.listens_on("localhost"), ["127.0.0.1", "[::1]"])
        self.assertEqual(self.listens_on("127.0.0.2", "::1"), ["127.0.0.2", "[::1]"])


class TestOptions(ClientCase):
    def test_version(self):
        done = self.run_program("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"\b\d+\.\d+\.\d+\n\Z")

    def test_options_are_all_documented(self):
        done = self.run_program("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        options = set(re.findall(r"^\s+(?:-\w, )?(--[a-z-]+)", done.stdout, re.MULTILINE))
        options = {option for option in options if not option.startswith(("--help-", "--gapplication"))}
        self.assertLessEqual({"--headless", "--listen", "--port", "--backend", "--config", "--demo",
                              "--version", "--help"}, options)
        page = (ROOT / "data" / "load-balancer.1").read_text("utf-8").replace("\\-", "-")
        readme = (ROOT / "README.md").read_text("utf-8")
        for option in options:
            with self.subTest(option=option):
                self.assertRegex(page, rf"{option}\b")
                self.assertRegex(readme, rf"{option}\b")

    def test_refuses_what_makes_no_sense(self):
        for option, word in (("--port=70000", "70000"), ("--port=-2", "-2"), ("--port=http", "http"),
                             ("--listen=nowhere", "nowhere"), ("--listen=127.0.0.1:80", "127.0.0.1:80"),
                             ("--listen=", "address"), ("--backend=ftp://a", "ftp"),
                             ("--backend=http://me@a", "user name"), ("--backend=", "URL"),
                             ("--backend=http://", "http://"), ("--policy=no-such", "no-such"),
                             ("--config=", "--config takes the name of a file"),
                             ("--no-such-option", "no-such-option"), ("stray", "stray")):
            with self.subTest(option=option):
                done = self.run_program("--headless", option)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
                self.assertIn(word, done.stderr)
                self.assertNotIn("CRITICAL", done.stderr)

    def test_refuses_itself_as_a_backend(self):
        port = free_port()
        done = self.run_program("--headless", f"--port={port}", f"--backend=http://127.0.0.1:{port}")
        self.assert_refused(done, str(port))

    def test_demo_has_three_backends_that_answer(self):
        balancer = Balancer(self, "--demo")
        urls = list(balancer.backends())
        self.assertEqual(len(urls), 3)
        balancer.wait_for_health("up", *urls)
        self.assertNotEqual(curl("-L", f"{balancer.url}/"), "")
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        if self.config.exists():
            self.assertFalse(self.read_config().get("backends"))

    def test_config_is_another_file(self):
        backend = Backend(self, "one")
        other = self.folder / "other.json"
        self.write_config(backends=[{"url": backend.url}])
        os.rename(self.config, other)
        balancer = Balancer(self, f"--config={other}")
        self.assertEqual(list(balancer.backends()), [backend.url])
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertFalse(self.config.exists())


if __name__ == "__main__":
    tap.main()
