/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-load"

#include "config.h"

#include "pool/lb-load.h"

/* A slow start goes up in steps, so that policies rebuild their tables only now and then. */
#define START_STEPS 10

/* What a backend that reports itself as full still counts for. */
#define SPARE_MIN 0.05

/**
 * lb_load_init:
 * @self: a load
 *
 * Starts with nothing in flight, and nothing learned or reported.
 */
void
lb_load_init (LbLoad *self)
{
  *self = (LbLoad){ .learned = 1.0, .reported = -1.0 };
  lb_in_flight_init (&self->in_flight);
}

/**
 * lb_load_add_request:
 * @self: a load
 * @now_us: the monotonic time in microseconds
 *
 * Counts a request that is sent now.
 */
void
lb_load_add_request (LbLoad *self,
                     gint64 now_us)
{
  lb_in_flight_add (&self->in_flight, now_us);
}

/**
 * lb_load_set_in_flight:
 * @self: a load
 * @n: how many requests are in flight, as somebody knows; less than 0 if that is to be estimated again
 */
void
lb_load_set_in_flight (LbLoad *self,
                       double n)
{
  lb_in_flight_set (&self->in_flight, n);
}

/**
 * lb_load_get_in_flight:
 * @self: a load
 * @now_us: the monotonic time in microseconds
 *
 * Returns: how many requests the backend is busy with, estimated; see #LbInFlight
 */
double
lb_load_get_in_flight (const LbLoad *self,
                       gint64 now_us)
{
  return lb_in_flight_get (&self->in_flight, now_us);
}

/**
 * lb_load_get_fade_us:
 * @self: a load
 *
 * Returns: the response time by which requests in flight fade, in microseconds; positive
 */
double
lb_load_get_fade_us (const LbLoad *self)
{
  return lb_in_flight_get_response_time (&self->in_flight);
}

/**
 * lb_load_add_response:
 * @self: a load
 * @response_us: a response time that a probe has seen, in microseconds
 * @now_us: the monotonic time in microseconds
 *
 * Learns what response time is typical, which also says how fast requests in flight fade.
 */
void
lb_load_add_response (LbLoad *self,
                      gint64 response_us,
                      gint64 now_us)
{
  lb_response_time_add (&self->response_time, response_us);
  lb_in_flight_set_response_time (&self->in_flight, lb_response_time_get (&self->response_time),
                                  now_us);
}

/**
 * lb_load_add_responses:
 * @self: a load
 * @mean_us: the mean of the response times of requests, in microseconds
 * @n: how many they were
 * @now_us: the monotonic time in microseconds
 *
 * As lb_load_add_response(), of several.
 */
void
lb_load_add_responses (LbLoad *self,
                       gint64 mean_us,
                       guint64 n,
                       gint64 now_us)
{
  lb_response_time_add_several (&self->response_time, mean_us, n);
  lb_in_flight_set_response_time (&self->in_flight, lb_response_time_get (&self->response_time),
                                  now_us);
}

/**
 * lb_load_set_probe_start:
 * @self: a load
 * @start_us: the monotonic time at which the probe under way started, or 0 if there is none any more
 */
void
lb_load_set_probe_start (LbLoad *self,
                         gint64 start_us)
{
  g_return_if_fail (self != NULL);

  self->probe_start_us = start_us;
}

/**
 * lb_load_update_response_time:
 * @self: a load
 * @now_us: the monotonic time in microseconds
 *
 * Takes into account how long the probe under way has been waiting.
 *
 * Returns: the typical response time in microseconds, or -1 if there is none yet
 */
double
lb_load_update_response_time (LbLoad *self,
                              gint64 now_us)
{
  g_return_val_if_fail (self != NULL, -1.0);

  if (self->probe_start_us > 0 &&
      lb_response_time_add_wait (&self->response_time, now_us - self->probe_start_us))
    lb_in_flight_set_response_time (&self->in_flight, lb_response_time_get (&self->response_time),
                                    now_us);

  return lb_response_time_get (&self->response_time);
}

/**
 * lb_load_start_slowly:
 * @self: the load of a backend that has just come up
 * @now_us: the monotonic time in microseconds
 * @span_us: how long until it takes all of its weight; 0 for at once
 *
 * Lets its weight grow from a tenth, so that cold caches are not flooded.
 */
void
lb_load_start_slowly (LbLoad *self,
                      gint64 now_us,
                      gint64 span_us)
{
  g_return_if_fail (self != NULL);

  self->start_us = now_us;
  self->start_span_us = span_us;
}

/**
 * lb_load_is_starting:
 * @self: a load
 * @now_us: the monotonic time in microseconds
 *
 * Returns: whether the weight grows now
 */
gboolean
lb_load_is_starting (const LbLoad *self,
                     gint64 now_us)
{
  return now_us - self->start_us < self->start_span_us;
}

/**
 * lb_load_set_learned:
 * @self: a load
 * @factor: what a policy has learned the weight should be multiplied with; 1 for nothing
 */
void
lb_load_set_learned (LbLoad *self,
                     double factor)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (factor > 0.0);

  self->learned = factor;
}

/**
 * lb_load_set_reported:
 * @self: a load
 * @utilization: the load that the backend reports of itself, 1 when it is full, or -1 if it reports none
 */
void
lb_load_set_reported (LbLoad *self,
                      double utilization)
{
  g_return_if_fail (self != NULL);

  self->reported = utilization;
}

/**
 * lb_load_get_reported:
 * @self: a load
 *
 * Returns: the load that the backend reports of itself, 1 when it is full, or -1 if it reports none
 */
double
lb_load_get_reported (const LbLoad *self)
{
  g_return_val_if_fail (self != NULL, -1.0);

  return self->reported;
}

/**
 * lb_load_get_spare:
 * @self: a load
 *
 * Returns: the share of its capacity that the backend reports as free, from 0.05 to 1; 1 if it reports
 *   nothing
 */
double
lb_load_get_spare (const LbLoad *self)
{
  g_return_val_if_fail (self != NULL, 1.0);

  return self->reported < 0.0 ? 1.0 : CLAMP (1.0 - self->reported, SPARE_MIN, 1.0);
}

/**
 * lb_load_get_factor:
 * @self: a load
 * @now_us: the monotonic time in microseconds
 *
 * Returns: what slow start and learning multiply the weight with; positive
 */
double
lb_load_get_factor (const LbLoad *self,
                    gint64 now_us)
{
  gint64 step;

  if (!lb_load_is_starting (self, now_us))
    return self->learned;

  step = START_STEPS * (now_us - self->start_us) / self->start_span_us;

  return self->learned * (double) (step + 1) / START_STEPS;
}
