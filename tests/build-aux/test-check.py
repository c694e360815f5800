# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick ones of the analyses in build-aux/check find nothing here, and each finds what is wrong."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import tap

ROOT = pathlib.Path(os.environ["LB_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])
QUICK = ("shellcheck", "pyflakes", "cppcheck")

# A tree with a fault of each kind, and what each analysis needs to be there to be tried.
FAULTY = {
    "meson.build": """
project('faulty', 'c')
faulty = executable('faulty', 'src' / 'faulty.c')
alias_target('application', faulty)
""",
    ".clang-tidy": "Checks: '-*,bugprone-sizeof-container,bugprone-suspicious-memset-usage'\n",
    "src/faulty.c": """
#include <stdlib.h>
#include <string.h>
static int get (const int *p)
{
  return *p;
}
void free_twice (void *once)
{
  free (once);
  free (once);
}
int main (int argc, char **argv)
{
  int numbers[2] = { 1, 2 };
  int *none = NULL;
  memset (numbers, '0', sizeof numbers);
  if (argc > 2)
    return numbers[2];
  return argc > 1 ? get (none) : 0;
}
""",
    "tests/faulty.py": "import os\n",
    "tests/faulty": "#!/bin/sh\nrm $1\n",
}
PROGRAMS = {
    "shellcheck": "shellcheck", "pyflakes": "pyflakes3", "cppcheck": "cppcheck", "gcc": "gcc",
    "scan-build": "scan-build-14", "clang-tidy": "clang-tidy-14",
}


def check(root, *names):
    return subprocess.run([root / "build-aux" / "check", *names], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=85)


class TestCheck(unittest.TestCase):
    @unittest.skipIf(BUILD != ROOT / "build", "it would compile into another folder than this one")
    def test_nothing_is_wrong_here(self):
        done = check(ROOT, *QUICK)
        self.assertEqual(re.findall(r"^(\S+) +clean, \d+ s$", done.stdout, re.MULTILINE), [*QUICK],
                         done.stdout + done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_each_finds_what_is_wrong(self):
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "a tree"
        shutil.copytree(ROOT / "build-aux", root / "build-aux")
        for name, text in FAULTY.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")

        names = [name for name, program in PROGRAMS.items() if shutil.which(program)]
        self.assertGreaterEqual(set(names), set(QUICK))
        done = check(root, *names)
        self.assertEqual(re.findall(r"^(\S+) +findings: [1-9]\d*, \d+ s$", done.stdout, re.MULTILINE),
                         names, done.stdout + done.stderr)
        self.assertEqual(done.returncode, 1)

    def test_says_what_it_knows(self):
        done = check(ROOT, "nonsense")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("valgrind", done.stderr)


if __name__ == "__main__":
    tap.main()
