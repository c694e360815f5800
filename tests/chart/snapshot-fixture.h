/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-measure.h"

/*
 * Snapshots with the figures a test wants, without a pool and without probes.
 */

/* The chart of response times as it is without any option. */
#define PLAIN (&(const LbChartOptions){ LB_CHART_RESPONSE_TIMES, FALSE, 0 })

/* All are ready and up; a response time is between 4 and 47 ms, its p95 a third more. */
static inline LbSnapshot *
snapshot_fixture_new (guint n_backends)
{
  LbSnapshot *snapshot = g_new0 (LbSnapshot, 1);

  g_atomic_ref_count_init (&snapshot->ref_count);
  snapshot->time_us = G_USEC_PER_SEC;
  snapshot->policy = g_strdup ("random");
  snapshot->listen = g_new0 (char *, 1);
  snapshot->n_backends = n_backends;
  snapshot->backends = g_new0 (LbBackendFigures, n_backends);
  snapshot->nodes = lb_node_snapshot_new_list ();

  for (guint i = 0; i < n_backends; i++)
    {
      LbBackendFigures *figures = &snapshot->backends[i];
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", 9001 + i);

      figures->url = g_ref_string_new (url);
      figures->state = LB_STATE_READY;
      figures->health = LB_HEALTH_UP;
      figures->weight = 1;
      figures->last_probe.time_us = G_USEC_PER_SEC;
      figures->last_probe.response_us = 4000 + (i * 7919 + 11003) % 43000;
      figures->last_probe.status = 200;
      figures->last_probe.ok = TRUE;
      figures->latency.n_samples = 256;
      figures->latency.p95_us = figures->last_probe.response_us * 4 / 3;
      figures->redirects = 1000 + i;
      figures->share = 1.0 / n_backends;
      figures->recent_share = 1.0 / n_backends;
      figures->expected_share = 1.0 / n_backends;
    }

  return snapshot;
}

/* Before its first probe. */
static inline void
snapshot_fixture_forget (LbSnapshot *snapshot,
                         guint index)
{
  LbBackendFigures *figures = &snapshot->backends[index];

  figures->health = LB_HEALTH_UNKNOWN;
  figures->last_probe.time_us = 0;
  figures->last_probe.response_us = -1;
  figures->last_probe.status = 0;
  figures->last_probe.ok = FALSE;
  figures->latency.n_samples = 0;
  figures->latency.p95_us = -1;
}

/* Its last probe failed. */
static inline void
snapshot_fixture_break (LbSnapshot *snapshot,
                        guint index)
{
  LbBackendFigures *figures = &snapshot->backends[index];

  figures->health = LB_HEALTH_DOWN;
  figures->last_probe.response_us = -1;
  figures->last_probe.status = 0;
  figures->last_probe.ok = FALSE;
  figures->last_probe.error = g_ref_string_new ("timeout");
}
