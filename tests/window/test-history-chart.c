/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pool/history-fixture.h"
#include "window/lb-history-view.h"
#include "window/lb-history-worker.h"
#include "window/lb-window-fixture.h"

#define WIDTH 640
#define HEIGHT 360
#define DEADLINE_US (10 * G_USEC_PER_SEC)

/* A view on the screen, as the window has it. */
typedef struct
{
  GtkWidget *window;
  GtkWidget *view;
  LbHistoryChart *chart;
  LbHistoryCrosshair *crosshair;
  HistoryFixture history;
} Fixture;

/* So many seconds more, and the chart gets to know. */
static void
pass (Fixture *f,
      guint n_seconds,
      HistoryFixtureFunc func)
{
  g_autoptr (LbHistorySlice) slice = NULL;

  for (guint i = 0; i < n_seconds; i++)
    history_fixture_write (&f->history, f->history.second + 1, func, NULL);
  slice = history_fixture_slice (&f->history);
  lb_history_view_set_slice (LB_HISTORY_VIEW (f->view), slice);
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  history_fixture_init (&f->history, 3);
  f->history.second = HISTORY_FIXTURE_END - 3600;

  f->view = lb_history_view_new ();
  f->chart = lb_history_view_get_chart (LB_HISTORY_VIEW (f->view));
  f->crosshair = lb_history_chart_get_crosshair (f->chart);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (f->window), f->view);
  gtk_window_present (GTK_WINDOW (f->window));
  lb_wait_for_frames (f->window);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_object_add_weak_pointer (G_OBJECT (f->view), (gpointer *) &f->view);
  g_object_add_weak_pointer (G_OBJECT (f->chart), (gpointer *) &f->chart);
  gtk_window_destroy (GTK_WINDOW (f->window));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (f->view);
  g_assert_null (f->chart);
  history_fixture_clear (&f->history);
}

/* Does what a key does, without a window manager to make the window active. */
static void
press (Fixture *f,
       guint keyval,
       GdkModifierType modifiers)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->chart));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      for (guint j = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) &&
                        j < g_list_model_get_n_items (G_LIST_MODEL (controller));
           j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (!GTK_IS_KEYVAL_TRIGGER (trigger) ||
              gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) != keyval ||
              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) != modifiers)
            continue;

          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0,
                                        GTK_WIDGET (f->chart),
                                        gtk_shortcut_get_arguments (shortcut));
          lb_wait_for_frames (f->window);
          return;
        }
    }

  g_error ("no shortcut for key %u", keyval);
}

static void
assert_label (Fixture *f,
              const char *label)
{
  gtk_test_accessible_assert_property (f->chart, GTK_ACCESSIBLE_PROPERTY_LABEL, label);
}

static void
go_down_once (LbHistorySample *sample,
              guint backend,
              gint64 second,
              gpointer user_data)
{
  if (backend == 1 && second > HISTORY_FIXTURE_END - 3600 + 80)
    sample->health = LB_HEALTH_DOWN;
}

static void
test_tells_what_it_shows (Fixture *f,
                          gconstpointer user_data)
{
  assert_label (f, "History of response times");

  pass (f, 100, go_down_once);
  lb_wait_for_frames (f->window);
  gtk_test_accessible_assert_role (f->chart, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (
    f->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "10 minutes up to 21:01:40. 127.0.0.1:9001: 10.0 ms. 127.0.0.1:9002: down. 127.0.0.1:9003: "
    "10.0 ms. Last changes: 21:01:20 – 21:01:21 127.0.0.1:9002 went down.");
}

static void
test_keys_move_the_crosshair (Fixture *f,
                              gconstpointer user_data)
{
  pass (f, 1000, NULL);
  lb_history_chart_set_range (f->chart, 60);
  lb_wait_for_frames (f->window);

  press (f, GDK_KEY_Left, 0);
  assert_label (f, "21:16:40, 127.0.0.1:9001: 10.0 ms, 127.0.0.1:9002: 10.0 ms, "
                   "127.0.0.1:9003: 10.0 ms");
  press (f, GDK_KEY_Left, 0);
  press (f, GDK_KEY_Left, 0);
  press (f, GDK_KEY_Right, 0);
  press (f, GDK_KEY_Down, 0);
  press (f, GDK_KEY_Down, 0);
  g_assert_cmpstr (lb_history_crosshair_get_selected (f->crosshair), ==, "http://127.0.0.1:9002");
  assert_label (f, "21:16:39, 127.0.0.1:9002: 10.0 ms, 127.0.0.1:9001: 10.0 ms, "
                   "127.0.0.1:9003: 10.0 ms");
  g_assert_true (lb_history_chart_get_follows (f->chart));

  press (f, GDK_KEY_Home, 0);
  g_assert_false (lb_history_chart_get_follows (f->chart));
  assert_label (f, "21:00:01, 127.0.0.1:9002: 10.0 ms, 127.0.0.1:9001: 10.0 ms, "
                   "127.0.0.1:9003: 10.0 ms");
  press (f, GDK_KEY_Left, 0);
  assert_label (f, "21:00:01, 127.0.0.1:9002: 10.0 ms, 127.0.0.1:9001: 10.0 ms, "
                   "127.0.0.1:9003: 10.0 ms");

  press (f, GDK_KEY_End, 0);
  g_assert_true (lb_history_chart_get_follows (f->chart));
  press (f, GDK_KEY_Escape, 0);
  g_assert_null (lb_history_crosshair_get_selected (f->crosshair));
  assert_label (f, "History of response times");
}

static void
test_the_crosshair_takes_the_picture_along (Fixture *f,
                                            gconstpointer user_data)
{
  pass (f, 1000, NULL);
  lb_history_chart_set_range (f->chart, 10);
  lb_wait_for_frames (f->window);

  for (guint i = 0; i < 15; i++)
    press (f, GDK_KEY_Left, 0);
  g_assert_false (lb_history_chart_get_follows (f->chart));
  assert_label (f, "21:16:26, 127.0.0.1:9001: 10.0 ms, 127.0.0.1:9002: 10.0 ms, "
                   "127.0.0.1:9003: 10.0 ms");
}

static void
test_keys_zoom_and_pan (Fixture *f,
                        gconstpointer user_data)
{
  pass (f, 3600, NULL);
  lb_wait_for_frames (f->window);
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 600);

  press (f, GDK_KEY_plus, 0);
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 400);
  g_assert_true (lb_history_chart_get_follows (f->chart));
  press (f, GDK_KEY_minus, 0);
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 600);
  press (f, GDK_KEY_KP_Subtract, 0);
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 900);
  for (guint i = 0; i < 6; i++)
    press (f, GDK_KEY_minus, 0);
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 3600);
  for (guint i = 0; i < 20; i++)
    press (f, GDK_KEY_equal, 0);
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 10);

  press (f, GDK_KEY_Left, GDK_CONTROL_MASK);
  g_assert_false (lb_history_chart_get_follows (f->chart));
  press (f, GDK_KEY_Page_Down, 0);
  g_assert_true (lb_history_chart_get_follows (f->chart));
  press (f, GDK_KEY_Page_Up, 0);
  g_assert_false (lb_history_chart_get_follows (f->chart));
}

/* The button with @label in it. */
static GtkWidget *
find_button (GtkWidget *widget,
             const char *label)
{
  GtkWidget *content = GTK_IS_BUTTON (widget) ? gtk_button_get_child (GTK_BUTTON (widget)) : NULL;

  if (GTK_IS_LABEL (content) && g_str_equal (gtk_label_get_label (GTK_LABEL (content)), label))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static void
test_buttons_follow (Fixture *f,
                     gconstpointer user_data)
{
  GtkToggleButton *one = GTK_TOGGLE_BUTTON (find_button (f->view, "1 min"));
  GtkToggleButton *ten = GTK_TOGGLE_BUTTON (find_button (f->view, "10 min"));
  GtkWidget *live = find_button (f->view, "Back to Now");

  pass (f, 3600, NULL);
  g_assert_true (gtk_toggle_button_get_active (ten));
  g_assert_false (gtk_toggle_button_get_active (one));
  g_assert_false (gtk_widget_get_sensitive (live));

  g_signal_emit_by_name (one, "clicked");
  g_assert_cmpuint (lb_history_chart_get_range (f->chart), ==, 60);
  g_assert_true (gtk_toggle_button_get_active (one));
  g_assert_false (gtk_toggle_button_get_active (ten));

  lb_history_chart_zoom (f->chart, 2);
  g_assert_false (gtk_toggle_button_get_active (one));

  lb_history_chart_pan (f->chart, -1);
  g_assert_true (gtk_widget_get_sensitive (live));
  g_signal_emit_by_name (live, "clicked");
  g_assert_true (lb_history_chart_get_follows (f->chart));
  g_assert_false (gtk_widget_get_sensitive (live));
}

/* One who looks at the past is not pushed on. */
static void
test_the_past_stays (Fixture *f,
                     gconstpointer user_data)
{
  pass (f, 1000, NULL);
  lb_history_chart_set_range (f->chart, 60);
  lb_history_chart_pan (f->chart, -5);
  lb_wait_for_frames (f->window);
  gtk_test_accessible_assert_property (
    f->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "1 minute up to 21:11:40. 127.0.0.1:9001: 10.0 ms. 127.0.0.1:9002: 10.0 ms. "
    "127.0.0.1:9003: 10.0 ms.");

  pass (f, 30, NULL);
  lb_wait_for_frames (f->window);
  gtk_test_accessible_assert_property (
    f->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "1 minute up to 21:11:40. 127.0.0.1:9001: 10.0 ms. 127.0.0.1:9002: 10.0 ms. "
    "127.0.0.1:9003: 10.0 ms.");
}

static void
test_a_click_pins_the_crosshair (Fixture *f,
                                 gconstpointer user_data)
{
  const double x = gtk_widget_get_width (GTK_WIDGET (f->chart)) / 2;
  g_autofree char *label = NULL;

  pass (f, 3600, NULL);
  lb_history_chart_set_range (f->chart, 300);
  lb_wait_for_frames (f->window);

  lb_history_crosshair_point (f->crosshair, x, 10);
  assert_label (f, "History of response times");
  lb_history_crosshair_pin (f->crosshair);
  g_assert_cmpstr (lb_history_crosshair_get_selected (f->crosshair), ==, "http://127.0.0.1:9001");
  lb_wait_for_frames (f->window);
  lb_history_crosshair_unpoint (f->crosshair);
  label = gtk_test_accessible_check_property (GTK_ACCESSIBLE (f->chart),
                                              GTK_ACCESSIBLE_PROPERTY_LABEL, "");
  g_assert_nonnull (strstr (label, "21:57:"));
  g_assert_nonnull (strstr (label, "127.0.0.1:9001: 10.0 ms"));

  lb_history_crosshair_point (f->crosshair, x, 10);
  lb_history_crosshair_pin (f->crosshair);
  lb_history_crosshair_unpoint (f->crosshair);
  assert_label (f, "History of response times");
}

/* Nothing is condensed, laid out or told while nobody can see it. */
static void
test_nothing_is_done_while_hidden (Fixture *f,
                                   gconstpointer user_data)
{
  const char *shown =
    "10 minutes up to 21:01:40. 127.0.0.1:9001: 10.0 ms. 127.0.0.1:9002: 10.0 ms. "
    "127.0.0.1:9003: 10.0 ms.";

  pass (f, 100, NULL);
  lb_wait_for_frames (f->window);
  gtk_test_accessible_assert_property (f->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, shown);

  gtk_widget_set_visible (f->view, FALSE);
  pass (f, 50, NULL);
  lb_wait_for_frames (f->window);
  gtk_test_accessible_assert_property (f->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, shown);

  gtk_widget_set_visible (f->view, TRUE);
  lb_wait_for_frames (f->window);
  gtk_test_accessible_assert_property (
    f->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "10 minutes up to 21:02:30. 127.0.0.1:9001: 10.0 ms. 127.0.0.1:9002: 10.0 ms. "
    "127.0.0.1:9003: 10.0 ms.");
}

static void
on_ready (LbHistoryWorker *worker,
          gpointer user_data)
{
  guint *n_ready = user_data;

  (*n_ready)++;
}

static void
run_until_idle (LbHistoryWorker *worker)
{
  const gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (lb_history_worker_is_busy (worker))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* Much more than is done at once; of all that is asked meanwhile only the last counts. */
static void
test_much_is_done_elsewhere (Fixture *f,
                             gconstpointer user_data)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1000, 600, NULL, NULL);
  LbHistoryWorker *worker = lb_history_worker_new ();
  LbHistoryRange range;
  guint n_ready = 0;

  g_signal_connect (worker, "ready", G_CALLBACK (on_ready), &n_ready);
  lb_history_range_init (&range, 600);
  lb_history_range_clamp (&range, slice);
  lb_history_worker_ask (worker, slice, &range, 800);
  g_assert_true (lb_history_worker_is_busy (worker));
  g_assert_null (lb_history_worker_get_digest (worker));

  for (guint i = 0; i < 5; i++)
    {
      range.length = 500 - i * 10;
      lb_history_worker_ask (worker, slice, &range, 800);
    }
  run_until_idle (worker);
  g_assert_cmpuint (n_ready, ==, 2);
  g_assert_cmpfloat (lb_history_worker_get_range (worker)->length, ==, 460);
  g_assert_true (lb_history_worker_get_digest (worker)->slice == slice);

  /* Little is done at once. */
  range.length = 60;
  lb_history_worker_ask (worker, slice, &range, 800);
  g_assert_false (lb_history_worker_is_busy (worker));
  g_assert_cmpfloat (lb_history_worker_get_range (worker)->length, ==, 60);
  g_assert_cmpuint (n_ready, ==, 2);
  g_assert_finalize_object (worker);
}

static void
test_may_go_while_much_is_done (Fixture *f,
                                gconstpointer user_data)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1000, 600, NULL, NULL);
  LbHistoryWorker *worker = lb_history_worker_new ();
  LbHistoryRange range;
  guint n_ready = 0;

  g_signal_connect (worker, "ready", G_CALLBACK (on_ready), &n_ready);
  lb_history_range_init (&range, 600);
  lb_history_range_clamp (&range, slice);
  lb_history_worker_ask (worker, slice, &range, 800);
  g_object_run_dispose (G_OBJECT (worker));
  g_object_add_weak_pointer (G_OBJECT (worker), (gpointer *) &worker);
  g_object_unref (worker);
  while (worker != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_ready, ==, 0);
}

int
main (int argc,
      char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  if (!gtk_init_check ())
    {
      g_printerr ("There is no display.\n");
      return 77;
    }

#define ADD(path, test) \
  g_test_add ("/window/history-chart/" path, Fixture, NULL, set_up, test, tear_down)

  ADD ("tells-what-it-shows", test_tells_what_it_shows);
  ADD ("keys-move-the-crosshair", test_keys_move_the_crosshair);
  ADD ("the-crosshair-takes-the-picture-along", test_the_crosshair_takes_the_picture_along);
  ADD ("keys-zoom-and-pan", test_keys_zoom_and_pan);
  ADD ("buttons-follow", test_buttons_follow);
  ADD ("the-past-stays", test_the_past_stays);
  ADD ("a-click-pins-the-crosshair", test_a_click_pins_the_crosshair);
  ADD ("nothing-is-done-while-hidden", test_nothing_is_done_while_hidden);
  ADD ("much-is-done-elsewhere", test_much_is_done_elsewhere);
  ADD ("may-go-while-much-is-done", test_may_go_while_much_is_done);

#undef ADD

  return g_test_run ();
}
