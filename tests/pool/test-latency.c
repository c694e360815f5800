/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-latency.h"

#include <stdlib.h>

static void
test_empty (void)
{
  LbLatency latency = { 0 };
  LbLatencySummary summary;

  lb_latency_summarize (&latency, &summary);

  g_assert_cmpuint (summary.n_samples, ==, 0);
  g_assert_cmpfloat (summary.mean_us, ==, -1.0);
  g_assert_cmpint (summary.min_us, ==, -1);
  g_assert_cmpint (summary.p99_us, ==, -1);
}

static void
test_nearest_rank (void)
{
  /* The textbook's example: 15 20 35 40 50. */
  static const gint64 samples[] = { 40, 15, 50, 35, 20 };
  LbLatency latency = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    lb_latency_add (&latency, samples[i]);

  g_assert_cmpint (lb_latency_percentile (&latency, 0), ==, 15);
  g_assert_cmpint (lb_latency_percentile (&latency, 5), ==, 15);
  g_assert_cmpint (lb_latency_percentile (&latency, 30), ==, 20);
  g_assert_cmpint (lb_latency_percentile (&latency, 40), ==, 20);
  g_assert_cmpint (lb_latency_percentile (&latency, 50), ==, 35);
  g_assert_cmpint (lb_latency_percentile (&latency, 100), ==, 50);
  g_assert_cmpfloat (lb_latency_mean (&latency), ==, 32.0);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Against a plain sort of the last samples, for many lengths and with equal values. */
static void
test_window (void)
{
  LbLatency latency = { 0 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gint64 all[2000];

  for (guint n = 1; n <= G_N_ELEMENTS (all); n++)
    {
      guint length = MIN (n, LB_LATENCY_SAMPLES);
      gint64 sorted[LB_LATENCY_SAMPLES];
      double sum = 0;

      all[n - 1] = g_rand_int_range (rand, 0, n % 3 == 0 ? 4 : 100000);
      lb_latency_add (&latency, all[n - 1]);

      for (guint i = 0; i < length; i++)
        {
          sorted[i] = all[n - length + i];
          sum += (double) sorted[i];
        }
      qsort (sorted, length, sizeof sorted[0], compare);

      g_assert_cmpint (lb_latency_percentile (&latency, 0), ==, sorted[0]);
      g_assert_cmpint (lb_latency_percentile (&latency, 50), ==, sorted[(length + 1) / 2 - 1]);
      g_assert_cmpint (lb_latency_percentile (&latency, 95), ==,
                       sorted[(length * 95 + 99) / 100 - 1]);
      g_assert_cmpint (lb_latency_percentile (&latency, 100), ==, sorted[length - 1]);
      g_assert_cmpfloat_with_epsilon (lb_latency_mean (&latency), sum / length, 1e-6);
    }
}

static void
test_huge (void)
{
  LbLatency latency = { 0 };

  lb_latency_add (&latency, G_MAXINT64);

  g_assert_cmpint (lb_latency_percentile (&latency, 50), ==, G_MAXUINT32);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/latency/empty", test_empty);
  g_test_add_func ("/pool/latency/nearest-rank", test_nearest_rank);
  g_test_add_func ("/pool/latency/window-is-the-last-samples", test_window);
  g_test_add_func ("/pool/latency/huge-is-clamped", test_huge);

  return g_test_run ();
}
