# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that send bytes as they are told to, piece by piece, and read what comes back."""

import re
import socket

SECONDS = 10
# What is cut at each offset; longer than that, only where something begins or ends.
SMALL = 400
# What is sent byte by byte; of what is longer, so many pieces are made.
PIECES = 1500
LAST = b"GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\Z")


class Answer:
    """One answer: its status, and its fields by their names in lower case."""

    def __init__(self, head):
        first, *lines = head.split(b"\r\n")
        match = STATUS_LINE.match(first)
        if match is None:
            raise ValueError(f"no status line: {first[:80]!r}")
        self.status = int(match.group(1))
        self.fields = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not re.fullmatch(rb"[-A-Za-z]+", name):
                raise ValueError(f"no field: {line[:80]!r}")
            self.fields.setdefault(name.decode().lower(), []).append(value.strip().decode("latin-1"))

    def only(self, name):
        """Returns the value of a field that must not be there twice, or None."""
        values = self.fields.get(name, [])
        if len(values) > 1:
            raise ValueError(f"{name} {len(values)} times")
        return values[0] if values else None

    def body_length(self, is_head):
        length = self.only("content-length")
        if is_head or self.status in (204, 304) or self.status < 200:
            return 0
        if length is None:
            raise ValueError(f"a {self.status} without a length")
        return int(length)


def read_answers(received, heads=()):
    """Returns the whole answers in these bytes, and what is left. HEAD's, by place, have no body."""
    answers = []
    while True:
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return answers, received
        answer = Answer(received[:end])
        end += 4 + answer.body_length(len(answers) in heads)
        if len(received) < end:
            return answers, received
        answers.append(answer)
        received = received[end:]


def byte_by_byte(data):
    step = 1 if len(data) <= PIECES else len(data) // PIECES + 1
    return [data[i:i + step] for i in range(0, len(data), step)]


def offsets(data):
    """Returns where to cut: everywhere, or in what is long, near its ends and where lines end."""
    if len(data) <= SMALL:
        return range(1, len(data))
    found = {*range(1, 60), *range(len(data) - 60, len(data))}
    for match in re.finditer(rb"\r\n\r\n", data):
        found.update(range(match.start(), match.end() + 1))
        if len(found) > SMALL:
            break
    # What is looked at together is 16 KiB.
    found.update(n for limit in (8192, 16384) for n in range(limit - 2, limit + 3) if n < len(data))
    return sorted(found)


class Client:
    """Says something on a connection of its own."""

    def __init__(self, port, pieces):
        self.pieces = list(pieces)
        self.received = b""
        self.closed = False
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        """Sends, unless nobody listens any more."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def end(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def read(self):
        """Reads once, and returns whether something came. Nothing for long raises TimeoutError."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.received += data
        self.closed = not data
        return bool(data)

    def read_answers(self, number, heads=()):
        """Reads so many answers, or all there are if it ends before."""
        while len(read_answers(self.received, heads)[0]) < number and self.read():
            pass

    def close(self):
        self.socket.close()


def say_in_turns(clients, wait):
    """Each client says one piece, then each of them the next one; before that, the other side has
    looked at all of them, which `wait` waits for."""
    turn = 0
    waiting = list(clients)
    while waiting:
        for client in waiting:
            client.send(client.pieces[turn])
        turn += 1
        waiting = [client for client in waiting if turn < len(client.pieces)]
        if waiting:
            wait()
