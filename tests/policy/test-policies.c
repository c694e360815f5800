/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy-fixture.h"

#include <math.h>
#include <string.h>

#include "policy/chi-square.h"

#define DRAWS 100000

static const double five_one_one[] = { 5, 1, 1 };
static const double alike[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

/* nginx's own example. */
static void
test_round_robin_sequence (void)
{
  static const int sequence[] = { 0, 0, 1, 0, 2, 0, 0 };
  Chooser chooser;

  chooser_init (&chooser, "round-robin", five_one_one, 3);
  for (guint round = 0; round < 5; round++)
    for (guint i = 0; i < G_N_ELEMENTS (sequence); i++)
      g_assert_cmpint (chooser_choose (&chooser), ==, sequence[i]);

  chooser_clear (&chooser);
}

/* The same choices as nginx's loop over all of them, for many weights. */
static void
test_round_robin_as_nginx (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint trial = 0; trial < 50; trial++)
    {
      const guint n = (guint) g_rand_int_range (rand, 1, 40);
      double weights[40];
      gint64 credits[40] = { 0 };
      gint64 sum = 0;
      Chooser chooser;

      for (guint i = 0; i < n; i++)
        {
          weights[i] = g_rand_int_range (rand, 1, trial % 2 == 0 ? 4 : LB_WEIGHT_MAX + 1);
          sum += (gint64) weights[i];
        }
      chooser_init (&chooser, "round-robin", weights, n);

      for (guint turn = 0; turn < 2000; turn++)
        {
          guint best = 0;

          for (guint i = 0; i < n; i++)
            {
              credits[i] += (gint64) weights[i];
              if (credits[i] > credits[best])
                best = i;
            }
          credits[best] -= sum;

          g_assert_cmpint (chooser_choose (&chooser), ==, (int) best);
        }

      chooser_clear (&chooser);
    }
}

/* Backends that come and go do not give anybody more than its share. */
static void
test_round_robin_over_changes (void)
{
  guint counts[10] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "round-robin", alike, 10);
  for (guint i = 0; i < 9000; i++)
    {
      lb_backend_set_health (lb_pool_get_backend (chooser.pool, 9),
                             i % 2 == 0 ? LB_HEALTH_DOWN : LB_HEALTH_UP, 0);
      counts[chooser_choose (&chooser)]++;
    }

  for (guint i = 0; i < 9; i++)
    {
      g_assert_cmpuint (counts[i], >, 800);
      g_assert_cmpuint (counts[i], <, 1100);
    }

  chooser_clear (&chooser);
}

static void
assert_shares (const char *policy,
               const double *weights,
               guint n)
{
  g_autofree guint *counts = g_new0 (guint, n);
  Chooser chooser;

  chooser_init (&chooser, policy, weights, n);
  for (guint i = 0; i < DRAWS; i++)
    counts[chooser_choose (&chooser)]++;

  assert_distribution (counts, weights, n, DRAWS);
  chooser_clear (&chooser);
}

/* While nothing is in flight, two choices are as good as one. */
static void
test_two_choices_distribution (void)
{
  static const double weights[] = { 5, 1, 256, 40 };

  /* What is drawn twice stays; of two alike the first wins only if its load is not higher, and load is
   * counted for the weight: so only equal weights are drawn in proportion. */
  assert_shares ("two-choices", alike, G_N_ELEMENTS (alike));
  assert_shares ("random", weights, G_N_ELEMENTS (weights));
}

static void
test_every_weight (void)
{
  static const char *const policies[] = { "random", "round-robin" };
  double weights[LB_WEIGHT_MAX];

  for (guint i = 0; i < LB_WEIGHT_MAX; i++)
    weights[i] = i + 1;

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    assert_shares (policies[i], weights, LB_WEIGHT_MAX);
}

/* Every policy, weights 1 and 3, a steady stream: the heavier one gets about three times as many. */
static void
test_weights_count (void)
{
  static const double weights[] = { 1, 3, 1, 3, 1, 3, 1, 3 };
  const LbPolicyInfo *info;

  for (guint p = 0; (info = lb_policy_list (p)) != NULL; p++)
    {
      double light = 0;
      double heavy = 0;
      Chooser chooser;

      chooser_init (&chooser, info->name, weights, G_N_ELEMENTS (weights));
      for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
        chooser_probe (&chooser, i, 10000);

      for (guint i = 0; i < 40000; i++)
        {
          g_autofree char *path = g_strdup_printf ("/%u", i);
          LbBackend *backend = chooser_choose_for (&chooser, path, path);

          lb_pool_count_redirect (chooser.pool, backend, chooser.now_us);
          *(lb_backend_get_weight (backend) == 1 ? &light : &heavy) += 1;
          chooser.now_us += 200;
        }

      g_test_message ("%s: %.2f", info->name, heavy / light);
      g_assert_cmpfloat (heavy / light, >, 2.5);
      g_assert_cmpfloat (heavy / light, <, 4.5);
      chooser_clear (&chooser);
    }
}

static void
test_least_connections (void)
{
  guint counts[10] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "least-connections", alike, 10);

  /* Nobody is busy: they take turns. */
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (chooser_choose (&chooser), ==, (int) (i % 10));

  /* Who is busy is left alone. */
  for (guint i = 0; i < 5; i++)
    lb_pool_count_redirect (chooser.pool, lb_pool_get_backend (chooser.pool, i), chooser.now_us);
  for (guint i = 0; i < 50; i++)
    counts[chooser_choose (&chooser)]++;
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (counts[i], ==, i < 5 ? 0 : 10);

  /* Until its requests have faded. */
  chooser.now_us += 100 * LB_IN_FLIGHT_DEFAULT_US;
  lb_pool_count_redirect (chooser.pool, lb_pool_get_backend (chooser.pool, 9), chooser.now_us);
  memset (counts, 0, sizeof counts);
  for (guint i = 0; i < 90; i++)
    counts[chooser_choose (&chooser)]++;
  g_assert_cmpuint (counts[9], ==, 0);
  g_assert_cmpuint (counts[0] + counts[1] + counts[2] + counts[3] + counts[4], >, 0);

  chooser_clear (&chooser);
}

static void
test_reported_load (void)
{
  static const char *const policies[] = { "least-connections", "adaptive" };

  for (guint p = 0; p < G_N_ELEMENTS (policies); p++)
    {
      guint counts[2] = { 0 };
      Chooser chooser;

      chooser_init (&chooser, policies[p], alike, 2);
      lb_load_set_reported (lb_backend_get_load (lb_pool_get_backend (chooser.pool, 0)), 0.9);
      for (guint i = 0; i < 20000; i++)
        {
          int position;

          if (i % 100 == 0)
            for (guint b = 0; b < 2; b++)
              chooser_probe (&chooser, b, 10000);
          position = chooser_choose (&chooser);
          lb_pool_count_redirect (chooser.pool,
                                  lb_pool_get_backend (chooser.pool, (guint) position),
                                  chooser.now_us);
          counts[position]++;
          chooser.now_us += 500;
        }

      g_test_message ("%s: %u, %u", policies[p], counts[0], counts[1]);
      g_assert_cmpuint (counts[0] * 4, <, counts[1]);
      g_assert_cmpuint (counts[0], >, 0);
      chooser_clear (&chooser);
    }
}

/* A load that ends, or falls to nothing, gives the whole weight back. */
static void
test_reported_load_ends (void)
{
  static const double ends[] = { 0.0, -1.0 };
  static const char *const policies[] = { "least-connections", "adaptive" };

  for (guint p = 0; p < G_N_ELEMENTS (policies) * G_N_ELEMENTS (ends); p++)
    {
      guint counts[2] = { 0 };
      Chooser chooser;
      LbLoad *load;

      chooser_init (&chooser, policies[p / 2], alike, 2);
      load = lb_backend_get_load (lb_pool_get_backend (chooser.pool, 0));
      lb_load_set_reported (load, 0.95);
      chooser_probe (&chooser, 1, 10000);
      chooser_probe (&chooser, 0, 10000);
      g_assert_cmpint (chooser_choose (&chooser), ==, 1);

      lb_load_set_reported (load, ends[p % 2]);
      chooser_probe (&chooser, 0, 10000);
      for (guint i = 0; i < 2000; i++)
        {
          int position = chooser_choose (&chooser);

          lb_pool_count_redirect (chooser.pool,
                                  lb_pool_get_backend (chooser.pool, (guint) position),
                                  chooser.now_us);
          if (i >= 1000)
            counts[position]++;
          chooser.now_us += 500;
        }

      g_test_message ("%s: %u, %u", policies[p / 2], counts[0], counts[1]);
      g_assert_cmpuint (counts[0] * 10, >, counts[1] * 8);
      chooser_clear (&chooser);
    }
}

static void
test_fastest (void)
{
  guint counts[3] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "fastest", alike, 3);
  chooser_probe (&chooser, 0, 5000);
  chooser_probe (&chooser, 1, 5000);
  chooser_probe (&chooser, 2, 500000);

  for (guint i = 0; i < 3000; i++)
    counts[chooser_choose (&chooser)]++;

  /* The slow one wins only against itself. */
  g_assert_cmpuint (counts[2], <, 433);
  g_assert_cmpuint (counts[2], >, 0);

  /* A peak counts at once, and is forgotten by and by. */
  chooser_probe (&chooser, 0, 5000000);
  memset (counts, 0, sizeof counts);
  for (guint i = 0; i < 3000; i++)
    counts[chooser_choose (&chooser)]++;
  g_assert_cmpuint (counts[0], <, counts[2]);

  for (guint i = 0; i < 120; i++)
    {
      chooser.now_us += G_USEC_PER_SEC;
      chooser_probe (&chooser, 0, 100);
    }
  memset (counts, 0, sizeof counts);
  for (guint i = 0; i < 3000; i++)
    counts[chooser_choose (&chooser)]++;
  g_assert_cmpuint (counts[0], >, counts[1]);

  chooser_clear (&chooser);
}

/* Who has not answered yet, and may be dead, gets no more than its share. */
static void
test_fastest_unknown (void)
{
  guint counts[3] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "fastest", alike, 3);
  chooser_choose (&chooser);
  chooser_probe (&chooser, 0, 5000);
  chooser_probe (&chooser, 1, 5000);
  chooser.now_us += G_USEC_PER_SEC;

  for (guint i = 0; i < 3000; i++)
    counts[chooser_choose (&chooser)]++;

  g_test_message ("%u %u %u", counts[0], counts[1], counts[2]);
  g_assert_cmpuint (counts[2], >, 800);
  g_assert_cmpuint (counts[2], <, 1200);
  chooser_clear (&chooser);
}

/* What was known before the policy came into use is as good as new, and not forgotten at once. */
static void
test_fastest_begins_with_what_is_known (void)
{
  guint counts[2] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "random", alike, 2);
  chooser.now_us = 1000 * G_USEC_PER_SEC;
  for (guint i = 0; i < 20; i++)
    chooser_probe (&chooser, i % 2, 50000);
  g_assert_finalize_object (chooser.policy);
  chooser.policy = lb_policy_new ("fastest", NULL);
  chooser_choose (&chooser);

  chooser_probe (&chooser, 1, 100);
  for (guint i = 0; i < 200; i++)
    {
      lb_pool_count_redirect (chooser.pool, lb_pool_get_backend (chooser.pool, 1), chooser.now_us);
      counts[chooser_choose (&chooser)]++;
    }

  /* It has ever more in flight; were its 0.1 ms believed at once, it would get more all the same. */
  g_assert_cmpuint (counts[0], >, 120);
  chooser_clear (&chooser);
}

static void
test_adaptive (void)
{
  static const gint64 response_us[] = { 10000, 10000, 20000, 40000 };
  guint counts[4] = { 0 };
  Chooser chooser;
  double slow;

  chooser_init (&chooser, "adaptive", alike, 4);
  for (guint second = 0; second < 30; second++)
    {
      for (guint i = 0; i < 4; i++)
        chooser_probe (&chooser, i, response_us[i]);
      for (guint i = 0; i < 1000; i++)
        {
          int position = chooser_choose (&chooser);

          lb_pool_count_redirect (chooser.pool,
                                  lb_pool_get_backend (chooser.pool, (guint) position),
                                  chooser.now_us);
          counts[position]++;
          chooser.now_us += 1000;
        }
    }

  /* Somewhat less than in proportion to the speeds, 4, 4, 2, 1. */
  g_test_message ("%u %u %u %u", counts[0], counts[1], counts[2], counts[3]);
  g_assert_cmpfloat ((double) counts[0] / counts[1], <, 1.2);
  g_assert_cmpfloat ((double) counts[0] / counts[2], >, 1.5);
  g_assert_cmpfloat ((double) counts[2] / counts[3], >, 1.5);

  slow = lb_backend_get_effective_weight (lb_pool_get_backend (chooser.pool, 3), chooser.now_us);
  g_assert_cmpfloat (slow, <, 0.7);
  g_assert_cmpfloat (slow, >=, 0.05);

  /* What it has learned is its own. */
  g_assert_finalize_object (chooser.policy);
  g_assert_cmpfloat (
    lb_backend_get_effective_weight (lb_pool_get_backend (chooser.pool, 3), chooser.now_us), ==, 1.0);
  chooser.policy = lb_policy_new ("random", NULL);
  chooser_clear (&chooser);
}

/* What is shown follows the probes, also while nobody asks for anything, but not every one of them. */
static void
test_adaptive_without_requests (void)
{
  LbBackend *slow;
  Chooser chooser;
  double before;

  chooser_init (&chooser, "adaptive", alike, 2);
  slow = lb_pool_get_backend (chooser.pool, 1);
  chooser.now_us = G_USEC_PER_SEC;
  for (guint i = 0; i < 100; i++)
    {
      chooser_probe (&chooser, 0, 10000);
      chooser_probe (&chooser, 1, 90000);
      chooser.now_us += 250000;
    }
  before = lb_backend_get_effective_weight (slow, chooser.now_us);
  g_assert_cmpfloat (before, <, 0.8);

  chooser_probe (&chooser, 0, 10000);
  before = lb_backend_get_effective_weight (slow, chooser.now_us);
  for (guint i = 0; i < 50; i++)
    {
      chooser.now_us += 1000;
      chooser_probe (&chooser, 1, 10000);
    }
  g_assert_cmpfloat (lb_backend_get_effective_weight (slow, chooser.now_us), ==, before);

  chooser.now_us += 100000;
  chooser_probe (&chooser, 1, 10000);
  g_assert_cmpfloat (lb_backend_get_effective_weight (slow, chooser.now_us), >, before);

  chooser_clear (&chooser);
}

/* Of an answer that does not come it need not wait for the end. */
static void
test_adaptive_sees_a_late_answer (void)
{
  guint counts[4] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "adaptive", alike, 4);
  for (guint second = 0; second < 30; second++)
    for (guint i = 0; i < 4; i++)
      chooser_probe (&chooser, i, 10000);

  chooser_choose (&chooser);
  lb_load_set_probe_start (lb_backend_get_load (lb_pool_get_backend (chooser.pool, 0)), chooser.now_us);
  chooser.now_us += G_USEC_PER_SEC;

  for (guint i = 0; i < 4000; i++)
    {
      int position = chooser_choose (&chooser);

      lb_pool_count_redirect (chooser.pool, lb_pool_get_backend (chooser.pool, (guint) position),
                              chooser.now_us);
      counts[position]++;
      chooser.now_us += 250;
    }

  g_test_message ("%u %u %u %u", counts[0], counts[1], counts[2], counts[3]);
  g_assert_cmpuint (counts[0], >, 0);
  g_assert_cmpuint (counts[0] * 10, <, counts[1]);

  /* It came, and was not that late after all. */
  lb_load_set_probe_start (lb_backend_get_load (lb_pool_get_backend (chooser.pool, 0)), 0);
  chooser_probe (&chooser, 0, 10000);
  chooser.now_us += G_USEC_PER_SEC;
  memset (counts, 0, sizeof counts);
  for (guint i = 0; i < 4000; i++)
    counts[chooser_choose (&chooser)]++;
  g_assert_cmpuint (counts[0] * 2, >, counts[1]);

  chooser_clear (&chooser);
}

static void
test_slow_start (void)
{
  guint counts[2] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "round-robin", alike, 2);
  chooser_choose (&chooser);
  lb_load_start_slowly (lb_backend_get_load (lb_pool_get_backend (chooser.pool, 1)), chooser.now_us,
                           10 * G_USEC_PER_SEC);
  lb_backend_set_health (lb_pool_get_backend (chooser.pool, 1), LB_HEALTH_UP, 0);

  for (guint second = 0; second < 10; second++)
    {
      memset (counts, 0, sizeof counts);
      for (guint i = 0; i < 1000; i++)
        {
          counts[chooser_choose (&chooser)]++;
          chooser.now_us += 1000;
        }

      /* From a tenth to the whole, a tenth more each second. */
      g_assert_cmpfloat_with_epsilon ((double) counts[1] / counts[0], (second + 1) / 10.0, 0.03);
    }

  chooser_clear (&chooser);
}

static guint n_rebuilds;
static void (*real_rebuild) (LbPolicy *, LbBackend *const *, const double *, guint, gint64);

static void
count_rebuild (LbPolicy *policy,
               LbBackend *const *candidates,
               const double *weights,
               guint n_candidates,
               gint64 now_us)
{
  n_rebuilds++;
  real_rebuild (policy, candidates, weights, n_candidates, now_us);
}

/* Weights that move make tables anew, but not those that weights which are set alone go into. */
static void
test_rebuilds (void)
{
  static const struct
  {
    const char *policy;
    gboolean follows;
  } rows[] = {
    { "random", TRUE },
    { "source-hash", FALSE },
    { "path-hash", FALSE },
  };

  for (guint p = 0; p < G_N_ELEMENTS (rows); p++)
    {
      Chooser chooser;
      LbPolicyClass *klass;
      LbBackend *backend;

      chooser_init (&chooser, rows[p].policy, alike, 10);
      klass = LB_POLICY_GET_CLASS (chooser.policy);
      real_rebuild = klass->rebuild;
      klass->rebuild = count_rebuild;
      n_rebuilds = 0;

      backend = lb_pool_get_backend (chooser.pool, 0);
      lb_load_start_slowly (lb_backend_get_load (backend), chooser.now_us, 10 * G_USEC_PER_SEC);
      for (guint i = 0; i < 1000; i++)
        {
          chooser_choose (&chooser);
          chooser.now_us += 10000;
        }
      g_assert_cmpuint (n_rebuilds, >=, rows[p].follows ? 90 : 1);
      g_assert_cmpuint (n_rebuilds, <=, rows[p].follows ? 102 : 1);

      /* A weight that is set counts for all of them. */
      n_rebuilds = 0;
      lb_backend_set_weight (backend, 2, NULL);
      chooser_choose (&chooser);
      g_assert_cmpuint (n_rebuilds, ==, 1);

      klass->rebuild = real_rebuild;
      chooser_clear (&chooser);
    }
}

/* How many of 100,000 keys go elsewhere when one backend joins ten. */
static void
test_hash_moves (void)
{
  static const char *const policies[] = { "source-hash", "path-hash" };

  for (guint p = 0; p < G_N_ELEMENTS (policies); p++)
    {
      g_autofree LbBackend **before = g_new (LbBackend *, DRAWS);
      guint moved = 0;
      Chooser chooser;

      chooser_init (&chooser, policies[p], alike, 10);
      for (guint round = 0; round < 2; round++)
        {
          for (guint i = 0; i < DRAWS; i++)
            {
              g_autofree char *key = g_strdup_printf ("/%u", i);
              LbBackend *backend = chooser_choose_for (&chooser, key, key);

              if (round == 0)
                before[i] = backend;
              else if (backend != before[i])
                moved++;
            }

          lb_pool_add (chooser.pool, "http://the-new-one", NULL);
        }

      /* A perfect hash moves an eleventh: 9.1 %. */
      g_test_message ("%s: %u of %d moved", policies[p], moved, DRAWS);
      g_assert_cmpuint (moved, <, DRAWS * 12 / 100);
      g_assert_cmpuint (moved, >, DRAWS * 8 / 100);
      chooser_clear (&chooser);
    }
}

/* How many of the keys of those that stay go elsewhere when one backend goes down. */
static void
test_hash_moves_of_many (gconstpointer data)
{
  const guint n = GPOINTER_TO_UINT (data);
  g_autofree LbBackend **before = g_new (LbBackend *, DRAWS);
  LbBackend *down;
  guint moved = 0;
  Chooser chooser;

  chooser_init (&chooser, "path-hash", NULL, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://backend-%u:9000", i);

      lb_pool_add (chooser.pool, url, NULL);
    }

  down = lb_pool_get_backend (chooser.pool, n / 2);
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < DRAWS; i++)
        {
          g_autofree char *path = g_strdup_printf ("/%u", i);
          LbBackend *backend = chooser_choose_for (&chooser, "", path);

          if (round == 0)
            before[i] = backend;
          else if (before[i] != down && backend != before[i])
            moved++;
        }

      lb_backend_set_health (down, LB_HEALTH_DOWN, 0);
    }

  g_test_message ("%u of %d moved", moved, DRAWS);
  g_assert_cmpuint (moved, <, DRAWS * 3 / 100);
  chooser_clear (&chooser);
}

/* Written down once: whoever changes the hash sends everybody elsewhere. */
static void
test_hash_is_for_ever (void)
{
  static const struct
  {
    const char *key;
    int place;
  } rows[] = {
    { "/", 3 }, { "/index.html", 9 }, { "/a/b/c", 0 }, { "/images/logo.svg", 0 },
  };
  Chooser chooser;
  Chooser reversed;

  chooser_init (&chooser, "path-hash", alike, 10);
  chooser_init (&reversed, "path-hash", NULL, 0);
  for (guint i = 10; i-- > 0;)
    lb_pool_add (reversed.pool, lb_backend_get_url (lb_pool_get_backend (chooser.pool, i)), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *with_query = g_strconcat (rows[i].key, "?x=y", NULL);
      LbBackend *backend = chooser_choose_for (&chooser, "", rows[i].key);
      guint position;

      lb_pool_get_position (chooser.pool, backend, &position);
      g_assert_cmpint ((int) position, ==, rows[i].place);

      /* Neither the query nor the pool's order counts. */
      g_assert_true (chooser_choose_for (&chooser, "", with_query) == backend);
      g_assert_cmpstr (lb_backend_get_url (chooser_choose_for (&reversed, "", rows[i].key)), ==,
                       lb_backend_get_url (backend));
    }

  chooser_clear (&chooser);
  chooser_clear (&reversed);
}

static void
test_hash_shares (void)
{
  static const double weights[] = { 1, 2, 4, 1, 256 };
  guint counts[G_N_ELEMENTS (weights)] = { 0 };
  Chooser chooser;

  chooser_init (&chooser, "path-hash", weights, G_N_ELEMENTS (weights));
  for (guint i = 0; i < DRAWS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);
      guint position;

      lb_pool_get_position (chooser.pool, chooser_choose_for (&chooser, "", path), &position);
      counts[position]++;
    }

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    g_assert_cmpfloat_with_epsilon (counts[i] / (double) DRAWS, weights[i] / 264, 0.004);

  chooser_clear (&chooser);
}

static void
test_aliases (void)
{
  static const struct
  {
    const char *alias;
    const char *name;
  } rows[] = {
    { "roundrobin", "round-robin" }, { "leastconn", "least-connections" },
    { "least_conn", "least-connections" }, { "source", "source-hash" },
    { "ip_hash", "source-hash" }, { "uri", "path-hash" }, { "random(2)", "two-choices" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LbPolicy) policy = lb_policy_new (rows[i].alias, NULL);

      g_assert_cmpstr (lb_policy_get_info (policy)->name, ==, rows[i].name);
    }
}

/* Backends come and go between decisions; who is chosen can always serve. */
static void
test_torture (gconstpointer data)
{
  const char *name = data;
  const guint rounds = 1000000;
  g_autoptr (GPtrArray) away = g_ptr_array_new_with_free_func (g_object_unref);
  Chooser chooser;

  chooser_init (&chooser, name, alike, 10);
  for (guint i = 0; i < rounds; i++)
    {
      guint n = lb_pool_get_n_backends (chooser.pool);
      guint32 dice = g_rand_int (chooser.rand) % 4000;
      LbBackend *backend;

      chooser.now_us += 50;

      if (dice < 2 && n > 0)
        {
          backend = lb_pool_get_backend (chooser.pool, dice % n);
          g_ptr_array_add (away, g_object_ref (backend));
          lb_pool_remove (chooser.pool, backend);
        }
      else if (dice < 4 && away->len > 0)
        {
          lb_pool_insert (chooser.pool, g_ptr_array_index (away, 0), dice, NULL);
          g_ptr_array_remove_index (away, 0);
        }
      else if (dice < 6 && n > 0)
        {
          backend = lb_pool_get_backend (chooser.pool, i % n);
          lb_backend_set_health (backend, (LbHealth) (i % 3), 0);
          lb_load_start_slowly (lb_backend_get_load (backend), chooser.now_us, dice * 100000);
        }
      else if (dice < 40 && n > 0)
        chooser_probe (&chooser, i % n, g_rand_int_range (chooser.rand, 1, 100000));

      backend = chooser_choose_for (&chooser, "\177\0\0\1", "/");
      if (backend == NULL)
        {
          lb_pool_get_candidates (chooser.pool, &n);
          g_assert_cmpuint (n, ==, 0);
          continue;
        }

      g_assert_true (lb_backend_get_health (backend) != LB_HEALTH_DOWN);
      lb_pool_count_redirect (chooser.pool, backend, chooser.now_us);
    }

  g_assert_cmpuint (lb_pool_get_redirects (chooser.pool), >, rounds / 2);
  chooser_clear (&chooser);
}

int
main (int argc,
      char **argv)
{
  const LbPolicyInfo *info;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/aliases", test_aliases);
  g_test_add_func ("/policy/weights-count-in-all", test_weights_count);
  g_test_add_func ("/policy/every-weight", test_every_weight);
  g_test_add_func ("/policy/round-robin/sequence", test_round_robin_sequence);
  g_test_add_func ("/policy/round-robin/as-nginx", test_round_robin_as_nginx);
  g_test_add_func ("/policy/round-robin/over-changes", test_round_robin_over_changes);
  g_test_add_func ("/policy/two-choices/distribution", test_two_choices_distribution);
  g_test_add_func ("/policy/least-connections", test_least_connections);
  g_test_add_func ("/policy/reported-load", test_reported_load);
  g_test_add_func ("/policy/reported-load/ends", test_reported_load_ends);
  g_test_add_func ("/policy/fastest", test_fastest);
  g_test_add_func ("/policy/fastest/who-has-not-answered", test_fastest_unknown);
  g_test_add_func ("/policy/fastest/begins-with-what-is-known",
                   test_fastest_begins_with_what_is_known);
  g_test_add_func ("/policy/adaptive", test_adaptive);
  g_test_add_func ("/policy/adaptive/without-requests", test_adaptive_without_requests);
  g_test_add_func ("/policy/adaptive/sees-a-late-answer", test_adaptive_sees_a_late_answer);
  g_test_add_func ("/policy/slow-start", test_slow_start);
  g_test_add_func ("/policy/rebuilds", test_rebuilds);
  g_test_add_func ("/policy/hash/few-keys-move", test_hash_moves);
  g_test_add_data_func ("/policy/hash/few-keys-move/of-1000", GUINT_TO_POINTER (1000),
                        test_hash_moves_of_many);
  /* Where the table would be of another size. */
  g_test_add_data_func ("/policy/hash/few-keys-move/of-656", GUINT_TO_POINTER (656),
                        test_hash_moves_of_many);
  g_test_add_func ("/policy/hash/is-for-ever", test_hash_is_for_ever);
  g_test_add_func ("/policy/hash/shares", test_hash_shares);

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    {
      g_autofree char *path = g_strconcat ("/policy/torture/", info->name, NULL);

      g_test_add_data_func (path, info->name, test_torture);
    }

  return g_test_run ();
}
