# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's unittest cases and tells Meson about each of them in TAP.

A test program ends with:

    if __name__ == "__main__":
        tap.main()

Arguments name the cases to run (`test-desktop.py TestDesktop.test_schema`); without one, all are.
"""

import faulthandler
import os
import signal
import sys
import traceback
import unittest

# A thorough run, see tests/clients/lbload.py, takes longer.
SECONDS_PER_CASE = int(90 * max(1, float(os.environ.get("LB_SCALE", "1"))))


class TooLong(BaseException):
    """A case took longer than it may. No `except Exception` holds it up."""


def _on_alarm(signum, frame):
    raise TooLong(f"the test took longer than {SECONDS_PER_CASE} seconds")


class _Result(unittest.TestResult):
    """Prints one line for each case, and under it, as comments, what went wrong.

    A case may go wrong more than once (in itself, then in its clean-up), so its line is printed when
    it has ended.
    """

    def __init__(self):
        super().__init__()
        self._problems = []
        self._skip = ""

    def startTest(self, test):
        super().startTest(test)
        self._problems = []
        self._skip = ""
        signal.alarm(SECONDS_PER_CASE)

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)
        verdict = "not ok" if self._problems else "ok"
        name = test.id().removeprefix("__main__.")
        print(f"{verdict} {self.testsRun} {name}{self._skip}")
        for line in "\n".join(self._problems).splitlines():
            print(f"# {line}")
        sys.stdout.flush()

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._skip = f" # SKIP {reason}"

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._problems.append("".join(traceback.format_exception(*err)))

    def addError(self, test, err):
        super().addError(test, err)
        self._problems.append("".join(traceback.format_exception(*err)))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._problems.append(f"{subtest}\n" + "".join(traceback.format_exception(*err)))


def main():
    """Runs the cases of the program, and exits with 0 if all of them passed."""
    faulthandler.enable()
    signal.signal(signal.SIGALRM, _on_alarm)
    program = sys.modules["__main__"]
    if len(sys.argv) > 1:
        suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:], program)
    else:
        suite = unittest.defaultTestLoader.loadTestsFromModule(program)

    print(f"1..{suite.countTestCases()}", flush=True)
    result = _Result()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
