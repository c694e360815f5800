/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/lb-policy.h"

#include "policy/chi-square.h"

static const LbRequestKey key = { .target = "/", .target_length = 1 };

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lb_policy_new ("best", &error));
  g_assert_error (error, LB_POLICY_ERROR, LB_POLICY_ERROR_UNKNOWN);
  g_assert_nonnull (strstr (error->message, "random"));
}

static void
test_every_name (void)
{
  const LbPolicyInfo *info;

  g_assert_cmpstr (lb_policy_list (0)->name, ==, LB_POLICY_DEFAULT);

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    {
      LbPolicy *policy = lb_policy_new (info->name, NULL);

      g_assert_true (lb_policy_get_info (policy) == info);
      g_assert_finalize_object (policy);
    }
}

static void
test_nobody (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbPolicy) policy = lb_policy_new ("random", NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  LbBackend *backend;

  g_assert_null (lb_policy_choose (policy, pool, &key, 0, rand));

  backend = lb_pool_add (pool, "http://a", NULL);
  g_assert_true (lb_policy_choose (policy, pool, &key, 0, rand) == backend);

  lb_backend_set_health (backend, LB_HEALTH_DOWN, 0);
  g_assert_null (lb_policy_choose (policy, pool, &key, 0, rand));

  lb_backend_set_health (backend, LB_HEALTH_UP, 0);
  g_assert_true (lb_policy_choose (policy, pool, &key, 0, rand) == backend);
}

static void
test_random (void)
{
  static const double weights[] = { 5, 1, 256, 40 };
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbPolicy) policy = lb_policy_new ("random", NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint counts[G_N_ELEMENTS (weights)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://h%u", i);

      lb_backend_set_weight (lb_pool_add (pool, url, NULL), (guint) weights[i], NULL);
    }

  for (guint i = 0; i < 100000; i++)
    {
      guint position;

      g_assert_true (lb_pool_get_position (pool, lb_policy_choose (policy, pool, &key, i, rand),
                                           &position));
      counts[position]++;
    }

  assert_distribution (counts, weights, G_N_ELEMENTS (weights), 100000);
}

static void
test_down_gets_nothing (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbPolicy) policy = lb_policy_new ("random", NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  LbBackend *a = lb_pool_add (pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (pool, "http://b", NULL);

  lb_backend_set_health (a, LB_HEALTH_DOWN, 0);
  for (guint i = 0; i < 1000; i++)
    g_assert_true (lb_policy_choose (policy, pool, &key, i, rand) == b);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/new/refuses-an-unknown-name", test_unknown);
  g_test_add_func ("/policy/new/every-name", test_every_name);
  g_test_add_func ("/policy/choose/nobody", test_nobody);
  g_test_add_func ("/policy/choose/a-backend-that-is-down-gets-nothing", test_down_gets_nothing);
  g_test_add_func ("/policy/random/distribution", test_random);

  return g_test_run ();
}
