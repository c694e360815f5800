/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-slice.h"
#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/**
 * LbStatsKindId:
 * @LB_STATS_KIND_NONE: nothing
 * @LB_STATS_KIND_JSON: all that is known
 * @LB_STATS_KIND_PROMETHEUS: metrics in Prometheus' text format
 * @LB_STATS_KIND_OPENMETRICS: the same metrics
 * @LB_STATS_KIND_CSV: HAProxy's statistics, as a table
 * @LB_STATS_KIND_HAPROXY: the same, as HAProxy gives them
 * @LB_STATS_KIND_EVENTS: what a listener tells all the time, see [class@LbEventFeed]
 * @LB_STATS_KIND_SVG: the chart
 * @LB_STATS_KIND_PNG: the chart
 * @LB_STATS_KIND_TARGETS: the backends, for Prometheus to find
 * @LB_STATS_KIND_HISTORY: what was known before, as JSON
 * @LB_STATS_KIND_SCHEMA: what to expect of @LB_STATS_KIND_JSON
 * @LB_STATS_KIND_PAGE: all of it, live, for a person with a browser
 *
 * What the balancer can tell about itself, and in which form.
 */
typedef enum
{
  LB_STATS_KIND_NONE,
  LB_STATS_KIND_JSON,
  LB_STATS_KIND_PROMETHEUS,
  LB_STATS_KIND_OPENMETRICS,
  LB_STATS_KIND_CSV,
  LB_STATS_KIND_HAPROXY,
  LB_STATS_KIND_EVENTS,
  LB_STATS_KIND_SVG,
  LB_STATS_KIND_PNG,
  LB_STATS_KIND_TARGETS,
  LB_STATS_KIND_HISTORY,
  LB_STATS_KIND_SCHEMA,
  LB_STATS_KIND_PAGE,
  LB_N_STATS_KINDS,
} LbStatsKindId;

/**
 * LbStatsKind:
 * @content_type: what it is answered as, and what Accept is held against
 * @cache_control: what others may keep of it
 * @is_slow: whether it can take more than a millisecond or two even for a few backends
 * @read_query: (nullable): reads what may stand behind "?"; %NULL if that means nothing
 * @get_n_seconds: (nullable): of how many seconds of the history it is made, by what @read_query gave; 0
 *   if it is made of a snapshot, as it always is without this
 * @make: (nullable): makes it of a snapshot and of what @read_query gave; may run in a worker thread
 * @make_history: (nullable): makes it of the history and of what @read_query gave; may run in a worker
 *   thread
 * @make_constant: (nullable): makes it if it never changes
 * @get_policy: (nullable): what a browser may do with it, for Content-Security-Policy
 *
 * One form in which the balancer tells about itself. One of the functions that make it is set, or both
 * @make and @make_history.
 * What @read_query gives is compared byte for byte to find out whether two ask for the same.
 */
typedef struct
{
  const char *content_type;
  const char *cache_control;
  gboolean is_slow;
  GBytes *(*read_query) (const char *query, gsize length, GError **error);
  guint (*get_n_seconds) (GBytes *parameters);
  GBytes *(*make) (const LbSnapshot *snapshot, GBytes *parameters);
  GBytes *(*make_history) (LbHistorySlice *slice, GBytes *parameters);
  GBytes *(*make_constant) (void);
  char *(*get_policy) (void);
} LbStatsKind;

const LbStatsKind *lb_stats_kind_get (LbStatsKindId id);

G_END_DECLS
