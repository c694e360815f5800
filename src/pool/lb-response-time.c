/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-response-time.h"

/* Response times scatter as widely as they are long. With far fewer than so many in the mean, what
 * goes by it follows chance; from so many on, each new one counts as much as if it were the last of
 * them. */
#define SAMPLES_MAX 20

/* What takes so many times as long is no chance any more: of exponential times it would be one in
 * 400. The backend has changed, and what it was like before says nothing. */
#define SURPRISE 6.0

/* Not less than this, or it could be this computer that was busy. */
#define SURPRISE_MIN_US 10000.0

static gboolean
lb_response_time_is_surprise (const LbResponseTime *self,
                              double response_us)
{
  return response_us > MAX (SURPRISE * self->typical_us, SURPRISE_MIN_US);
}

/**
 * lb_response_time_add:
 * @self: what is typical
 * @response_us: how long the backend took to answer, in microseconds
 *
 * Adds a sample.
 */
void
lb_response_time_add (LbResponseTime *self,
                      gint64 response_us)
{
  const double response = MAX ((double) response_us, 1.0);

  g_return_if_fail (self != NULL);

  if (lb_response_time_is_surprise (self, response))
    self->n_samples = 0;

  if (self->n_samples == 0)
    self->typical_us = response;
  if (self->n_samples < SAMPLES_MAX)
    self->n_samples++;

  self->typical_us += (response - self->typical_us) / self->n_samples;
}

/**
 * lb_response_time_add_several:
 * @self: what is typical
 * @mean_us: the mean of how long the backend took to answer, in microseconds
 * @n: how often it answered
 *
 * Adds several samples of which only the mean is known.
 */
void
lb_response_time_add_several (LbResponseTime *self,
                              gint64 mean_us,
                              guint64 n)
{
  g_return_if_fail (self != NULL);

  /* Beyond that the last bits of what was before are gone. */
  for (guint64 i = 0; i < MIN (n, SAMPLES_MAX * SAMPLES_MAX); i++)
    lb_response_time_add (self, mean_us);
}

/**
 * lb_response_time_add_wait:
 * @self: what is typical
 * @waited_us: for how long an answer has not come yet, in microseconds
 *
 * Learns from an answer that is late. The answer itself may be long in coming, from just the
 * backend that should be left alone soon.
 *
 * Returns: %TRUE if this says more than was known
 */
gboolean
lb_response_time_add_wait (LbResponseTime *self,
                           gint64 waited_us)
{
  const double waited = (double) waited_us;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->typical_us <= 0.0 || waited <= self->typical_us ||
      (self->n_samples > 0 && !lb_response_time_is_surprise (self, waited)))
    return FALSE;

  self->typical_us = waited;
  self->n_samples = 0;

  return TRUE;
}

/**
 * lb_response_time_get:
 * @self: what is typical
 *
 * Returns: the typical response time in microseconds, or -1 before the first sample
 */
double
lb_response_time_get (const LbResponseTime *self)
{
  g_return_val_if_fail (self != NULL, -1.0);

  return self->typical_us > 0.0 ? self->typical_us : -1.0;
}
