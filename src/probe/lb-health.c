/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-health.h"

/*
 * A state machine without I/O and without a clock: the results of probes go in, one after the
 * other, and the health comes out. The first result decides at once, since nothing is known that it
 * could speak against. From then on it takes as many results in a row as the settings say to change
 * the health, so that a backend which fails now and then does not flap.
 */

/**
 * lb_health_tracker_reset:
 * @self: a tracker
 *
 * Forgets every result: the health is unknown again.
 */
void
lb_health_tracker_reset (LbHealthTracker *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbHealthTracker){ .health = LB_HEALTH_UNKNOWN };
}

/**
 * lb_health_tracker_feed:
 * @self: a tracker
 * @ok: whether the probe was good
 * @settings: how many results it takes
 *
 * Takes in the result of one more probe.
 *
 * Returns: the health from now on
 */
LbHealth
lb_health_tracker_feed (LbHealthTracker *self, gboolean ok, const LbProbeSettings *settings)
{
  const LbHealth seen = ok ? LB_HEALTH_UP : LB_HEALTH_DOWN;

  g_return_val_if_fail (self != NULL && settings != NULL, LB_HEALTH_UNKNOWN);

  if (self->health == seen)
    {
      self->n_against = 0;
      return self->health;
    }

  self->n_against++;
  if (self->health == LB_HEALTH_UNKNOWN ||
      self->n_against >= (ok ? settings->rise : settings->fall))
    *self = (LbHealthTracker){ .health = seen };

  return self->health;
}

/**
 * lb_health_tracker_get:
 * @self: a tracker
 *
 * Returns: the health after the results so far
 */
LbHealth
lb_health_tracker_get (const LbHealthTracker *self)
{
  g_return_val_if_fail (self != NULL, LB_HEALTH_UNKNOWN);

  return self->health;
}

/**
 * lb_health_tracker_is_undecided:
 * @self: a tracker
 *
 * Returns: whether the last results speak against the health, but are too few yet to change it
 */
gboolean
lb_health_tracker_is_undecided (const LbHealthTracker *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_against > 0;
}

/**
 * lb_health_tracker_get_against:
 * @self: a tracker
 *
 * Returns: how many results in a row speak against the health
 */
guint
lb_health_tracker_get_against (const LbHealthTracker *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_against;
}

/**
 * lb_health_tracker_get_interval_ms:
 * @self: a tracker
 * @settings: the intervals
 *
 * Returns: the time from one probe to the next, in milliseconds, as the health is now
 */
guint
lb_health_tracker_get_interval_ms (const LbHealthTracker *self, const LbProbeSettings *settings)
{
  guint interval_ms;

  g_return_val_if_fail (self != NULL && settings != NULL, 0);

  interval_ms = self->health == LB_HEALTH_DOWN && settings->down_interval_ms > 0
                  ? settings->down_interval_ms
                  : settings->interval_ms;

  /* Who is slower than the others when in doubt has been misunderstood. */
  return lb_health_tracker_is_undecided (self) ? MIN (settings->fast_interval_ms, interval_ms)
                                               : interval_ms;
}
