/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LB_SAMPLED_RATE_LOOKS 4

/**
 * LbSampledRate:
 * @max: the most that lb_sampled_rate_look() ever saw
 *
 * How many events a second there were, as the mean of about 3 s, from a counter that is looked at
 * once a second: so what happens a hundred thousand times a second pays nothing for it. Embedded
 * in its owner; zeroes have seen nothing. The other fields are private.
 */
typedef struct
{
  double max;

  /*< private >*/
  gint64 times_us[LB_SAMPLED_RATE_LOOKS]; /* the oldest first; 0 before there was one */
  guint64 counts[LB_SAMPLED_RATE_LOOKS];
} LbSampledRate;

void   lb_sampled_rate_look       (LbSampledRate       *self,
                                   guint64              count,
                                   gint64               now_us);
double lb_sampled_rate_per_second (const LbSampledRate *self,
                                   guint64              count,
                                   gint64               now_us);
guint64
       lb_sampled_rate_get_last   (const LbSampledRate *self);

G_END_DECLS
