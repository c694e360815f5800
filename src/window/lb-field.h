/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void       lb_field_set_refused  (GtkWidget   *field,
                                  gboolean     refused);
GtkWidget *lb_field_find_refused (GtkWidget   *within);

void       lb_field_set_ltr      (GtkEditable *field);

GtkWidget *lb_field_new_reset    (void);
void       lb_field_name_reset   (GtkWidget   *reset,
                                  const char  *title);

G_END_DECLS
