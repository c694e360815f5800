/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-response-time.h"

#include <math.h>

static void
test_mean (void)
{
  LbResponseTime time = { 0 };

  g_assert_cmpfloat (lb_response_time_get (&time), ==, -1.0);

  lb_response_time_add (&time, 1000);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 1000.0, 1e-9);
  lb_response_time_add (&time, 3000);
  lb_response_time_add (&time, 2000);
  lb_response_time_add (&time, 0);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 1500.25, 1e-9);
}

/* After twenty, a new one counts for a twentieth. */
static void
test_forgets (void)
{
  LbResponseTime time = { 0 };

  for (guint i = 0; i < 100; i++)
    lb_response_time_add (&time, 1000);
  lb_response_time_add (&time, 3000);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 1100.0, 1e-9);

  for (guint i = 0; i < 200; i++)
    lb_response_time_add (&time, 300);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 300.0, 1.0);
}

/* As many as each for itself. */
static void
test_several (void)
{
  LbResponseTime one_by_one = { 0 };
  LbResponseTime together = { 0 };

  for (guint i = 0; i < 30; i++)
    lb_response_time_add (&one_by_one, i < 15 ? 1000 : 7000);
  lb_response_time_add_several (&together, 1000, 15);
  lb_response_time_add_several (&together, 7000, 15);
  lb_response_time_add_several (&together, 5000, 0);
  g_assert_cmpfloat (lb_response_time_get (&together), ==, lb_response_time_get (&one_by_one));

  lb_response_time_add_several (&together, 300, G_MAXUINT64);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&together), 300.0, 1.0);
}

/* The scatter of exponential times stays within bounds, surprises included. */
static void
test_scatter (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  LbResponseTime time = { 0 };
  guint n_far = 0;

  for (guint i = 0; i < 10000; i++)
    {
      lb_response_time_add (&time, (gint64) (-50000.0 * log (1.0 - g_rand_double (rand))));
      if (lb_response_time_get (&time) < 25000.0 || lb_response_time_get (&time) > 100000.0)
        n_far++;
    }

  g_assert_cmpuint (n_far, <, 500);
}

static void
test_surprise (void)
{
  LbResponseTime time = { 0 };

  for (guint i = 0; i < 100; i++)
    lb_response_time_add (&time, 10000);

  /* Far above: it counts at once, and alone. */
  lb_response_time_add (&time, 70000);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 70000.0, 1e-9);
  lb_response_time_add (&time, 20000);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 45000.0, 1e-9);
}

/* Of a quick backend a few milliseconds say nothing. */
static void
test_no_surprise (void)
{
  LbResponseTime time = { 0 };

  for (guint i = 0; i < 100; i++)
    lb_response_time_add (&time, 200);

  lb_response_time_add (&time, 8200);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 600.0, 1e-9);
  g_assert_false (lb_response_time_add_wait (&time, 8200));
  lb_response_time_add (&time, 10001);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 10001.0, 1e-9);
}

static void
test_wait (void)
{
  LbResponseTime time = { 0 };

  /* Nothing is known that it could be later than. */
  g_assert_false (lb_response_time_add_wait (&time, 1000000));
  g_assert_cmpfloat (lb_response_time_get (&time), ==, -1.0);

  for (guint i = 0; i < 100; i++)
    lb_response_time_add (&time, 10000);

  g_assert_false (lb_response_time_add_wait (&time, 40000));
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 10000.0, 1e-9);
  g_assert_true (lb_response_time_add_wait (&time, 70000));
  g_assert_true (lb_response_time_add_wait (&time, 80000));
  g_assert_false (lb_response_time_add_wait (&time, 80000));
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 80000.0, 1e-9);

  /* The answer replaces the guess, whatever it is. */
  lb_response_time_add (&time, 30000);
  g_assert_cmpfloat_with_epsilon (lb_response_time_get (&time), 30000.0, 1e-9);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/response-time/mean", test_mean);
  g_test_add_func ("/pool/response-time/forgets", test_forgets);
  g_test_add_func ("/pool/response-time/several", test_several);
  g_test_add_func ("/pool/response-time/scatter", test_scatter);
  g_test_add_func ("/pool/response-time/surprise", test_surprise);
  g_test_add_func ("/pool/response-time/no-surprise", test_no_surprise);
  g_test_add_func ("/pool/response-time/wait", test_wait);

  return g_test_run ();
}
