/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-arrangement.h"

G_BEGIN_DECLS

/**
 * LbColumnOrder:
 *
 * What the columns of a view are sorted by. Embedded in what owns the view. The fields are private.
 */
typedef struct
{
  GtkColumnView *view;
  const LbOrder *orders;
  guint n_orders;
  LbOrder *asked; /* while it is asked by which column the view sorts: where to put it */
} LbColumnOrder;

void     lb_column_order_init (LbColumnOrder *self,
                               GtkColumnView *view,
                               const LbOrder *orders,
                               guint          n_orders);

gboolean lb_column_order_get  (LbColumnOrder *self,
                               LbOrder       *order,
                               gboolean      *descending);
void     lb_column_order_set  (LbColumnOrder *self,
                               LbOrder        order,
                               gboolean       descending);

G_END_DECLS
