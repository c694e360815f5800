/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_POOL_ACTIONS (lb_pool_actions_get_type ())
G_DECLARE_FINAL_TYPE (LbPoolActions, lb_pool_actions, LB, POOL_ACTIONS, GObject)

LbPoolActions *lb_pool_actions_new (GtkApplicationWindow *window,
                                    LbBalancer           *balancer);

G_END_DECLS
