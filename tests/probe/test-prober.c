/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <libsoup/soup.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "probe/lb-prober.h"
#include "probe/raw-server.h"

#define DEADLINE_S 30

#define GOOD "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define BAD "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

typedef struct
{
  LbPool *pool;
  LbProber *prober;
  guint n_probed;
  guint deadline;
} Fixture;

static gboolean
on_deadline (gpointer data)
{
  g_error ("It never happened");
  return G_SOURCE_REMOVE;
}

static void
on_probed (LbProber *prober, LbBackend *backend, Fixture *self)
{
  self->n_probed++;
}

static void
fixture_set (Fixture *self, guint interval_ms, guint timeout_ms)
{
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.interval_ms = interval_ms;
  settings.timeout_ms = timeout_ms;
  settings.rise = 1;
  settings.fall = 1;
  lb_prober_set_settings (self->prober, &settings);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->pool = lb_pool_new ();
  self->prober = lb_prober_new (self->pool);
  g_signal_connect (self->prober, "probed", G_CALLBACK (on_probed), self);
  fixture_set (self, 20, 2000);
  self->deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  if (self->prober != NULL)
    g_assert_finalize_object (self->prober);
  g_assert_finalize_object (self->pool);
  g_source_remove (self->deadline);
}

static LbBackend *
fixture_add (Fixture *self, RawServer *server, guint number)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/%u", server->port, number);
  g_autoptr (GError) error = NULL;
  LbBackend *backend = lb_pool_add (self->pool, url, &error);

  g_assert_no_error (error);
  return backend;
}

static void
fixture_wait (Fixture *self, guint n_more)
{
  guint n = self->n_probed + n_more;

  while (self->n_probed < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_until_open (RawServer *server)
{
  while (g_atomic_int_get (&server->n_open) == 0)
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
}

static void
wait_for_health (LbBackend *backend, LbHealth health)
{
  while (lb_backend_get_health (backend) != health)
    g_main_context_iteration (NULL, TRUE);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
test_records (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  const LbProbeResult *result = lb_backend_get_last_probe (backend);

  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UNKNOWN);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);

  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_true (result->ok);
  g_assert_cmpuint (result->status, ==, 200);
  g_assert_cmpint (result->response_us, >, 0);
  g_assert_cmpint (result->time_us, >, 0);
  g_assert_null (result->error);
  g_assert_cmpuint (lb_backend_get_latency (backend)->n_samples, ==, 1);

  server->answer = BAD;
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_false (result->ok);
  g_assert_cmpuint (result->status, ==, 404);
  g_assert_cmpint (result->response_us, ==, -1);
  g_assert_cmpstr (result->error, ==, "status 404");

  server->answer = GOOD;
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_null (result->error);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* From when it is added, and from when it is put back, it says since when and how often. */
static void
test_counts (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  const gint64 before_us = g_get_monotonic_time ();
  g_autoptr (LbBackend) backend = g_object_ref (fixture_add (self, server, 0));
  const LbProbeRecord *record = lb_backend_get_record (backend);
  gint64 back_us;

  g_assert_cmpint (record->since_us, >=, before_us);
  lb_prober_start (self->prober);
  wait_for_health (backend, LB_HEALTH_UP);
  server->answer = BAD;
  wait_for_health (backend, LB_HEALTH_DOWN);
  lb_pool_remove (self->pool, backend);

  g_assert_cmpuint (record->times_up, ==, 1);
  g_assert_cmpuint (record->times_down, ==, 1);
  g_assert_cmpuint (record->outcomes[LB_PROBE_OK], >=, 1);
  g_assert_cmpuint (record->times.n, ==, record->outcomes[LB_PROBE_OK]);
  g_assert_cmpuint (record->outcomes[LB_PROBE_STATUS], >=, 1);

  back_us = g_get_monotonic_time ();
  g_assert_true (lb_pool_insert (self->pool, backend, 0, NULL));
  g_assert_cmpint (record->since_us, <, back_us);
  g_assert_cmpint (lb_probe_record_get_down_us (record, LB_HEALTH_DOWN, back_us), <=,
                   back_us - record->since_us);

  lb_backend_set_state (backend, LB_STATE_MAINT);
  g_assert_cmpint (record->since_us, >=, back_us);
  g_assert_cmpuint (record->times_up, ==, 1);
  g_assert_cmpuint (record->times_down, ==, 1);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

static void
test_loop (Fixture *self, gconstpointer data)
{
  RawServer *server =
    raw_server_new (RAW_CLOSE, "HTTP/1.1 307 X\r\nServer: load-balancer (1)\r\n\r\n");
  LbBackend *backend = fixture_add (self, server, 0);

  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  lb_prober_set_own_server (self->prober, "load-balancer (1)");
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "loop");

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* The interval is a minute: whoever waited for it would not end. */
static void
test_at_once (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);

  fixture_set (self, 60 * 1000, 2000);
  lb_prober_start (self->prober);
  fixture_add (self, server, 0);
  fixture_wait (self, 1);
  fixture_add (self, server, 1);
  fixture_wait (self, 1);

  /* A shorter interval need not wait for the end of the longer one. */
  fixture_set (self, 20, 2000);
  fixture_wait (self, 2);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

static void
test_timeout (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  LbBackend *backend = fixture_add (self, server, 0);
  gint64 start_us = g_get_monotonic_time ();

  fixture_set (self, 20, 150);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 150 * 1000);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "timeout");
  g_assert_true (lb_backend_get_last_probe (backend)->connected);

  /* The interval is shorter than that, but there is only ever one probe. */
  fixture_wait (self, 2);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 3 * 150 * 1000);
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), <=, 4);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* Where as many clients wait to be accepted as may, the kernel does not answer any more. */
static void
test_timeout_while_connecting (Fixture *self, gconstpointer data)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) listener =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  GSocket *clients[2];
  RawServer full = { 0 };
  LbBackend *backend;

  g_socket_set_listen_backlog (listener, 0);
  g_assert_true (g_socket_bind (listener, any, FALSE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));
  address = g_socket_get_local_address (listener, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
      g_socket_set_blocking (clients[i], FALSE);
      g_socket_connect (clients[i], address, NULL, NULL);
    }

  full.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  backend = fixture_add (self, &full, 0);
  fixture_set (self, 20, 100);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "timeout");
  g_assert_false (lb_backend_get_last_probe (backend)->connected);

  lb_prober_stop (self->prober);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    g_object_unref (clients[i]);
}

static void
test_says_how_close_a_change_is (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  const LbProbeResult *result = lb_backend_get_last_probe (backend);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.fast_interval_ms = 20;
  settings.rise = 2;
  settings.fall = 3;
  lb_prober_set_settings (self->prober, &settings);
  lb_prober_start (self->prober);

  fixture_wait (self, 1);
  g_assert_cmpuint (result->n_against, ==, 0);
  g_assert_cmpuint (result->n_to_change, ==, 3);

  server->answer = BAD;
  while (result->ok)
    fixture_wait (self, 1);
  g_assert_cmpuint (result->n_against, ==, 1);
  fixture_wait (self, 1);
  g_assert_cmpuint (result->n_against, ==, 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_cmpuint (result->n_against, ==, 0);
  g_assert_cmpuint (result->n_to_change, ==, 2);

  server->answer = GOOD;
  while (!result->ok)
    fixture_wait (self, 1);
  g_assert_cmpuint (result->n_against, ==, 1);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

static void
test_remove (Fixture *self, gconstpointer data)
{
  RawServer *holds = raw_server_new (RAW_HOLD, NULL);
  RawServer *answers = raw_server_new (RAW_CLOSE, GOOD);
  g_autoptr (LbBackend) backend = g_object_ref (fixture_add (self, holds, 0));

  lb_prober_start (self->prober);
  wait_until_open (holds);
  lb_pool_remove (self->pool, backend);
  raw_server_free (holds);

  fixture_add (self, answers, 0);
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_last_probe (backend)->time_us, ==, 0);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UNKNOWN);

  lb_prober_stop (self->prober);
  raw_server_free (answers);
}

/* One that was moved is not new: what fails rarely enough does not bring it down. */
static void
test_move (Fixture *self, gconstpointer data)
{
  RawServer *holds = raw_server_new (RAW_HOLD, NULL);
  RawServer *answers = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, answers, 0);
  LbBackend *held = fixture_add (self, holds, 1);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.fall = 3;
  lb_prober_set_settings (self->prober, &settings);
  lb_prober_start (self->prober);
  wait_for_health (backend, LB_HEALTH_UP);
  wait_until_open (holds);

  answers->answer = BAD;
  lb_pool_move (self->pool, held, 0);
  while (lb_backend_get_last_probe (backend)->ok)
    fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  /* The probe under way went on. */
  g_assert_cmpint (g_atomic_int_get (&holds->n_open), ==, 1);

  /* And each is still found at its place. */
  lb_pool_remove (self->pool, held);
  wait_for_health (backend, LB_HEALTH_DOWN);

  lb_prober_stop (self->prober);
  raw_server_free (answers);
  raw_server_free (holds);
}

static void
test_maint (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, BAD);
  LbBackend *backend = fixture_add (self, server, 0);
  RawServer *other = raw_server_new (RAW_CLOSE, GOOD);
  int n_connections;

  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);

  server->end = RAW_HOLD;
  server->answer = NULL;
  wait_until_open (server);
  lb_backend_set_state (backend, LB_STATE_MAINT);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UNKNOWN);
  while (g_atomic_int_get (&server->n_open) > 0)
    g_main_context_iteration (NULL, FALSE);

  n_connections = g_atomic_int_get (&server->n_connections);
  fixture_add (self, other, 0);
  fixture_wait (self, 5);
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, n_connections);

  fixture_set (self, 60 * 1000, 2000);
  server->end = RAW_CLOSE;
  server->answer = GOOD;
  lb_backend_set_state (backend, LB_STATE_DRAIN);
  while (lb_backend_get_health (backend) != LB_HEALTH_UP)
    g_main_context_iteration (NULL, TRUE);

  lb_prober_stop (self->prober);
  raw_server_free (server);
  raw_server_free (other);
}

static void
test_added_in_maint (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);

  fixture_set (self, 60 * 1000, 2000);
  lb_backend_set_state (backend, LB_STATE_MAINT);
  lb_prober_start (self->prober);
  fixture_add (self, server, 1);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UNKNOWN);

  lb_backend_set_state (backend, LB_STATE_READY);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

static void
test_finalize_under_way (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);

  for (guint i = 0; i < 20; i++)
    fixture_add (self, server, i);
  lb_prober_start (self->prober);
  while (g_atomic_int_get (&server->n_open) < 20)
    g_main_context_iteration (NULL, FALSE);

  g_assert_finalize_object (g_steal_pointer (&self->prober));
  raw_server_free (server);
  g_assert_cmpuint (self->n_probed, ==, 0);
}

static void
test_stop_and_start (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  LbBackend *backend = fixture_add (self, server, 0);

  lb_prober_stop (self->prober);
  lb_prober_start (self->prober);
  lb_prober_start (self->prober);
  wait_until_open (server);
  lb_prober_stop (self->prober);
  while (g_atomic_int_get (&server->n_open) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UNKNOWN);

  server->end = RAW_CLOSE;
  server->answer = GOOD;
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* Handlers may turn everything upside down. */
static void
on_probed_remove (LbProber *prober, LbBackend *backend, LbPool *pool)
{
  lb_pool_remove (pool, backend);
}

static void
on_probed_stop (LbProber *prober, LbBackend *backend, Fixture *self)
{
  lb_prober_stop (prober);
  g_clear_object (&self->prober);
}

static void
test_handlers (Fixture *self, gconstpointer data)
{
  RawServer *answers = raw_server_new (RAW_CLOSE, GOOD);
  RawServer *holds = raw_server_new (RAW_HOLD, NULL);
  gulong handler;

  handler = g_signal_connect (self->prober, "probed", G_CALLBACK (on_probed_remove), self->pool);
  fixture_set (self, 20, 100);
  fixture_add (self, answers, 0);
  fixture_add (self, holds, 0);
  lb_prober_start (self->prober);
  while (lb_pool_get_n_backends (self->pool) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (self->prober, handler);

  g_signal_connect (self->prober, "probed", G_CALLBACK (on_probed_stop), self);
  fixture_add (self, answers, 0);
  fixture_add (self, holds, 0);
  while (self->prober != NULL)
    g_main_context_iteration (NULL, TRUE);

  raw_server_free (answers);
  raw_server_free (holds);
}

#define N_PACE 200

static void
test_pace (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  gint64 start_us;
  double seconds;
  guint n;

  fixture_set (self, 1, 2000);
  g_assert_cmpuint (lb_prober_get_interval_ms (self->prober), ==, 1);
  for (guint i = 0; i < N_PACE; i++)
    fixture_add (self, server, i);
  g_assert_cmpuint (lb_prober_get_interval_ms (self->prober), ==, N_PACE);

  start_us = g_get_monotonic_time ();
  lb_prober_start (self->prober);
  fixture_wait (self, 3 * N_PACE);
  seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  n = (guint) g_atomic_int_get (&server->n_connections);
  g_assert_cmpfloat (n, <=, 1000 * seconds + 20);

  /* Nobody is left out; on a busy machine some were discarded, and only their next one counts. */
  for (guint i = 0; i < N_PACE; i++)
    wait_for_health (lb_pool_get_backend (self->pool, i), LB_HEALTH_UP);

  lb_backend_set_state (lb_pool_get_backend (self->pool, 0), LB_STATE_MAINT);
  g_assert_cmpuint (lb_prober_get_interval_ms (self->prober), ==, N_PACE - 1);
  lb_pool_remove (self->pool, lb_pool_get_backend (self->pool, 0));
  lb_pool_remove (self->pool, lb_pool_get_backend (self->pool, 0));
  g_assert_cmpuint (lb_prober_get_interval_ms (self->prober), ==, N_PACE - 2);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* Were it the loop's fault that nothing was read, the backend is not to blame; and who hangs is
 * found out by the same probe. */
static void
test_own_pause (Fixture *self, gconstpointer data)
{
  RawServer *holds = raw_server_new (RAW_HOLD, NULL);
  RawServer *answers = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *held = fixture_add (self, holds, 0);
  LbBackend *answered;
  gint64 resumed_us;

  fixture_set (self, 400, 300);
  lb_prober_start (self->prober);
  wait_until_open (holds);
  g_usleep (700 * 1000);
  resumed_us = g_get_real_time ();
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_last_probe (held)->time_us, >=, resumed_us + 150 * 1000);
  g_assert_cmpint (g_atomic_int_get (&holds->n_connections), ==, 1);
  lb_pool_remove (self->pool, held);

  /* The answer is there, and was so long ago. */
  fixture_set (self, 20, 2000);
  answered = fixture_add (self, answers, 0);
  while (g_atomic_int_get (&answers->n_connections) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_usleep (700 * 1000);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_last_probe (answered)->response_us, <, 600 * 1000);

  lb_prober_stop (self->prober);
  raw_server_free (holds);
  raw_server_free (answers);
}

/* Returns: a socket that listens without ever blocking */
static GSocket *
listen_on_loopback (guint *port)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *socket =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  g_assert_true (g_socket_bind (socket, any, TRUE, &error));
  g_assert_true (g_socket_listen (socket, &error));
  bound = g_socket_get_local_address (socket, &error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

  return socket;
}

/* Whoever breaks off while we keep it waiting is excused; once, for this one always does. */
static void
test_excused_once (Fixture *self, gconstpointer data)
{
  guint port;
  g_autoptr (GSocket) socket = listen_on_loopback (&port);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  LbBackend *backend = lb_pool_add (self->pool, url, NULL);

  fixture_set (self, 20, 5000);
  lb_prober_start (self->prober);
  for (guint n = 0; n < 2; n++)
    {
      g_autoptr (GSocket) probe = NULL;

      while ((probe = g_socket_accept (socket, NULL, NULL)) == NULL)
        g_main_context_iteration (NULL, FALSE);
      g_socket_close (probe, NULL);
      g_assert_cmpint (lb_backend_get_last_probe (backend)->time_us, ==, 0);
      g_usleep (400 * 1000);
    }
  fixture_wait (self, 1);
  g_assert_false (lb_backend_get_last_probe (backend)->ok);

  lb_prober_stop (self->prober);
}

static gboolean
on_enough (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_out_of_descriptors (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  struct rlimit old, low;
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (int));
  gboolean enough = FALSE;
  int fd;

  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  lb_prober_stop (self->prober);
  while (g_atomic_int_get (&server->n_open) > 0)
    g_thread_yield ();

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  low = old;
  low.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  while ((fd = dup (STDIN_FILENO)) >= 0)
    g_array_append_val (taken, fd);
  g_assert_cmpint (errno, ==, EMFILE);

  /* Ten intervals in which nothing may happen. */
  lb_prober_start (self->prober);
  g_timeout_add (200, on_enough, &enough);
  while (!enough)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_probed, ==, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  for (guint i = 0; i < taken->len; i++)
    close (g_array_index (taken, int, i));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* Settings */

static void
set_text (LbProbeExceptions *exceptions, const char *name, const char *text)
{
  guint32 bit = 0;
  const LbSetting *field = lb_probe_field_find (name, &bit);
  char **place = G_STRUCT_MEMBER_P (&exceptions->values, field->offset);

  g_free (*place);
  *place = g_strdup (text);
  exceptions->set |= bit;
}

static void
on_notify_health (guint *n_changes)
{
  (*n_changes)++;
}

/* It fails now and then, and nobody hears of it; then it goes, and everybody does, once. */
static void
test_flapping (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };
  guint n_changes = 0;

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.fast_interval_ms = 10;
  lb_prober_set_settings (self->prober, &settings);
  g_signal_connect_swapped (backend, "notify::health", G_CALLBACK (on_notify_health), &n_changes);
  lb_prober_start (self->prober);

  for (guint i = 0; i < 20; i++)
    {
      server->answer = i % 2 == 0 ? GOOD : BAD;
      fixture_wait (self, 1);
    }
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_cmpuint (n_changes, ==, 1);

  server->answer = BAD;
  wait_for_health (backend, LB_HEALTH_DOWN);
  for (guint i = 0; i < 20; i++)
    {
      server->answer = i % 2 == 0 ? GOOD : BAD;
      fixture_wait (self, 1);
    }
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_cmpuint (n_changes, ==, 2);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* With the defaults. */
static void
test_refusing_is_out_in_time (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };
  gint64 gone_us;

  lb_probe_settings_init (&settings);
  lb_prober_set_settings (self->prober, &settings);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  raw_server_free (server);
  gone_us = g_get_monotonic_time ();
  wait_for_health (backend, LB_HEALTH_DOWN);
  g_assert_cmpint (g_get_monotonic_time () - gone_us, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "refused");
  g_assert_cmpuint (self->n_probed, ==, 4);
}

/* What is different for one backend is so for it alone, and at once: the interval is a minute. */
static void
test_exceptions (Fixture *self, gconstpointer data)
{
  RawServer *good = raw_server_new (RAW_CLOSE, GOOD);
  RawServer *bad = raw_server_new (RAW_CLOSE, BAD);
  LbBackend *backend = fixture_add (self, good, 0);
  LbBackend *other = fixture_add (self, good, 1);
  g_autofree char *bad_url = raw_server_dup_url (bad);
  g_auto (LbProbeExceptions) exceptions = { 0 };
  gint64 other_time_us;

  fixture_set (self, 60 * 1000, 2000);
  lb_prober_start (self->prober);
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  other_time_us = lb_backend_get_last_probe (other)->time_us;

  set_text (&exceptions, "url", bad_url);
  lb_backend_set_exceptions (backend, &exceptions);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "status 404");

  set_text (&exceptions, "expected_status", "404");
  lb_backend_set_exceptions (backend, &exceptions);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  lb_backend_set_exceptions (backend, NULL);
  fixture_wait (self, 1);
  g_assert_cmpuint (lb_backend_get_last_probe (backend)->status, ==, 200);
  g_assert_cmpint (lb_backend_get_last_probe (other)->time_us, ==, other_time_us);

  /* A probe that hangs asks what is not wanted any more. */
  good->end = RAW_HOLD;
  good->answer = NULL;
  lb_prober_probe_now (self->prober, backend);
  wait_until_open (good);
  lb_backend_set_exceptions (backend, &exceptions);
  fixture_wait (self, 1);
  g_assert_cmpuint (lb_backend_get_last_probe (backend)->status, ==, 404);

  lb_prober_stop (self->prober);
  raw_server_free (good);
  raw_server_free (bad);
}

/* The same settings once more change nothing; others are those of everybody. */
static void
test_set_settings (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };

  fixture_set (self, 60 * 1000, 2000);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  fixture_set (self, 60 * 1000, 2000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);

  lb_probe_settings_init (&settings);
  settings.fall = 1;
  settings.expected_body = g_strdup ("hello");
  lb_prober_set_settings (self->prober, &settings);
  fixture_wait (self, 1);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "body");
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

static void
test_probe_now (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  LbBackend *other = fixture_add (self, server, 1);
  LbBackend *asleep = fixture_add (self, server, 2);
  gint64 time_us;

  lb_backend_set_state (asleep, LB_STATE_MAINT);
  fixture_set (self, 60 * 1000, 2000);
  lb_prober_probe_now (self->prober, NULL);
  lb_prober_start (self->prober);
  fixture_wait (self, 2);

  time_us = lb_backend_get_last_probe (other)->time_us;
  lb_prober_probe_now (self->prober, backend);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_last_probe (other)->time_us, ==, time_us);
  lb_prober_probe_now (self->prober, NULL);
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_last_probe (other)->time_us, >, time_us);
  g_assert_cmpint (lb_backend_get_health (asleep), ==, LB_HEALTH_UNKNOWN);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

/* Slowly after it was down, and not when it is new or comes out of maintenance. */
static void
test_slow_start (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, GOOD);
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.rise = 1;
  settings.fall = 1;
  settings.slow_start_ms = 60 * 1000;
  lb_prober_set_settings (self->prober, &settings);

  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_false (lb_load_is_starting (lb_backend_get_load (backend), g_get_monotonic_time ()));

  server->answer = BAD;
  wait_for_health (backend, LB_HEALTH_DOWN);
  lb_backend_set_state (backend, LB_STATE_MAINT);
  server->answer = GOOD;
  lb_backend_set_state (backend, LB_STATE_READY);
  wait_for_health (backend, LB_HEALTH_UP);
  g_assert_false (lb_load_is_starting (lb_backend_get_load (backend), g_get_monotonic_time ()));

  server->answer = BAD;
  wait_for_health (backend, LB_HEALTH_DOWN);
  server->answer = GOOD;
  wait_for_health (backend, LB_HEALTH_UP);
  g_assert_true (lb_load_is_starting (lb_backend_get_load (backend), g_get_monotonic_time ()));
  g_assert_false (lb_load_is_starting (lb_backend_get_load (backend),
                                       g_get_monotonic_time () + 61 * G_USEC_PER_SEC));

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

#define REPORTS(load) "HTTP/1.1 200 OK\r\nendpoint-load-metrics: " load "\r\n\r\n"

/* What it reports holds while it only fails to answer, and ends when it answers without or goes. */
static void
test_load (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, REPORTS ("JSON {\"cpu_utilization\":0.75}"));
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.timeout_ms = 100;
  lb_prober_set_settings (self->prober, &settings);

  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, -1.0);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, 0.75);

  server->answer = REPORTS ("nothing");
  fixture_wait (self, 2);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, -1.0);

  server->answer = REPORTS ("TEXT application_utilization=1.5");
  fixture_wait (self, 2);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, 1.5);

  server->end = RAW_HOLD;
  server->answer = NULL;
  while (lb_backend_get_last_probe (backend)->ok)
    fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, 1.5);
  wait_for_health (backend, LB_HEALTH_DOWN);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, -1.0);

  lb_prober_stop (self->prober);
  raw_server_free (server);
}

static void
test_tcp_only (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.tcp_only = TRUE;
  lb_prober_set_settings (self->prober, &settings);
  lb_prober_start (self->prober);
  fixture_wait (self, 3);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_cmpuint (lb_backend_get_last_probe (backend)->status, ==, 0);
  g_assert_cmpuint (lb_backend_get_latency (backend)->n_samples, ==, 3);

  lb_prober_stop (self->prober);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  raw_server_free (server);
}

/* Who is asked for nothing any more reports nothing. */
static void
test_tcp_only_ends_load (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, REPORTS ("TEXT application_utilization=0.9"));
  LbBackend *backend = fixture_add (self, server, 0);
  g_auto (LbProbeSettings) settings = { 0 };

  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, 0.9);

  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.tcp_only = TRUE;
  lb_prober_set_settings (self->prober, &settings);
  fixture_wait (self, 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_cmpfloat (lb_load_get_reported (lb_backend_get_load (backend)), ==, -1.0);

  lb_prober_stop (self->prober);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  raw_server_free (server);
}

/* A resolver whose name server never answers. */

#define SILENT_TYPE_RESOLVER (silent_resolver_get_type ())
G_DECLARE_FINAL_TYPE (SilentResolver, silent_resolver, SILENT, RESOLVER, GResolver)

struct _SilentResolver
{
  GResolver parent_instance;

  GPtrArray *lookups;
};

G_DEFINE_FINAL_TYPE (SilentResolver, silent_resolver, G_TYPE_RESOLVER)

static void
silent_resolver_lookup_async (GResolver *resolver,
                              const char *name,
                              GResolverNameLookupFlags flags,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_ptr_array_add (SILENT_RESOLVER (resolver)->lookups,
                   g_task_new (resolver, cancellable, callback, user_data));
}

static GList *
silent_resolver_lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
silent_resolver_answer (SilentResolver *self)
{
  while (self->lookups->len > 0)
    {
      g_autoptr (GTask) lookup = g_ptr_array_steal_index (self->lookups, 0);

      g_task_return_new_error (lookup, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                               "No such name");
    }
}

static void
silent_resolver_finalize (GObject *object)
{
  g_ptr_array_unref (SILENT_RESOLVER (object)->lookups);

  G_OBJECT_CLASS (silent_resolver_parent_class)->finalize (object);
}

static void
silent_resolver_class_init (SilentResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = silent_resolver_finalize;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags_async = silent_resolver_lookup_async;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags_finish = silent_resolver_lookup_finish;
}

static void
silent_resolver_init (SilentResolver *self)
{
  self->lookups = g_ptr_array_new ();
}

static void
test_silent_name_server (Fixture *self, gconstpointer data)
{
  g_autoptr (GResolver) usual = g_resolver_get_default ();
  g_autoptr (SilentResolver) silent = g_object_new (SILENT_TYPE_RESOLVER, NULL);
  LbBackend *backend;
  guint n_lookups;

  g_resolver_set_default (G_RESOLVER (silent));
  backend = lb_pool_add (self->pool, "http://silent.test", NULL);
  fixture_set (self, 50, 100);
  lb_prober_start (self->prober);
  fixture_wait (self, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_DOWN);
  g_assert_cmpstr (lb_backend_get_last_probe (backend)->error, ==, "dns");

  /* However long it takes, nobody looks it up a second time meanwhile (IPv4 and IPv6 are two). */
  n_lookups = silent->lookups->len;
  fixture_wait (self, 3);
  g_assert_cmpuint (silent->lookups->len, ==, n_lookups);

  silent_resolver_answer (silent);
  while (silent->lookups->len == 0)
    g_main_context_iteration (NULL, TRUE);

  lb_pool_remove (self->pool, backend);
  silent_resolver_answer (silent);
  lb_prober_stop (self->prober);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_resolver_set_default (usual);
}

/* A connection that a probe gave up may still have to be accepted: only when the loop has nothing
 * left to do and then no connection is open, there will be none. */
static void
wait_until_quiet (RawServer **servers, gsize n_servers)
{
  int n_open;

  do
    {
      n_open = 0;
      while (g_main_context_iteration (NULL, FALSE))
        ;
      for (gsize i = 0; i < n_servers; i++)
        n_open += g_atomic_int_get (&servers[i]->n_open);
      if (n_open > 0)
        g_thread_yield ();
    }
  while (n_open > 0);
}

#define N_ROUND 1000

/* The least that malloc gives is 32 bytes, so a leak in each of the last two rounds' probes is a third
 * more than this. */
#define LEFT_MAX (2 * N_ROUND * 24)

/* Whatever becomes of a probe, nothing stays behind. */
static void
test_nothing_left (Fixture *self, gconstpointer data)
{
  RawServer *servers[] = { raw_server_new (RAW_CLOSE, GOOD), raw_server_new (RAW_RESET, NULL),
                           raw_server_new (RAW_HOLD, NULL), raw_server_new (RAW_HOLD, GOOD),
                           raw_server_new (RAW_CLOSE, BAD) };
  guint descriptors = 0;
  gsize memory = 0;

  fixture_set (self, 10, 20);

  for (guint round = 0; round < 3; round++)
    {
      lb_prober_start (self->prober);
      for (guint i = 0; i < 50; i++)
        fixture_add (self, servers[i % G_N_ELEMENTS (servers)], i);

      for (guint i = 0; i < N_ROUND; i += 10)
        {
          g_autoptr (LbBackend) backend = g_object_ref (lb_pool_get_backend (self->pool, i % 50));

          fixture_wait (self, 10);
          lb_pool_remove (self->pool, backend);
          g_assert_true (lb_pool_insert (self->pool, backend, i % 50, NULL));
        }

      while (lb_pool_get_n_backends (self->pool) > 0)
        lb_pool_remove (self->pool, lb_pool_get_backend (self->pool, 0));
      lb_prober_stop (self->prober);
      wait_until_quiet (servers, G_N_ELEMENTS (servers));

      /* The first round warms up. */
      if (round == 0)
        {
          descriptors = count_descriptors ();
          memory = mallinfo2 ().uordblks;
        }
    }

  g_assert_cmpuint (count_descriptors (), ==, descriptors);
  g_assert_cmpuint (mallinfo2 ().uordblks, <, memory + LEFT_MAX);

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    raw_server_free (servers[i]);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

/* What threads have freed stays in caches of theirs, which malloc counts as in use: with them, the
 * threads of the test's own servers look like a leak. They can only be turned off from outside. */
static void
turn_off_malloc_caches (char **argv)
{
  if (g_getenv ("GLIBC_TUNABLES") != NULL)
    return;

  g_setenv ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0", TRUE);
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  execv ("/proc/self/exe", argv);
  g_error ("Could not start again: %s", g_strerror (errno));
}

int
main (int argc, char **argv)
{
  turn_off_malloc_caches (argv);
  g_test_init (&argc, &argv, NULL);

  ADD ("/prober/records", test_records);
  ADD ("/prober/counts", test_counts);
  ADD ("/prober/loop", test_loop);
  ADD ("/prober/at-once", test_at_once);
  ADD ("/prober/timeout", test_timeout);
  ADD ("/prober/timeout-while-connecting", test_timeout_while_connecting);
  ADD ("/prober/says-how-close-a-change-is", test_says_how_close_a_change_is);
  ADD ("/prober/remove", test_remove);
  ADD ("/prober/move", test_move);
  ADD ("/prober/maint", test_maint);
  ADD ("/prober/added-in-maint", test_added_in_maint);
  ADD ("/prober/finalize-under-way", test_finalize_under_way);
  ADD ("/prober/stop-and-start", test_stop_and_start);
  ADD ("/prober/handlers", test_handlers);
  ADD ("/prober/pace", test_pace);
  ADD ("/prober/own-pause", test_own_pause);
  ADD ("/prober/excused-once", test_excused_once);
  ADD ("/prober/out-of-descriptors", test_out_of_descriptors);
  ADD ("/prober/flapping", test_flapping);
  ADD ("/prober/refusing-is-out-in-time", test_refusing_is_out_in_time);
  ADD ("/prober/exceptions", test_exceptions);
  ADD ("/prober/set-settings", test_set_settings);
  ADD ("/prober/probe-now", test_probe_now);
  ADD ("/prober/slow-start", test_slow_start);
  ADD ("/prober/load", test_load);
  ADD ("/prober/tcp-only", test_tcp_only);
  ADD ("/prober/tcp-only/ends-load", test_tcp_only_ends_load);
  ADD ("/prober/silent-name-server", test_silent_name_server);
  ADD ("/prober/nothing-left", test_nothing_left);

  return g_test_run ();
}
