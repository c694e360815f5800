/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-mean.h"

#include <math.h>

/* Up to so many requests HAProxy's mean is that of all of them; from then on each further one counts for one in so
 * many (swrate_add() of 2.6, TIME_STATS_SAMPLES; its manual says 1024, a measurement says this). */
#define WINDOW 512

/* HAProxy tells whole milliseconds, rounded up. */
#define ROUNDING_MS 0.5

/* What is found out is at least so many times as much as it can be wrong by. */
#define CERTAINTY 2.0

/* What part of the mean of n requests still is that of the first of them. */
static double
lb_haproxy_mean_get_part (guint64 first,
                          guint64 n)
{
  const double faded = n > WINDOW ? pow (1.0 - 1.0 / WINDOW, (double) (n - MAX (first, WINDOW))) : 1.0;

  return faded * (double) MIN (first, WINDOW) / (double) MIN (n, WINDOW);
}

/**
 * lb_haproxy_mean_update:
 * @self: a mean
 * @n: how many requests have ended by now
 * @mean_ms: HAProxy's mean of the last of them, in milliseconds
 * @fresh_ms: (out): the mean of those that have ended since this was last %TRUE
 *
 * Finds out what the last few requests were like. HAProxy's own mean follows a change only after some
 * hundred of them, which with five in a second takes minutes.
 *
 * Returns: whether it can be told; if not, there were none, or too few for HAProxy's whole milliseconds
 */
gboolean
lb_haproxy_mean_update (LbHaproxyMean *self,
                        guint64 n,
                        guint mean_ms,
                        double *fresh_ms)
{
  const double mean = MAX (mean_ms - ROUNDING_MS, 0.0);
  double part;
  double error;
  double fresh;

  if (n <= self->n)
    return FALSE;

  part = lb_haproxy_mean_get_part (self->n, n);
  error = ROUNDING_MS * (1.0 + part) / (1.0 - part);
  fresh = MAX ((mean - part * self->mean_ms) / (1.0 - part), 0.0);
  if (fresh < CERTAINTY * error && n - self->n < WINDOW)
    return FALSE;

  *self = (LbHaproxyMean){ n, mean };
  *fresh_ms = fresh;

  return TRUE;
}
