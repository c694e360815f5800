/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

#include "http/lb-listener.h"
#include "http/lb-redirector.h"
#include "http/lb-request-head.h"
#include "http/lb-server.h"
#include "pool/lb-history.h"

/* What answers requests, listening on 127.0.0.1, without prober and configuration. The fixture's data
 * says whether the express lane is open. */
#define LANE_OPEN "open"
#define LANE_CLOSED "closed"

typedef struct
{
  LbPool *pool;
  LbHistory *history;
  LbRedirector *redirector;
  LbServer *server;
  LbExpressLane *lane;
  LbEventFeed *feed;
  LbListener *listener;
  guint16 port;
  guint n_snapshots; /* that were taken */
} Balancer;

static inline LbSnapshot *
balancer_get_snapshot (gpointer user_data)
{
  Balancer *self = user_data;
  const gint64 now_us = g_get_monotonic_time ();

  self->n_snapshots++;

  return lb_snapshot_new (self->pool, "random", lb_listener_get_uris (self->listener), NULL, 1000,
                          g_get_real_time (), now_us, now_us);
}

static inline LbHistorySlice *
balancer_get_history (guint n_seconds,
                      gpointer user_data)
{
  Balancer *self = user_data;
  const LbTraffic traffic = { 0 };
  const gint64 now_us = g_get_monotonic_time ();

  lb_history_tick (self->history, self->pool, &traffic, now_us, now_us);

  return lb_history_get_slice (self->history, n_seconds, g_get_real_time (), now_us);
}

static inline void
balancer_set_up (Balancer *self,
                 gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };
  const LbStatsSource source = { balancer_get_snapshot, balancer_get_history, self };
  g_autoptr (GError) error = NULL;

  self->pool = lb_pool_new ();
  self->history = lb_history_new (LB_HISTORY_SIZE);
  self->redirector = lb_redirector_new (self->pool);
  self->server = lb_server_new (self->redirector, &source);
  self->lane = lb_express_lane_new (self->redirector);
  lb_express_lane_set_open (self->lane, g_strcmp0 (data, LANE_CLOSED) != 0);
  self->feed = lb_event_feed_new (self->pool, &source);
  self->listener = lb_listener_new (lb_server_get_soup_server (self->server), self->lane);
  lb_listener_set_feed (self->listener, self->feed);

  g_assert_true (lb_listener_listen (self->listener, addresses, 0, &error));
  g_assert_no_error (error);
  self->port = lb_listener_get_port (self->listener);
}

static inline void
balancer_tear_down (Balancer *self,
                    gconstpointer data)
{
  g_assert_finalize_object (self->listener);
  /* A page may still be made for those who have just left. */
  while (G_OBJECT (self->feed)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (self->feed);
  g_assert_finalize_object (self->lane);
  g_assert_finalize_object (self->server);
  g_assert_finalize_object (self->redirector);
  g_clear_pointer (&self->history, lb_history_free);
  g_assert_finalize_object (self->pool);
}

/* Runs the main loop until *@done, for ten seconds at most. */
static inline void
run_until (gboolean *done)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!g_atomic_int_get (done))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

typedef struct
{
  guint16 port;
  const char *request;
  gsize length;
  gboolean half_close;
  GString *answer;
  gboolean done;
} Exchange;

static inline int
connect_to (guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  struct sockaddr_storage native;
  struct timeval timeout = { .tv_sec = 8 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_socket_address_to_native (address, &native, sizeof native, NULL);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &native,
                            (socklen_t) g_socket_address_get_native_size (address)),
                   ==, 0);

  return fd;
}

static inline gpointer
exchange_thread (gpointer data)
{
  Exchange *self = data;
  char buffer[65536];
  gssize n;
  int fd = connect_to (self->port);

  /* One that is turned away early may not take all of it. */
  send (fd, self->request, self->length, MSG_NOSIGNAL);
  if (self->half_close)
    shutdown (fd, SHUT_WR);

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (self->answer, buffer, n);

  close (fd);
  g_atomic_int_set (&self->done, TRUE);

  return NULL;
}

/* Sends @length bytes and reads until the other side closes. */
static inline char *
exchange_bytes (Balancer *balancer,
                const char *request,
                gsize length,
                gboolean half_close)
{
  Exchange exchange = { balancer->port, request, length, half_close, g_string_new (NULL), FALSE };
  GThread *thread = g_thread_new ("client", exchange_thread, &exchange);

  run_until (&exchange.done);
  g_thread_join (thread);

  return g_string_free (exchange.answer, FALSE);
}

static inline char *
exchange (Balancer *balancer,
          const char *request)
{
  return exchange_bytes (balancer, request, strlen (request), TRUE);
}

static inline guint
get_status (const char *answer)
{
  g_assert_true (g_str_has_prefix (answer, "HTTP/1."));

  return (guint) g_ascii_strtoull (answer + strlen ("HTTP/1.1 "), NULL, 10);
}

static inline char *
get_header (const char *answer,
            const char *name)
{
  const char *end = strstr (answer, "\r\n\r\n");
  g_autofree char *head = g_strndup (answer, (gsize) (end - answer));
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  g_autofree char *prefix = g_strconcat (name, ": ", NULL);

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], prefix, strlen (prefix)) == 0)
      return g_strdup (lines[i] + strlen (prefix));

  return NULL;
}

static inline void
assert_header (const char *answer,
               const char *name,
               const char *value)
{
  g_autofree char *found = get_header (answer, name);

  g_assert_cmpstr (found, ==, value);
}

static inline const char *
get_body (const char *answer)
{
  return strstr (answer, "\r\n\r\n") + 4;
}

/* Adds a test that runs with the express lane open, and again with libsoup answering everything. */
static inline void
add_both_ways (const char *path,
               void (*func) (Balancer *, gconstpointer))
{
  static const char *const lanes[] = { LANE_OPEN, LANE_CLOSED };

  for (guint i = 0; i < G_N_ELEMENTS (lanes); i++)
    {
      g_autofree char *full = g_strconcat (path, "/lane-", lanes[i], NULL);

      g_test_add (full, Balancer, lanes[i], balancer_set_up, func, balancer_tear_down);
    }
}

static inline guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}
