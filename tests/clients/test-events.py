# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs read /stats/events: curl, and more readers than anybody has, of which half never read."""

import json
import selectors
import socket
import subprocess
import time

import tap
from lbtest import Backend, Balancer, ClientCase, Process, free_port, wait_until

REQUEST = b"GET /stats/events HTTP/1.1\r\nHost: a\r\n\r\n"
MARK = b"\n\nevent: snapshot\n"

READERS = 1000
BACKENDS = 1000

# Readers that take nothing are closed after 30 s.
SECONDS = 38


def parse(text):
    """Returns the events of a stream as a browser understands them: name, id and data."""
    events = []
    for block in text.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        if "data" in fields:
            events.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return events


class Reader:
    """Takes what comes, and remembers only when pages began."""

    def __init__(self, port, buffer):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.sendall(REQUEST)
        self.socket.setblocking(False)
        self.buffer = buffer
        self.tail = b""
        self.pages = []
        self.size = 0
        self.ended = False

    def fileno(self):
        return self.socket.fileno()

    def read(self):
        try:
            n = self.socket.recv_into(self.buffer)
        except BlockingIOError:
            return
        except ConnectionResetError:
            n = 0
        if n == 0:
            self.ended = True
            return
        self.size += n
        text = self.tail + bytes(self.buffer[:n])
        self.pages += [time.monotonic()] * text.count(MARK)
        self.tail = text[-len(MARK) + 1:]


class TestEvents(ClientCase):
    def listen(self, balancer, url, *arguments):
        return Process(self, ["curl", "--silent", "--show-error", "--no-buffer", "--noproxy", "*",
                              "--max-time", "60", *arguments, url])

    def check(self, balancer, backend, url, *arguments):
        """A snapshot at once, a change as it comes, and the next snapshot with it."""
        reader = self.listen(balancer, url, *arguments)

        def find(condition):
            return next((data for name, _, data in parse(reader.printed())
                         if condition(name, data)), None)
        first = wait_until(lambda: find(lambda name, data: name == "snapshot"), 2, "a snapshot")
        self.assertEqual([(server["url"], server["health"]) for server in first["servers"]],
                         [(backend.url, "up")])
        self.assertEqual(first.keys(), balancer.stats().keys())

        backend.stop()
        change = wait_until(lambda: find(lambda name, data: name == "change"), 10, "a change")
        self.assertEqual((change["change"], change["url"], change["state"], change["health"]),
                         ("health", backend.url, "ready", "down"))
        self.assertEqual(change["error"], "refused")
        wait_until(lambda: find(lambda name, data: name == "snapshot" and
                                data["servers"][0]["health"] == "down"), 4, "the next snapshot")
        ids = [number for _, number, _ in parse(reader.printed())]
        self.assertEqual(ids, sorted(set(ids)))

        reader.kill()
        backend.start()
        balancer.wait_for_health("up", backend.url, seconds=10)

    def test_curl(self):
        backend = Backend(self, "one")
        port = free_port()
        for arguments in ((), ("--no-express-lane",), (f"--stats-port={port}",)):
            with self.subTest(arguments=arguments):
                balancer = Balancer(self, f"--backend={backend.url}", *arguments)
                where = f"http://127.0.0.1:{port}" if "port" in str(arguments) else balancer.url
                wait_until(lambda: self.is_up(where), 10, "the backend is up")
                balancer.url = where
                self.check(balancer, backend, f"{where}/stats/events")
                self.check(balancer, backend, f"{where}/stats", "-H", "Accept: text/event-stream")
                balancer.kill()

    def is_up(self, url):
        done = subprocess.run(["curl", "-s", "--noproxy", "*", "--max-time", "5", f"{url}/stats"],
                              stdout=subprocess.PIPE, check=False)
        return done.returncode == 0 and json.loads(done.stdout)["servers"][0]["health"] == "up"


class TestCrowd(ClientCase):
    """All in one: readers, readers that do not read, and clients that want to be redirected."""

    def start(self):
        self.backend = Backend(self, "one")
        others = [{"url": f"http://127.0.0.1:1/{number}"} for number in range(BACKENDS - 1)]
        self.write_config(probe={"interval_ms": 20000},
                          backends=[{"url": self.backend.url}, *others])
        balancer = Balancer(self)
        balancer.wait_for_health("up", self.backend.url)
        wait_until(lambda: all(server["health"] == "down"
                               for server in balancer.stats()["servers"][1:]), 60, "the others are down")
        return balancer

    def start_client(self, balancer):
        """Returns a client that is redirected ten times a second, and tells how long it took."""
        return Process(self, ["curl", "--silent", "--show-error", "--noproxy", "*", "--rate", "10/s",
                              "--output", "/dev/null", "--write-out", r"%{http_code} %{time_total}\n",
                              f"{balancer.url}/who?[1-{10 * (SECONDS - 5)}]"])

    def watch(self, selector, balancer, seconds):
        """Lets everybody read. Returns the most memory that the balancer had."""
        most = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in selector.select(0.2):
                key.fileobj.read()
                if key.fileobj.ended:
                    selector.unregister(key.fileobj)
            most = max(most, balancer.memory())
        return most

    def have_ended(self, readers):
        for reader in readers:
            if not reader.ended:
                reader.read()
        return all(reader.ended for reader in readers)

    def test_a_thousand_readers(self):
        balancer = self.start()
        buffer = memoryview(bytearray(1 << 20))
        before = balancer.count_descriptors()

        # What one reader takes is not what a thousand take more.
        with selectors.DefaultSelector() as selector:
            reader = Reader(balancer.port, buffer)
            selector.register(reader, selectors.EVENT_READ)
            self.watch(selector, balancer, 7)
            reader.socket.close()
        size = reader.size // len(reader.pages)
        memory = balancer.memory()
        cpu = balancer.cpu_seconds()

        with selectors.DefaultSelector() as selector:
            readers = [Reader(balancer.port, buffer) for _ in range(READERS)]
            began = time.monotonic()
            quick, deaf = readers[::2], readers[1::2]
            for reader in quick:
                selector.register(reader, selectors.EVENT_READ)
            client = self.start_client(balancer)
            growth = self.watch(selector, balancer, SECONDS) - memory
            ended = time.monotonic()
        cpu = balancer.cpu_seconds() - cpu

        gaps = [later - earlier
                for reader in quick
                for earlier, later in zip([began, *reader.pages], [*reader.pages, ended])]
        answers = [line.split() for line in client.printed().splitlines()]
        times = sorted(float(answer[1]) for answer in answers)
        print(f"# pages of {size} bytes; memory grew by {growth >> 10} KiB; the longest time without "
              f"a page was {max(gaps):.2f} s; {len(times)} redirects took {times[len(times) // 2]:.4f} s "
              f"in the middle and {times[-1]:.4f} s at most; {cpu:.1f} s of processor time", flush=True)

        # Twenty pages at most are held, and 100 bytes for each of them.
        self.assertLess(growth, 20 * size + (4 << 20))
        self.assertFalse(any(reader.ended for reader in quick))
        # On a busy machine a page may be late; where those that never read hold the others up, it is
        # until they are closed.
        self.assertLess(max(gaps), 9)
        self.assertEqual({answer[0] for answer in answers}, {"307"})
        self.assertGreater(len(answers), 10 * (SECONDS - 10))
        self.assertLess(times[len(times) // 2], 0.05)

        # Who has taken nothing for so long is gone.
        wait_until(lambda: self.have_ended(deaf), 10, "those that never read are closed")
        for reader in readers:
            reader.socket.close()
        wait_until(lambda: balancer.count_descriptors() <= before, 5,
                   f"as few descriptors as before ({before})")

    def test_no_more_than_half_may_read(self):
        self.write_config(max_connections=20)
        balancer = Balancer(self)
        buffer = memoryview(bytearray(1 << 16))
        readers = [Reader(balancer.port, buffer) for _ in range(10)]
        self.addCleanup(lambda: [reader.socket.close() for reader in readers])

        def look():
            for reader in readers:
                reader.read()
            return all(reader.pages for reader in readers)
        wait_until(look, 5, "all of them have a page")

        with socket.create_connection(("127.0.0.1", balancer.port), timeout=10) as late:
            late.sendall(REQUEST)
            answer = late.recv(65536)
        self.assertRegex(answer, rb"\AHTTP/1\.1 503 ")
        self.assertIn(b"\r\nRetry-After: 1\r\n", answer)
        for _ in range(100):
            with socket.create_connection(("127.0.0.1", balancer.port), timeout=10) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertIn(b"No backend", client.recv(65536))

        readers.pop().socket.close()
        wait_until(lambda: self.is_let_in(balancer), 5, "there is room for another one")

    def is_let_in(self, balancer):
        with socket.create_connection(("127.0.0.1", balancer.port), timeout=10) as client:
            client.sendall(REQUEST)
            return client.recv(65536).startswith(b"HTTP/1.1 200 ")


if __name__ == "__main__":
    tap.main()
