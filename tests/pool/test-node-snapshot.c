/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/snapshot-fixture.h"

/* Two backends, and two nodes of which the second does not have the second backend. */
static LbSnapshot *
make_snapshot (void)
{
  LbSnapshot *snapshot = snapshot_fixture_new (2);
  g_autoptr (GPtrArray) nodes = lb_node_snapshot_new_list ();
  LbNodeSnapshot *here = lb_node_snapshot_new (LB_NODE_LOCAL, "This Computer", 2);
  LbNodeSnapshot *there = lb_node_snapshot_new ("there:9999", "there:9999", 2);

  here->state = there->state = LB_NODE_SERVING;
  here->version = g_strdup ("2.6.12");
  here->backends[0] = (LbNodeFigures){ TRUE, LB_HEALTH_UP, g_ref_string_new ("L7OK"), 3, 0, 30, 1.5, 7000 };
  here->backends[1] = (LbNodeFigures){ TRUE, LB_HEALTH_DOWN, g_ref_string_new ("L4CON"), 0, 2, 10, 0.5, 9000 };
  there->backends[0] = (LbNodeFigures){ TRUE, LB_HEALTH_UNKNOWN, NULL, 1, 0, 4, 0.25, -1 };
  g_ptr_array_add (nodes, here);
  g_ptr_array_add (nodes, there);
  lb_snapshot_fill_nodes (snapshot, nodes);

  return snapshot;
}

static void
test_one_node (void)
{
  g_autoptr (LbSnapshot) snapshot = make_snapshot ();
  g_autoptr (LbSnapshot) here = lb_snapshot_for_node (snapshot, LB_NODE_LOCAL);

  g_assert_cmpuint (here->nodes->len, ==, 1);
  g_assert_cmpstr (((LbNodeSnapshot *) g_ptr_array_index (here->nodes, 0))->version, ==, "2.6.12");
  g_assert_cmpuint (here->redirects, ==, 40);
  g_assert_cmpfloat (here->redirects_per_s, ==, 2.0);
  g_assert_cmpfloat (here->backends[0].in_flight, ==, 3.0);
  g_assert_cmpfloat (here->backends[0].share, ==, 0.75);
  g_assert_cmpint (here->backends[0].last_probe.response_us, ==, 7000);
  g_assert_cmpint (here->backends[1].health, ==, LB_HEALTH_DOWN);
  g_assert_cmpint (here->backends[1].last_probe.response_us, ==, -1);
  g_assert_cmpstr (here->backends[1].last_probe.error, ==, "L4CON");
  g_assert_cmpuint (here->backends[1].latency.n_samples, ==, 0);

  /* The other is as it was. */
  g_assert_cmpuint (snapshot->nodes->len, ==, 2);
  g_assert_cmpint (snapshot->backends[1].health, ==, LB_HEALTH_UP);
}

static void
test_a_backend_that_a_node_does_not_have (void)
{
  g_autoptr (LbSnapshot) snapshot = make_snapshot ();
  g_autoptr (LbSnapshot) there = lb_snapshot_for_node (snapshot, "there:9999");

  g_assert_cmpint (there->backends[0].health, ==, LB_HEALTH_UNKNOWN);
  g_assert_cmpint (there->backends[0].last_probe.time_us, ==, 0);
  g_assert_cmpfloat (there->backends[0].share, ==, 1.0);
  g_assert_cmpint (there->backends[1].health, ==, LB_HEALTH_UNKNOWN);
  g_assert_cmpuint (there->backends[1].redirects, ==, 0);
}

static void
test_no_such_node (void)
{
  g_autoptr (LbSnapshot) snapshot = make_snapshot ();

  g_assert_null (lb_snapshot_for_node (snapshot, "elsewhere:1"));
  g_assert_null (lb_snapshot_find_node (snapshot, ""));
}

static void
test_picked_backends (void)
{
  g_autoptr (LbSnapshot) snapshot = make_snapshot ();
  g_autoptr (LbSnapshot) picked = lb_snapshot_new_from (snapshot, (guint[]){ 1 }, 1);
  const LbNodeSnapshot *here = lb_snapshot_find_node (picked, LB_NODE_LOCAL);

  g_assert_cmpuint (here->n_backends, ==, 1);
  g_assert_cmpstr (here->backends[0].check, ==, "L4CON");
  g_assert_cmpuint (here->backends[0].queued, ==, 2);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/node-snapshot/one-node", test_one_node);
  g_test_add_func ("/node-snapshot/a-backend-that-a-node-does-not-have", test_a_backend_that_a_node_does_not_have);
  g_test_add_func ("/node-snapshot/no-such-node", test_no_such_node);
  g_test_add_func ("/node-snapshot/picked-backends", test_picked_backends);

  return g_test_run ();
}
