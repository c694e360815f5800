/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_BACKEND_DETAILS (lb_backend_details_get_type ())
G_DECLARE_FINAL_TYPE (LbBackendDetails, lb_backend_details, LB, BACKEND_DETAILS, GtkWidget)

GtkWidget *lb_backend_details_new          (void);

void       lb_backend_details_set_balancer (LbBackendDetails *self,
                                            LbBalancer       *balancer);
void       lb_backend_details_set_backend  (LbBackendDetails *self,
                                            LbBackend        *backend);
LbBackend *lb_backend_details_get_backend  (LbBackendDetails *self);
void       lb_backend_details_focus        (LbBackendDetails *self);
void       lb_backend_details_set_snapshot (LbBackendDetails *self,
                                            LbSnapshot       *snapshot);

G_END_DECLS
