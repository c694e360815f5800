/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-studio.h"

#include <libintl.h>
#include <libsoup/soup.h>
#include <locale.h>
#include <stdlib.h>

#include "window/lb-picture.h"

/*
 * What pictures of the window are taken with. The balancer is a real one. Its backends are the paths of
 * one server in this process: each answers after a time of its own, one in five with an error, and one
 * not at all. The words are those of the locale, from the build's own translations.
 */

#define LONG_NAME "/a/path/that/is/rather/too/long/for/its/place"

static GtkTextDirection usual_direction;
static SoupServer *server;
static guint server_port;

static gboolean
on_answer (gpointer user_data)
{
  g_autoptr (SoupServerMessage) message = user_data;

  soup_server_message_unpause (message);

  return G_SOURCE_REMOVE;
}

static void
on_request (SoupServer *soup_server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  guint number = (guint) atoi (path + 1);

  soup_server_message_set_status (message, number % 5 == 3 ? 503 : 200, NULL);
  soup_server_message_pause (message);

  if (number != 5)
    g_timeout_add (2 + number * 29 % 83, on_answer, g_object_ref (message));
}

/**
 * lb_studio_open:
 *
 * Starts the backends' server, and GTK with the application's icon and words.
 *
 * Returns: whether there is a display
 */
gboolean
lb_studio_open (void)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  setlocale (LC_ALL, "");
  bindtextdomain (LB_GETTEXT_PACKAGE, LB_LOCALES);
  bind_textdomain_codeset (LB_GETTEXT_PACKAGE, "UTF-8");

  if (!lb_window_test_init ())
    return FALSE;

  usual_direction = gtk_widget_get_default_direction ();
  gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                  LB_ICONS);

  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (server);
  server_port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return TRUE;
}

/**
 * lb_studio_fill:
 * @fixture: a fixture that was started
 * @n_backends: how many
 *
 * Adds backends, of which some are down and one is drained, as if they had had requests.
 */
void
lb_studio_fill (LbWindowFixture *fixture,
                guint n_backends)
{
  guint i;
  guint j;

  for (i = 1; i <= n_backends; i++)
    {
      g_autofree char *url = NULL;
      g_autoptr (GError) error = NULL;
      LbBackend *backend;

      url = g_strdup_printf ("http://127.0.0.1:%u/%u%s", server_port, i, i == 4 ? LONG_NAME : "");
      backend = lb_balancer_add_backend (fixture->balancer, url, TRUE, &error);
      g_assert_no_error (error);

      if (i == 6)
        lb_backend_set_state (backend, LB_STATE_DRAIN);
      if (i % 5 != 3)
        for (j = 0; j < 400 + i * 97 % 500; j++)
          lb_pool_count_redirect (fixture->pool, backend, g_get_monotonic_time ());
    }
}

/**
 * lb_studio_dress:
 * @look: what everything looks like from now on
 */
void
lb_studio_dress (const LbLook *look)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_object_set (settings,
                "gtk-application-prefer-dark-theme", look->dark,
                "gtk-xft-dpi", (look->large ? 2 : 1) * 96 * PANGO_SCALE,
                NULL);
  if (look->contrast)
    g_object_set (settings, "gtk-theme-name", "HighContrast", NULL);
  else
    gtk_settings_reset_property (settings, "gtk-theme-name");
  gtk_widget_set_default_direction (look->rtl ? GTK_TEXT_DIR_RTL : usual_direction);
}

static gboolean
is_over (gpointer user_data)
{
  gint64 *end = user_data;

  return g_get_monotonic_time () >= *end;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * lb_studio_settle:
 * @time_us: long enough for a few probes, or for what moves to have come to rest
 */
void
lb_studio_settle (gint64 time_us)
{
  gint64 end = g_get_monotonic_time () + time_us;
  guint tick = g_timeout_add (20, on_tick, NULL);

  lb_wait_until (is_over, &end);
  g_source_remove (tick);
}

/**
 * lb_studio_save:
 * @subject: a window or a popover that is shown
 * @directory: where to
 * @name: the picture's name
 *
 * Saves what @subject looks like, and says where.
 */
void
lb_studio_save (GtkWidget *subject,
                const char *directory,
                const char *name)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_build_filename (directory, file, NULL);
  g_autoptr (GError) error = NULL;
  guint tries;

  /* Between a change of a figure and the next frame there is nothing to be had. */
  for (tries = 0; tries < 40 && !lb_picture_save (subject, path, 1, &error); tries++)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
        break;
      g_clear_error (&error);
      lb_studio_settle (G_USEC_PER_SEC / 20);
    }

  if (error != NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    g_error ("%s: %s", name, error != NULL ? error->message : "There is no picture.");
  g_print ("%s\n", path);
}
