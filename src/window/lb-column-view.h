/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *lb_column_view_get_list          (GtkColumnView *view);
GtkWidget *lb_column_view_get_focus         (GtkColumnView *view);
GtkWidget *lb_column_view_find_row          (GtkWidget     *widget);

void       lb_column_view_scroll_to         (GtkColumnView *view,
                                             guint          position);
guint      lb_column_view_get_first_visible (GtkColumnView *view);

void       lb_column_view_align_titles      (GtkColumnView *view,
                                             guint          first,
                                             guint          last);
void       lb_column_view_set_label         (GtkColumnView *view,
                                             const char    *label);

G_END_DECLS
