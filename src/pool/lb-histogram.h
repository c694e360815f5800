/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many bounds there are; what is over the last goes into a bucket of its own. */
#define LB_HISTOGRAM_BOUNDS 12

/**
 * LbHistogram:
 * @counts: how many were not over each bound, but over the one before; the last: over all of them
 * @n: how many there were
 * @sum_us: of all of them
 *
 * How long things took, since the start. Embedded in its owner; zeroes are an empty histogram.
 */
typedef struct
{
  guint64 counts[LB_HISTOGRAM_BOUNDS + 1];
  guint64 n;
  guint64 sum_us;
} LbHistogram;

void   lb_histogram_add          (LbHistogram *self,
                                  gint64       time_us);
gint64 lb_histogram_get_bound_us (guint        i);

G_END_DECLS
