/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-agent-port.h"
#include "engine/lb-haproxy-report.h"
#include "engine/lb-haproxy-socket.h"
#include "haproxy-fixture.h"

#include <string.h>

static const char *const here[] = { "127.0.0.1", NULL };

#define run_until(condition, seconds) \
  G_STMT_START \
  { \
    const gint64 end_us = g_get_monotonic_time () + (seconds) *G_USEC_PER_SEC; \
\
    while (!(condition)) \
      { \
        g_assert_cmpint (g_get_monotonic_time (), <, end_us); \
        g_main_context_iteration (NULL, TRUE); \
      } \
  } \
  G_STMT_END

static LbBackend *
add (LbPool *pool,
     const char *url)
{
  g_autoptr (GError) error = NULL;
  LbBackend *backend = lb_pool_add (pool, url, &error);

  g_assert_no_error (error);

  return backend;
}

static void
set_down (LbBackend *backend,
          const char *error)
{
  LbProbeResult result = { .time_us = 1, .response_us = -1, .error = (char *) error };

  lb_backend_record_probe (backend, &result, 0);
  lb_backend_set_health (backend, LB_HEALTH_DOWN, 0);
}

static void
assert_answer (LbHaproxyAgent *agent,
               const char *name,
               const char *expected)
{
  static gint64 now_us = G_USEC_PER_SEC;
  g_autofree char *answer = NULL;

  /* Later than the last time, so that nothing is remembered. */
  now_us += G_USEC_PER_SEC;
  answer = lb_haproxy_agent_answer (agent, name, now_us);
  g_assert_cmpstr (answer, ==, expected);
}

static void
test_answers (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbHaproxyAgent) agent = lb_haproxy_agent_new (pool);
  LbBackend *one, *two;

  /* Whoever has lost all of it does not take all nodes with it. */
  assert_answer (agent, "127.0.0.1:1", "");

  one = add (pool, "http://127.0.0.1:1");
  two = add (pool, "https://[::1]:2");
  assert_answer (agent, "127.0.0.1:1", "ready 100% up");
  assert_answer (agent, "load-balancer/127.0.0.1:1", "ready 100% up");
  assert_answer (agent, "::1:2", "ready 100% up");
  assert_answer (agent, "127.0.0.1", "stopped #not in the pool");
  assert_answer (agent, "", "stopped #not in the pool");

  lb_backend_set_weight (one, 3, NULL);
  lb_backend_set_weight (two, 4, NULL);
  assert_answer (agent, "127.0.0.1:1", "ready 75% up");
  lb_load_set_learned (lb_backend_get_load (two), 300.0);
  assert_answer (agent, "127.0.0.1:1", "ready 1% up");
  assert_answer (agent, "::1:2", "ready 100% up");
  lb_load_set_learned (lb_backend_get_load (two), 0.375);
  assert_answer (agent, "127.0.0.1:1", "ready 100% up");
  assert_answer (agent, "::1:2", "ready 50% up");

  lb_backend_set_state (two, LB_STATE_DRAIN);
  assert_answer (agent, "::1:2", "drain 50% up");
  lb_backend_set_state (two, LB_STATE_MAINT);
  assert_answer (agent, "::1:2", "maint");
  lb_backend_set_state (two, LB_STATE_READY);

  set_down (two, "status 500\nready 100% up");
  assert_answer (agent, "::1:2", "ready 50% down #status 500 ready 100% up");
  lb_backend_set_state (two, LB_STATE_DRAIN);
  assert_answer (agent, "::1:2", "drain 50% down #status 500 ready 100% up");

  g_assert_true (lb_pool_remove (pool, two));
  assert_answer (agent, "::1:2", "stopped #not in the pool");
  assert_answer (agent, "127.0.0.1:1", "ready 100% up");
}

/* The port */

typedef struct
{
  LbPool *pool;
  LbHaproxyAgentPort *port;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->pool = lb_pool_new ();
  f->port = lb_haproxy_agent_port_new (f->pool);
  lb_haproxy_agent_port_open (f->port, here, 0, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f,
           gconstpointer data G_GNUC_UNUSED)
{
  g_assert_finalize_object (f->port);
  g_assert_finalize_object (f->pool);
}

static GSocket *
connect_to (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string ("127.0.0.1", lb_haproxy_agent_port_get_port (f->port));
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);

  return socket;
}

static void
say (GSocket *socket,
     const char *text)
{
  g_assert_cmpint (g_socket_send (socket, text, strlen (text), NULL, NULL), ==, (gssize) strlen (text));
}

/* Returns: (transfer full): all that comes until it is closed */
static char *
hear (GSocket *socket)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char part[512];
  gssize n = -1;

  while (n != 0)
    {
      g_autoptr (GError) error = NULL;

      g_main_context_iteration (NULL, FALSE);
      n = g_socket_receive (socket, part, sizeof part, NULL, &error);
      if (n > 0)
        g_string_append_len (text, part, n);
      else if (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break; /* what was not read resets it */
    }

  return g_strdup (text->str);
}

static void
assert_heard (GSocket *socket,
              const char *expected)
{
  g_autofree char *text = hear (socket);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_port_answers (Fixture *f,
                   gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocket) whole = connect_to (f);
  g_autoptr (GSocket) pieces = connect_to (f);
  g_autoptr (GSocket) silent = connect_to (f);

  add (f->pool, "http://127.0.0.1:1");
  say (pieces, "127.0");
  run_until (lb_haproxy_agent_port_get_n (f->port) == 3, 5);
  say (whole, "127.0.0.1:1\r\n");
  assert_heard (whole, "ready 100% up\n");
  say (pieces, ".0.1:1\n");
  assert_heard (pieces, "ready 100% up\n");
  g_assert_true (g_socket_shutdown (silent, FALSE, TRUE, NULL));
  assert_heard (silent, "");
  run_until (lb_haproxy_agent_port_get_n (f->port) == 0, 5);
}

/* A line without an end, or none at all. */
static void
test_port_is_bounded (Fixture *f,
                      gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *text = g_strnfill (LB_HAPROXY_AGENT_LINE_MAX, 'a');
  const gint64 start_us = g_get_monotonic_time ();

  add (f->pool, "http://127.0.0.1:1");
  for (guint i = 0; i < LB_HAPROXY_AGENT_CLIENTS_MAX + 1; i++)
    g_ptr_array_add (sockets, connect_to (f));
  say (sockets->pdata[0], text);
  assert_heard (sockets->pdata[0], "");
  run_until (lb_haproxy_agent_port_get_n (f->port) == LB_HAPROXY_AGENT_CLIENTS_MAX, 5);

  /* Nobody else until it is over for somebody, but then at once. */
  g_ptr_array_add (sockets, connect_to (f));
  say (sockets->pdata[sockets->len - 1], "127.0.0.1:1\n");
  assert_heard (sockets->pdata[sockets->len - 1], "ready 100% up\n");
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, LB_HAPROXY_AGENT_DEADLINE_S * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 3 * LB_HAPROXY_AGENT_DEADLINE_S * G_USEC_PER_SEC);
  run_until (lb_haproxy_agent_port_get_n (f->port) == 0, 10);
}

static void
test_port_moves (Fixture *f,
                 gconstpointer data G_GNUC_UNUSED)
{
  static const char *const both[] = { "localhost", NULL };
  const guint16 port = lb_haproxy_agent_port_get_port (f->port);
  g_autoptr (LbHaproxyAgentPort) other = lb_haproxy_agent_port_new (f->pool);
  g_autoptr (GError) error = NULL;

  g_assert_true (lb_haproxy_agent_port_open (f->port, here, port, NULL));
  g_assert_false (lb_haproxy_agent_port_open (other, here, port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (lb_haproxy_agent_port_get_port (other), ==, 0);

  lb_haproxy_agent_port_close (f->port);
  g_assert_true (lb_haproxy_agent_port_open (other, both, port, NULL));
  g_assert_cmpuint (lb_haproxy_agent_port_get_port (other), ==, port);
}

/* With a real HAProxy, that asks us and is not told anything */

typedef struct
{
  Fixture ours;
  GSocketListener *alive; /* who is connected to by its checks */
  Haproxy haproxy;
  LbHaproxyReport *report;
} Node;

static void
node_set_up (Node *self,
             gconstpointer data)
{
  static const guint ports[] = { 20001, 20002 };
  g_autoptr (GString) text = g_string_new (NULL);
  Haproxy *haproxy = &self->haproxy;
  guint16 alive;

  set_up (&self->ours, data);
  self->alive = g_socket_listener_new ();
  g_socket_listener_set_backlog (self->alive, 1024);
  alive = g_socket_listener_add_any_inet_port (self->alive, NULL, NULL);
  haproxy->directory = g_dir_make_tmp ("lb-haproxy-XXXXXX", NULL);
  haproxy->socket = g_build_filename (haproxy->directory, "runtime", NULL);
  haproxy->config = g_build_filename (haproxy->directory, "haproxy.cfg", NULL);
  g_string_append_printf (text, "global\n  stats socket %s mode 600 level admin\n  maxconn 100\n"
                                "defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n"
                                "  timeout server 1s\nbackend p\n  balance roundrobin\n", haproxy->socket);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    g_string_append_printf (text, "  server 127.0.0.1:%u 127.0.0.1:%u weight 100 check port %u inter 200ms"
                                  " agent-check agent-addr 127.0.0.1 agent-port %u agent-inter 50ms"
                                  " agent-send \"127.0.0.1:%u\\n\"\n",
                            ports[i], ports[i], alive, lb_haproxy_agent_port_get_port (self->ours.port), ports[i]);
  g_assert_true (g_file_set_contents (haproxy->config, text->str, -1, NULL));
  haproxy_start (haproxy);
}

static void
node_tear_down (Node *self,
                gconstpointer data)
{
  haproxy_tear_down (&self->haproxy, data);
  lb_haproxy_report_free (self->report);
  g_assert_finalize_object (self->alive);
  tear_down (&self->ours, data);
}

static void
on_asked (GObject *source G_GNUC_UNUSED,
          GAsyncResult *result,
          gpointer user_data)
{
  *(char **) user_data = lb_haproxy_socket_ask_finish (result, NULL);
}

/* The server as it is now. */
static const LbHaproxyServer *
look (Node *self,
      const char *name)
{
  g_autoptr (GSocketConnectable) address = lb_haproxy_socket_parse (self->haproxy.socket, NULL);
  g_autofree char *commands = g_strdup_printf (LB_HAPROXY_REPORT_COMMANDS, "p", "p");
  g_autofree char *answer = NULL;

  lb_haproxy_socket_ask_async (address, commands, NULL, on_asked, &answer);
  run_until (answer != NULL, 10);
  g_clear_pointer (&self->report, lb_haproxy_report_free);
  self->report = lb_haproxy_report_parse (answer, NULL);
  g_assert_nonnull (self->report);

  return lb_haproxy_report_find (self->report, name);
}

static gboolean
is (Node *self,
    const char *name,
    const char *status,
    guint weight)
{
  const LbHaproxyServer *server = look (self, name);

  g_test_message ("%s: %s, %u", name, server->status, server->weight);

  return g_str_has_prefix (server->status, status) && server->weight == weight;
}

static void
test_node_follows (Node *self,
                   gconstpointer data G_GNUC_UNUSED)
{
  static const char one_name[] = "127.0.0.1:20001";
  static const char two_name[] = "127.0.0.1:20002";
  LbPool *pool = self->ours.pool;
  g_autoptr (LbBackend) two = NULL;
  LbBackend *one;

  /* Nothing is said as long as there is nothing to say. */
  run_until (is (self, one_name, "UP", 100), 10);
  one = add (pool, "http://127.0.0.1:20001");
  two = g_object_ref (add (pool, "http://127.0.0.1:20002"));
  run_until (is (self, one_name, "UP", 100) && is (self, two_name, "UP", 100), 10);

  lb_backend_set_weight (one, 4, NULL);
  lb_backend_set_weight (two, 3, NULL);
  run_until (is (self, two_name, "UP", 75), 10);
  lb_backend_set_state (two, LB_STATE_DRAIN);
  run_until (is (self, two_name, "DRAIN", 75), 10);
  lb_backend_set_state (two, LB_STATE_MAINT);
  run_until (is (self, two_name, "MAINT", 75), 10);
  lb_backend_set_state (two, LB_STATE_READY);
  run_until (is (self, two_name, "UP", 75), 10);

  set_down (two, "status 500");
  run_until (is (self, two_name, "DOWN", 75), 10);
  lb_backend_set_health (two, LB_HEALTH_UP, 0);
  run_until (is (self, two_name, "UP", 75), 10);

  /* Gone, and back. */
  g_assert_true (lb_pool_remove (pool, two));
  run_until (is (self, two_name, "DOWN", 75), 10);
  g_assert_true (is (self, one_name, "UP", 100));
  g_assert_true (lb_pool_insert (pool, two, 0, NULL));
  run_until (is (self, two_name, "UP", 75), 10);

  /* Nobody to ask changes nothing. */
  lb_haproxy_agent_port_close (self->ours.port);
  for (guint i = 0; i < 20; i++)
    g_assert_true (is (self, one_name, "UP", 100) && is (self, two_name, "UP", 75));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-agent/answers", test_answers);
  g_test_add ("/haproxy-agent/port/answers", Fixture, NULL, set_up, test_port_answers, tear_down);
  g_test_add ("/haproxy-agent/port/is-bounded", Fixture, NULL, set_up, test_port_is_bounded, tear_down);
  g_test_add ("/haproxy-agent/port/moves", Fixture, NULL, set_up, test_port_moves, tear_down);
  g_test_add ("/haproxy-agent/node-follows", Node, NULL, node_set_up, test_node_follows, node_tear_down);

  return g_test_run ();
}
