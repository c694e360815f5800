/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-health.h"

/*
 * A state machine without I/O and without a clock: the results of probes go in, one after the
 * other, and the health comes out. Whoever asks for more than one result before the health
 * changes only has to count here.
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
 *
 * Takes in the result of one more probe. One result decides.
 *
 * Returns: the health from now on
 */
LbHealth
lb_health_tracker_feed (LbHealthTracker *self, gboolean ok)
{
  g_return_val_if_fail (self != NULL, LB_HEALTH_UNKNOWN);

  self->health = ok ? LB_HEALTH_UP : LB_HEALTH_DOWN;

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
