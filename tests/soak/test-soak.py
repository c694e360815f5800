# SPDX-License-Identifier: GPL-3.0-or-later
"""The soak runs, and would say so if something did not hold."""

import pathlib
import subprocess
import sys
import unittest

import tap

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))
sys.path.insert(0, str(HERE))

import lbraw  # noqa: E402
from world import World  # noqa: E402

ONE = "http://127.0.0.1:9"
TWO = "http://127.0.0.1:10"


class TestWorld(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.set_pool({ONE})

    def judge(self, status, since=0.0, location=None):
        """Returns whether an answer to a request for /x, sent then, is a good one."""
        failed = self.world.failed
        fields = f"\r\nLocation: {location}" if location is not None else ""
        self.world.judge("kind", lbraw.Answer(f"HTTP/1.1 {status} Any{fields}".encode()), "/x", since)
        return self.world.failed == failed

    def test_only_a_redirect_to_the_pool_is_good(self):
        self.assertTrue(self.judge(307, location=f"{ONE}/x"))
        for answer in ({"status": 307}, {"status": 200, "location": f"{ONE}/x"}, {"status": 400},
                       {"status": 307, "location": f"{ONE}/y"}, {"status": 307, "location": f"{TWO}/x"}):
            self.assertFalse(self.judge(**answer), answer)

    def test_who_left_is_good_only_for_who_asked_before(self):
        left = self.world.pools[0][0] + 10
        self.world.pools.append((left, frozenset({TWO})))
        for since, is_good in ((left - 1, True), (left + 1, False)):
            self.assertEqual(self.judge(307, since, f"{ONE}/x"), is_good)
            self.assertTrue(self.judge(307, since, f"{TWO}/x"))

    def test_503_is_good_only_in_an_outage(self):
        self.assertFalse(self.judge(503))
        self.world.begin_outage()
        self.assertTrue(self.judge(503))
        self.world.end_outage()
        end = self.world.outages[0][1]
        self.assertTrue(self.judge(503, since=end - 1))
        self.assertFalse(self.judge(503, since=end + 1))
        self.assertEqual(self.world.counts["kind"], {"answered": 2, "refused": 2, "failed": 2})


class TestSoak(unittest.TestCase):
    def test_all_holds_for_a_moment(self):
        done = subprocess.run([sys.executable, HERE / "soak.py", "8"], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=85)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("All of it holds.", done.stdout)


if __name__ == "__main__":
    tap.main()
