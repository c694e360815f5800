/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define REQUEST "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
#define LAST "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

static guint
count_in (const char *text,
          gsize length,
          const char *part)
{
  const char *end = text + length;
  guint n = 0;

  for (const char *p = text; (p = memmem (p, (gsize) (end - p), part, strlen (part))) != NULL;
       p += strlen (part))
    n++;

  return n;
}

static guint
count (const char *text,
       const char *part)
{
  return count_in (text, strlen (text), part);
}

static char *
repeat (const char *text,
        guint times)
{
  GString *string = g_string_new (NULL);

  while (times-- > 0)
    g_string_append (string, text);

  return g_string_free (string, FALSE);
}

/* All of them are answered, in order. More than fit into one look and one write. */
static void
test_pipelining (Balancer *self,
                 gconstpointer data)
{
  const guint n = 3000;
  g_autoptr (GString) request = g_string_new (NULL);
  g_autofree char *answer = NULL;
  const char *p;

  lb_pool_add (self->pool, "http://b", NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (request, "GET /%u HTTP/1.1\r\nHost: h\r\n\r\n", i);
  g_string_append (request, LAST);

  answer = exchange_bytes (self, request->str, request->len, FALSE);
  g_assert_cmpuint (count (answer, "HTTP/1.1 307"), ==, n + 1);
  g_assert_cmpuint (count (answer, "Connection: close"), ==, 1);

  p = answer;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *location = g_strdup_printf ("Location: http://b/%u\r\n", i);

      p = strstr (p, location);
      g_assert_nonnull (p);
    }
  g_assert_nonnull (strstr (p, "Location: http://b/last\r\n"));
}

/* What libsoup answers comes behind what the lane has answered, and is the last. */
static void
test_pipelined_hand_over (Balancer *self,
                          gconstpointer data)
{
  g_autofree char *requests = repeat (REQUEST, 5);
  g_autofree char *request =
    g_strconcat (requests, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n", REQUEST, REQUEST, NULL);
  g_autofree char *answer = NULL;
  const char *stats;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange_bytes (self, request, strlen (request), FALSE);

  g_assert_cmpuint (count (answer, "HTTP/1.1 307"), ==, 5);
  stats = strstr (answer, "HTTP/1.1 200");
  g_assert_nonnull (stats);
  g_assert_nonnull (strstr (stats, "\"redirects\":5"));
  g_assert_cmpuint (lb_pool_get_redirects (self->pool), ==, 5);
}

/* A large answer of libsoup's is whole, although bytes of the client lie unread when it closes. */
static void
test_large_stats_before_unread_bytes (Balancer *self,
                                      gconstpointer data)
{
  g_autofree char *behind = g_strnfill (100 * 1024, 'x');
  g_autofree char *request =
    g_strconcat ("GET /stats HTTP/1.1\r\nHost: h\r\n\r\n", behind, NULL);

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://b%u", i);

      lb_pool_add (self->pool, url, NULL);
    }

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *answer = exchange_bytes (self, request, strlen (request), FALSE);
      g_autofree char *length = get_header (answer, "Content-Length");

      g_assert_cmpuint (strlen (get_body (answer)), ==, g_ascii_strtoull (length, NULL, 10));
      g_assert_cmpuint (strlen (answer), >, 1000 * 1000);
    }
}

static void
test_bad_after_good (Balancer *self,
                     gconstpointer data)
{
  static const char request[] = REQUEST REQUEST "GET / HTTP/1.1\r\n\r\n" REQUEST;
  g_autofree char *answer = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange_bytes (self, request, strlen (request), FALSE);

  g_assert_cmpuint (count (answer, "HTTP/1.1 307"), ==, 2);
  g_assert_cmpuint (count (answer, "HTTP/1.1 400"), ==, 1);
  g_assert_cmpuint (count (answer, "HTTP/1.1"), ==, 3);
}

/* A request with a body is redirected from its head, and is the last. */
static void
test_body (Balancer *self,
           gconstpointer data)
{
  static const char request[] = REQUEST "POST /y HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n" REQUEST;
  g_autofree char *answer = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange_bytes (self, request, strlen (request), FALSE);

  g_assert_cmpuint (count (answer, "HTTP/1.1 307"), ==, 2);
  g_assert_cmpuint (count (answer, "Connection: close"), ==, 1);
  g_assert_nonnull (strstr (answer, "Location: http://b/y\r\n"));
}

/* Everything is answered, and the connection then ends as a client expects it to: at once, and not by
 * a reset. */
static void
test_half_closed (Balancer *self,
                  gconstpointer data)
{
  g_autofree char *requests = repeat (REQUEST, 3000);
  g_autofree char *cut = g_strconcat (requests, "GET /x HTTP/1.1\r\nHo", NULL);
  const char *const texts[] = { requests, cut };

  lb_pool_add (self->pool, "http://b", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const gint64 start_us = g_get_monotonic_time ();
      g_autofree char *answer = exchange_bytes (self, texts[i], strlen (texts[i]), TRUE);

      g_assert_cmpuint (count (answer, "HTTP/1.1 307"), ==, 3000);
      g_assert_cmpint (g_get_monotonic_time () - start_us, <, 5 * G_USEC_PER_SEC);
    }
}

/* A head of ours that dribbles in is one as any other. */
static void
test_dribbled_stats (Balancer *self,
                     gconstpointer data)
{
  g_autofree char *filler = g_strnfill (2000, 'x');
  g_autofree char *request =
    g_strdup_printf ("GET /stats HTTP/1.1\r\nHost: h\r\nX: %s\r\n\r\n", filler);
  const int on = 1;
  char answer[64] = { 0 };
  int fd = connect_to (self->port);

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (gsize i = 0; i < strlen (request); i++)
    {
      g_assert_cmpint (send (fd, request + i, 1, MSG_NOSIGNAL), ==, 1);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }

  for (guint i = 0; i < 2000 && recv (fd, answer, sizeof answer - 1, MSG_DONTWAIT) <= 0; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (get_status (answer), ==, 200);
  close (fd);
}

/* libsoup says nothing of what it refuses or loses before it has read a head. */
static void
test_nothing_stays_handed_over (Balancer *self,
                                gconstpointer data)
{
  static const char request[] = "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n";
  static const struct linger reset = { 1, 0 };
  const gint64 end_us = g_get_monotonic_time () + 8 * G_USEC_PER_SEC;

  for (guint i = 0; i < 100; i++)
    {
      int fd = connect_to (self->port);

      send (fd, request, strlen (request), MSG_NOSIGNAL);
      if (i % 3 == 0)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      if (i % 4 == 0)
        g_main_context_iteration (NULL, FALSE);
      close (fd);
    }

  while (lb_listener_get_n_connections (self->listener) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
test_http_1_0 (Balancer *self,
               gconstpointer data)
{
  static const char request[] = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" REQUEST;
  g_autofree char *answer = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange_bytes (self, request, strlen (request), FALSE);

  g_assert_cmpuint (count (answer, "HTTP/1.1"), ==, 1);
  g_assert_cmpuint (count (answer, "Connection: close"), ==, 1);
}

static void
test_empty_lines (Balancer *self,
                  gconstpointer data)
{
  static const char request[] = "\r\n" REQUEST "\r\nGET /stats HTTP/1.1\r\nHost: h\r\n\r\n";
  g_autofree char *answer = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange_bytes (self, request, strlen (request), FALSE);

  g_assert_cmpuint (count (answer, "HTTP/1.1 307"), ==, 1);
  g_assert_cmpuint (count (answer, "HTTP/1.1 200"), ==, 1);
}

typedef struct
{
  guint16 port;
  char *requests;
  guint n_redirects;
  guint n_stats;
  gboolean done;
} Greedy;

/* Asks for far more than the buffers of both sides hold, and reads only afterwards. */
static gpointer
greedy_thread (gpointer data)
{
  Greedy *self = data;
  char *p = self->requests;
  gsize left = strlen (self->requests);
  g_autoptr (GString) answer = g_string_new (NULL);
  char buffer[65536];
  gssize n;
  int fd = connect_to (self->port);
  struct timeval brief = { .tv_usec = 300 * 1000 };

  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof brief);
  while (left > 0 && (n = send (fd, p, left, MSG_NOSIGNAL)) > 0)
    {
      p += n;
      left -= (gsize) n;
    }
  /* It is not taken any more: both directions are full. Now read, and send the rest. */
  g_assert_cmpuint (left, >, 0);

  for (;;)
    {
      n = recv (fd, buffer, sizeof buffer, left > 0 ? MSG_DONTWAIT : 0);
      if (n == 0)
        break;
      if (n > 0)
        g_string_append_len (answer, buffer, n);

      n = left > 0 ? send (fd, p, left, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
      if (n > 0)
        {
          p += n;
          left -= (gsize) n;
        }
    }

  self->n_redirects = count_in (answer->str, answer->len, "HTTP/1.1 307");
  self->n_stats = count_in (answer->str, answer->len, "HTTP/1.1 200");
  close (fd);
  g_atomic_int_set (&self->done, TRUE);

  return NULL;
}

/* @last is the last request, behind 50,000 others, whose answers the client does not take for a while. */
static void
test_greedy (Balancer *self,
             const char *last,
             guint n_redirects,
             guint n_stats)
{
  const guint n = 50000;
  g_autofree char *path = g_strnfill (150, 'x');
  g_autofree char *one = g_strdup_printf ("GET /%s HTTP/1.1\r\nHost: h\r\n\r\n", path);
  g_autofree char *requests = repeat (one, n);
  g_autofree char *all = g_strconcat (requests, last, NULL);
  Greedy greedy = { .port = self->port, .requests = all };
  GThread *thread;

  lb_pool_add (self->pool, "http://b", NULL);
  thread = g_thread_new ("greedy", greedy_thread, &greedy);
  run_until (&greedy.done);
  g_thread_join (thread);

  g_assert_cmpuint (greedy.n_redirects, ==, n + n_redirects);
  g_assert_cmpuint (greedy.n_stats, ==, n_stats);
}

static void
test_client_that_does_not_read (Balancer *self,
                                gconstpointer data)
{
  test_greedy (self, LAST, 1, 0);
}

/* What waits behind answers that are not taken is not forgotten, and goes to libsoup whole. */
static void
test_hand_over_behind_unread_answers (Balancer *self,
                                      gconstpointer data)
{
  test_greedy (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n", 0, 1);
}

typedef struct
{
  guint16 port;
  gboolean stop;
  guint n;
} Flood;

static gpointer
flood_thread (gpointer data)
{
  Flood *self = data;
  char buffer[65536];
  g_autofree char *requests = repeat (REQUEST, 50);
  int fd = connect_to (self->port);

  while (!g_atomic_int_get (&self->stop))
    {
      gsize left = 0;

      if (send (fd, requests, strlen (requests), MSG_NOSIGNAL) <= 0)
        break;
      while (left < 50)
        {
          gssize n = recv (fd, buffer, sizeof buffer, 0);

          if (n <= 0)
            break;
          left += count_in (buffer, (gsize) n, "\r\n\r\n");
        }
      self->n += 50;
    }

  close (fd);

  return NULL;
}

static gboolean
count_idle (gpointer data)
{
  (*(guint *) data)++;

  return G_SOURCE_CONTINUE;
}

/* However many requests come, sources of lower priority get their turn. */
static void
test_idle_sources_run (Balancer *self,
                       gconstpointer data)
{
  Flood floods[4];
  GThread *threads[4];
  guint n_idle = 0;
  guint id = g_idle_add (count_idle, &n_idle);
  const gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;
  guint n_requests = 0;

  lb_pool_add (self->pool, "http://b", NULL);
  for (guint i = 0; i < 4; i++)
    {
      floods[i] = (Flood){ self->port, FALSE, 0 };
      threads[i] = g_thread_new ("flood", flood_thread, &floods[i]);
    }

  while (g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < 4; i++)
    g_atomic_int_set (&floods[i].stop, TRUE);
  for (guint i = 0; i < 4; i++)
    {
      /* They may wait for their last answers. */
      for (guint j = 0; j < 2000; j++)
        g_main_context_iteration (NULL, FALSE);
      lb_listener_close (self->listener);
      g_thread_join (threads[i]);
      n_requests += floods[i].n;
    }
  g_source_remove (id);

  g_test_message ("%u idle turns beside %u requests", n_idle, n_requests);
  g_assert_cmpuint (n_requests, >, 1000);
  g_assert_cmpuint (n_idle, >=, 10);
}

/* However much there is to do that is more urgent, clients get a turn now and then. */
static void
test_clients_get_a_turn (Balancer *self,
                         gconstpointer data)
{
  Flood flood = { self->port, FALSE, 0 };
  GThread *thread = g_thread_new ("flood", flood_thread, &flood);
  guint n_urgent = 0;
  guint id = g_idle_add_full (G_PRIORITY_DEFAULT, count_idle, &n_urgent, NULL);
  const gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;

  lb_pool_add (self->pool, "http://b", NULL);
  while (g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, FALSE);
  g_source_remove (id);

  g_atomic_int_set (&flood.stop, TRUE);
  for (guint i = 0; i < 2000; i++)
    g_main_context_iteration (NULL, FALSE);
  lb_listener_close (self->listener);
  g_thread_join (thread);

  g_test_message ("%u requests beside %u urgent turns", flood.n, n_urgent);
  g_assert_cmpuint (n_urgent, >=, 1000);
  g_assert_cmpuint (flood.n, >=, 10);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add (path, Balancer, LANE_OPEN, balancer_set_up, func, balancer_tear_down)
  ADD ("/http/conversation/pipelining", test_pipelining);
  ADD ("/http/conversation/pipelined-hand-over", test_pipelined_hand_over);
  ADD ("/http/conversation/large-answer-before-unread-bytes", test_large_stats_before_unread_bytes);
  ADD ("/http/conversation/bad-after-good", test_bad_after_good);
  ADD ("/http/conversation/body", test_body);
  ADD ("/http/conversation/half-closed", test_half_closed);
  ADD ("/http/conversation/dribbled-stats", test_dribbled_stats);
  ADD ("/http/conversation/nothing-stays-handed-over", test_nothing_stays_handed_over);
  ADD ("/http/conversation/http-1.0", test_http_1_0);
  ADD ("/http/conversation/empty-lines", test_empty_lines);
  ADD ("/http/conversation/client-that-does-not-read", test_client_that_does_not_read);
  ADD ("/http/conversation/hand-over-behind-unread-answers", test_hand_over_behind_unread_answers);
  ADD ("/http/conversation/idle-sources-run", test_idle_sources_run);
  ADD ("/http/conversation/clients-get-a-turn", test_clients_get_a_turn);
#undef ADD

  return g_test_run ();
}
