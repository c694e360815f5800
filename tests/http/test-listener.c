/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#include <sys/resource.h>

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
test_port_zero (Balancer *self,
                gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.1", "127.0.0.2", "127.0.0.1", NULL };
  g_autoptr (LbListener) listener = lb_listener_new (lb_server_get_soup_server (self->server), self->lane);
  g_autoptr (GError) error = NULL;
  g_autofree char *second = NULL;

  g_assert_true (lb_listener_listen (listener, addresses, 0, &error));
  g_assert_no_error (error);

  /* One port for all, and an address named twice is one. */
  g_assert_cmpuint (g_strv_length ((char **) lb_listener_get_uris (listener)), ==, 2);
  second = g_strdup_printf ("http://127.0.0.2:%u", lb_listener_get_port (listener));
  g_assert_cmpstr (lb_listener_get_uris (listener)[1], ==, second);
}

/* 0.0.0.0 and :: hear for every address of their family, whichever was named first. */
static void
test_wildcards (Balancer *self,
                gconstpointer data)
{
  static const struct
  {
    const char *addresses[5];
    const char *heard[3];
  } cases[] = {
    { { "0.0.0.0", "127.0.0.1" }, { "http://0.0.0.0:" } },
    { { "127.0.0.1", "127.0.0.2", "0.0.0.0" }, { "http://0.0.0.0:" } },
    { { "::", "::1" }, { "http://[::]:" } },
    { { "localhost", "::" }, { "http://127.0.0.1:", "http://[::]:" } },
    { { "0.0.0.0", "localhost", "0.0.0.0" }, { "http://0.0.0.0:", "http://[::1]:" } },
    { { "127.0.0.1", "::", "::1", "0.0.0.0" }, { "http://[::]:", "http://0.0.0.0:" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LbListener) listener = lb_listener_new (lb_server_get_soup_server (self->server), self->lane);
      g_autoptr (GError) error = NULL;
      const char *const *uris;
      guint n;

      lb_listener_listen (listener, cases[i].addresses, 0, &error);
      g_assert_no_error (error);

      uris = lb_listener_get_uris (listener);
      for (n = 0; cases[i].heard[n] != NULL; n++)
        {
          g_assert_nonnull (uris[n]);
          g_assert_true (g_str_has_prefix (uris[n], cases[i].heard[n]));
        }
      g_assert_null (uris[n]);
    }
}

static void
test_in_use (Balancer *self,
             gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.2", "127.0.0.1", NULL };
  g_autoptr (LbListener) listener = lb_listener_new (lb_server_get_soup_server (self->server), self->lane);
  g_autoptr (GError) error = NULL;

  g_assert_false (lb_listener_listen (listener, addresses, self->port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (lb_listener_get_port (listener), ==, 0);
  g_assert_null (lb_listener_get_uris (listener)[0]);
}

static void
test_bad_address (Balancer *self,
                  gconstpointer data)
{
  static const char *const not_ours[] = { "192.0.2.1", NULL };
  static const char *const no_address[] = { "example.org", NULL };
  g_autoptr (GError) error = NULL;

  /* Wherever it listens already, it goes on. */
  g_assert_false (lb_listener_listen (self->listener, not_ours, self->port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (lb_listener_listen (self->listener, no_address, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (lb_listener_get_port (self->listener), ==, self->port);
  g_free (exchange (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n"));
}

static void
test_move (Balancer *self,
           gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.1", "127.0.0.2", NULL };
  g_autofree char *answer = NULL;

  g_assert_true (lb_listener_listen (self->listener, addresses, self->port, NULL));
  g_assert_cmpuint (g_strv_length ((char **) lb_listener_get_uris (self->listener)), ==, 2);
  answer = exchange (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpuint (get_status (answer), ==, 200);
}

typedef struct
{
  guint16 port;
  gboolean done;
} Slow;

static gpointer
slow_thread (gpointer data)
{
  static const char request[] = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
  Slow *self = data;
  char answer[4096] = { 0 };
  int fd = connect_to (self->port);

  for (gsize i = 0; i < strlen (request); i++)
    {
      g_assert_cmpint (send (fd, request + i, 1, MSG_NOSIGNAL), ==, 1);
      g_usleep (500);
    }

  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
  g_assert_cmpuint (get_status (answer), ==, 307);
  close (fd);
  g_atomic_int_set (&self->done, TRUE);

  return NULL;
}

static void
test_byte_by_byte (Balancer *self,
                   gconstpointer data)
{
  Slow slow = { self->port, FALSE };
  GThread *thread;

  lb_pool_add (self->pool, "http://b", NULL);
  thread = g_thread_new ("slow", slow_thread, &slow);
  run_until (&slow.done);
  g_thread_join (thread);
}

static void
test_half_closed (Balancer *self,
                  gconstpointer data)
{
  static const char whole[] = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
  static const char part[] = "GET /x HTTP/1.1\r\nHo";
  g_autofree char *answer = NULL;
  g_autofree char *nothing = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange_bytes (self, whole, strlen (whole), TRUE);
  g_assert_cmpuint (get_status (answer), ==, 307);

  nothing = exchange_bytes (self, part, strlen (part), TRUE);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpuint (lb_listener_get_n_connections (self->listener), ==, 0);
}

static void
test_refuses (Balancer *self,
              gconstpointer data)
{
  g_autofree char *garbage = exchange (self, "\x16\x03\x01 hello\r\n\r\n");
  g_autofree char *filler = g_strnfill (LB_REQUEST_HEAD_MAX, 'a');
  g_autofree char *endless = g_strconcat ("GET / HTTP/1.1\r\nA: ", filler, NULL);
  g_autofree char *too_long = exchange (self, endless);

  g_assert_cmpuint (get_status (garbage), ==, 400);
  assert_header (garbage, "Access-Control-Allow-Origin", "*");
  g_assert_cmpuint (get_status (too_long), ==, 431);
}

/* Connections that say nothing, or half of something, or reset: none leaves a descriptor. */
static void
test_no_descriptor_is_left (Balancer *self,
                            gconstpointer data)
{
  static const struct linger reset = { 1, 0 };
  const guint before = count_descriptors ();

  for (guint i = 0; i < 500; i++)
    {
      int fd = connect_to (self->port);

      if (i % 3 > 0)
        send (fd, "GET / HT", 8, MSG_NOSIGNAL);
      if (i % 5 == 0)
        send (fd, "TP/1.1\r\nHost: h\r\n\r\n", 19, MSG_NOSIGNAL);
      if (i % 2 == 0)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      if (i % 7 == 0)
        g_main_context_iteration (NULL, FALSE);
      close (fd);
    }

  for (gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
       count_descriptors () > before;)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, FALSE);
    }

  g_assert_cmpuint (lb_listener_get_n_connections (self->listener), ==, 0);
}

/* With no descriptor left, clients are turned away, the loop does not spin, and all is well when
 * there are descriptors again. */
static void
test_no_more_descriptors (Balancer *self,
                          gconstpointer data)
{
  int fds[40];
  struct rlimit old;
  struct rlimit few;
  g_autofree char *answer = NULL;
  guint accepted;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_to (self->port);

  getrlimit (RLIMIT_NOFILE, &old);
  few = old;
  few.rlim_cur = count_descriptors () + 10;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);

  for (gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
       g_get_monotonic_time () < end_us;)
    if (!g_main_context_iteration (NULL, FALSE))
      break; /* it has nothing to do: it does not spin */

  accepted = lb_listener_get_n_connections (self->listener);
  g_assert_cmpuint (accepted, >, 0);
  g_assert_cmpuint (accepted, <, G_N_ELEMENTS (fds));
  g_assert_false (g_main_context_pending (NULL));

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  iterate_until_connections (self, 0);
  setrlimit (RLIMIT_NOFILE, &old);

  answer = exchange (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpuint (get_status (answer), ==, 200);
}

static void
test_close (Balancer *self,
            gconstpointer data)
{
  const guint before = count_descriptors ();
  int fd = connect_to (self->port);

  iterate_until_connections (self, 1);
  lb_listener_close (self->listener);
  g_assert_cmpuint (lb_listener_get_n_connections (self->listener), ==, 0);
  g_assert_null (lb_listener_get_uris (self->listener)[0]);
  close (fd);

  /* The listening socket is gone, too. */
  g_assert_cmpuint (count_descriptors (), ==, before - 1);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_both_ways ("/http/listener/listen/one-port-for-all", test_port_zero);
  add_both_ways ("/http/listener/listen/an-address-that-a-wildcard-covers", test_wildcards);
  add_both_ways ("/http/listener/listen/in-use", test_in_use);
  add_both_ways ("/http/listener/listen/bad-address", test_bad_address);
  add_both_ways ("/http/listener/listen/more-addresses-on-the-same-port", test_move);
  add_both_ways ("/http/listener/byte-by-byte", test_byte_by_byte);
  add_both_ways ("/http/listener/half-closed", test_half_closed);
  add_both_ways ("/http/listener/refuses", test_refuses);
  add_both_ways ("/http/listener/no-descriptor-is-left", test_no_descriptor_is_left);
  add_both_ways ("/http/listener/no-more-descriptors", test_no_more_descriptors);
  add_both_ways ("/http/listener/close", test_close);

  return g_test_run ();
}
