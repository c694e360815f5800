/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-add-bar.h"
#include "window/lb-backend-list.h"
#include "window/lb-listen-bar.h"
#include "window/lb-undo-toast.h"
#include "window/lb-window-fixture.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"
#define URL_C "http://127.0.0.1:9003"

static void
set_up_at (LbWindowFixture *f,
           guint port)
{
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (f, NULL);
  lb_window_fixture_start (f, port, &error);
  g_assert_no_error (error);
  lb_window_fixture_open (f);
}

static void
set_up (LbWindowFixture *f,
        gconstpointer user_data)
{
  set_up_at (f, 0);
}

/* At a port below those that the kernel gives to connections: one of these, of another program, could keep us from
 * listening there on every address. */
static void
set_up_below_connections (LbWindowFixture *f,
                          gconstpointer user_data)
{
  set_up_at (f, (guint) g_random_int_range (16384, 32768));
}

static void
add (LbWindowFixture *f,
     const char *url)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (f->balancer, url, FALSE, &error);
  g_assert_no_error (error);
}

/* Types @url into the add bar and presses Enter. */
static void
type (LbWindowFixture *f,
      const char *url)
{
  GtkWidget *entry = lb_template_child (lb_template_child (f->window, "add_bar"), "entry");

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL));
  gtk_editable_set_text (GTK_EDITABLE (entry), url);
  g_signal_emit_by_name (entry, "activate");
}

/* What is done in one go of the main loop is one step to undo. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
remove_backend (LbWindowFixture *f,
                const char *url)
{
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (f->window), "win.remove-backend", "s", url));
  settle ();
}

static void
undo (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
}

static gboolean
action_is_enabled (LbWindowFixture *f,
                   const char *name)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (f->window), name);
}

static const char *
get_page (LbWindowFixture *f)
{
  return gtk_stack_get_visible_child_name (lb_template_child (f->window, "stack"));
}

#define assert_pool(f, ...) \
  G_STMT_START \
  { \
    const char *urls[] = { __VA_ARGS__ }; \
    guint n; \
\
    g_assert_cmpuint (lb_pool_get_n_backends ((f)->pool), ==, G_N_ELEMENTS (urls)); \
    for (n = 0; n < G_N_ELEMENTS (urls); n++) \
      g_assert_cmpstr (lb_backend_get_url (lb_pool_get_backend ((f)->pool, n)), ==, urls[n]); \
  } \
  G_STMT_END

static void
test_add_appends_and_is_ready_for_the_next (LbWindowFixture *f,
                                            gconstpointer user_data)
{
  LbAddBar *bar = lb_template_child (f->window, "add_bar");
  GtkEditable *entry = lb_template_child (bar, "entry");

  type (f, URL_A);
  assert_pool (f, URL_A);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  g_assert_true (gtk_revealer_get_reveal_child (lb_template_child (bar, "revealer")));

  type (f, URL_B);
  assert_pool (f, URL_A, URL_B);
  g_assert_cmpstr (get_page (f), ==, "pool");
}

static void
test_add_says_why_a_url_is_refused (LbWindowFixture *f,
                                    gconstpointer user_data)
{
  const char *url = "http://user@127.0.0.1:9001";
  LbAddBar *bar = lb_template_child (f->window, "add_bar");
  GtkWidget *entry = lb_template_child (bar, "entry");
  GtkLabel *refusal = lb_template_child (bar, "refusal");
  GtkRevealer *refusal_revealer = lb_template_child (bar, "refusal_revealer");
  g_autoptr (GError) error = NULL;

  g_assert_null (lb_backend_new (url, &error));

  type (f, url);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 0);
  g_assert_true (gtk_revealer_get_reveal_child (refusal_revealer));
  g_assert_cmpstr (gtk_label_get_label (refusal), ==, error->message);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, url);
  g_assert_true (gtk_widget_has_css_class (entry, "error"));

  gtk_editable_set_text (GTK_EDITABLE (entry), "http://127.0.0.1:9001");
  g_assert_false (gtk_revealer_get_reveal_child (refusal_revealer));
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
}

static void
test_add_refuses_a_backend_twice (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  LbAddBar *bar = lb_template_child (f->window, "add_bar");

  type (f, URL_A);
  type (f, URL_A);
  assert_pool (f, URL_A);
  g_assert_true (gtk_revealer_get_reveal_child (lb_template_child (bar, "refusal_revealer")));
}

static void
test_add_closes (LbWindowFixture *f,
                 gconstpointer user_data)
{
  LbAddBar *bar = lb_template_child (f->window, "add_bar");

  type (f, "not a URL");
  gtk_widget_activate_action (GTK_WIDGET (bar), "add-bar.close", NULL);

  g_assert_false (gtk_revealer_get_reveal_child (lb_template_child (bar, "revealer")));
  g_assert_cmpstr (gtk_editable_get_text (lb_template_child (bar, "entry")), ==, "");
}

static void
test_remove_is_undone_at_its_place (LbWindowFixture *f,
                                    gconstpointer user_data)
{
  LbBackend *backend;

  add (f, URL_A);
  add (f, URL_B);
  add (f, URL_C);
  settle ();
  backend = lb_pool_get_backend (f->pool, 1);

  remove_backend (f, URL_B);
  assert_pool (f, URL_A, URL_C);
  g_assert_true (action_is_enabled (f, "undo"));
  g_assert_true (lb_undo_toast_get_open (lb_template_child (f->window, "toast")));

  undo (f);
  assert_pool (f, URL_A, URL_B, URL_C);
  g_assert_true (lb_pool_get_backend (f->pool, 1) == backend);
  g_assert_false (lb_undo_toast_get_open (lb_template_child (f->window, "toast")));
}

static void
test_remove_is_undone_one_by_one (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  add (f, URL_A);
  add (f, URL_B);
  add (f, URL_C);
  settle ();

  remove_backend (f, URL_A);
  remove_backend (f, URL_B);
  assert_pool (f, URL_C);

  undo (f);
  assert_pool (f, URL_B, URL_C);
  g_assert_true (lb_undo_toast_get_open (lb_template_child (f->window, "toast")));

  undo (f);
  assert_pool (f, URL_A, URL_B, URL_C);
  g_assert_false (lb_undo_toast_get_open (lb_template_child (f->window, "toast")));
}

/* We have taken its port since. */
static void
test_remove_that_cannot_be_undone_says_why (LbWindowFixture *f,
                                            gconstpointer user_data)
{
  GtkInfoBar *bar = lb_template_child (lb_template_child (f->window, "problem_bar"), "bar");
  LbEndpoint *endpoint = lb_balancer_get_endpoint (f->balancer);
  guint16 port = lb_endpoint_suggest_port (endpoint);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr (GError) error = NULL;

  add (f, url);
  settle ();
  remove_backend (f, url);
  lb_endpoint_use_port (endpoint, port, &error);
  g_assert_no_error (error);
  g_assert_false (gtk_info_bar_get_revealed (bar));

  undo (f);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 0);
  g_assert_true (gtk_info_bar_get_revealed (bar));
}

static void
test_remove_the_last_shows_the_empty_page (LbWindowFixture *f,
                                           gconstpointer user_data)
{
  g_assert_cmpstr (get_page (f), ==, "empty");

  add (f, URL_A);
  g_assert_cmpstr (get_page (f), ==, "pool");

  remove_backend (f, URL_A);
  g_assert_cmpstr (get_page (f), ==, "empty");
}

/* Once its rows are on the screen. */
static gboolean
can_take_focus (gpointer user_data)
{
  return gtk_widget_child_focus (user_data, GTK_DIR_TAB_FORWARD);
}

static void
test_remove_the_last_keeps_the_focus_off_the_toast (LbWindowFixture *f,
                                                    gconstpointer user_data)
{
  GtkWidget *list = lb_page_child (f, "list");
  GtkWidget *focus;

  add (f, URL_A);
  lb_wait_until (can_take_focus, list);
  remove_backend (f, URL_A);

  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, lb_template_child (f->window, "stack")));
}

static void
test_samples_fill_an_empty_pool (LbWindowFixture *f,
                                 gconstpointer user_data)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-samples", NULL));

  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 3);
  g_assert_cmpstr (get_page (f), ==, "pool");
}

static gboolean
first_row_says_down (gpointer user_data)
{
  LbWindowFixture *f = user_data;
  GtkColumnView *view = lb_template_child (lb_page_child (f, "list"), "view");
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr (GObject) row = g_list_model_get_item (model, 0);
  g_autofree char *word = NULL;

  g_object_get (row, "state-word", &word, NULL);

  return g_str_equal (word, "Down");
}

static void
test_list_hears_of_health_at_once (LbWindowFixture *f,
                                   gconstpointer user_data)
{
  gint64 start = g_get_monotonic_time ();

  add (f, URL_A);
  lb_backend_set_health (lb_pool_get_backend (f->pool, 0), LB_HEALTH_DOWN, 0);
  lb_wait_until (first_row_says_down, f);

  /* Sooner than the next beat. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
}

static void
on_read_text (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  if (*text == NULL)
    *text = g_strdup ("");
}

static gboolean
is_set (gpointer user_data)
{
  char **text = user_data;

  return *text != NULL;
}

static void
test_address_is_copied (LbWindowFixture *f,
                        gconstpointer user_data)
{
  GtkLabel *address = lb_template_child (lb_template_child (f->window, "title"), "address");
  g_autofree char *text = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "win.copy-address", NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (f->window)), NULL,
                                 on_read_text, &text);
  lb_wait_until (is_set, &text);

  g_assert_cmpstr (text, ==, lb_endpoint_get_uris (lb_balancer_get_endpoint (f->balancer))[0]);
  g_assert_cmpstr (text, ==, gtk_label_get_label (address));
}

static GSocket *
open_with_port_in_use (LbWindowFixture *f,
                       guint *port)
{
  g_autoptr (GSocket) socket = lb_test_occupy_port (port);
  g_autoptr (GError) error = NULL;
  LbListenBar *bar;

  g_assert_false (lb_window_fixture_start (f, *port, &error));
  g_assert_nonnull (error);
  lb_window_fixture_open (f);

  bar = lb_template_child (f->window, "listen_bar");
  g_assert_true (gtk_info_bar_get_revealed (lb_template_child (bar, "bar")));
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (bar, "message")), ==, error->message);
  g_assert_false (action_is_enabled (f, "copy-address"));

  return g_steal_pointer (&socket);
}

static void
assert_listens (LbWindowFixture *f)
{
  LbListenBar *bar = lb_template_child (f->window, "listen_bar");
  GtkLabel *address = lb_template_child (lb_template_child (f->window, "title"), "address");
  const char *uri = lb_endpoint_get_uris (lb_balancer_get_endpoint (f->balancer))[0];

  g_assert_nonnull (uri);
  g_assert_false (gtk_info_bar_get_revealed (lb_template_child (bar, "bar")));
  g_assert_cmpstr (gtk_label_get_label (address), ==, uri);
  g_assert_true (action_is_enabled (f, "copy-address"));
}

static void
test_listening_tries_again (LbWindowFixture *f,
                            gconstpointer user_data)
{
  guint port;
  g_autoptr (GSocket) socket = open_with_port_in_use (f, &port);
  GtkWidget *bar = lb_template_child (f->window, "listen_bar");

  gtk_widget_activate_action (bar, "listen.try-again", NULL);
  g_assert_true (gtk_info_bar_get_revealed (lb_template_child (bar, "bar")));

  g_socket_close (socket, NULL);
  gtk_widget_activate_action (bar, "listen.try-again", NULL);
  assert_listens (f);
  g_assert_cmpuint (lb_endpoint_get_port (lb_balancer_get_endpoint (f->balancer)), ==, port);
}

static void
test_listening_moves_to_another_port (LbWindowFixture *f,
                                      gconstpointer user_data)
{
  guint port;
  g_autoptr (GSocket) socket = open_with_port_in_use (f, &port);
  GtkWidget *bar = lb_template_child (f->window, "listen_bar");
  GtkSpinButton *spin = lb_template_child (bar, "port");
  GtkWidget *port_error = lb_template_child (bar, "port_error");
  guint suggested;

  gtk_popover_popup (lb_template_child (bar, "popover"));
  suggested = (guint) gtk_spin_button_get_value_as_int (spin);
  g_assert_cmpuint (suggested, !=, port);
  g_assert_cmpuint (suggested, >, 0);

  /* One that is in use as well is refused on the spot. */
  gtk_spin_button_set_value (spin, port);
  gtk_widget_activate_action (bar, "listen.use-port", NULL);
  g_assert_true (gtk_widget_get_visible (port_error));

  gtk_spin_button_set_value (spin, suggested);
  g_assert_false (gtk_widget_get_visible (port_error));
  gtk_widget_activate_action (bar, "listen.use-port", NULL);
  assert_listens (f);
  g_assert_cmpuint (lb_endpoint_get_port (lb_balancer_get_endpoint (f->balancer)), ==, suggested);
}

/* When it is the port for /stats that is in use, it is that one that is chosen anew. */
static void
test_listening_moves_stats_to_another_port (LbWindowFixture *f,
                                            gconstpointer user_data)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };
  LbEndpoint *endpoint = lb_balancer_get_endpoint (f->balancer);
  guint port;
  guint16 suggested;
  g_autoptr (GSocket) socket = lb_test_occupy_port (&port);
  g_autofree char *number = g_strdup_printf ("Port %u ", port);
  g_autofree char *tooltip = NULL;
  GtkWidget *bar;
  GtkWidget *address;

  lb_window_fixture_start (f, 0, NULL);
  lb_window_fixture_open (f);
  bar = lb_template_child (f->window, "listen_bar");
  address = lb_template_child (lb_template_child (f->window, "title"), "address");
  assert_listens (f);
  g_assert_null (strstr (gtk_widget_get_tooltip_text (address), "/stats"));

  lb_endpoint_override (endpoint, addresses, 0, (int) port);
  g_assert_false (lb_endpoint_open (endpoint, NULL));
  g_assert_true (gtk_info_bar_get_revealed (lb_template_child (bar, "bar")));
  g_assert_nonnull (strstr (gtk_label_get_label (lb_template_child (bar, "message")), number));
  g_assert_null (strstr (gtk_widget_get_tooltip_text (address), "/stats"));

  gtk_popover_popup (lb_template_child (bar, "popover"));
  suggested = (guint16) gtk_spin_button_get_value_as_int (lb_template_child (bar, "port"));
  gtk_widget_activate_action (bar, "listen.use-port", NULL);
  assert_listens (f);
  g_assert_cmpuint (lb_endpoint_get_stats_port (endpoint), ==, suggested);

  tooltip = g_strdup_printf ("%s\nFigures at http://127.0.0.1:%u/stats",
                             lb_endpoint_get_uris (endpoint)[0], suggested);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (address), ==, tooltip);
}

static gboolean
exposure_is_told (gpointer bar)
{
  return gtk_info_bar_get_revealed (bar);
}

static gboolean
exposure_is_not_told (gpointer bar)
{
  return !exposure_is_told (bar);
}

/* Who comes from elsewhere would be sent to his own computer. */
static void
test_exposure_is_told (LbWindowFixture *f,
                       gconstpointer user_data)
{
  static const char *const everywhere[] = { "0.0.0.0", NULL };
  static const char *const here[] = { "127.0.0.1", NULL };
  GtkWidget *exposure_bar = lb_template_child (f->window, "exposure_bar");
  GtkInfoBar *bar = lb_template_child (exposure_bar, "bar");
  GtkLabel *message = lb_template_child (exposure_bar, "message");
  LbEndpoint *endpoint = lb_balancer_get_endpoint (f->balancer);
  LbBackend *backend;

  add (f, "http://192.0.2.1");
  add (f, "http://localhost:9");
  backend = lb_pool_find (f->pool, "http://localhost:9");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_false (exposure_is_told (bar));

  g_assert_true (lb_endpoint_set_addresses (endpoint, everywhere, NULL));
  lb_wait_until (exposure_is_told, bar);
  g_assert_nonnull (strstr (gtk_label_get_label (message), "1 backend at"));
  g_assert_nonnull (strstr (gtk_label_get_label (message), "http://localhost:9"));

  lb_balancer_remove_backend (f->balancer, backend);
  lb_wait_until (exposure_is_not_told, bar);
  add (f, "http://[::1]:9");
  add (f, "http://127.0.0.1:9");
  lb_wait_until (exposure_is_told, bar);
  g_assert_nonnull (strstr (gtk_label_get_label (message), "2 backends at"));

  /* Who has closed it knows, until the addresses are others. */
  gtk_info_bar_response (bar, GTK_RESPONSE_CLOSE);
  add (f, "http://127.0.0.1:10");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_false (exposure_is_told (bar));
  g_assert_true (lb_endpoint_set_addresses (endpoint, here, NULL));
  g_assert_true (lb_endpoint_set_addresses (endpoint, everywhere, NULL));
  lb_wait_until (exposure_is_told, bar);
}

static void
test_pause_is_told_and_ended (LbWindowFixture *f,
                              gconstpointer user_data)
{
  GtkWidget *pause_bar = lb_template_child (f->window, "pause_bar");
  GtkInfoBar *bar = lb_template_child (pause_bar, "bar");

  add (f, URL_A);
  g_assert_false (gtk_info_bar_get_revealed (bar));
  g_assert_true (action_is_enabled (f, "probe-now"));

  lb_balancer_set_paused (f->balancer, TRUE);
  g_assert_true (gtk_info_bar_get_revealed (bar));
  g_assert_false (action_is_enabled (f, "probe-now"));
  g_assert_false (action_is_enabled (f, "probe-backend"));

  g_assert_true (gtk_widget_activate_action (pause_bar, "pause.resume", NULL));
  g_assert_false (lb_balancer_get_paused (f->balancer));
  g_assert_false (gtk_info_bar_get_revealed (bar));
  g_assert_true (action_is_enabled (f, "probe-now"));
  g_assert_true (action_is_enabled (f, "probe-backend"));
}

static void
test_size_is_remembered (LbWindowFixture *f,
                         gconstpointer user_data)
{
  int width;
  int height;

  gtk_window_set_default_size (GTK_WINDOW (f->window), 700, 500);
  gtk_window_close (GTK_WINDOW (f->window));

  lb_window_fixture_open (f);
  gtk_window_get_default_size (GTK_WINDOW (f->window), &width, &height);
  g_assert_cmpint (width, ==, 700);
  g_assert_cmpint (height, ==, 500);
}

static int
measure (LbWindowFixture *f,
         GtkOrientation orientation)
{
  int minimum;

  gtk_widget_measure (GTK_WIDGET (f->window), orientation, -1, &minimum, NULL, NULL, NULL);

  return minimum;
}

static gboolean
is_narrow (gpointer user_data)
{
  return gtk_widget_get_width (user_data) <= 360;
}

static void
test_size_may_be_small (LbWindowFixture *f,
                        gconstpointer user_data)
{
  static const char *const views[] = { "response-times", "traffic", "history" };
  guint i;

  add (f, URL_A);
  add (f, "http://a-rather-long-name-for-a-host.example.org:8080/and/a/path");

  /* So that the list has scroll bars, both. */
  for (i = 1; i <= 6; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://127.0.0.2:%u", 9000 + i);

      add (f, url);
    }
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 294);
  lb_wait_until (is_narrow, f->window);

  for (i = 0; i < G_N_ELEMENTS (views); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (f->window), "win.view", "s", views[i]);
      g_assert_cmpint (measure (f, GTK_ORIENTATION_HORIZONTAL), <=, 360);
      g_assert_cmpint (measure (f, GTK_ORIENTATION_VERTICAL), <=, 294);
    }
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.view", "s", views[0]);

  /* Details take the place of all else. */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-details", "s", URL_A);
  g_assert_cmpint (measure (f, GTK_ORIENTATION_HORIZONTAL), <=, 360);
  g_assert_cmpint (measure (f, GTK_ORIENTATION_VERTICAL), <=, 294);
}

static void
assert_fits (LbWindowFixture *f)
{
  g_assert_cmpint (measure (f, GTK_ORIENTATION_HORIZONTAL), <=, 360);
  g_assert_cmpint (measure (f, GTK_ORIENTATION_VERTICAL), <=, 294);
}

/* Also with all that can be between the header bar and the chart, and whatever the size of text. */
static void
test_size_may_be_small_with_bars (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  GtkSettings *settings = gtk_settings_get_default ();

  add (f, URL_A);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 294);
  lb_wait_until (is_narrow, f->window);

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.find", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("down"));
  assert_fits (f);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL);
  assert_fits (f);
  g_signal_emit_by_name (f->balancer, "problem", "The file is not JSON (line 12). It has been kept "
                                                 "aside, and the program has started without it.");
  assert_fits (f);

  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * PANGO_SCALE, NULL);
  lb_wait_until (is_narrow, f->window);
  g_assert_cmpint (measure (f, GTK_ORIENTATION_HORIZONTAL), <=, 360);
  gtk_settings_reset_property (settings, "gtk-xft-dpi");
}

static gboolean
notice_is_shown (gpointer user_data)
{
  LbWindowFixture *f = user_data;

  return gtk_widget_get_visible (lb_page_child (f, "notice"));
}

static gboolean
notice_is_gone (gpointer user_data)
{
  return !notice_is_shown (user_data);
}

static void
test_interval_that_is_stretched_is_told (LbWindowFixture *f,
                                         gconstpointer user_data)
{
  g_auto (LbProbeSettings) settings = { 0 };
  guint i;

  /* It need not probe to know. */
  lb_balancer_load (f->balancer, NULL);
  lb_probe_settings_copy (&settings, lb_balancer_get_probe_settings (f->balancer));
  settings.interval_ms = 100;
  lb_balancer_set_probe_settings (f->balancer, &settings);

  for (i = 1; i <= 150; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", 9000 + i);

      add (f, url);
    }

  lb_window_fixture_open (f);
  lb_wait_until (notice_is_shown, f);
  g_assert_cmpstr (gtk_label_get_label (lb_page_child (f, "notice")), ==,
                   "So many backends can only be probed every 150 ms, not every 100 ms.");

  for (i = 1; i <= 60; i++)
    lb_balancer_remove_backend (f->balancer, lb_pool_get_backend (f->pool, 0));
  lb_wait_until (notice_is_gone, f);
}

/* Whatever opens, closes or changes places has done so by now. */
static void
assert_nothing_moves (GtkWidget *widget)
{
  GtkWidget *child;

  if (GTK_IS_REVEALER (widget))
    g_assert_cmpint (gtk_revealer_get_child_revealed (GTK_REVEALER (widget)), ==,
                     gtk_revealer_get_reveal_child (GTK_REVEALER (widget)));
  else if (GTK_IS_STACK (widget))
    g_assert_false (gtk_stack_get_transition_running (GTK_STACK (widget)));

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_nothing_moves (child);
}

static void
test_motion_can_be_turned_off (LbWindowFixture *f,
                               gconstpointer user_data)
{
  static const struct
  {
    const char *action;
    const char *target;
  } acts[] = {
    { "win.add-backend", NULL }, { "win.find", NULL },           { "win.show-details", URL_A },
    { "win.view", "history" },   { "win.view", "traffic" },      { "win.remove-backend", URL_A },
    { "win.undo", NULL },        { "win.remove-backend", URL_B }, { "win.remove-backend", URL_A },
  };
  GtkWidget *window = GTK_WIDGET (f->window);
  guint i;

  g_object_set (gtk_widget_get_settings (window), "gtk-enable-animations", FALSE, NULL);
  add (f, URL_A);
  add (f, URL_B);
  settle ();

  for (i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      const char *target = acts[i].target;

      g_test_message ("%s", acts[i].action);
      g_assert_true (gtk_widget_activate_action (window, acts[i].action, target != NULL ? "s" : NULL,
                                                 target));
      settle ();
      assert_nothing_moves (window);
    }

  lb_balancer_set_paused (f->balancer, TRUE);
  lb_window_tell_problem (f->window, "Something is wrong.");
  assert_nothing_moves (window);

  gtk_settings_reset_property (gtk_widget_get_settings (window), "gtk-enable-animations");
}

/* At once: until then keys would be lost. The row that comes next has it, not a button in it. */
static void
test_focus_stays_in_the_list (LbWindowFixture *f,
                              gconstpointer user_data)
{
  LbBackendList *list = lb_page_child (f, "list");
  GtkWidget *focus;

  add (f, URL_A);
  add (f, URL_B);
  add (f, URL_C);
  lb_backend_list_focus (list);
  lb_backend_list_select (list, lb_pool_find (f->pool, URL_A));
  settle ();

  lb_balancer_remove_backend (f->balancer, lb_pool_find (f->pool, URL_A));
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (list)));
  g_assert_cmpstr (gtk_widget_get_css_name (focus), ==, "row");

  /* Not when another one goes. */
  g_assert_true (gtk_widget_child_focus (focus, GTK_DIR_TAB_FORWARD));
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  lb_balancer_remove_backend (f->balancer, lb_pool_find (f->pool, URL_C));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->window)) == focus);
}

/* Whoever imports into an empty pool, or pastes, was on the page that goes. */
static void
test_focus_goes_on_to_the_first (LbWindowFixture *f,
                                 gconstpointer user_data)
{
  GtkWidget *list = lb_page_child (f, "list");
  GtkWidget *stack = lb_template_child (f->window, "stack");

  g_assert_true (gtk_widget_child_focus (stack, GTK_DIR_TAB_FORWARD));
  add (f, URL_A);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (f->window)), list));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, set_up, test) \
  g_test_add (path, LbWindowFixture, NULL, set_up, test, lb_window_fixture_tear_down)

  ADD ("/window/add/appends-and-is-ready-for-the-next", set_up,
       test_add_appends_and_is_ready_for_the_next);
  ADD ("/window/add/says-why-a-url-is-refused", set_up, test_add_says_why_a_url_is_refused);
  ADD ("/window/add/refuses-a-backend-twice", set_up, test_add_refuses_a_backend_twice);
  ADD ("/window/add/closes", set_up, test_add_closes);
  ADD ("/window/remove/is-undone-at-its-place", set_up, test_remove_is_undone_at_its_place);
  ADD ("/window/remove/is-undone-one-by-one", set_up, test_remove_is_undone_one_by_one);
  ADD ("/window/remove/that-cannot-be-undone-says-why", set_up,
       test_remove_that_cannot_be_undone_says_why);
  ADD ("/window/remove/the-last-shows-the-empty-page", set_up,
       test_remove_the_last_shows_the_empty_page);
  ADD ("/window/remove/the-last-keeps-the-focus-off-the-toast", set_up,
       test_remove_the_last_keeps_the_focus_off_the_toast);
  ADD ("/window/samples/fill-an-empty-pool", set_up, test_samples_fill_an_empty_pool);
  ADD ("/window/list/hears-of-health-at-once", set_up, test_list_hears_of_health_at_once);
  ADD ("/window/address/is-copied", set_up, test_address_is_copied);
  ADD ("/window/listening/tries-again", lb_window_fixture_set_up, test_listening_tries_again);
  ADD ("/window/listening/moves-to-another-port", lb_window_fixture_set_up,
       test_listening_moves_to_another_port);
  ADD ("/window/listening/moves-stats-to-another-port", lb_window_fixture_set_up,
       test_listening_moves_stats_to_another_port);
  ADD ("/window/interval/that-is-stretched-is-told", lb_window_fixture_set_up,
       test_interval_that_is_stretched_is_told);
  ADD ("/window/pause/is-told-and-ended", set_up, test_pause_is_told_and_ended);
  ADD ("/window/exposure/is-told", set_up_below_connections, test_exposure_is_told);
  ADD ("/window/motion/can-be-turned-off", set_up, test_motion_can_be_turned_off);
  ADD ("/window/size/is-remembered", set_up, test_size_is_remembered);
  ADD ("/window/size/may-be-small", set_up, test_size_may_be_small);
  ADD ("/window/size/may-be-small-with-bars", set_up, test_size_may_be_small_with_bars);
  ADD ("/window/focus/stays-in-the-list", set_up, test_focus_stays_in_the_list);
  ADD ("/window/focus/goes-on-to-the-first", set_up, test_focus_goes_on_to_the_first);

#undef ADD

  return lb_window_test_run ();
}
