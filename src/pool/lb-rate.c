/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-rate.h"

#include <string.h>

#define BUCKET_US (LB_RATE_SPAN_US / LB_RATE_BUCKETS)

/* Empties the buckets that the time since the last look has made old. */
static void
lb_rate_advance (LbRate *self,
                 gint64 now_us)
{
  gint64 bucket = now_us / BUCKET_US;
  gint64 passed = bucket - self->bucket;

  if (passed <= 0)
    return;

  if (passed >= LB_RATE_BUCKETS)
    memset (self->counts, 0, sizeof self->counts);
  else
    while (passed-- > 0)
      self->counts[(bucket - passed) % LB_RATE_BUCKETS] = 0;

  self->bucket = bucket;
}

/**
 * lb_rate_add:
 * @self: a rate meter
 * @now_us: the monotonic time in microseconds, never less than in an earlier call
 *
 * Counts one event.
 */
void
lb_rate_add (LbRate *self,
             gint64 now_us)
{
  lb_rate_advance (self, now_us);
  self->counts[self->bucket % LB_RATE_BUCKETS]++;
}

/**
 * lb_rate_add_many:
 * @self: a rate meter
 * @n: how many
 * @now_us: the monotonic time in microseconds, never less than in an earlier call
 *
 * Counts events since the last time.
 */
void
lb_rate_add_many (LbRate *self,
                  guint64 n,
                  gint64 now_us)
{
  lb_rate_advance (self, now_us);
  self->counts[self->bucket % LB_RATE_BUCKETS] += (guint) n;
}

/**
 * lb_rate_per_second:
 * @self: a rate meter
 * @now_us: the monotonic time in microseconds
 *
 * Returns: events a second, the mean of the last 3 s
 */
double
lb_rate_per_second (LbRate *self,
                    gint64 now_us)
{
  guint64 sum = 0;

  lb_rate_advance (self, now_us);

  for (guint i = 0; i < LB_RATE_BUCKETS; i++)
    sum += self->counts[i];

  return (double) sum * G_USEC_PER_SEC / LB_RATE_SPAN_US;
}
