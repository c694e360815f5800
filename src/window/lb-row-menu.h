/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "window/lb-backend-row.h"

G_BEGIN_DECLS

#define LB_TYPE_ROW_MENU (lb_row_menu_get_type ())
G_DECLARE_FINAL_TYPE (LbRowMenu, lb_row_menu, LB, ROW_MENU, GtkWidget)

GtkWidget    *lb_row_menu_new     (void);
LbRowMenu    *lb_row_menu_find    (GtkWidget          *widget);

LbBackendRow *lb_row_menu_get_row (LbRowMenu          *self);
void          lb_row_menu_popup   (LbRowMenu          *self,
                                   const GdkRectangle *at);

G_END_DECLS
