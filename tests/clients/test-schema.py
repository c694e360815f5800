# SPDX-License-Identifier: GPL-3.0-or-later
"""A JSON Schema validator holds what /stats says against /stats/schema.json."""

import copy
import json
import socket
import urllib.request

import jsonschema

import tap
from lbtest import Backend, Balancer, ClientCase, curl, free_port, wait_until

# None of these is what any key may hold.
WRONG = {dict: [], list: {}, str: 7, bool: "yes", int: "7", float: "0.5", type(None): {}}


def places(value, where=()):
    """Yields the way to every key in every object, as far down as there is any."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*where, key)
            yield from places(inner, (*where, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*where, index))


def parent_of(value, where):
    for step in where[:-1]:
        value = value[step]
    return value


class TestSchema(ClientCase):
    def validator(self, balancer):
        with urllib.request.urlopen(f"{balancer.url}/stats/schema.json", timeout=10) as answer:
            self.assertIn(answer.headers.get_content_type(),
                          ("application/schema+json", "application/json"))
            schema = json.load(answer)
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    def every_state(self):
        """Returns a balancer with a backend in each state there is."""
        up = Backend(self, "up")
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        gone = f"http://127.0.0.1:{free_port()}"
        missing = f"{up.url}/missing"
        self.write_config(backends=[
            {"url": up.url},
            {"url": missing, "weight": 256},
            {"url": gone},
            {"url": f"http://127.0.0.1:{silent.getsockname()[1]}", "probe": {"timeout_ms": 60000}},
            {"url": f"{up.url}/./", "state": "drain", "probe": {"tcp_only": True}},
            {"url": f"{gone}/a,\"b'%25\u20ac\u05d0", "state": "maint"},
            {"url": f"{up.url}/../", "backup": True}])
        balancer = Balancer(self)
        balancer.wait_for_health("up", up.url, f"{up.url}/../")
        balancer.wait_for_health("down", gone, missing)
        curl(f"{balancer.url}/who?[1-20]")
        wait_until(lambda: balancer.stats()["redirects"] == 20, 5, "20 redirects")
        return balancer

    def test_accepts_every_state(self):
        balancer = self.every_state()
        stats = balancer.stats()
        self.validator(balancer).validate(stats)
        self.assertEqual({server["health"] for server in stats["servers"]},
                         {"unknown", "up", "down"})
        self.assertEqual({server["state"] for server in stats["servers"]},
                         {"ready", "drain", "maint"})
        self.assertIn(None, [server["last_probe"] for server in stats["servers"]])
        self.assertGreater(stats["servers"][0]["share"], 0)
        for key in ("expected_share", "recent_share"):
            with self.subTest(key=key):
                wait_until(lambda: balancer.stats()["servers"][0][key] is not None, 5, key)
                shares = [server[key] for server in balancer.stats()["servers"]]
                self.assertAlmostEqual(sum(shares), 1, delta=0.01)

    def test_accepts_a_pool_of_none(self):
        balancer = Balancer(self)
        stats = balancer.stats()
        self.assertEqual(stats["servers"], [])
        self.validator(balancer).validate(stats)

    def test_refuses_what_is_spoilt(self):
        balancer = self.every_state()
        validator = self.validator(balancer)
        stats = balancer.stats()
        n_places = 0
        for where in places(stats):
            n_places += 1
            with self.subTest(where=where):
                spoilt = copy.deepcopy(stats)
                parent = parent_of(spoilt, where)
                parent[where[-1]] = WRONG[type(parent[where[-1]])]
                self.assertFalse(validator.is_valid(spoilt), "of a wrong type")
                del parent[where[-1]]
                self.assertFalse(validator.is_valid(spoilt), "missing")
        self.assertGreater(n_places, 200)

    def test_refuses_values_that_cannot_be(self):
        balancer = self.every_state()
        validator = self.validator(balancer)
        stats = balancer.stats()
        for key, value in (("redirects", -1), ("redirects", 1.5), ("time", "yesterday"),
                           ("name", "HAProxy"), ("servers", [None]), ("listen", [5000])):
            with self.subTest(key=key, value=value):
                self.assertFalse(validator.is_valid({**stats, key: value}))
        server = stats["servers"][0]
        for key, value in (("state", "up"), ("health", "ready"), ("weight", 0), ("share", 1.01),
                           ("recent_share", -1), ("expected_share", 1.01),
                           ("url", "127.0.0.1:1"), ("not_used_because", "mood"), ("in_flight", -1)):
            with self.subTest(key=key, value=value):
                self.assertFalse(validator.is_valid({**stats, "servers": [{**server, key: value}]}))

    def test_is_open_to_keys_that_come_later(self):
        balancer = self.every_state()
        validator = self.validator(balancer)
        stats = balancer.stats()
        for where in list(places(stats)):
            parent_of(stats, where)["later"] = {"any": ["thing"]}
        validator.validate(stats)


if __name__ == "__main__":
    tap.main()
