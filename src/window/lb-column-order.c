/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-column-order.h"

#include "window/lb-backend-row.h"

/*
 * LbColumnOrder
 *
 * Which column a view of backends is sorted by, as an order that charts can follow. A view sorts what
 * is alike by the columns that were clicked before; charts cannot, so that there is always only one.
 */

/* What a column's sorter needs to know. */
typedef struct
{
  LbColumnOrder *columns; /* not owned: it owns the view */
  LbOrder order;
} Sorting;

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer user_data)
{
  const Sorting *sorting = user_data;

  if (sorting->columns->asked != NULL)
    {
      *sorting->columns->asked = sorting->order;
      return -1;
    }

  return lb_order_compare (sorting->order, lb_backend_row_get_figures ((LbBackendRow *) a),
                           lb_backend_row_get_figures ((LbBackendRow *) b));
}

/**
 * lb_column_order_init:
 * @self: where
 * @view: a view of [class@BackendRow]; it must not outlive @self
 * @orders: (array length=n_orders): what its first columns are sorted by; static
 * @n_orders: how many that are
 *
 * Makes the columns sortable.
 */
void
lb_column_order_init (LbColumnOrder *self,
                      GtkColumnView *view,
                      const LbOrder *orders,
                      guint n_orders)
{
  guint i;

  g_return_if_fail (self != NULL);
  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  *self = (LbColumnOrder){ .view = view, .orders = orders, .n_orders = n_orders };

  for (i = 0; i < n_orders; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = NULL;
      g_autoptr (GtkSorter) sorter = NULL;
      Sorting *sorting = g_new (Sorting, 1);

      sorting->columns = self;
      sorting->order = orders[i];
      sorter = GTK_SORTER (gtk_custom_sorter_new (compare, sorting, g_free));
      column = g_list_model_get_item (gtk_column_view_get_columns (view), i);
      gtk_column_view_column_set_sorter (column, sorter);
    }
}

/**
 * lb_column_order_get:
 * @self: the columns
 * @order: (out): what they are sorted by
 * @descending: (out): whether turned round
 *
 * A column view does not tell by which column it sorts. It asks the sorter of that one first, and
 * turns its answer round to sort descending: so a question gives it away.
 *
 * Returns: whether the view is sorted at all
 */
gboolean
lb_column_order_get (LbColumnOrder *self,
                     LbOrder *order,
                     gboolean *descending)
{
  GtkOrdering answer;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (order != NULL, FALSE);
  g_return_val_if_fail (descending != NULL, FALSE);

  /* Any two objects do, as long as they are two. */
  self->asked = order;
  answer = gtk_sorter_compare (gtk_column_view_get_sorter (self->view), self->view,
                               gtk_column_view_get_columns (self->view));
  self->asked = NULL;
  *descending = answer == GTK_ORDERING_LARGER;

  return answer != GTK_ORDERING_EQUAL;
}

/**
 * lb_column_order_set:
 * @self: the columns
 * @order: what to sort by, and by nothing else
 * @descending: whether turned round
 */
void
lb_column_order_set (LbColumnOrder *self,
                     LbOrder order,
                     gboolean descending)
{
  g_autoptr (GtkColumnViewColumn) column = NULL;
  guint i;

  g_return_if_fail (self != NULL);

  for (i = 0; i < self->n_orders; i++)
    if (self->orders[i] == order)
      column = g_list_model_get_item (gtk_column_view_get_columns (self->view), i);

  gtk_column_view_sort_by_column (self->view, column,
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}
