# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that take too long are closed in time, and keep nobody from being served."""

import concurrent.futures
import select
import socket
import time

import tap
from lbtest import Balancer, ClientCase, wait_until

REQUEST = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 100)


class TestDeadlines(ClientCase):
    def setUp(self):
        super().setUp()
        self.balancer = Balancer(self)

    def connect(self, receive_buffer=None):
        client = socket.socket()
        self.addCleanup(client.close)
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(25)
        client.connect(("127.0.0.1", self.balancer.port))
        return client

    def wait_for_reset(self, client, seconds):
        poll = select.poll()
        poll.register(client, select.POLLRDHUP)
        self.assertTrue(poll.poll(1000 * seconds), "it is still open")

    def head_that_never_ends(self):
        """Returns after how many seconds it is closed, though something comes all the time."""
        client = self.connect()
        began = time.monotonic()
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        client.settimeout(0.3)
        while time.monotonic() < began + 25:
            try:
                if client.recv(1) == b"":
                    break
            except TimeoutError:
                client.sendall(b"x")
            except ConnectionResetError:
                break
        return time.monotonic() - began

    def idle(self):
        """Returns how long a connection is kept alive that asks for nothing more."""
        client = self.connect()
        client.sendall(REQUEST)
        self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 503 ")
        began = time.monotonic()
        self.assertEqual(client.recv(1), b"")
        return time.monotonic() - began

    def reads_nothing(self):
        """Asks as often as is taken; returns how long after that it is closed."""
        client = self.connect(receive_buffer=4096)
        client.settimeout(1)
        stopped = time.monotonic()
        requests = REQUEST * 500
        try:
            while True:
                client.send(requests)
                stopped = time.monotonic()
        except TimeoutError:
            pass
        self.wait_for_reset(client, 25)
        return time.monotonic() - stopped

    def lingers(self):
        """Is answered for good and does not close; returns after how many seconds it is let go of."""
        client = self.connect()
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegin")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
        began = time.monotonic()
        self.assertRegex(answer, rb"\AHTTP/1\.1 503 ")
        time.sleep(4)

        # Nobody is there to take it.
        client.sendall(b"x")
        poll = select.poll()
        poll.register(client, 0)
        self.assertTrue(poll.poll(1000), "it is still lingered on")
        return time.monotonic() - began

    def test_who_takes_too_long_is_closed(self):
        within = {
            self.head_that_never_ends: (9.5, 12.5),
            self.idle: (14.5, 17.5),
            self.reads_nothing: (9.5, 13.5),
            self.lingers: (4, 5),
        }
        self.assertIsNotNone(self.balancer.stats())
        before = self.balancer.count_descriptors()

        with concurrent.futures.ThreadPoolExecutor(4 * len(within)) as pool:
            running = {pool.submit(client): client for client in within for _ in range(4)}
            others = 0
            while not all(future.done() for future in running):
                began = time.monotonic()
                with self.connect() as client:
                    client.sendall(REQUEST)
                    self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 503 ")
                self.assertLess(time.monotonic() - began, 2)
                others += 1
                time.sleep(0.05)

        for future, client in running.items():
            least, most = within[client]
            self.assertGreater(future.result(), least, client.__name__)
            self.assertLess(future.result(), most, client.__name__)
        self.assertGreater(others, 100)
        wait_until(lambda: self.balancer.count_descriptors() <= before, 5,
                   f"as few descriptors as before ({before})")


if __name__ == "__main__":
    tap.main()
