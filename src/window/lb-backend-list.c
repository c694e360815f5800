/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-backend-list.h"

#include <glib/gi18n-lib.h>

#include "window/lb-backend-row.h"
#include "window/lb-column-order.h"
#include "window/lb-column-view.h"
#include "window/lb-row-menu.h"
#include "window/lb-start-edge.h"
#include "window/lb-weight-cell.h"

/**
 * LbBackendList:
 *
 * The list of backends under the chart: a column view with a [class@BackendRow] for each backend of
 * the pool.
 *
 * It is part of the window's template. It follows the pool by itself; figures come to it with each
 * snapshot, and the rows move as they change. Which rows are shown and in which order is the
 * [class@Arranger]'s business, for the charts show the same; a click on a column's title tells it so.
 *
 * What can be done with a backend are actions of the window: a double click and Enter show its
 * details, F2 edits, the Delete key removes, and each row's [class@RowMenu], which a right click and
 * the Menu key open as well, has all of them. The selection follows the focus, so that a key always
 * means the row where the focus is.
 */
struct _LbBackendList
{
  GtkWidget parent_instance;

  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GtkSingleSelection *selection;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;

  LbArranger *arranger;
  LbPool *pool;
  GListStore *rows; /* in the pool's order */

  gboolean focusing;   /* it is not a person who moves the focus */
  gboolean refreshing; /* the order changes with the figures, not by a click */
  gboolean moved;      /* and it did */
  LbColumnOrder order; /* what a click on a title asks for */
};

/* What the columns are sorted by, by position. */
static const LbOrder column_orders[] = {
  LB_ORDER_HEALTH, LB_ORDER_URL, LB_ORDER_WEIGHT, LB_ORDER_IN_FLIGHT,
  LB_ORDER_RESPONSE_TIME, LB_ORDER_P95, LB_ORDER_REDIRECTS, LB_ORDER_SHARE,
};

enum
{
  PROP_SELECTED = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* The columns whose figures are set flush right, by position. */
#define FIRST_NUMBER_COLUMN 2
#define LAST_NUMBER_COLUMN 7

G_DEFINE_FINAL_TYPE (LbBackendList, lb_backend_list, GTK_TYPE_WIDGET)

/* Returns: whether @backend is to be seen; @position: (out): in which row */
static gboolean
lb_backend_list_find (LbBackendList *self,
                      LbBackend *backend,
                      guint *position)
{
  const guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));
  guint i;

  for (i = 0; i < n_rows; i++)
    {
      g_autoptr (LbBackendRow) row = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (lb_backend_row_get_backend (row) == backend)
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

/* Of the rows at @position the one that was selected may have been: who has moved, or has another URL
 * and so is another, stays selected. */
static void
lb_backend_list_keep_selected (LbBackendList *self,
                               LbBackend *selected,
                               guint position,
                               guint removed,
                               guint added)
{
  guint row;

  if (lb_backend_list_get_selected (self) != NULL)
    return;

  if (removed == 1 && added == 1)
    selected = lb_pool_get_backend (self->pool, position);
  if (lb_backend_list_find (self, selected, &row))
    gtk_single_selection_set_selected (self->selection, row);
}

/* Returns: (transfer full): the rows at @position, by their backend */
static GHashTable *
lb_backend_list_index_rows (LbBackendList *self,
                            guint position,
                            guint n)
{
  GHashTable *rows = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  guint i;

  for (i = position; i < position + n; i++)
    {
      LbBackendRow *row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      g_hash_table_insert (rows, lb_backend_row_get_backend (row), row);
    }

  return rows;
}

/* Who only moves keeps its row, and so its figures. */
static void
lb_backend_list_on_items_changed (LbBackendList *self,
                                  guint position,
                                  guint removed,
                                  guint added)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_full (added, g_object_unref);
  g_autoptr (GHashTable) known = lb_backend_list_index_rows (self, position, removed);
  g_autoptr (LbBackend) selected = NULL;
  g_autoptr (GtkWidget) focus = NULL;
  guint i;

  g_set_object (&focus, lb_column_view_get_focus (self->view));
  g_set_object (&selected, lb_backend_list_get_selected (self));
  for (i = 0; i < added; i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, position + i);
      LbBackendRow *row = g_hash_table_lookup (known, backend);

      g_ptr_array_add (rows, row != NULL ? g_object_ref (row) : lb_backend_row_new (backend));
    }

  g_list_store_splice (self->rows, position, removed, rows->pdata, added);
  if (selected != NULL)
    lb_backend_list_keep_selected (self, selected, position, removed, added);

  /* By itself GTK moves it with the next frame, to whatever is there; until then keys are lost. */
  if (focus != NULL && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    lb_backend_list_focus (self);
}

static void
lb_backend_list_on_order_changed (LbBackendList *self)
{
  self->moved = TRUE;
}

/* Somebody clicked on a title. */
static void
lb_backend_list_on_sorter_changed (LbBackendList *self)
{
  LbOrder order;
  gboolean descending;

  if (!self->refreshing && self->arranger != NULL &&
      lb_column_order_get (&self->order, &order, &descending))
    lb_arranger_sort (self->arranger, order, descending);
}

/* Another order's beginning is what people want to see. */
static void
lb_backend_list_sort (LbBackendList *self)
{
  const LbArrangement *arrangement = lb_arranger_get_arrangement (self->arranger);

  self->refreshing = TRUE;
  lb_column_order_set (&self->order, arrangement->order, arrangement->descending);
  self->refreshing = FALSE;
  lb_column_view_scroll_to (self->view, 0);
}

static int
lb_backend_list_match (gpointer item,
                       gpointer user_data)
{
  LbBackendList *self = user_data;

  return lb_arrangement_matches (lb_arranger_get_arrangement (self->arranger),
                                 lb_backend_row_get_figures (item));
}

static void
lb_backend_list_filter (LbBackendList *self)
{
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered), GTK_FILTER_CHANGE_DIFFERENT);
}

/*
 * Puts the rows into the order of their new figures. GTK would keep the first row in sight and
 * scroll along with it; the place in the order stays instead.
 */
static void
lb_backend_list_sort_again (LbBackendList *self)
{
  guint position = lb_column_view_get_first_visible (self->view);

  self->moved = FALSE;
  self->refreshing = TRUE;
  gtk_sorter_changed (gtk_column_view_get_sorter (self->view), GTK_SORTER_CHANGE_DIFFERENT);
  self->refreshing = FALSE;

  if (self->moved)
    lb_column_view_scroll_to (self->view, position);
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

/* GTK selects with the arrow keys, but not where the Tab key goes, or a click on a button in a row. */
static void
lb_backend_list_on_focus (LbBackendList *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row;
  LbRowMenu *menu;
  LbBackend *backend;
  guint position;

  if (self->focusing || focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return;

  row = lb_column_view_find_row (focus);
  menu = row != NULL ? lb_row_menu_find (row) : NULL;
  if (menu == NULL || lb_row_menu_get_row (menu) == NULL)
    return;

  backend = lb_backend_row_get_backend (lb_row_menu_get_row (menu));
  if (lb_backend_list_find (self, backend, &position))
    gtk_single_selection_set_selected (self->selection, position);
}

static void
lb_backend_list_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lb_backend_list_parent_class)->root (widget);

  g_signal_connect_swapped (gtk_widget_get_root (widget), "notify::focus-widget",
                            G_CALLBACK (lb_backend_list_on_focus), widget);
}

static void
lb_backend_list_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_root (widget), widget);

  GTK_WIDGET_CLASS (lb_backend_list_parent_class)->unroot (widget);
}

static void
lb_backend_list_on_activate (LbBackendList *self,
                             guint position)
{
  g_autoptr (LbBackendRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-details", "s",
                              lb_backend_get_url (lb_backend_row_get_backend (row)));
}

/*
 * The space bar freezes the charts here as anywhere, in place of taking back the selection, for which
 * there is Ctrl+Space. The buttons in a row have it to themselves.
 */
static gboolean
lb_backend_list_on_space (GtkWidget *widget,
                          GVariant *args G_GNUC_UNUSED,
                          gpointer user_data G_GNUC_UNUSED)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || !GTK_IS_LIST_VIEW (gtk_widget_get_parent (focus)))
    return FALSE;

  return gtk_widget_activate_action (widget, "win.freeze-chart", NULL);
}

static void
lb_backend_list_add_space (LbBackendList *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcut *shortcut =
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0),
                      gtk_callback_action_new (lb_backend_list_on_space, NULL, NULL));

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
lb_backend_list_on_secondary_click (GtkGestureClick *gesture,
                                    int n_press G_GNUC_UNUSED,
                                    double x,
                                    double y)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *row = lb_column_view_find_row (gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT));
  LbRowMenu *menu = row != NULL ? lb_row_menu_find (row) : NULL;
  GdkRectangle at = { .width = 1, .height = 1 };
  double menu_x;
  double menu_y;

  if (menu == NULL ||
      !gtk_widget_translate_coordinates (view, GTK_WIDGET (menu), x, y, &menu_x, &menu_y))
    return;

  at.x = (int) menu_x;
  at.y = (int) menu_y;
  lb_row_menu_popup (menu, &at);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

/*
 * Returns: whether the button of @menu is scrolled out of sight; @at: (out): the end of its row as far
 * as that can be seen, relative to @menu
 */
static gboolean
lb_backend_list_find_end (LbBackendList *self,
                          LbRowMenu *menu,
                          GdkRectangle *at)
{
  const float width = (float) gtk_widget_get_width (GTK_WIDGET (self->view));
  graphene_rect_t bounds;
  float edge;

  if (!gtk_widget_compute_bounds (GTK_WIDGET (menu), GTK_WIDGET (self->view), &bounds) ||
      (bounds.origin.x >= 0 && bounds.origin.x + bounds.size.width <= width))
    return FALSE;

  edge = bounds.origin.x < 0 ? 0 : width - 1;
  *at = (GdkRectangle){ (int) (edge - bounds.origin.x), (int) (bounds.size.height / 2), 1, 1 };

  return TRUE;
}

static void
lb_backend_list_open_menu (GtkWidget *widget,
                           const char *action_name G_GNUC_UNUSED,
                           GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendList *self = LB_BACKEND_LIST (widget);
  gpointer selected = gtk_single_selection_get_selected_item (self->selection);
  GtkWidget *list = lb_column_view_get_list (self->view);
  GtkWidget *child = list != NULL ? gtk_widget_get_first_child (list) : NULL;

  for (; child != NULL && selected != NULL; child = gtk_widget_get_next_sibling (child))
    {
      LbRowMenu *menu = lb_row_menu_find (child);

      if (menu != NULL && gtk_widget_get_mapped (child) && lb_row_menu_get_row (menu) == selected)
        {
          GdkRectangle end;

          lb_row_menu_popup (menu, lb_backend_list_find_end (self, menu, &end) ? &end : NULL);
          return;
        }
    }
}

static void
lb_backend_list_on_selected (LbBackendList *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
lb_backend_list_get_property (GObject *object,
                              guint prop_id,
                              GValue *value,
                              GParamSpec *pspec)
{
  LbBackendList *self = LB_BACKEND_LIST (object);

  switch (prop_id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, lb_backend_list_get_selected (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
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
  if (self->arranger != NULL)
    g_signal_handlers_disconnect_by_data (self->arranger, self);
  g_clear_object (&self->arranger);
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

  object_class->get_property = lb_backend_list_get_property;
  object_class->dispose = lb_backend_list_dispose;
  widget_class->root = lb_backend_list_root;
  widget_class->unroot = lb_backend_list_unroot;

  /**
   * LbBackendList:selected:
   *
   * The backend in the selected row, if there is one.
   */
  properties[PROP_SELECTED] =
    g_param_spec_object ("selected", NULL, NULL, LB_TYPE_BACKEND,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (LB_TYPE_BACKEND_ROW);
  g_type_ensure (LB_TYPE_ROW_MENU);
  g_type_ensure (LB_TYPE_WEIGHT_CELL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-backend-list.ui");
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, scroller);
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, view);
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, selection);
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, filtered);
  gtk_widget_class_bind_template_child (widget_class, LbBackendList, sorted);

  gtk_widget_class_bind_template_callback (widget_class, lb_backend_list_on_activate);
  gtk_widget_class_bind_template_callback (widget_class, lb_backend_list_on_selected);
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
  lb_column_order_init (&self->order, self->view, column_orders, G_N_ELEMENTS (column_orders));
  lb_start_edge_keep (self->scroller);
  lb_backend_list_add_space (self);
  sorter = gtk_column_view_get_sorter (self->view);

  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->rows));
  gtk_sort_list_model_set_sorter (self->sorted, sorter);
  g_signal_connect_object (self->sorted, "items-changed",
                           G_CALLBACK (lb_backend_list_on_order_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sorter, "changed", G_CALLBACK (lb_backend_list_on_sorter_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  lb_column_view_align_titles (self->view, FIRST_NUMBER_COLUMN, LAST_NUMBER_COLUMN);
  lb_column_view_set_label (self->view, _ ("Backends"));
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
 * lb_backend_list_get_selected:
 * @self: a list
 *
 * Returns: (transfer none) (nullable): the backend in the selected row
 */
LbBackend *
lb_backend_list_get_selected (LbBackendList *self)
{
  LbBackendRow *row;

  g_return_val_if_fail (LB_IS_BACKEND_LIST (self), NULL);

  row = gtk_single_selection_get_selected_item (self->selection);

  return row != NULL ? lb_backend_row_get_backend (row) : NULL;
}

/**
 * lb_backend_list_select:
 * @self: a list
 * @backend: a backend
 *
 * Selects its row and brings it into sight, unless it is not shown.
 */
void
lb_backend_list_select (LbBackendList *self,
                        LbBackend *backend)
{
  guint position;

  g_return_if_fail (LB_IS_BACKEND_LIST (self));
  g_return_if_fail (LB_IS_BACKEND (backend));

  if (!lb_backend_list_find (self, backend, &position))
    return;

  gtk_single_selection_set_selected (self->selection, position);
  lb_column_view_scroll_to (self->view, position);
}

/**
 * lb_backend_list_select_first:
 * @self: a list
 *
 * Selects the row that is at the top, if there is any.
 */
void
lb_backend_list_select_first (LbBackendList *self)
{
  g_return_if_fail (LB_IS_BACKEND_LIST (self));

  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    return;

  gtk_single_selection_set_selected (self->selection, 0);
  lb_column_view_scroll_to (self->view, 0);
}

/* Returns: (transfer none) (nullable): the widget of the row that is selected, if there is one */
static GtkWidget *
lb_backend_list_find_selected (LbBackendList *self)
{
  LbBackend *selected = lb_backend_list_get_selected (self);
  GtkWidget *list = lb_column_view_get_list (self->view);
  GtkWidget *row;

  if (selected == NULL || list == NULL)
    return NULL;

  for (row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      LbRowMenu *menu = lb_row_menu_find (row);

      if (menu != NULL && lb_row_menu_get_row (menu) != NULL &&
          lb_backend_row_get_backend (lb_row_menu_get_row (menu)) == selected)
        return row;
    }

  return NULL;
}

/**
 * lb_backend_list_focus:
 * @self: a list
 *
 * Gives the focus to the row that is selected, or else to any, and selects none. Not by gtk_widget_grab_focus(): GTK calls that on the
 * way of the Tab key too, which would then pass over what comes before.
 */
void
lb_backend_list_focus (LbBackendList *self)
{
  GtkWidget *row;

  g_return_if_fail (LB_IS_BACKEND_LIST (self));

  row = lb_backend_list_find_selected (self);
  self->focusing = TRUE;
  if (row == NULL || !gtk_widget_grab_focus (row))
    gtk_widget_grab_focus (GTK_WIDGET (self->view));
  self->focusing = FALSE;
}

static void
lb_backend_list_on_arranged (LbBackendList *self)
{
  lb_backend_list_filter (self);
  lb_backend_list_sort (self);
}

/**
 * lb_backend_list_set_arranger:
 * @self: a list that has no arranger yet
 * @arranger: what is shown and in which order; a click on a title changes it
 */
void
lb_backend_list_set_arranger (LbBackendList *self,
                              LbArranger *arranger)
{
  g_autoptr (GtkFilter) filter = NULL;

  g_return_if_fail (LB_IS_BACKEND_LIST (self));
  g_return_if_fail (LB_IS_ARRANGER (arranger));
  g_return_if_fail (self->arranger == NULL);

  self->arranger = g_object_ref (arranger);
  filter = GTK_FILTER (gtk_custom_filter_new (lb_backend_list_match, self, NULL));
  gtk_filter_list_model_set_filter (self->filtered, filter);
  g_signal_connect_swapped (arranger, "changed", G_CALLBACK (lb_backend_list_on_arranged), self);
  lb_backend_list_on_arranged (self);
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

  if (self->arranger != NULL &&
      lb_arrangement_hides (lb_arranger_get_arrangement (self->arranger)))
    lb_backend_list_filter (self);
  if (changed)
    lb_backend_list_sort_again (self);
}
