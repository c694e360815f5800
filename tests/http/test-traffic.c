/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#include <unistd.h>

/* What is expected to be counted, and nothing else. */
static void
assert_rejected (Balancer *self,
                 LbRejection reason,
                 guint64 n)
{
  LbTraffic traffic;

  lb_listener_get_traffic (self->listener, &traffic);
  for (LbRejection i = 0; i < LB_N_REJECTIONS; i++)
    if (traffic.rejected[i] != (i == reason ? n : 0))
      g_error ("%s: %" G_GUINT64_FORMAT " were counted, of %s %" G_GUINT64_FORMAT " expected",
               lb_rejection_to_string (i), traffic.rejected[i], lb_rejection_to_string (reason), n);
}

static void
ask (Balancer *self,
     const char *request,
     guint status)
{
  g_autofree char *answer = exchange (self, request);

  g_assert_cmpuint (get_status (answer), ==, status);
}

static void
iterate_until_connections (Balancer *self,
                           guint n)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (lb_listener_get_n_connections (self->listener) != n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

static void
test_no_backend (Balancer *self,
                 gconstpointer data)
{
  ask (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 503);
  assert_rejected (self, LB_REJECTION_NO_BACKEND, 1);
  ask (self, "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 503);
  assert_rejected (self, LB_REJECTION_NO_BACKEND, 2);
}

/* Whoever is paused says so, counts it apart, and redirects again when it goes on. */
static void
test_paused (Balancer *self,
             gconstpointer data)
{
  g_autofree char *answer = NULL;
  LbTraffic traffic;

  lb_pool_add (self->pool, "http://a", NULL);
  lb_redirector_set_paused (self->redirector, TRUE);

  answer = exchange (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpuint (get_status (answer), ==, 503);
  assert_header (answer, "Retry-After", "1");
  assert_header (answer, "Cache-Control", "no-store");
  assert_header (answer, "Location", NULL);
  g_assert_nonnull (strstr (get_body (answer), "paused"));
  assert_rejected (self, LB_REJECTION_PAUSED, 1);

  ask (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n", 200);
  lb_listener_get_traffic (self->listener, &traffic);
  g_assert_true (traffic.paused);

  lb_redirector_set_paused (self->redirector, FALSE);
  ask (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 307);
  assert_rejected (self, LB_REJECTION_PAUSED, 1);
  lb_listener_get_traffic (self->listener, &traffic);
  g_assert_false (traffic.paused);
}

static void
test_malformed (Balancer *self,
                gconstpointer data)
{
  lb_pool_add (self->pool, "http://a", NULL);

  ask (self, "NONSENSE\r\n\r\n", 400);
  ask (self, "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400);
  ask (self, "GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505);
  assert_rejected (self, LB_REJECTION_MALFORMED, 3);
}

static void
test_too_large (Balancer *self,
                gconstpointer data)
{
  g_autofree char *filler = g_strnfill (20000, 'a');
  g_autofree char *target = g_strconcat ("GET /", filler, " HTTP/1.1\r\nHost: h\r\n\r\n", NULL);
  g_autofree char *field =
    g_strconcat ("GET / HTTP/1.1\r\nHost: h\r\nX: ", filler, "\r\n\r\n", NULL);

  lb_pool_add (self->pool, "http://a", NULL);

  ask (self, target, 414);
  ask (self, field, 431);
  assert_rejected (self, LB_REJECTION_TOO_LARGE, 2);
}

/* Redirects and what the balancer tells about itself are no rejections. */
static void
test_good (Balancer *self,
           gconstpointer data)
{
  LbTraffic traffic;

  lb_pool_add (self->pool, "http://a", NULL);

  ask (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 307);
  ask (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n", 200);
  ask (self, "GET /stats/nothing HTTP/1.1\r\nHost: h\r\n\r\n", 404);
  ask (self, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 204);
  assert_rejected (self, LB_REJECTION_MALFORMED, 0);

  iterate_until_connections (self, 0);
  lb_listener_get_traffic (self->listener, &traffic);
  g_assert_cmpuint (traffic.connections, ==, 0);
  g_assert_cmpuint (traffic.connections_total, ==, 4);
}

static void
test_connections (Balancer *self,
                  gconstpointer data)
{
  LbTraffic traffic;
  int fds[3];

  lb_listener_set_max_connections (self->listener, 3);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_to (self->port);
  iterate_until_connections (self, 3);

  lb_listener_get_traffic (self->listener, &traffic);
  g_assert_cmpuint (traffic.connections, ==, 3);
  g_assert_cmpuint (traffic.connections_total, ==, 3);
  g_assert_cmpuint (traffic.max_connections, ==, 3);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  iterate_until_connections (self, 0);
  lb_listener_get_traffic (self->listener, &traffic);
  g_assert_cmpuint (traffic.connections, ==, 0);
  g_assert_cmpuint (traffic.connections_total, ==, 3);
}

/* One more client than may be: who has begun a request and is closed for it counts, and who has
 * asked for nothing does not. */
static void
test_busy (Balancer *self,
           gconstpointer data)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  LbTraffic traffic;
  int silent;
  int slow;
  int next;
  int last;

  lb_listener_set_max_connections (self->listener, 2);
  silent = connect_to (self->port);
  iterate_until_connections (self, 1);
  slow = connect_to (self->port);
  g_assert_cmpint (send (slow, "GET / HT", 8, MSG_NOSIGNAL), ==, 8);
  iterate_until_connections (self, 2);

  next = connect_to (self->port);
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, FALSE);
      lb_listener_get_traffic (self->listener, &traffic);
    }
  while (traffic.connections_total < 3);
  assert_rejected (self, LB_REJECTION_BUSY, 0);

  last = connect_to (self->port);
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, FALSE);
      lb_listener_get_traffic (self->listener, &traffic);
    }
  while (traffic.connections_total < 4);
  assert_rejected (self, LB_REJECTION_BUSY, 1);

  close (silent);
  close (slow);
  close (next);
  close (last);
}

/* Takes as long as a head may take: 10 s, and one for the next look. */
static void
test_timeout (Balancer *self,
              gconstpointer data)
{
  const gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  const int silent = connect_to (self->port);
  const int slow = connect_to (self->port);

  g_assert_cmpint (send (slow, "GET / HTTP/1.1\r\n", 16, MSG_NOSIGNAL), ==, 16);
  iterate_until_connections (self, 2);

  while (lb_listener_get_n_connections (self->listener) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }

  assert_rejected (self, LB_REJECTION_TIMEOUT, 1);
  close (silent);
  close (slow);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_both_ways ("/http/traffic/no-backend", test_no_backend);
  add_both_ways ("/http/traffic/paused", test_paused);
  add_both_ways ("/http/traffic/malformed", test_malformed);
  add_both_ways ("/http/traffic/too-large", test_too_large);
  add_both_ways ("/http/traffic/good", test_good);
  add_both_ways ("/http/traffic/connections", test_connections);
  add_both_ways ("/http/traffic/busy", test_busy);
  g_test_add ("/http/traffic/timeout", Balancer, LANE_OPEN, balancer_set_up, test_timeout,
              balancer_tear_down);

  return g_test_run ();
}
