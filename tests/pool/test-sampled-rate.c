/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-sampled-rate.h"

#define SECOND G_TIME_SPAN_SECOND

static const gint64 start_us = 1234567890;

typedef struct
{
  LbLooks looks;
  LbSampledRate rate;
  guint64 count;
} Counter;

static guint64
look (Counter *self,
      gint64 now_us)
{
  const LbLookBack back = lb_looks_back (&self->looks, now_us);

  lb_looks_add (&self->looks, now_us);

  return lb_sampled_rate_look (&self->rate, self->count, back);
}

static double
get (const Counter *self,
     gint64 now_us)
{
  return lb_sampled_rate_get (&self->rate, self->count, lb_looks_back (&self->looks, now_us));
}

static void
test_mean_of_three_seconds (void)
{
  Counter counter = { 0 };

  for (guint i = 0; i < 10; i++)
    {
      look (&counter, start_us + i * SECOND);
      counter.count += i < 5 ? 100 : 10;
    }

  /* 9 s after the start: the last four looks are 6, 7, 8 and 9 s after it. */
  g_assert_cmpfloat (get (&counter, start_us + 9 * SECOND), ==, 40.0 / 3.0);
  g_assert_cmpfloat (get (&counter, start_us + 9 * SECOND + SECOND / 4), ==, 40.0 / 3.25);
  g_assert_cmpfloat (get (&counter, start_us + 10 * SECOND), ==, 10.0);
  g_assert_cmpfloat (counter.rate.max, ==, 100.0);
}

static void
test_begins (void)
{
  Counter counter = { 0 };

  counter.count = 1000;
  g_assert_cmpfloat (get (&counter, start_us), ==, 0.0);
  g_assert_cmpuint (look (&counter, start_us), ==, 1000);

  /* Two events in a millisecond are not two thousand a second. */
  counter.count += 2;
  g_assert_cmpfloat (get (&counter, start_us + 1000), ==, 0.0);
  g_assert_cmpfloat (get (&counter, start_us + SECOND / 2), ==, 4.0);
  g_assert_cmpfloat (get (&counter, start_us + SECOND), ==, 2.0);
  g_assert_cmpfloat (counter.rate.max, ==, 0.0);
}

static void
test_between_two_looks (void)
{
  Counter counter = { 0 };

  look (&counter, start_us);
  counter.count = 7;
  g_assert_cmpuint (look (&counter, start_us + SECOND), ==, 7);
  g_assert_cmpuint (look (&counter, start_us + 2 * SECOND), ==, 0);
  counter.count = 9;
  g_assert_cmpuint (look (&counter, start_us + 3 * SECOND), ==, 2);
}

/* When nobody looked for long the mean goes back as far as it must. */
static void
test_pause (void)
{
  Counter counter = { 0 };

  for (guint i = 0; i < 4; i++)
    look (&counter, start_us + i * SECOND);
  counter.count = 1000;

  g_assert_cmpfloat (get (&counter, start_us + 103 * SECOND), ==, 10.0);
  look (&counter, start_us + 103 * SECOND);
  g_assert_cmpfloat (get (&counter, start_us + 106 * SECOND), ==, 0.0);
  g_assert_cmpfloat (counter.rate.max, ==, 10.0);
}

/* A counter that is new among others that have been looked at for long. */
static void
test_newcomer (void)
{
  Counter counter = { 0 };
  LbSampledRate newcomer = { 0 };

  for (guint i = 0; i < 10; i++)
    look (&counter, start_us + i * SECOND);

  g_assert_cmpfloat (
    lb_sampled_rate_get (&newcomer, 6, lb_looks_back (&counter.looks, start_us + 9 * SECOND)), ==,
    2.0);
  g_assert_cmpuint (
    lb_sampled_rate_look (&newcomer, 6, lb_looks_back (&counter.looks, start_us + 10 * SECOND)), ==,
    6);
  g_assert_cmpfloat (newcomer.max, ==, 2.0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/sampled-rate/mean-of-three-seconds", test_mean_of_three_seconds);
  g_test_add_func ("/pool/sampled-rate/begins", test_begins);
  g_test_add_func ("/pool/sampled-rate/between-two-looks", test_between_two_looks);
  g_test_add_func ("/pool/sampled-rate/pause", test_pause);
  g_test_add_func ("/pool/sampled-rate/newcomer", test_newcomer);

  return g_test_run ();
}
