/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-histogram"

#include "config.h"

#include "pool/lb-histogram.h"

/* Steps of 1, 2.5 and 5, as Prometheus' clients have them, over what probes take: a loopback
 * answers within a millisecond, and no probe waits longer than its timeout. */
static const gint64 bounds_us[LB_HISTOGRAM_BOUNDS] = {
  500,       1000,       2500,       5000,       10 * 1000,   25 * 1000,
  50 * 1000, 100 * 1000, 250 * 1000, 500 * 1000, 1000 * 1000, 2500 * 1000,
};

/**
 * lb_histogram_add:
 * @self: a histogram
 * @time_us: how long it took, in microseconds; not negative
 */
void
lb_histogram_add (LbHistogram *self,
                  gint64 time_us)
{
  guint i = 0;

  g_return_if_fail (time_us >= 0);

  while (i < LB_HISTOGRAM_BOUNDS && time_us > bounds_us[i])
    i++;

  self->counts[i]++;
  self->n++;
  self->sum_us += (guint64) time_us;
}

/**
 * lb_histogram_get_bound_us:
 * @i: less than %LB_HISTOGRAM_BOUNDS
 *
 * Returns: the longest time that still goes into bucket @i, in microseconds
 */
gint64
lb_histogram_get_bound_us (guint i)
{
  g_return_val_if_fail (i < LB_HISTOGRAM_BOUNDS, 0);

  return bounds_us[i];
}
