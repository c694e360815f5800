# SPDX-License-Identifier: GPL-3.0-or-later
"""A port for /stats alone: by the command line and by the file, taken, equal, and moved."""

import json
import signal
import socket

import tap
from lbtest import Backend, Balancer, ClientCase, curl, free_port, stats, wait_until


def status(url):
    """Returns the status, without following a redirect; 000 if no one answers."""
    return curl("-o", "/dev/null", "-w", "%{http_code}", url, check=False)


class TestStatsPort(ClientCase):
    def setUp(self):
        super().setUp()
        self.backend = Backend(self, "one")
        (self.backend.folder / "stats").write_text("the backend's own\n", encoding="utf-8")
        self.port = free_port()
        self.figures = f"http://127.0.0.1:{self.port}"

    def write(self, **values):
        self.write_config(backends=[{"url": self.backend.url}], **values)

    def assert_apart(self, balancer, figures):
        """One port redirects everything, the other one only tells."""
        self.assertEqual(curl("-L", f"{balancer.url}/stats"), "the backend's own\n")
        self.assertEqual(curl("-L", f"{balancer.url}/who"), "one\n")
        now = json.loads(curl(f"{figures}/stats"))
        self.assertEqual([server["url"] for server in now["servers"]], [self.backend.url])
        self.assertEqual(now["listen"][0], balancer.url)
        self.assertIn("lb_redirects_total", curl(f"{figures}/stats/metrics"))
        elsewhere = curl("-w", "%{http_code}", f"{figures}/who")
        self.assertTrue(elsewhere.endswith("404"))
        self.assertIn(f"port {balancer.port}", elsewhere)

    def wait_until_figures_are_at(self, url):
        wait_until(lambda: status(f"{url}/stats") == "200", 5, f"/stats is at {url}")

    def test_by_the_command_line(self):
        balancer = Balancer(self, f"--backend={self.backend.url}", f"--stats-port={self.port}")
        self.assertEqual(balancer.wait_for_line("Figures at "), f"{self.figures}/stats")
        self.assert_apart(balancer, self.figures)
        self.assertIn('"servers"', curl("-g", f"http://[::1]:{self.port}/stats"))
        self.assertEqual(status(f"{balancer.url}/stats/events"), "307")
        events = curl("--max-time", "1", f"{self.figures}/stats/events", check=False)
        self.assertIn(self.backend.url, events)
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        if self.config.exists():
            self.assertNotEqual(self.read_config().get("stats_port"), self.port)

    def test_without_the_express_lane(self):
        balancer = Balancer(self, f"--backend={self.backend.url}", f"--stats-port={self.port}",
                            "--no-express-lane")
        self.assert_apart(balancer, self.figures)

    def test_by_the_file(self):
        self.write(stats_port=self.port)
        balancer = Balancer(self)
        self.assert_apart(balancer, self.figures)
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertEqual(self.read_config()["stats_port"], self.port)

    def test_the_command_line_overrides_the_file(self):
        self.write(stats_port=self.port)
        balancer = Balancer(self, "--stats-port=0")
        self.assertIsNotNone(balancer.stats())
        self.assertIsNone(stats(self.figures))

    def test_an_edit_moves_it_and_takes_it_away(self):
        self.write()
        balancer = Balancer(self)
        self.assertIsNotNone(balancer.stats())
        before = balancer.count_descriptors()

        for port in (self.port, free_port()):
            self.write(stats_port=port)
            self.wait_until_figures_are_at(f"http://127.0.0.1:{port}")
            self.assert_apart(balancer, f"http://127.0.0.1:{port}")
        self.assertIsNone(stats(self.figures))

        self.write()
        self.wait_until_figures_are_at(balancer.url)
        self.assertIsNone(stats(f"http://127.0.0.1:{port}"))
        wait_until(lambda: balancer.count_descriptors() <= before, 5,
                   f"as few descriptors as before ({before})")
        self.assertEqual(balancer.complained(), "")

    def test_an_edit_lets_the_ports_change_places(self):
        port = free_port()
        self.write(port=port, stats_port=self.port)
        Balancer(self, port=None)
        self.write(port=self.port, stats_port=port)
        self.wait_until_figures_are_at(f"http://127.0.0.1:{port}")
        self.assertEqual(status(f"{self.figures}/stats"), "307")

    def test_a_taken_port_is_one_clear_line(self):
        with socket.create_server(("127.0.0.1", self.port)):
            done = self.run_program("--headless", "--port=0", f"--stats-port={self.port}")
        self.assert_refused(done, str(self.port), "/stats", "another port")

    def test_an_edit_to_a_taken_port_keeps_the_figures_where_they_were(self):
        self.write()
        balancer = Balancer(self)
        with socket.create_server(("127.0.0.1", self.port)):
            self.write(stats_port=self.port)
            wait_until(lambda: str(self.port) in balancer.complained(), 5, "it complains")
            self.assertIsNotNone(balancer.stats())
        self.write(stats_port=self.port, policy="fastest")
        self.wait_until_figures_are_at(self.figures)
        self.assert_apart(balancer, self.figures)

    def test_one_port_for_both_is_refused(self):
        for arguments in ((f"--port={self.port}", f"--stats-port={self.port}"),
                          (f"--stats-port={self.port}",)):
            with self.subTest(arguments=arguments):
                self.write(port=self.port)
                self.assert_refused(self.run_program("--headless", *arguments), str(self.port), "/stats")

        self.write(port=self.port)
        balancer = Balancer(self, port=None)
        self.write(port=self.port, stats_port=self.port)
        wait_until(lambda: str(self.port) in balancer.complained(), 5, "it complains")
        self.assertIsNotNone(balancer.stats())

    def test_a_backend_cannot_be_that_port(self):
        own = f"http://localhost:{self.port}"
        self.write_config(stats_port=self.port, backends=[{"url": own}, {"url": self.backend.url}])
        balancer = Balancer(self)
        self.assertIn(own, balancer.complained())
        self.assert_apart(balancer, self.figures)

    def test_refuses_what_is_no_port(self):
        for value in ("65536", "-1", "http", ""):
            with self.subTest(value=value):
                self.assert_refused(self.run_program("--headless", f"--stats-port={value}"),
                                    "--stats-port", "65535")


if __name__ == "__main__":
    tap.main()
