/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-sampled-rate.h"

#define SPAN_US (3 * G_USEC_PER_SEC)

/* Who has been looked at for less than that has no mean yet: two events right at the start would be
 * thousands a second. */
#define SPAN_MIN_US (G_USEC_PER_SEC / 2)

/**
 * lb_sampled_rate_look:
 * @self: a rate
 * @count: how many events there were since the start
 * @now_us: the monotonic time in microseconds, positive
 *
 * Looks at the counter; to be called about once a second.
 */
void
lb_sampled_rate_look (LbSampledRate *self,
                      guint64 count,
                      gint64 now_us)
{
  self->max = MAX (self->max, lb_sampled_rate_per_second (self, count, now_us));

  for (guint i = 1; i < LB_SAMPLED_RATE_LOOKS; i++)
    {
      self->times_us[i - 1] = self->times_us[i];
      self->counts[i - 1] = self->counts[i];
    }

  self->times_us[LB_SAMPLED_RATE_LOOKS - 1] = now_us;
  self->counts[LB_SAMPLED_RATE_LOOKS - 1] = count;
}

/**
 * lb_sampled_rate_per_second:
 * @self: a rate
 * @count: how many events there were since the start
 * @now_us: the monotonic time in microseconds
 *
 * Returns: events a second, the mean since the look that was nearest to 3 s ago; 0 if there was
 *   none half a second ago
 */
double
lb_sampled_rate_per_second (const LbSampledRate *self,
                            guint64 count,
                            gint64 now_us)
{
  gint64 best_us = 0;
  guint64 best_count = 0;

  for (guint i = 0; i < LB_SAMPLED_RATE_LOOKS; i++)
    {
      const gint64 age_us = now_us - self->times_us[i];

      if (self->times_us[i] == 0)
        continue;

      if (best_us == 0 || ABS (age_us - SPAN_US) < ABS (best_us - SPAN_US))
        {
          best_us = age_us;
          best_count = self->counts[i];
        }
    }

  return best_us >= SPAN_MIN_US ? (double) (count - best_count) * G_USEC_PER_SEC / (double) best_us
                                : 0.0;
}

/**
 * lb_sampled_rate_get_last:
 * @self: a rate
 *
 * Returns: how many events there were between the last two looks, or up to the first if there was only one
 */
guint64
lb_sampled_rate_get_last (const LbSampledRate *self)
{
  return self->counts[LB_SAMPLED_RATE_LOOKS - 1] - self->counts[LB_SAMPLED_RATE_LOOKS - 2];
}
