# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus, its linter and the strict parsers of its Python client read what the balancer tells."""

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import tap
from lbtest import TOOLS, Backend, Balancer, ClientCase, Process, curl, free_port, tool, wait_until

sys.path.insert(0, str(TOOLS / "usr" / "lib" / "python3" / "dist-packages"))
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

# Prometheus looks for changes of what it discovers only every 5 s, and the machine may be slow.
PATIENCE = 60

PATHS = ("/stats", "/stats/metrics")
PROMETHEUS = "text/plain;version=0.0.4"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"


class Prometheus(Process):
    """A Prometheus that scrapes every second and keeps its data in the case's folder."""

    def __init__(self, case, *jobs):
        folder = case.folder / "prometheus"
        folder.mkdir()
        # Any JSON is YAML.
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}),
                          encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}"
        super().__init__(case, [tool("prometheus"), f"--config.file={config}",
                                f"--web.listen-address={address}", "--log.level=warn",
                                f"--storage.tsdb.path={folder / 'data'}"],
                         env=case.environment)
        wait_until(lambda: self.ask("/query", query="1"), PATIENCE, "Prometheus answers")

    def ask(self, path, **arguments):
        """Returns what its API says, or None while it does not."""
        if self.popen.poll() is not None:
            raise AssertionError(f"Prometheus ended: {self.complained()}")
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1{path}?{urllib.parse.urlencode(arguments)}",
                                        timeout=10) as answer:
                return json.load(answer)["data"]
        except (urllib.error.URLError, OSError):
            return None

    def query(self, expression):
        """Returns the numbers that a query gives, each with its labels."""
        answer = self.ask("/query", query=expression) or {"result": []}
        return [(sample["metric"], float(sample["value"][1])) for sample in answer["result"]]

    def wait_for(self, expression, condition):
        """Waits until a query gives one number, and that is as it should be."""
        def look():
            samples = self.query(expression)
            return len(samples) == 1 and condition(samples[0][1])
        wait_until(look, PATIENCE, expression)

    def targets(self):
        """Returns what it scrapes, by its URL."""
        answer = self.ask("/targets", state="active") or {"activeTargets": []}
        return {target["scrapeUrl"]: target for target in answer["activeTargets"]}


class TestReaders(ClientCase):
    def setUp(self):
        super().setUp()
        self.one = Backend(self, "one")
        self.two = Backend(self, "two")
        self.balancer = Balancer(self, f"--backend={self.one.url}", f"--backend={self.two.url}")
        self.balancer.wait_for_health("up", self.one.url, self.two.url, seconds=PATIENCE)

    def send(self, times):
        curl(f"{self.balancer.url}/who?[1-{times}]")

    def read(self, path, accept):
        return curl("--fail", "-H", f"Accept: {accept}", f"{self.balancer.url}{path}")

    def read_samples(self, path, accept):
        """Returns every sample's value, by its name and its labels."""
        parse = parse_openmetrics if accept == OPENMETRICS else parse_prometheus
        return {(sample.name, *sorted(sample.labels.items())): sample.value
                for family in parse(self.read(path, accept)) for sample in family.samples}

    def test_promtool_is_silent(self):
        self.two.stop()
        self.balancer.wait_for_health("down", self.two.url, seconds=PATIENCE)
        self.send(10)
        for path in PATHS:
            with self.subTest(path=path):
                done = subprocess.run([tool("promtool"), "check", "metrics"],
                                      input=self.read(path, PROMETHEUS), stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_parsers_read_the_same_in_both_syntaxes(self):
        self.send(60)

        def count(samples):
            return sum(samples["lb_redirects_total", ("backend", backend.url)]
                       for backend in (self.one, self.two))

        for path in PATHS:
            for accept in (PROMETHEUS, OPENMETRICS):
                # What is told may be a tenth of a second old.
                wait_until(lambda: count(self.read_samples(path, accept)) == 60, PATIENCE,
                           f"{path} tells all redirects as {accept}")
            with self.subTest(path=path):
                self.assertEqual(self.read_samples(path, PROMETHEUS).keys(),
                                 self.read_samples(path, OPENMETRICS).keys())

        units = {family.name: family.unit for family in
                 parse_openmetrics(self.read("/stats/metrics", OPENMETRICS))}
        self.assertEqual(units["lb_probe_duration_seconds"], "seconds")
        self.assertEqual(units["lb_redirects"], "")

    def test_parsers_read_that_a_backend_stopped(self):
        self.two.stop()
        self.balancer.wait_for_health("down", self.two.url, seconds=PATIENCE)
        backend = ("backend", self.two.url)

        def look():
            samples = self.read_samples("/stats/metrics", OPENMETRICS)
            return samples if samples["lb_backend_up", backend] == 0 else None
        samples = wait_until(look, PATIENCE, f"{self.two.url} is down")

        self.assertEqual(samples["lb_backend_up", ("backend", self.one.url)], 1)
        self.assertEqual(samples["lb_backend_in_use", backend], 0)
        ups, downs = (samples["lb_backend_transitions_total", backend, ("to", to)]
                      for to in ("up", "down"))
        self.assertEqual(ups, downs)
        self.assertGreater(downs, 0)
        good = samples["lb_probes_total", backend, ("result", "ok")]
        self.assertGreater(good, 0)
        self.assertEqual(samples["lb_probe_duration_seconds_count", backend], good)
        self.assertGreater(samples["lb_probes_total", backend, ("result", "refused")], 0)

    def test_parsers_read_what_got_no_redirect(self):
        self.one.stop()
        self.two.stop()
        self.balancer.wait_for_health("down", self.one.url, self.two.url, seconds=PATIENCE)
        self.send(3)
        wait_until(lambda: self.read_samples("/stats/metrics", OPENMETRICS)[
            "lb_rejected_requests_total", ("reason", "no_backend")] == 3, PATIENCE,
            "three requests are told to have got no redirect")

    def test_prometheus_counts_every_redirect(self):
        targets = [{"targets": [f"127.0.0.1:{self.balancer.port}"]}]
        prometheus = Prometheus(self, *(
            {"job_name": path, "metrics_path": path, "static_configs": targets} for path in PATHS))
        count = 0
        for times in (150, 51):
            self.send(times)
            count += times
            for path in PATHS:
                prometheus.wait_for(f'sum(lb_redirects_total{{job="{path}"}})',
                                    lambda value, count=count: value == count)

        said = {url: backend["redirects"] for url, backend in self.balancer.backends().items()}
        for path in PATHS:
            # A scrape that took too long leaves a gap until the next.
            wait_until(lambda: said == {
                labels["backend"]: value for labels, value
                in prometheus.query(f'lb_redirects_total{{job="{path}"}}')
            }, PATIENCE, f"the counts of {path} are {said}")
            prometheus.wait_for("histogram_quantile(0.5, sum by (le) "
                                f'(lb_probe_duration_seconds_bucket{{job="{path}"}}))',
                                lambda value: 0 < value < 2.5)

        # Only OpenMetrics has units: it was that which Prometheus asked for.
        name = "lb_probe_duration_seconds"
        metadata = wait_until(lambda: prometheus.ask("/metadata", metric=name), PATIENCE, "metadata")
        self.assertEqual([(each["type"], each["unit"]) for each in metadata[name]],
                         [("histogram", "seconds")])


class TestDiscovery(ClientCase):
    def setUp(self):
        super().setUp()
        self.one = Backend(self, "one")
        self.two = Backend(self, "two")
        (self.two.folder / "base").mkdir()
        self.below = f"{self.two.url}/base"
        for number, folder in enumerate((self.one.folder, self.two.folder / "base"), 1):
            (folder / "metrics").write_text(f"number {number}\n", encoding="utf-8")
        self.write_config(backends=[{"url": self.one.url}, {"url": self.below, "weight": 3}])
        self.balancer = Balancer(self)
        self.balancer.wait_for_health("up", self.one.url, self.below, seconds=PATIENCE)

    def test_prometheus_scrapes_the_backends(self):
        prometheus = Prometheus(self, {
            "job_name": "backends",
            "http_sd_configs": [{"url": f"{self.balancer.url}/stats/targets",
                                 "refresh_interval": "1s"}],
            "relabel_configs": [
                {"source_labels": ["__meta_lb_path", "__metrics_path__"], "separator": "",
                 "target_label": "__metrics_path__"},
                {"source_labels": ["__meta_lb_backend"], "target_label": "backend"},
            ],
        })

        def look():
            targets = prometheus.targets()
            return targets if [target["health"] for target in targets.values()] == 2 * ["up"] else None
        targets = wait_until(look, PATIENCE, "both backends are scraped")
        self.assertEqual(targets.keys(), {f"{self.one.url}/metrics", f"{self.below}/metrics"})
        labels = targets[f"{self.below}/metrics"]["discoveredLabels"]
        self.assertEqual(labels["__meta_lb_state"], "ready")
        self.assertEqual(labels["__meta_lb_health"], "up")
        self.assertEqual(labels["__meta_lb_weight"], "3")
        prometheus.wait_for(f'number{{backend="{self.one.url}"}}', lambda value: value == 1)
        prometheus.wait_for(f'number{{backend="{self.below}"}}', lambda value: value == 2)

        # One goes, and the other is still scraped while it is in maintenance.
        self.write_config(backends=[{"url": self.below, "weight": 3, "state": "maint"}])

        def look_again():
            targets = list(prometheus.targets().values())
            return len(targets) == 1 and targets[0]["discoveredLabels"]["__meta_lb_state"] == "maint"
        wait_until(look_again, PATIENCE, "one target, in maintenance")
        prometheus.wait_for("count(number)", lambda value: value == 1)
        prometheus.wait_for(f'number{{backend="{self.below}"}}', lambda value: value == 2)


if __name__ == "__main__":
    tap.main()
