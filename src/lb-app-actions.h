/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-application.h"

G_BEGIN_DECLS

#define LB_TYPE_APP_ACTIONS (lb_app_actions_get_type ())
G_DECLARE_FINAL_TYPE (LbAppActions, lb_app_actions, LB, APP_ACTIONS, GObject)

LbAppActions *lb_app_actions_new   (LbApplication *application);
void          lb_app_actions_begin (LbAppActions  *self,
                                    LbBalancer    *balancer);

G_END_DECLS
