/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-backend-list.h"
#include "window/lb-backend-row.h"
#include "window/lb-row-menu.h"
#include "window/lb-weight-cell.h"
#include "window/lb-window-fixture.h"

typedef struct
{
  LbPool *pool;
  GtkWindow *window;
  LbBackendList *list;
  GtkColumnView *view;
  LbArranger *arranger;
  char *removed; /* the target of win.remove-backend */
} Fixture;

enum
{
  COLUMN_STATE,
  COLUMN_URL,
  COLUMN_WEIGHT,
  COLUMN_IN_FLIGHT,
  COLUMN_RESPONSE,
  COLUMN_P95,
  COLUMN_REDIRECTS,
};

static void
on_remove (GSimpleAction *action,
           GVariant *parameter,
           gpointer user_data)
{
  Fixture *f = user_data;

  g_free (f->removed);
  f->removed = g_variant_dup_string (parameter, NULL);
}

static LbBackend *
add (Fixture *f,
     const char *url)
{
  LbBackend *backend;
  g_autoptr (GError) error = NULL;

  backend = lb_pool_add (f->pool, url, &error);
  g_assert_no_error (error);

  return backend;
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  const GActionEntry entries[] = { { "remove-backend", on_remove, "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, 1, f);

  f->pool = lb_pool_new ();
  add (f, "http://127.0.0.1:9001");
  add (f, "http://127.0.0.1:9002");
  add (f, "http://127.0.0.1:9003");

  f->list = LB_BACKEND_LIST (lb_backend_list_new ());
  f->view = lb_template_child (f->list, "view");
  f->arranger = lb_arranger_new ();
  lb_backend_list_set_arranger (f->list, f->arranger);
  lb_backend_list_set_pool (f->list, f->pool);
  f->window = GTK_WINDOW (gtk_window_new ());
  gtk_widget_insert_action_group (GTK_WIDGET (f->window), "win", G_ACTION_GROUP (actions));
  gtk_window_set_child (f->window, GTK_WIDGET (f->list));
  gtk_window_present (f->window);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_object_add_weak_pointer (G_OBJECT (f->list), (gpointer *) &f->list);
  gtk_window_destroy (f->window);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (f->list);
  g_assert_finalize_object (f->arranger);
  g_assert_finalize_object (f->pool);
  g_free (f->removed);
}

static void
refresh (Fixture *f)
{
  const char *const nowhere[] = { NULL };
  g_autoptr (LbSnapshot) snapshot =
    lb_snapshot_new (f->pool, "random", nowhere, NULL, 1000, 1, 1, 0);

  lb_backend_list_set_snapshot (f->list, snapshot);
}

static void
redirect (Fixture *f,
          guint position,
          guint n)
{
  while (n-- > 0)
    lb_pool_count_redirect (f->pool, lb_pool_get_backend (f->pool, position), 0);
}

static void
sort_by (Fixture *f,
         guint position,
         GtkSortType direction)
{
  g_autoptr (GtkColumnViewColumn) column = NULL;

  column = g_list_model_get_item (gtk_column_view_get_columns (f->view), position);
  gtk_column_view_sort_by_column (f->view, column, direction);
}

/* The last digits of the ports, in the order of the rows. */
static void
assert_order (Fixture *f,
              const char *expected)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (f->view));
  g_autoptr (GString) order = g_string_new (NULL);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (model, i);
      g_autofree char *url = NULL;

      g_object_get (row, "url", &url, NULL);
      g_string_append_c (order, url[strlen (url) - 1]);
    }

  g_assert_cmpstr (order->str, ==, expected);
}

static void
test_follows_the_pool (Fixture *f,
                       gconstpointer user_data)
{
  g_autoptr (LbBackend) second = g_object_ref (lb_pool_get_backend (f->pool, 1));
  g_autoptr (GError) error = NULL;

  assert_order (f, "123");

  add (f, "http://127.0.0.1:9004");
  assert_order (f, "1234");

  lb_pool_remove (f->pool, second);
  assert_order (f, "134");

  lb_pool_insert (f->pool, second, 1, &error);
  g_assert_no_error (error);
  assert_order (f, "1234");
}

static void
test_sorts_by_what_is_shown_now (Fixture *f,
                                 gconstpointer user_data)
{
  redirect (f, 0, 3);
  redirect (f, 1, 5);
  redirect (f, 2, 4);
  refresh (f);
  assert_order (f, "123");

  sort_by (f, COLUMN_REDIRECTS, GTK_SORT_DESCENDING);
  assert_order (f, "231");

  redirect (f, 0, 10);
  assert_order (f, "231");
  refresh (f);
  assert_order (f, "123");

  sort_by (f, COLUMN_REDIRECTS, GTK_SORT_ASCENDING);
  assert_order (f, "321");
}

static void
test_sorts_what_has_no_answer_last (Fixture *f,
                                    gconstpointer user_data)
{
  const LbProbeResult fast = { .time_us = 1, .response_us = 100, .status = 200, .ok = TRUE };
  const LbProbeResult slow = { .time_us = 1, .response_us = 9000, .status = 200, .ok = TRUE };

  lb_backend_record_probe (lb_pool_get_backend (f->pool, 1), &slow, 0);
  lb_backend_record_probe (lb_pool_get_backend (f->pool, 2), &fast, 0);
  refresh (f);

  sort_by (f, COLUMN_RESPONSE, GTK_SORT_ASCENDING);
  assert_order (f, "321");
}

static void
test_sorting_again_keeps_the_place (Fixture *f,
                                    gconstpointer user_data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (f->view));
  double eleventh;
  guint i;

  gtk_window_set_default_size (f->window, 400, 300);
  for (i = 4; i <= 60; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:90%02u", i);

      add (f, url);
      redirect (f, i - 1, i);
    }
  refresh (f);
  sort_by (f, COLUMN_REDIRECTS, GTK_SORT_DESCENDING);
  lb_wait_for_frames (f->list);

  eleventh = gtk_adjustment_get_upper (adjustment) / 60 * 10;
  gtk_adjustment_set_value (adjustment, eleventh);
  lb_wait_for_frames (f->list);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, eleventh);

  /* The first rows become the last. */
  for (i = 0; i < 59; i++)
    redirect (f, i, 2 * (60 - i));
  refresh (f);
  lb_wait_for_frames (f->list);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, eleventh);

  /* Another order begins at its beginning. */
  sort_by (f, COLUMN_URL, GTK_SORT_ASCENDING);
  lb_wait_for_frames (f->list);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
}

static void
test_ignores_a_snapshot_from_before (Fixture *f,
                                     gconstpointer user_data)
{
  const char *const nowhere[] = { NULL };
  g_autoptr (LbSnapshot) before = NULL;

  redirect (f, 0, 7);
  before = lb_snapshot_new (f->pool, "random", nowhere, NULL, 1000, 1, 1, 0);
  lb_pool_remove (f->pool, lb_pool_get_backend (f->pool, 0));
  lb_backend_list_set_snapshot (f->list, before);

  {
    GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (f->view));
    g_autoptr (GObject) row = g_list_model_get_item (model, 0);
    g_autofree char *redirects = NULL;

    g_object_get (row, "redirects-text", &redirects, NULL);
    g_assert_cmpstr (redirects, ==, "0");
  }
}

static void
assert_arrangement (Fixture *f,
                    LbOrder order,
                    gboolean descending)
{
  const LbArrangement *arrangement = lb_arranger_get_arrangement (f->arranger);

  g_assert_cmpint (arrangement->order, ==, order);
  g_assert_cmpint (arrangement->descending, ==, descending);
}

/* A click on a title tells the arranger, and the arranger sorts the list. */
static void
test_order_is_the_arranger_s (Fixture *f,
                              gconstpointer user_data)
{
  redirect (f, 0, 1);
  redirect (f, 1, 3);
  redirect (f, 2, 2);
  refresh (f);

  sort_by (f, COLUMN_REDIRECTS, GTK_SORT_DESCENDING);
  assert_arrangement (f, LB_ORDER_REDIRECTS, TRUE);
  sort_by (f, COLUMN_URL, GTK_SORT_ASCENDING);
  assert_arrangement (f, LB_ORDER_URL, FALSE);
  assert_order (f, "123");

  lb_arranger_sort (f->arranger, LB_ORDER_SHARE, FALSE);
  assert_order (f, "132");
  assert_arrangement (f, LB_ORDER_SHARE, FALSE);
  lb_arranger_sort (f->arranger, LB_ORDER_URL, TRUE);
  assert_order (f, "321");
  lb_arranger_sort (f->arranger, LB_ORDER_POOL, TRUE);
  assert_order (f, "123");
  assert_arrangement (f, LB_ORDER_POOL, TRUE);
}

/* What was clicked before does not sort what is alike now, as it would if it were left to GTK. */
static void
test_order_is_by_one_column (Fixture *f,
                             gconstpointer user_data)
{
  redirect (f, 0, 1);
  redirect (f, 1, 3);
  redirect (f, 2, 2);
  refresh (f);

  sort_by (f, COLUMN_REDIRECTS, GTK_SORT_DESCENDING);
  assert_order (f, "231");
  sort_by (f, COLUMN_WEIGHT, GTK_SORT_ASCENDING);
  assert_order (f, "123");
}

static void
test_hides_what_does_not_match (Fixture *f,
                                gconstpointer user_data)
{
  refresh (f);
  g_object_set (f->arranger, "text", "9002", NULL);
  assert_order (f, "2");

  g_object_set (f->arranger, "text", "9004", NULL);
  assert_order (f, "");

  add (f, "http://127.0.0.1:9004");
  assert_order (f, "4");

  /* It goes by the figures as they come. */
  g_object_set (f->arranger, "text", NULL, "show", LB_SHOW_DOWN, NULL);
  assert_order (f, "");
  lb_backend_set_health (lb_pool_get_backend (f->pool, 2), LB_HEALTH_DOWN, 1);
  refresh (f);
  assert_order (f, "3");

  lb_arranger_show_all (f->arranger);
  assert_order (f, "1234");
}

static void
test_delete_removes_the_selected (Fixture *f,
                                  gconstpointer user_data)
{
  GtkSelectionModel *model = gtk_column_view_get_model (f->view);

  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (model), GTK_INVALID_LIST_POSITION);
  gtk_widget_activate_action (GTK_WIDGET (f->list), "list.remove-selected", NULL);
  g_assert_null (f->removed);

  gtk_selection_model_select_item (model, 1, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (f->list), "list.remove-selected", NULL);
  g_assert_cmpstr (f->removed, ==, "http://127.0.0.1:9002");
}

/* Finds the weight cell of the row of a backend. */
static GtkWidget *
find_weight_cell (GtkWidget *widget,
                  LbBackend *backend)
{
  GtkWidget *child;

  if (LB_IS_WEIGHT_CELL (widget))
    {
      g_autoptr (LbBackendRow) row = NULL;

      g_object_get (widget, "row", &row, NULL);

      return row != NULL && lb_backend_row_get_backend (row) == backend ? widget : NULL;
    }

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_weight_cell (child, backend);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The Tab key goes into the cells, where GTK selects nothing. */
static void
test_selection_follows_the_focus (Fixture *f,
                                  gconstpointer user_data)
{
  guint i;

  for (i = 0; i < 3; i++)
    {
      LbBackend *backend = lb_pool_get_backend (f->pool, i);
      GtkWidget *cell = find_weight_cell (GTK_WIDGET (f->view), backend);

      g_assert_true (gtk_widget_grab_focus (lb_template_child (cell, "button")));
      g_assert_true (lb_backend_list_get_selected (f->list) == backend);
    }

  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (f->view)),
                                     GTK_INVALID_LIST_POSITION);
  gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (f->list)), NULL);
  lb_backend_list_focus (f->list);
  g_assert_null (lb_backend_list_get_selected (f->list));
}

static void
test_selection_outlives_a_move (Fixture *f,
                                gconstpointer user_data)
{
  GtkSelectionModel *model = gtk_column_view_get_model (f->view);
  LbBackend *second = lb_pool_get_backend (f->pool, 1);

  gtk_selection_model_select_item (model, 1, TRUE);
  lb_pool_move (f->pool, second, 2);
  g_assert_true (lb_backend_list_get_selected (f->list) == second);

  lb_pool_remove (f->pool, second);
  g_assert_null (lb_backend_list_get_selected (f->list));
}

/* How far the list is scrolled away from where reading begins. */
static double
get_distance (Fixture *f)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (f->view));
  const double value = gtk_adjustment_get_value (adjustment);
  const double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  return gtk_widget_get_direction (GTK_WIDGET (f->list)) == GTK_TEXT_DIR_RTL ? end - value : value;
}

static gboolean
is_too_wide (gpointer user_data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (user_data);

  return gtk_adjustment_get_upper (adjustment) > gtk_adjustment_get_page_size (adjustment) + 50 &&
         gtk_adjustment_get_page_size (adjustment) > 1;
}

static void
test_begins_where_reading_does (Fixture *f,
                                gconstpointer user_data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (f->view));

  gtk_window_set_default_size (f->window, 360, 294);
  lb_wait_until (is_too_wide, f->view);
  g_assert_cmpfloat (get_distance (f), ==, 0);

  gtk_widget_set_direction (lb_template_child (f->list, "scroller"), GTK_TEXT_DIR_RTL);
  gtk_widget_set_direction (GTK_WIDGET (f->list), GTK_TEXT_DIR_RTL);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), >, 0);
  g_assert_cmpfloat (get_distance (f), ==, 0);

  /* What a person scrolls to stays in sight when the list gets narrower or wider. */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 20);
  g_assert_cmpfloat (get_distance (f), ==, 20);
  gtk_adjustment_set_page_size (adjustment, gtk_adjustment_get_page_size (adjustment) - 30);
  g_assert_cmpfloat (get_distance (f), ==, 20);
}

static void
on_after_paint (GdkFrameClock *clock,
                gpointer user_data)
{
  gboolean *painted = user_data;

  *painted = TRUE;
}

static gboolean
is_set (gpointer user_data)
{
  const gboolean *flag = user_data;

  return *flag;
}

/* Until everything has its place. */
static void
wait_for_a_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &painted);

  gtk_widget_queue_draw (widget);
  lb_wait_until (is_set, &painted);
  g_signal_handler_disconnect (clock, handler);
}

/* The menus' buttons are at the end of the rows, out of sight. */
static void
test_menu_is_where_its_row_is_seen (Fixture *f,
                                    gconstpointer user_data)
{
  static const GtkTextDirection directions[] = { GTK_TEXT_DIR_LTR, GTK_TEXT_DIR_RTL };

  gtk_window_set_default_size (f->window, 280, 200);
  lb_wait_until (is_too_wide, f->view);
  gtk_selection_model_select_item (gtk_column_view_get_model (f->view), 0, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      LbRowMenu *menu = lb_find_descendant (f->list, LB_TYPE_ROW_MENU);
      GtkPopover *popover;
      GdkRectangle at;
      graphene_point_t place;

      gtk_widget_set_default_direction (directions[i]);
      wait_for_a_frame (GTK_WIDGET (f->window));
      gtk_widget_activate_action (GTK_WIDGET (f->list), "list.open-menu", NULL);
      popover = lb_find_descendant (menu, GTK_TYPE_POPOVER);
      g_assert_nonnull (popover);

      g_assert_true (gtk_popover_get_pointing_to (popover, &at));
      g_assert_true (gtk_widget_compute_point (
        gtk_widget_get_parent (GTK_WIDGET (popover)), GTK_WIDGET (f->view),
        &GRAPHENE_POINT_INIT ((float) at.x, (float) at.y), &place));
      g_assert_cmpfloat (place.x, >=, 0);
      g_assert_cmpfloat (place.x, <, gtk_widget_get_width (GTK_WIDGET (f->view)));
      gtk_popover_popdown (popover);
    }

  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/backend-list/follows-the-pool", test_follows_the_pool);
  ADD ("/backend-list/sorts-by-what-is-shown-now", test_sorts_by_what_is_shown_now);
  ADD ("/backend-list/sorts-what-has-no-answer-last", test_sorts_what_has_no_answer_last);
  ADD ("/backend-list/sorting-again-keeps-the-place", test_sorting_again_keeps_the_place);
  ADD ("/backend-list/ignores-a-snapshot-from-before", test_ignores_a_snapshot_from_before);
  ADD ("/backend-list/order-is-the-arranger-s", test_order_is_the_arranger_s);
  ADD ("/backend-list/order-is-by-one-column", test_order_is_by_one_column);
  ADD ("/backend-list/hides-what-does-not-match", test_hides_what_does_not_match);
  ADD ("/backend-list/selection-follows-the-focus", test_selection_follows_the_focus);
  ADD ("/backend-list/selection-outlives-a-move", test_selection_outlives_a_move);
  ADD ("/backend-list/begins-where-reading-does", test_begins_where_reading_does);
  ADD ("/backend-list/delete-removes-the-selected", test_delete_removes_the_selected);
  ADD ("/backend-list/menu-is-where-its-row-is-seen", test_menu_is_where_its_row_is_seen);

#undef ADD

  return lb_window_test_run ();
}
