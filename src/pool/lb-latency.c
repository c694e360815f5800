/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-latency.h"

#include <math.h>
#include <string.h>

/* The first place in the sorted samples whose value is not below @value. */
static guint
lb_latency_lower_bound (const LbLatency *self,
                        guint32 value)
{
  guint low = 0;
  guint high = self->n_samples;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (self->sorted[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
lb_latency_remove_sorted (LbLatency *self,
                          guint32 value)
{
  guint place = lb_latency_lower_bound (self, value);

  self->n_samples--;
  self->sum_us -= value;
  memmove (&self->sorted[place], &self->sorted[place + 1],
           (self->n_samples - place) * sizeof self->sorted[0]);
}

static void
lb_latency_insert_sorted (LbLatency *self,
                          guint32 value)
{
  guint place = lb_latency_lower_bound (self, value);

  memmove (&self->sorted[place + 1], &self->sorted[place],
           (self->n_samples - place) * sizeof self->sorted[0]);
  self->sorted[place] = value;
  self->sum_us += value;
  self->n_samples++;
}

/**
 * lb_latency_add:
 * @self: a window of response times
 * @response_us: in microseconds, not negative; over 71 minutes counts as 71 minutes
 *
 * Adds a sample. When the window is full the oldest one leaves it.
 */
void
lb_latency_add (LbLatency *self,
                gint64 response_us)
{
  guint32 value;

  g_return_if_fail (self != NULL);
  g_return_if_fail (response_us >= 0);

  value = (guint32) MIN (response_us, (gint64) G_MAXUINT32);

  if (self->n_samples == LB_LATENCY_SAMPLES)
    lb_latency_remove_sorted (self, self->in_order[self->next]);

  lb_latency_insert_sorted (self, value);
  self->in_order[self->next] = value;
  self->next = (self->next + 1) % LB_LATENCY_SAMPLES;
}

/**
 * lb_latency_percentile:
 * @self: a window of response times
 * @p: the percentile, between 0 and 100
 *
 * Returns: the response time in microseconds that @p percent of the samples do not exceed
 *   (nearest-rank), or -1 if there is no sample yet
 */
gint64
lb_latency_percentile (const LbLatency *self,
                       double p)
{
  guint rank;

  g_return_val_if_fail (self != NULL, -1);
  g_return_val_if_fail (p >= 0.0 && p <= 100.0, -1);

  if (self->n_samples == 0)
    return -1;

  rank = (guint) ceil (p / 100.0 * self->n_samples);

  return self->sorted[MAX (rank, 1) - 1];
}

/**
 * lb_latency_mean:
 * @self: a window of response times
 *
 * Returns: the mean in microseconds, or -1 if there is no sample yet
 */
double
lb_latency_mean (const LbLatency *self)
{
  g_return_val_if_fail (self != NULL, -1.0);

  if (self->n_samples == 0)
    return -1.0;

  return (double) self->sum_us / self->n_samples;
}

/**
 * lb_latency_summarize:
 * @self: a window of response times
 * @summary: (out caller-allocates): where to put what it says
 *
 * Takes every figure at once, as a snapshot does.
 */
void
lb_latency_summarize (const LbLatency *self,
                      LbLatencySummary *summary)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (summary != NULL);

  summary->n_samples = self->n_samples;
  summary->mean_us = lb_latency_mean (self);
  summary->min_us = lb_latency_percentile (self, 0);
  summary->p50_us = lb_latency_percentile (self, 50);
  summary->p95_us = lb_latency_percentile (self, 95);
  summary->p99_us = lb_latency_percentile (self, 99);
  summary->max_us = lb_latency_percentile (self, 100);
}
