/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-probe-record"

#include "config.h"

#include "pool/lb-probe-record.h"

/**
 * lb_probe_record_begin:
 * @self: a record
 * @now_us: the monotonic time in microseconds
 *
 * Begins, or goes on after a time in which nobody looked: that is not counted as down.
 */
void
lb_probe_record_begin (LbProbeRecord *self,
                       gint64 now_us)
{
  g_return_if_fail (self != NULL);

  if (self->since_us == 0)
    self->since_us = now_us;
  self->counted_us = now_us;
}

/**
 * lb_probe_record_add:
 * @self: a record
 * @result: what a probe saw
 * @health: what the health was until then
 * @now_us: the monotonic time in microseconds
 */
void
lb_probe_record_add (LbProbeRecord *self,
                     const LbProbeResult *result,
                     LbHealth health,
                     gint64 now_us)
{
  LbProbeOutcome outcome = LB_PROBE_OK;

  g_return_if_fail (self != NULL);
  g_return_if_fail (result != NULL);

  if (!result->ok)
    outcome = result->error != NULL ? lb_probe_outcome_from_error (result->error) : LB_PROBE_FAILED;

  self->outcomes[outcome]++;
  if (result->ok && result->response_us >= 0)
    lb_histogram_add (&self->times, result->response_us);

  self->down_us = lb_probe_record_get_down_us (self, health, now_us);
  self->counted_us = now_us;
}

/**
 * lb_probe_record_change_health:
 * @self: a record
 * @from: what the health was
 * @to: what it is now
 * @now_us: the monotonic time in microseconds
 */
void
lb_probe_record_change_health (LbProbeRecord *self,
                               LbHealth from,
                               LbHealth to,
                               gint64 now_us)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (from != to);

  self->down_us = lb_probe_record_get_down_us (self, from, now_us);
  self->counted_us = now_us;
  self->since_us = now_us;

  if (to == LB_HEALTH_UP)
    self->times_up++;
  else if (to == LB_HEALTH_DOWN)
    self->times_down++;
}

/**
 * lb_probe_record_get_down_us:
 * @self: a record
 * @health: what the health is now
 * @now_us: the monotonic time in microseconds
 *
 * Returns: how long the backend has been down in all, in microseconds
 */
gint64
lb_probe_record_get_down_us (const LbProbeRecord *self,
                             LbHealth health,
                             gint64 now_us)
{
  g_return_val_if_fail (self != NULL, 0);

  if (health != LB_HEALTH_DOWN)
    return self->down_us;

  return self->down_us + MAX (now_us - self->counted_us, 0);
}
