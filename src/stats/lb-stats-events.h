/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/* How long a reader waits before it comes back, in milliseconds. */
#define LB_STATS_EVENTS_RETRY "retry: 3000\n\n"

/**
 * LbStatsChange:
 * @time_us: when it was, in microseconds since 1970
 * @change: what has changed: `added`, `removed`, `state`, `health`, `weight` or `backup`
 * @url: the backend's
 * @state: its state now
 * @health: its health now
 * @weight: its weight now
 * @backup: whether it is a backup now
 * @error: (nullable): why its last probe failed
 *
 * A change of one backend. The strings are the caller's.
 */
typedef struct
{
  gint64 time_us;
  const char *change;
  const char *url;
  LbState state;
  LbHealth health;
  guint weight;
  gboolean backup;
  const char *error;
} LbStatsChange;

GBytes *lb_stats_events_snapshot      (const LbSnapshot    *snapshot,
                                       guint32              id);
void    lb_stats_events_append_change (GString             *events,
                                       guint32              id,
                                       const LbStatsChange *change);
void    lb_stats_events_append_policy (GString             *events,
                                       guint32              id,
                                       gint64               time_us,
                                       const char          *policy);
void    lb_stats_events_append_paused (GString             *events,
                                       guint32              id,
                                       gint64               time_us,
                                       gboolean             paused);

G_END_DECLS
