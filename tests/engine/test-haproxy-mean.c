/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-mean.h"

#include <math.h>

/* Asks whether the mean changes so that it can be told how long the last requests took, and that it is so. */
static void
assert_fresh (LbHaproxyMean *mean,
              guint64 n,
              guint mean_ms,
              double expected_ms,
              double tolerance_ms)
{
  double fresh_ms = -1.0;

  g_assert_true (lb_haproxy_mean_update (mean, n, mean_ms, &fresh_ms));
  g_assert_cmpfloat_with_epsilon (fresh_ms, expected_ms, tolerance_ms);
}

static void
assert_unknown (LbHaproxyMean *mean,
                guint64 n,
                guint mean_ms)
{
  double fresh_ms = -1.0;

  g_assert_false (lb_haproxy_mean_update (mean, n, mean_ms, &fresh_ms));
  g_assert_cmpfloat (fresh_ms, ==, -1.0);
}

static void
test_few_requests (void)
{
  LbHaproxyMean mean = { 0 };

  assert_unknown (&mean, 0, 0);
  assert_fresh (&mean, 100, 20, 20.0, 1.0);
  assert_unknown (&mean, 100, 20);
  /* (100 × 20 + 100 × 60) / 200 */
  assert_fresh (&mean, 200, 40, 60.0, 2.0);
  assert_unknown (&mean, 199, 40);
}

/* What a HAProxy 2.6.12 said whose server took 10 ms, then 100, then 10 again. */
static void
test_as_measured (void)
{
  static const guint slower[] = { 21, 30, 39, 46, 52, 58, 63, 68, 71, 75, 78, 81, 83, 85, 87 };
  static const guint faster[] = { 89, 80, 72, 65, 58, 53, 48, 43 };
  LbHaproxyMean mean = { 0 };
  double fresh_ms;

  assert_fresh (&mean, 2012, 10, 10.0, 0.6);
  for (guint i = 0; i < G_N_ELEMENTS (slower); i++)
    assert_fresh (&mean, 2012 + 64 * (i + 1), slower[i], 100.0, 12.0);

  assert_fresh (&mean, 4472, 100, 100.0, 2.0);
  /* Of 64 requests of 10 ms, whole milliseconds do not tell enough. */
  for (guint i = 0; i < G_N_ELEMENTS (faster); i++)
    if (lb_haproxy_mean_update (&mean, 4472 + 64 * (i + 1), faster[i], &fresh_ms))
      g_assert_cmpfloat_with_epsilon (fresh_ms, 10.0, 5.0);
  assert_unknown (&mean, 4472 + 64 * 8, 43);
}

/* From 0 to beyond HAProxy's window, as HAProxy reckons. */
static void
test_any_course (void)
{
  LbHaproxyMean mean = { 0 };
  double sum = 0.0;
  guint64 n = 0;
  guint n_told = 0;

  for (guint second = 0; second < 60; second++)
    {
      const double ms = second % 20 < 10 ? 50.0 : 250.0;
      double fresh_ms;

      for (guint i = 0; i < 48; i++, n++)
        sum = n < 512 ? sum + ms : sum - sum / 512.0 + ms;

      if (!lb_haproxy_mean_update (&mean, n, (guint) ceil (sum / (double) MIN (n, 512)), &fresh_ms))
        continue;

      n_told++;
      g_assert_cmpfloat_with_epsilon (fresh_ms, ms, 12.0);
    }

  g_assert_cmpuint (n_told, >=, 55);
}

/* Less than a millisecond is not told as long as it could be anything, and in the end as HAProxy tells it. */
static void
test_short_times (void)
{
  LbHaproxyMean mean = { 0 };

  assert_unknown (&mean, 100, 1);
  assert_unknown (&mean, 400, 1);
  assert_fresh (&mean, 600, 1, 0.5, 0.1);
  assert_unknown (&mean, 1100, 1);
  assert_fresh (&mean, 1112, 1, 0.5, 0.1);
  assert_unknown (&mean, 1122, 2);
  assert_fresh (&mean, 1122, 4, 155.0, 2.0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-mean/few-requests", test_few_requests);
  g_test_add_func ("/haproxy-mean/as-measured", test_as_measured);
  g_test_add_func ("/haproxy-mean/any-course", test_any_course);
  g_test_add_func ("/haproxy-mean/short-times", test_short_times);

  return g_test_run ();
}
