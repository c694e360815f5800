/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-json"

#include "config.h"

#include "stats/lb-stats-json.h"

#include <json-glib/json-glib.h>
#include <math.h>

/* Adds a number rounded to 3 decimals, or null: JSON has neither NaN nor infinity. */
static void
lb_stats_json_add_number (JsonBuilder *builder,
                          const char *name,
                          double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, round (value * 1000.0) / 1000.0);
  else
    json_builder_add_null_value (builder);
}

/* Adds a response time in milliseconds, or null if there is none. */
static void
lb_stats_json_add_time_ms (JsonBuilder *builder,
                           const char *name,
                           double time_us)
{
  lb_stats_json_add_number (builder, name, time_us >= 0.0 ? time_us / 1000.0 : (double) NAN);
}

static void
lb_stats_json_add_seconds (JsonBuilder *builder,
                           const char *name,
                           gint64 time_us)
{
  lb_stats_json_add_number (builder, name, (double) time_us / (double) G_USEC_PER_SEC);
}

static void
lb_stats_json_add_count (JsonBuilder *builder,
                         const char *name,
                         guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) MIN (value, G_MAXINT64));
}

static void
lb_stats_json_add_string (JsonBuilder *builder,
                          const char *name,
                          const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

/* Adds a moment, given in microseconds since 1970, as ISO 8601 in UTC. */
static void
lb_stats_json_add_moment (JsonBuilder *builder,
                          const char *name,
                          gint64 time_us)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *text = NULL;

  if (moment != NULL)
    text = g_date_time_format (moment, "%Y-%m-%dT%H:%M:%SZ");

  lb_stats_json_add_string (builder, name, text);
}

static void
lb_stats_json_add_latency (JsonBuilder *builder,
                           const LbLatencySummary *latency)
{
  gboolean known = latency->n_samples > 0;

  json_builder_set_member_name (builder, "response_times_ms");
  json_builder_begin_object (builder);
  lb_stats_json_add_time_ms (builder, "min", known ? (double) latency->min_us : -1.0);
  lb_stats_json_add_time_ms (builder, "mean", known ? latency->mean_us : -1.0);
  lb_stats_json_add_time_ms (builder, "p50", known ? (double) latency->p50_us : -1.0);
  lb_stats_json_add_time_ms (builder, "p95", known ? (double) latency->p95_us : -1.0);
  lb_stats_json_add_time_ms (builder, "p99", known ? (double) latency->p99_us : -1.0);
  lb_stats_json_add_time_ms (builder, "max", known ? (double) latency->max_us : -1.0);
  lb_stats_json_add_count (builder, "samples", latency->n_samples);
  json_builder_end_object (builder);
}

static void
lb_stats_json_add_last_probe (JsonBuilder *builder,
                              const LbProbeResult *probe)
{
  json_builder_set_member_name (builder, "last_probe");
  if (probe->time_us == 0)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  lb_stats_json_add_moment (builder, "time", probe->time_us);
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, probe->ok);

  json_builder_set_member_name (builder, "status");
  if (probe->status != 0)
    json_builder_add_int_value (builder, probe->status);
  else
    json_builder_add_null_value (builder);

  lb_stats_json_add_string (builder, "error", probe->error);
  json_builder_end_object (builder);
}

static void
lb_stats_json_add_reported (JsonBuilder *builder,
                            double utilization)
{
  if (utilization >= 0.0)
    {
      lb_stats_json_add_number (builder, "reported_load", utilization);
      return;
    }

  json_builder_set_member_name (builder, "reported_load");
  json_builder_add_null_value (builder);
}

static void
lb_stats_json_add_probes (JsonBuilder *builder,
                          const LbBackendFigures *figures)
{
  guint64 failed = 0;

  for (LbProbeOutcome outcome = LB_PROBE_OK + 1; outcome < LB_N_PROBE_OUTCOMES; outcome++)
    failed += figures->probes[outcome];

  lb_stats_json_add_count (builder, "probes", figures->probes[LB_PROBE_OK] + failed);
  lb_stats_json_add_count (builder, "probes_failed", failed);
}

static void
lb_stats_json_add_use (JsonBuilder *builder,
                       const LbBackendFigures *figures)
{
  const char *error = figures->last_probe.error;
  g_autofree char *down = NULL;

  if (figures->use == LB_USE_DOWN && error != NULL)
    down = g_strconcat (lb_use_to_string (figures->use), ": ", error, NULL);

  lb_stats_json_add_string (builder, "not_used_because",
                            down != NULL ? down : lb_use_to_string (figures->use));
}

static void
lb_stats_json_add_backend (JsonBuilder *builder,
                           const LbBackendFigures *figures)
{
  const LbProbeResult *probe = &figures->last_probe;
  gboolean answered = probe->time_us != 0 && probe->ok;

  json_builder_begin_object (builder);
  lb_stats_json_add_string (builder, "url", figures->url);
  lb_stats_json_add_string (builder, "state", lb_state_to_string (figures->state));
  lb_stats_json_add_string (builder, "health", lb_health_to_string (figures->health));
  lb_stats_json_add_count (builder, "weight", figures->weight);
  lb_stats_json_add_time_ms (builder, "response_time_ms",
                             answered ? (double) probe->response_us : -1.0);
  lb_stats_json_add_latency (builder, &figures->latency);
  lb_stats_json_add_count (builder, "redirects", figures->redirects);
  lb_stats_json_add_number (builder, "share", figures->share);
  lb_stats_json_add_last_probe (builder, probe);
  json_builder_set_member_name (builder, "backup");
  json_builder_add_boolean_value (builder, figures->backup);
  lb_stats_json_add_number (builder, "effective_weight", figures->effective_weight);
  lb_stats_json_add_number (builder, "in_flight", figures->in_flight);
  lb_stats_json_add_reported (builder, figures->reported);
  lb_stats_json_add_use (builder, figures);
  lb_stats_json_add_number (builder, "redirects_per_s", figures->redirects_per_s);
  lb_stats_json_add_number (builder, "redirects_per_s_max", figures->redirects_per_s_max);
  lb_stats_json_add_moment (builder, "health_since", figures->health_since_us);
  lb_stats_json_add_count (builder, "times_down", figures->times_down);
  lb_stats_json_add_seconds (builder, "down_s", figures->down_us);
  lb_stats_json_add_probes (builder, figures);
  json_builder_end_object (builder);
}

static void
lb_stats_json_add_traffic (JsonBuilder *builder,
                           const LbTraffic *traffic)
{
  lb_stats_json_add_count (builder, "connections", traffic->connections);
  lb_stats_json_add_count (builder, "max_connections", traffic->max_connections);
  lb_stats_json_add_count (builder, "connections_total", traffic->connections_total);

  json_builder_set_member_name (builder, "rejected");
  json_builder_begin_object (builder);
  for (LbRejection rejection = 0; rejection < LB_N_REJECTIONS; rejection++)
    lb_stats_json_add_count (builder, lb_rejection_to_string (rejection),
                             traffic->rejected[rejection]);
  json_builder_end_object (builder);
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
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (snapshot != NULL, NULL);

  json_builder_begin_object (builder);
  lb_stats_json_add_string (builder, "name", "Load Balancer");
  lb_stats_json_add_string (builder, "version", LB_VERSION);
  lb_stats_json_add_moment (builder, "time", snapshot->time_us);
  lb_stats_json_add_seconds (builder, "uptime_s", snapshot->uptime_us);

  json_builder_set_member_name (builder, "listen");
  json_builder_begin_array (builder);
  for (guint i = 0; snapshot->listen != NULL && snapshot->listen[i] != NULL; i++)
    json_builder_add_string_value (builder, snapshot->listen[i]);
  json_builder_end_array (builder);

  lb_stats_json_add_string (builder, "policy", snapshot->policy);
  lb_stats_json_add_count (builder, "redirects", snapshot->redirects);
  lb_stats_json_add_number (builder, "redirects_per_s", snapshot->redirects_per_s);
  lb_stats_json_add_count (builder, "probe_interval_ms", snapshot->probe_interval_ms);
  lb_stats_json_add_number (builder, "redirects_per_s_max", snapshot->redirects_per_s_max);
  lb_stats_json_add_traffic (builder, &snapshot->traffic);

  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < snapshot->n_backends; i++)
    lb_stats_json_add_backend (builder, &snapshot->backends[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_to_gstring (generator, text);
  g_string_append_c (text, '\n');

  return g_string_free_to_bytes (text);
}
