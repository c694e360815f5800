/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many of the latest response times a window keeps. */
#define LB_LATENCY_SAMPLES 256

/**
 * LbLatency:
 *
 * A window of the latest response times, kept both in the order they came and
 * sorted, so that a percentile is a look-up and adding one costs no sort.
 * Embedded in its owner; zeroes are an empty window. The fields are private.
 */
typedef struct
{
  guint n_samples;
  guint next;
  guint64 sum_us;
  guint32 in_order[LB_LATENCY_SAMPLES];
  guint32 sorted[LB_LATENCY_SAMPLES];
} LbLatency;

/**
 * LbLatencySummary:
 *
 * What a window says at one moment: microseconds, -1 where there is no sample.
 */
typedef struct
{
  guint n_samples;
  double mean_us;
  gint64 min_us;
  gint64 p50_us;
  gint64 p95_us;
  gint64 p99_us;
  gint64 max_us;
} LbLatencySummary;

void   lb_latency_add        (LbLatency        *self,
                              gint64            response_us);
gint64 lb_latency_percentile (const LbLatency  *self,
                              double            p);
double lb_latency_mean       (const LbLatency  *self);
void   lb_latency_summarize  (const LbLatency  *self,
                              LbLatencySummary *summary);

G_END_DECLS
