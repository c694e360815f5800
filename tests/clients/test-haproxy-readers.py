# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs made for HAProxy's statistics read /stats;csv: its Prometheus exporter, netdata's plugin,
and a CSV parser."""

import csv
import sys
import urllib.parse
import urllib.request

import tap
from lbtest import TOOLS, Backend, Balancer, ClientCase, Process, curl, free_port, tool, wait_until

# What the programs ask for; the last two are Datadog's.
TARGETS = ("/stats;csv", "/stats/;csv", "/stats;csv;norefresh", "/stats/;csv;norefresh")
N_COLUMNS = 62


class Exporter(Process):
    """prometheus-haproxy-exporter, reading the statistics of a balancer whenever it is asked."""

    def __init__(self, case, balancer):
        self.url = f"http://127.0.0.1:{free_port()}/metrics"
        address = urllib.parse.urlsplit(self.url).netloc
        super().__init__(case, [tool("prometheus-haproxy-exporter"),
                                f"--web.listen-address={address}",
                                f"--haproxy.scrape-uri={balancer.url}/stats;csv"])
        wait_until(self.metrics, 10, "the exporter answers")

    def metrics(self):
        """Returns what it tells, by name and labels as they are written; {} before it listens."""
        lines = curl(self.url, check=False).splitlines()
        return {name: float(value) for name, _, value in
                (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def server(self, metric, name, labels=""):
        return self.metrics()[f'haproxy_server_{metric}{{backend="load-balancer",{labels}'
                              f'server="{name}"}}']


class Netdata(Process):
    """netdata's plugin for HAProxy, which looks every second and prints what it sees."""

    def __init__(self, case, balancer):
        place = TOOLS / "usr" / "lib" / "netdata"
        config = case.folder / "netdata"
        (config / "python.d").mkdir(parents=True)
        (config / "python.d.conf").write_text("haproxy: yes\n", encoding="utf-8")
        (config / "python.d" / "haproxy.conf").write_text(
            f"ours:\n  url: '{balancer.url}/stats;csv;norefresh'\n", encoding="utf-8")
        environment = dict(case.environment,
                           NETDATA_USER_CONFIG_DIR=str(config),
                           NETDATA_STOCK_CONFIG_DIR=str(place / "conf.d"),
                           NETDATA_PLUGINS_DIR=str(place / "plugins.d"),
                           NETDATA_PLUGINS_USER_DIR="",
                           NETDATA_UPDATE_EVERY="1",
                           NETDATA_LOCK_DIR=str(case.folder),
                           PYTHONPATH=str(TOOLS / "usr" / "lib" / "python3" / "dist-packages"))
        super().__init__(case, [sys.executable, "-u", place / "plugins.d" / "python.d.plugin",
                                "debug", "haproxy", "nolock"], env=environment)

    def wait_for(self, name, value):
        line = f"SET '{name}_load-balancer' = {value}\n"
        wait_until(lambda: line in self.printed(), 15, line)


def rows(balancer, target="/stats;csv"):
    """Returns the rows by name, each a dictionary by column."""
    with urllib.request.urlopen(f"{balancer.url}{target}", timeout=10) as answer:
        text = answer.read().decode("ascii")
    assert text.startswith("# "), text
    return {row["svname"]: row for row in csv.DictReader(text[2:].splitlines(), strict=True)}


class TestExporter(ClientCase):
    def setUp(self):
        super().setUp()
        self.one = Backend(self, "one")
        self.two = Backend(self, "two")
        self.balancer = Balancer(self, f"--backend={self.one.url}", f"--backend={self.two.url}")
        self.balancer.wait_for_health("up", self.one.url, self.two.url)
        self.exporter = Exporter(self, self.balancer)

    def test_counts_as_the_balancer_does(self):
        curl(f"{self.balancer.url}/who?[1-300]")
        wait_until(lambda: self.balancer.stats()["redirects"] == 300, 5, "300 redirects")
        servers = self.balancer.backends()
        self.assertEqual(sum(server["redirects"] for server in servers.values()), 300)

        metrics = self.exporter.metrics()
        self.assertEqual(metrics["haproxy_up"], 1)
        self.assertEqual(metrics["haproxy_exporter_csv_parse_failures_total"], 0)
        self.assertEqual(metrics['haproxy_frontend_http_requests_total{frontend="load-balancer"}'],
                         300)
        self.assertEqual(metrics['haproxy_backend_sessions_total{backend="load-balancer"}'], 300)
        self.assertEqual(metrics['haproxy_backend_up{backend="load-balancer"}'], 1)
        for url, server in servers.items():
            name = url.removeprefix("http://")
            self.assertEqual(self.exporter.server("sessions_total", name), server["redirects"])
            self.assertEqual(self.exporter.server("http_responses_total", name, 'code="3xx",'),
                             server["redirects"])
            self.assertEqual(self.exporter.server("up", name), 1)
            self.assertEqual(self.exporter.server("weight", name), 1)

    def test_sees_a_backend_go_down(self):
        name = self.two.url.removeprefix("http://")
        self.two.stop()
        self.balancer.wait_for_health("down", self.two.url)

        self.assertEqual(self.exporter.server("up", name), 0)
        before = self.balancer.backends()[self.two.url]["probes_failed"]
        failed = self.exporter.server("check_failures_total", name)
        self.assertGreaterEqual(before, 3)
        self.assertGreaterEqual(failed, before)
        self.assertLessEqual(failed, self.balancer.backends()[self.two.url]["probes_failed"])
        self.assertEqual(self.exporter.metrics()["haproxy_up"], 1)


class TestNetdata(ClientCase):
    def test_counts_as_the_balancer_does(self):
        one = Backend(self, "one")
        two = Backend(self, "two")
        gone = f"http://127.0.0.1:{free_port()}/a,b"
        balancer = Balancer(self, *(f"--backend={url}" for url in (one.url, two.url, gone)))
        balancer.wait_for_health("up", one.url, two.url)
        balancer.wait_for_health("down", gone)

        netdata = Netdata(self, balancer)
        netdata.wait_for("hsup", 2)
        netdata.wait_for("hsdown", 1)
        netdata.wait_for("hbdown", 0)
        curl(f"{balancer.url}/who?[1-300]")
        netdata.wait_for("frontend_hrsp_3xx", 300)
        netdata.wait_for("backend_hrsp_total", 300)


class TestExporterOfNone(ClientCase):
    def test_is_up(self):
        exporter = Exporter(self, Balancer(self))
        metrics = exporter.metrics()
        self.assertEqual(metrics["haproxy_up"], 1)
        self.assertEqual(metrics["haproxy_exporter_csv_parse_failures_total"], 0)
        self.assertEqual(metrics['haproxy_backend_up{backend="load-balancer"}'], 0)


class TestCsv(ClientCase):
    def setUp(self):
        super().setUp()
        self.one = Backend(self, "one")
        gone = f"http://127.0.0.1:{free_port()}"
        self.urls = [self.one.url, f"{gone}/a,b'c", f"{gone}/50%25,%22", f"{gone}/\u20ac/\u05d0"]
        self.write_config(backends=[{"url": url} for url in self.urls] +
                          [{"url": f"{gone}/drain", "state": "drain"},
                           {"url": f"{gone}/maint", "state": "maint"},
                           {"url": f"{self.one.url}/backup", "backup": True,
                            "probe": {"tcp_only": True}}])
        self.balancer = Balancer(self)
        self.balancer.wait_for_health("up", self.one.url, f"{self.one.url}/backup")
        self.balancer.wait_for_health("down", f"{gone}/drain")
        self.gone = gone.removeprefix("http://")

    def test_one_row_for_each(self):
        table = rows(self.balancer)
        names = list(table)
        self.assertEqual((names[0], names[-1]), ("FRONTEND", "BACKEND"))
        self.assertEqual(["http://" + urllib.parse.unquote(name) for name in names[1:-1]],
                         [server["url"] for server in self.balancer.stats()["servers"]])
        self.assertEqual([row["type"] for row in table.values()], ["0"] + ["2"] * 7 + ["1"])
        for row in table.values():
            self.assertEqual(len(row), N_COLUMNS + 1)
            self.assertNotIn(None, row.values())
            self.assertEqual(row[""], "")

    def test_what_stands_where_is_as_in_haproxy(self):
        table = rows(self.balancer)
        one = self.one.url.removeprefix("http://")
        status = {name: (row["status"], row["check_status"], row["check_code"])
                  for name, row in table.items()}
        self.assertEqual(status, {
            "FRONTEND": ("OPEN", "", ""),
            one: ("UP", "L7OK", "200"),
            f"{self.gone}/a%2Cb%27c": ("DOWN", "L4CON", ""),
            f"{self.gone}/50%2525%2C%2522": ("DOWN", "L4CON", ""),
            f"{self.gone}/%25E2%2582%25AC/%25D7%2590": ("DOWN", "L4CON", ""),
            f"{self.gone}/drain": ("DOWN", "L4CON", ""),
            f"{self.gone}/maint": ("MAINT", "", ""),
            f"{one}/backup": ("UP", "L4OK", ""),
            "BACKEND": ("UP", "", ""),
        })
        self.assertEqual((table[f"{one}/backup"]["act"], table[f"{one}/backup"]["bck"]), ("0", "1"))
        self.assertEqual((table["BACKEND"]["act"], table["BACKEND"]["bck"]), ("1", "1"))

    def test_by_accept(self):
        answer = curl("-H", "Accept: text/csv", f"{self.balancer.url}/stats")
        table = list(csv.reader(answer.splitlines(), strict=True))
        self.assertEqual({len(row) for row in table}, {N_COLUMNS + 1})
        self.assertEqual(len(table), 10)

    def test_every_way_to_ask(self):
        for target in TARGETS:
            with self.subTest(target=target):
                answer = curl("-i", f"{self.balancer.url}{target}")
                head, _, body = answer.replace("\r", "").partition("\n\n")
                self.assertRegex(head, r"\AHTTP/1.1 200 ")
                self.assertRegex(head, r"(?im)^content-type: text/plain\b")
                self.assertRegex(head, r"(?im)^cache-control: no-cache$")
                self.assertEqual({line.count(",") for line in body.splitlines()}, {N_COLUMNS})

    def table_after_requests(self, n_requests):
        table = rows(self.balancer)
        return table if table["FRONTEND"]["req_tot"] == str(n_requests) else None

    def test_counts_what_got_no_redirect(self):
        self.one.stop()
        self.balancer.wait_for_health("down", self.one.url, f"{self.one.url}/backup")
        curl(f"{self.balancer.url}/who?[1-5]")
        table = wait_until(lambda: self.table_after_requests(5), 5, "5 requests")
        self.assertEqual(table["BACKEND"]["status"], "DOWN")
        self.assertEqual((table["BACKEND"]["econ"], table["BACKEND"]["hrsp_5xx"]), ("5", "5"))
        self.assertGreater(int(table["FRONTEND"]["stot"]), 0)


if __name__ == "__main__":
    tap.main()
