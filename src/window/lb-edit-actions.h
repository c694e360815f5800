/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-undo.h"

G_BEGIN_DECLS

#define LB_TYPE_EDIT_ACTIONS (lb_edit_actions_get_type ())
G_DECLARE_FINAL_TYPE (LbEditActions, lb_edit_actions, LB, EDIT_ACTIONS, GObject)

LbEditActions *lb_edit_actions_new      (GtkApplicationWindow  *window,
                                         LbBalancer            *balancer,
                                         GMenu                 *menu);
LbUndo        *lb_edit_actions_get_undo (LbEditActions         *self);

G_END_DECLS
