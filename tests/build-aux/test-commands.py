# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that a person types, and how they install what is missing."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import tap

ROOT = pathlib.Path(os.environ["LB_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])

# Stand-ins for the programs that would change the system. `gone` is not installed.
STUBS = {
    "dpkg-query": 'for name; do case $name in -*|*Package*|gone) ;; '
                  '*) echo "installed $name" ;; esac; done; exit 1',
    "apt-get": 'echo "apt-get $*" >> "$STUB_LOG"\n'
               'case $1 in update) touch "$STUB_LOG.updated" ;; '
               'install) test -z "${STUB_OLD_LISTS:-}" -o -e "$STUB_LOG.updated" ;; '
               'download) touch one_1_all.deb two_2_all.deb ;; esac',
    "dpkg": 'echo "dpkg $1 ${2##*/} $3" >> "$STUB_LOG"',
    "id": "echo 1000",
    "sudo": 'echo sudo >> "$STUB_LOG"; exec "$@"',
}
INSTALL = "apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 gone"


class TestPackages(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, script in STUBS.items():
            path = self.folder / name
            path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
            path.chmod(0o755)
        self.log = self.folder / "log"
        self.log.touch()

    def need(self, *packages, **environment):
        """Asks for these packages, and returns what was said on the way."""
        return self.run_function("need_packages", *packages, **environment)

    def run_function(self, name, *arguments, **environment):
        script = 'set -euo pipefail; source "$0"; "$@"'
        done = subprocess.run(
            ["bash", "-c", script, ROOT / "build-aux" / "common.sh", name, *arguments], check=False,
            env=dict(os.environ, PATH=f"{self.folder}:{os.environ['PATH']}", STUB_LOG=str(self.log),
                     **environment),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_nothing_is_done_when_nothing_is_missing(self):
        self.assertEqual(self.need("one", "two"), "")
        self.assertEqual(self.log.read_text("utf-8"), "")

    def test_what_is_missing_is_said_and_installed(self):
        self.assertIn("missing: gone\n", self.need("one", "gone", "two"))
        self.assertEqual(self.log.read_text("utf-8"), f"sudo\n{INSTALL}\n")

    def test_the_lists_are_updated_when_they_are_too_old(self):
        self.need("gone", STUB_OLD_LISTS="1")
        self.assertEqual(self.log.read_text("utf-8"),
                         f"sudo\n{INSTALL}\nsudo\napt-get update\nsudo\n{INSTALL}\n")

    def test_what_is_only_unpacked_is_not_installed(self):
        tools = self.folder / "some tools"
        said = self.run_function("unpack_packages", tools, "one", "two")
        self.assertIn("without installing them: one two\n", said)
        self.assertEqual(self.log.read_text("utf-8"),
                         "apt-get download -q -o APT::Sandbox::User=root one two\n"
                         f"dpkg -x one_1_all.deb {tools}\ndpkg -x two_2_all.deb {tools}\n")
        self.assertEqual(self.run_function("unpack_packages", tools, "two"), "")
        self.assertEqual([path.name for path in tools.iterdir()], ["unpacked"])


class TestRun(unittest.TestCase):
    def run_it(self, *arguments):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return subprocess.run([ROOT / "build-aux" / "run", *arguments], cwd="/", check=False,
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60)

    def test_says_so_without_a_display(self):
        done = self.run_it()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("build-aux/run --headless", done.stderr)

    @unittest.skipIf(BUILD != ROOT / "build", "it would compile into another folder than this one")
    def test_starts_within_a_second_when_nothing_changed(self):
        self.run_it("--version")
        seconds = []
        for _ in range(3):
            start = time.monotonic()
            done = self.run_it("--version")
            seconds.append(time.monotonic() - start)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"\d+\.\d+\.\d+\n\Z")
        self.assertLess(min(seconds), 1)


class TestBench(unittest.TestCase):
    def test_says_what_can_be_measured(self):
        for arguments in ((), ("nothing",)):
            done = subprocess.run([ROOT / "build-aux" / "bench", *arguments], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("decisions | balance", done.stderr)


class TestFuzz(unittest.TestCase):
    def test_says_what_can_be_looked_at(self):
        for arguments in ((), ("request-head",), ("0", "request-head"), ("1", "nothing")):
            done = subprocess.run([ROOT / "build-aux" / "fuzz", *arguments], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, "SECONDS.*one of: accept .*request-head ")


class TestSoak(unittest.TestCase):
    def test_says_how_it_is_called(self):
        for arguments in ((), ("0",), ("a while",), ("1", "2")):
            done = subprocess.run([ROOT / "build-aux" / "soak", *arguments], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("Usage: build-aux/soak MINUTES", done.stderr)


class TestDeb(unittest.TestCase):
    def test_says_how_it_is_called(self):
        for arguments in (("--help",), ("one", "two")):
            done = subprocess.run([ROOT / "build-aux" / "deb", *arguments], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("Usage: build-aux/deb [FOLDER]", done.stderr)


class TestMerge(unittest.TestCase):
    """What fuzzing has learnt, in a tree in which nothing needs to be installed or compiled."""

    STUBS = {"dpkg-query": STUBS["dpkg-query"], "ninja": "echo no work to do"}

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.learnt = self.folder / "build" / "fuzz" / "corpus" / "thing"
        programs = self.folder / "build" / "fuzz" / "tests" / "fuzz"
        for folder in (self.folder / "build-aux", self.folder / "stubs", self.learnt, programs,
                       self.folder / "tests" / "fuzz" / "corpus" / "thing"):
            folder.mkdir(parents=True)
        for name in ("fuzz", "common.sh"):
            shutil.copy(ROOT / "build-aux" / name, self.folder / "build-aux")
        (self.folder / "build" / "fuzz" / "build.ninja").touch()
        for name, script in self.STUBS.items():
            self.write_program(self.folder / "stubs" / name, script)
        self.fuzzer = programs / "fuzz-thing"
        for name in ("one", "two"):
            (self.learnt / name).write_text(name, encoding="utf-8")

    def write_program(self, path, script):
        path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def merge(self, script):
        """Merges with a fuzzer that does this with the folder for what is kept, and then fuzzes."""
        self.write_program(self.fuzzer, 'if [[ $1 != -merge=1 ]]; then exit 0; fi\n'
                           f'kept=$(ls -d "$(dirname "$0")"/../../corpus/??????)\n{script}')
        done = subprocess.run(
            [self.folder / "build-aux" / "fuzz", "--merge", "1"], check=False, timeout=30,
            env=dict(os.environ, PATH=f"{self.folder / 'stubs'}:{os.environ['PATH']}"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(os.listdir(self.learnt.parent), ["thing"], done.stdout)
        return done.returncode, done.stdout, sorted(os.listdir(self.learnt))

    def test_keeps_what_is_needed(self):
        status, said, learnt = self.merge('touch "$kept/three"')
        self.assertEqual((status, learnt), (0, ["three"]), said)

    def test_forgets_nothing_when_it_fails(self):
        status, said, learnt = self.merge('touch "$kept/three"; exit 1')
        self.assertEqual((status, learnt), (1, ["one", "two"]), said)
        self.assertIn("thing could not be merged: see ", said)


if __name__ == "__main__":
    tap.main()
