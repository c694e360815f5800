/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-engine-redirect.h"
#include "http/balancer-fixture.h"

#include <poll.h>

#define REQUEST "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

/* Turns in which a client that is accepted would have long been answered. */
#define TURNS 50

static void
assert_answered (int fd)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  struct pollfd readable = { .fd = fd, .events = POLLIN };
  char answer[4096] = { 0 };

  while (poll (&readable, 1, 1) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, FALSE);
    }

  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
  g_assert_cmpuint (get_status (answer), ==, 307);
}

static void
assert_not_answered (int fd)
{
  struct pollfd readable = { .fd = fd, .events = POLLIN };

  for (guint i = 0; i < TURNS; i++)
    {
      g_assert_cmpint (poll (&readable, 1, 1), ==, 0);
      g_main_context_iteration (NULL, FALSE);
    }
}

/* Nobody is refused while it is stopped: the kernel keeps new clients for who takes over, and those who are
 * connected go on. */
static void
test_stops_and_starts (Balancer *self,
                       gconstpointer data)
{
  LbFront front = { self->redirector, self->server, self->lane, self->feed, self->listener };
  const LbEngineSource source = { .pool = self->pool, .front = &front };
  g_autoptr (LbEngine) engine = lb_engine_redirect_new (&source);
  LbTraffic traffic;
  int before;
  int after;

  lb_pool_add (self->pool, "http://127.0.0.1:9001", NULL);
  lb_engine_start (engine);
  before = connect_to (self->port);
  g_assert_cmpint (send (before, REQUEST, strlen (REQUEST), 0), ==, strlen (REQUEST));
  assert_answered (before);

  lb_engine_stop (engine);
  after = connect_to (self->port);
  g_assert_cmpint (send (after, REQUEST, strlen (REQUEST), 0), ==, strlen (REQUEST));
  assert_not_answered (after);
  g_assert_cmpint (send (before, REQUEST, strlen (REQUEST), 0), ==, strlen (REQUEST));
  assert_answered (before);

  lb_engine_start (engine);
  assert_answered (after);

  lb_engine_report (engine, &traffic);
  g_assert_cmpuint (traffic.connections, ==, 2);
  g_assert_cmpuint (traffic.connections_total, ==, 2);
  close (before);
  close (after);
}

/* A port that it moves to while it is stopped is not served either. */
static void
test_moves_while_stopped (Balancer *self,
                          gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };
  LbFront front = { self->redirector, self->server, self->lane, self->feed, self->listener };
  const LbEngineSource source = { .pool = self->pool, .front = &front };
  g_autoptr (LbEngine) engine = lb_engine_redirect_new (&source);
  guint n;
  int fd;

  lb_pool_add (self->pool, "http://127.0.0.1:9001", NULL);
  lb_engine_stop (engine);
  g_assert_true (lb_listener_listen (self->listener, addresses, 0, NULL));
  g_assert_nonnull (lb_listener_get_sockets (self->listener, &n));
  g_assert_cmpuint (n, ==, 1);

  fd = connect_to (lb_listener_get_port (self->listener));
  g_assert_cmpint (send (fd, REQUEST, strlen (REQUEST), 0), ==, strlen (REQUEST));
  assert_not_answered (fd);

  lb_engine_start (engine);
  assert_answered (fd);
  close (fd);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/engine/redirect/stops-and-starts", Balancer, LANE_OPEN, balancer_set_up,
              test_stops_and_starts, balancer_tear_down);
  g_test_add ("/engine/redirect/moves-while-stopped", Balancer, LANE_OPEN, balancer_set_up,
              test_moves_while_stopped, balancer_tear_down);

  return g_test_run ();
}
