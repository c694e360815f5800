/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-node.h"
#include "engine/lb-haproxy-socket.h"
#include "haproxy-fixture.h"

#include <time.h>

static void
free_wanted (gpointer wanted)
{
  lb_haproxy_wanted_free (wanted);
}

static GPtrArray *
make_wanted (guint n)
{
  GPtrArray *wanted = g_ptr_array_new_with_free_func (free_wanted);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("127.0.0.1:%u", 20000 + i);

      g_ptr_array_add (wanted, lb_haproxy_wanted_new (name, name, 1 + i % 256, LB_STATE_READY));
    }

  return wanted;
}

static LbHaproxyWanted *
get (GPtrArray *wanted,
     guint i)
{
  return g_ptr_array_index (wanted, i);
}

static LbHaproxyNode *
start_node (Haproxy *haproxy)
{
  g_autoptr (GError) error = NULL;
  LbHaproxyNode *node = lb_haproxy_node_new (haproxy->socket, "p", &error);

  g_assert_no_error (error);
  lb_haproxy_node_start (node);

  return node;
}

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

/* Nothing of a node is left under way. */
static void
end_node (LbHaproxyNode *node)
{
  lb_haproxy_node_stop (node);
  run_until (G_OBJECT (node)->ref_count == 1, 10);
  g_assert_finalize_object (node);
}

static void
assert_same (LbHaproxyNode *node,
             GPtrArray *wanted)
{
  const LbHaproxyReport *report = lb_haproxy_node_get_report (node);

  g_assert_cmpuint (report->servers->len, ==, wanted->len);
  for (guint i = 0; i < wanted->len; i++)
    {
      const LbHaproxyServer *server = lb_haproxy_report_find (report, get (wanted, i)->name);

      g_assert_nonnull (server);
      g_assert_cmpuint (server->weight, ==, get (wanted, i)->weight);
      g_assert_cmpint (lb_haproxy_server_get_state (server), ==, get (wanted, i)->state);
    }
}

static void
on_asked (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  *(char **) user_data = lb_haproxy_socket_ask_finish (result, NULL);
}

static char *
ask (Haproxy *haproxy,
     const char *commands)
{
  g_autoptr (GSocketConnectable) node = lb_haproxy_socket_parse (haproxy->socket, NULL);
  char *answer = NULL;

  lb_haproxy_socket_ask_async (node, commands, NULL, on_asked, &answer);
  run_until (answer != NULL, 10);

  return answer;
}

static void
test_addresses (void)
{
  static const char *const bad[] = { "", "host", "host:", ":1", "host:0", "host:65536", "[::1", "relative/path" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lb_haproxy_node_new (bad[i], "p", &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }

  {
    g_autofree char *path = g_strnfill (108, '/');
    g_autoptr (GError) error = NULL;
    g_autoptr (LbHaproxyNode) v6 = lb_haproxy_node_new ("[::1]:9999", "p", NULL);

    g_assert_null (lb_haproxy_node_new (path, "p", &error));
    g_assert_nonnull (v6);
    g_assert_cmpstr (lb_haproxy_node_get_address (v6), ==, "[::1]:9999");
  }
}

static void
test_follows (Haproxy *haproxy,
              gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (50);
  LbHaproxyNode *node = start_node (haproxy);

  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);
  assert_same (node, wanted);
  g_assert_null (lb_haproxy_node_get_refusal (node));

  get (wanted, 0)->state = LB_STATE_DRAIN;
  get (wanted, 1)->state = LB_STATE_MAINT;
  get (wanted, 2)->weight = 0;
  get (wanted, 3)->weight = 256;
  g_ptr_array_remove_range (wanted, 10, 20);
  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);
  assert_same (node, wanted);

  get (wanted, 0)->state = LB_STATE_READY;
  get (wanted, 1)->state = LB_STATE_READY;
  g_free (get (wanted, 4)->words);
  get (wanted, 4)->words = g_strdup ("127.0.0.1:20004 check inter 1h");
  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);
  assert_same (node, wanted);
  g_assert_cmpuint (lb_haproxy_node_get_foreign (node)->len, ==, 0);

  end_node (node);
}

/* Within a tenth of a second after it is wanted, not when the next report is due. */
static void
test_hurries (Haproxy *haproxy,
              gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (50);
  LbHaproxyNode *node = start_node (haproxy);
  gint64 worst_us = 0;

  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);

  for (guint i = 0; i < 10; i++)
    {
      const gint64 begin_us = g_get_monotonic_time ();

      get (wanted, i)->state = LB_STATE_DRAIN;
      lb_haproxy_node_set_wanted (node, wanted);
      run_until (lb_haproxy_node_is_settled (node), 10);
      worst_us = MAX (worst_us, g_get_monotonic_time () - begin_us);
    }

  g_test_message ("the slowest change took %" G_GINT64_FORMAT " µs, with the report that shows it", worst_us);
  g_assert_cmpint (worst_us, <, G_USEC_PER_SEC / 2);
  end_node (node);
}

typedef struct
{
  GPtrArray *wanted;
  guint n;
} Reports;

static void
on_reported (LbHaproxyNode *node,
             gpointer user_data)
{
  Reports *reports = user_data;

  reports->n++;
  lb_haproxy_node_set_wanted (node, reports->wanted);
  get (reports->wanted, 0)->weight = 1 + get (reports->wanted, 0)->weight % 256;
  lb_haproxy_node_set_learned (node, reports->wanted);
  lb_haproxy_node_set_wanted (node, reports->wanted);
}

/* To want the same once more, or to have learned something, is no reason to ask at once. */
static void
test_asks_once_a_second (Haproxy *haproxy,
                         gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (3);
  Reports reports = { wanted, 0 };
  LbHaproxyNode *node = start_node (haproxy);
  gint64 begin_us;

  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);

  begin_us = g_get_monotonic_time ();
  g_signal_connect (node, "reported", G_CALLBACK (on_reported), &reports);
  run_until (reports.n == 2, 10);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >, G_USEC_PER_SEC * 3 / 2);

  g_signal_handlers_disconnect_by_data (node, &reports);
  end_node (node);
}

static void
test_leaves_foreign (Haproxy *haproxy,
                     gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (3);
  LbHaproxyNode *node = start_node (haproxy);
  LbHaproxyForeign *foreign;

  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);

  g_free (ask (haproxy, "set server p/127.0.0.1:20001 weight 77"));
  run_until (lb_haproxy_node_get_foreign (node)->len == 1, 10);
  foreign = g_ptr_array_index (lb_haproxy_node_get_foreign (node), 0);
  g_assert_cmpstr (foreign->name, ==, "127.0.0.1:20001");
  g_assert_cmpuint (foreign->weight, ==, 77);

  lb_haproxy_node_undo_foreign (node);
  run_until (lb_haproxy_node_is_settled (node) && lb_haproxy_node_get_foreign (node)->len == 0, 10);
  assert_same (node, wanted);

  end_node (node);
}

/* One that has been killed and started anew knows nothing, and is told all of it. */
static void
test_comes_back (Haproxy *haproxy,
                 gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (20);
  LbHaproxyNode *node = start_node (haproxy);

  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_is_settled (node), 10);

  haproxy_kill (haproxy);
  run_until (lb_haproxy_node_get_error (node) != NULL, 10);
  g_assert_null (lb_haproxy_node_get_report (node));
  get (wanted, 5)->weight = 200;
  lb_haproxy_node_set_wanted (node, wanted);

  haproxy_start (haproxy);
  run_until (lb_haproxy_node_is_settled (node), 20);
  g_assert_null (lb_haproxy_node_get_error (node));
  assert_same (node, wanted);

  end_node (node);
}

/* What it refuses is told, and holds up nothing else. */
static void
test_tells_refusals (Haproxy *haproxy,
                     gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (3);
  LbHaproxyNode *node = start_node (haproxy);

  g_ptr_array_insert (wanted, 0, lb_haproxy_wanted_new ("x", "127.0.0.1:1 bogus", 1, LB_STATE_READY));
  lb_haproxy_node_set_wanted (node, wanted);
  run_until (lb_haproxy_node_get_report (node) != NULL &&
               lb_haproxy_node_get_report (node)->servers->len == 3 &&
               lb_haproxy_node_get_refusal (node) != NULL,
             10);
  g_assert_nonnull (strstr (lb_haproxy_node_get_refusal (node), "bogus"));
  g_assert_false (lb_haproxy_node_is_settled (node));

  end_node (node);
}

/* How long this thread has computed, whatever else the machine is doing. */
static gint64
get_cpu_us (void)
{
  struct timespec now;

  g_assert_cmpint (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now), ==, 0);

  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* A sanitizer makes code that computes about twice as slow, and code that allocates, as the reading of a report is,
 * several times, at uneven intervals: what is freed waits in its quarantine until that is full. */
#ifdef __SANITIZE_ADDRESS__
#define TURN_MAX_US (8 * 50 * 1000)
#else
#define TURN_MAX_US (50 * 1000)
#endif

/* A thousand servers into an empty one: no turn of the loop may be long. */
static void
test_thousand (Haproxy *haproxy,
               gconstpointer data)
{
  g_autoptr (GPtrArray) wanted = make_wanted (1000);
  LbHaproxyNode *node = start_node (haproxy);
  const gint64 begin_us = g_get_monotonic_time ();
  gint64 longest_us = 0;

  lb_haproxy_node_set_wanted (node, wanted);
  while (!lb_haproxy_node_is_settled (node))
    {
      gint64 turn_us;

      while (!g_main_context_pending (NULL))
        g_usleep (100);
      turn_us = get_cpu_us ();
      g_main_context_iteration (NULL, FALSE);
      longest_us = MAX (longest_us, get_cpu_us () - turn_us);
      g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 20 * G_USEC_PER_SEC);
    }

  g_test_message ("1000 servers: %.2f s, longest turn %.1f ms",
                  (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC,
                  (double) longest_us / 1000.0);
  assert_same (node, wanted);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (longest_us, <, TURN_MAX_US);

  end_node (node);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-node/addresses", test_addresses);
#define ADD(path, func) g_test_add (path, Haproxy, NULL, haproxy_set_up, func, haproxy_tear_down)
  ADD ("/haproxy-node/follows", test_follows);
  ADD ("/haproxy-node/hurries", test_hurries);
  ADD ("/haproxy-node/asks-once-a-second", test_asks_once_a_second);
  ADD ("/haproxy-node/leaves-foreign", test_leaves_foreign);
  ADD ("/haproxy-node/comes-back", test_comes_back);
  ADD ("/haproxy-node/tells-refusals", test_tells_refusals);
  ADD ("/haproxy-node/thousand", test_thousand);

  return g_test_run ();
}
