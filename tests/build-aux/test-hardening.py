# SPDX-License-Identifier: GPL-3.0-or-later
"""What the compiler and the linker did to the application, so that a mistake with memory ends it."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import tap

BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])

# What protects the code leaves no other trace that could be relied on than the compiler's own record
# of how it was called.
COMPILER_FLAGS = {
    "-fcf-protection=full": "no check of where indirect jumps go to",
    "-fstack-clash-protection": "no check of big frames on the stack",
    "-fstack-protector-strong": "no canaries on the stack",
}
SAMPLE = """
#include <stdio.h>
#include <string.h>
int main (int argc, char **argv)
{
  char text[16];
  strcpy (text, argv[argc - 1]);
  return puts (text);
}
"""
COMPILE = ["-g", "-O2", "-fPIE", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", *COMPILER_FLAGS]
LINK = ["-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"]

# What each flag is replaced by, and what is then found.
WITHOUT = {
    "-fcf-protection=full": ("-fcf-protection=none", "no check of where indirect jumps go to"),
    "-fstack-clash-protection": ("-fno-stack-clash-protection", "no check of big frames on the stack"),
    "-fstack-protector-strong": ("-fno-stack-protector", "no canaries on the stack"),
    "-D_FORTIFY_SOURCE=2": ("-D_FORTIFY_SOURCE=0", "no checked functions of the C library"),
    "-pie": ("-no-pie", "not position independent"),
    "-Wl,-z,relro": ("-Wl,-z,norelro", "no read-only relocations"),
    "-Wl,-z,now": ("-Wl,-z,lazy", "bound lazily"),
    "-Wl,-z,noexecstack": ("-Wl,-z,execstack", "an executable stack"),
}


def read(*arguments):
    return subprocess.run(["readelf", "--wide", *arguments], stdout=subprocess.PIPE, check=True,
                          text=True, timeout=60).stdout


def find_missing(program):
    """Returns what protects a program, and is not there."""
    missing = set()
    layout = read("--file-header", "--segments", "--dynamic", program)
    symbols = read("--dyn-syms", program)
    if not re.search(r"\(FLAGS_1\).*\bPIE\b", layout):
        missing.add("not position independent")
    if "GNU_RELRO" not in layout:
        missing.add("no read-only relocations")
    if not re.search(r"\(FLAGS_1\).*\bNOW\b", layout):
        missing.add("bound lazily")
    if not re.search(r"GNU_STACK( +0x\w+){5} RW ", layout):
        missing.add("an executable stack")
    if "__stack_chk_fail" not in symbols:
        missing.add("no canaries on the stack")
    if not re.search(r"__(?!stack)\w+_chk\b", symbols):
        missing.add("no checked functions of the C library")

    units = re.findall(r"DW_AT_producer.*", read("--debug-dump=info", "--dwarf-depth=1", program))
    for flag, problem in COMPILER_FLAGS.items():
        if not units or not all(flag in unit.split() for unit in units):
            missing.add(problem)
    return missing


@unittest.skipUnless(os.uname().machine == "x86_64", "what protects the code differs by processor")
class TestHardening(unittest.TestCase):
    def test_the_application_has_all_of_it(self):
        self.assertEqual(find_missing(BUILD / "src" / "load-balancer"), set())

    def test_notices_each_flag_that_is_missing(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "sample.c").write_text(SAMPLE, encoding="utf-8")

        def find(flags):
            subprocess.run(["gcc", *flags, "sample.c", "-o", "sample"], cwd=folder, check=True,
                           timeout=60)
            return find_missing(folder / "sample")

        self.assertEqual(find(COMPILE + LINK), set())
        for flag, (instead, problem) in WITHOUT.items():
            with self.subTest(flag=flag):
                flags = [instead if one == flag else one for one in COMPILE + LINK]
                self.assertEqual(find(flags), {problem})


if __name__ == "__main__":
    tap.main()
