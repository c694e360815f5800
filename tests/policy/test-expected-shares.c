/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a policy says that it will do, held against what it does: clients come at random, the clock is
 * this program's, and every run is the same.
 */

#include <math.h>

#include "policy/policy-fixture.h"

#define BACKENDS 4
#define REQUESTS 20000

/* Twice what the draws of a rehearsal and of a run scatter by. */
#define TOLERANCE 0.02

typedef struct
{
  const char *name;
  double weights[BACKENDS];
  double response_ms[BACKENDS];
} Scenario;

static const Scenario scenarios[] = {
  { "alike", { 1, 1, 1, 1 }, { 20, 20, 20, 20 } },
  { "weights", { 5, 1, 1, 3 }, { 20, 20, 20, 20 } },
  { "response times", { 2, 2, 2, 2 }, { 5, 20, 80, 320 } },
  { "both", { 8, 4, 1, 2 }, { 100, 30, 5, 50 } },
};

static const double rates[] = { 0.5, 5, 50, 500, 5000 };

static void
start (Chooser *chooser,
       const char *policy,
       const Scenario *scenario)
{
  chooser_init (chooser, policy, scenario->weights, BACKENDS);
  for (guint i = 0; i < BACKENDS; i++)
    for (guint j = 0; j < 25; j++)
      chooser_probe (chooser, i, (gint64) (scenario->response_ms[i] * 1000));
}

/* Each request has a client and a path of its own. */
static int
choose (Chooser *chooser,
        guint request)
{
  const guint32 address = g_htonl (0x0a000001 + request);
  g_autofree char *target = g_strdup_printf ("/%u", request);
  LbRequestKey key = { (const guint8 *) &address, sizeof address, target, strlen (target) };
  LbBackend *backend =
    lb_policy_choose (chooser->policy, chooser->pool, &key, chooser->now_us, chooser->rand);
  guint position = 0;

  g_assert_true (lb_pool_get_position (chooser->pool, backend, &position));
  lb_pool_count_redirect (chooser->pool, backend, chooser->now_us);

  return (int) position;
}

static void
run (Chooser *chooser,
     double requests_per_s,
     double *shares)
{
  g_autoptr (GRand) arrivals = g_rand_new_with_seed (7);
  double time_us = (double) chooser->now_us;
  guint counts[BACKENDS] = { 0 };

  for (guint i = 0; i < REQUESTS; i++)
    {
      time_us -= log (1.0 - g_rand_double (arrivals)) / requests_per_s * G_USEC_PER_SEC;
      chooser->now_us = (gint64) time_us;
      counts[choose (chooser, i)]++;
    }

  for (guint i = 0; i < BACKENDS; i++)
    shares[i] = (double) counts[i] / REQUESTS;
}

static void
test_agrees (gconstpointer data)
{
  const LbPolicyInfo *policy = data;

  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    for (guint j = 0; j < G_N_ELEMENTS (rates); j++)
      {
        Chooser chooser;
        double expected[BACKENDS];
        double shares[BACKENDS];

        start (&chooser, policy->name, &scenarios[i]);
        g_assert_true (lb_policy_expect_shares (chooser.policy, chooser.pool, rates[j],
                                                chooser.now_us, expected));
        run (&chooser, rates[j], shares);

        g_test_message ("%s, %g requests a second", scenarios[i].name, rates[j]);
        for (guint k = 0; k < BACKENDS; k++)
          g_assert_cmpfloat_with_epsilon (shares[k], expected[k], TOLERANCE);
        chooser_clear (&chooser);
      }
}

/* Who cannot be chosen is expected to get nothing, and the others share it. */
static void
test_only_candidates (void)
{
  Chooser chooser;
  double expected[BACKENDS];

  start (&chooser, "random", &scenarios[1]);
  lb_backend_set_state (lb_pool_get_backend (chooser.pool, 0), LB_STATE_DRAIN);
  lb_backend_set_health (lb_pool_get_backend (chooser.pool, 2), LB_HEALTH_DOWN, 1);

  g_assert_true (lb_policy_expect_shares (chooser.policy, chooser.pool, 10, 1, expected));
  g_assert_cmpfloat (expected[0], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (expected[1], 0.25, 1e-9);
  g_assert_cmpfloat (expected[2], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (expected[3], 0.75, 1e-9);

  lb_backend_set_state (lb_pool_get_backend (chooser.pool, 1), LB_STATE_MAINT);
  lb_backend_set_state (lb_pool_get_backend (chooser.pool, 3), LB_STATE_MAINT);
  g_assert_true (lb_policy_expect_shares (chooser.policy, chooser.pool, 10, 1, expected));
  for (guint i = 0; i < BACKENDS; i++)
    g_assert_cmpfloat (expected[i], ==, 0.0);

  chooser_clear (&chooser);
}

/* A hash goes by the weights that people have set, the others by what has become of them. */
static void
test_slow_start (void)
{
  static const char *const names[] = { "round-robin", "path-hash" };
  static const double first[] = { 0.1 / 3.1, 0.25 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      Chooser chooser;
      double expected[BACKENDS];

      start (&chooser, names[i], &scenarios[0]);
      lb_load_start_slowly (lb_backend_get_load (lb_pool_get_backend (chooser.pool, 0)),
                            chooser.now_us, G_USEC_PER_SEC);
      g_assert_true (lb_policy_expect_shares (chooser.policy, chooser.pool, 10, chooser.now_us,
                                              expected));
      g_assert_cmpfloat_with_epsilon (expected[0], first[i], 1e-9);
      chooser_clear (&chooser);
    }
}

/* With many, what goes by weight alone can still be said; the rest would take too long. */
static void
test_many (void)
{
  const guint n = 1000;
  g_autofree double *weights = g_new (double, n);
  g_autofree double *expected = g_new (double, n);
  const LbPolicyInfo *info;

  for (guint i = 0; i < n; i++)
    weights[i] = 1 + i % 3;

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    {
      const gboolean by_weight = g_str_equal (info->name, "random") ||
                                 g_str_equal (info->name, "round-robin") ||
                                 g_str_has_suffix (info->name, "-hash");
      Chooser chooser;

      chooser_init (&chooser, info->name, weights, n);
      g_assert_cmpint (
        lb_policy_expect_shares (chooser.policy, chooser.pool, 1000, chooser.now_us, expected), ==,
        by_weight);
      chooser_clear (&chooser);
    }
}

/* Looking does not change what comes next. */
static void
test_changes_nothing (void)
{
  const LbPolicyInfo *info;

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    {
      Chooser watched;
      Chooser alone;
      double expected[BACKENDS];

      start (&watched, info->name, &scenarios[3]);
      start (&alone, info->name, &scenarios[3]);
      for (guint request = 0; request < 500; request++)
        {
          lb_policy_expect_shares (watched.policy, watched.pool, 100, watched.now_us, expected);
          g_assert_cmpint (choose (&watched, request), ==, choose (&alone, request));
          watched.now_us += 10000;
          alone.now_us += 10000;
        }
      chooser_clear (&watched);
      chooser_clear (&alone);
    }
}

int
main (int argc,
      char **argv)
{
  const LbPolicyInfo *info;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf ("/policy/expected-shares/agrees/%s", info->name);

      g_test_add_data_func (path, info, test_agrees);
    }

  g_test_add_func ("/policy/expected-shares/only-candidates", test_only_candidates);
  g_test_add_func ("/policy/expected-shares/slow-start", test_slow_start);
  g_test_add_func ("/policy/expected-shares/many", test_many);
  g_test_add_func ("/policy/expected-shares/changes-nothing", test_changes_nothing);

  return g_test_run ();
}
