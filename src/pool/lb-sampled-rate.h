/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LB_N_LOOKS 4

/**
 * LbLooks:
 *
 * When counters were looked at, the last times. One for all that are looked at together. Embedded in
 * its owner; zeroes are no look. The fields are private.
 */
typedef struct
{
  gint64 times_us[LB_N_LOOKS]; /* the oldest first; 0 before there was one */
} LbLooks;

/**
 * LbLookBack:
 * @look: which look it was
 * @span_s: how long ago that is, in seconds; 0 if there is none
 *
 * The look that a mean goes back to.
 */
typedef struct
{
  guint look;
  double span_s;
} LbLookBack;

void       lb_looks_add         (LbLooks             *self,
                                 gint64               now_us);
LbLookBack lb_looks_back        (const LbLooks       *self,
                                 gint64               now_us);

/**
 * LbSampledRate:
 * @max: the most that ever was when it was looked at
 * @counts: how many events there had been at each look, the oldest first
 *
 * How many events a second there were, as the mean of about 3 s, from a counter that is looked at
 * once a second: so what happens a hundred thousand times a second pays nothing for it. Embedded
 * in its owner; zeroes are for a counter that is 0.
 */
typedef struct
{
  double max;
  guint64 counts[LB_N_LOOKS];
} LbSampledRate;

guint64    lb_sampled_rate_look (LbSampledRate       *self,
                                 guint64              count,
                                 LbLookBack           back);
double     lb_sampled_rate_get  (const LbSampledRate *self,
                                 guint64              count,
                                 LbLookBack           back);

G_END_DECLS
