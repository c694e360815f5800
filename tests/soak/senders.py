# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of every kind. Each function is what one of them does once, and counts what came of it."""

import contextlib
import itertools
import json
import random
import socket
import struct
import time

import lbraw
from lbrequests import ROWS

KEEP_ALIVE = "redirects, kept alive"
ONE_SHOT = "redirects, one each"
BODIES = "bodies"
SCRAPES = "scrapes"
EVENTS = "event readers"
RAW = "raw requests"
SLOW = "slow heads"
RESETS = "resets"
KINDS = (KEEP_ALIVE, ONE_SHOT, BODIES, SCRAPES, EVENTS, RAW, SLOW, RESETS)

# A head must be there, and a reader must take something, in this time; with some to spare.
DEADLINE_S = 60

numbers = itertools.count()


@contextlib.contextmanager
def connected(port, receive_buffer=None):
    """A connection, which ends with the block."""
    client = lbraw.Client(port, ())
    if receive_buffer is not None:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    try:
        yield client
    finally:
        client.close()


def ask(world, kind, client, data, is_head=False):
    """Sends a request, and returns the answer; None, and counts that, if there is none."""
    world.count(kind, "asked")
    client.received = b""
    client.send(data)
    heads = {0} if is_head else ()
    try:
        client.read_answers(1, heads)
        answers, rest = lbraw.read_answers(client.received, heads)
    except (TimeoutError, ValueError) as error:
        world.fail(kind, f"{error} after {client.received[:80]!r}, to {data[:80]!r}")
        return None
    if len(answers) != 1 or rest:
        world.fail(kind, f"{len(answers)} answers and {rest[:80]!r} to {data[:80]!r}")
        return None
    return answers[0]


def redirect(world, kind, client, *fields, method="GET", body=b""):
    """Asks for a page; returns whether the connection can be used again."""
    target = f"/page/{next(numbers)}?of={random.randrange(100)}"
    since = time.monotonic()
    head = "\r\n".join((f"{method} {target} HTTP/1.1", "Host: soak", *fields, "", ""))
    answer = ask(world, kind, client, head.encode() + body, is_head=method == "HEAD")
    if answer is None:
        return False
    world.judge(kind, answer, target, since)
    return answer.only("connection") != "close"


def keep_alive(world, port):
    with connected(port) as client:
        for _ in range(random.randrange(1, 400)):
            if not redirect(world, KEEP_ALIVE, client, method=random.choice(("GET", "GET", "HEAD"))) or \
                    not world.pause(random.uniform(0, 0.03)):
                break


def one_shot(world, port):
    with connected(port) as client:
        redirect(world, ONE_SHOT, client, *random.choice(((), ("Connection: close",))))
    world.pause(random.uniform(0, 0.05))


def bodies(world, port):
    """With a length, or in chunks."""
    with connected(port) as client:
        for _ in range(random.randrange(1, 10)):
            body = b"x" * random.choice((1, 100, 5000, 200_000))
            framing = f"Content-Length: {len(body)}"
            if random.random() < 0.5:
                body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
                framing = "Transfer-Encoding: chunked"
            if not redirect(world, BODIES, client, framing, method=random.choice(("POST", "PUT")), body=body):
                break
            world.pause(random.uniform(0, 0.1))
    world.pause(random.uniform(0, 0.1))


# What is scraped, and how it begins and ends.
PICTURE = "/stats/chart.svg?width={}&height={}&theme={}&view={}"
REPRESENTATIONS = (
    ("/stats", b"{", b"}"),
    ("/stats/metrics", b"# ", b"\n"),
    ("/stats;csv", b"# pxname,", b"\n"),
    ("/stats/history?seconds=120", b"{", b"}"),
    ("/stats/targets", b"[", b"]"),
    ("/stats/", b"<!", b">"),
    ("/stats/chart.png", b"\x89PNG", b"\xaeB`\x82"),
    (PICTURE, b"<", b"</svg>"),
    (PICTURE, b"<", b"</svg>"),
)


def scrape(world, port):
    with connected(port) as client:
        for _ in range(random.randrange(1, 8)):
            target, start, end = random.choice(REPRESENTATIONS)
            target = target.format(random.randrange(200, 1200), random.randrange(150, 800),
                                   random.choice(("light", "dark")),
                                   random.choice(("response-times", "traffic", "history")))
            answer = ask(world, SCRAPES, client, f"GET {target} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
            if answer is None:
                return
            body = client.received.partition(b"\r\n\r\n")[2].strip(b" ")
            is_whole = body.startswith(start) and (body + b"\n").rstrip(b"\n").endswith(end.rstrip(b"\n"))
            if answer.status != 200 or not is_whole:
                world.fail(SCRAPES, f"{answer.status} and {body[:40]!r} … {body[-40:]!r} to {target}")
            else:
                if start == b"{":
                    json.loads(body)
                world.count(SCRAPES, "answered")
            if not world.pause(random.uniform(0, 0.1)) or answer.only("connection") == "close":
                return


EVENTS_REQUEST = b"GET /stats/events HTTP/1.1\r\nHost: soak\r\nAccept: text/event-stream\r\n\r\n"


def read_events(world, port):
    """Listens for a while; the first event is a whole snapshot, and each later one can be read."""
    with connected(port) as client:
        world.count(EVENTS, "asked")
        client.send(EVENTS_REQUEST)
        until = time.monotonic() + random.uniform(0.2, 15)
        while b"\n\n" not in client.received.partition(b"event: snapshot\n")[2] or \
                (time.monotonic() < until and not world.ended.is_set()):
            if not client.read():
                world.fail(EVENTS, f"closed after {client.received[-80:]!r}")
                return
        for event in client.received.partition(b"\r\n\r\n")[2].split(b"\n\n")[:-1]:
            for line in event.splitlines():
                if line.startswith(b"data: {"):
                    json.loads(line[len(b"data: "):])
    world.count(EVENTS, "answered")


def read_events_slowly(world, port):
    """A few bytes now and then: neither is it waited for, nor is it closed while it takes something."""
    with connected(port, receive_buffer=2048) as client:
        world.count(EVENTS, "asked")
        client.send(EVENTS_REQUEST)
        for _ in range(random.randrange(5, 80)):
            data = client.socket.recv(256)
            if not data:
                world.fail(EVENTS, "a slow reader is closed")
                return
            if not world.pause(0.2):
                break
    world.count(EVENTS, "answered")


def read_no_events(world, port):
    """Says what it wants, and takes nothing of it, until it is closed or goes away."""
    with connected(port, receive_buffer=2048) as client:
        world.count(EVENTS, "asked")
        client.send(EVENTS_REQUEST)
        world.pause(random.uniform(1, DEADLINE_S))
    world.count(EVENTS, "answered")


def raw(world, port):
    """A row of the table, good or bad, in one piece or in two: it is answered as the table says."""
    row = random.choice(ROWS)
    *expected, end = row.with_lane
    heads = {i for i, answer in enumerate(expected) if answer.startswith("HEAD ")}
    statuses = [int(answer.removeprefix("HEAD ").split()[0]) for answer in expected]
    cut = random.randrange(len(row.bytes) + 1)
    since = time.monotonic()
    world.count(RAW, "asked")
    with connected(port) as client:
        for piece in (row.bytes[:cut], row.bytes[cut:]):
            client.send(piece)
        if row.ends:
            client.end()
        try:
            client.read_answers(len(statuses) + (end == "close"), heads)
        except TimeoutError:
            world.fail(RAW, f"{row.name}: not closed after {client.received[:80]!r}")
            return
        answers, _ = lbraw.read_answers(client.received, heads)
    is_outage = world.was_outage(since)
    said = [answer.status for answer in answers]
    fits = len(said) == len(statuses) and all(
        one == other or (other == 307 and 300 < one < 309) or (other == 307 and one == 503 and is_outage)
        for one, other in zip(said, statuses))
    if fits:
        world.count(RAW, "answered", *(["refused"] if 503 in said else []))
    else:
        world.fail(RAW, f"{row.name}: {said} instead of {statuses}")
    world.pause(random.uniform(0, 0.1))


def slow_head(world, port):
    """A head that never ends: it is closed by its deadline, though something comes all the time."""
    world.count(SLOW, "asked")
    began = time.monotonic()
    with connected(port) as client:
        client.send(b"GET / HTTP/1.1\r\nX: ")
        client.socket.settimeout(0.5)
        while not client.closed:
            client.send(b"x")
            with contextlib.suppress(TimeoutError):
                client.read()
            if world.ended.is_set():
                break
            if time.monotonic() - began > DEADLINE_S:
                world.fail(SLOW, f"still open after {DEADLINE_S} s")
                return
    world.count(SLOW, "answered")


def reset(world, port):
    """Goes away with a reset, before, in or after a request."""
    text = random.choice((b"", b"GET /x HT", EVENTS_REQUEST, b"GET /stats HTTP/1.1\r\nHost: h\r\n\r\n" * 9,
                          b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc"))
    with connected(port) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.send(text)
        world.pause(random.choice((0, 0, 0.01, 0.2)))
    world.count(RESETS, "asked")
    world.pause(random.uniform(0, 0.2))


# How many of each there are.
CROWD = ((KEEP_ALIVE, keep_alive, 6), (ONE_SHOT, one_shot, 3), (BODIES, bodies, 2), (SCRAPES, scrape, 3),
         (EVENTS, read_events, 4), (EVENTS, read_events_slowly, 2), (EVENTS, read_no_events, 2),
         (RAW, raw, 2), (SLOW, slow_head, 4), (RESETS, reset, 2))


def start_crowd(world, port):
    """Starts all of them, and returns their threads."""
    return [world.start(kind, act, world, port) for kind, act, number in CROWD for _ in range(number)]
