# SPDX-License-Identifier: GPL-3.0-or-later
"""HAProxy and nginx in front of the balancer, with connections to it kept open: whatever row of
lbrequests.py they get, they have sent as many requests as we have seen. A request that only one of the
two sees is how requests are smuggled.

With LB_PROXY_TABLE in the environment it also prints what each of them answers to each row.
"""

import collections
import csv
import itertools
import os
import re
import socket

import lbraw
import tap
from lbrequests import ROWS
from lbtest import (TOOLS, Backend, Balancer, ClientCase, Process, free_port, stats, tool,
                    wait_until)

# Our figures are new every 0.1 s: so many rows wait for them together.
TOGETHER = 16
# Who waits for more than there is in a row is told after so many seconds that no more comes.
QUIET_S = 0.2
NOT_FORWARDED = ("-", "0")
TABLE = collections.defaultdict(dict)

HAPROXY = """\
global
    nbthread 1
    tune.bufsize 65536
    tune.http.maxhdr 8192
    stats socket {folder}/haproxy.sock level admin
defaults
    mode http
    timeout connect 5s
    timeout client 20s
    timeout server 20s
    retries 0
    http-reuse always
listen raw
    bind 127.0.0.1:{port}
    {option}
    server balancer 127.0.0.1:{to}
"""

NGINX = """\
error_log stderr emerg;
pid {folder}/nginx.pid;
daemon off;
master_process off;
events {{
}}
http {{
    log_format sent '$upstream_bytes_sent $upstream_status';
    access_log {folder}/access.log sent;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    large_client_header_buffers 8 32k;
    {option}
    upstream balancer {{
        server 127.0.0.1:{to};
        keepalive 1;
    }}
    server {{
        listen 127.0.0.1:{port};
        merge_slashes off;
        location / {{
            proxy_pass http://balancer;
            proxy_http_version 1.1;
            proxy_buffer_size 32k;
            proxy_busy_buffers_size 64k;
            proxy_buffers 4 32k;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_redirect off;
            proxy_request_buffering off;
            proxy_ignore_client_abort on;
            proxy_next_upstream off;
        }}
    }}
}}
"""

Seen = collections.namedtuple("Seen", "requests read_only")


class Proxies:
    """The case, for each of them."""
    name = None
    template = None
    option = ""

    def setUp(self):
        super().setUp()
        self.tools = dict(self.environment, LD_LIBRARY_PATH=":".join(
            str(path) for path in TOOLS.glob("usr/lib/*-linux-gnu")))
        backend = Backend(self, "one")
        figures = free_port()
        self.balancer = Balancer(self, f"--backend={backend.url}", f"--stats-port={figures}")
        self.figures = f"http://127.0.0.1:{figures}"
        self.location = backend.url
        self.known = 0
        self.port = free_port()
        self.file = self.folder / "proxy.conf"
        self.file.write_text(self.template.format(folder=self.folder, port=self.port,
                                                  to=self.balancer.port, option=self.option),
                             encoding="utf-8")
        self.process = Process(self, self.command(), env=self.tools)
        wait_until(self.listens, 10, "it listens")

    def command(self):
        raise NotImplementedError

    def seen_by_proxy(self):
        """Returns how many requests it has sent to us, and how many of them we only read: these are
        no redirects, and not refused."""
        raise NotImplementedError

    def listens(self):
        self.assertIsNone(self.process.popen.poll(), self.process.complained())
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def difference(self):
        """Returns how many more requests we have seen than the proxy has sent."""
        proxy = self.seen_by_proxy()
        now = stats(self.figures)
        return now["redirects"] + sum(now["rejected"].values()) + proxy.read_only - proxy.requests

    def say(self, row):
        """Returns the statuses that come back. Another request follows, unless nothing may."""
        client = lbraw.Client(self.port, [])
        client.send(row.bytes if row.ends else row.bytes + lbraw.LAST)
        if row.ends:
            client.end()
        client.socket.settimeout(QUIET_S)
        for _ in range(2):
            try:
                while client.read():
                    pass
            except TimeoutError:
                client.end()
        client.close()
        statuses = re.findall(r"HTTP/1\.[01] (\d{3}) ", client.received.decode("latin-1"))
        return statuses[:-1] if b"/last\r\n" in client.received else statuses

    def next_is_redirected(self, number):
        """Whatever came before it on the same connection to us, a request is taken for what it is."""
        client = lbraw.Client(self.port, [])
        client.send(f"GET /{number} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        client.read_answers(1)
        client.close()
        answers, _ = lbraw.read_answers(client.received)
        said = [(answer.status, answer.only("location")) for answer in answers]
        return said == [(307, f"{self.location}/{number}")]

    def say_all(self, rows):
        """Sends them one after the other, and returns what is wrong, if anything is."""
        for number, row in enumerate(rows):
            TABLE[row.name][self.name] = self.say(row)
            if not self.next_is_redirected(number):
                return f"what follows “{row.name}” is not redirected"
        try:
            wait_until(lambda: self.difference() == self.known, 2, "they agree")
        except AssertionError:
            more = self.difference() - self.known
            self.known += more
            return f"{more} more seen than sent, behind one of: {', '.join(row.name for row in rows)}"
        return None

    def test_they_see_what_we_see(self):
        batches = [ROWS[i:i + TOGETHER] for i in range(0, len(ROWS), TOGETHER)]
        wrong = [text for text in map(self.say_all, batches) if text is not None]
        requests = self.seen_by_proxy().requests
        connections = stats(self.figures)["connections_total"]
        print(f"# {self.name}: {len(ROWS)} rows, {requests - len(ROWS)} requests and one behind each "
              f"row on {connections} connections to us; {len(wrong)} disagree", flush=True)
        self.assertEqual(wrong, [], "\n".join(wrong))
        # Else none would have come behind another one.
        self.assertLess(connections, requests / 2)


class HAProxy(Proxies):
    name = "HAProxy"
    template = HAPROXY

    def command(self):
        return [tool("haproxy"), "-db", "-f", self.file]

    def seen_by_proxy(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.folder / "haproxy.sock"))
            client.sendall(b"show stat\n")
            text = b"".join(iter(lambda: client.recv(65536), b"")).decode("ascii")
        row = next(row for row in csv.DictReader(text.removeprefix("# ").splitlines())
                   if row["svname"] == "balancer")
        return Seen(int(row["stot"]), int(row["hrsp_2xx"]))


class Nginx(Proxies):
    name = "nginx"
    template = NGINX

    def command(self):
        return [tool("nginx"), "-q", "-c", self.file]

    def seen_by_proxy(self):
        lines = [line.split() for line in
                 (self.folder / "access.log").read_text("ascii").splitlines()]
        sent = [status for length, status in lines if length not in NOT_FORWARDED]
        return Seen(len(sent), sum(status.startswith("2") for status in sent))


class TestHAProxy(HAProxy, ClientCase):
    pass


class TestLenientHAProxy(HAProxy, ClientCase):
    """It forwards some of what it would refuse."""
    name = "HAProxy, lenient"
    option = "option accept-invalid-http-request"


class TestNginx(Nginx, ClientCase):
    pass


class TestLenientNginx(Nginx, ClientCase):
    """It forwards fields that it would leave out."""
    name = "nginx, lenient"
    option = "ignore_invalid_headers off; underscores_in_headers on;"


def in_short(statuses):
    """`307 307 400` as `2×307 400`."""
    runs = [(status, len(list(run))) for status, run in itertools.groupby(statuses)]
    return " ".join(f"{n}×{status}" if n > 1 else f"{status}" for status, n in runs) or "–"


def tearDownModule():
    """Prints what each row is answered with, here and there, if that is asked for."""
    if "LB_PROXY_TABLE" not in os.environ:
        return
    names = list(dict.fromkeys(name for row in TABLE.values() for name in row))
    lines = [("row", "here", *names)]
    for row in ROWS:
        here = re.findall(r"(?:^|HEAD |, )(\d{3})", row.answers)
        lines.append((row.name, in_short(here), *(in_short(TABLE[row.name][name]) for name in names)))
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print("#", "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths)).rstrip())


if __name__ == "__main__":
    tap.main()
