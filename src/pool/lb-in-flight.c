/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-in-flight.h"

#include <math.h>

/* Below this a response time is noise, and the estimate would be gone before the next request. */
#define RESPONSE_MIN_US 100.0

/**
 * lb_in_flight_init:
 * @self: an estimate
 *
 * Starts with nothing in flight.
 */
void
lb_in_flight_init (LbInFlight *self)
{
  *self = (LbInFlight){ .decay = 1.0 / LB_IN_FLIGHT_DEFAULT_US };
}

/**
 * lb_in_flight_get:
 * @self: an estimate
 * @now_us: the monotonic time in microseconds
 *
 * Returns: how many requests are in flight
 */
double
lb_in_flight_get (const LbInFlight *self,
                  gint64 now_us)
{
  if (self->known)
    return self->estimate;

  return self->estimate * exp ((double) (self->updated_us - now_us) * self->decay);
}

/**
 * lb_in_flight_add:
 * @self: an estimate
 * @now_us: the monotonic time in microseconds
 *
 * Counts a request that is sent now.
 */
void
lb_in_flight_add (LbInFlight *self,
                  gint64 now_us)
{
  self->estimate = lb_in_flight_get (self, now_us) + 1.0;
  self->updated_us = now_us;
}

/**
 * lb_in_flight_set:
 * @self: an estimate
 * @n: how many requests are in flight; less than 0 if that is to be estimated again, from none
 *
 * Says what somebody knows. It holds until it is said again.
 */
void
lb_in_flight_set (LbInFlight *self,
                  double n)
{
  self->known = n >= 0.0;
  self->estimate = MAX (n, 0.0);
}

/**
 * lb_in_flight_set_response_time:
 * @self: an estimate
 * @response_us: the backend's response time in microseconds
 * @now_us: the monotonic time in microseconds
 *
 * Says how fast requests fade from now on.
 */
void
lb_in_flight_set_response_time (LbInFlight *self,
                                double response_us,
                                gint64 now_us)
{
  self->estimate = lb_in_flight_get (self, now_us);
  self->updated_us = now_us;
  self->decay = 1.0 / MAX (response_us, RESPONSE_MIN_US);
}

/**
 * lb_in_flight_get_response_time:
 * @self: an estimate
 *
 * Returns: the response time by which requests fade, in microseconds; positive
 */
double
lb_in_flight_get_response_time (const LbInFlight *self)
{
  return 1.0 / self->decay;
}
