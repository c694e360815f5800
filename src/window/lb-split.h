/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_SPLIT (lb_split_get_type ())
G_DECLARE_FINAL_TYPE (LbSplit, lb_split, LB, SPLIT, GtkWidget)

GtkWidget *lb_split_new      (void);

void       lb_split_set_open (LbSplit  *self,
                              gboolean  open);
gboolean   lb_split_get_open (LbSplit  *self);

G_END_DECLS
