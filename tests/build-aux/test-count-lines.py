# SPDX-License-Identifier: GPL-3.0-or-later
"""What build-aux/count-lines makes of gcovr's summary."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import tap

COUNT_LINES = pathlib.Path(os.environ["LB_SOURCE_ROOT"]) / "build-aux" / "count-lines"


def count(*files):
    """Returns the exit status and the lines printed for files with these numbers of lines."""
    summary = {"files": [{"filename": name, "line_covered": covered, "line_total": total}
                         for name, covered, total in files]}
    done = subprocess.run([sys.executable, COUNT_LINES, "90"], input=json.dumps(summary),
                          stdout=subprocess.PIPE, text=True, check=False, timeout=30)
    return done.returncode, [line.split() for line in done.stdout.splitlines()]


class TestCountLines(unittest.TestCase):
    def test_adds_up_folders(self):
        status, lines = count(("src/a/x.c", 10, 10), ("src/a/y.c", 8, 10), ("src/b/z.c", 20, 20))
        self.assertEqual(status, 0)
        self.assertEqual(lines, [["src/a", "18", "of", "20", "lines:", "90.0", "%"],
                                 ["src/b", "20", "of", "20", "lines:", "100.0", "%"],
                                 ["together", "38", "of", "40", "lines:", "95.0", "%"]])

    def test_names_the_folder_with_too_few(self):
        status, lines = count(("src/a/x.c", 89, 100), ("src/b/z.c", 900, 900))
        self.assertEqual(status, 1)
        self.assertEqual([line[0] for line in lines if "FEWER" in line], ["src/a"])

    def test_nothing_at_all_is_a_failure(self):
        self.assertEqual(count(), (1, []))


if __name__ == "__main__":
    tap.main()
