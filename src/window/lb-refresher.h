/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-balancer.h"

G_BEGIN_DECLS

/* How often the figures on the screen are renewed. */
#define LB_REFRESHER_INTERVAL_S 3

#define LB_TYPE_REFRESHER (lb_refresher_get_type ())
G_DECLARE_FINAL_TYPE (LbRefresher, lb_refresher, LB, REFRESHER, GObject)

LbRefresher *lb_refresher_new        (LbBalancer  *balancer);

void         lb_refresher_set_active (LbRefresher *self,
                                      gboolean     active);

G_END_DECLS
