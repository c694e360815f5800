# SPDX-License-Identifier: GPL-3.0-or-later
"""The balancer is stopped and continued, as by a laptop's lid or a busy machine."""

import signal
import socket
import threading
import time

import tap
from lbtest import Balancer, ClientCase

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Backend:
    """Answers each request after so many seconds, or never."""

    def __init__(self, case, seconds):
        self.seconds = seconds
        self.hangs = False
        self.closed = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        case.addCleanup(self.close)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(client,), daemon=True).start()

    def answer(self, client):
        with client:
            client.settimeout(30)
            try:
                client.recv(65536)
                if self.hangs:
                    client.recv(1)
                elif not self.closed.wait(self.seconds):
                    client.sendall(ANSWER)
            except OSError:
                pass

    def close(self):
        self.closed.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class TestPauses(ClientCase):
    def start(self, *backends, **probe):
        self.write_config(probe=probe, backends=[{"url": backend.url} for backend in backends])
        balancer = Balancer(self)
        balancer.wait_for_health("up", *(backend.url for backend in backends))
        return balancer

    def pause(self, balancer, seconds):
        balancer.popen.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        balancer.popen.send_signal(signal.SIGCONT)

    def test_who_hangs_goes_down_however_often_it_pauses(self):
        """Each probe that is not answered is under way in one of the pauses."""
        healthy, slow, hanging = Backend(self, 0), Backend(self, 0.5), Backend(self, 0)
        balancer = self.start(healthy, slow, hanging)

        hanging.hangs = True
        began = time.monotonic()
        while balancer.backends()[hanging.url]["health"] == "up":
            self.assertLess(time.monotonic() - began, 15)
            for backend in (healthy, slow):
                self.assertEqual(balancer.backends()[backend.url]["health"], "up")
            self.pause(balancer, 0.35)
            time.sleep(1.2)

        last = balancer.backends()[hanging.url]["last_probe"]
        self.assertEqual(last["error"], "timeout")

    def test_a_long_pause_marks_nobody_down(self):
        """Neither the first time nor the second, though a single bad probe would."""
        healthy, slow = Backend(self, 0), Backend(self, 0.6)
        balancer = self.start(healthy, slow, timeout_ms=1000, fall=1)

        for _ in range(2):
            self.pause(balancer, 4)
            end = time.monotonic() + 2.5
            while time.monotonic() < end:
                for url, backend in balancer.backends().items():
                    self.assertEqual((url, backend["health"]), (url, "up"))
                    self.assertTrue(backend["last_probe"]["ok"])
                    self.assertLess(backend["response_time_ms"], 1000)

    def test_clients_wait_and_are_answered(self):
        """Ten seconds, while they connect and ask; a single bad probe would mark a backend down."""
        healthy, slow = Backend(self, 0), Backend(self, 0.5)
        balancer = self.start(healthy, slow, timeout_ms=1000, fall=1)
        balancer.popen.send_signal(signal.SIGSTOP)
        clients = []
        for _ in range(50):
            client = self.enterContext(socket.create_connection(("127.0.0.1", balancer.port), timeout=10))
            client.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            clients.append(client)
        time.sleep(10)
        balancer.popen.send_signal(signal.SIGCONT)
        for client in clients:
            self.assertRegex(client.recv(65536), rb"\AHTTP/1\.1 307 ")
        time.sleep(2.5)
        for backend in balancer.backends().values():
            self.assertEqual((backend["health"], backend["times_down"], backend["probes_failed"]),
                             ("up", 0, 0))


if __name__ == "__main__":
    tap.main()
