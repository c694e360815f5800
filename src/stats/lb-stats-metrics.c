/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-metrics"

#include "config.h"

#include "stats/lb-stats-metrics.h"

#include "stats/lb-metric-writer.h"

/* What is of the balancer as a whole. */

static void
lb_stats_metrics_add_build (LbMetricWriter *writer,
                            const LbSnapshot *snapshot)
{
  g_autofree char *label = lb_metric_label_to_string ("version", LB_VERSION);

  lb_metric_writer_set_labels (writer, label);
  lb_metric_writer_add_count (writer, NULL, NULL, 1);
}

static void
lb_stats_metrics_add_policy (LbMetricWriter *writer,
                             const LbSnapshot *snapshot)
{
  g_autofree char *label = lb_metric_label_to_string ("policy", snapshot->policy);

  lb_metric_writer_set_labels (writer, label);
  lb_metric_writer_add_count (writer, NULL, NULL, 1);
}

/* To the second: the two clocks that it comes from are not read at the same instant, and a start that
 * moves looks like a restart. */
static void
lb_stats_metrics_add_start (LbMetricWriter *writer,
                            const LbSnapshot *snapshot)
{
  const gint64 start_us = MAX (snapshot->time_us - snapshot->uptime_us, 0);

  lb_metric_writer_add_count (writer, NULL, NULL,
                              (guint64) (start_us + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC);
}

static void
lb_stats_metrics_add_probe_interval (LbMetricWriter *writer,
                                     const LbSnapshot *snapshot)
{
  lb_metric_writer_add_time (writer, (guint64) snapshot->probe_interval_ms * 1000);
}

static void
lb_stats_metrics_add_paused (LbMetricWriter *writer,
                             const LbSnapshot *snapshot)
{
  lb_metric_writer_add_count (writer, NULL, NULL, snapshot->traffic.paused ? 1 : 0);
}

static void
lb_stats_metrics_add_redirected (LbMetricWriter *writer,
                                 const LbSnapshot *snapshot)
{
  lb_metric_writer_add_count (writer, NULL, NULL, snapshot->redirects);
}

static void
lb_stats_metrics_add_rejected (LbMetricWriter *writer,
                               const LbSnapshot *snapshot)
{
  for (LbRejection r = LB_REJECTION_MALFORMED; r < LB_N_REJECTIONS; r++)
    lb_metric_writer_add_count (writer, "reason", lb_rejection_to_string (r),
                                snapshot->traffic.rejected[r]);
}

static void
lb_stats_metrics_add_connections (LbMetricWriter *writer,
                                  const LbSnapshot *snapshot)
{
  lb_metric_writer_add_count (writer, NULL, NULL, snapshot->traffic.connections_total);
}

static void
lb_stats_metrics_add_open_connections (LbMetricWriter *writer,
                                       const LbSnapshot *snapshot)
{
  lb_metric_writer_add_count (writer, NULL, NULL, snapshot->traffic.connections);
}

static void
lb_stats_metrics_add_connection_limit (LbMetricWriter *writer,
                                       const LbSnapshot *snapshot)
{
  lb_metric_writer_add_count (writer, NULL, NULL, snapshot->traffic.max_connections);
}

static void
lb_stats_metrics_add_node_up (LbMetricWriter *writer,
                              const LbSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->nodes->len; i++)
    {
      const LbNodeSnapshot *node = g_ptr_array_index (snapshot->nodes, i);

      lb_metric_writer_add_count (writer, "node", node->address, node->state == LB_NODE_SERVING);
    }
}

/* What is of each backend. */

static void
lb_stats_metrics_add_redirects (LbMetricWriter *writer,
                                const LbBackendFigures *figures)
{
  lb_metric_writer_add_count (writer, NULL, NULL, figures->redirects);
}

static void
lb_stats_metrics_add_up (LbMetricWriter *writer,
                         const LbBackendFigures *figures)
{
  if (figures->health != LB_HEALTH_UNKNOWN)
    lb_metric_writer_add_count (writer, NULL, NULL, figures->health == LB_HEALTH_UP);
}

static void
lb_stats_metrics_add_state (LbMetricWriter *writer,
                            const LbBackendFigures *figures)
{
  for (LbState state = LB_STATE_READY; state <= LB_STATE_MAINT; state++)
    lb_metric_writer_add_count (writer, "state", lb_state_to_string (state),
                                figures->state == state);
}

static void
lb_stats_metrics_add_in_use (LbMetricWriter *writer,
                             const LbBackendFigures *figures)
{
  lb_metric_writer_add_count (writer, NULL, NULL, figures->use == LB_USE_YES);
}

static void
lb_stats_metrics_add_weight (LbMetricWriter *writer,
                             const LbBackendFigures *figures)
{
  lb_metric_writer_add_count (writer, "kind", "configured", figures->weight);
  lb_metric_writer_add_number (writer, "kind", "effective", figures->effective_weight);
}

static void
lb_stats_metrics_add_in_flight (LbMetricWriter *writer,
                                const LbBackendFigures *figures)
{
  lb_metric_writer_add_number (writer, NULL, NULL, figures->in_flight);
}

static void
lb_stats_metrics_add_reported (LbMetricWriter *writer,
                               const LbBackendFigures *figures)
{
  if (figures->reported >= 0.0)
    lb_metric_writer_add_number (writer, NULL, NULL, figures->reported);
}

static void
lb_stats_metrics_add_response_time (LbMetricWriter *writer,
                                    const LbBackendFigures *figures)
{
  const LbProbeResult *probe = &figures->last_probe;

  if (probe->time_us != 0 && probe->ok && probe->response_us >= 0)
    lb_metric_writer_add_time (writer, (guint64) probe->response_us);
}

static void
lb_stats_metrics_add_probe_times (LbMetricWriter *writer,
                                  const LbBackendFigures *figures)
{
  lb_metric_writer_add_histogram (writer, &figures->probe_times);
}

/* Of a dozen ways to fail most never happen: with 10,000 backends, they would be 120,000 zeroes. */
static void
lb_stats_metrics_add_probes (LbMetricWriter *writer,
                             const LbBackendFigures *figures)
{
  for (LbProbeOutcome o = LB_PROBE_OK; o < LB_N_PROBE_OUTCOMES; o++)
    if (o == LB_PROBE_OK || figures->probes[o] > 0)
      lb_metric_writer_add_count (writer, "result", lb_probe_outcome_to_string (o),
                                  figures->probes[o]);
}

static void
lb_stats_metrics_add_transitions (LbMetricWriter *writer,
                                  const LbBackendFigures *figures)
{
  lb_metric_writer_add_count (writer, "to", lb_health_to_string (LB_HEALTH_UP), figures->times_up);
  lb_metric_writer_add_count (writer, "to", lb_health_to_string (LB_HEALTH_DOWN),
                              figures->times_down);
}

static void
lb_stats_metrics_add_down (LbMetricWriter *writer,
                           const LbBackendFigures *figures)
{
  lb_metric_writer_add_time (writer, (guint64) MAX (figures->down_us, 0));
}

/* What only a proxy knows has no sample where there is none. */

static void
lb_stats_metrics_add_queued (LbMetricWriter *writer,
                             const LbBackendFigures *figures)
{
  if (figures->proxied.known)
    lb_metric_writer_add_count (writer, NULL, NULL, figures->proxied.queued);
}

static void
lb_stats_metrics_add_responses (LbMetricWriter *writer,
                                const LbBackendFigures *figures)
{
  for (LbProxyCount i = LB_PROXY_RESPONSES_1XX; figures->proxied.known && i <= LB_PROXY_RESPONSES_5XX; i++)
    lb_metric_writer_add_count (writer, "code", lb_proxy_count_to_string (i), figures->proxied.counts[i]);
}

static void
lb_stats_metrics_add_proxied (LbMetricWriter *writer,
                              const LbBackendFigures *figures,
                              LbProxyCount count)
{
  if (figures->proxied.known)
    lb_metric_writer_add_count (writer, NULL, NULL, figures->proxied.counts[count]);
}

static void
lb_stats_metrics_add_retries (LbMetricWriter *writer,
                              const LbBackendFigures *figures)
{
  lb_stats_metrics_add_proxied (writer, figures, LB_PROXY_RETRIES);
}

static void
lb_stats_metrics_add_redispatches (LbMetricWriter *writer,
                                   const LbBackendFigures *figures)
{
  lb_stats_metrics_add_proxied (writer, figures, LB_PROXY_REDISPATCHES);
}

static void
lb_stats_metrics_add_connection_errors (LbMetricWriter *writer,
                                        const LbBackendFigures *figures)
{
  lb_stats_metrics_add_proxied (writer, figures, LB_PROXY_CONNECTION_ERRORS);
}

static void
lb_stats_metrics_add_response_errors (LbMetricWriter *writer,
                                      const LbBackendFigures *figures)
{
  lb_stats_metrics_add_proxied (writer, figures, LB_PROXY_RESPONSE_ERRORS);
}

static void
lb_stats_metrics_add_mean_response_time (LbMetricWriter *writer,
                                         const LbBackendFigures *figures)
{
  if (figures->proxied.known && figures->proxied.response_us >= 0)
    lb_metric_writer_add_time (writer, (guint64) figures->proxied.response_us);
}

static void
lb_stats_metrics_add_mean_total_time (LbMetricWriter *writer,
                                      const LbBackendFigures *figures)
{
  if (figures->proxied.known && figures->proxied.total_us >= 0)
    lb_metric_writer_add_time (writer, (guint64) figures->proxied.total_us);
}

/* The names are a contract: families are only ever added. A family and a counter cannot share a name in
 * OpenMetrics, where `lb_connections_total` belongs to `lb_connections`. */

static const struct
{
  LbMetricFamily family;
  void (*add) (LbMetricWriter *writer, const LbSnapshot *snapshot);
} balancer_families[] = {
  { { "lb_build", LB_METRIC_INFO, NULL, "What this is." }, lb_stats_metrics_add_build },
  { { "lb_policy", LB_METRIC_INFO, NULL, "How backends are chosen." }, lb_stats_metrics_add_policy },
  { { "lb_start_time_seconds", LB_METRIC_GAUGE, "seconds",
      "When the balancer started, in seconds since 1970." },
    lb_stats_metrics_add_start },
  { { "lb_probe_interval_seconds", LB_METRIC_GAUGE, "seconds",
      "How often each backend is probed that has no interval of its own." },
    lb_stats_metrics_add_probe_interval },
  { { "lb_redirected_requests", LB_METRIC_COUNTER, NULL,
      "Requests that got a redirect, also to backends that are removed by now." },
    lb_stats_metrics_add_redirected },
  { { "lb_rejected_requests", LB_METRIC_COUNTER, NULL,
      "Requests that got no redirect, and connections that were refused." },
    lb_stats_metrics_add_rejected },
  { { "lb_connections", LB_METRIC_COUNTER, NULL, "Connections that clients made." },
    lb_stats_metrics_add_connections },
  { { "lb_open_connections", LB_METRIC_GAUGE, NULL, "Connections that are open." },
    lb_stats_metrics_add_open_connections },
  { { "lb_open_connections_limit", LB_METRIC_GAUGE, NULL, "Connections that may be open." },
    lb_stats_metrics_add_connection_limit },
  { { "lb_paused", LB_METRIC_GAUGE, NULL,
      "1 while a person has paused the balancer: no request gets a redirect, and nobody is probed." },
    lb_stats_metrics_add_paused },
  { { "lb_node_up", LB_METRIC_GAUGE, NULL,
      "1 if the process that carries traffic can be reached, 0 if not; absent if the balancer itself does." },
    lb_stats_metrics_add_node_up },
};

static const struct
{
  LbMetricFamily family;
  void (*add) (LbMetricWriter *writer, const LbBackendFigures *figures);
} backend_families[] = {
  { { "lb_redirects", LB_METRIC_COUNTER, NULL, "Requests that were sent to the backend." },
    lb_stats_metrics_add_redirects },
  { { "lb_backend_up", LB_METRIC_GAUGE, NULL,
      "1 if the probes say that the backend is up, 0 if down; absent if they say nothing yet." },
    lb_stats_metrics_add_up },
  { { "lb_backend_state", LB_METRIC_GAUGE, NULL,
      "1 for the state that a person put the backend in, 0 for the others." },
    lb_stats_metrics_add_state },
  { { "lb_backend_in_use", LB_METRIC_GAUGE, NULL,
      "1 if the backend may be chosen now, 0 if it is down, drained or not needed." },
    lb_stats_metrics_add_in_use },
  { { "lb_backend_weight", LB_METRIC_GAUGE, NULL,
      "The weight as configured, and with what slow start and learning make of it." },
    lb_stats_metrics_add_weight },
  { { "lb_backend_in_flight", LB_METRIC_GAUGE, NULL,
      "Requests that the backend is busy with, estimated unless a proxy knows." },
    lb_stats_metrics_add_in_flight },
  { { "lb_backend_reported_load_ratio", LB_METRIC_GAUGE, "ratio",
      "The load that the backend reports of itself, 1 when it is full; absent if it reports none." },
    lb_stats_metrics_add_reported },
  { { "lb_backend_response_time_seconds", LB_METRIC_GAUGE, "seconds",
      "How long the last probe took; absent if it failed." },
    lb_stats_metrics_add_response_time },
  { { "lb_probe_duration_seconds", LB_METRIC_HISTOGRAM, "seconds",
      "How long the good probes took." },
    lb_stats_metrics_add_probe_times },
  { { "lb_probes", LB_METRIC_COUNTER, NULL,
      "How probes ended; a way to fail is absent until it happened." },
    lb_stats_metrics_add_probes },
  { { "lb_backend_transitions", LB_METRIC_COUNTER, NULL,
      "How often the backend came up, also from unknown, and went down." },
    lb_stats_metrics_add_transitions },
  { { "lb_backend_down_seconds", LB_METRIC_COUNTER, "seconds", "How long the backend was down." },
    lb_stats_metrics_add_down },
  { { "lb_backend_queued", LB_METRIC_GAUGE, NULL,
      "Requests that wait until the backend can take them; absent unless traffic is proxied." },
    lb_stats_metrics_add_queued },
  { { "lb_backend_responses", LB_METRIC_COUNTER, NULL,
      "Answers of the backend by the class of their status; absent unless traffic is proxied." },
    lb_stats_metrics_add_responses },
  { { "lb_backend_retries", LB_METRIC_COUNTER, NULL,
      "Requests that were sent to the backend once more; absent unless traffic is proxied." },
    lb_stats_metrics_add_retries },
  { { "lb_backend_redispatches", LB_METRIC_COUNTER, NULL,
      "Requests that were sent to another backend instead; absent unless traffic is proxied." },
    lb_stats_metrics_add_redispatches },
  { { "lb_backend_connection_errors", LB_METRIC_COUNTER, NULL,
      "Connections to the backend that could not be made; absent unless traffic is proxied." },
    lb_stats_metrics_add_connection_errors },
  { { "lb_backend_response_errors", LB_METRIC_COUNTER, NULL,
      "Answers of the backend that broke off or made no sense; absent unless traffic is proxied." },
    lb_stats_metrics_add_response_errors },
  { { "lb_backend_response_time_average_seconds", LB_METRIC_GAUGE, "seconds",
      "Mean time of the last requests to the end of the head of the answer; absent if there were none." },
    lb_stats_metrics_add_mean_response_time },
  { { "lb_backend_total_time_average_seconds", LB_METRIC_GAUGE, "seconds",
      "Mean whole time of the last requests; absent if there were none." },
    lb_stats_metrics_add_mean_total_time },
};

static GBytes *
lb_stats_metrics_write (const LbSnapshot *snapshot,
                        LbMetricSyntax syntax)
{
  g_auto (GStrv) labels = g_new0 (char *, snapshot->n_backends + 1);
  LbMetricWriter writer;

  for (guint i = 0; i < snapshot->n_backends; i++)
    labels[i] = lb_metric_label_to_string ("backend", snapshot->backends[i].url);

  lb_metric_writer_init (&writer, syntax);

  for (guint f = 0; f < G_N_ELEMENTS (balancer_families); f++)
    {
      lb_metric_writer_begin (&writer, &balancer_families[f].family);
      balancer_families[f].add (&writer, snapshot);
    }

  for (guint f = 0; f < G_N_ELEMENTS (backend_families); f++)
    {
      lb_metric_writer_begin (&writer, &backend_families[f].family);
      for (guint i = 0; i < snapshot->n_backends; i++)
        {
          lb_metric_writer_set_labels (&writer, labels[i]);
          backend_families[f].add (&writer, &snapshot->backends[i]);
        }
    }

  return lb_metric_writer_finish (&writer);
}

/**
 * lb_stats_metrics_prometheus:
 * @snapshot: what is to be told
 *
 * Writes a snapshot in Prometheus' text format, version 0.0.4: about 30 samples for each backend, or 42 where a proxy carries the traffic. Times
 * are seconds. What is not known has no sample.
 *
 * Returns: (transfer full): the text, in UTF-8
 */
GBytes *
lb_stats_metrics_prometheus (const LbSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  return lb_stats_metrics_write (snapshot, LB_METRIC_SYNTAX_PROMETHEUS);
}

/**
 * lb_stats_metrics_openmetrics:
 * @snapshot: what is to be told
 *
 * Writes the same samples as lb_stats_metrics_prometheus(), byte for byte, as OpenMetrics 1.0.0, so that
 * a reader that changes its mind gets no new series. There is no `_created`: Prometheus would keep it as
 * one more series for each counter.
 *
 * Returns: (transfer full): the text, in UTF-8
 */
GBytes *
lb_stats_metrics_openmetrics (const LbSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  return lb_stats_metrics_write (snapshot, LB_METRIC_SYNTAX_OPENMETRICS);
}
