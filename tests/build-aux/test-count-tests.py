# SPDX-License-Identifier: GPL-3.0-or-later
"""What build-aux/count-tests makes of Meson's log."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

COUNT_TESTS = pathlib.Path(os.environ["LB_SOURCE_ROOT"]) / "build-aux" / "count-tests"


def count(*runs):
    """Returns the exit status and the last line printed for a log of these runs."""
    status, lines = print_for(*runs)
    return status, lines[-1]


def print_for(*runs):
    """Returns the exit status and the lines printed for a log of these runs."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as log:
        for result, output in runs:
            log.write(json.dumps({"name": "x", "result": result, "stdout": output}) + "\n")
        log.flush()
        done = subprocess.run([sys.executable, COUNT_TESTS, log.name], stdout=subprocess.PIPE,
                              text=True, check=False, timeout=30)
    return done.returncode, done.stdout.splitlines(keepends=True)


class TestCountTests(unittest.TestCase):
    def test_counts_the_cases_of_a_program(self):
        output = "1..3\nok 1 /a\n# ok: a comment\nok 2 /b\nnot ok 3 /c - it broke\n"
        self.assertEqual(count(("FAIL", output)), (1, "2 passed, 1 failed\n"))

    def test_counts_a_program_without_cases_once(self):
        self.assertEqual(count(("OK", "ok, fine\n"), ("FAIL", "")), (1, "1 passed, 1 failed\n"))

    def test_counts_a_crash_as_one_failure(self):
        self.assertEqual(count(("ERROR", "1..3\nok 1 /a\n")), (1, "1 passed, 1 failed\n"))
        self.assertEqual(count(("TIMEOUT", "1..3\nok 1 /a\n")), (1, "1 passed, 1 failed\n"))

    def test_counts_what_was_skipped(self):
        output = "1..2\nok 1 /a # SKIP no display\nok 2 /b\n"
        self.assertEqual(count(("OK", output)), (0, "1 passed, 0 failed, 1 skipped\n"))
        self.assertEqual(count(("OK", ""), ("SKIP", "")), (0, "1 passed, 0 failed, 1 skipped\n"))

    def test_names_what_failed_before_the_counts(self):
        output = "1..2\nok 1 /a\nnot ok 2 /b\nnot ok 3 /c # TODO later\nwhy it broke\n"
        lines = print_for(("OK", "1..1\nok 1 /fine\n"), ("FAIL", output))[1]
        self.assertEqual(lines[:2], ["failed: x (FAIL)\n", "  2 /b\n"])
        self.assertIn("  | why it broke\n", lines)
        self.assertNotIn("  | ok 1 /fine\n", lines)

    def test_no_test_at_all_is_a_failure(self):
        self.assertEqual(count(), (1, "0 passed, 0 failed\n"))


if __name__ == "__main__":
    tap.main()
