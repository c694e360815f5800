/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-stats-kind.h"

#include "stats/lb-stats-chart.h"
#include "stats/lb-stats-csv.h"
#include "stats/lb-stats-events.h"
#include "stats/lb-stats-history.h"
#include "stats/lb-stats-json.h"
#include "stats/lb-stats-metrics.h"
#include "stats/lb-stats-page.h"
#include "stats/lb-stats-schema.h"
#include "stats/lb-stats-targets.h"

/* What changes all the time is not to be kept by anybody. */
#define NO_STORE "no-store"

/* May be kept, if we are asked each time whether it is still the same. HAProxy says so, too. */
#define NO_CACHE "no-cache"

static GBytes *
make_json (const LbSnapshot *snapshot,
           GBytes *parameters)
{
  return lb_stats_json (snapshot);
}

static GBytes *
make_prometheus (const LbSnapshot *snapshot,
                 GBytes *parameters)
{
  return lb_stats_metrics_prometheus (snapshot);
}

static GBytes *
make_openmetrics (const LbSnapshot *snapshot,
                  GBytes *parameters)
{
  return lb_stats_metrics_openmetrics (snapshot);
}

static GBytes *
make_csv (const LbSnapshot *snapshot,
          GBytes *parameters)
{
  return lb_stats_csv (snapshot);
}

/* Only for who is connected to a listener without a feed: the page that would be the first. With it a
 * reader that comes back again and again is as well informed. */
static GBytes *
make_events (const LbSnapshot *snapshot,
             GBytes *parameters)
{
  return lb_stats_events_snapshot (snapshot, 1);
}

static GBytes *
make_targets (const LbSnapshot *snapshot,
              GBytes *parameters)
{
  return lb_stats_targets (snapshot);
}

static GBytes *
read_chart_options (const char *query,
                    gsize length,
                    GError **error)
{
  LbStatsChartOptions options;

  if (!lb_stats_chart_options_parse (query, length, &options, error))
    return NULL;

  return g_bytes_new (&options, sizeof options);
}

static GBytes *
make_svg (const LbSnapshot *snapshot,
          GBytes *parameters)
{
  return lb_stats_chart_svg (snapshot, g_bytes_get_data (parameters, NULL));
}

static GBytes *
make_png (const LbSnapshot *snapshot,
          GBytes *parameters)
{
  return lb_stats_chart_png (snapshot, g_bytes_get_data (parameters, NULL));
}

static guint
get_seconds_of_chart (GBytes *parameters)
{
  const LbStatsChartOptions *options = g_bytes_get_data (parameters, NULL);

  return options->n_seconds;
}

static GBytes *
make_history_svg (LbHistorySlice *slice,
                  GBytes *parameters)
{
  return lb_stats_chart_history_svg (slice, g_bytes_get_data (parameters, NULL));
}

static GBytes *
make_history_png (LbHistorySlice *slice,
                  GBytes *parameters)
{
  return lb_stats_chart_history_png (slice, g_bytes_get_data (parameters, NULL));
}

static GBytes *
read_seconds (const char *query,
              gsize length,
              GError **error)
{
  guint n_seconds;

  if (!lb_stats_history_parse (query, length, &n_seconds, error))
    return NULL;

  return g_bytes_new (&n_seconds, sizeof n_seconds);
}

static guint
get_seconds (GBytes *parameters)
{
  const guint *n_seconds = g_bytes_get_data (parameters, NULL);

  return *n_seconds;
}

static GBytes *
make_history (LbHistorySlice *slice,
              GBytes *parameters)
{
  return lb_stats_history (slice);
}

static const LbStatsKind kinds[LB_N_STATS_KINDS] = {
  [LB_STATS_KIND_JSON] = {
    .content_type = "application/json",
    .cache_control = NO_STORE,
    .make = make_json,
  },
  [LB_STATS_KIND_PROMETHEUS] = {
    .content_type = "text/plain; version=0.0.4; charset=utf-8",
    .cache_control = NO_STORE,
    .make = make_prometheus,
  },
  [LB_STATS_KIND_OPENMETRICS] = {
    .content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
    .cache_control = NO_STORE,
    .make = make_openmetrics,
  },
  [LB_STATS_KIND_CSV] = {
    .content_type = "text/csv; charset=utf-8; header=present",
    .cache_control = NO_STORE,
    .make = make_csv,
  },
  [LB_STATS_KIND_HAPROXY] = {
    .content_type = "text/plain",
    .cache_control = NO_CACHE,
    .make = make_csv,
  },
  [LB_STATS_KIND_EVENTS] = {
    .content_type = "text/event-stream",
    .cache_control = NO_STORE,
    .make = make_events,
  },
  [LB_STATS_KIND_SVG] = {
    .content_type = "image/svg+xml",
    .cache_control = NO_STORE,
    .is_slow = TRUE,
    .read_query = read_chart_options,
    .get_n_seconds = get_seconds_of_chart,
    .make = make_svg,
    .make_history = make_history_svg,
  },
  [LB_STATS_KIND_PNG] = {
    .content_type = "image/png",
    .cache_control = NO_STORE,
    .is_slow = TRUE,
    .read_query = read_chart_options,
    .get_n_seconds = get_seconds_of_chart,
    .make = make_png,
    .make_history = make_history_png,
  },
  [LB_STATS_KIND_TARGETS] = {
    .content_type = "application/json",
    .cache_control = NO_STORE,
    .make = make_targets,
  },
  [LB_STATS_KIND_HISTORY] = {
    .content_type = "application/json",
    .cache_control = NO_STORE,
    .is_slow = TRUE,
    .read_query = read_seconds,
    .get_n_seconds = get_seconds,
    .make_history = make_history,
  },
  [LB_STATS_KIND_SCHEMA] = {
    .content_type = "application/schema+json",
    .cache_control = NO_CACHE,
    .make_constant = lb_stats_schema,
  },
  [LB_STATS_KIND_PAGE] = {
    .content_type = "text/html; charset=utf-8",
    .cache_control = NO_CACHE,
    .make_constant = lb_stats_page,
    .get_policy = lb_stats_page_get_policy,
  },
};

/**
 * lb_stats_kind_get:
 * @id: which, but none
 *
 * Returns: (transfer none): how it is made and answered
 */
const LbStatsKind *
lb_stats_kind_get (LbStatsKindId id)
{
  g_return_val_if_fail (id > LB_STATS_KIND_NONE && id < LB_N_STATS_KINDS, NULL);

  return &kinds[id];
}
