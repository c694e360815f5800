/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbResponseTime:
 *
 * What response time is typical of a backend now. Embedded in its owner; zeroes know nothing. The
 * fields are private.
 */
typedef struct
{
  double typical_us; /* 0 before the first */
  guint n_samples;   /* that it is the mean of; 0 if it is only a guess */
} LbResponseTime;

void     lb_response_time_add      (LbResponseTime       *self,
                                    gint64                response_us);
void     lb_response_time_add_several
                                   (LbResponseTime       *self,
                                    gint64                mean_us,
                                    guint64               n);
gboolean lb_response_time_add_wait (LbResponseTime       *self,
                                    gint64                waited_us);
double   lb_response_time_get      (const LbResponseTime *self);

G_END_DECLS
