# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools that travel: what is exported is checked and run by the programs it is for, and read back."""

import itertools
import json
import sys

import tap
from lbexchange import Programs
from lbtest import ROOT, TOOLS, Backend, Balancer, ClientCase, Process, curl, free_port, wait_until

sys.path.insert(0, str(TOOLS / "usr" / "lib" / "python3" / "dist-packages"))
import yaml  # pylint: disable=wrong-import-position

DATA = ROOT / "tests" / "exchange" / "data"
POLICIES = ("random", "round-robin", "least-connections", "two-choices", "fastest", "adaptive",
            "source-hash", "path-hash")

# Pools that differ in what can be expressed; host names that are always known.
POOLS = {
    "plain": [{"url": "http://127.0.0.1:9001"}, {"url": "http://[::1]:9002"}],
    "weights": [{"url": "http://127.0.0.1:9001", "weight": 256}, {"url": "http://127.0.0.1:9002"},
                {"url": "http://localhost", "weight": 12}],
    "states": [{"url": "http://127.0.0.1:9001"},
               {"url": "http://127.0.0.1:9002", "state": "drain"},
               {"url": "http://127.0.0.1:9003", "state": "maint", "weight": 7}],
    "backups": [{"url": "http://127.0.0.1:9001"},
                {"url": "http://127.0.0.1:9002", "backup": True},
                {"url": "http://127.0.0.1:9003", "backup": True}],
    "only backups": [{"url": "http://127.0.0.1:9001", "backup": True}],
    "https": [{"url": "https://localhost:9001"}, {"url": "https://127.0.0.1:9002"},
              {"url": "https://[::1]", "probe": {"verify_certificate": False}}],
    "paths": [{"url": "http://127.0.0.1:9001/a/b"}, {"url": "http://127.0.0.1:9002/a/b"},
              {"url": "http://127.0.0.1:9002/50%25%24%22"}],
    "signs": [{"url": "http://127.0.0.1:9001/a;b'(c)*,=!&@:~"}],
    "dollar": [{"url": "http://127.0.0.1:9001/a$b;c"}],
    "mixed": [{"url": "http://127.0.0.1:9001"}, {"url": "https://localhost/x"},
              {"url": "http://127.0.0.1:9001/y"}],
    "probes": [{"url": "http://127.0.0.1:9001", "probe": {"url": "https://127.0.0.1:9009/up?a=b"}},
               {"url": "https://localhost", "probe": {"url": "http://localhost:9009"}},
               {"url": "http://127.0.0.1:9004", "probe": {"url": "http://[::1]:9009"}},
               {"url": "http://127.0.0.1:9002", "probe": {"tcp_only": True, "interval_ms": 500}},
               {"url": "http://127.0.0.1:9003", "probe": {"rise": 9, "down_interval_ms": 7001}}],
}
PROBES = {
    "default": {},
    "tcp": {"tcp_only": True},
    "asks": {"method": "HEAD", "path": "/up?a=b&c=%20$(x)", "host": "www.example:81",
             "headers": ["X-A: \"q\" \\ 50% #1 'x' $y ${z} {w};", "X-Empty:", "X-B: \u00e4"],
             "expected_status": "200-299, 404", "slow_start_ms": 30000, "jitter": 0.25},
    "text": {"expected_body": "a \"q\" \\ 50% #1 'x'\n$y {z}; \u00fc", "expected_status": "204",
             "fast_interval_ms": 1000, "interval_ms": 1500, "timeout_ms": 333},
}


class ExchangeCase(Programs, ClientCase):
    def export(self, form, *arguments):
        """Returns what was printed, and the notes."""
        done = self.run_program(f"--export={form}", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stderr.splitlines():
            self.assertTrue(line.startswith(f"load-balancer: {form}: "), line)
        return done.stdout, done.stderr


class TestValid(ExchangeCase):
    """Each pool, with each kind of probe, and each policy once."""

    def check_all(self, form):
        policies = itertools.cycle(POLICIES)
        for (name, backends), (kind, probe) in itertools.product(POOLS.items(), PROBES.items()):
            policy = next(policies)
            with self.subTest(pool=name, probe=kind, policy=policy):
                self.write_config(policy=policy, probe=probe, backends=backends)
                self.assert_valid(form, self.export(form)[0])

    def test_haproxy_takes_it(self):
        self.check_all("haproxy")

    def test_nginx_takes_it(self):
        self.check_all("nginx")

    def test_caddy_takes_it(self):
        self.check_all("caddy")

    def test_traefik_s_is_yaml(self):
        for (name, backends), (kind, probe) in itertools.product(POOLS.items(), PROBES.items()):
            with self.subTest(pool=name, probe=kind):
                self.write_config(policy="round-robin", probe=probe, backends=backends)
                file = yaml.safe_load(self.export("traefik")[0])
                services = file["http"]["services"]
                urls = [server["url"] for service in services.values() if "loadBalancer" in service
                        for server in service["loadBalancer"]["servers"]]
                self.assertEqual(urls, sorted(
                    (backend["url"] for backend in backends if backend.get("state") is None),
                    key=lambda url: [backend["url"] for backend in backends].index(url)))
                self.assertIn(file["http"]["routers"]["load-balancer"]["service"], services)
                if kind == "asks":
                    check = next(service["loadBalancer"]["healthCheck"]
                                 for service in services.values() if "loadBalancer" in service)
                    self.assertEqual(check["headers"]["X-A"], probe["headers"][0][len("X-A: "):])
                    self.assertEqual(check["path"], probe["path"])

    def test_json_is_a_configuration(self):
        self.write_config(policy="adaptive", probe=PROBES["asks"], backends=POOLS["mixed"])
        path = self.save(self.export("json")[0], ".json")
        balancer = Balancer(self, f"--config={path}")
        self.assertEqual(list(balancer.backends()), [b["url"] for b in POOLS["mixed"]])
        self.assertEqual(balancer.stats()["policy"], "adaptive")
        self.assertEqual(json.loads(path.read_text("utf-8"))["probe"]["path"],
                         PROBES["asks"]["path"])


class TestServed(ExchangeCase):
    """The other programs serve what ours would have redirected to, and check it."""

    def serve(self, form):
        one, two = Backend(self, "one"), Backend(self, "two")
        port = free_port()
        self.write_config(port=port, policy="round-robin",
                          probe={"interval_ms": 200, "path": "/who", "expected_body": "o"},
                          backends=[{"url": one.url}, {"url": two.url}])
        text, _ = self.export(form)
        Process(self, self.command(form, text), env=self.tools)
        url = f"http://127.0.0.1:{port}/who"
        wait_until(lambda: curl(url, check=False) in ("one\n", "two\n"), 10, "it serves")
        self.assertEqual(set(curl(url) for _ in range(10)), {"one\n", "two\n"})
        return url, two

    def assert_alone(self, url, name):
        """From some time on only this backend is used."""
        wait_until(lambda: all(curl(url, check=False) == f"{name}\n" for _ in range(10)), 15,
                   "the one that is gone is left out")

    def test_by_haproxy(self):
        url, two = self.serve("haproxy")
        two.stop()
        self.assert_alone(url, "one")
        # Back again: its checks ask as ours do.
        two.start()
        wait_until(lambda: curl(url, check=False) == "two\n", 15, "it comes back")

    def test_by_nginx(self):
        url, two = self.serve("nginx")
        two.stop()
        self.assert_alone(url, "one")

    def test_by_caddy(self):
        url, two = self.serve("caddy")
        two.stop()
        self.assert_alone(url, "one")
        two.start()
        wait_until(lambda: curl(url, check=False) == "two\n", 15, "it comes back")


class TestImport(ExchangeCase):
    def test_adds_all_pools_of_a_file(self):
        done = self.run_program(f"--import={DATA / 'haproxy.cfg'}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([line.rpartition(": ")[2] for line in done.stdout.splitlines()],
                         ["6 backends of “pages” added.", "2 backends of “api” added.",
                          "2 backends of “old” added."])
        self.assertIn("haproxy.cfg: Line 30: “maxconn” has no counterpart", done.stderr)
        config = self.read_config()
        self.assertEqual(len(config["backends"]), 10)
        self.assertEqual(config["policy"], "least-connections")
        self.assertEqual(config["backends"][0]["probe"]["path"], "/healthz")

    def test_adds_one_pool(self):
        self.write_config(policy="random", backends=[{"url": "http://192.0.2.2:8080"}])
        done = self.run_program(f"--import={DATA / 'nginx.conf'}", "--import-pool=articles")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("4 backends of “articles” added.", done.stdout)
        self.assertIn("http://192.0.2.2:8080 is in the pool already.", done.stderr)
        self.assertIn("The policy stays “random”", done.stderr)
        self.assertEqual(self.read_config()["policy"], "random")
        self.assertEqual(len(self.read_config()["backends"]), 5)

    def test_says_what_is_wrong(self):
        missing = self.run_program(f"--import={self.folder / 'missing'}")
        self.assert_refused(missing, "missing")
        broken = self.save("upstream u {\n server a;\n", ".conf")
        self.assert_refused(self.run_program(f"--import={broken}"), str(broken), "Line 3: ")
        unknown = self.run_program(f"--import={DATA / 'nginx.conf'}", "--import-pool=news")
        self.assert_refused(unknown, "“news”", "articles, pictures")
        self.assert_refused(self.run_program("--import-pool=news"), "--import")
        self.assert_refused(self.run_program("--export=apache"), "apache", "haproxy")
        self.assert_refused(self.run_program("--export=nginx"), "Add one first")
        self.assertFalse(self.config.exists())

    def test_refuses_itself(self):
        port = free_port()
        self.write_config(port=port, backends=[])
        path = self.save(json.dumps([f"http://localhost:{port}", "http://127.0.0.1:9001"]), ".json")
        done = self.run_program(f"--import={path}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 backend of “backends” added.", done.stdout)
        self.assertIn(f"localhost:{port}", done.stderr)

    def test_a_running_balancer_sees_it(self):
        self.write_config(backends=[])
        balancer = Balancer(self)
        path = self.save("[\"http://127.0.0.1:9001\"]", ".json")
        self.assertEqual(self.run_program(f"--import={path}").returncode, 0)
        wait_until(lambda: "http://127.0.0.1:9001" in balancer.backends(), 10, "it is there")

    def test_converts(self):
        done = self.run_program(f"--import={DATA / 'caddy.json'}", "--import-pool=files",
                                "--export=haproxy")
        self.assertEqual(done.returncode, 0, done.stderr)
        said, _, text = done.stdout.partition("\n")
        self.assertIn("1 backend of “files” added.", said)
        self.assertIn("server 2001:db8::1 [2001:db8::1]:443 ssl", text)
        self.assert_valid("haproxy", text)

    def test_exports_what_is_added_for_one_run(self):
        text, _ = self.export("haproxy", "--backend=http://127.0.0.1:9001", "--policy=leastconn")
        self.assertIn("server 127.0.0.1:9001 127.0.0.1:9001\n", text)
        self.assertIn("balance leastconn\n", text)
        self.assertFalse(self.config.exists())


class TestRoundTrip(ExchangeCase):
    def test_comes_back_the_same(self):
        backends = [{"url": "http://127.0.0.1:9001", "weight": 3, "state": "ready"},
                    {"url": "http://a.example", "weight": 2, "state": "maint"},
                    {"url": "http://[::1]:9002", "weight": 1, "state": "ready", "backup": True}]
        kept = {"haproxy": 3, "nginx": 3, "caddy": 1, "json": 3}
        for form, n in kept.items():
            with self.subTest(form=form):
                self.write_config(policy="least-connections", backends=backends)
                path = self.save(self.export(form)[0], f".{form}")
                self.write_config(backends=[])
                done = self.run_program(f"--import={path}")
                self.assertEqual(done.returncode, 0, done.stderr)
                found = self.read_config()
                self.assertEqual(found["policy"], "least-connections")
                keys = ("url", "state", "backup", *(["weight"] if form != "caddy" else []))
                self.assertEqual([{key: entry.get(key) for key in keys}
                                  for entry in found["backends"]],
                                 [{key: entry.get(key) for key in keys}
                                  for entry in backends[:n]])


if __name__ == "__main__":
    tap.main()
