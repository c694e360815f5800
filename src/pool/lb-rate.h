/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LB_RATE_SPAN_US (3 * G_USEC_PER_SEC)
#define LB_RATE_BUCKETS 30

/**
 * LbRate:
 *
 * How many events a second there were, as the mean of the last 3 s. Embedded
 * in its owner; zeroes are an empty meter. The fields are private.
 */
typedef struct
{
  gint64 bucket;
  guint32 counts[LB_RATE_BUCKETS];
} LbRate;

void   lb_rate_add        (LbRate *self,
                           gint64  now_us);
void   lb_rate_add_many   (LbRate  *self,
                           guint64  n,
                           gint64   now_us);
double lb_rate_per_second (LbRate *self,
                           gint64  now_us);

G_END_DECLS
