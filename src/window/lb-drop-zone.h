/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_DROP_ZONE (lb_drop_zone_get_type ())
G_DECLARE_FINAL_TYPE (LbDropZone, lb_drop_zone, LB, DROP_ZONE, GtkWidget)

GtkWidget *lb_drop_zone_new (void);

G_END_DECLS
