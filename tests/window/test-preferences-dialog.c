/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-defaults-dialog.h"
#include "window/lb-preferences-dialog.h"
#include "window/lb-setting-entry.h"
#include "window/lb-settings.h"
#include "window/lb-window-fixture.h"

typedef struct
{
  LbWindowFixture base;
  LbEndpoint *endpoint;
  GtkWidget *dialog;
} Fixture;

static void
remember (Fixture *f,
          const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (f->base.config_path, text, -1, &error);
  g_assert_no_error (error);
}

static void
open_dialog (Fixture *f)
{
  lb_window_fixture_open (&f->base);
  gtk_widget_activate_action (GTK_WIDGET (f->base.window), "win.preferences", NULL);
  f->dialog = lb_find_dialog (LB_TYPE_PREFERENCES_DIALOG);
  g_assert_nonnull (f->dialog);
}

/* Without an override; where it listens is in the file. */
static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (&f->base, NULL);
  f->endpoint = lb_balancer_get_endpoint (f->base.balancer);
  remember (f, "{\"listen\": [\"127.0.0.1\"], \"port\": 0}");
  lb_balancer_load (f->base.balancer, NULL);
  lb_balancer_start (f->base.balancer, &error);
  g_assert_no_error (error);
  open_dialog (f);
}

static void
set_up_overridden (Fixture *f,
                   gconstpointer user_data)
{
  char *listen[] = { (char *) "127.0.0.1", NULL };
  const LbOverrides overrides = { .listen = listen, .port = 0, .stats_port = 0,
                                  .policy = (char *) "least-connections" };

  lb_window_fixture_set_up (&f->base, NULL);
  f->endpoint = lb_balancer_get_endpoint (f->base.balancer);
  lb_balancer_load (f->base.balancer, &overrides);
  g_assert_true (lb_balancer_start (f->base.balancer, NULL));
  open_dialog (f);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  lb_window_fixture_tear_down (&f->base, NULL);
}

static gpointer
child (Fixture *f,
       const char *name)
{
  return lb_template_child (f->dialog, name);
}

static const char *
get_text (Fixture *f,
          const char *name)
{
  return gtk_editable_get_text (child (f, name));
}

/* Types it and presses Enter, as a key does. */
static void
enter (Fixture *f,
       const char *name,
       const char *text)
{
  GtkEditable *entry = child (f, name);

  gtk_editable_set_text (entry, text);
  g_signal_emit_by_name (gtk_editable_get_delegate (entry), "activate");
}

static gboolean
is_refused (Fixture *f,
            const char *name)
{
  return gtk_widget_has_css_class (child (f, name), "error");
}

static gboolean
says (GtkWidget *widget,
      const char *part)
{
  GtkWidget *c;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_visible (widget) &&
      strstr (gtk_label_get_label (GTK_LABEL (widget)), part) != NULL)
    return TRUE;

  for (c = gtk_widget_get_first_child (widget); c != NULL; c = gtk_widget_get_next_sibling (c))
    if (says (c, part))
      return TRUE;

  return FALSE;
}

static void
assert_refused (Fixture *f,
                const char *name,
                const char *text,
                const char *why)
{
  g_autofree char *row = g_strconcat (name, "_row", NULL);

  enter (f, name, text);
  g_assert_true (is_refused (f, name));
  g_assert_true (says (child (f, row), why));
  g_assert_cmpstr (get_text (f, name), ==, text);
}

static guint16
find_port (void)
{
  g_autoptr (GSocket) socket = NULL;
  guint port;

  socket = lb_test_occupy_port (&port);

  return (guint16) port;
}

static void
test_ports (Fixture *f,
            gconstpointer user_data)
{
  const guint16 before = lb_endpoint_get_port (f->endpoint);
  const guint16 port = find_port ();
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *taken_number = NULL;
  g_autoptr (GSocket) other = NULL;
  guint taken;

  other = lb_test_occupy_port (&taken);
  taken_number = g_strdup_printf ("%u", taken);

  assert_refused (f, "port", taken_number, taken_number);
  assert_refused (f, "port", "65536", "65536");
  assert_refused (f, "port", "0", "another port at each start");
  assert_refused (f, "port", "x", "“x”");
  assert_refused (f, "stats_port", taken_number, "/stats");
  assert_refused (f, "stats_port", "", "whole number");
  g_assert_cmpuint (lb_endpoint_get_port (f->endpoint), ==, before);
  g_assert_null (lb_endpoint_get_error (f->endpoint));

  enter (f, "port", number);
  g_assert_false (is_refused (f, "port"));
  g_assert_cmpuint (lb_endpoint_get_port (f->endpoint), ==, port);
  assert_refused (f, "stats_port", number, "at the same time");
  g_assert_cmpuint (lb_endpoint_get_stats_port (f->endpoint), ==, 0);

  g_clear_object (&other);
  enter (f, "stats_port", taken_number);
  g_assert_false (is_refused (f, "stats_port"));
  g_assert_cmpuint (lb_endpoint_get_stats_port (f->endpoint), ==, taken);
  g_assert_nonnull (lb_endpoint_get_stats_uris (f->endpoint)[0]);
}

/* Where it cannot be opened it stays where it was. */
static void
test_agent_port (Fixture *f,
                 gconstpointer user_data)
{
  const guint16 port = find_port ();
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *taken_number = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) other = NULL;
  g_autoptr (GError) error = NULL;
  guint taken;

  other = lb_test_occupy_port (&taken);
  taken_number = g_strdup_printf ("%u", taken);

  g_assert_cmpstr (get_text (f, "agent_port"), ==, "0");
  assert_refused (f, "agent_port", "65536", "65536");
  enter (f, "agent_port", number);
  g_assert_false (is_refused (f, "agent_port"));
  assert_refused (f, "agent_port", taken_number, taken_number);
  g_assert_cmpuint (lb_balancer_get_agent_port (f->base.balancer), ==, port);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&connection);

  enter (f, "agent_port", "0");
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_addresses (Fixture *f,
                gconstpointer user_data)
{
  g_assert_cmpstr (get_text (f, "addresses"), ==, "127.0.0.1");
  assert_refused (f, "addresses", "127.0.0.1 example.org", "“example.org”");
  assert_refused (f, "addresses", " ", "at least one");
  assert_refused (f, "addresses", "192.0.2.1", "192.0.2.1");
  g_assert_cmpuint (g_strv_length ((char **) lb_endpoint_get_uris (f->endpoint)), ==, 1);

  enter (f, "addresses", "127.0.0.1,  127.0.0.2 127.0.0.1");
  g_assert_false (is_refused (f, "addresses"));
  g_assert_cmpstr (get_text (f, "addresses"), ==, "127.0.0.1 127.0.0.2");
  g_assert_cmpuint (g_strv_length ((char **) lb_endpoint_get_uris (f->endpoint)), ==, 2);
}

/* As Escape does in the widget that has the focus. */
static gboolean
press_escape (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          g_autofree char *trigger = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

          if (g_str_equal (trigger, "Escape"))
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, NULL);
        }
    }

  return FALSE;
}

/* Who goes on to something else has decided, and Escape brings back what holds. */
static void
test_leaves (Fixture *f,
             gconstpointer user_data)
{
  gtk_widget_grab_focus (child (f, "connections"));
  gtk_editable_set_text (child (f, "connections"), "31");
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 0);
  gtk_widget_grab_focus (child (f, "port"));
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 31);

  gtk_widget_grab_focus (child (f, "connections"));
  gtk_editable_set_text (child (f, "connections"), "many");
  g_assert_true (press_escape (child (f, "connections")));
  g_assert_cmpstr (get_text (f, "connections"), ==, "31");

  /* The second one is the dialog's. */
  g_assert_false (press_escape (child (f, "connections")));
}

static void
test_connections (Fixture *f,
                  gconstpointer user_data)
{
  assert_refused (f, "connections", "1000001", "1000000");
  assert_refused (f, "connections", "-1", "“-1”");
  enter (f, "connections", " 200 ");
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 200);
  g_assert_cmpstr (get_text (f, "connections"), ==, "200");

  assert_refused (f, "per_client", "1000001", "1000000");
  enter (f, "per_client", "20");
  g_assert_cmpuint (lb_balancer_get_max_connections_per_client (f->base.balancer), ==, 20);
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 200);
}

static void
test_origin (Fixture *f,
             gconstpointer user_data)
{
  g_assert_cmpstr (get_text (f, "origin"), ==, "*");
  assert_refused (f, "origin", "http://h/a", "“http://h/a”");
  g_assert_cmpstr (lb_balancer_get_cors_origin (f->base.balancer), ==, "*");

  /* What is refused may be mended. */
  gtk_editable_set_text (child (f, "origin"), "HTTP://h/");
  g_assert_false (is_refused (f, "origin"));
  g_assert_false (says (child (f, "origin_row"), "“http://h/a”"));
  enter (f, "origin", "HTTP://h/");
  g_assert_cmpstr (lb_balancer_get_cors_origin (f->base.balancer), ==, "http://h");
  g_assert_cmpstr (get_text (f, "origin"), ==, "http://h");
}

static void
test_choices (Fixture *f,
              gconstpointer user_data)
{
  gtk_drop_down_set_selected (child (f, "status"), 4);
  g_assert_cmpuint (lb_balancer_get_redirect_status (f->base.balancer), ==, 308);
  g_assert_true (says (child (f, "status_row"), "for good"));

  lb_balancer_set_policy (f->base.balancer, "least-connections", NULL);
  g_assert_true (says (child (f, "policy_row"), "ewest"));
  gtk_drop_down_set_selected (child (f, "policy"), 0);
  g_assert_cmpstr (lb_balancer_get_policy (f->base.balancer), ==, lb_policy_list (0)->name);
}

static void
test_desktop (Fixture *f,
              gconstpointer user_data)
{
  g_autoptr (GSettings) settings = lb_settings_new ();

  g_assert_nonnull (settings);
  gtk_switch_set_active (child (f, "notifications"), FALSE);
  gtk_switch_set_active (child (f, "background"), TRUE);
  gtk_drop_down_set_selected (child (f, "theme"), 2);
  g_assert_false (g_settings_get_boolean (settings, "notifications"));
  g_assert_true (g_settings_get_boolean (settings, "run-in-background"));
  g_assert_cmpint (g_settings_get_enum (settings, "theme"), ==, 2);

  g_settings_set_enum (settings, "theme", 1);
  g_assert_cmpuint (gtk_drop_down_get_selected (child (f, "theme")), ==, 1);

  gtk_widget_activate_action (f->dialog, "preferences.reset", "s", "desktop");
  g_assert_true (g_settings_get_boolean (settings, "notifications"));
  g_assert_false (g_settings_get_boolean (settings, "run-in-background"));
  g_assert_cmpint (g_settings_get_enum (settings, "theme"), ==, 0);
  g_assert_true (gtk_switch_get_active (child (f, "notifications")));
}

static void
test_reset (Fixture *f,
            gconstpointer user_data)
{
  enter (f, "connections", "7");
  enter (f, "origin", "http://h");
  gtk_drop_down_set_selected (child (f, "status"), 0);

  gtk_widget_activate_action (f->dialog, "preferences.reset", "s", "answers");
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 7);
  g_assert_cmpuint (lb_balancer_get_redirect_status (f->base.balancer), ==, 307);
  g_assert_cmpstr (lb_balancer_get_cors_origin (f->base.balancer), ==, "*");
  g_assert_cmpuint (gtk_drop_down_get_selected (child (f, "status")), ==, 3);
  g_assert_cmpstr (get_text (f, "origin"), ==, "*");
}

/* The button of a row that goes back to the default, which is the first of all its buttons. */
static GtkWidget *
get_reset (Fixture *f,
           const char *name)
{
  g_autofree char *row = g_strconcat (name, "_row", NULL);
  GtkWidget *button = lb_find_descendant (child (f, row), GTK_TYPE_BUTTON);

  g_assert_true (gtk_widget_has_css_class (button, "lb-reset"));

  return button;
}

static void
assert_reset (Fixture *f,
              const char *name)
{
  GtkWidget *button = get_reset (f, name);

  g_assert_true (gtk_widget_get_visible (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_false (gtk_widget_get_visible (button));
}

static void
test_reset_of_one (Fixture *f,
                   gconstpointer user_data)
{
  static const char *const others[] = { "stats_port", "agent_port", "per_client", "policy", "theme" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (gtk_widget_get_visible (get_reset (f, others[i])));

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (get_reset (f, "connections")),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Reset “Connections at Most”");
  enter (f, "connections", "7");
  enter (f, "per_client", "3");
  assert_reset (f, "connections");
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 0);
  g_assert_cmpuint (lb_balancer_get_max_connections_per_client (f->base.balancer), ==, 3);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->dialog)) ==
                 GTK_WIDGET (gtk_editable_get_delegate (child (f, "connections"))));

  /* What is refused, too. */
  assert_refused (f, "origin", "nonsense", "“nonsense”");
  assert_reset (f, "origin");
  g_assert_false (is_refused (f, "origin"));

  gtk_drop_down_set_selected (child (f, "status"), 0);
  assert_reset (f, "status");
  g_assert_cmpuint (lb_balancer_get_redirect_status (f->base.balancer), ==, 307);
  gtk_switch_set_active (child (f, "notifications"), FALSE);
  assert_reset (f, "notifications");
  g_assert_true (gtk_switch_get_active (child (f, "notifications")));

  /* A change from elsewhere counts as well. */
  lb_balancer_set_policy (f->base.balancer, "least-connections", NULL);
  assert_reset (f, "policy");
  g_assert_cmpstr (lb_balancer_get_policy (f->base.balancer), ==, LB_CONFIG_DEFAULT_POLICY);
}

static gboolean
has_origin (gpointer user_data)
{
  return g_str_equal (get_text (user_data, "origin"), "http://h");
}

/* What is being typed stays. */
static void
test_file (Fixture *f,
           gconstpointer user_data)
{
  gtk_editable_set_text (child (f, "connections"), "12");
  remember (f, "{\"listen\": [\"127.0.0.1\"], \"port\": 0, \"cors_origin\": \"http://h\", "
               "\"redirect_status\": 302, \"max_connections\": 5}");
  lb_wait_until (has_origin, f);
  g_assert_cmpuint (gtk_drop_down_get_selected (child (f, "status")), ==, 1);
  g_assert_cmpstr (get_text (f, "connections"), ==, "12");
  lb_setting_entry_take (child (f, "connections"), "5");
}

static void
test_overridden (Fixture *f,
                 gconstpointer user_data)
{
  static const char *const names[] = { "addresses", "port", "stats_port", "agent_port", "policy" };
  static const char *const options[] = { "--listen", "--port", "--stats-port", "--agent-port",
                                         "--policy" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *row = g_strconcat (names[i], "_row", NULL);

      g_assert_false (gtk_widget_get_sensitive (child (f, names[i])));
      g_assert_true (says (child (f, row), options[i]));
      g_assert_false (gtk_widget_get_visible (get_reset (f, names[i])));
    }

  /* Resetting leaves it alone. */
  gtk_widget_activate_action (f->dialog, "preferences.reset", "s", "listening");
  gtk_widget_activate_action (f->dialog, "preferences.reset", "s", "answers");
  g_assert_true (lb_endpoint_is_overridden (f->endpoint, LB_ENDPOINT_PORT));
  g_assert_cmpstr (lb_balancer_get_policy (f->base.balancer), ==, "least-connections");

  /* The window's own button ends it. */
  lb_balancer_set_policy (f->base.balancer, "random", NULL);
  g_assert_true (gtk_widget_get_sensitive (child (f, "policy")));
}

/* What is typed is tried when the dialog closes, and said why it cannot be, once. */
static void
test_closes (Fixture *f,
             gconstpointer user_data)
{
  gtk_editable_set_text (child (f, "connections"), "9");
  gtk_editable_set_text (child (f, "origin"), "nonsense");
  gtk_window_close (GTK_WINDOW (f->dialog));
  g_assert_true (lb_find_dialog (LB_TYPE_PREFERENCES_DIALOG) == f->dialog);
  g_assert_true (is_refused (f, "origin"));
  g_assert_cmpuint (lb_balancer_get_max_connections (f->base.balancer), ==, 9);

  gtk_window_close (GTK_WINDOW (f->dialog));
  g_assert_null (lb_find_dialog (LB_TYPE_PREFERENCES_DIALOG));
  g_assert_cmpstr (lb_balancer_get_cors_origin (f->base.balancer), ==, "*");
}

static void
test_opens_once (Fixture *f,
                 gconstpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->base.window), "win.preferences", NULL);
  g_assert_true (lb_find_dialog (LB_TYPE_PREFERENCES_DIALOG) == f->dialog);

  gtk_widget_activate_action (f->dialog, "preferences.probe-defaults", NULL);
  g_assert_true (gtk_window_get_transient_for (lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG)) ==
                 GTK_WINDOW (f->dialog));
}

/* "::1" has no letter that would say how it is read. */
static void
test_addresses_are_written_from_the_left (Fixture *f,
                                          gconstpointer user_data)
{
  GtkEditable *entry = lb_template_child (f->dialog, "addresses");
  GtkText *text = GTK_TEXT (gtk_editable_get_delegate (entry));
  graphene_rect_t first;
  graphene_rect_t last;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  gtk_editable_set_text (entry, "::1");
  gtk_text_compute_cursor_extents (text, 0, &first, NULL);
  gtk_text_compute_cursor_extents (text, 3, &last, NULL);
  g_assert_cmpfloat (first.origin.x, <, last.origin.x);

  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/preferences/ports", test_ports);
  ADD ("/preferences/agent-port", test_agent_port);
  ADD ("/preferences/addresses", test_addresses);
  ADD ("/preferences/addresses-are-written-from-the-left", test_addresses_are_written_from_the_left);
  ADD ("/preferences/leaves", test_leaves);
  ADD ("/preferences/connections", test_connections);
  ADD ("/preferences/origin", test_origin);
  ADD ("/preferences/choices", test_choices);
  ADD ("/preferences/desktop", test_desktop);
  ADD ("/preferences/reset", test_reset);
  ADD ("/preferences/reset-of-one", test_reset_of_one);
  ADD ("/preferences/shows-the-file", test_file);
  ADD ("/preferences/closes", test_closes);
  ADD ("/preferences/opens-once", test_opens_once);
  g_test_add ("/preferences/overridden", Fixture, NULL, set_up_overridden, test_overridden, tear_down);

#undef ADD

  return lb_window_test_run ();
}
