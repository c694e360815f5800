/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <libsoup/soup.h>

#include "window/lb-backend-editor.h"
#include "window/lb-defaults-dialog.h"
#include "window/lb-probe-page.h"
#include "window/lb-probe-row.h"
#include "window/lb-window-fixture.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"
#define URL_C "http://127.0.0.1:9003"

static void
add (LbWindowFixture *f,
     const char *url)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (f->balancer, url, FALSE, &error);
  g_assert_no_error (error);
}

static void
set_up (LbWindowFixture *f,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (f, user_data);
  lb_window_fixture_start (f, 0, &error);
  g_assert_no_error (error);
  add (f, URL_A);
  add (f, URL_B);
  add (f, URL_C);
  lb_window_fixture_open (f);
}

static GtkWidget *
edit (LbWindowFixture *f,
      const char *url)
{
  GtkWidget *dialog;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.edit-backend", "s", url);
  dialog = lb_find_dialog (LB_TYPE_BACKEND_EDITOR);
  g_assert_nonnull (dialog);

  return dialog;
}

static GtkWidget *
get_row (GtkWidget *dialog,
         const char *name)
{
  GtkWidget *row = lb_probe_page_find (lb_template_child (dialog, "page"), name);

  g_assert_nonnull (row);

  return row;
}

static void
tick (GtkWidget *row,
      gboolean own)
{
  gtk_check_button_set_active (lb_template_child (row, "own"), own);
}

/* The entry or spin button of a row. */
static gpointer
get_control (GtkWidget *row,
             GType type)
{
  gpointer control = lb_find_descendant (lb_template_child (row, "box"), type);

  g_assert_nonnull (control);

  return control;
}

static void
type_into (GtkWidget *row,
           const char *text)
{
  gtk_editable_set_text (get_control (row, GTK_TYPE_ENTRY), text);
}

static gboolean
is_refused (GtkWidget *row)
{
  return gtk_widget_get_visible (lb_template_child (row, "refusal"));
}

static gboolean
can_save (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
}

/* As the button does, and Enter: the button is what the dialog does by default. */
static void
save (GtkWidget *dialog)
{
  GtkWidget *button = gtk_window_get_default_widget (GTK_WINDOW (dialog));

  gtk_widget_activate_action (dialog, gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), NULL);
}

static void
test_is_open_once (LbWindowFixture *f,
                   gconstpointer user_data)
{
  guint n_before = g_list_model_get_n_items (gtk_window_get_toplevels ());

  edit (f, URL_A);
  edit (f, URL_A);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, n_before + 1);

  edit (f, URL_B);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, n_before + 2);
}

static void
test_shows_the_backend (LbWindowFixture *f,
                        gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 1);
  g_auto (LbProbeExceptions) exceptions = { 0 };
  GtkWidget *dialog;
  GtkWidget *interval;
  GtkWidget *timeout;

  lb_probe_field_find ("interval_ms", &exceptions.set);
  exceptions.values.interval_ms = 2500;
  lb_backend_set_exceptions (backend, &exceptions);
  lb_backend_set_weight (backend, 9, NULL);
  lb_backend_set_backup (backend, TRUE);
  lb_backend_set_state (backend, LB_STATE_MAINT);

  dialog = edit (f, URL_B);
  interval = get_row (dialog, "interval_ms");
  timeout = get_row (dialog, "timeout_ms");

  g_assert_cmpstr (gtk_editable_get_text (lb_template_child (dialog, "url")), ==, URL_B);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (lb_template_child (dialog, "weight")), ==, 9);
  g_assert_true (gtk_switch_get_active (lb_template_child (dialog, "backup")));
  g_assert_cmpuint (gtk_drop_down_get_selected (lb_template_child (dialog, "state")), ==,
                    LB_STATE_MAINT);

  g_assert_true (lb_probe_row_get_own (LB_PROBE_ROW (interval)));
  g_assert_cmpstr (gtk_editable_get_text (get_control (interval, GTK_TYPE_SPIN_BUTTON)), ==, "2.5");

  /* What is no exception shows the default, and cannot be changed. */
  g_assert_false (lb_probe_row_get_own (LB_PROBE_ROW (timeout)));
  g_assert_cmpstr (gtk_editable_get_text (get_control (timeout, GTK_TYPE_SPIN_BUTTON)), ==, "2");
  g_assert_false (gtk_widget_get_sensitive (get_control (timeout, GTK_TYPE_SPIN_BUTTON)));
}

static void
test_shows_every_setting (LbWindowFixture *f,
                          gconstpointer user_data)
{
  GtkWidget *dialog = edit (f, URL_A);
  const LbSetting *fields;
  guint n_fields;
  guint i;

  fields = lb_probe_fields (&n_fields);
  for (i = 0; i < n_fields; i++)
    get_row (dialog, fields[i].name);
}

static void
test_save_changes_the_backend (LbWindowFixture *f,
                               gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 1);
  const LbProbeExceptions *exceptions;
  GtkWidget *dialog = edit (f, URL_B);
  GtkWidget *headers = get_row (dialog, "headers");
  GtkWidget *interval = get_row (dialog, "fast_interval_ms");
  guint32 bits[3];

  gtk_spin_button_set_value (lb_template_child (dialog, "weight"), 12);
  gtk_drop_down_set_selected (lb_template_child (dialog, "state"), LB_STATE_DRAIN);
  tick (get_row (dialog, "path"), TRUE);
  type_into (get_row (dialog, "path"), " /health ");
  tick (interval, TRUE);
  gtk_editable_set_text (get_control (interval, GTK_TYPE_SPIN_BUTTON), "0.125");
  tick (headers, TRUE);
  gtk_text_buffer_set_text (
    gtk_text_view_get_buffer (get_control (headers, GTK_TYPE_TEXT_VIEW)), "X-A: 1\n\n X-B: 2\n", -1);

  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);
  save (dialog);
  g_assert_null (lb_find_dialog (LB_TYPE_BACKEND_EDITOR));

  g_assert_true (lb_pool_get_backend (f->pool, 1) == backend);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 12);
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_DRAIN);

  lb_probe_field_find ("path", &bits[0]);
  lb_probe_field_find ("fast_interval_ms", &bits[1]);
  lb_probe_field_find ("headers", &bits[2]);
  exceptions = lb_backend_get_exceptions (backend);
  g_assert_cmpuint (exceptions->set, ==, bits[0] | bits[1] | bits[2]);
  g_assert_cmpstr (exceptions->values.path, ==, "/health");
  g_assert_cmpuint (exceptions->values.fast_interval_ms, ==, 125);
  g_assert_cmpstr (exceptions->values.headers[0], ==, "X-A: 1");
  g_assert_cmpstr (exceptions->values.headers[1], ==, "X-B: 2");
  g_assert_null (exceptions->values.headers[2]);

  /* And back to the default. */
  dialog = edit (f, URL_B);
  tick (get_row (dialog, "path"), FALSE);
  g_assert_cmpstr (gtk_editable_get_text (get_control (get_row (dialog, "path"), GTK_TYPE_ENTRY)),
                   ==, "");
  save (dialog);
  g_assert_cmpuint (lb_backend_get_exceptions (backend)->set, ==, bits[1] | bits[2]);
}

/* A file, another window or D-Bus may change the backend while it is edited. */
static void
test_save_leaves_what_others_change (LbWindowFixture *f,
                                     gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 1);
  g_auto (LbProbeExceptions) others = { 0 };
  const LbProbeExceptions *exceptions;
  GtkWidget *dialog = edit (f, URL_B);
  guint32 path;
  guint32 interval;

  lb_probe_field_find ("path", &path);
  lb_probe_field_find ("interval_ms", &interval);
  others.set = interval;
  others.values.interval_ms = 2500;
  lb_backend_set_exceptions (backend, &others);
  lb_backend_set_weight (backend, 50, NULL);
  lb_backend_set_state (backend, LB_STATE_MAINT);

  gtk_switch_set_active (lb_template_child (dialog, "backup"), TRUE);
  tick (get_row (dialog, "path"), TRUE);
  type_into (get_row (dialog, "path"), "/health");
  save (dialog);

  exceptions = lb_backend_get_exceptions (backend);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 50);
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_MAINT);
  g_assert_true (lb_backend_get_backup (backend));
  g_assert_cmpuint (exceptions->set, ==, path | interval);
  g_assert_cmpuint (exceptions->values.interval_ms, ==, 2500);
  g_assert_cmpstr (exceptions->values.path, ==, "/health");
}

static void
test_unticked_is_remembered (LbWindowFixture *f,
                             gconstpointer user_data)
{
  GtkWidget *dialog = edit (f, URL_A);
  GtkWidget *path = get_row (dialog, "path");
  GtkEditable *entry = get_control (path, GTK_TYPE_ENTRY);

  tick (path, TRUE);
  type_into (path, "/health");
  tick (path, FALSE);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  tick (path, TRUE);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "/health");
}

static void
test_cancel_changes_nothing (LbWindowFixture *f,
                             gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  GtkWidget *dialog = edit (f, URL_A);

  gtk_spin_button_set_value (lb_template_child (dialog, "weight"), 12);
  tick (get_row (dialog, "tcp_only"), TRUE);
  gtk_widget_activate_action (dialog, "window.close", NULL);

  g_assert_null (lb_find_dialog (LB_TYPE_BACKEND_EDITOR));
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);
  g_assert_cmpuint (lb_backend_get_exceptions (backend)->set, ==, 0);
}

static void
test_url_replaces_the_backend (LbWindowFixture *f,
                               gconstpointer user_data)
{
  g_autoptr (LbBackend) old = g_object_ref (lb_pool_get_backend (f->pool, 1));
  LbBackend *backend;
  GtkWidget *dialog;

  lb_backend_set_weight (old, 9, NULL);
  dialog = edit (f, URL_B);
  gtk_editable_set_text (lb_template_child (dialog, "url"), "http://127.0.0.1:9009/app");
  tick (get_row (dialog, "tcp_only"), TRUE);
  save (dialog);
  g_assert_null (lb_find_dialog (LB_TYPE_BACKEND_EDITOR));

  backend = lb_pool_get_backend (f->pool, 1);
  g_assert_true (backend != old);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 3);
  g_assert_cmpstr (lb_backend_get_url (backend), ==, "http://127.0.0.1:9009/app");
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 9);
  g_assert_cmpuint (lb_backend_get_exceptions (backend)->set, !=, 0);
}

static void
test_url_is_refused (LbWindowFixture *f,
                     gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 1);
  GtkWidget *dialog = edit (f, URL_B);
  GtkWidget *refusal = lb_template_child (dialog, "url_refusal");
  g_autoptr (GError) error = NULL;

  gtk_editable_set_text (lb_template_child (dialog, "url"), URL_C);
  gtk_spin_button_set_value (lb_template_child (dialog, "weight"), 12);
  save (dialog);
  g_assert_true (gtk_widget_get_visible (refusal));
  g_assert_nonnull (lb_find_dialog (LB_TYPE_BACKEND_EDITOR));
  g_assert_true (lb_pool_get_backend (f->pool, 1) == backend);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);

  g_assert_null (lb_backend_new ("nowhere", &error));
  gtk_editable_set_text (lb_template_child (dialog, "url"), "nowhere");
  g_assert_false (gtk_widget_get_visible (refusal));
  save (dialog);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (refusal)), ==, error->message);

  gtk_editable_set_text (lb_template_child (dialog, "url"), "");
  g_assert_false (can_save (dialog));
}

static void
test_setting_is_refused_where_it_is (LbWindowFixture *f,
                                     gconstpointer user_data)
{
  GtkWidget *dialog = edit (f, URL_A);
  GtkWidget *path = get_row (dialog, "path");
  GtkWidget *status = get_row (dialog, "expected_status");
  g_autoptr (GError) error = NULL;

  tick (path, TRUE);
  type_into (path, "health");
  g_assert_true (is_refused (path));
  g_assert_true (gtk_widget_get_visible (lb_template_child (dialog, "refusal")));
  g_assert_false (can_save (dialog));
  g_assert_false (lb_probe_field_find ("path", NULL)->check ("health", &error));
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (path, "refusal")), ==, error->message);

  /* A path can be none, but there must be a status that is good. */
  type_into (path, "");
  g_assert_false (is_refused (path));
  g_assert_false (gtk_widget_get_visible (lb_template_child (dialog, "refusal")));
  g_assert_true (can_save (dialog));
  tick (status, TRUE);
  type_into (status, "");
  g_assert_true (is_refused (status));
  g_assert_false (can_save (dialog));

  tick (status, FALSE);
  g_assert_false (is_refused (status));
  g_assert_true (can_save (dialog));
}

static void
test_numbers_are_refused (LbWindowFixture *f,
                          gconstpointer user_data)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);
  GtkWidget *dialog = edit (f, URL_A);
  GtkSpinButton *weight = lb_template_child (dialog, "weight");
  GtkWidget *timeout = get_row (dialog, "timeout_ms");
  GtkSpinButton *seconds = get_control (timeout, GTK_TYPE_SPIN_BUTTON);
  g_autoptr (GError) error = NULL;

  gtk_editable_set_text (GTK_EDITABLE (weight), "300");
  gtk_spin_button_update (weight);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (weight)), ==, "300");
  g_assert_false (lb_backend_set_weight (backend, 300, &error));
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (dialog, "weight_refusal")), ==,
                   error->message);
  save (dialog);
  g_assert_nonnull (lb_find_dialog (LB_TYPE_BACKEND_EDITOR));
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);
  gtk_widget_activate_action (dialog, "editor.show-refused", NULL);
  g_assert_true (
    gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (dialog)), GTK_WIDGET (weight)));

  gtk_editable_set_text (GTK_EDITABLE (weight), "30");
  g_assert_false (gtk_widget_get_visible (lb_template_child (dialog, "weight_refusal")));
  tick (timeout, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (seconds), "1000000");
  gtk_spin_button_update (seconds);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (seconds)), ==, "1000000");
  g_assert_true (is_refused (timeout));

  /* A step goes on from the last good number. */
  gtk_spin_button_spin (seconds, GTK_SPIN_STEP_FORWARD, 0.25);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (seconds)), ==, "2.25");
  g_assert_false (is_refused (timeout));

  save (dialog);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 30);
  g_assert_cmpuint (lb_backend_get_exceptions (backend)->values.timeout_ms, ==, 2250);
}

static void
test_settings_that_do_not_go_together (LbWindowFixture *f,
                                       gconstpointer user_data)
{
  GtkWidget *dialog = edit (f, URL_A);
  GtkWidget *refusal = lb_template_child (dialog, "refusal");

  tick (get_row (dialog, "method"), TRUE);
  type_into (get_row (dialog, "method"), "HEAD");
  tick (get_row (dialog, "expected_body"), TRUE);
  type_into (get_row (dialog, "expected_body"), "welcome");
  save (dialog);
  g_assert_true (gtk_widget_get_visible (refusal));
  g_assert_cmpuint (lb_backend_get_exceptions (lb_pool_get_backend (f->pool, 0))->set, ==, 0);

  type_into (get_row (dialog, "method"), "GET");
  g_assert_false (gtk_widget_get_visible (refusal));
}

static void
test_stays_when_the_backend_goes (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  GtkWidget *dialog = edit (f, URL_B);
  GtkEditable *url = lb_template_child (dialog, "url");

  gtk_editable_set_text (url, "http://127.0.0.1:9009");
  lb_balancer_remove_backend (f->balancer, lb_pool_get_backend (f->pool, 0));
  g_assert_true (can_save (dialog));

  lb_balancer_remove_backend (f->balancer, lb_pool_get_backend (f->pool, 0));
  g_assert_true (lb_find_dialog (LB_TYPE_BACKEND_EDITOR) == dialog);
  g_assert_cmpstr (gtk_editable_get_text (url), ==, "http://127.0.0.1:9009");
  g_assert_true (gtk_widget_get_visible (lb_template_child (dialog, "refusal")));
  g_assert_false (can_save (dialog));
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  soup_message_headers_append (soup_server_message_get_response_headers (message), "X-Seen", path);
  soup_server_message_set_status (message, g_str_equal (path, "/health") ? 200 : 418, NULL);
}

static gboolean
test_is_over (gpointer user_data)
{
  GtkWidget *panel = lb_template_child (user_data, "test");

  return !gtk_widget_get_visible (lb_template_child (panel, "spinner"));
}

static void
assert_test_says (GtkWidget *dialog,
                  const char *summary,
                  const char *detail)
{
  GtkWidget *panel = lb_template_child (dialog, "test");
  const char *shown;

  lb_wait_until (test_is_over, dialog);
  shown = gtk_label_get_label (lb_template_child (panel, "summary"));
  g_assert_true (g_str_has_prefix (shown, summary));
  if (detail != NULL)
    g_assert_nonnull (strstr (gtk_label_get_label (lb_template_child (panel, "details")), detail));
}

static void
test_test_probes_as_typed (LbWindowFixture *f,
                           gconstpointer user_data)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  GSList *uris;
  GtkWidget *dialog;
  GtkWidget *panel;
  GtkWidget *path;

  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  /* The row's menu opens the editor and tests at once, with the URL as it is. */
  add (f, url);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.test-backend", "s", url);
  dialog = lb_find_dialog (LB_TYPE_BACKEND_EDITOR);
  g_assert_nonnull (dialog);
  assert_test_says (dialog, "Bad: It answered with status 418", "X-Seen: /");

  /* What is typed counts, and is not saved by it. */
  path = get_row (dialog, "path");
  tick (path, TRUE);
  type_into (path, "/health");
  panel = lb_template_child (dialog, "test");
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (panel, "summary")), ==, "");
  g_assert_false (gtk_widget_get_visible (lb_template_child (panel, "expander")));
  gtk_widget_activate_action (dialog, "editor.test", NULL);
  assert_test_says (dialog, "Good: ", "X-Seen: /health");
  g_assert_cmpuint (lb_backend_get_exceptions (lb_pool_find (f->pool, url))->set, ==, 0);

  /* The end of the dialog is the end of a test under way. */
  gtk_widget_activate_action (dialog, "editor.test", NULL);
  gtk_window_close (GTK_WINDOW (dialog));
}

static gboolean
editor_is_closed (gpointer user_data)
{
  return lb_find_dialog (LB_TYPE_BACKEND_EDITOR) == NULL;
}

/* Enter saves from a number as it does from a text. */
static void
test_enter_in_a_number (LbWindowFixture *f,
                        gconstpointer user_data)
{
  GtkWidget *dialog = edit (f, URL_B);
  GtkEditable *weight = lb_template_child (dialog, "weight");

  gtk_editable_set_text (weight, "7");
  g_signal_emit_by_name (gtk_editable_get_delegate (weight), "activate");
  lb_wait_until (editor_is_closed, NULL);
  g_assert_cmpuint (lb_backend_get_weight (lb_pool_find (f->pool, URL_B)), ==, 7);
}

static GtkWidget *
open_defaults (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.probe-defaults", NULL);

  return lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG);
}

static void
test_defaults_are_saved (LbWindowFixture *f,
                         gconstpointer user_data)
{
  GtkWidget *dialog = open_defaults (f);
  LbProbeSettings expected = { 0 };

  g_assert_nonnull (dialog);
  g_assert_null (lb_probe_page_find (lb_template_child (dialog, "page"), "url"));

  lb_probe_settings_copy (&expected, lb_balancer_get_probe_settings (f->balancer));
  expected.interval_ms = 1500;
  expected.jitter = 0.25;
  expected.tcp_only = TRUE;
  g_free (expected.expected_status);
  expected.expected_status = g_strdup ("200");

  gtk_spin_button_set_value (get_control (get_row (dialog, "interval_ms"), GTK_TYPE_SPIN_BUTTON), 1.5);
  gtk_spin_button_set_value (get_control (get_row (dialog, "jitter"), GTK_TYPE_SPIN_BUTTON), 25);
  gtk_switch_set_active (get_control (get_row (dialog, "tcp_only"), GTK_TYPE_SWITCH), TRUE);
  type_into (get_row (dialog, "expected_status"), "200");
  gtk_spin_button_set_value (lb_template_child (dialog, "panic"), 30);
  save (dialog);

  g_assert_null (lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG));
  g_assert_true (lb_probe_settings_equal (lb_balancer_get_probe_settings (f->balancer), &expected));
  g_assert_cmpfloat_with_epsilon (lb_balancer_get_panic_share (f->balancer), 0.3, 1e-9);
  lb_probe_settings_clear (&expected);

  dialog = open_defaults (f);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (lb_template_child (dialog, "panic")), ==, 30);
}

static void
test_defaults_that_are_untouched_stay (LbWindowFixture *f,
                                       gconstpointer user_data)
{
  LbProbeSettings before = { 0 };

  lb_probe_settings_copy (&before, lb_balancer_get_probe_settings (f->balancer));
  save (open_defaults (f));

  g_assert_true (lb_probe_settings_equal (lb_balancer_get_probe_settings (f->balancer), &before));
  g_assert_cmpfloat (lb_balancer_get_panic_share (f->balancer), ==, 0.0);
  lb_probe_settings_clear (&before);
}

static void
test_defaults_leave_what_others_change (LbWindowFixture *f,
                                        gconstpointer user_data)
{
  GtkWidget *dialog = open_defaults (f);
  g_auto (LbProbeSettings) others = { 0 };
  const LbProbeSettings *settings;

  lb_probe_settings_copy (&others, lb_balancer_get_probe_settings (f->balancer));
  others.rise = 7;
  lb_balancer_set_probe_settings (f->balancer, &others);
  lb_balancer_set_panic_share (f->balancer, 0.5);

  gtk_spin_button_set_value (get_control (get_row (dialog, "fall"), GTK_TYPE_SPIN_BUTTON), 5);
  save (dialog);

  settings = lb_balancer_get_probe_settings (f->balancer);
  g_assert_cmpuint (settings->rise, ==, 7);
  g_assert_cmpuint (settings->fall, ==, 5);
  g_assert_cmpfloat (lb_balancer_get_panic_share (f->balancer), ==, 0.5);
}

static void
test_defaults_are_refused (LbWindowFixture *f,
                           gconstpointer user_data)
{
  GtkWidget *dialog = open_defaults (f);

  type_into (get_row (dialog, "method"), "POKE");
  g_assert_true (is_refused (get_row (dialog, "method")));
  g_assert_true (gtk_widget_get_visible (lb_template_child (dialog, "refusal")));
  g_assert_false (can_save (dialog));
}

/* A share that cannot be is said to be so, and not made one that can. */
static void
test_defaults_refuse_a_share (LbWindowFixture *f,
                              gconstpointer user_data)
{
  GtkWidget *dialog = open_defaults (f);
  GtkWidget *panic = lb_template_child (dialog, "panic");

  gtk_editable_set_text (GTK_EDITABLE (panic), "150");
  g_assert_true (gtk_widget_get_visible (lb_template_child (dialog, "panic_refusal")));
  g_assert_true (gtk_widget_get_visible (lb_template_child (dialog, "refusal")));

  gtk_widget_activate_action (dialog, "defaults.show-refused", NULL);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (dialog)), panic));

  gtk_editable_set_text (GTK_EDITABLE (panic), "15");
  g_assert_false (gtk_widget_get_visible (lb_template_child (dialog, "panic_refusal")));
  g_assert_false (gtk_widget_get_visible (lb_template_child (dialog, "refusal")));
  save (dialog);
  g_assert_cmpfloat_with_epsilon (lb_balancer_get_panic_share (f->balancer), 0.15, 1e-9);
}

static GtkWidget *
get_reset (GtkWidget *row)
{
  GtkWidget *button = lb_find_descendant (row, GTK_TYPE_BUTTON);

  g_assert_true (gtk_widget_has_css_class (button, "lb-reset"));

  return button;
}

/* Each by itself, as long as it differs. */
static void
test_defaults_are_reset (LbWindowFixture *f,
                         gconstpointer user_data)
{
  GtkWidget *dialog = open_defaults (f);
  GtkWidget *interval = get_row (dialog, "interval_ms");
  GtkWidget *path = get_row (dialog, "path");
  GtkWidget *headers = get_row (dialog, "headers");
  GtkWidget *tcp = get_row (dialog, "tcp_only");
  GtkWidget *panic = lb_template_child (dialog, "panic");
  GtkWidget *rows[] = { interval, path, headers, tcp, gtk_widget_get_parent (panic) };
  const LbProbeSettings *settings = lb_balancer_get_probe_settings (f->balancer);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_false (gtk_widget_get_visible (get_reset (rows[i])));

  gtk_spin_button_set_value (get_control (interval, GTK_TYPE_SPIN_BUTTON), 9.0);
  gtk_editable_set_text (get_control (path, GTK_TYPE_ENTRY), "/up");
  gtk_text_buffer_set_text (
    gtk_text_view_get_buffer (get_control (headers, GTK_TYPE_TEXT_VIEW)), "X-A: b\n", -1);
  gtk_switch_set_active (get_control (tcp, GTK_TYPE_SWITCH), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (panic), 40.0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (gtk_widget_get_visible (get_reset (rows[i])));
  save (dialog);
  g_assert_cmpuint (settings->interval_ms, ==, 9000);

  dialog = open_defaults (f);
  rows[0] = get_row (dialog, "interval_ms");
  rows[1] = get_row (dialog, "path");
  rows[2] = get_row (dialog, "headers");
  rows[3] = get_row (dialog, "tcp_only");
  rows[4] = gtk_widget_get_parent (lb_template_child (dialog, "panic"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (get_reset (rows[1])),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Reset “Path”");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (gtk_widget_get_visible (get_reset (rows[i])));
      g_signal_emit_by_name (get_reset (rows[i]), "clicked");
      g_assert_false (gtk_widget_get_visible (get_reset (rows[i])));
    }
  g_assert_cmpuint (settings->interval_ms, ==, 9000);
  save (dialog);

  g_assert_cmpuint (settings->interval_ms, ==, 1000);
  g_assert_null (settings->path);
  g_assert_null (settings->headers);
  g_assert_false (settings->tcp_only);
  g_assert_cmpfloat (lb_balancer_get_panic_share (f->balancer), ==, 0.0);
}

static void
test_defaults_go_with_the_exceptions (LbWindowFixture *f,
                                      gconstpointer user_data)
{
  g_auto (LbProbeExceptions) exceptions = { 0 };
  GtkWidget *dialog;
  GtkLabel *refusal;

  lb_probe_field_find ("expected_body", &exceptions.set);
  exceptions.values.expected_body = g_strdup ("welcome");
  lb_backend_set_exceptions (lb_pool_get_backend (f->pool, 1), &exceptions);

  dialog = open_defaults (f);
  refusal = lb_template_child (dialog, "refusal");
  type_into (get_row (dialog, "method"), "HEAD");
  save (dialog);
  g_assert_true (lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG) == dialog);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (refusal)));
  g_assert_nonnull (strstr (gtk_label_get_label (refusal), URL_B));
  g_assert_cmpstr (lb_balancer_get_probe_settings (f->balancer)->method, ==, "GET");

  lb_backend_set_exceptions (lb_pool_get_backend (f->pool, 1), &(LbProbeExceptions){ 0 });
  save (dialog);
  g_assert_cmpstr (lb_balancer_get_probe_settings (f->balancer)->method, ==, "HEAD");
}

static int
get_minimum_width (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);

  return minimum;
}

/* On the narrowest screen, with text of twice the usual size, which may come while it is open. */
static void
test_large_text_has_room (LbWindowFixture *f,
                          gconstpointer user_data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  GtkWidget *editor = edit (f, URL_A);
  GtkWidget *defaults;
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * PANGO_SCALE, NULL);
  g_assert_cmpint (get_minimum_width (editor), <=, 360);
  gtk_window_destroy (GTK_WINDOW (editor));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.probe-defaults", NULL);
  defaults = lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG);
  g_assert_cmpint (get_minimum_width (defaults), <=, 360);
  gtk_window_destroy (GTK_WINDOW (defaults));
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add (path, LbWindowFixture, NULL, set_up, test, lb_window_fixture_tear_down)

  ADD ("/backend-editor/is-open-once", test_is_open_once);
  ADD ("/backend-editor/shows-the-backend", test_shows_the_backend);
  ADD ("/backend-editor/shows-every-setting", test_shows_every_setting);
  ADD ("/backend-editor/save-changes-the-backend", test_save_changes_the_backend);
  ADD ("/backend-editor/save-leaves-what-others-change", test_save_leaves_what_others_change);
  ADD ("/backend-editor/unticked-is-remembered", test_unticked_is_remembered);
  ADD ("/backend-editor/cancel-changes-nothing", test_cancel_changes_nothing);
  ADD ("/backend-editor/url/replaces-the-backend", test_url_replaces_the_backend);
  ADD ("/backend-editor/url/is-refused", test_url_is_refused);
  ADD ("/backend-editor/setting-is-refused-where-it-is", test_setting_is_refused_where_it_is);
  ADD ("/backend-editor/numbers-are-refused", test_numbers_are_refused);
  ADD ("/backend-editor/settings-that-do-not-go-together", test_settings_that_do_not_go_together);
  ADD ("/backend-editor/stays-when-the-backend-goes", test_stays_when_the_backend_goes);
  ADD ("/backend-editor/test-probes-as-typed", test_test_probes_as_typed);
  ADD ("/backend-editor/enter-in-a-number", test_enter_in_a_number);
  ADD ("/backend-editor/large-text-has-room", test_large_text_has_room);
  ADD ("/defaults-dialog/is-saved", test_defaults_are_saved);
  ADD ("/defaults-dialog/is-reset", test_defaults_are_reset);
  ADD ("/defaults-dialog/untouched-stays", test_defaults_that_are_untouched_stay);
  ADD ("/defaults-dialog/leaves-what-others-change", test_defaults_leave_what_others_change);
  ADD ("/defaults-dialog/is-refused", test_defaults_are_refused);
  ADD ("/defaults-dialog/refuses-a-share", test_defaults_refuse_a_share);
  ADD ("/defaults-dialog/go-with-the-exceptions", test_defaults_go_with_the_exceptions);

#undef ADD

  return lb_window_test_run ();
}
