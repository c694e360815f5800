/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-json"

#include "config.h"

#include "stats/lb-stats-json.h"

#include <math.h>

#include "stats/lb-json-writer.h"

/* Adds a response time in milliseconds, or null if there is none. */
static void
lb_stats_json_add_time_ms (LbJsonWriter *writer,
                           const char *name,
                           double time_us)
{
  lb_json_writer_add_number (writer, name, time_us >= 0.0 ? time_us / 1000.0 : (double) NAN);
}

static void
lb_stats_json_add_seconds (LbJsonWriter *writer,
                           const char *name,
                           gint64 time_us)
{
  lb_json_writer_add_number (writer, name, (double) time_us / (double) G_USEC_PER_SEC);
}

static void
lb_stats_json_add_latency (LbJsonWriter *writer,
                           const LbLatencySummary *latency)
{
  gboolean known = latency->n_samples > 0;

  lb_json_writer_begin_object (writer, "response_times_ms");
  lb_stats_json_add_time_ms (writer, "min", known ? (double) latency->min_us : -1.0);
  lb_stats_json_add_time_ms (writer, "mean", known ? latency->mean_us : -1.0);
  lb_stats_json_add_time_ms (writer, "p50", known ? (double) latency->p50_us : -1.0);
  lb_stats_json_add_time_ms (writer, "p95", known ? (double) latency->p95_us : -1.0);
  lb_stats_json_add_time_ms (writer, "p99", known ? (double) latency->p99_us : -1.0);
  lb_stats_json_add_time_ms (writer, "max", known ? (double) latency->max_us : -1.0);
  lb_json_writer_add_count (writer, "samples", latency->n_samples);
  lb_json_writer_end_object (writer);
}

static void
lb_stats_json_add_last_probe (LbJsonWriter *writer,
                              const LbProbeResult *probe)
{
  if (probe->time_us == 0)
    {
      lb_json_writer_add_null (writer, "last_probe");
      return;
    }

  lb_json_writer_begin_object (writer, "last_probe");
  lb_json_writer_add_moment (writer, "time", probe->time_us);
  lb_json_writer_add_boolean (writer, "ok", probe->ok);
  if (probe->status != 0)
    lb_json_writer_add_count (writer, "status", probe->status);
  else
    lb_json_writer_add_null (writer, "status");
  lb_json_writer_add_string (writer, "error", probe->error);
  lb_json_writer_end_object (writer);
}

static void
lb_stats_json_add_probes (LbJsonWriter *writer,
                          const LbBackendFigures *figures)
{
  guint64 failed = 0;

  for (LbProbeOutcome outcome = LB_PROBE_OK + 1; outcome < LB_N_PROBE_OUTCOMES; outcome++)
    failed += figures->probes[outcome];

  lb_json_writer_add_count (writer, "probes", figures->probes[LB_PROBE_OK] + failed);
  lb_json_writer_add_count (writer, "probes_failed", failed);
}

/* Adds a share, or null if it is negative. */
static void
lb_stats_json_add_share (LbJsonWriter *writer,
                         const char *name,
                         double share)
{
  lb_json_writer_add_number (writer, name, share >= 0.0 ? share : (double) NAN);
}

static void
lb_stats_json_add_use (LbJsonWriter *writer,
                       const LbBackendFigures *figures)
{
  const char *error = figures->last_probe.error;
  g_autofree char *down = NULL;

  if (figures->use == LB_USE_DOWN && error != NULL)
    down = g_strconcat (lb_use_to_string (figures->use), ": ", error, NULL);

  lb_json_writer_add_string (writer, "not_used_because",
                             down != NULL ? down : lb_use_to_string (figures->use));
}

static void
lb_stats_json_add_counts (LbJsonWriter *writer,
                          const guint64 *counts)
{
  lb_json_writer_add_count (writer, "requests", counts[LB_PROXY_REQUESTS]);

  lb_json_writer_begin_object (writer, "responses");
  for (LbProxyCount i = LB_PROXY_RESPONSES_1XX; i <= LB_PROXY_RESPONSES_5XX; i++)
    lb_json_writer_add_count (writer, lb_proxy_count_to_string (i), counts[i]);
  lb_json_writer_end_object (writer);

  for (LbProxyCount i = LB_PROXY_RETRIES; i < LB_N_PROXY_COUNTS; i++)
    lb_json_writer_add_count (writer, lb_proxy_count_to_string (i), counts[i]);
}

/* Who redirects does not know what becomes of a request: there is nothing to tell then, rather than 0. */
static void
lb_stats_json_add_proxied (LbJsonWriter *writer,
                           const LbProxyRecord *proxied)
{
  if (!proxied->known)
    {
      lb_json_writer_add_null (writer, "proxied");
      return;
    }

  lb_json_writer_begin_object (writer, "proxied");
  lb_json_writer_add_count (writer, "queued", proxied->queued);
  lb_stats_json_add_time_ms (writer, "response_time_ms", (double) proxied->response_us);
  lb_stats_json_add_time_ms (writer, "total_time_ms", (double) proxied->total_us);
  lb_stats_json_add_counts (writer, proxied->counts);
  lb_json_writer_end_object (writer);
}

static void
lb_stats_json_add_all_proxied (LbJsonWriter *writer,
                               const LbSnapshot *snapshot)
{
  if (!snapshot->traffic.measured)
    {
      lb_json_writer_add_null (writer, "proxied");
      return;
    }

  lb_json_writer_begin_object (writer, "proxied");
  lb_stats_json_add_counts (writer, snapshot->proxied);
  lb_json_writer_end_object (writer);
}

static void
lb_stats_json_add_backend (LbJsonWriter *writer,
                           const LbBackendFigures *figures)
{
  const LbProbeResult *probe = &figures->last_probe;
  gboolean answered = probe->time_us != 0 && probe->ok;

  lb_json_writer_begin_object (writer, NULL);
  lb_json_writer_add_string (writer, "url", figures->url);
  lb_json_writer_add_string (writer, "state", lb_state_to_string (figures->state));
  lb_json_writer_add_string (writer, "health", lb_health_to_string (figures->health));
  lb_json_writer_add_count (writer, "weight", figures->weight);
  lb_stats_json_add_time_ms (writer, "response_time_ms",
                             answered ? (double) probe->response_us : -1.0);
  lb_stats_json_add_latency (writer, &figures->latency);
  lb_json_writer_add_count (writer, "redirects", figures->redirects);
  lb_json_writer_add_number (writer, "share", figures->share);
  lb_stats_json_add_last_probe (writer, probe);
  lb_json_writer_add_boolean (writer, "backup", figures->backup);
  lb_json_writer_add_number (writer, "effective_weight", figures->effective_weight);
  lb_json_writer_add_number (writer, "in_flight", figures->in_flight);
  lb_json_writer_add_number (writer, "reported_load",
                             figures->reported >= 0.0 ? figures->reported : (double) NAN);
  lb_stats_json_add_use (writer, figures);
  lb_json_writer_add_number (writer, "redirects_per_s", figures->redirects_per_s);
  lb_json_writer_add_number (writer, "redirects_per_s_max", figures->redirects_per_s_max);
  lb_json_writer_add_moment (writer, "health_since", figures->health_since_us);
  lb_json_writer_add_count (writer, "times_down", figures->times_down);
  lb_stats_json_add_seconds (writer, "down_s", figures->down_us);
  lb_stats_json_add_probes (writer, figures);
  lb_stats_json_add_share (writer, "recent_share", figures->recent_share);
  lb_stats_json_add_share (writer, "expected_share", figures->expected_share);
  lb_stats_json_add_proxied (writer, &figures->proxied);
  lb_json_writer_end_object (writer);
}

/* A server's figures as this node alone has them. */
static void
lb_stats_json_add_node_server (LbJsonWriter *writer,
                               const char *url,
                               const LbNodeFigures *figures)
{
  lb_json_writer_begin_object (writer, NULL);
  lb_json_writer_add_string (writer, "url", url);
  lb_json_writer_add_string (writer, "health", lb_health_to_string (figures->health));
  lb_json_writer_add_count (writer, "in_flight", figures->in_flight);
  lb_json_writer_add_count (writer, "queued", figures->queued);
  lb_json_writer_add_count (writer, "requests", figures->requests);
  lb_json_writer_add_number (writer, "requests_per_s", figures->requests_per_s);
  lb_stats_json_add_time_ms (writer, "response_time_ms", (double) figures->response_us);
  lb_json_writer_end_object (writer);
}

static void
lb_stats_json_add_node (LbJsonWriter *writer,
                        const LbNodeSnapshot *node,
                        const LbSnapshot *snapshot)
{
  lb_json_writer_begin_object (writer, NULL);
  lb_json_writer_add_string (writer, "address", node->address);
  lb_json_writer_add_string (writer, "state", lb_node_state_to_string (node->state));
  lb_json_writer_add_moment (writer, "since", node->since_us);
  lb_json_writer_add_string (writer, "error", node->error);
  lb_json_writer_add_string (writer, "version", node->version);

  lb_json_writer_begin_array (writer, "foreign");
  for (guint i = 0; node->foreign[i] != NULL; i++)
    lb_json_writer_add_string (writer, NULL, node->foreign[i]);
  lb_json_writer_end_array (writer);

  lb_json_writer_begin_array (writer, "servers");
  for (guint i = 0; i < node->n_backends; i++)
    if (node->backends[i].known)
      lb_stats_json_add_node_server (writer, snapshot->backends[i].url, &node->backends[i]);
  lb_json_writer_end_array (writer);
  lb_json_writer_end_object (writer);
}

static void
lb_stats_json_add_traffic (LbJsonWriter *writer,
                           const LbTraffic *traffic)
{
  lb_json_writer_add_count (writer, "connections", traffic->connections);
  lb_json_writer_add_count (writer, "max_connections", traffic->max_connections);
  lb_json_writer_add_count (writer, "connections_total", traffic->connections_total);

  lb_json_writer_begin_object (writer, "rejected");
  for (LbRejection rejection = 0; rejection < LB_N_REJECTIONS; rejection++)
    lb_json_writer_add_count (writer, lb_rejection_to_string (rejection),
                              traffic->rejected[rejection]);
  lb_json_writer_end_object (writer);
}

/**
 * lb_stats_json:
 * @snapshot: what is to be told
 *
 * Writes a snapshot as `/stats` gives it: one JSON object in UTF-8, with a final newline. Times are
 * milliseconds; every number with a fraction has at most 3 decimals; what is not known is null.
 * Programs depend on the keys: they are only ever added to.
 *
 * Returns: (transfer full): the text
 */
GBytes *
lb_stats_json (const LbSnapshot *snapshot)
{
  LbJsonWriter writer;

  g_return_val_if_fail (snapshot != NULL, NULL);

  lb_json_writer_init (&writer);
  lb_json_writer_begin_object (&writer, NULL);
  lb_json_writer_add_string (&writer, "name", "Load Balancer");
  lb_json_writer_add_string (&writer, "version", LB_VERSION);
  lb_json_writer_add_moment (&writer, "time", snapshot->time_us);
  lb_stats_json_add_seconds (&writer, "uptime_s", snapshot->uptime_us);

  lb_json_writer_begin_array (&writer, "listen");
  for (guint i = 0; snapshot->listen != NULL && snapshot->listen[i] != NULL; i++)
    lb_json_writer_add_string (&writer, NULL, snapshot->listen[i]);
  lb_json_writer_end_array (&writer);

  lb_json_writer_add_string (&writer, "policy", snapshot->policy);
  lb_json_writer_add_count (&writer, "redirects", snapshot->redirects);
  lb_json_writer_add_number (&writer, "redirects_per_s", snapshot->redirects_per_s);
  lb_json_writer_add_count (&writer, "probe_interval_ms", snapshot->probe_interval_ms);
  lb_json_writer_add_number (&writer, "redirects_per_s_max", snapshot->redirects_per_s_max);
  lb_stats_json_add_traffic (&writer, &snapshot->traffic);
  lb_json_writer_add_boolean (&writer, "paused", snapshot->traffic.paused);
  lb_json_writer_add_string (&writer, "engine", snapshot->traffic.engine);
  lb_json_writer_add_boolean (&writer, "measured", snapshot->traffic.measured);
  lb_stats_json_add_all_proxied (&writer, snapshot);

  lb_json_writer_begin_array (&writer, "servers");
  for (guint i = 0; i < snapshot->n_backends; i++)
    lb_stats_json_add_backend (&writer, &snapshot->backends[i]);
  lb_json_writer_end_array (&writer);

  lb_json_writer_begin_array (&writer, "nodes");
  for (guint i = 0; i < snapshot->nodes->len; i++)
    lb_stats_json_add_node (&writer, g_ptr_array_index (snapshot->nodes, i), snapshot);
  lb_json_writer_end_array (&writer);
  lb_json_writer_end_object (&writer);

  return lb_json_writer_finish (&writer);
}
