/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_LISTEN_BAR (lb_listen_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbListenBar, lb_listen_bar, LB, LISTEN_BAR, GtkWidget)

GtkWidget *lb_listen_bar_new          (void);

void       lb_listen_bar_set_balancer (LbListenBar *self,
                                       LbBalancer  *balancer);

G_END_DECLS
