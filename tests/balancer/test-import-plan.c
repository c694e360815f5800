/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lb-import-plan.h"

#include <glib/gstdio.h>
#include <string.h>

#include "lb-porter.h"

typedef struct
{
  char *directory;
  char *config_path;
  LbBalancer *balancer;
  LbExchangeImport *import;
  LbExchangePool *pool;
} Fixture;

#define THREE "backend b\n balance uri\n bind-process 1\n server s 127.0.0.1:9001\n" \
              " server t 127.0.0.1:9002\n server u 127.0.0.1:9003\n"

static void
set_up (Fixture *self,
        gconstpointer data)
{
  char *listen[] = { (char *) "127.0.0.1", NULL };
  const LbOverrides overrides = { .listen = listen, .port = 9003 };
  g_autoptr (GBytes) contents = g_bytes_new_static (THREE, strlen (THREE));
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-plan-XXXXXX", &error);
  g_assert_no_error (error);
  self->config_path = g_build_filename (self->directory, "config.json", NULL);
  self->balancer = lb_balancer_new (self->config_path);
  lb_balancer_load (self->balancer, &overrides);
  self->import =
    lb_exchange_import (contents, NULL, lb_balancer_get_probe_settings (self->balancer), &error);
  g_assert_no_error (error);
  self->pool = g_ptr_array_index (self->import->pools, 0);
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lb_exchange_import_free (self->import);
  lb_balancer_stop (self->balancer, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (self->balancer);
  g_unlink (self->config_path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->config_path);
  g_free (self->directory);
}

static void
add (Fixture *self,
     const char *url)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (self->balancer, url, FALSE, &error);
  g_assert_no_error (error);
}

static void
test_knows_each_fate (Fixture *self,
                      gconstpointer data)
{
  g_autoptr (LbImportPlan) plan = NULL;
  g_autofree char *summary = NULL;

  add (self, "http://127.0.0.1:9002");
  plan = lb_import_plan_new (self->balancer, self->pool);

  g_assert_cmpuint (plan->n_items, ==, 3);
  g_assert_cmpint (plan->items[0].fate, ==, LB_IMPORT_NEW);
  g_assert_null (plan->items[0].reason);
  g_assert_cmpint (plan->items[1].fate, ==, LB_IMPORT_EXISTS);
  g_assert_cmpint (plan->items[2].fate, ==, LB_IMPORT_REFUSED);
  g_assert_nonnull (plan->items[2].reason);
  g_assert_cmpuint (plan->n_new, ==, 1);

  summary = lb_import_plan_summarize (plan);
  g_assert_cmpstr (summary, ==, "1 of 3 backends will be added.");
}

static void
test_changes_nothing (Fixture *self,
                      gconstpointer data)
{
  g_autoptr (LbImportPlan) plan = lb_import_plan_new (self->balancer, self->pool);

  g_assert_cmpuint (plan->n_new, ==, 2);
  g_assert_cmpuint (lb_pool_get_n_backends (lb_balancer_get_pool (self->balancer)), ==, 0);
}

/* What the porter does is what was promised. */
static void
test_is_what_the_porter_does (Fixture *self,
                              gconstpointer data)
{
  g_autoptr (LbImportPlan) plan = NULL;
  g_autoptr (GPtrArray) added = NULL;

  add (self, "http://127.0.0.1:9001");
  plan = lb_import_plan_new (self->balancer, self->pool);
  added = lb_porter_add (self->balancer, self->pool);

  g_assert_cmpuint (added->len, ==, plan->n_new);
  for (guint i = 0, j = 0; i < plan->n_items; i++)
    if (plan->items[i].fate == LB_IMPORT_NEW)
      g_assert_true (g_ptr_array_index (added, j++) == plan->items[i].backend);
}

static void
test_says_what_becomes_of_the_policy (Fixture *self,
                                      gconstpointer data)
{
  g_autoptr (LbImportPlan) before = lb_import_plan_new (self->balancer, self->pool);
  g_autoptr (LbImportPlan) after = NULL;

  g_assert_cmpstr (before->policy, ==, "The policy becomes “path-hash”, as it is in the file.");

  add (self, "http://127.0.0.1:9001");
  after = lb_import_plan_new (self->balancer, self->pool);
  g_assert_true (g_str_has_prefix (after->policy, "The policy stays"));
}

/* Our own format may say anything, or what other programs call a policy. */
static void
test_knows_the_policy (Fixture *self,
                       gconstpointer data)
{
  g_autoptr (LbImportPlan) unknown = NULL;
  g_autoptr (LbImportPlan) same = NULL;

  lb_exchange_pool_set_policy (self->pool, "clever");
  unknown = lb_import_plan_new (self->balancer, self->pool);
  g_assert_true (g_str_has_prefix (unknown->policy, "There is no policy “clever”."));

  lb_balancer_set_policy (self->balancer, "round-robin", NULL);
  lb_exchange_pool_set_policy (self->pool, "roundrobin");
  same = lb_import_plan_new (self->balancer, self->pool);
  g_assert_null (same->policy);
}

static void
test_says_nothing_of_the_policy_without_backends (Fixture *self,
                                                  gconstpointer data)
{
  g_autoptr (LbImportPlan) plan = NULL;
  g_autofree char *summary = NULL;

  add (self, "http://127.0.0.1:9001");
  add (self, "http://127.0.0.1:9002");
  plan = lb_import_plan_new (self->balancer, self->pool);

  g_assert_cmpuint (plan->n_new, ==, 0);
  g_assert_null (plan->policy);
  summary = lb_import_plan_summarize (plan);
  g_assert_cmpstr (summary, ==, "No backend in the file can be added.");
}

static void
test_hands_on_the_notes (Fixture *self,
                         gconstpointer data)
{
  g_autoptr (LbImportPlan) plan = lb_import_plan_new (self->balancer, self->pool);
  g_auto (GStrv) notes = lb_import_plan_get_notes (plan, self->import, self->pool);
  g_autofree char *all = g_strjoinv ("\n", notes);

  g_assert_true (g_str_has_prefix (notes[0], "The policy becomes"));
  g_assert_nonnull (strstr (all, "bind-process"));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/import-plan/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("knows-each-fate", test_knows_each_fate);
  ADD ("changes-nothing", test_changes_nothing);
  ADD ("is-what-the-porter-does", test_is_what_the_porter_does);
  ADD ("policy", test_says_what_becomes_of_the_policy);
  ADD ("policy/known", test_knows_the_policy);
  ADD ("no-policy-without-backends", test_says_nothing_of_the_policy_without_backends);
  ADD ("hands-on-the-notes", test_hands_on_the_notes);
#undef ADD

  return g_test_run ();
}
