# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit that runs it without a window: what systemd says of it. No systemd needs to run."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import tap

BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])
PREFIX = pathlib.PurePath(os.environ["LB_PREFIX"])
UNIT = BUILD / "data" / "load-balancer.service"

# How exposed a service is at most, from 0 to 10. What is left of it are the network and the person's
# own files, which it serves and reads.
EXPOSURE = 2.2


class TestUnit(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def analyze(self, *arguments):
        """Runs systemd-analyze as one person's manager would look at a unit."""
        environment = dict(os.environ, HOME=str(self.folder), XDG_RUNTIME_DIR=str(self.folder),
                           SYSTEMD_PAGER="cat")
        done = subprocess.run(["systemd-analyze", "--user", *arguments], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_starts_the_installed_program(self):
        self.assertIn(f"\nExecStart={PREFIX}/bin/load-balancer --headless\n",
                      UNIT.read_text("utf-8"))

    def test_has_no_mistake(self):
        """The program need not be installed for this, so the one in the build tree stands in."""
        unit = self.folder / UNIT.name
        unit.write_text(UNIT.read_text("utf-8").replace(f"={PREFIX}/bin/", f"={BUILD}/src/"), "utf-8")
        self.assertEqual(self.analyze("verify", "--man=no", unit), "")

    def test_is_hardly_exposed(self):
        report = self.analyze("security", "--offline=true", UNIT)
        exposure = re.search(r"Overall exposure level for load-balancer\.service: ([\d.]+)", report)
        self.assertLessEqual(float(exposure[1]), EXPOSURE, report)
        print(f"# {exposure[0]}")


if __name__ == "__main__":
    tap.main()
