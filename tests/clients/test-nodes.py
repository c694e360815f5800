# SPDX-License-Identifier: GPL-3.0-or-later
"""One HAProxy here and two elsewhere carry the traffic of one pool.

Those elsewhere are started by the test, with a plain configuration as a person would write one. A client at a
steady rate asks through each of them and counts every failure.
"""

import os
import pathlib
import signal
import socket
import time
import urllib.error
import urllib.request

import tap
from lbproxy import Client, EngineCase, Service
from lbreader import ReaderCase
from lbtest import Balancer, Process, free_port, stats, wait_until

NODE = """
global
    stats socket {runtime} level admin
    hard-stop-after 10s

defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    option redispatch

frontend in
    bind 127.0.0.1:{port}
    default_backend load-balancer

backend load-balancer
    balance {algorithm}
"""


def name_of(url):
    return url.partition("://")[2]


class Node:
    """A HAProxy elsewhere: a process with a configuration of its own."""

    def __init__(self, case, name, tcp=False, algorithm="roundrobin"):
        self.case = case
        self.port = free_port()
        self.address = f"127.0.0.1:{free_port()}" if tcp else str(case.folder / f"{name}.sock")
        self.config = case.folder / f"{name}.cfg"
        self.config.write_text(NODE.format(runtime=f"ipv4@{self.address}" if tcp else self.address,
                                           port=self.port, algorithm=algorithm))
        self.start()

    def start(self):
        # It becomes HAProxy itself, so that its id is HAProxy's.
        self.process = Process(self.case, [self.case.folder / "bin" / "haproxy", "-db", "-f", self.config])
        wait_until(lambda: self.servers() is not None, 10, "it answers")

    def ask(self, commands):
        return ask(self.address, commands)

    def servers(self):
        return servers(self.address)


def ask(address, commands):
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address)
    else:
        host, _, port = address.rpartition(":")
        connection = socket.create_connection((host, int(port)))
    with connection:
        connection.settimeout(10)
        connection.sendall(f"{commands}\n".encode())
        answer = b""
        while part := connection.recv(1 << 16):
            answer += part
    return answer.decode()


def set_by_others(node, commands, noticed):
    """Somebody else sets this, and again until it is noticed: as long as we have not seen the servers as they are
    wanted, they are made so. Returns what `noticed` said."""
    def look():
        node.ask(commands)
        return noticed()
    return wait_until(look, 15, "it is noticed")


def servers(address):
    """Returns what each server there is set to."""
    try:
        answer = ask(address, "show servers state load-balancer")
    except OSError:
        return None
    titles, found = None, {}
    for line in answer.splitlines():
        if line.startswith("# "):
            titles = line[2:].split()
        elif titles and line:
            row = dict(zip(titles, line.split()))
            admin = int(row["srv_admin_state"])
            state = "maint" if admin & 1 else "drain" if admin & 8 else "ready"
            found[row["srv_name"]] = (state, int(row["srv_uweight"]))
    return found


class TestNodes(EngineCase):
    def local_socket(self):
        """Returns the path of the newest socket of the HAProxy here."""
        folder = pathlib.Path(self.environment["XDG_RUNTIME_DIR"]) / "load-balancer"
        paths = [path for path in folder.glob("*.sock") if servers(str(path)) is not None]
        return str(max(paths, key=lambda path: int(path.stem.rpartition("-")[2]), default="/nonexistent"))

    def wanted(self):
        return {name_of(one["url"]): (one.get("state", "ready"), one.get("weight", 1))
                for one in self.values["backends"]}

    def wait_for_all(self, *nodes, seconds=60, local=True):
        """Waits until every node has just what the pool has. A server stays as long as it has connections."""
        wanted = self.wanted()
        addresses = [node.address for node in nodes]
        for address in addresses + ([None] if local else []):
            wait_until(lambda: servers(address or self.local_socket()) == wanted, seconds,
                       f"{address or 'local'} has the pool")

    def begin_with(self, nodes, **values):
        """Starts, and waits until each node serves."""
        self.begin(nodes=[node.address for node in nodes], **values)
        self.wait_for_all(*nodes)

    def node_stats(self, address):
        return next((node for node in self.balancer.stats()["nodes"] if node["address"] == address), None)

    def test_whatever_changes_nobody_fails(self):
        """50 backends, three nodes, a client at each: everything that may change does."""
        self.services = [Service(self) for _ in range(50)]
        nodes = [Node(self, "one"), Node(self, "two", tcp=True)]
        self.begin_with(nodes)
        clients = [Client(self, port) for port in (self.balancer.port, nodes[0].port, nodes[1].port)]
        urls = [service.url for service in self.services]

        def change(**values):
            self.change(**values)
            self.wait_for_all(*nodes)
        added = Service(self)
        change(backends=[{"url": url} for url in urls[:40] + [added.url]])
        change(backends=[{"url": url, "state": "drain" if i < 10 else "maint" if i < 20 else "ready"}
                         for i, url in enumerate(urls)])
        for client in clients:
            self.settle(client, self.services[20:], seconds=30)
        change(backends=[{"url": url, "weight": 1 + i} for i, url in enumerate(urls)])
        # All of them are checked otherwise, and so made anew.
        change(probe={"interval_ms": 300})
        time.sleep(1)
        change(probe={"interval_ms": 200})
        for policy in ("least-connections", "round-robin"):
            change(policy=policy)
        self.wait_for_haproxy()
        # Replaced by quite others.
        change(backends=[{"url": url} for url in urls[:5]])
        change(backends=[{"url": url} for url in urls[45:]])
        for client in clients:
            self.settle(client, self.services[45:])
        change(backends=[{"url": url} for url in urls])
        self.finish(clients)
        self.assertEqual(self.balancer.complained(), "")
        self.wait_for_all(*nodes)

    def finish(self, clients, allowed=0):
        for client in clients:
            client.end()
        for client in clients:
            client.tell()
            self.assertLessEqual(len(client.failures), allowed, client.failures[:5])

    def test_engines_change_under_them(self):
        nodes = [Node(self, "one"), Node(self, "two")]
        self.begin_with(nodes)
        clients = [Client(self, port) for port in (self.balancer.port, nodes[0].port, nodes[1].port)]
        for _ in range(2):
            self.change(engine="redirect")
            wait_until(lambda: not self.is_proxied() and not self.haproxies(), 40, "it redirects")
            self.assertEqual(self.balancer.stats()["nodes"], [])
            self.change(engine="haproxy", backends=self.values["backends"])
            self.wait_for_haproxy()
            self.wait_for_all(*nodes)
        self.finish(clients)

    def test_one_that_is_killed_is_brought_up_to_date(self):
        nodes = [Node(self, "one"), Node(self, "two")]
        self.begin_with(nodes)
        clients = [Client(self, port) for port in (self.balancer.port, nodes[1].port)]
        nodes[0].process.kill()
        wait_until(lambda: self.node_stats(nodes[0].address)["state"] == "gone", 15, "it is gone")
        self.assertIn(f"The HAProxy at {nodes[0].address} does not answer", self.balancer.complained())
        self.change(backends=[{"url": service.url, "weight": 7} for service in self.services])
        self.wait_for_all(nodes[1])
        time.sleep(3)
        self.assertEqual(self.balancer.complained().count("does not answer"), 1)
        nodes[0].start()
        self.wait_for_all(*nodes, seconds=60)
        self.assertEqual(self.node_stats(nodes[0].address)["state"], "serving")
        self.finish(clients)

    def test_the_one_here_is_killed_and_hangs(self):
        nodes = [Node(self, "one"), Node(self, "two")]
        self.begin_with(nodes)
        elsewhere = [Client(self, node.port) for node in nodes]
        here = Client(self, self.balancer.port)
        self.settle(here, self.services)
        for number in (signal.SIGKILL, signal.SIGSTOP):
            haproxy, = self.haproxies()
            os.kill(haproxy, number)
            wait_until(lambda: self.haproxies() not in ([], [haproxy]), 30, "there is another HAProxy")
            self.wait_for_haproxy()
            self.settle(here, self.services)
            self.wait_for_all(*nodes)
        self.assertIn("does not answer any more", self.balancer.complained())
        self.finish(elsewhere)
        # What it was busy with, each time.
        self.finish([here], allowed=2)

    def test_a_crash_loop_is_told_once(self):
        self.begin()
        for _ in range(3):
            wait_until(self.is_proxied, 20, "it serves")
            haproxy, = self.haproxies()
            os.kill(haproxy, signal.SIGKILL)
            wait_until(lambda: haproxy not in self.haproxies(), 10, "it is gone")
        wait_until(self.is_proxied, 20, "it serves")
        self.assertEqual(self.balancer.complained().count("signal 9"), 1)

    def test_we_are_killed_and_start_again(self):
        """Those elsewhere do not notice."""
        nodes = [Node(self, "one"), Node(self, "two")]
        port = free_port()
        self.begin_with(nodes, at=port)
        clients = [Client(self, node.port) for node in nodes]
        self.balancer.end(signal.SIGKILL)
        time.sleep(0.5)
        self.change(backends=[{"url": service.url, "weight": 5} for service in self.services[:2]])
        self.balancer = Balancer(self, port=port)
        self.wait_for_all(*nodes)
        for client in clients:
            self.settle(client, self.services[:2])
        self.finish(clients)

    def test_what_others_change_is_left_alone(self):
        nodes = [Node(self, "one"), Node(self, "two")]
        address, other = nodes[0].address, nodes[1].address
        self.begin_with(nodes)
        names = [name_of(service.url) for service in self.services]
        told = set_by_others(nodes[0], f"set server load-balancer/{names[0]} weight 9;"
                                       f"set server load-balancer/{names[1]} state drain",
                             lambda: len(self.node_stats(address)["foreign"]) == 2 and
                             self.node_stats(address)["foreign"])
        self.assertIn(names[0], told[0])
        self.assertEqual(self.node_stats(other)["foreign"], [])
        # It is left alone, and nobody else has it.
        time.sleep(1.5)
        self.assertEqual(nodes[0].servers()[names[0]], ("ready", 9))
        self.assertEqual(nodes[1].servers()[names[0]], ("ready", 1))

    def test_sums_and_one_node(self):
        nodes = [Node(self, "one")]
        self.begin_with(nodes)
        address = nodes[0].address
        here, there = 20, 40
        for _ in range(there):
            urllib.request.urlopen(f"http://127.0.0.1:{nodes[0].port}/").read()
        for _ in range(here):
            self.ask()

        def requests(node):
            return sum(one["requests"] for one in self.node_stats(node)["servers"])
        # Some were redirected before HAProxy served here.
        wait_until(lambda: self.balancer.stats()["redirects"] == here + self.n_asked + there, 10, "the sum")
        self.assertEqual(requests(address), there)
        self.assertGreaterEqual(requests("local"), here)
        self.assertEqual(self.balancer.stats()["proxied"]["requests"], requests("local") + there)
        with urllib.request.urlopen(f"{self.balancer.url}/stats/metrics") as answer:
            self.assertIn(f'lb_node_up{{node="{address}"}} 1', answer.read().decode())

    def test_nodes_are_driven_where_haproxy_is_not_installed(self):
        if os.path.exists("/usr/sbin/haproxy"):
            self.skipTest("HAProxy is installed here")
        node = Node(self, "one")
        self.environment["PATH"] = "/nonexistent"
        self.values = {"engine": "haproxy", "policy": "round-robin", "nodes": [node.address],
                       "backends": [{"url": service.url} for service in self.services]}
        self.write_config(**self.values)
        self.balancer = Balancer(self)
        self.wait_for_all(node, local=False)

        def healths():
            return [one["health"] for one in self.balancer.stats()["servers"]]
        wait_until(lambda: self.balancer.stats()["measured"] and healths() == ["up"] * 3, 10, "it is measured")
        # Once the node is gone nobody measures: then we look ourselves how those are that we redirect to.
        node.process.kill()
        wait_until(lambda: not self.balancer.stats()["measured"], 15, "nobody measures")
        self.services[0].stop()
        wait_until(lambda: healths() == ["down", "up", "up"], 15, "we probe")
        node.start()
        wait_until(lambda: self.balancer.stats()["measured"], 40, "it is measured again")
        self.assertEqual(healths(), ["down", "up", "up"])
        wait_until(lambda: self.node_stats(node.address)["state"] == "serving", 10, "it serves")


class TestForeign(ReaderCase):
    """What somebody else has set, in the window."""

    def setUp(self):
        super().setUp()
        self.environment["PATH"] = f"{EngineCase.make_haproxy(self)}:{os.environ['PATH']}"
        self.services = [Service(self) for _ in range(2)]
        self.first, self.second = [service.url for service in self.services]
        self.nodes = [Node(self, "one"), Node(self, "two")]
        self.write_config(port=self.port, engine="haproxy", policy="round-robin",
                          nodes=[node.address for node in self.nodes],
                          backends=[{"url": service.url} for service in self.services])
        self.start()
        self.wait_for_both({name_of(self.first): ("ready", 1), name_of(self.second): ("ready", 1)})

    def wait_for_both(self, wanted):
        for node in self.nodes:
            wait_until(lambda: node.servers() == wanted, 20, f"{node.address} has {wanted}")

    def foreign(self, node):
        """Returns what is said of it; nothing as long as nobody knows the node, a moment after the start."""
        return next((one["foreign"] for one in stats(self.url)["nodes"] if one["address"] == node.address), [])

    def set_by_others(self):
        set_by_others(self.nodes[0], f"set server load-balancer/{name_of(self.first)} weight 9;"
                                     f"set server load-balancer/{name_of(self.second)} state drain",
                      lambda: len(self.foreign(self.nodes[0])) == 2)
        self.assertEqual(self.foreign(self.nodes[1]), [])

    def test_is_adopted(self):
        self.set_by_others()
        self.act("adopt-node-changes", f"'{self.nodes[0].address}'")
        self.wait_for_both({name_of(self.first): ("ready", 9), name_of(self.second): ("drain", 1)})
        wait_until(lambda: self.foreign(self.nodes[0]) == [], 10, "nothing is foreign")
        self.assertEqual([(one["weight"], one["state"]) for one in stats(self.url)["servers"]],
                         [(9, "ready"), (1, "drain")])

    def test_a_weight_of_0_drains_and_learned_ones_are_nobodys(self):
        set_by_others(self.nodes[0], f"set server load-balancer/{name_of(self.first)} weight 0",
                      lambda: self.foreign(self.nodes[0]))
        self.act("adopt-node-changes", f"'{self.nodes[0].address}'")
        wait_until(lambda: stats(self.url)["servers"][0]["state"] == "drain", 10, "it drains")
        wait_until(lambda: not self.foreign(self.nodes[0]), 10, "it is known that it is as it is wanted")
        self.act("set-policy", "'adaptive'")
        wait_until(lambda: self.nodes[0].servers()[name_of(self.second)][1] > 100, 20, "weights are learned")
        self.nodes[0].ask(f"set server load-balancer/{name_of(self.second)} weight 3")
        wait_until(lambda: self.nodes[0].servers()[name_of(self.second)][1] > 100 or
                   self.foreign(self.nodes[0]), 10, "it is noticed, or learned anew")
        self.act("adopt-node-changes", f"'{self.nodes[0].address}'")
        wait_until(lambda: not self.foreign(self.nodes[0]) and
                   self.nodes[0].servers()[name_of(self.second)][1] > 100, 10, "the learned one is back")
        self.assertEqual(stats(self.url)["servers"][1]["weight"], 1)

    def test_is_undone_in_the_dialog(self):
        self.set_by_others()
        self.act_in_window("nodes")
        name = f"Undo What Was Changed at {self.nodes[0].address}"
        self.wait_for(name, "push button")
        self.press(name)
        self.wait_for_both({name_of(self.first): ("ready", 1), name_of(self.second): ("ready", 1)})
        wait_until(lambda: not self.find(name), 10, "there is nothing left to undo")


if __name__ == "__main__":
    tap.main()
