/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_EXPOSURE_BAR (lb_exposure_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbExposureBar, lb_exposure_bar, LB, EXPOSURE_BAR, GtkWidget)

GtkWidget *lb_exposure_bar_new          (void);

void       lb_exposure_bar_set_balancer (LbExposureBar *self,
                                         LbBalancer    *balancer);

G_END_DECLS
