/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "lb-samples.h"

#define DEADLINE_S 20
#define N_SAMPLES 3

typedef struct
{
  LbSamples *samples;
  SoupSession *session;
  guint deadline;
} Fixture;

static gboolean
on_deadline (gpointer data)
{
  g_error ("It never happened");
  return G_SOURCE_REMOVE;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->samples = lb_samples_new (&error);
  g_assert_no_error (error);
  self->session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  self->deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->session);
  if (self->samples != NULL)
    g_assert_finalize_object (self->samples);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_source_remove (self->deadline);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GBytes **body = user_data;
  g_autoptr (GError) error = NULL;

  *body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
}

static char *
fixture_get (Fixture *self, const char *url, const char *target)
{
  g_autofree char *uri = g_strconcat (url, target, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  g_autoptr (GBytes) body = NULL;

  g_assert_nonnull (message);
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, NULL, on_read,
                                    &body);
  while (body == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_OK);

  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* Each has a URL and a name of its own, and takes its time. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  static const char *const names[N_SAMPLES] = { "Swift", "Steady", "Slow" };
  static const int delays_ms[N_SAMPLES] = { 20, 60, 150 };
  const char *const *urls = lb_samples_get_urls (self->samples);

  g_assert_cmpuint (g_strv_length ((char **) urls), ==, N_SAMPLES);

  for (gsize i = 0; i < N_SAMPLES; i++)
    {
      gint64 start_us = g_get_monotonic_time ();
      g_autofree char *page = fixture_get (self, urls[i], "/a%20b?x=%3Cb%3E");

      g_assert_cmpint (g_get_monotonic_time () - start_us, >=, delays_ms[i] * 1000 / 2);
      g_assert_nonnull (strstr (page, names[i]));
      g_assert_nonnull (strstr (page, "/a%20b?x=%3Cb%3E"));
      for (gsize j = 0; j < i; j++)
        g_assert_cmpstr (urls[i], !=, urls[j]);
    }
}

/* Whoever leaves while an answer waits leaves nothing behind, and nobody else notices. */
static void
test_impatient (Fixture *self, gconstpointer data)
{
  const char *const *urls = lb_samples_get_urls (self->samples);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GSocketConnection) connection = NULL;
      static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

      connection = g_socket_client_connect_to_uri (client, urls[2], 80, NULL, NULL);
      g_assert_nonnull (connection);
      g_assert_true (
        g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                   request, strlen (request), NULL, NULL, NULL));
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *page = fixture_get (self, urls[2], "/");

      g_assert_nonnull (strstr (page, "Slow"));
    }
}

static void
on_gone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *over = user_data;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  *over = TRUE;
}

static void
on_wrote_body (SoupMessage *message, gboolean *sent)
{
  *sent = TRUE;
}

/* They may end while answers wait. */
static void
test_end (Fixture *self, gconstpointer data)
{
  g_autoptr (SoupMessage) message = NULL;
  gboolean sent = FALSE;
  gboolean over = FALSE;

  message = soup_message_new (SOUP_METHOD_GET, lb_samples_get_urls (self->samples)[2]);
  g_signal_connect (message, "wrote-body", G_CALLBACK (on_wrote_body), &sent);
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, NULL, on_gone,
                                    &over);
  while (!sent)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_finalize_object (g_steal_pointer (&self->samples));
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/samples/pages", test_pages);
  ADD ("/samples/impatient", test_impatient);
  ADD ("/samples/end", test_end);

  return g_test_run ();
}
