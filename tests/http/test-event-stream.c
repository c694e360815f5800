/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#include <errno.h>

#include "http/lb-event-log.h"

#define EVENTS "GET /stats/events HTTP/1.1\r\nHost: h\r\n\r\n"
#define SNAPSHOT "\n\nevent: snapshot\n"
#define CHANGE "\n\nevent: change\n"

/* A client that reads as it is told to. */
typedef struct
{
  int fd;
  GString *text;
  gboolean ended;
} Reader;

static void
reader_open (Reader *self,
             Balancer *balancer,
             const char *request)
{
  self->fd = connect_to (balancer->port);
  self->text = g_string_new (NULL);
  self->ended = FALSE;
  g_assert_cmpint (send (self->fd, request, strlen (request), MSG_NOSIGNAL), ==,
                   (gssize) strlen (request));
}

static void
reader_close (Reader *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_string_free (self->text, TRUE);
}

static void
reader_read (Reader *self,
             gsize size)
{
  char bytes[65536];
  const gssize n = recv (self->fd, bytes, MIN (size, sizeof bytes), MSG_DONTWAIT);

  if (n > 0)
    g_string_append_len (self->text, bytes, n);
  else if (n == 0 || errno != EAGAIN)
    self->ended = TRUE;
}

static gint64
deadline (void)
{
  return g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
}

static void
turn (gint64 end_us)
{
  g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (200);
}

static void
reader_read_until (Reader *self,
                   const char *part)
{
  const gint64 end_us = deadline ();

  while (strstr (self->text->str, part) == NULL)
    {
      g_assert_false (self->ended);
      turn (end_us);
      reader_read (self, G_MAXSIZE);
    }
}

static void
reader_read_to_end (Reader *self)
{
  const gint64 end_us = deadline ();

  while (!self->ended)
    {
      turn (end_us);
      reader_read (self, G_MAXSIZE);
    }
}

static void
wait_for_connections (Balancer *balancer,
                      guint n)
{
  const gint64 end_us = deadline ();

  while (lb_listener_get_n_connections (balancer->listener) != n)
    turn (end_us);
}

static void
add_backends (Balancer *balancer,
              guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://b%u", i);

      lb_pool_add (balancer->pool, url, NULL);
    }
}

/* Everything behind the head, but for a cut last one, is an event as it should be. Returns how many. */
static guint
check_events (const char *text)
{
  const char *p = strstr (text, "\r\n\r\n") + 4;
  const char *end;
  guint64 last_id = 0;
  guint n = 0;

  g_assert_true (g_str_has_prefix (p, "retry: 3000\n\n"));
  p += strlen ("retry: 3000\n\n");

  for (; (end = strstr (p, "\n\n")) != NULL; p = end + 2)
    {
      g_autofree char *event = g_strndup (p, (gsize) (end - p));
      g_auto (GStrv) lines = g_strsplit (event, "\n", -1);
      guint64 id;

      g_assert_cmpuint (g_strv_length (lines), ==, 3);
      g_assert_true (g_str_equal (lines[0], "event: snapshot") ||
                     g_str_equal (lines[0], "event: change"));
      g_assert_true (g_str_has_prefix (lines[1], "id: "));
      id = g_ascii_strtoull (lines[1] + 4, NULL, 10);
      g_assert_cmpuint (id, >, last_id);
      last_id = id;
      g_assert_true (g_str_has_prefix (lines[2], "data: {"));
      g_assert_true (g_str_has_suffix (lines[2], "}"));
      n++;
    }

  return n;
}

static void
test_stream (Balancer *self,
             gconstpointer data)
{
  static const char *const requests[] = {
    EVENTS,
    "GET /stats/events?x HTTP/1.0\r\n\r\n",
    "GET http://o/stats/events HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "GET /stats HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n",
  };
  LbBackend *backend = lb_pool_add (self->pool, "http://b", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *length = NULL;
      Reader reader;

      lb_backend_set_state (backend, LB_STATE_READY);
      reader_open (&reader, self, requests[i]);
      reader_read_until (&reader, SNAPSHOT);
      g_assert_true (g_str_has_prefix (reader.text->str, "HTTP/1.1 200 OK\r\n"));
      assert_header (reader.text->str, "Content-Type", "text/event-stream");
      assert_header (reader.text->str, "Cache-Control", "no-store");
      assert_header (reader.text->str, "Access-Control-Allow-Origin", "*");
      assert_header (reader.text->str, "Connection", "close");
      assert_header (reader.text->str, "Server", lb_redirector_get_identity (self->redirector));
      length = get_header (reader.text->str, "Content-Length");
      g_assert_null (length);

      lb_backend_set_state (backend, LB_STATE_DRAIN);
      reader_read_until (&reader, CHANGE);
      reader_read_until (&reader, "\"state\":\"drain\",\"health\":\"unknown\"");
      reader_close (&reader);
      wait_for_connections (self, 0);
    }
}

/* Those who only ask get the head; what is no request for events is none. */
static void
test_others (Balancer *self,
             gconstpointer data)
{
  static const struct
  {
    const char *request;
    guint status;
    const char *content_type;
  } others[] = {
    { "HEAD /stats/events HTTP/1.1\r\nHost: h\r\n\r\n", 200, "text/event-stream" },
    { "POST /stats/events HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 405,
      "text/plain; charset=utf-8" },
    { "GET /stats/events HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", 413,
      "text/plain; charset=utf-8" },
    { "GET /stats/events/ HTTP/1.1\r\nHost: h\r\n\r\n", 404, "text/plain; charset=utf-8" },
    { "GET /stats HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream;q=0, */*\r\n\r\n", 200,
      "application/json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *answer = exchange_bytes (self, others[i].request, strlen (others[i].request),
                                                FALSE);

      g_assert_cmpuint (get_status (answer), ==, others[i].status);
      assert_header (answer, "Content-Type", others[i].content_type);
      if (i == 0)
        g_assert_cmpstr (get_body (answer), ==, "");
    }
}

/* It may stand behind requests that are answered otherwise, and is the last. */
static void
test_pipelined (Balancer *self,
                gconstpointer data)
{
  Reader reader;

  lb_pool_add (self->pool, "http://b", NULL);
  reader_open (&reader, self, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n" EVENTS EVENTS);
  reader_read_until (&reader, SNAPSHOT);
  g_assert_true (g_str_has_prefix (reader.text->str, "HTTP/1.1 307 "));
  g_assert_cmpuint (check_events (strstr (reader.text->str, "HTTP/1.1 200 ")), <=, 1);
  reader_close (&reader);
}

static void
leave_by_closing (Reader *reader)
{
  g_assert_cmpint (shutdown (reader->fd, SHUT_WR), ==, 0);
}

static void
leave_by_resetting (Reader *reader)
{
  const struct linger linger = { .l_onoff = 1 };

  setsockopt (reader->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (reader->fd);
  reader->fd = -1;
}

/* What is sent behind the request means nothing, and does not hide that the reader leaves. */
static void
leave_talking (Reader *reader)
{
  g_autofree char *text = g_strnfill (200 * 1024, 'x');

  for (guint i = 0; i < 5; i++)
    {
      send (reader->fd, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpint (shutdown (reader->fd, SHUT_WR), ==, 0);
}

static void
test_leaving (Balancer *self,
              gconstpointer data)
{
  void (*const ways[]) (Reader *) = { leave_by_closing, leave_by_resetting, leave_talking };
  const guint before = count_descriptors ();

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Reader reader;

      reader_open (&reader, self, EVENTS);
      reader_read_until (&reader, SNAPSHOT);
      g_assert_cmpuint (lb_listener_get_n_connections (self->listener), ==, 1);
      ways[i] (&reader);
      wait_for_connections (self, 0);
      reader_close (&reader);
    }

  /* Also one that has left before it was heard. */
  {
    g_autofree char *answer = exchange_bytes (self, EVENTS, strlen (EVENTS), TRUE);

    g_assert_cmpuint (get_status (answer), ==, 200);
  }
  wait_for_connections (self, 0);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

/* However many read, a snapshot is taken once, and the loop has no more to poll. */
static void
test_many_readers (Balancer *self,
                   gconstpointer data)
{
  GPollFD fds[64];
  Reader readers[100];
  int priority, timeout;
  gint n_before, n_after;

  add_backends (self, 10);
  g_main_context_prepare (g_main_context_default (), &priority);
  n_before = g_main_context_query (g_main_context_default (), G_MAXINT, &timeout, fds, 64);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    reader_open (&readers[i], self, EVENTS);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    reader_read_until (&readers[i], SNAPSHOT);
  g_assert_cmpuint (self->n_snapshots, ==, 1);

  g_main_context_prepare (g_main_context_default (), &priority);
  n_after = g_main_context_query (g_main_context_default (), G_MAXINT, &timeout, fds, 64);
  g_assert_cmpint (n_after, ==, n_before);

  lb_backend_set_state (lb_pool_get_backend (self->pool, 3), LB_STATE_MAINT);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    reader_read_until (&readers[i], CHANGE);
  g_assert_cmpuint (self->n_snapshots, ==, 1);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    reader_close (&readers[i]);
  wait_for_connections (self, 0);
}

/* Those who do not read and those who take a little now and then get whole events in the end, and hold
 * nobody up. */
static void
test_slow_readers (Balancer *self,
                   gconstpointer data)
{
  const gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  Reader deaf, slow, quick;
  guint n_events = 0;

  add_backends (self, 2000);
  reader_open (&deaf, self, EVENTS);
  reader_open (&slow, self, EVENTS);
  reader_open (&quick, self, EVENTS);

  while (n_events < 3)
    {
      const gsize length = quick.text->len;

      turn (end_us);
      reader_read (&quick, G_MAXSIZE);
      reader_read (&slow, 100);
      g_assert_false (quick.ended || slow.ended);

      if (quick.text->len > length && g_str_has_suffix (quick.text->str, "\n\n"))
        {
          const guint n = check_events (quick.text->str);

          if (n > n_events)
            lb_backend_set_state (lb_pool_get_backend (self->pool, n),
                                  n % 2 == 0 ? LB_STATE_DRAIN : LB_STATE_MAINT);
          n_events = MAX (n, n_events);
        }
    }

  /* The event that they are at is whole when they take the rest, and then come the changes in between, and
   * one page instead of two. */
  reader_read_until (&slow, SNAPSHOT);
  reader_read_until (&deaf, SNAPSHOT);
  g_assert_cmpuint (deaf.text->len, <, quick.text->len);
  while (check_events (slow.text->str) < 4 || check_events (deaf.text->str) < 4)
    {
      turn (end_us);
      reader_read (&slow, G_MAXSIZE);
      reader_read (&deaf, G_MAXSIZE);
      g_assert_false (slow.ended || deaf.ended);
    }

  reader_close (&deaf);
  reader_close (&slow);
  reader_close (&quick);
}

/* One that takes so little that it is still at an old page many pages later goes; one that has taken
 * everything does not, however little it does. */
static void
test_too_far_behind (Balancer *self,
                     gconstpointer data)
{
  const gint64 end_us = deadline ();
  Reader slow, quick;

  add_backends (self, 2000);
  reader_open (&slow, self, EVENTS);
  reader_open (&quick, self, EVENTS);
  reader_read_until (&quick, SNAPSHOT);
  reader_read_until (&slow, SNAPSHOT);

  while (lb_listener_get_n_connections (self->listener) > 1)
    {
      lb_event_feed_refresh (self->feed);
      turn (end_us);
      reader_read (&quick, G_MAXSIZE);
      reader_read (&slow, 1);
      g_assert_false (quick.ended || slow.ended);
    }
  g_assert_cmpuint (self->n_snapshots, >=, LB_EVENT_LOG_PAGES);

  reader_read_to_end (&slow);
  g_assert_cmpuint (check_events (slow.text->str), ==, 0);
  reader_close (&slow);
  reader_close (&quick);
}

/* Readers are half of the connections at most, so that others find room; and others find it. */
static void
test_full (Balancer *self,
           gconstpointer data)
{
  g_autofree char *refused = NULL;
  Reader readers[5];

  lb_pool_add (self->pool, "http://b", NULL);
  lb_listener_set_max_connections (self->listener, 10);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      reader_open (&readers[i], self, EVENTS);
      reader_read_until (&readers[i], SNAPSHOT);
    }

  refused = exchange_bytes (self, EVENTS, strlen (EVENTS), FALSE);
  g_assert_cmpuint (get_status (refused), ==, 503);
  assert_header (refused, "Retry-After", "1");
  assert_header (refused, "Access-Control-Allow-Origin", "*");

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *answer = exchange (self, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

      g_assert_cmpuint (get_status (answer), ==, 307);
    }

  /* With fewer, some of them have to go. */
  lb_listener_set_max_connections (self->listener, 4);
  g_assert_cmpuint (lb_listener_get_n_connections (self->listener), <=, 4);
  for (guint i = 0; i < 3; i++)
    reader_read_to_end (&readers[i]);
  lb_backend_set_state (lb_pool_get_backend (self->pool, 0), LB_STATE_DRAIN);
  reader_read_until (&readers[3], CHANGE);
  reader_read_until (&readers[4], CHANGE);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    reader_close (&readers[i]);
}

/* The end of listening is the end of the stream. */
static void
test_end (Balancer *self,
          gconstpointer data)
{
  Reader reader;

  reader_open (&reader, self, EVENTS);
  reader_read_until (&reader, SNAPSHOT);
  lb_listener_close (self->listener);
  reader_read_to_end (&reader);
  reader_close (&reader);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, Balancer, LANE_OPEN, balancer_set_up, func, balancer_tear_down)
  add_both_ways ("/http/event-stream/stream", test_stream);
  add_both_ways ("/http/event-stream/others", test_others);
  ADD ("/http/event-stream/pipelined", test_pipelined);
  ADD ("/http/event-stream/leaving", test_leaving);
  ADD ("/http/event-stream/many-readers", test_many_readers);
  ADD ("/http/event-stream/slow-readers", test_slow_readers);
  ADD ("/http/event-stream/too-far-behind", test_too_far_behind);
  ADD ("/http/event-stream/full", test_full);
  ADD ("/http/event-stream/end", test_end);
#undef ADD

  return g_test_run ();
}
