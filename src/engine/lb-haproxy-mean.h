/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbHaproxyMean:
 *
 * A mean that HAProxy keeps, as it was when it was looked at last. All zeros at first. The fields are private.
 */
typedef struct
{
  /*< private >*/
  guint64 n;
  double mean_ms;
} LbHaproxyMean;

gboolean lb_haproxy_mean_update (LbHaproxyMean *self,
                                 guint64        n,
                                 guint          mean_ms,
                                 double        *fresh_ms);

G_END_DECLS
