# SPDX-License-Identifier: GPL-3.0-or-later
"""curl through the balancer to two real web servers."""

import collections

import tap
from lbtest import Backend, Balancer, ClientCase, curl


class TestRedirects(ClientCase):
    def setUp(self):
        super().setUp()
        self.one = Backend(self, "one")
        self.two = Backend(self, "two")
        self.balancer = Balancer(self, f"--backend={self.one.url}", f"--backend={self.two.url}")
        self.balancer.wait_for_health("up", self.one.url, self.two.url)

    def ask(self, times):
        """Returns how often each backend delivered its file; a refused connection counts for none."""
        text = curl("-L", f"{self.balancer.url}/who?[1-{times}]", check=False)
        return collections.Counter(text.split())

    def test_delivers_and_spreads_evenly(self):
        counts = self.ask(1000)
        self.assertEqual(counts.total(), 1000)
        self.assertEqual(set(counts), {"one", "two"})
        self.assertAlmostEqual(counts["one"], 500, delta=75)
        self.assertEqual(self.balancer.stats()["redirects"], 1000)

    def test_leaves_out_a_backend_that_stopped_until_it_is_back(self):
        self.two.stop()
        self.balancer.wait_for_health("down", self.two.url, seconds=3)
        self.assertEqual(self.ask(200), {"one": 200})

        self.two.start()
        self.balancer.wait_for_health("up", self.two.url, seconds=3)
        counts = self.ask(200)
        self.assertEqual(counts.total(), 200)
        self.assertAlmostEqual(counts["two"], 100, delta=45)

    def test_says_why_when_none_is_up(self):
        self.one.stop()
        self.two.stop()
        self.balancer.wait_for_health("down", self.one.url, self.two.url)
        answer = curl("-i", f"{self.balancer.url}/who")
        self.assertIn("HTTP/1.1 503 ", answer)
        self.assertRegex(answer, r"(?i)\r\nRetry-After: \d+\r\n")
        self.assertRegex(answer, r"(?i)\r\nAccess-Control-Allow-Origin: \*\r\n")
        self.assertRegex(answer.partition("\r\n\r\n")[2], r"\A\S[^\n]+\n?\Z")


class TestLocation(ClientCase):
    def setUp(self):
        super().setUp()
        backend = Backend(self, "one")
        self.backend = f"{backend.url}/base"
        (backend.folder / "base").mkdir()
        self.balancer = Balancer(self, f"--backend={self.backend}/")
        self.balancer.wait_for_health("up", *self.balancer.backends())

    def location(self, target, *arguments):
        """Returns the Location that this target is sent to, without the backend's URL."""
        answer = curl("-i", "--path-as-is", *arguments, f"{self.balancer.url}{target}")
        locations = [line[len("location: "):] for line in answer.splitlines()
                     if line.lower().startswith("location: ")]
        self.assertEqual(len(locations), 1, answer)
        self.assertTrue(locations[0].startswith(self.backend), locations[0])
        return locations[0][len(self.backend):]

    def test_keeps_the_target_byte_for_byte(self):
        for target in ("/a%20b/../c?x=1&y=%2F", "/", "/?", "//double", "/%7e/%2E%2e/x;y=1",
                       "/a?b?c=d//e", "/statsfoo", "/%73tats"):
            with self.subTest(target=target):
                self.assertEqual(self.location(target, "--globoff"), target)

    def test_keeps_the_method(self):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            with self.subTest(method=method):
                self.assertEqual(self.location("/x", "-X", method), "/x")
        self.assertEqual(self.location("/upload", "--data-binary", "x" * 100_000), "/upload")


if __name__ == "__main__":
    tap.main()
