# SPDX-License-Identifier: GPL-3.0-or-later
"""Backends that do all they can to keep a prober busy, and some that are well.

    hostile-backends.py CERTIFICATES.json < orders

Each line on standard input is an order in JSON, each line on standard output its answer:

    ["start", KIND, N]  listens N times as that kind; says the ports
    ["report"]          says of each port how many connections there were, how many are open, and in
                        seconds the longest time between two of them and the longest that one was held
    ["forget"]          counts anew from now on

All of them run in one loop, in a process of their own, so that they keep nobody else waiting.
"""

import asyncio
import json
import socket
import ssl
import struct
import sys
import tempfile
import time

HEAD = b"HTTP/1.1 200 OK\r\n"
GOOD = HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\nOK"
TLS_RECORD = b"\x16\x03\x03\x40\x00"


async def send(writer, *parts):
    for part in parts:
        writer.write(part)
    await writer.drain()


async def repeat(writer, text, seconds=0.0):
    """Sends it over and over; without a pause between, in large pieces."""
    piece = text if seconds else text * (16384 // len(text) + 1)
    while True:
        await send(writer, piece)
        await asyncio.sleep(seconds)


async def drip(writer, text):
    """One byte a second, and never the last one."""
    for i in range(len(text) - 1):
        await send(writer, text[i:i + 1])
        await asyncio.sleep(1)
    await asyncio.Event().wait()


def reset(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                               struct.pack("ii", 1, 0))
    writer.transport.abort()


async def healthy(writer, _):
    await send(writer, GOOD)


async def silent(_writer, _):
    await asyncio.Event().wait()


async def closes(_writer, _):
    pass


async def resets(writer, _):
    reset(writer)


async def resets_in_head(writer, _):
    await send(writer, HEAD, b"Content-Le")
    await asyncio.sleep(0.05)
    reset(writer)


async def resets_in_body(writer, _):
    await send(writer, HEAD, b"Content-Length: 100\r\n\r\nO")
    await asyncio.sleep(0.05)
    reset(writer)


async def endless_head(writer, _):
    await send(writer, HEAD)
    await repeat(writer, b"X-Header: value\r\n")


async def endless_line(writer, _):
    await send(writer, HEAD, b"X-Header: ")
    await repeat(writer, b"no end ")


async def endless_body(writer, _):
    await send(writer, HEAD, b"\r\n")
    await repeat(writer, b"all work and no play\n")


async def endless_chunks(writer, _):
    await send(writer, HEAD, b"Transfer-Encoding: chunked\r\n\r\n")
    await repeat(writer, b"1\r\nx\r\n")


async def endless_chunk_size(writer, _):
    await send(writer, HEAD, b"Transfer-Encoding: chunked\r\n\r\n")
    await repeat(writer, b"0")


async def endless_trailer(writer, _):
    await send(writer, HEAD, b"Transfer-Encoding: chunked\r\n\r\n0\r\n")
    await repeat(writer, b"X-Trailer: value\r\n")


async def drips_head(writer, _):
    await drip(writer, GOOD)


async def drips_body(writer, _):
    await send(writer, HEAD, b"Content-Length: 100\r\n\r\n")
    await drip(writer, b"x" * 100)


async def floods_1xx(writer, _):
    await repeat(writer, b"HTTP/1.1 102 Processing\r\n\r\n")


async def slow_1xx(writer, _):
    await repeat(writer, b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.2)


async def redirects_to_itself(writer, port):
    await send(writer, b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\n"
               b"Content-Length: 0\r\n\r\n" % port)


async def redirects_elsewhere(writer, _):
    await send(writer, b"HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1:%d/\r\n"
               b"Content-Length: 0\r\n\r\n" % elsewhere)


async def talks_nonsense(writer, _):
    await repeat(writer, bytes(range(256)))


async def answers_400(writer, _):
    await send(writer, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


async def tls_half(writer, _):
    await send(writer, TLS_RECORD, bytes(100))
    await asyncio.Event().wait()


async def tls_drips(writer, _):
    await drip(writer, TLS_RECORD + bytes(100))


# Who is asked over TLS but speaks by itself gets the bytes as they are.
SECURE = {"healthy-tls": (healthy, "good"), "silent-in-tls": (silent, "good"),
          "endless-body-in-tls": (endless_body, "good"),
          "self-signed": (healthy, "good"), "expired": (healthy, "expired"),
          "wrong-host": (healthy, "other")}
PLAIN = {"healthy": healthy, "silent": silent, "closes": closes, "resets": resets,
         "resets-in-head": resets_in_head, "resets-in-body": resets_in_body,
         "endless-head": endless_head, "endless-line": endless_line, "endless-body": endless_body,
         "endless-chunks": endless_chunks, "endless-chunk-size": endless_chunk_size,
         "endless-trailer": endless_trailer, "drips-head": drips_head, "drips-body": drips_body,
         "floods-1xx": floods_1xx, "slow-1xx": slow_1xx, "redirects-to-itself": redirects_to_itself,
         "redirects-elsewhere": redirects_elsewhere, "elsewhere": healthy,
         "http-for-https": answers_400, "talks-nonsense": talks_nonsense, "tls-silent": silent,
         "tls-half": tls_half, "tls-drips": tls_drips, "tls-closes": closes, "tls-resets": resets}
# These do not wait for a request that ends like one of HTTP.
AT_ONCE = {"closes", "resets", "talks-nonsense", "http-for-https", "tls-silent", "tls-half",
           "tls-drips", "tls-closes", "tls-resets"}

elsewhere = 0


class Listener:
    """A port, and what is counted of it."""

    def __init__(self, kind):
        self.kind = kind
        self.act = SECURE[kind][0] if kind in SECURE else PLAIN[kind]
        self.open = 0
        self.forget()

    def forget(self):
        self.n = 0
        self.gap = self.held = 0.0
        self.last = time.monotonic()

    def note(self):
        now = time.monotonic()
        self.gap = max(self.gap, now - self.last)
        self.last = now

    async def serve(self, reader, writer):
        began = time.monotonic()
        self.note()
        self.n += 1
        self.open += 1
        try:
            if self.kind not in AT_ONCE:
                await reader.readuntil(b"\r\n\r\n")
            port = writer.get_extra_info("sockname")[1]
            acting = asyncio.create_task(self.act(writer, port))
            leaving = asyncio.create_task(reader.read(-1))
            await asyncio.wait({acting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            for task in (acting, leaving):
                task.cancel()
            await asyncio.gather(acting, leaving, return_exceptions=True)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open -= 1
            self.held = max(self.held, time.monotonic() - began)
            writer.close()

    def report(self):
        self.note()
        return {"kind": self.kind, "n": self.n, "open": self.open, "gap": self.gap, "held": self.held}


def make_context(pems, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pems["key"] + pems[name])
        file.flush()
        context.load_cert_chain(file.name)
    return context


async def main():
    with open(sys.argv[1], encoding="ascii") as file:
        pems = json.load(file)
    contexts = {name: make_context(pems, name) for name in pems if name != "key"}
    listeners, servers = {}, []

    async def start(kind, number):
        global elsewhere
        ports = []
        for _ in range(number):
            listener = Listener(kind)
            context = contexts[SECURE[kind][1]] if kind in SECURE else None
            server = await asyncio.start_server(listener.serve, "127.0.0.1", 0, ssl=context, backlog=64)
            ports.append(server.sockets[0].getsockname()[1])
            listeners[ports[-1]] = listener
            servers.append(server)
            if kind == "elsewhere":
                elsewhere = ports[-1]
        return ports

    # What a client does that leaves in the middle of something is no news here.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order, *arguments = json.loads(line)
        answer = None
        if order == "start":
            answer = await start(*arguments)
        elif order == "report":
            answer = {port: listener.report() for port, listener in listeners.items()}
        elif order == "forget":
            for listener in listeners.values():
                listener.forget()
        print(json.dumps(answer), flush=True)


asyncio.run(main())
