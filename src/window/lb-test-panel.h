/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_TEST_PANEL (lb_test_panel_get_type ())
G_DECLARE_FINAL_TYPE (LbTestPanel, lb_test_panel, LB, TEST_PANEL, GtkWidget)

GtkWidget *lb_test_panel_new   (void);

void       lb_test_panel_run   (LbTestPanel           *self,
                                LbBalancer            *balancer,
                                const char            *url,
                                const LbProbeSettings *settings);
void       lb_test_panel_clear (LbTestPanel           *self);

G_END_DECLS
