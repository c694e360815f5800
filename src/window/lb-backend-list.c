/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-backend-list.h"

#include <math.h>

#include "window/lb-backend-row.h"
#include "window/lb-row-menu.h"
#include "window/lb-weight-cell.h"

/**
 * LbBackendList:
 *
 * The list of backends under the chart: a column view with a [class@BackendRow] for each backend of
 * the pool.
 *
 * It is part of the window's template. It follows the pool by itself; figures come to it with each
 * snapshot. A click on a column's title sorts, and the rows move as their figures change. What can be
 * done with a backend are actions of the window: a double click and Enter edit, the Delete key removes,
 * and each row's [class@RowMenu], which a right click and the Menu key open as well, has all of them.
 */
struct _LbBackendList
{
  GtkWidget parent_instance;

  GtkColumnView *view;
  GtkSingleSelection *selection;
  GtkSortListModel *sorted;

  LbPool *pool;
  GListStore *rows; /* in the pool's order */

  gboolean refreshing; /* the order changes with the figures, not by a click */
  gboolean moved;      /* and it did */
};

/* The columns whose figures are set flush right, by position. */
#define FIRST_NUMBER_COLUMN 2
#define LAST_NUMBER_COLUMN 7

G_DEFINE_FINAL_TYPE (LbBackendList, lb_backend_list, GTK_TYPE_WIDGET)

static void
lb_backend_list_on_items_changed (LbBackendList *self,
                                  guint position,
                                  guint removed,
                                  guint added)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_full (added, g_object_unref);
  guint i;

  for (i = 0; i < added; i++)
    g_ptr_array_add (rows, lb_backend_row_new (lb_pool_get_backend (self->pool, position + i)));

  g_list_store_splice (self->rows, position, removed, rows->pdata, added);
}

/* The list view inside the column view, which has the rows. */
static GtkWidget *
lb_backend_list_get_list_view (LbBackendList *self)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  while (child != NULL && !GTK_IS_LIST_VIEW (child))
    child = gtk_widget_get_next_sibling (child);

  return child;
}

static void
lb_backend_list_scroll_to (LbBackendList *self,
                           guint position)
{
  GtkWidget *child = lb_backend_list_get_list_view (self);

  if (child != NULL && position < g_list_model_get_n_items (G_LIST_MODEL (self->sorted)))
    gtk_widget_activate_action (child, "list.scroll-to-item", "u", position);
}

/* The first row that is wholly to be seen. All are of one height. */
static guint
lb_backend_list_get_first_visible (LbBackendList *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));
  double upper = gtk_adjustment_get_upper (adjustment);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));

  if (upper <= 0.0)
    return 0;

  return (guint) ceil (gtk_adjustment_get_value (adjustment) / upper * n_rows);
}

static void
lb_backend_list_on_order_changed (LbBackendList *self)
{
  self->moved = TRUE;
}

/* Somebody asked for another order: its beginning is what they want to see. */
static void
lb_backend_list_on_sorter_changed (LbBackendList *self)
{
  if (!self->refreshing)
    lb_backend_list_scroll_to (self, 0);
}

/*
 * Puts the rows into the order of their new figures. GTK would keep the first row in sight and
 * scroll along with it; the place in the order stays instead.
 */
static void
lb_backend_list_sort_again (LbBackendList *self)
{
  guint position = lb_backend_list_get_first_visible (self);

  self->moved = FALSE;
  self->refreshing = TRUE;
  gtk_sorter_changed (gtk_column_view_get_sorter (self->view), GTK_SORTER_CHANGE_DIFFERENT);
  self->refreshing = FALSE;

  if (self->moved)
    lb_backend_list_scroll_to (self, position);
}

/* What can be done with the selected backend by a key of its own: `list.edit-selected` is the window's
 * `win.edit-backend` with its URL. */
static const struct
{
  const char *name;
  const char *window_action;
  guint keys[2];
  GdkModifierType modifiers;
} selected_actions[] = {
  { "list.edit-selected", "win.edit-backend", { GDK_KEY_F2, 0 }, 0 },
  { "list.copy-selected", "win.copy-url", { GDK_KEY_c, GDK_KEY_Insert }, GDK_CONTROL_MASK },
  { "list.remove-selected", "win.remove-backend", { GDK_KEY_Delete, GDK_KEY_KP_Delete }, 0 },
};

static void
lb_backend_list_activate_on_selected (GtkWidget *widget,
                                      const char *action_name,
                                      GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendList *self = LB_BACKEND_LIST (widget);
  LbBackendRow *row = gtk_single_selection_get_selected_item (self->selection);
  guint i;

  if (row == NULL)
    return;

  for (i = 0; i < G_N_ELEMENTS (selected_actions); i++)
    if (g_str_equal (selected_actions[i].name, action_name))
      gtk_widget_activate_action (widget, selected_actions[i].window_action, "s",
                                  lb_backend_get_url (lb_backend_row_get_backend (row)));
}

static void
lb_backend_list_class_add_selected_actions (GtkWidgetClass *widget_class)
{
  guint i;
  guint n;

  for (i = 0; i < G_N_ELEMENTS (selected_actions); i++)
    {
      gtk_widget_class_install_action (widget_class, selected_actions[i].name, NULL,
                                       lb_backend_list_activate_on_selected);
      for (n = 0; n < 2 && selected_actions[i].keys[n] != 0; n++)
        gtk_widget_class_add_binding_action (widget_class, selected_actions[i].keys[n],
                                             selected_actions[i].modifiers,
                                             selected_actions[i].name, NULL);
    }
}

static void
lb_backend_list_on_activate (LbBackendList *self,
                             guint position)
{
  g_autoptr (LbBackendRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-backend", "s",
                              lb_backend_get_url (lb_backend_row_get_backend (row)));
}

/* The menu somewhere in the cells of a row. */
static LbRowMenu *
find_row_menu (GtkWidget *widget)
{
  GtkWidget *child;

  if (LB_IS_ROW_MENU (widget))
    return LB_ROW_MENU (widget);

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      LbRowMenu *menu = find_row_menu (child);

      if (menu != NULL)
        return menu;
    }

  return NULL;
}

/* A column view has no word for the row at a place. Rows are the children of its list view. */
static void
lb_backend_list_on_secondary_click (GtkGestureClick *gesture,
                                    int n_press G_GNUC_UNUSED,
                                    double x,
                                    double y)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *widget = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT);
  LbRowMenu *menu = NULL;
  GdkRectangle at = { .width = 1, .height = 1 };
  double menu_x;
  double menu_y;

  while (widget != NULL && widget != view && !GTK_IS_LIST_VIEW (gtk_widget_get_parent (widget)))
    widget = gtk_widget_get_parent (widget);
  if (widget != NULL && widget != view)
    menu = find_row_menu (widget);

  if (menu == NULL ||
      !gtk_widget_translate_coordinates (view, GTK_WIDGET (menu), x, y, &menu_x, &menu_y))
    return;

  at.x = (int) menu_x;
  at.y = (int) menu_y;
  lb_row_menu_popup (menu, &at);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
lb_backend_list_open_menu (GtkWidget *widget,
                           const char *action_name G_GNUC_UNUSED,
                           GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendList *self = LB_BACKEND_LIST (widget);
  gpointer selected = gtk_single_selection_get_selected_item (self->selection);
  GtkWidget *list = lb_backend_list_get_list_view (self);
  GtkWidget *child = list != NULL ? gtk_widget_get_first_child (list) : NULL;

  for (; child != NULL && selected != NULL; child = gtk_widget_get_next_sibling (child))
    {
      LbRowMenu *menu = find_row_menu (child);

      if (menu != NULL && gtk_widget_get_mapped (child) && lb_row_menu_get_row (menu) == selected)
        {
          lb_row_menu_popup (menu, NULL);
          return;
        }
    }
}

/*
 * A column view has no way to align a title with the figures under it. The title's button holds one
 * box; that goes to the end of the column. Where GTK builds a title differently, it stays at the start.
 */
static void
lb_backend_list_align_titles (LbBackendList *self)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;
  guint i;

  for (i = 0; title != NULL; i++)
    {
      GtkWidget *content = gtk_widget_get_first_child (title);

      if (content != NULL && i >= FIRST_NUMBER_COLUMN && i <= LAST_NUMBER_COLUMN)
        gtk_widget_set_halign (content, GTK_ALIGN_END);
      title = gtk_widget_get_next_sibling (title);
    }
}

static void
lb_backend_list_dispose (GObject *object)
{
  LbBackendList *self = LB_BACKEND_LIST (object);
  GtkWidget *child;

  if (self->pool != NULL)
    g_signal_handlers_disconnect_by_data (self->pool, self);
  g_clear_object (&self->pool);
  child = gtk_widget_get_first_child (GTK_WIDGET (self));
  if (child != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->rows);

  G_OBJECT_CLASS (lb_backend_list_parent_class)->dispose (object);
}

static void
lb_backend_list_class_init (LbBackendListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_backend_list_dispose;

  g_type_ensure (LB_TYPE_BACKEND_ROW);
  g_type_ensure (LB_TYPE_ROW_MENU);
  g_type_ensure (LB_TYPE_WEIGHT_CELL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-backend-list.ui");
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, view);
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, selection);
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, sorted);

  gtk_widget_class_bind_template_callback (widget_class, lb_backend_list_on_activate);
  gtk_widget_class_bind_template_callback (widget_class, lb_backend_list_on_secondary_click);

  lb_backend_list_class_add_selected_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "list.open-menu", NULL, lb_backend_list_open_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "list.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "list.open-menu",
                                       NULL);
}

static void
lb_backend_list_init (LbBackendList *self)
{
  GtkSorter *sorter;

  self->rows = g_list_store_new (LB_TYPE_BACKEND_ROW);

  gtk_widget_init_template (GTK_WIDGET (self));
  sorter = gtk_column_view_get_sorter (self->view);

  gtk_sort_list_model_set_model (self->sorted, G_LIST_MODEL (self->rows));
  gtk_sort_list_model_set_sorter (self->sorted, sorter);
  g_signal_connect_object (self->sorted, "items-changed",
                           G_CALLBACK (lb_backend_list_on_order_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sorter, "changed", G_CALLBACK (lb_backend_list_on_sorter_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  lb_backend_list_align_titles (self);
}

/**
 * lb_backend_list_new:
 *
 * Returns: (transfer floating): a list without a pool
 */
GtkWidget *
lb_backend_list_new (void)
{
  return g_object_new (LB_TYPE_BACKEND_LIST, NULL);
}

/**
 * lb_backend_list_set_pool:
 * @self: a list that has no pool yet
 * @pool: the pool
 *
 * Shows the backends of @pool from now on.
 */
void
lb_backend_list_set_pool (LbBackendList *self,
                          LbPool *pool)
{
  g_return_if_fail (LB_IS_BACKEND_LIST (self));
  g_return_if_fail (LB_IS_POOL (pool));
  g_return_if_fail (self->pool == NULL);

  self->pool = g_object_ref (pool);
  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (lb_backend_list_on_items_changed),
                            self);
  lb_backend_list_on_items_changed (self, 0, 0, lb_pool_get_n_backends (pool));
}

/**
 * lb_backend_list_set_snapshot:
 * @self: a list
 * @snapshot: the latest figures
 *
 * Shows the figures of @snapshot. A snapshot is in the pool's order; should it be older than the
 * pool, the rows it does not fit keep theirs until the next.
 */
void
lb_backend_list_set_snapshot (LbBackendList *self,
                              LbSnapshot *snapshot)
{
  gboolean changed = FALSE;
  guint n_rows;
  guint i;

  g_return_if_fail (LB_IS_BACKEND_LIST (self));
  g_return_if_fail (snapshot != NULL);

  n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  for (i = 0; i < MIN (n_rows, snapshot->n_backends); i++)
    {
      g_autoptr (LbBackendRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      const char *url = lb_backend_get_url (lb_backend_row_get_backend (row));

      if (strcmp (url, snapshot->backends[i].url) == 0 &&
          lb_backend_row_update (row, &snapshot->backends[i]))
        changed = TRUE;
    }

  if (changed)
    lb_backend_list_sort_again (self);
}
