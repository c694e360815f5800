/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-shot.h"
#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_POOL_PAGE (lb_pool_page_get_type ())
G_DECLARE_FINAL_TYPE (LbPoolPage, lb_pool_page, LB, POOL_PAGE, GtkWidget)

GtkWidget *lb_pool_page_new          (void);

void       lb_pool_page_set_balancer (LbPoolPage *self,
                                      LbBalancer *balancer);
void       lb_pool_page_add_actions  (LbPoolPage *self,
                                      GActionMap *actions);
void       lb_pool_page_remember     (LbPoolPage *self,
                                      GSettings  *settings);
void       lb_pool_page_focus        (LbPoolPage *self);
void       lb_pool_page_set_snapshot (LbPoolPage *self,
                                      LbSnapshot *snapshot);

LbChartShot *
           lb_pool_page_shoot        (LbPoolPage *self);

G_END_DECLS
