/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-schedule.h"

/*
 * The clockwork of #LbProber, without a clock: the starts and the timeouts of probes in two heaps,
 * the pace of the starts, and for how long whoever should have looked at all this did not.
 *
 * Timeouts are counted in the time that this process has run: those in the heap are less by all
 * pauses before, and so a pause moves all of them at once.
 */

/* What was missed of the pace is caught up with, but no more than this in one go: one turn of the
 * main loop must not start a thousand probes. */
#define CATCH_UP_US (12 * LB_PROBE_SCHEDULE_PACE_US)

/* As long as a probe is under way it makes each turn of the loop dearer, since libsoup and GLib
 * keep sources for it. When so many are, backends hang, and then the timer fires on this grid: what
 * is due together costs one turn. (1000 backends that never answer: 30 instead of 42 % of a core.)
 */
#define CROWD 100
#define GRID_US (8 * 1000)

/* While a probe is under way somebody looks at least this often; who is this much too late was not
 * running. */
#define TICK_US (100 * 1000)
#define LATE_US (100 * 1000)

/**
 * lb_probe_schedule_spread:
 * @interval_us: the time from one probe to the next
 * @jitter: the share of it by which this may move either way, 0 to 0.5
 * @rand: a source of randomness
 *
 * Moves an interval a little, so that backends which started together do not stay together.
 *
 * Returns: the interval to use this time
 */
gint64
lb_probe_schedule_spread (gint64 interval_us, double jitter, GRand *rand)
{
  g_return_val_if_fail (jitter >= 0.0 && jitter <= 0.5, interval_us);

  if (jitter == 0.0)
    return interval_us;

  return (gint64) ((double) interval_us * g_rand_double_range (rand, 1.0 - jitter, 1.0 + jitter));
}

/**
 * lb_probe_schedule_init:
 * @self: (out caller-allocates): memory for a schedule
 *
 * Makes an empty schedule. lb_probe_schedule_clear() ends it.
 */
void
lb_probe_schedule_init (LbProbeSchedule *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbProbeSchedule){ .ready_us = LB_PROBE_SCHEDULE_NEVER };
  lb_deadline_heap_init (&self->starts);
  lb_deadline_heap_init (&self->timeouts);
}

/**
 * lb_probe_schedule_clear:
 * @self: an empty schedule
 *
 * Frees what the schedule holds in memory. Its deadlines must have been removed.
 */
void
lb_probe_schedule_clear (LbProbeSchedule *self)
{
  g_return_if_fail (self != NULL);

  lb_deadline_heap_clear (&self->starts);
  lb_deadline_heap_clear (&self->timeouts);
}

/**
 * lb_probe_schedule_set_start:
 * @self: a schedule
 * @deadline: a backend's deadline
 * @due_us: when its probe shall start
 *
 * Makes @deadline the start of a probe, whatever it was before.
 */
void
lb_probe_schedule_set_start (LbProbeSchedule *self, LbDeadline *deadline, gint64 due_us)
{
  g_return_if_fail (self != NULL);

  lb_deadline_heap_remove (&self->timeouts, deadline);
  lb_deadline_heap_set (&self->starts, deadline, due_us);
}

/**
 * lb_probe_schedule_set_timeout:
 * @self: a schedule
 * @deadline: a backend's deadline
 * @due_us: when its probe expires, if this process runs all the time; otherwise by that much later
 *
 * Makes @deadline the end of a probe under way, whatever it was before.
 */
void
lb_probe_schedule_set_timeout (LbProbeSchedule *self, LbDeadline *deadline, gint64 due_us)
{
  g_return_if_fail (self != NULL);

  lb_deadline_heap_remove (&self->starts, deadline);
  lb_deadline_heap_set (&self->timeouts, deadline, due_us - self->paused_us);
}

/**
 * lb_probe_schedule_remove:
 * @self: a schedule
 * @deadline: a backend's deadline
 *
 * Makes @deadline neither. Nothing happens if it is neither already.
 */
void
lb_probe_schedule_remove (LbProbeSchedule *self, LbDeadline *deadline)
{
  g_return_if_fail (self != NULL);

  lb_deadline_heap_remove (&self->starts, deadline);
  lb_deadline_heap_remove (&self->timeouts, deadline);
}

/**
 * lb_probe_schedule_has_start:
 * @self: a schedule
 * @deadline: a backend's deadline
 *
 * Returns: whether @deadline is the start of a probe
 */
gboolean
lb_probe_schedule_has_start (const LbProbeSchedule *self, const LbDeadline *deadline)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return lb_deadline_heap_contains (&self->starts, deadline);
}

/**
 * lb_probe_schedule_take_start:
 * @self: a schedule
 * @now_us: the time
 *
 * Takes out the earliest start that is due, if the pace allows one.
 *
 * Returns: (transfer none) (nullable): whose probe starts now, or %NULL
 */
LbDeadline *
lb_probe_schedule_take_start (LbProbeSchedule *self, gint64 now_us)
{
  LbDeadline *deadline;

  g_return_val_if_fail (self != NULL, NULL);

  deadline = lb_deadline_heap_peek (&self->starts);
  if (deadline == NULL || deadline->due_us > now_us || self->next_start_us > now_us)
    return NULL;

  self->next_start_us = MAX (self->next_start_us, now_us - CATCH_UP_US) + LB_PROBE_SCHEDULE_PACE_US;
  lb_deadline_heap_remove (&self->starts, deadline);
  return deadline;
}

/**
 * lb_probe_schedule_take_timeout:
 * @self: a schedule
 * @now_us: the time
 *
 * Takes out the earliest timeout that is due.
 *
 * Returns: (transfer none) (nullable): whose probe has expired, or %NULL
 */
LbDeadline *
lb_probe_schedule_take_timeout (LbProbeSchedule *self, gint64 now_us)
{
  LbDeadline *deadline;

  g_return_val_if_fail (self != NULL, NULL);

  deadline = lb_deadline_heap_peek (&self->timeouts);
  if (deadline == NULL || deadline->due_us + self->paused_us > now_us)
    return NULL;

  lb_deadline_heap_remove (&self->timeouts, deadline);
  return deadline;
}

/**
 * lb_probe_schedule_notice:
 * @self: a schedule
 * @now_us: the time
 *
 * Tells that this process is running. It is called first, whenever anything happens: if that is
 * much later than planned, the process was stopped, the machine slept, or something kept the main
 * loop busy. Every timeout moves by as long.
 *
 * When the pause began nobody saw: it was between the last look and the planned one. The middle is
 * taken, so that an answer that waits unread is read before its probe expires, and yet every probe
 * expires in the end, however often we pause.
 */
void
lb_probe_schedule_notice (LbProbeSchedule *self, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  if (self->ready_us != LB_PROBE_SCHEDULE_NEVER && now_us - self->ready_us > LATE_US)
    self->paused_us += now_us - (self->seen_us + self->ready_us) / 2;

  self->seen_us = now_us;
  self->ready_us = MAX (self->ready_us, now_us);
}

/**
 * lb_probe_schedule_plan:
 * @self: a schedule
 * @latest_us: look then at the latest, or %LB_PROBE_SCHEDULE_NEVER
 * @now_us: the time
 *
 * Decides when somebody has to look next. To be called after every change.
 *
 * Returns: when, or %LB_PROBE_SCHEDULE_NEVER
 */
gint64
lb_probe_schedule_plan (LbProbeSchedule *self, gint64 latest_us, gint64 now_us)
{
  LbDeadline *start, *timeout;
  gint64 ready_us = latest_us;

  g_return_val_if_fail (self != NULL, LB_PROBE_SCHEDULE_NEVER);

  lb_probe_schedule_notice (self, now_us);

  start = lb_deadline_heap_peek (&self->starts);
  if (start != NULL)
    ready_us = MIN (ready_us, MAX (start->due_us, self->next_start_us));

  timeout = lb_deadline_heap_peek (&self->timeouts);
  if (timeout != NULL)
    ready_us = MIN (ready_us, MIN (timeout->due_us + self->paused_us, now_us + TICK_US));

  if (lb_deadline_heap_get_length (&self->timeouts) >= CROWD)
    ready_us += GRID_US - ready_us % GRID_US;

  self->ready_us = ready_us;
  return ready_us;
}

/**
 * lb_probe_schedule_get_paused:
 * @self: a schedule
 *
 * Returns: for how long this process did not run, as far as that was noticed, in microseconds; all
 *   pauses together
 */
gint64
lb_probe_schedule_get_paused (const LbProbeSchedule *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->paused_us;
}
