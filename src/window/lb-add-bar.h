/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_ADD_BAR (lb_add_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbAddBar, lb_add_bar, LB, ADD_BAR, GtkWidget)

GtkWidget *lb_add_bar_new          (void);

void       lb_add_bar_set_balancer (LbAddBar   *self,
                                    LbBalancer *balancer);
void       lb_add_bar_open         (LbAddBar   *self);
void       lb_add_bar_offer        (LbAddBar   *self,
                                    const char *text);
gboolean   lb_add_bar_get_typed    (LbAddBar   *self);

G_END_DECLS
