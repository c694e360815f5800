/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void     lb_strict_spin_set_up    (GtkSpinButton *spin);
gboolean lb_strict_spin_get_valid (GtkSpinButton *spin);

G_END_DECLS
