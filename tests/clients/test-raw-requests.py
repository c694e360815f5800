# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of lbrequests.py: sent whole, byte by byte, and in two pieces cut at each offset."""

import collections
import itertools
import signal

import lbraw
import tap
from lbrequests import ROWS
from lbtest import Backend, Balancer, ClientCase, wait_until

TOGETHER = 200
# So many that disagree are enough to see what is wrong.
ENOUGH = 20


class Talk(lbraw.Client):
    """A row that is sent, and what is expected of it."""

    def __init__(self, port, row, pieces, expected):
        super().__init__(port, pieces)
        self.row = row
        self.expected = list(expected)
        self.stays = self.expected.pop() == "open"
        self.heads = {i for i, answer in enumerate(self.expected) if answer.startswith("HEAD ")}

    def finish(self):
        """Reads to the end. A connection that stays is good for one more request."""
        if self.row.ends:
            self.end()
        if self.stays:
            self.read_answers(len(self.expected), self.heads)
            if self.closed:
                raise ValueError(f"closed after {self.received[-200:]!r}")
            self.send(lbraw.LAST)
            self.expected.append("307 /last")
        while self.read():
            pass

    def check(self, location):
        """Returns the statuses. Everything that came has to be as expected."""
        answers, rest = lbraw.read_answers(self.received, self.heads)
        if rest:
            raise ValueError(f"{rest[:80]!r} behind {len(answers)} answers")
        said = []
        for i, answer in enumerate(answers):
            text = f"{answer.status}"
            to = answer.only("location")
            if to is not None:
                if not to.startswith(location):
                    raise ValueError(f"sent to {to}")
                text += f" {to[len(location):]}"
            said.append(f"HEAD {text}" if i in self.heads else text)
            self.check_fields(answer, last=i == len(answers) - 1)
        if said != self.expected:
            raise ValueError(f"{', '.join(said)} instead of {', '.join(self.expected)}")
        return [answer.status for answer in answers]

    def check_fields(self, answer, last):
        if answer.status == 100:
            return
        for name in ("server", "date", "access-control-allow-origin"):
            if answer.only(name) is None:
                raise ValueError(f"{name} is missing")
        if answer.status == 405 and answer.only("allow") is None:
            raise ValueError("405 without Allow")
        # Who says that nothing more comes need not be told.
        if (answer.only("connection") == "close") != last and not (last and self.row.ends):
            raise ValueError(f"Connection is {answer.only('connection')}")


class Requests:
    """The cases, for either lane."""
    options = ()

    def setUp(self):
        super().setUp()
        backend = Backend(self, "one")
        self.location = f"{backend.url}/base"
        (backend.folder / "base").mkdir()
        self.balancer = Balancer(self, f"--backend={self.location}/", *self.options)
        self.balancer.wait_for_health("up", *self.balancer.backends())
        self.connections = 0
        self.statuses = []

    def finish(self):
        """Whatever came, it ends well: a sanitizer says so only then what it has found."""
        self.assertEqual(self.balancer.end(signal.SIGTERM, 60), 0, self.balancer.complained())
        self.assertEqual(self.balancer.complained(), "")

    def expected(self, row):
        raise NotImplementedError

    def wait(self):
        """Waits for an answer to a request that came behind all others."""
        client = lbraw.Client(self.balancer.port, [])
        client.send(lbraw.LAST)
        client.read_answers(1)
        client.close()
        self.assertIn(b"/last\r\n", client.received)
        self.connections += 1
        self.statuses.append(307)

    def say(self, row_pieces):
        """Sends all of these, many at a time, and checks what comes."""
        wrong = []
        iterator = iter(row_pieces)
        while len(wrong) < ENOUGH and (batch := list(itertools.islice(iterator, TOGETHER))):
            talks = [Talk(self.balancer.port, row, pieces, self.expected(row))
                     for row, pieces in batch]
            self.connections += len(talks)
            lbraw.say_in_turns(talks, self.wait)
            for talk in talks:
                try:
                    talk.finish()
                    self.statuses += talk.check(self.location)
                except (ValueError, TimeoutError) as error:
                    wrong.append(f"{talk.row.name} ({'+'.join(str(len(p)) for p in talk.pieces[:3])}): "
                                 f"{str(error)[:300]}")
                talk.close()
        print(f"# {type(self).__name__}: {len(ROWS)} rows on {self.connections} connections, "
              f"{len(self.statuses)} answers; {len(wrong)} disagree", flush=True)
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_whole(self):
        self.say((row, [row.bytes]) for row in ROWS)
        many = collections.Counter(self.statuses)
        wait_until(lambda: self.balancer.stats()["redirects"] == many[307], 5,
                   f"{many[307]} redirects are counted")
        # What libsoup does not find, or only reads, is not counted.
        refused = sum(many[status] for status in (400, 413, 414, 417, 431, 505))
        rejected = sum(self.balancer.stats()["rejected"].values())
        self.assertTrue(refused <= rejected <= refused + many[405], (rejected, many))
        self.finish()

    def test_byte_by_byte(self):
        self.say((row, lbraw.byte_by_byte(row.bytes) or [b""]) for row in ROWS)
        self.finish()

    def test_in_two_pieces(self):
        self.say((row, [row.bytes[:i], row.bytes[i:]])
                 for row in ROWS for i in lbraw.offsets(row.bytes))
        self.finish()


class TestExpressLane(Requests, ClientCase):
    def expected(self, row):
        return row.with_lane


class TestLibsoup(Requests, ClientCase):
    options = ("--no-express-lane",)

    def expected(self, row):
        return row.without_lane


if __name__ == "__main__":
    tap.main()
