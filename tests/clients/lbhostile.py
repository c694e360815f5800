# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile backends, as a test case starts them and as the balancer is to see them.

KINDS says of each kind of backend that `hostile-backends.py` has: the scheme of its URL, what probes of
it differ in, and what they say is wrong with it, as a regular expression; None if nothing is.
"""

import dataclasses
import json
import re
import subprocess
import sys
import threading

from lbtest import BUILD, ROOT, Process, wait_until

HOSTILE_LIBC = BUILD / "tests" / "clients" / "hostile-libc.so"

NEVER = {"expected_body": "never"}
UNVERIFIED = {"verify_certificate": False}


@dataclasses.dataclass(frozen=True)
class Kind:
    scheme: str
    error: str | None
    probe: dict = dataclasses.field(default_factory=dict)


HEALTHY = {
    "healthy": Kind("http", None),
    "healthy-tls": Kind("https", None, UNVERIFIED),
}
# What a probe is told to do with a redirect is to take it for an answer; nobody follows it.
REDIRECTING = {
    "redirects-to-itself": Kind("http", None),
    "redirects-elsewhere": Kind("http", None),
}
HOSTILE = {
    "silent": Kind("http", "timeout"),
    "closes": Kind("http", "incomplete"),
    "resets": Kind("http", "reset"),
    "resets-in-head": Kind("http", "reset"),
    "resets-in-body": Kind("http", "reset", NEVER),
    "endless-head": Kind("http", "incomplete"),
    "endless-line": Kind("http", "incomplete"),
    "endless-body": Kind("http", "body", NEVER),
    "endless-chunks": Kind("http", "body", NEVER),
    "endless-chunk-size": Kind("http", "incomplete", NEVER),
    "endless-trailer": Kind("http", "body", NEVER),
    "drips-head": Kind("http", "timeout"),
    "drips-body": Kind("http", "timeout", NEVER),
    "floods-1xx": Kind("http", "invalid"),
    "slow-1xx": Kind("http", "timeout"),
    "talks-nonsense": Kind("http", "incomplete"),
    "silent-in-tls": Kind("https", "timeout", UNVERIFIED),
    "endless-body-in-tls": Kind("https", "body", {**UNVERIFIED, **NEVER}),
    "self-signed": Kind("https", "tls: unknown authority"),
    "expired": Kind("https", "tls: expired"),
    "wrong-host": Kind("https", "tls: wrong host"),
    "http-for-https": Kind("https", "tls"),
    "tls-silent": Kind("https", "timeout"),
    "tls-half": Kind("https", "timeout"),
    "tls-drips": Kind("https", "timeout"),
    "tls-closes": Kind("https", "tls"),
    # Where it meets what we are just sending.
    "tls-resets": Kind("https", "tls|reset"),
}
KINDS = {**HEALTHY, **REDIRECTING, **HOSTILE, "elsewhere": Kind("http", None)}


def read_certificates():
    """Returns those of the tests in C."""
    text = (ROOT / "tests" / "probe" / "certificates.h").read_text("ascii")
    pems = {name.lower(): "".join(re.findall(r'"(.*)"', lines)).replace("\\n", "\n")
            for name, lines in re.findall(r"#define TEST_TLS_(\w+) \\\n((?: .*\n)+)", text)}
    return {name: pems[name] for name in ("key", "good", "expired", "other")}


class HostileBackends(Process):
    """A process full of backends. Their URLs are the keys of `kinds`."""

    def __init__(self, case):
        certificates = case.folder / "certificates.json"
        certificates.write_text(json.dumps(read_certificates()), encoding="ascii")
        super().__init__(case, [sys.executable, ROOT / "tests" / "clients" / "hostile-backends.py",
                                certificates], stdin=subprocess.PIPE, text=True)
        case.addCleanup(self.popen.stdin.close)
        self.lock = threading.Lock()
        self.answers = 0
        self.kinds = {}

    def order(self, *what):
        with self.lock:
            self.popen.stdin.write(json.dumps(what) + "\n")
            self.popen.stdin.flush()
            self.answers += 1
            def look():
                lines = self.printed().splitlines(keepends=True)
                return lines[-1] if len(lines) == self.answers and lines[-1].endswith("\n") else None
            return json.loads(wait_until(look, 20, "the backends' answer"))

    def start(self, kind, number=1, host="127.0.0.1"):
        """Returns the URLs of so many new ones."""
        urls = [f"{KINDS[kind].scheme}://{host}:{port}" for port in self.order("start", kind, number)]
        self.kinds.update((url, kind) for url in urls)
        return urls

    def forget(self):
        self.order("forget")

    def report(self):
        """Returns by URL what `hostile-backends.py` says of each."""
        ports = {url.rpartition(":")[2]: url for url in self.kinds}
        return {ports[port]: seen for port, seen in self.order("report").items()}

    def entries(self):
        """Returns what the configuration says of them."""
        return [{"url": url, "probe": KINDS[kind].probe}
                for url, kind in self.kinds.items() if kind != "elsewhere"]
