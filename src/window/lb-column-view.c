/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-column-view.h"

#include <math.h>

/*
 * What a GtkColumnView of GTK 4.8 has no word for. All of it looks at the widgets inside: first the row
 * of titles, then a list view, whose children are the rows to be seen. Where GTK builds it differently
 * nothing is found, and nothing happens.
 */

/**
 * lb_column_view_get_list:
 * @view: a column view
 *
 * Returns: (transfer none) (nullable): the list view inside, which has the rows
 */
GtkWidget *
lb_column_view_get_list (GtkColumnView *view)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (view));

  while (child != NULL && !GTK_IS_LIST_VIEW (child))
    child = gtk_widget_get_next_sibling (child);

  return child;
}

/**
 * lb_column_view_get_focus:
 * @view: a column view
 *
 * Returns: (transfer none) (nullable): what has the focus, if that is in it
 */
GtkWidget *
lb_column_view_get_focus (GtkColumnView *view)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (view));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (view)) ? focus : NULL;
}

/**
 * lb_column_view_find_row:
 * @widget: (nullable): any widget
 *
 * Returns: (transfer none) (nullable): the row that @widget is or is in
 */
GtkWidget *
lb_column_view_find_row (GtkWidget *widget)
{
  while (widget != NULL && !GTK_IS_LIST_VIEW (gtk_widget_get_parent (widget)))
    widget = gtk_widget_get_parent (widget);

  return widget;
}

/**
 * lb_column_view_scroll_to:
 * @view: a column view
 * @position: a row
 *
 * Brings a row into sight, if there is such a row.
 */
void
lb_column_view_scroll_to (GtkColumnView *view,
                          guint position)
{
  GtkWidget *list = lb_column_view_get_list (view);

  if (list != NULL && position < g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view))))
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
}

/**
 * lb_column_view_get_first_visible:
 * @view: a column view whose rows are all of one height
 *
 * Returns: the first row that is wholly to be seen
 */
guint
lb_column_view_get_first_visible (GtkColumnView *view)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  double upper = gtk_adjustment_get_upper (adjustment);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view)));

  if (upper <= 0.0)
    return 0;

  return (guint) ceil (gtk_adjustment_get_value (adjustment) / upper * n_rows);
}

/**
 * lb_column_view_align_titles:
 * @view: a column view
 * @first: the first column of numbers
 * @last: the last one
 *
 * Sets the titles of these columns flush with the numbers under them, at the end of the column. A
 * title's button holds one box; that goes there.
 */
void
lb_column_view_align_titles (GtkColumnView *view,
                             guint first,
                             guint last)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;
  guint i;

  for (i = 0; title != NULL; i++)
    {
      GtkWidget *content = gtk_widget_get_first_child (title);

      if (content != NULL && i >= first && i <= last)
        gtk_widget_set_halign (content, GTK_ALIGN_END);
      title = gtk_widget_get_next_sibling (title);
    }
}

/**
 * lb_column_view_set_label:
 * @view: a column view
 * @label: what its rows are, for a screen reader
 *
 * Names what takes the focus, which is the list view inside. The row of titles never does.
 */
void
lb_column_view_set_label (GtkColumnView *view,
                          const char *label)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *list = lb_column_view_get_list (view);

  if (header != NULL && header != list)
    gtk_widget_set_focusable (header, FALSE);
  if (list != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}
