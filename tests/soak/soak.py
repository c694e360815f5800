# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the application and its window busy with everything at once, and says whether all held:
every request answered, memory and descriptors as they were, nothing on the terminal, and an orderly end.

Usage: soak.py SECONDS; LB_SOURCE_ROOT and LB_BUILD_ROOT say where the application is.
"""

import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))

import senders  # noqa: E402
from changes import Editor, Person  # noqa: E402
from lbdesktop import DesktopCase, Notifications  # noqa: E402
from lbtest import stats, wait_until  # noqa: E402
from world import World  # noqa: E402

MIB = 1024 * 1024
# In a shorter time, what is loaded once weighs too much.
JUDGED_S = 60
# How much more the last fifth may have than the second one, on average.
MEMORY_MIB = 8
DESCRIPTORS = 10


class Soak(DesktopCase):
    """The application, all who take part, and what is measured. It is no test case, but starts and ends its
    processes as one does."""

    def setUp(self):
        super().setUp()
        self.world = World()
        self.problems = []
        self.samples = []
        self.set_setting("run-in-background", "true")
        self.set_setting("told-of-background", "true")
        self.notifications = Notifications(self)
        person = Person(self, self.world)
        self.editor = Editor(self, self.world, person)
        self.write_config(port=self.port, probe={"timeout_ms": 5000, "interval_ms": 500},
                          backends=[{"url": url} for url in sorted(self.editor.steady_urls)])
        self.process = self.start()
        person.wait_for_windows(1)
        wait_until(lambda: self.editor.steady_are(stats(self.url), "up"), 20, "the backends are up")
        self.at_rest = self.process.count_descriptors()
        self.person = person

    def hold(self, holds, what):
        """Remembers what must hold, and does not; returns it in a word for the table."""
        if not holds:
            self.problems.append(what)
        return "" if holds else "  <- does not hold"

    def sample(self, seconds):
        """Looks once a second, and tells once a minute how it is going."""
        began = time.monotonic()
        said = 0
        while (elapsed := time.monotonic() - began) < seconds:
            if self.process.popen.poll() is not None:
                self.problems.append(f"it ended with {self.process.popen.returncode}")
                break
            self.samples.append((self.process.memory() / MIB, self.process.count_descriptors()))
            if elapsed // 60 > said:
                said = elapsed // 60
                memory, descriptors = self.samples[-1]
                print(f"{said:.0f} min: {sum(self.world.counts[kind]['answered'] for kind in senders.KINDS)} "
                      f"answered, {self.world.failed} failed, {memory:.1f} MiB, {descriptors} descriptors",
                      file=sys.stderr, flush=True)
            time.sleep(1)

    def run_for(self, seconds):
        """Has everybody take part for so long."""
        threads = senders.start_crowd(self.world, self.port)
        threads.append(self.world.start("pool", self.editor.act))
        threads.append(self.world.start("window", self.person.act))
        self.sample(seconds)
        self.world.ended.set()
        for thread in threads:
            thread.join(60)
            if thread.is_alive():
                self.problems.append(f"{thread.name} does not come to an end")

    def tell_of_requests(self):
        print(f"{'':<24}{'asked':>10}{'answered':>10}{'of it 503':>10}{'failed':>8}")
        for kind in senders.KINDS:
            counts = self.world.counts[kind]
            answered = counts["answered"]
            is_none_lost = kind == senders.RESETS or answered == counts["asked"]
            print(f"{kind:<24}{counts['asked']:>10}"
                  + (f"{'–':>10}{'–':>10}" if kind == senders.RESETS else
                     f"{answered:>10}{counts['refused']:>10}")
                  + f"{counts['failed']:>8}"
                  + self.hold(is_none_lost and not counts["failed"] and counts["asked"], f"{kind}: not all"))
        for kind in ("pool", "window"):
            counts = dict(self.world.counts[kind])
            failed = counts.pop("failed", 0)
            print(f"\nchanges of the {kind}: {sum(counts.values())} ("
                  + ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in sorted(counts.items()))
                  + ")" + self.hold(not failed and counts, f"changes of the {kind}"))

    def tell_of_growth(self):
        """The first fifth is for what is made once; the second is compared with the last."""
        fifth = len(self.samples) // 5
        print(f"\n{'mean of':<24}{'2nd fifth':>10}{'last fifth':>11}{'may grow by':>13}")
        for number, (name, limit) in enumerate((("memory, MiB", MEMORY_MIB), ("descriptors", DESCRIPTORS))):
            values = [sample[number] for sample in self.samples]
            before, after = statistics.mean(values[fifth:2 * fifth]), statistics.mean(values[-fifth:])
            is_judged = len(values) >= JUDGED_S * 0.8
            print(f"{name:<24}{before:>10.1f}{after:>11.1f}{limit if is_judged else '–':>13}"
                  + self.hold(not is_judged or after - before <= limit, f"{name} grew"))

    def tell_of_the_rest(self):
        """It comes to rest, still answers, agrees on how much it did, and ends when it is told to."""
        def is_at_rest():
            return self.process.count_descriptors() <= self.at_rest + DESCRIPTORS
        try:
            wait_until(is_at_rest, 60, "descriptors are back")
        except AssertionError:
            pass
        print(f"{'descriptors at rest':<24}{self.at_rest:>10}{self.process.count_descriptors():>11}"
              f"{DESCRIPTORS:>13}" + self.hold(is_at_rest(), "descriptors at rest"))

        said = stats(self.url)
        redirected = sum(counts["redirected"] for counts in self.world.counts.values())
        counted = said["redirects"] if said else 0
        print(f"\nredirects that clients saw: {redirected}; that it counted, also for those who left: {counted}"
              + self.hold(counted >= redirected > 0, "its own count of redirects"))
        print(f"rejected: {said['rejected'] if said else '–'}; connections in all: "
              f"{said['connections_total'] if said else '–'}")
        print(f"processor time: {self.process.cpu_seconds():.1f} s")

        began = time.monotonic()
        self.act("quit")
        status = self.process.popen.wait(20)
        print(f"still answers: {'yes' if said else 'no'}; ended {time.monotonic() - began:.1f} s after quit, with "
              f"{status}" + self.hold(said and status == 0, "its end"))

    def tell_of_the_terminal(self):
        lines = self.process.complained().splitlines()
        foreign = [line for line in lines if not line.startswith("load-balancer: ")]
        print(f"lines on stderr: {len(lines)} of its own, {len(foreign)} of GLib or GTK"
              + self.hold(not foreign, "stderr"))
        return foreign

    def tell(self):
        """Prints all figures, and returns whether all holds."""
        print()
        self.tell_of_requests()
        self.tell_of_growth()
        if self.process.popen.poll() is None:
            self.tell_of_the_rest()
        for line in (*self.tell_of_the_terminal()[:50], *self.world.failures):
            print(line, file=sys.stderr)
        print(f"\nDoes not hold: {'; '.join(self.problems)}" if self.problems else "\nAll of it holds.")
        return not self.problems


def main():
    try:
        seconds = int(sys.argv[1])
    except (IndexError, ValueError):
        sys.exit("Usage: soak.py SECONDS")
    soak = Soak()
    try:
        soak.setUp()
        soak.run_for(seconds)
        holds = soak.tell()
    finally:
        soak.doCleanups()
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
