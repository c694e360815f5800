/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "chart/lb-chart-palette.h"
#include "chart/lb-chart-text.h"
#include "chart/snapshot-fixture.h"
#include "window/lb-chart-bar.h"
#include "window/lb-chart-bars.h"
#include "window/lb-chart.h"
#include "window/lb-window-fixture.h"

#define WIDTH 480
#define HEIGHT 300

/* A chart on the screen, as the window has it. */
typedef struct
{
  GtkWidget *window;
  GtkWidget *chart;
  GtkWidget *bars;
  LbSnapshot *snapshot;
} Fixture;

static GtkAdjustment *
get_adjustment (Fixture *f)
{
  return gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (f->chart));
}

static void
show_snapshot (Fixture *f,
               LbSnapshot *snapshot)
{
  g_clear_pointer (&f->snapshot, lb_snapshot_unref);
  f->snapshot = snapshot;
  lb_chart_set_snapshot (LB_CHART (f->chart), snapshot);
  lb_wait_for_frames (f->chart);
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  f->chart = lb_chart_new ();
  f->bars = gtk_widget_get_first_child (f->chart);
  g_assert_true (LB_IS_CHART_BARS (f->bars));

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), f->chart);

  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (f->window), scrolled);
  gtk_window_present (GTK_WINDOW (f->window));
  lb_wait_for_frames (f->chart);
}

/* Nothing outlives the window, and nobody keeps the snapshot. */
static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_object_add_weak_pointer (G_OBJECT (f->chart), (gpointer *) &f->chart);
  g_object_add_weak_pointer (G_OBJECT (f->bars), (gpointer *) &f->bars);
  gtk_window_destroy (GTK_WINDOW (f->window));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (f->chart);
  g_assert_null (f->bars);

  if (f->snapshot != NULL)
    g_assert_true (g_atomic_ref_count_compare (&f->snapshot->ref_count, 1));
  g_clear_pointer (&f->snapshot, lb_snapshot_unref);
}

static guint
count_children (GtkWidget *widget)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n++;

  return n;
}

static GtkWidget *
find_bar (Fixture *f,
          guint index)
{
  for (GtkWidget *bar = gtk_widget_get_first_child (f->bars); bar != NULL;
       bar = gtk_widget_get_next_sibling (bar))
    {
      if (lb_chart_bar_get_index (LB_CHART_BAR (bar)) == index)
        return bar;
    }

  g_error ("no bar for backend %u", index);
}

static guint
get_focused (Fixture *f)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->window));

  g_assert_true (LB_IS_CHART_BAR (focus));

  return lb_chart_bar_get_index (LB_CHART_BAR (focus));
}

/* Does what a key does, without a window manager to make the window active. */
static void
press (GtkWidget *widget,
       guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

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
              gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) != keyval)
            continue;

          g_assert_true (gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut),
                                                       0,
                                                       widget,
                                                       gtk_shortcut_get_arguments (shortcut)));
          return;
        }
    }

  g_error ("no shortcut for key %u", keyval);
}

static void
assert_in_sight (Fixture *f,
                 guint index)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (find_bar (f, index), f->chart, &bounds));
  g_assert_cmpfloat (graphene_rect_get_x (&bounds), >=, 0);
  g_assert_cmpfloat (graphene_rect_get_x (&bounds) + graphene_rect_get_width (&bounds), <=,
                     (float) gtk_widget_get_width (f->chart));
}

static void
test_one_bar_for_each_backend (Fixture *f,
                               gconstpointer user_data)
{
  g_assert_cmpuint (count_children (f->bars), ==, 0);
  show_snapshot (f, snapshot_fixture_new (5));
  g_assert_cmpuint (count_children (f->bars), ==, 5);
  show_snapshot (f, snapshot_fixture_new (2));
  g_assert_cmpuint (count_children (f->bars), ==, 2);
  show_snapshot (f, snapshot_fixture_new (0));
  g_assert_cmpuint (count_children (f->bars), ==, 0);
}

static void
test_bars_tell_their_figures (Fixture *f,
                              gconstpointer user_data)
{
  show_snapshot (f, snapshot_fixture_new (3));
  gtk_test_accessible_assert_role (f->bars, GTK_ACCESSIBLE_ROLE_GROUP);

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *description = lb_chart_text_describe (&f->snapshot->backends[i], PLAIN, ", ");

      gtk_test_accessible_assert_role (find_bar (f, i), GTK_ACCESSIBLE_ROLE_METER);
      gtk_test_accessible_assert_property (find_bar (f, i), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                           description);
      g_assert_true (gtk_widget_get_has_tooltip (find_bar (f, i)));
    }
}

static void
test_a_new_snapshot_changes_what_they_tell (Fixture *f,
                                            gconstpointer user_data)
{
  LbSnapshot *next = snapshot_fixture_new (2);
  g_autofree char *description = NULL;

  snapshot_fixture_break (next, 1);
  description = lb_chart_text_describe (&next->backends[1], PLAIN, ", ");

  show_snapshot (f, snapshot_fixture_new (2));
  show_snapshot (f, next);
  gtk_test_accessible_assert_property (find_bar (f, 1), GTK_ACCESSIBLE_PROPERTY_LABEL, description);
}

static void
test_tab_enters_once_and_leaves (Fixture *f,
                                 gconstpointer user_data)
{
  show_snapshot (f, snapshot_fixture_new (5));

  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));
  g_assert_cmpuint (get_focused (f), ==, 0);
  press (f->bars, GDK_KEY_Right);
  press (f->bars, GDK_KEY_Right);
  g_assert_cmpuint (get_focused (f), ==, 2);
  g_assert_false (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));

  /* It comes back to where it was. */
  gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_BACKWARD));
  g_assert_cmpuint (get_focused (f), ==, 2);
}

static void
test_keys_move_between_the_ends (Fixture *f,
                                 gconstpointer user_data)
{
  show_snapshot (f, snapshot_fixture_new (5));
  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));

  press (f->bars, GDK_KEY_Left);
  g_assert_cmpuint (get_focused (f), ==, 0);
  press (f->bars, GDK_KEY_End);
  g_assert_cmpuint (get_focused (f), ==, 4);
  press (f->bars, GDK_KEY_Right);
  g_assert_cmpuint (get_focused (f), ==, 4);
  press (f->bars, GDK_KEY_Left);
  g_assert_cmpuint (get_focused (f), ==, 3);
  press (f->bars, GDK_KEY_Home);
  g_assert_cmpuint (get_focused (f), ==, 0);
}

static void
test_the_focus_scrolls_into_sight (Fixture *f,
                                   gconstpointer user_data)
{
  GtkAdjustment *adjustment = get_adjustment (f);

  show_snapshot (f, snapshot_fixture_new (100));
  g_assert_cmpfloat (gtk_adjustment_get_upper (adjustment), >, 2000);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);

  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));
  press (f->bars, GDK_KEY_End);
  lb_wait_for_frames (f->chart);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==,
                     gtk_adjustment_get_upper (adjustment) -
                       gtk_adjustment_get_page_size (adjustment));
  assert_in_sight (f, 99);

  press (f->bars, GDK_KEY_Home);
  lb_wait_for_frames (f->chart);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
  assert_in_sight (f, 0);
}

static void
test_right_to_left_is_mirrored (Fixture *f,
                                gconstpointer user_data)
{
  GtkAdjustment *adjustment = get_adjustment (f);
  graphene_rect_t first;
  graphene_rect_t second;

  gtk_widget_set_direction (f->chart, GTK_TEXT_DIR_RTL);
  show_snapshot (f, snapshot_fixture_new (100));

  /* It begins at the axis, which is at the right. */
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==,
                     gtk_adjustment_get_upper (adjustment) -
                       gtk_adjustment_get_page_size (adjustment));
  g_assert_true (gtk_widget_compute_bounds (find_bar (f, 0), f->chart, &first));
  g_assert_true (gtk_widget_compute_bounds (find_bar (f, 1), f->chart, &second));
  g_assert_cmpfloat (graphene_rect_get_x (&second), <, graphene_rect_get_x (&first));
  assert_in_sight (f, 0);

  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));
  press (f->bars, GDK_KEY_Left);
  g_assert_cmpuint (get_focused (f), ==, 1);
  press (f->bars, GDK_KEY_Right);
  g_assert_cmpuint (get_focused (f), ==, 0);

  press (f->bars, GDK_KEY_End);
  lb_wait_for_frames (f->chart);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
  assert_in_sight (f, 99);

  /* What a scrollbar does. */
  gtk_adjustment_set_value (adjustment, 100);
  lb_wait_for_frames (f->chart);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 100);
  g_assert_true (gtk_widget_compute_bounds (find_bar (f, 99), f->chart, &first));
  g_assert_cmpfloat (graphene_rect_get_x (&first), <, 0);
}

static void
test_thousands_have_bars_where_one_looks (Fixture *f,
                                          gconstpointer user_data)
{
  g_autofree char *description = NULL;

  show_snapshot (f, snapshot_fixture_new (10000));
  g_assert_cmpuint (count_children (f->bars), ==, 200);
  description = lb_chart_text_describe (&f->snapshot->backends[9999], PLAIN, ", ");

  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));
  press (f->bars, GDK_KEY_End);
  lb_wait_for_frames (f->chart);
  g_assert_cmpuint (get_focused (f), ==, 9999);
  assert_in_sight (f, 9999);
  gtk_test_accessible_assert_property (find_bar (f, 9999), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       description);

  press (f->bars, GDK_KEY_Left);
  g_assert_cmpuint (get_focused (f), ==, 9998);
  gtk_adjustment_set_value (get_adjustment (f), gtk_adjustment_get_upper (get_adjustment (f)) / 2);
  lb_wait_for_frames (f->chart);
  assert_in_sight (f, 5000);
}

static void
test_removing_the_last_keeps_the_focus (Fixture *f,
                                        gconstpointer user_data)
{
  show_snapshot (f, snapshot_fixture_new (5));
  g_assert_true (gtk_widget_child_focus (f->chart, GTK_DIR_TAB_FORWARD));
  press (f->bars, GDK_KEY_End);

  show_snapshot (f, snapshot_fixture_new (3));
  g_assert_cmpuint (get_focused (f), ==, 2);
  press (f->bars, GDK_KEY_Left);
  g_assert_cmpuint (get_focused (f), ==, 1);
}

static GdkTexture *
render (Fixture *f)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (f->chart);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  gdk_paintable_snapshot (paintable,
                          snapshot,
                          gtk_widget_get_width (f->chart),
                          gtk_widget_get_height (f->chart));
  node = gtk_snapshot_to_node (snapshot);
  g_assert_nonnull (node);

  return gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (f->window)), node, NULL);
}

static guint
count_pixels (Fixture *f,
              const LbChartColor *color)
{
  g_autoptr (GdkTexture) texture = render (f);
  int width = gdk_texture_get_width (texture);
  int height = gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, width * height);
  guint32 wanted = 0xffu << 24 | (guint32) (color->red * 255 + 0.5) << 16 |
                   (guint32) (color->green * 255 + 0.5) << 8 | (guint32) (color->blue * 255 + 0.5);
  guint n = 0;

  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  for (int i = 0; i < width * height; i++)
    n += pixels[i] == wanted;

  return n;
}

static void
test_paints_what_the_snapshot_says (Fixture *f,
                                    gconstpointer user_data)
{
  LbSnapshot *broken = snapshot_fixture_new (1);
  LbChartPalette palette;

  lb_chart_palette_init_light (&palette);
  snapshot_fixture_break (broken, 0);

  show_snapshot (f, snapshot_fixture_new (1));
  g_assert_cmpuint (count_pixels (f, &palette.up), >, 1000);
  g_assert_cmpuint (count_pixels (f, &palette.down), ==, 0);

  show_snapshot (f, broken);
  g_assert_cmpuint (count_pixels (f, &palette.up), ==, 0);
  g_assert_cmpuint (count_pixels (f, &palette.down), >, 50);
}

static void
count_notify (GObject *object G_GNUC_UNUSED,
              GParamSpec *pspec G_GNUC_UNUSED,
              gpointer user_data)
{
  guint *n_notifies = user_data;

  (*n_notifies)++;
}

/* What is painted, said and written follows each option, without a new snapshot. */
static void
test_options (Fixture *f,
              gconstpointer user_data)
{
  const LbChartOptions slow = { LB_CHART_RESPONSE_TIMES, TRUE, 1000 };
  const LbChartOptions traffic = { LB_CHART_TRAFFIC, TRUE, 1000 };
  g_autofree char *slow_words = NULL;
  g_autofree char *traffic_words = NULL;
  LbChartPalette palette;
  guint n_notifies = 0;

  lb_chart_palette_init_light (&palette);
  show_snapshot (f, snapshot_fixture_new (2));
  g_assert_cmpuint (count_pixels (f, &palette.slow), ==, 0);
  gtk_test_accessible_assert_property (f->bars, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Response times of the backends");

  g_signal_connect (f->chart, "notify", G_CALLBACK (count_notify), &n_notifies);
  g_object_set (f->chart, "log-scale", TRUE, "threshold-ms", 1, NULL);
  lb_wait_for_frames (f->chart);
  g_assert_cmpuint (n_notifies, ==, 2);
  g_assert_cmpuint (count_pixels (f, &palette.slow), >, 500);
  slow_words = lb_chart_text_describe (&f->snapshot->backends[1], &slow, ", ");
  gtk_test_accessible_assert_property (find_bar (f, 1), GTK_ACCESSIBLE_PROPERTY_LABEL, slow_words);

  g_object_set (f->chart, "measure", LB_CHART_TRAFFIC, NULL);
  lb_wait_for_frames (f->chart);
  g_assert_cmpuint (n_notifies, ==, 3);
  g_assert_cmpuint (count_pixels (f, &palette.slow), ==, 0);
  traffic_words = lb_chart_text_describe (&f->snapshot->backends[1], &traffic, ", ");
  gtk_test_accessible_assert_property (find_bar (f, 1), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       traffic_words);
  gtk_test_accessible_assert_property (f->bars, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Traffic of the backends");

  /* The same again is no change. */
  lb_chart_set_measure (LB_CHART (f->chart), LB_CHART_TRAFFIC);
  lb_chart_set_log_scale (LB_CHART (f->chart), TRUE);
  lb_chart_set_threshold_ms (LB_CHART (f->chart), 1);
  g_assert_cmpuint (n_notifies, ==, 3);
  g_assert_cmpint (lb_chart_get_measure (LB_CHART (f->chart)), ==, LB_CHART_TRAFFIC);
  g_assert_true (lb_chart_get_log_scale (LB_CHART (f->chart)));
  g_assert_cmpuint (lb_chart_get_threshold_ms (LB_CHART (f->chart)), ==, 1);

  g_signal_handlers_disconnect_by_data (f->chart, &n_notifies);
}

/* They go into actions and settings as they are. */
static void
test_options_are_settings (Fixture *f,
                           gconstpointer user_data)
{
  g_autoptr (GSettings) settings = g_settings_new ("org.example.LoadBalancer");
  g_autoptr (GPropertyAction) log_scale =
    g_property_action_new ("log-scale", f->chart, "log-scale");
  g_autoptr (GPropertyAction) view = g_property_action_new ("view", f->chart, "measure");

  g_settings_bind (settings, "log-scale", f->chart, "log-scale", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "threshold-ms", f->chart, "threshold-ms", G_SETTINGS_BIND_DEFAULT);

  g_action_activate (G_ACTION (log_scale), NULL);
  g_assert_true (g_settings_get_boolean (settings, "log-scale"));
  g_settings_set_uint (settings, "threshold-ms", 250);
  g_assert_cmpuint (lb_chart_get_threshold_ms (LB_CHART (f->chart)), ==, 250);

  g_action_activate (G_ACTION (view), g_variant_new_string ("traffic"));
  g_assert_cmpint (lb_chart_get_measure (LB_CHART (f->chart)), ==, LB_CHART_TRAFFIC);

  g_settings_reset (settings, "log-scale");
  g_settings_reset (settings, "threshold-ms");
}

static void
count_paint (GdkFrameClock *clock G_GNUC_UNUSED,
             guint *n_paints)
{
  (*n_paints)++;
}

/* Nothing is laid out, painted or told while nobody can see it. What time that takes, another window
 * tells, whose frames go on. */
static void
test_nothing_is_painted_while_hidden (Fixture *f,
                                      gconstpointer user_data)
{
  GtkWidget *other = gtk_window_new ();
  GdkFrameClock *clock = gtk_widget_get_frame_clock (f->window);
  Fixture visible = { .window = other, .chart = other };
  guint n_paints = 0;
  guint i;

  gtk_window_present (GTK_WINDOW (other));
  show_snapshot (f, snapshot_fixture_new (3));
  gtk_widget_set_visible (f->window, FALSE);
  lb_wait_for_frames (visible.chart);

  g_signal_connect (clock, "paint", G_CALLBACK (count_paint), &n_paints);
  for (i = 4; i <= 6; i++)
    {
      g_clear_pointer (&f->snapshot, lb_snapshot_unref);
      f->snapshot = snapshot_fixture_new (i);
      lb_chart_set_snapshot (LB_CHART (f->chart), f->snapshot);
      lb_wait_for_frames (visible.chart);
    }
  g_assert_cmpuint (n_paints, ==, 0);

  gtk_widget_set_visible (f->window, TRUE);
  lb_wait_for_frames (f->chart);
  g_assert_cmpuint (n_paints, >, 0);
  g_signal_handlers_disconnect_by_func (clock, count_paint, &n_paints);
  gtk_window_destroy (GTK_WINDOW (other));
}

int
main (int argc,
      char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_test_init (&argc, &argv, NULL);

  if (!gtk_init_check ())
    {
      g_printerr ("There is no display.\n");
      return 77;
    }

#define ADD(path, test) g_test_add ("/window/chart/" path, Fixture, NULL, set_up, test, tear_down)

  ADD ("one-bar-for-each-backend", test_one_bar_for_each_backend);
  ADD ("bars-tell-their-figures", test_bars_tell_their_figures);
  ADD ("a-new-snapshot-changes-what-they-tell", test_a_new_snapshot_changes_what_they_tell);
  ADD ("tab-enters-once-and-leaves", test_tab_enters_once_and_leaves);
  ADD ("keys-move-between-the-ends", test_keys_move_between_the_ends);
  ADD ("the-focus-scrolls-into-sight", test_the_focus_scrolls_into_sight);
  ADD ("right-to-left-is-mirrored", test_right_to_left_is_mirrored);
  ADD ("thousands-have-bars-where-one-looks", test_thousands_have_bars_where_one_looks);
  ADD ("removing-the-last-keeps-the-focus", test_removing_the_last_keeps_the_focus);
  ADD ("paints-what-the-snapshot-says", test_paints_what_the_snapshot_says);
  ADD ("nothing-is-painted-while-hidden", test_nothing_is_painted_while_hidden);
  ADD ("options", test_options);
  ADD ("options-are-settings", test_options_are_settings);

#undef ADD

  return g_test_run ();
}
