/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

double lb_large_text_get_scale      (GtkWidget *widget);
void   lb_large_text_shrink_buttons (GtkWidget *widget);

G_END_DECLS
