# SPDX-License-Identifier: GPL-3.0-or-later
"""What all who take part in the soak know: what may be answered at each moment, and what was."""

import collections
import threading
import time
import traceback

# How long after it has left the pool a backend may still be named.
GRACE_S = 0.5
# So many failures are enough to see what is wrong.
ENOUGH = 30


class World:
    """Which backends were in the pool, and when none could serve; and what came of each request."""

    def __init__(self):
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.pools = collections.deque(maxlen=500)
        self.outages = []
        self.counts = collections.defaultdict(collections.Counter)
        self.changes = collections.Counter()
        self.failures = []
        self.failed = 0

    def pause(self, seconds):
        """Waits, and returns whether the soak goes on."""
        return not self.ended.wait(seconds)

    def set_pool(self, urls):
        """From now on these may be redirected to: while a change is under way, those before and after."""
        with self.lock:
            self.pools.append((time.monotonic(), frozenset(urls)))

    def begin_outage(self):
        """From now on no backend may be up, or the balancer may be paused."""
        with self.lock:
            self.outages.append([time.monotonic(), None])

    def end_outage(self):
        with self.lock:
            self.outages[-1][1] = time.monotonic()

    def was_outage(self, since):
        """Returns whether there was one at any time since then."""
        with self.lock:
            return any(end is None or end >= since for _, end in self.outages)

    def was_in_pool(self, location, since):
        """Returns the backend that this location is on if it was in the pool at any time since then."""
        with self.lock:
            for began, urls in reversed(self.pools):
                for url in urls:
                    if location.startswith(f"{url}/"):
                        return url
                if began < since - GRACE_S:
                    break
        return None

    def count(self, kind, *what):
        with self.lock:
            self.counts[kind].update(what)

    def fail(self, kind, what):
        with self.lock:
            self.counts[kind]["failed"] += 1
            self.failed += 1
            if len(self.failures) < ENOUGH:
                self.failures.append(f"{kind}: {what}")

    def judge(self, kind, answer, target, since):
        """Counts an answer to a request that was to be redirected, and was sent then."""
        if answer.status == 503:
            if self.was_outage(since):
                self.count(kind, "answered", "refused")
            else:
                self.fail(kind, f"503 though a backend is up, to {target}")
            return
        location = answer.only("location") or ""
        url = self.was_in_pool(location, since)
        if answer.status not in (301, 302, 303, 307, 308):
            self.fail(kind, f"{answer.status} to {target}")
        elif url is None or location != url + target:
            self.fail(kind, f"{target} is sent to {location!r}")
        else:
            self.count(kind, "answered", "redirected")

    def start(self, kind, act, *arguments):
        """Has a thread of its own do this over and over, until the soak ends."""
        def run():
            while not self.ended.is_set():
                try:
                    act(*arguments)
                except Exception:  # whatever it is, it must not go unseen
                    self.fail(kind, traceback.format_exc())
                    self.ended.wait(1)
        thread = threading.Thread(target=run, name=kind, daemon=True)
        thread.start()
        return thread
