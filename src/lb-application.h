/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "window/lb-window.h"

G_BEGIN_DECLS

#define LB_TYPE_APPLICATION (lb_application_get_type ())
G_DECLARE_FINAL_TYPE (LbApplication, lb_application, LB, APPLICATION, GtkApplication)

LbApplication *lb_application_new          (void);

LbBalancer    *lb_application_get_balancer (LbApplication *self);
LbWindow      *lb_application_get_window   (LbApplication *self);
void           lb_application_show         (LbApplication *self);
void           lb_application_report       (LbApplication *self,
                                            const char    *message);
void           lb_application_quit         (LbApplication *self);

G_END_DECLS
