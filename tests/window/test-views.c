/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "chart/lb-arrangement.h"
#include "window/lb-backend-details.h"
#include "window/lb-backend-list.h"
#include "window/lb-chart-bar.h"
#include "window/lb-chart.h"
#include "window/lb-history-view.h"
#include "window/lb-split.h"
#include "window/lb-window-fixture.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"
#define URL_C "http://127.0.0.1:9003"

/* The balancer is not loaded and probes nobody: what is shown is what the test says. */
static void
set_up (LbWindowFixture *f,
        gconstpointer user_data)
{
  static const char *const urls[] = { URL_A, URL_B, URL_C };
  g_autoptr (GError) error = NULL;
  guint i;

  lb_window_fixture_set_up (f, user_data);
  lb_balancer_load (f->balancer, NULL);
  for (i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      lb_balancer_add_backend (f->balancer, urls[i], TRUE, &error);
      g_assert_no_error (error);
    }
  lb_window_fixture_open (f);
}

static void
activate (LbWindowFixture *f,
          const char *action,
          const char *target)
{
  GVariant *parameter = target != NULL ? g_variant_new_string (target) : NULL;

  g_action_group_activate_action (G_ACTION_GROUP (f->window), action, parameter);
}

static LbChart *
get_chart (LbWindowFixture *f)
{
  return lb_template_child (lb_page_child (f, "charts"), "chart");
}

static char *
dup_bars (LbWindowFixture *f)
{
  GString *digits = g_string_new (NULL);
  GtkWidget *bars = gtk_widget_get_first_child (GTK_WIDGET (get_chart (f)));
  GtkWidget *bar = gtk_widget_get_first_child (bars);

  for (; bar != NULL; bar = gtk_widget_get_next_sibling (bar))
    if (LB_IS_CHART_BAR (bar))
      {
        const char *url = lb_chart_bar_get_url (LB_CHART_BAR (bar));

        g_string_append_c (digits, url != NULL ? url[strlen (url) - 1] : '?');
      }

  return g_string_free (digits, FALSE);
}

typedef struct
{
  LbWindowFixture *f;
  const char *digits;
} Bars;

static gboolean
bars_are (gpointer user_data)
{
  const Bars *expected = user_data;
  g_autofree char *bars = dup_bars (expected->f);

  return g_str_equal (bars, expected->digits);
}

#define wait_for_bars(f, digits) lb_wait_until (bars_are, (&(Bars){ (f), (digits) }))

/* The last digits of the rows' ports. */
static void
assert_rows (LbWindowFixture *f,
             const char *expected)
{
  GtkColumnView *view = lb_template_child (lb_page_child (f, "list"), "view");
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr (GString) digits = g_string_new (NULL);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (model, i);
      g_autofree char *url = NULL;

      g_object_get (row, "url", &url, NULL);
      g_string_append_c (digits, url[strlen (url) - 1]);
    }

  g_assert_cmpstr (digits->str, ==, expected);
}

static void
test_view_is_switched (LbWindowFixture *f,
                       gconstpointer user_data)
{
  g_assert_cmpint (lb_chart_get_measure (get_chart (f)), ==, LB_CHART_RESPONSE_TIMES);
  activate (f, "view", "traffic");
  g_assert_cmpint (lb_chart_get_measure (get_chart (f)), ==, LB_CHART_TRAFFIC);
  activate (f, "view", "response-times");
  g_assert_cmpint (lb_chart_get_measure (get_chart (f)), ==, LB_CHART_RESPONSE_TIMES);
}

static const char *
get_chart_page (LbWindowFixture *f)
{
  return gtk_stack_get_visible_child_name (
    lb_template_child (lb_page_child (f, "charts"), "stack"));
}

static void
test_view_of_the_history (LbWindowFixture *f,
                          gconstpointer user_data)
{
  GtkWidget *list = lb_page_child (f, "list");
  LbHistoryView *view = lb_template_child (lb_page_child (f, "charts"), "history");
  LbHistoryChart *history = lb_history_view_get_chart (view);
  gboolean log_scale;

  g_assert_cmpstr (get_chart_page (f), ==, "bars");
  activate (f, "view", "history");
  g_assert_cmpstr (get_chart_page (f), ==, "history");

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (lb_template_child (list, "selection")), 1,
                                   TRUE);
  g_object_get (history, "log-scale", &log_scale, NULL);
  g_assert_cmpstr (
    lb_history_crosshair_get_selected (lb_history_chart_get_crosshair (history)), ==, URL_B);
  g_assert_false (log_scale);

  activate (f, "log-scale", NULL);
  g_object_get (history, "log-scale", &log_scale, NULL);
  g_assert_true (log_scale);
  activate (f, "log-scale", NULL);

  /* Frozen and arranged, it is painted all the same. */
  activate (f, "freeze-chart", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("down"));
  g_assert_cmpstr (get_chart_page (f), ==, "nothing");
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("unknown"));
  g_assert_cmpstr (get_chart_page (f), ==, "history");
  lb_wait_for_frames (f->window);
  activate (f, "freeze-chart", NULL);
  activate (f, "view", "response-times");
  g_assert_cmpstr (get_chart_page (f), ==, "bars");
}

static void
test_view_is_remembered (LbWindowFixture *f,
                         gconstpointer user_data)
{
  activate (f, "view", "traffic");
  activate (f, "log-scale", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "threshold",
                                      g_variant_new_uint32 (250));
  activate (f, "sort", "url");
  activate (f, "sort-descending", NULL);
  gtk_window_destroy (GTK_WINDOW (f->window));

  lb_window_fixture_open (f);
  g_assert_cmpint (lb_chart_get_measure (get_chart (f)), ==, LB_CHART_TRAFFIC);
  g_assert_true (lb_chart_get_log_scale (get_chart (f)));
  g_assert_cmpuint (lb_chart_get_threshold_ms (get_chart (f)), ==, 250);
  assert_rows (f, "321");

  activate (f, "view", "response-times");
  activate (f, "log-scale", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "threshold",
                                      g_variant_new_uint32 (0));
  activate (f, "sort", "pool");
  activate (f, "sort-descending", NULL);
}

static void
test_threshold_is_the_menu_s (LbWindowFixture *f,
                              gconstpointer user_data)
{
  GtkAdjustment *spin = lb_template_child (lb_page_child (f, "charts"), "threshold");

  gtk_adjustment_set_value (spin, 120);
  g_assert_cmpuint (lb_chart_get_threshold_ms (get_chart (f)), ==, 120);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "threshold",
                                      g_variant_new_uint32 (0));
  g_assert_cmpfloat (gtk_adjustment_get_value (spin), ==, 0);
}

static gboolean
is_short (gpointer label)
{
  return strlen (gtk_label_get_label (label)) == strlen ("20:14") &&
         gtk_widget_get_width (gtk_widget_get_ancestor (label, GTK_TYPE_WINDOW)) <= 360;
}

static void
test_frozen_charts_stay (LbWindowFixture *f,
                         gconstpointer user_data)
{
  GtkWidget *charts = lb_page_child (f, "charts");
  GtkWidget *label = lb_template_child (charts, "freeze_label");

  wait_for_bars (f, "123");
  g_assert_false (gtk_widget_get_visible (label));

  activate (f, "freeze-chart", NULL);
  g_assert_true (gtk_widget_has_css_class (charts, "lb-frozen"));
  g_assert_true (gtk_widget_get_visible (label));
  g_assert_true (g_str_has_prefix (gtk_label_get_label (GTK_LABEL (label)), "Frozen at "));

  /* In a narrow window it is the hour and the minute, which have room. */
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 294);
  lb_wait_until (is_short, label);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))));

  /* The list goes on. */
  lb_balancer_remove_backend (f->balancer, lb_pool_find (f->pool, URL_B));
  assert_rows (f, "13");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  wait_for_bars (f, "123");

  /* The frozen picture can be arranged. */
  activate (f, "sort", "url");
  activate (f, "sort-descending", NULL);
  wait_for_bars (f, "321");
  activate (f, "sort-descending", NULL);
  activate (f, "sort", "pool");

  activate (f, "freeze-chart", NULL);
  g_assert_false (gtk_widget_has_css_class (charts, "lb-frozen"));
  g_assert_false (gtk_widget_get_visible (label));
  wait_for_bars (f, "13");
}

static gboolean
find_bar_is_open (LbWindowFixture *f)
{
  return gtk_search_bar_get_search_mode (
    lb_template_child (lb_page_child (f, "find_bar"), "bar"));
}

static void
test_find_hides_in_charts_and_list (LbWindowFixture *f,
                                    gconstpointer user_data)
{
  GtkWidget *bar = lb_page_child (f, "find_bar");
  GtkLabel *hidden = lb_template_child (bar, "hidden");
  GtkDropDown *show = lb_template_child (bar, "show");

  g_assert_false (find_bar_is_open (f));
  activate (f, "find", NULL);
  g_assert_true (find_bar_is_open (f));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (f->window)), bar));

  gtk_editable_set_text (lb_template_child (bar, "entry"), "9002");
  wait_for_bars (f, "2");
  assert_rows (f, "2");
  g_assert_cmpstr (gtk_label_get_label (hidden), ==, "2 hidden");

  gtk_editable_set_text (lb_template_child (bar, "entry"), "");
  wait_for_bars (f, "123");
  lb_backend_set_health (lb_pool_find (f->pool, URL_C), LB_HEALTH_DOWN, 1);
  gtk_drop_down_set_selected (show, LB_SHOW_DOWN);
  wait_for_bars (f, "3");
  assert_rows (f, "3");
  g_assert_cmpstr (gtk_label_get_label (hidden), ==, "2 hidden");

  gtk_widget_activate_action (bar, "find.close", NULL);
  g_assert_false (find_bar_is_open (f));
  wait_for_bars (f, "123");
  assert_rows (f, "123");
  g_assert_cmpuint (gtk_drop_down_get_selected (show), ==, LB_SHOW_ALL);
}

/* Nothing is hidden without the bar to say so. */
static void
test_find_opens_when_others_hide (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  GtkStack *stack = lb_template_child (lb_page_child (f, "charts"), "stack");

  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("maint"));
  g_assert_true (find_bar_is_open (f));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "nothing");
  assert_rows (f, "");

  activate (f, "sort", "share");
  gtk_widget_activate_action (lb_page_child (f, "find_bar"), "find.close", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "bars");
  assert_rows (f, "123");
  activate (f, "sort", "pool");
}

static gboolean
label_contains (gpointer root,
                const char *text)
{
  GtkWidget *child;

  if (GTK_IS_LABEL (root) && gtk_widget_get_mapped (root) &&
      strstr (gtk_label_get_label (root), text) != NULL)
    return TRUE;

  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (label_contains (child, text))
      return TRUE;

  return FALSE;
}

typedef struct
{
  gpointer root;
  const char *text;
} Words;

static gboolean
words_are_shown (gpointer user_data)
{
  const Words *words = user_data;

  return label_contains (words->root, words->text);
}

#define wait_for_words(root, text) lb_wait_until (words_are_shown, (&(Words){ (root), (text) }))

static void
record (LbWindowFixture *f,
        const char *url,
        gint64 response_us,
        const char *error)
{
  const LbProbeResult result = {
    .time_us = g_get_real_time (),
    .response_us = response_us,
    .status = error == NULL ? 200 : 0,
    .ok = error == NULL,
    .error = (char *) error,
  };

  lb_backend_record_probe (lb_pool_find (f->pool, url), &result, g_get_monotonic_time ());
}

static void
test_details_tell_of_one (LbWindowFixture *f,
                          gconstpointer user_data)
{
  LbSplit *split = lb_page_child (f, "split");
  GtkWidget *details = lb_page_child (f, "details");

  record (f, URL_B, 12300, NULL);
  record (f, URL_B, -1, "timeout");
  g_assert_false (lb_split_get_open (split));

  activate (f, "show-details", URL_B);
  g_assert_true (lb_split_get_open (split));
  wait_for_words (details, URL_B);
  wait_for_words (details, "It takes requests: it counts as up until a probe says otherwise.");
  wait_for_words (details, "Status 200 in 12.3 ms");
  wait_for_words (details, "It did not answer in time.");
  wait_for_words (details, "GET " URL_B);

  lb_backend_set_health (lb_pool_find (f->pool, URL_B), LB_HEALTH_DOWN, g_get_monotonic_time ());
  wait_for_words (details, "It takes no requests until its probes are good again.");
  wait_for_words (details, "1 time");
  wait_for_words (details, "Down for");

  activate (f, "hide-details", NULL);
  g_assert_false (lb_split_get_open (split));
}

static void
test_details_of_nobody_stay_closed (LbWindowFixture *f,
                                    gconstpointer user_data)
{
  activate (f, "show-details", "http://127.0.0.1:9999");
  g_assert_false (lb_split_get_open (lb_page_child (f, "split")));
}

static void
test_details_follow_the_selection (LbWindowFixture *f,
                                   gconstpointer user_data)
{
  GtkWidget *list = lb_page_child (f, "list");
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (lb_template_child (list, "selection"));
  LbBackendDetails *details = lb_page_child (f, "details");

  gtk_selection_model_select_item (selection, 0, TRUE);
  g_assert_null (lb_backend_details_get_backend (details));

  g_signal_emit_by_name (lb_template_child (list, "view"), "activate", 0);
  g_assert_true (lb_backend_details_get_backend (details) == lb_pool_find (f->pool, URL_A));

  gtk_selection_model_select_item (selection, 2, TRUE);
  g_assert_true (lb_backend_details_get_backend (details) == lb_pool_find (f->pool, URL_C));
}

static void
test_details_of_the_removed_close (LbWindowFixture *f,
                                   gconstpointer user_data)
{
  LbSplit *split = lb_page_child (f, "split");

  activate (f, "show-details", URL_B);
  lb_balancer_remove_backend (f->balancer, lb_pool_find (f->pool, URL_A));
  g_assert_true (lb_split_get_open (split));
  lb_balancer_remove_backend (f->balancer, lb_pool_find (f->pool, URL_B));
  g_assert_false (lb_split_get_open (split));
}

/* Its URL is edited, which is taken back. */
static void
test_details_follow_a_replacement (LbWindowFixture *f,
                                   gconstpointer user_data)
{
  GtkWidget *list = lb_page_child (f, "list");
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (lb_template_child (list, "selection"));
  LbBackendDetails *details = lb_page_child (f, "details");
  g_autoptr (LbBackend) old = g_object_ref (lb_pool_find (f->pool, URL_B));
  g_autoptr (LbBackend) new = NULL;
  g_autoptr (GError) error = NULL;

  /* Its row goes to the end. */
  activate (f, "sort", "url");
  gtk_selection_model_select_item (selection, 1, TRUE);
  activate (f, "show-details", URL_B);

  new = lb_backend_new ("http://127.0.0.1:9009", &error);
  g_assert_no_error (error);
  lb_balancer_replace_backend (f->balancer, old, new, &error);
  g_assert_no_error (error);
  g_assert_true (lb_split_get_open (lb_page_child (f, "split")));
  g_assert_true (lb_backend_details_get_backend (details) == new);
  g_assert_true (lb_backend_list_get_selected (LB_BACKEND_LIST (list)) == new);

  lb_balancer_replace_backend (f->balancer, new, old, &error);
  g_assert_no_error (error);
  g_assert_true (lb_backend_details_get_backend (details) == old);
  g_assert_true (lb_backend_list_get_selected (LB_BACKEND_LIST (list)) == old);
}

static void
test_details_open_from_a_bar (LbWindowFixture *f,
                              gconstpointer user_data)
{
  LbBackendDetails *details = lb_page_child (f, "details");
  GtkWidget *bar;

  wait_for_bars (f, "123");
  bar = lb_find_descendant (get_chart (f), LB_TYPE_CHART_BAR);
  gtk_widget_grab_focus (bar);
  gtk_widget_activate_action (bar, "bar.show-details", NULL);
  g_assert_true (lb_backend_details_get_backend (details) == lb_pool_find (f->pool, URL_A));

  /* The focus goes back to where it was. */
  activate (f, "hide-details", NULL);
  g_assert_true (gtk_widget_is_focus (bar));
}

/* Where there is room both are seen, else the details take the place. */
static void
test_split_takes_the_room_there_is (LbWindowFixture *f,
                                    gconstpointer user_data)
{
  GtkWidget *split = lb_split_new ();
  GtkWidget *content = gtk_label_new ("content");
  GtkWidget *side = gtk_label_new ("side");
  int minimum;

  g_object_ref_sink (split);
  gtk_widget_set_size_request (content, 300, 100);
  gtk_widget_set_size_request (side, 320, 50);
  g_object_set (split, "content", content, "side", side, NULL);

  gtk_widget_measure (split, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 300);
  gtk_widget_allocate (split, 1000, 200, -1, NULL);
  g_assert_cmpint (gtk_widget_get_width (content), ==, 1000);
  g_assert_false (gtk_widget_get_visible (side));

  lb_split_set_open (LB_SPLIT (split), TRUE);
  gtk_widget_measure (split, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 320);
  gtk_widget_allocate (split, 1000, 200, -1, NULL);
  g_assert_true (gtk_widget_get_visible (side));
  g_assert_true (gtk_widget_get_child_visible (content));
  g_assert_cmpint (gtk_widget_get_width (content) + gtk_widget_get_width (side), ==, 1000);

  gtk_widget_measure (split, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_allocate (split, 360, 200, -1, NULL);
  g_assert_true (gtk_widget_get_visible (side));
  g_assert_false (gtk_widget_get_child_visible (content));
  g_assert_cmpint (gtk_widget_get_width (side), ==, 360);

  lb_split_set_open (LB_SPLIT (split), FALSE);
  g_assert_true (gtk_widget_get_child_visible (content));
  g_assert_finalize_object (split);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add (path, LbWindowFixture, NULL, set_up, test, lb_window_fixture_tear_down)

  ADD ("/views/view/is-switched", test_view_is_switched);
  ADD ("/views/view/of-the-history", test_view_of_the_history);
  ADD ("/views/view/is-remembered", test_view_is_remembered);
  ADD ("/views/threshold/is-the-menu-s", test_threshold_is_the_menu_s);
  ADD ("/views/frozen/charts-stay", test_frozen_charts_stay);
  ADD ("/views/find/hides-in-charts-and-list", test_find_hides_in_charts_and_list);
  ADD ("/views/find/opens-when-others-hide", test_find_opens_when_others_hide);
  ADD ("/views/details/tell-of-one", test_details_tell_of_one);
  ADD ("/views/details/of-nobody-stay-closed", test_details_of_nobody_stay_closed);
  ADD ("/views/details/follow-the-selection", test_details_follow_the_selection);
  ADD ("/views/details/of-the-removed-close", test_details_of_the_removed_close);
  ADD ("/views/details/follow-a-replacement", test_details_follow_a_replacement);
  ADD ("/views/details/open-from-a-bar", test_details_open_from_a_bar);
  ADD ("/views/split/takes-the-room-there-is", test_split_takes_the_room_there_is);

#undef ADD

  return lb_window_test_run ();
}
