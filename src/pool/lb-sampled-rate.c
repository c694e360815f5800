/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-sampled-rate.h"

#define SPAN_US (3 * G_USEC_PER_SEC)

/* Over less than that there is no mean: two events right behind a look would be thousands a second. */
#define SPAN_MIN_US (G_USEC_PER_SEC / 2)

/**
 * lb_looks_add:
 * @self: looks
 * @now_us: the monotonic time in microseconds, positive
 *
 * Says that all counters have been looked at. To be called about once a second.
 */
void
lb_looks_add (LbLooks *self,
              gint64 now_us)
{
  for (guint i = 1; i < LB_N_LOOKS; i++)
    self->times_us[i - 1] = self->times_us[i];
  self->times_us[LB_N_LOOKS - 1] = now_us;
}

/**
 * lb_looks_back:
 * @self: looks
 * @now_us: the monotonic time in microseconds
 *
 * Returns: the look that was nearest to 3 s ago; none if that was not half a second ago
 */
LbLookBack
lb_looks_back (const LbLooks *self,
               gint64 now_us)
{
  LbLookBack back = { 0 };
  gint64 best_us = 0;

  for (guint i = 0; i < LB_N_LOOKS; i++)
    {
      const gint64 span_us = now_us - self->times_us[i];

      if (self->times_us[i] == 0 || span_us < SPAN_MIN_US)
        continue;

      if (best_us == 0 || ABS (span_us - SPAN_US) < ABS (best_us - SPAN_US))
        {
          best_us = span_us;
          back.look = i;
        }
    }

  back.span_s = (double) best_us / G_USEC_PER_SEC;

  return back;
}

/**
 * lb_sampled_rate_look:
 * @self: a rate
 * @count: how many events there have been
 * @back: what its mean goes back to, found before this look is added
 *
 * Looks at the counter. To be called whenever a look is added.
 *
 * Returns: how many events there were since the look before
 */
guint64
lb_sampled_rate_look (LbSampledRate *self,
                      guint64 count,
                      LbLookBack back)
{
  const guint64 before = self->counts[LB_N_LOOKS - 1];

  self->max = MAX (self->max, lb_sampled_rate_get (self, count, back));

  for (guint i = 1; i < LB_N_LOOKS; i++)
    self->counts[i - 1] = self->counts[i];
  self->counts[LB_N_LOOKS - 1] = count;

  return count - before;
}

/**
 * lb_sampled_rate_get:
 * @self: a rate
 * @count: how many events there have been
 * @back: what the mean goes back to
 *
 * Returns: events a second; 0 if there is no look to go back to
 */
double
lb_sampled_rate_get (const LbSampledRate *self,
                     guint64 count,
                     LbLookBack back)
{
  return back.span_s > 0.0 ? (double) (count - self->counts[back.look]) / back.span_s : 0.0;
}
