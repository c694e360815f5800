# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that redirect, each set up in the way its documentation advises for speed: no logs,
connections kept alive without end. One process or thread of each serves, since ours has only one.
All redirect to one of the same backends, with the request's path behind it."""

import grp
import json
import os
import pathlib
import pwd
import resource
import signal
import sys

import loopback

# At most so many clients at once; HAProxy counts two descriptors for each.
MAX_CLIENTS = min(9000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 100)

NGINX = """\
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
events {{
  worker_connections {clients};
}}
http {{
  access_log off;
  server_tokens off;
  keepalive_timeout 300s;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  split_clients "$connection-$connection_requests" $backend {{
    33.3% {backends[0]};
    33.3% {backends[1]};
    *     {backends[2]};
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    return 307 $backend$request_uri;
  }}
}}
"""

HAPROXY = """\
global
  nbthread 1
  maxconn {clients}
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  timeout http-keep-alive 300s
frontend redirects
  bind 127.0.0.1:{port} backlog 4096
"""

HAPROXY_POOL = """\
  default_backend pool
backend pool
  balance {balance}
  server one 127.0.0.1:1 redir {backends[0]}
  server two 127.0.0.1:2 redir {backends[1]}
  server three 127.0.0.1:3 redir {backends[2]}
"""

HAPROXY_RULE = """\
  http-request redirect code 307 location %[rand(3),map_int({folder}/backends.map)]%[pathq]
"""

CADDY = """\
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
  redir {backends[0]}{{uri}} 307
}}
"""

FLASK = """\
import random

from flask import Flask, redirect, request

BACKENDS = {backends}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

app = Flask(__name__)


@app.route("/", defaults={{"path": ""}}, methods=METHODS)
@app.route("/<path:path>", methods=METHODS)
def choose(path):
    return redirect(random.choice(BACKENDS) + request.full_path.removesuffix("?"), code=307)
"""


class Place:
    """Where things are: the build tree, the unpacked packages, and a folder that goes away."""

    def __init__(self, build, folder):
        self.source = pathlib.Path(__file__).resolve().parents[2]
        self.build = pathlib.Path(build)
        self.tools = self.build / "tools"
        self.folder = pathlib.Path(folder)
        self.program = self.build / "src" / "load-balancer"
        self.files = 0

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def new_name(self, suffix):
        self.files += 1
        return self.folder / f"{self.files}{suffix}"

    @property
    def libraries(self):
        paths = [str(path) for path in (self.tools / "usr" / "lib").glob("*-linux-gnu*")]
        return {"LD_LIBRARY_PATH": ":".join(paths)}

    @property
    def home(self):
        """Ours must not meet the person's own settings, nor their desktop."""
        return {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / "config"),
                "XDG_CACHE_HOME": str(self.folder / "cache"),
                "XDG_DATA_HOME": str(self.folder / "data"), "XDG_RUNTIME_DIR": str(self.folder),
                "XDG_DATA_DIRS": f"{self.source}/data:/usr/local/share:/usr/share",
                "GSETTINGS_BACKEND": "memory", "GSETTINGS_SCHEMA_DIR": str(self.build / "data"),
                "LOAD_BALANCER_LOCALEDIR": str(self.build / "po"), "LC_ALL": "C.UTF-8"}


class Contender:
    """Something that redirects."""

    key = ""
    title = ""
    end = signal.SIGTERM
    can_pipeline = True

    def __init__(self, place, backends):
        self.place = place
        self.backends = backends

    def command(self, port):
        """Returns what starts it, and its environment."""
        raise NotImplementedError

    def start(self, port=None, wait=True, environment=None):
        port = port or loopback.free_port()
        command, own = self.command(port)
        process = loopback.Process([str(word) for word in command], loopback.SERVER_CPU,
                                   self.place.new_name(f"-{self.key}.log"),
                                   {**own, **(environment or {})}, self.end)
        process.port = port
        if wait:
            try:
                self.wait(process)
            except BaseException:
                process.__exit__()
                raise
        return process

    def wait(self, process):
        """Waits for its first answer, and looks at it closely."""
        def ask():
            process.check()
            return loopback.get(process.port, "/some/page?of=it")
        status, location = loopback.wait_until(ask, 20, f"{self.title} answers")
        expected = [f"{url}/some/page?of=it" for url in self.backends]
        if status // 100 != 3 or location not in expected:
            raise loopback.Failure(f"{self.title} answered {status}, Location: {location}")

    def format(self, text, port, **more):
        return text.format(port=port, folder=self.place.folder, backends=self.backends,
                           clients=MAX_CLIENTS, descriptors=2 * MAX_CLIENTS, **more)


class Nginx(Contender):
    key = "nginx"
    title = "nginx, split_clients + return 307"

    def command(self, port):
        user = ""
        if os.getuid() == 0:
            user = f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
        config = self.place.file("nginx.conf", self.format(NGINX, port, user=user))
        program = self.place.tools / "usr" / "sbin" / "nginx"
        return [program, "-p", self.place.folder, "-c", config], self.place.libraries


class HAProxy(Contender):
    balance = ""

    def command(self, port):
        text = self.format(HAPROXY, port) + self.format(self.rule(), port, balance=self.balance)
        return ([self.place.tools / "usr" / "sbin" / "haproxy", "-db", "-q",
                 "-f", self.place.file(f"{self.key}.cfg", text)], self.place.libraries)

    def rule(self):
        return HAPROXY_POOL


class HAProxyRoundRobin(HAProxy):
    key = "haproxy-roundrobin"
    title = "HAProxy, redir servers, roundrobin"
    balance = "roundrobin"


class HAProxyRandom(HAProxy):
    key = "haproxy-random"
    title = "HAProxy, redir servers, random"
    balance = "random"


class HAProxyRedirect(HAProxy):
    key = "haproxy-redirect"
    title = "HAProxy, http-request redirect"

    def rule(self):
        self.place.file("backends.map", "".join(f"{i} {url}\n"
                                                for i, url in enumerate(self.backends)))
        return HAPROXY_RULE


class Caddy(Contender):
    key = "caddy"
    title = "Caddy, redir"

    def command(self, port):
        config = self.place.file("Caddyfile", self.format(CADDY, port))
        return ([self.place.tools / "usr" / "bin" / "caddy", "run", "--adapter", "caddyfile",
                 "--config", config],
                {**self.place.libraries, **self.place.home, "GOMAXPROCS": "1"})


class Flask(Contender):
    key = "flask"
    title = "Flask under gunicorn"
    end = signal.SIGQUIT

    def command(self, port):
        self.place.file("redirects.py", FLASK.format(backends=self.backends))
        packages = self.place.tools / "usr" / "lib" / "python3" / "dist-packages"
        return ([sys.executable, "-m", "gunicorn", "--workers", "1", "--worker-class", "gthread",
                 "--threads", "4", "--worker-connections", MAX_CLIENTS, "--backlog", "4096",
                 "--keep-alive", "60", "--log-level", "critical", "--bind", f"127.0.0.1:{port}",
                 "--chdir", self.place.folder, "redirects:app"],
                {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"})


class Ours(Contender):
    key = "ours"
    title = "Load Balancer"
    options = ()
    headless = True

    def command(self, port):
        config = self.place.file(f"{self.place.new_name('.json').name}", json.dumps(
            {"version": 1, "listen": ["127.0.0.1"], "port": port,
             "backends": [{"url": url} for url in self.backends]}))
        options = (["--headless"] if self.headless else []) + list(self.options)
        return [self.place.program, f"--config={config}", *options], self.place.home


class OursByLibsoup(Ours):
    key = "libsoup"
    title = "libsoup alone (--no-express-lane)"
    options = ("--no-express-lane",)


ALL = (Nginx, HAProxyRoundRobin, HAProxyRandom, HAProxyRedirect, Caddy, Flask, OursByLibsoup, Ours)
