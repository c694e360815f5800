/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "policy/lb-policy.h"
#include "window/lb-backend-row.h"
#include "window/lb-chart-bar.h"
#include "window/lb-policy-button.h"
#include "window/lb-row-menu.h"
#include "window/lb-weight-cell.h"
#include "window/lb-window-fixture.h"

#define URL "http://127.0.0.1:9001"

static void
set_up (LbWindowFixture *f,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (f, user_data);
  lb_window_fixture_start (f, 0, &error);
  g_assert_no_error (error);
  lb_balancer_add_backend (f->balancer, URL, FALSE, &error);
  g_assert_no_error (error);
  lb_window_fixture_open (f);
}

static gboolean
problem_is_shown (LbWindowFixture *f)
{
  return gtk_info_bar_get_revealed (lb_template_child (lb_template_child (f->window, "problem_bar"),
                                                       "bar"));
}

static char *
dup_action_state (LbWindowFixture *f,
                  const char *name)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (f->window), name);

  return g_variant_dup_string (state, NULL);
}

/* The row of the popover that is ticked; fails if it is not exactly one. */
static guint
find_ticked_policy (LbWindowFixture *f)
{
  GtkWidget *rows = lb_template_child (lb_template_child (f->window, "policy"), "rows");
  GtkWidget *row = gtk_widget_get_first_child (rows);
  guint n_ticked = 0;
  guint ticked = 0;
  guint i;

  for (i = 0; row != NULL; i++, row = gtk_widget_get_next_sibling (row))
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (row)))
      {
        n_ticked++;
        ticked = i;
      }

  g_assert_cmpuint (n_ticked, ==, 1);

  return ticked;
}

static void
assert_policy (LbWindowFixture *f,
               const char *name)
{
  GtkLabel *label = lb_template_child (lb_template_child (f->window, "policy"), "label");
  g_autofree char *state = dup_action_state (f, "set-policy");
  const LbPolicyInfo *info = lb_policy_list (find_ticked_policy (f));

  g_assert_cmpstr (lb_balancer_get_policy (f->balancer), ==, name);
  g_assert_cmpstr (state, ==, name);
  g_assert_cmpstr (info->name, ==, name);
  g_assert_cmpstr (gtk_label_get_label (label), ==, info->title);
}

static void
test_policy_follows_the_balancer (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  assert_policy (f, LB_POLICY_DEFAULT);

  g_assert_true (lb_balancer_set_policy (f->balancer, "leastconn", &error));
  g_assert_no_error (error);
  assert_policy (f, "least-connections");
}

static void
test_policy_is_chosen (LbWindowFixture *f,
                       gconstpointer user_data)
{
  GtkWidget *rows = lb_template_child (lb_template_child (f->window, "policy"), "rows");
  GtkWidget *row;
  guint i;

  /* Every policy there is can be chosen by its row. */
  row = gtk_widget_get_first_child (rows);
  for (i = 0; lb_policy_list (i) != NULL; i++)
    {
      g_assert_nonnull (row);
      gtk_widget_activate (row);
      assert_policy (f, lb_policy_list (i)->name);
      row = gtk_widget_get_next_sibling (row);
    }
  g_assert_null (row);
}

/* A change from elsewhere leaves the popover as it is; a choice closes it, also of the same. */
static void
test_policy_popover_closes_by_choice (LbWindowFixture *f,
                                      gconstpointer user_data)
{
  GtkWidget *button = lb_template_child (f->window, "policy");
  GtkWidget *popover = lb_template_child (button, "popover");
  GtkWidget *rows = lb_template_child (button, "rows");
  guint i;

  gtk_menu_button_popup (lb_template_child (button, "button"));
  g_assert_true (gtk_widget_get_visible (popover));
  lb_balancer_set_policy (f->balancer, lb_policy_list (1)->name, NULL);
  g_assert_true (gtk_widget_get_visible (popover));

  for (i = 0; i < 2; i++)
    {
      gtk_menu_button_popup (lb_template_child (button, "button"));
      gtk_widget_activate (gtk_widget_get_first_child (rows));
      g_assert_false (gtk_widget_get_visible (popover));
      assert_policy (f, lb_policy_list (0)->name);
    }
}

static void
test_policy_that_is_none_is_told (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-policy", "s", "guess");

  g_assert_true (problem_is_shown (f));
  assert_policy (f, LB_POLICY_DEFAULT);
}

static void
test_state_is_set (LbWindowFixture *f,
                   gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-state", "(ss)", URL, "drain");
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_DRAIN);
  g_assert_false (problem_is_shown (f));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-state", "(ss)", URL, "asleep");
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_DRAIN);
  g_assert_true (problem_is_shown (f));
}

static void
test_state_of_nobody_is_told (LbWindowFixture *f,
                              gconstpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-state", "(ss)",
                              "http://127.0.0.1:9999", "drain");
  g_assert_true (problem_is_shown (f));
}

static gboolean
has_row (gpointer user_data)
{
  return lb_find_descendant (user_data, LB_TYPE_ROW_MENU) != NULL;
}

/* Whether the item of a menu with this label has its mark. */
static gboolean
is_checked (GtkWidget *widget,
            const char *label)
{
  GtkWidget *child;

  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkModelButton"))
    {
      g_autofree char *text = NULL;
      gboolean active;

      g_object_get (widget, "text", &text, "active", &active, NULL);

      return g_strcmp0 (text, label) == 0 && active;
    }

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_checked (child, label))
      return TRUE;

  return FALSE;
}

static void
test_row_menu_has_the_state (LbWindowFixture *f,
                             gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  LbRowMenu *menu;
  GtkWidget *popover;

  lb_wait_until (has_row, f->window);
  menu = lb_find_descendant (f->window, LB_TYPE_ROW_MENU);
  lb_row_menu_popup (menu, NULL);
  popover = lb_find_descendant (menu, GTK_TYPE_POPOVER_MENU);
  g_assert_true (is_checked (popover, "Ready"));

  gtk_widget_activate_action (popover, "backend.state", "s", "maint");
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_MAINT);
  g_assert_true (is_checked (popover, "Maintenance"));

  lb_backend_set_state (backend, LB_STATE_DRAIN);
  g_assert_true (is_checked (popover, "Drain"));
}

static void
test_row_menu_opens (LbWindowFixture *f,
                     gconstpointer user_data)
{
  GtkColumnView *view = lb_template_child (lb_page_child (f, "list"), "view");
  GtkWidget *menu;

  lb_wait_until (has_row, f->window);
  menu = lb_find_descendant (f->window, LB_TYPE_ROW_MENU);

  gtk_widget_activate_action (lb_page_child (f, "list"), "list.open-menu", NULL);
  g_assert_null (lb_find_descendant (menu, GTK_TYPE_POPOVER_MENU));

  gtk_selection_model_select_item (gtk_column_view_get_model (view), 0, TRUE);
  gtk_widget_activate_action (lb_page_child (f, "list"), "list.open-menu", NULL);
  g_assert_nonnull (lb_find_descendant (menu, GTK_TYPE_POPOVER_MENU));
}

static gboolean
has_bar (gpointer user_data)
{
  LbChartBar *bar = lb_find_descendant (user_data, LB_TYPE_CHART_BAR);

  return bar != NULL && lb_chart_bar_get_url (bar) != NULL;
}

/* Also of one that is no longer in the pool, in a chart that is frozen. */
static void
test_bar_menu_opens (LbWindowFixture *f,
                     gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  GtkWidget *bar;
  GtkWidget *popover;

  lb_wait_until (has_bar, f->window);
  bar = lb_find_descendant (f->window, LB_TYPE_CHART_BAR);
  gtk_widget_activate_action (bar, "bar.open-menu", NULL);
  popover = lb_find_descendant (bar, GTK_TYPE_POPOVER_MENU);
  g_assert_true (gtk_widget_get_visible (popover));
  g_assert_true (is_checked (popover, "Ready"));
  gtk_widget_activate_action (popover, "backend.state", "s", "drain");
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_DRAIN);

  gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.freeze-chart", NULL);
  lb_balancer_remove_backend (f->balancer, backend);
  gtk_widget_activate_action (bar, "bar.open-menu", NULL);
  g_assert_false (gtk_widget_get_visible (lb_find_descendant (bar, GTK_TYPE_POPOVER_MENU)));
}

/* Types @text into the cell's popover. */
static GtkWidget *
write_weight (LbWindowFixture *f,
              const char *text)
{
  GtkWidget *cell;

  lb_wait_until (has_row, f->window);
  cell = lb_find_descendant (f->window, LB_TYPE_WEIGHT_CELL);

  gtk_menu_button_popup (lb_template_child (cell, "button"));
  gtk_editable_set_text (lb_template_child (cell, "spin"), text);

  return cell;
}

/* Types @text into the cell's popover, and presses Enter. */
static GtkWidget *
type_weight (LbWindowFixture *f,
             const char *text)
{
  GtkWidget *cell = write_weight (f, text);
  GtkWidget *spin = lb_template_child (cell, "spin");

  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (spin)), "activate");

  return cell;
}

static void
on_read_text (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  char **text = user_data;
  g_autoptr (GError) error = NULL;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

static gboolean
is_set (gpointer user_data)
{
  return *(char **) user_data != NULL;
}

static void
test_url_is_copied (LbWindowFixture *f,
                    gconstpointer user_data)
{
  GtkWidget *list = lb_page_child (f, "list");
  g_autofree char *text = NULL;

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (lb_template_child (list, "selection")), 0,
                                   TRUE);
  g_assert_true (gtk_widget_activate_action (list, "list.copy-selected", NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (f->window)), NULL,
                                 on_read_text, &text);
  lb_wait_until (is_set, &text);

  g_assert_cmpstr (text, ==, URL);
}

static void
test_url_of_nobody_is_not_opened (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-url", "s", "file:///etc/passwd");

  g_assert_true (problem_is_shown (f));
}

static gboolean
is_probed_often (gpointer user_data)
{
  LbBackend *backend = user_data;
  const LbProbeRecord *record = lb_backend_get_record (backend);
  guint64 n_probes = 0;
  guint i;

  for (i = 0; i < LB_N_PROBE_OUTCOMES; i++)
    n_probes += record->outcomes[i];

  return n_probes >= 5;
}

/* The interval is an hour, so that only what is asked for is probed. */
static void
test_probe_does_not_wait (LbWindowFixture *f,
                          gconstpointer user_data)
{
  const gboolean all = g_strcmp0 (user_data, "all") == 0;
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_copy (&settings, lb_balancer_get_probe_settings (f->balancer));
  settings.interval_ms = settings.fast_interval_ms = settings.down_interval_ms = 3600 * 1000;
  lb_balancer_set_probe_settings (f->balancer, &settings);

  while (!is_probed_often (backend))
    {
      if (all)
        gtk_widget_activate_action (GTK_WIDGET (f->window), "win.probe-now", NULL);
      else
        gtk_widget_activate_action (GTK_WIDGET (f->window), "win.probe-backend", "s", URL);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_weight_is_set (LbWindowFixture *f,
                    gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  GtkWidget *cell = type_weight (f, "256");

  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 256);
  g_assert_false (gtk_widget_get_visible (lb_template_child (cell, "popover")));

  /* A step counts at once. */
  gtk_menu_button_popup (lb_template_child (cell, "button"));
  gtk_spin_button_spin (lb_template_child (cell, "spin"), GTK_SPIN_STEP_BACKWARD, 1.0);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 255);
}

static void
test_weight_is_refused (LbWindowFixture *f,
                        gconstpointer user_data)
{
  static const char *const texts[] = { "0", "257", "-1", "2.5", "much", "" };
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  guint i;

  lb_backend_set_weight (backend, 7, NULL);

  for (i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *cell = type_weight (f, texts[i]);

      g_assert_cmpuint (lb_backend_get_weight (backend), ==, 7);
      g_assert_true (gtk_widget_get_visible (lb_template_child (cell, "refusal")));
      g_assert_true (gtk_widget_get_visible (lb_template_child (cell, "popover")));
    }
}

static void
run_what_is_ready (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_weight_counts_with_enter_only (LbWindowFixture *f,
                                    gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  GtkWidget *cell = write_weight (f, "50");
  GtkWidget *spin = lb_template_child (cell, "spin");
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (spin)));

  /* A spin button by itself takes the text when it loses the focus. */
  gtk_widget_grab_focus (text);
  gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
  gtk_popover_popdown (lb_template_child (cell, "popover"));
  run_what_is_ready ();
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));

  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (spin)), ==, "1");
}

static void
test_weight_is_not_another_row_s (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  g_autoptr (LbBackend) other = lb_backend_new ("http://127.0.0.1:9002", NULL);
  g_autoptr (LbBackendRow) row = lb_backend_row_new (other);
  GtkWidget *cell = write_weight (f, "50");

  lb_backend_set_weight (other, 9, NULL);
  g_object_set (cell, "row", row, NULL);
  run_what_is_ready ();
  gtk_spin_button_update (lb_template_child (cell, "spin"));

  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);
  g_assert_cmpuint (lb_backend_get_weight (other), ==, 9);
  g_assert_false (gtk_widget_get_visible (lb_template_child (cell, "popover")));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add (path, LbWindowFixture, NULL, set_up, test, lb_window_fixture_tear_down)

  ADD ("/pool-actions/policy/follows-the-balancer", test_policy_follows_the_balancer);
  ADD ("/pool-actions/policy/is-chosen", test_policy_is_chosen);
  ADD ("/pool-actions/policy/popover-closes-by-choice", test_policy_popover_closes_by_choice);
  ADD ("/pool-actions/policy/that-is-none-is-told", test_policy_that_is_none_is_told);
  ADD ("/pool-actions/state/is-set", test_state_is_set);
  ADD ("/pool-actions/state/of-nobody-is-told", test_state_of_nobody_is_told);
  ADD ("/pool-actions/row-menu/has-the-state", test_row_menu_has_the_state);
  ADD ("/pool-actions/row-menu/opens", test_row_menu_opens);
  ADD ("/pool-actions/bar-menu/opens", test_bar_menu_opens);
  ADD ("/pool-actions/url/is-copied", test_url_is_copied);
  ADD ("/pool-actions/url/of-nobody-is-not-opened", test_url_of_nobody_is_not_opened);
  g_test_add ("/pool-actions/probe/all", LbWindowFixture, "all", set_up, test_probe_does_not_wait,
              lb_window_fixture_tear_down);
  g_test_add ("/pool-actions/probe/one", LbWindowFixture, "one", set_up, test_probe_does_not_wait,
              lb_window_fixture_tear_down);
  ADD ("/pool-actions/weight/is-set", test_weight_is_set);
  ADD ("/pool-actions/weight/is-refused", test_weight_is_refused);
  ADD ("/pool-actions/weight/counts-with-enter-only", test_weight_counts_with_enter_only);
  ADD ("/pool-actions/weight/is-not-another-row-s", test_weight_is_not_another_row_s);

#undef ADD

  return lb_window_test_run ();
}
