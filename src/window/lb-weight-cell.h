/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_WEIGHT_CELL (lb_weight_cell_get_type ())
G_DECLARE_FINAL_TYPE (LbWeightCell, lb_weight_cell, LB, WEIGHT_CELL, GtkWidget)

GtkWidget *lb_weight_cell_new (void);

G_END_DECLS
