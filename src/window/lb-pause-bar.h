/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_PAUSE_BAR (lb_pause_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbPauseBar, lb_pause_bar, LB, PAUSE_BAR, GtkWidget)

GtkWidget *lb_pause_bar_new          (void);

void       lb_pause_bar_set_balancer (LbPauseBar *self,
                                      LbBalancer *balancer);

G_END_DECLS
