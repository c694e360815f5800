/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-histogram.h"
#include "pool/lb-history-slice.h"
#include "pool/lb-node-snapshot.h"
#include "pool/lb-pool.h"
#include "pool/lb-traffic.h"

G_BEGIN_DECLS

/**
 * LbBackendFigures:
 * @url: a #GRefString
 * @state: what a person wants of it
 * @health: what the probes say of it
 * @use: whether it may be chosen, or why not
 * @backup: whether it is used only when no other can serve
 * @weight: 1 to %LB_WEIGHT_MAX
 * @effective_weight: that, with what slow start and learning make of it
 * @in_flight: requests it is busy with, estimated
 * @reported: the load it reports of itself, 1 when it is full, or -1
 * @last_probe: the last probe; @last_probe.time_us is 0 before the first
 * @latency: the last %LB_LATENCY_SAMPLES good response times
 * @redirects: since the start
 * @redirects_per_s: mean of the last 3 s
 * @redirects_per_s_max: the most that ever was
 * @share: of all redirects since the start, 0 to 1
 * @recent_share: of the last minute's redirects to backends that are here now, 0 to 1; -1 if there
 *   were none
 * @expected_share: the share that the policy would give it as things are, 0 to 1; -1 if there is no
 *   formula for it
 * @health_since_us: when @health changed last, or when it was added, in microseconds since 1970
 * @times_down: how often it went down
 * @times_up: how often it came up, also from unknown
 * @down_us: how long it has been down in all, now included
 * @probes: how many probes ended how
 * @probe_times: how long the good ones took
 * @proxied: what a proxy knows of it
 *
 * One backend at the moment of the snapshot. @last_probe.response_us is what the chart's bar shows.
 */
typedef struct
{
  char *url;
  LbState state;
  LbHealth health;
  LbUse use;
  gboolean backup;
  guint weight;
  double effective_weight;
  double in_flight;
  double reported;
  LbProbeResult last_probe;
  LbLatencySummary latency;
  guint64 redirects;
  double redirects_per_s;
  double redirects_per_s_max;
  double share;
  double recent_share;
  double expected_share;
  gint64 health_since_us;
  guint64 times_down;
  guint64 times_up;
  gint64 down_us;
  guint64 probes[LB_N_PROBE_OUTCOMES];
  LbHistogram probe_times;
  LbProxyRecord proxied;
} LbBackendFigures;

/**
 * LbSnapshot:
 * @time_us: when it was taken, in microseconds since 1970
 * @uptime_us: how long the balancer has run
 * @listen: the URLs it listens on; empty if it does not
 * @policy: the policy's name
 * @redirects: since the start
 * @redirects_per_s: mean of the last 3 s
 * @redirects_per_s_max: the most that ever was
 * @proxied: how many there were of each #LbProxyCount since the start
 * @traffic: what clients do besides
 * @probe_interval_ms: how often each backend is probed, more than the setting if there are too many
 * @n_backends: the length of @backends
 * @backends: (array length=n_backends): in the pool's order
 * @nodes: (element-type LbNodeSnapshot): the processes that carry the traffic, if others than ourselves do;
 *   the figures of @backends are the sums of theirs
 *
 * An immutable picture of the pool at one moment. Reference counted atomically, so it may cross to
 * a worker thread. Every figure that a person or a program sees comes from one.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  gint64 time_us;
  gint64 uptime_us;
  char **listen;
  char *policy;
  guint64 redirects;
  double redirects_per_s;
  double redirects_per_s_max;
  guint64 proxied[LB_N_PROXY_COUNTS];
  LbTraffic traffic;
  guint probe_interval_ms;
  guint n_backends;
  LbBackendFigures *backends;
  GPtrArray *nodes;
} LbSnapshot;

#define LB_TYPE_SNAPSHOT (lb_snapshot_get_type ())
GType       lb_snapshot_get_type (void);

LbSnapshot *lb_snapshot_new      (LbPool             *pool,
                                  const char         *policy,
                                  const char *const  *listen,
                                  const LbTraffic    *traffic,
                                  guint               probe_interval_ms,
                                  gint64              time_us,
                                  gint64              now_us,
                                  gint64              start_us);
LbSnapshot *lb_snapshot_new_from (const LbSnapshot   *other,
                                  const guint        *indices,
                                  guint               n_indices);
LbSnapshot *lb_snapshot_ref      (LbSnapshot         *self);
void        lb_snapshot_unref    (LbSnapshot         *self);

void        lb_snapshot_fill_shares
                                 (LbSnapshot           *self,
                                  const LbHistorySlice *recent,
                                  const double         *expected);
void        lb_snapshot_fill_nodes
                                 (LbSnapshot           *self,
                                  GPtrArray            *nodes);

const LbNodeSnapshot *
            lb_snapshot_find_node
                                 (const LbSnapshot     *self,
                                  const char           *address);
LbSnapshot *lb_snapshot_for_node (const LbSnapshot     *self,
                                  const char           *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbSnapshot, lb_snapshot_unref)

G_END_DECLS
