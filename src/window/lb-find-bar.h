/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "window/lb-arranger.h"

G_BEGIN_DECLS

#define LB_TYPE_FIND_BAR (lb_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbFindBar, lb_find_bar, LB, FIND_BAR, GtkWidget)

GtkWidget *lb_find_bar_new          (void);

void       lb_find_bar_set_arranger (LbFindBar  *self,
                                     LbArranger *arranger);
void       lb_find_bar_set_hidden   (LbFindBar  *self,
                                     guint       n_hidden);
void       lb_find_bar_set_narrow   (LbFindBar  *self,
                                     gboolean    narrow);
void       lb_find_bar_open         (LbFindBar  *self);

G_END_DECLS
