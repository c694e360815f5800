/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void     lb_focus_remember (GtkWidget  *within,
                            GtkWidget **place);
gboolean lb_focus_restore  (GtkWidget **place);

G_END_DECLS
