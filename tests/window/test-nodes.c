/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-node-menu.h"
#include "window/lb-node-row.h"
#include "window/lb-nodes-dialog.h"
#include "window/lb-pool-page.h"
#include "window/lb-window-fixture.h"

#define THERE "192.0.2.2:9999"

static LbNodesDialog *
open_dialog (LbWindowFixture *f)
{
  lb_window_fixture_start (f, 0, NULL);
  lb_window_fixture_open (f);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.nodes", NULL);

  return lb_find_dialog (LB_TYPE_NODES_DIALOG);
}

static LbNodeRow *
get_row (LbNodesDialog *dialog,
         int i)
{
  return (LbNodeRow *) gtk_list_box_get_row_at_index (lb_template_child (dialog, "list"), i);
}

static void
add (LbNodesDialog *dialog,
     const char *address)
{
  gtk_editable_set_text (lb_template_child (dialog, "entry"), address);
  g_signal_emit_by_name (lb_template_child (dialog, "entry"), "activate");
}

static void
test_adds_and_removes (LbWindowFixture *f,
                       gconstpointer user_data)
{
  LbNodesDialog *dialog = open_dialog (f);
  GtkWidget *refusal = lb_template_child (dialog, "refusal");

  g_assert_null (get_row (dialog, 0));
  add (dialog, THERE);
  add (dialog, " /run/haproxy.sock ");
  g_assert_cmpstr (lb_node_row_get_address (get_row (dialog, 0)), ==, THERE);
  g_assert_cmpstr (lb_node_row_get_address (get_row (dialog, 1)), ==, "/run/haproxy.sock");
  g_assert_cmpuint (g_strv_length ((char **) lb_balancer_get_nodes (f->balancer)), ==, 2);
  g_assert_cmpstr (gtk_editable_get_text (lb_template_child (dialog, "entry")), ==, "");
  g_assert_false (gtk_widget_get_visible (refusal));

  /* What is refused stays, with the reason, until it is changed. */
  add (dialog, "nowhere");
  g_assert_true (gtk_widget_get_visible (refusal));
  g_assert_cmpstr (gtk_editable_get_text (lb_template_child (dialog, "entry")), ==, "nowhere");
  add (dialog, THERE);
  g_assert_true (gtk_widget_get_visible (refusal));
  gtk_editable_set_text (lb_template_child (dialog, "entry"), "x");
  g_assert_false (gtk_widget_get_visible (refusal));

  gtk_widget_activate_action (GTK_WIDGET (dialog), "nodes.remove", "s", THERE);
  g_assert_cmpstr (lb_node_row_get_address (get_row (dialog, 0)), ==, "/run/haproxy.sock");
  g_assert_null (get_row (dialog, 1));
  g_assert_cmpstr (lb_balancer_get_nodes (f->balancer)[0], ==, "/run/haproxy.sock");
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (get_row (dialog, 0), "state")), ==,
                   "Not in use while requests are redirected");
}

static LbNodeSnapshot *
make_node (const char *address,
           LbNodeState state,
           guint n_backends)
{
  LbNodeSnapshot *node = lb_node_snapshot_new (address, address, n_backends);

  node->state = state;
  for (guint i = 0; i < n_backends; i++)
    node->backends[i] = (LbNodeFigures){ .known = TRUE, .health = LB_HEALTH_UP, .in_flight = i + 1,
                                         .requests = 10 * (i + 1), .requests_per_s = 1.5, .response_us = 1000 };

  return node;
}

static void
assert_says (LbNodeRow *row,
             const char *name,
             const char *text)
{
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (row, name)), ==, text);
}

static void
test_row_says_how_it_is (LbWindowFixture *f,
                         gconstpointer user_data)
{
  LbNodeRow *row = g_object_ref_sink (LB_NODE_ROW (lb_node_row_new (THERE)));
  g_autoptr (LbNodeSnapshot) node = make_node (THERE, LB_NODE_SERVING, 2);

  g_assert_true (gtk_widget_get_visible (lb_template_child (row, "remove")));
  node->version = g_strdup ("2.6.12");
  lb_node_row_update (row, node);
  assert_says (row, "title", THERE);
  assert_says (row, "state", "Serves, with HAProxy 2.6.12");
  assert_says (row, "load", "3.0 requests per second, 3 in flight");
  g_assert_false (gtk_widget_get_visible (lb_template_child (row, "changes")));

  g_strfreev (node->foreign);
  node->foreign = g_strsplit ("one is drain, not ready;two has a weight of 2, not 1", ";", -1);
  lb_node_row_update (row, node);
  g_assert_true (gtk_widget_get_visible (lb_template_child (row, "changes")));
  assert_says (row, "foreign", "one is drain, not ready\ntwo has a weight of 2, not 1");

  node->state = LB_NODE_GONE;
  node->error = g_strdup ("refused");
  lb_node_row_update (row, node);
  assert_says (row, "state", "Does not answer: refused");
  g_assert_false (gtk_widget_get_visible (lb_template_child (row, "load")));
  g_assert_finalize_object (row);

  /* Ours stays. */
  row = g_object_ref_sink (LB_NODE_ROW (lb_node_row_new (LB_NODE_LOCAL)));
  g_assert_false (gtk_widget_get_visible (lb_template_child (row, "remove")));
  g_assert_finalize_object (row);
}

static void
test_menu_has_several (LbWindowFixture *f,
                       gconstpointer user_data)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GPtrArray) nodes = lb_node_snapshot_new_list ();

  g_ptr_array_add (nodes, make_node (LB_NODE_LOCAL, LB_NODE_SERVING, 0));
  lb_node_menu_update (menu, nodes);
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (menu)), ==, 0);

  g_ptr_array_add (nodes, make_node (THERE, LB_NODE_SERVING, 0));
  lb_node_menu_update (menu, nodes);
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (menu)), ==, 3);

  g_ptr_array_remove_index (nodes, 0);
  lb_node_menu_update (menu, nodes);
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (menu)), ==, 0);
}

static LbSnapshot *
take_with_nodes (LbWindowFixture *f,
                 gboolean there)
{
  static const char *const nowhere[] = { NULL };
  g_autoptr (GPtrArray) nodes = lb_node_snapshot_new_list ();
  LbSnapshot *snapshot = lb_snapshot_new (f->pool, "random", nowhere, NULL, 1000, 1, 1, 0);

  g_ptr_array_add (nodes, make_node (LB_NODE_LOCAL, LB_NODE_SERVING, snapshot->n_backends));
  if (there)
    g_ptr_array_add (nodes, make_node (THERE, LB_NODE_SERVING, snapshot->n_backends));
  lb_snapshot_fill_nodes (snapshot, nodes);

  return snapshot;
}

/* One node's figures stand in place of the sums, as long as there is such a node. */
static void
test_one_is_chosen (LbWindowFixture *f,
                    gconstpointer user_data)
{
  g_autoptr (LbSnapshot) both = NULL;
  g_autoptr (LbSnapshot) one = NULL;
  g_autofree char *node = NULL;
  GtkWidget *notice;
  LbPoolPage *page;

  lb_window_fixture_start (f, 0, NULL);
  g_assert_nonnull (lb_pool_add (f->pool, "http://127.0.0.1:9", NULL));
  lb_window_fixture_open (f);
  page = lb_template_child (f->window, "page");
  notice = lb_page_child (f, "notice");

  both = take_with_nodes (f, TRUE);
  lb_pool_page_set_snapshot (page, both);
  g_assert_false (gtk_widget_get_visible (notice));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.node", "s", THERE);
  g_assert_true (gtk_widget_get_visible (notice));
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (notice)), THERE));

  one = take_with_nodes (f, FALSE);
  lb_pool_page_set_snapshot (page, one);
  g_assert_false (gtk_widget_get_visible (notice));
  g_object_get (page, "node", &node, NULL);
  g_assert_cmpstr (node, ==, "");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add ("/nodes/" path, LbWindowFixture, NULL, lb_window_fixture_set_up, test, lb_window_fixture_tear_down)

  ADD ("adds-and-removes", test_adds_and_removes);
  ADD ("row-says-how-it-is", test_row_says_how_it_is);
  ADD ("menu-has-several", test_menu_has_several);
  ADD ("one-is-chosen", test_one_is_chosen);

#undef ADD

  return lb_window_test_run ();
}
