/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-window-fixture.h"

#include <glib/gstdio.h>

#define DEADLINE_S 20

/* One for all tests: a process can have it on the bus once. It is never run. */
static GtkApplication *app;

static gboolean
on_deadline (gpointer user_data)
{
  gboolean *expired = user_data;

  *expired = TRUE;

  return G_SOURCE_REMOVE;
}

/**
 * lb_wait_until_at:
 * @location: where in the test
 * @what: the condition's name
 * @condition: returns whether the wait is over
 * @user_data: for @condition
 *
 * Use lb_wait_until().
 */
void
lb_wait_until_at (const char *location,
                  const char *what,
                  LbCondition condition,
                  gpointer user_data)
{
  gboolean expired = FALSE;
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, &expired);

  while (!condition (user_data))
    {
      if (expired)
        g_error ("%s: waited %d s for %s", location, DEADLINE_S, what);
      g_main_context_iteration (NULL, TRUE);
    }

  if (!expired)
    g_source_remove (deadline);
}

static gboolean
on_frame (GtkWidget *widget G_GNUC_UNUSED,
          GdkFrameClock *clock G_GNUC_UNUSED,
          gpointer user_data)
{
  guint *n_frames = user_data;

  (*n_frames)++;

  return G_SOURCE_CONTINUE;
}

static gboolean
had_frames (gpointer user_data)
{
  const guint *n_frames = user_data;

  return *n_frames > 3;
}

/**
 * lb_wait_for_frames:
 * @widget: a widget on the screen
 *
 * Lets some frames begin, so that what was queued before has been laid out and painted.
 */
void
lb_wait_for_frames (gpointer widget)
{
  guint n_frames = 0;
  const guint tick = gtk_widget_add_tick_callback (widget, on_frame, &n_frames, NULL);

  lb_wait_until (had_frames, &n_frames);
  gtk_widget_remove_tick_callback (widget, tick);
}

/**
 * lb_window_test_init:
 *
 * Makes and registers the application.
 *
 * Returns: whether there is a display
 */
gboolean
lb_window_test_init (void)
{
  g_autoptr (GError) error = NULL;

  if (!gtk_init_check ())
    {
      g_printerr ("There is no display.\n");
      return FALSE;
    }

  app = gtk_application_new (LB_APPLICATION_ID, G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);

  return TRUE;
}

/**
 * lb_window_test_run:
 *
 * Runs the tests. Call it after g_test_init().
 *
 * Returns: the exit status: that of the tests, or 77, which means skipped, without a display
 */
int
lb_window_test_run (void)
{
  return lb_window_test_init () ? g_test_run () : 77;
}

/**
 * lb_test_occupy_port:
 * @port: (out): a port of 127.0.0.1 that was free
 *
 * Listens there, as another program would.
 *
 * Returns: (transfer full): the socket
 */
GSocket *
lb_test_occupy_port (guint *port)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  address = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  return g_steal_pointer (&socket);
}

/**
 * lb_window_fixture_set_up:
 * @self: the fixture
 * @user_data: not used
 *
 * Makes everything but the window. The balancer is neither loaded nor started.
 */
void
lb_window_fixture_set_up (LbWindowFixture *self,
                          gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-window-XXXXXX", &error);
  g_assert_no_error (error);
  self->config_path = g_build_filename (self->directory, "config.json", NULL);

  self->balancer = lb_balancer_new (self->config_path);
  self->pool = lb_balancer_get_pool (self->balancer);
}

/**
 * lb_window_fixture_start:
 * @self: the fixture
 * @port: where to listen on 127.0.0.1; 0 for any that is free
 * @error: why it cannot
 *
 * Loads the configuration and starts the balancer.
 *
 * Returns: whether it listens
 */
gboolean
lb_window_fixture_start (LbWindowFixture *self,
                         guint port,
                         GError **error)
{
  char *listen[] = { (char *) "127.0.0.1", NULL };
  LbOverrides overrides = { .listen = listen, .port = (int) port };

  lb_balancer_load (self->balancer, &overrides);

  return lb_balancer_start (self->balancer, error);
}

static gboolean
is_mapped (gpointer user_data)
{
  return gtk_widget_get_mapped (user_data);
}

/**
 * lb_window_fixture_open:
 * @self: the fixture
 *
 * Opens the window and waits until it is on the screen.
 */
void
lb_window_fixture_open (LbWindowFixture *self)
{
  self->window = lb_window_new (app, self->balancer);
  gtk_window_present (GTK_WINDOW (self->window));
  lb_wait_until (is_mapped, self->window);
}

/**
 * lb_window_fixture_tear_down:
 * @self: the fixture
 * @user_data: not used
 *
 * Ends everything. The window and the balancer must not outlive it.
 */
void
lb_window_fixture_tear_down (LbWindowFixture *self,
                             gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (self->window != NULL)
    {
      g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
      gtk_window_destroy (GTK_WINDOW (self->window));
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_null (self->window);
    }

  lb_balancer_stop (self->balancer, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (self->balancer);

  g_remove (self->config_path);
  g_rmdir (self->directory);
  g_free (self->config_path);
  g_free (self->directory);
}

/**
 * lb_template_child:
 * @widget: a widget with a template
 * @name: a child's name in it
 *
 * Returns: (transfer none): the child
 */
gpointer
lb_template_child (gpointer widget,
                   const char *name)
{
  GObject *child = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name);

  g_assert_nonnull (child);

  return child;
}

/**
 * lb_page_child:
 * @self: a fixture whose window is open
 * @name: a child's name in the template of the pool's page
 *
 * Returns: (transfer none): the child
 */
gpointer
lb_page_child (LbWindowFixture *self,
               const char *name)
{
  return lb_template_child (lb_template_child (self->window, "page"), name);
}

/**
 * lb_find_descendant:
 * @widget: a widget
 * @type: a type of widgets
 *
 * Returns: (transfer none) (nullable): the first of that type, @widget itself or somewhere in it
 */
gpointer
lb_find_descendant (gpointer widget,
                    GType type)
{
  GtkWidget *child;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = lb_find_descendant (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/**
 * lb_find_dialog:
 * @type: a type of windows
 *
 * Returns: (transfer none) (nullable): the one of that type that is open
 */
gpointer
lb_find_dialog (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint i;

  for (i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      /* The toplevel is GTK's as long as it is open. */
      if (G_TYPE_CHECK_INSTANCE_TYPE (toplevel, type) && gtk_widget_get_visible (toplevel))
        return toplevel;
    }

  return NULL;
}
