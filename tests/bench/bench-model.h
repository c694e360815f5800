/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

/* What is simulated by the balancing bench: the same for those who serve and those who ask. */

#define BENCH_BACKENDS 5
#define BENCH_WORKERS 4
#define BENCH_SERVICE_US 50000.0 /* mean, at speed 1 */

/* Which one it is, a backend says in its answers. */
#define BENCH_BACKEND_HEADER "X-Backend"

/* Of every period one backend is slow for a part. */
#define BENCH_WARM_UP_US (15 * G_USEC_PER_SEC)
#define BENCH_PERIOD_US (30 * G_USEC_PER_SEC)
#define BENCH_SLOW_FROM_US (10 * G_USEC_PER_SEC)
#define BENCH_SLOW_TO_US (20 * G_USEC_PER_SEC)
#define BENCH_SLOW_SPEED 0.2

/**
 * BenchScenario:
 * @name: its name
 * @summary: a line on it
 * @speeds: of each backend
 * @load: how much of what all backends can do together is asked of them
 * @measured_us: for how long, after the warm-up
 * @slows_down: whether the first backend is slow now and then
 * @probes_wait: whether a probe takes its place in the queue, or is served at once
 */
typedef struct
{
  const char *name;
  const char *summary;
  double speeds[BENCH_BACKENDS];
  double load;
  gint64 measured_us;
  gboolean slows_down;
  gboolean probes_wait;
} BenchScenario;

static const BenchScenario bench_scenarios[] = {
  { "steady", "five backends of different speed, all the time the same",
    { 1, 1, 1, 0.5, 0.25 }, 0.75, 60 * G_USEC_PER_SEC, FALSE, TRUE },
  { "slow-down", "five equal backends, of which one is five times slower for 10 s of 30",
    { 1, 1, 1, 1, 1 }, 0.6, 3 * BENCH_PERIOD_US, TRUE, TRUE },
  { "aside", "as steady, but probes are served aside and tell nothing of the queue",
    { 1, 1, 1, 0.5, 0.25 }, 0.75, 60 * G_USEC_PER_SEC, FALSE, FALSE },
};

static inline const BenchScenario *
bench_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (bench_scenarios); i++)
    if (g_str_equal (bench_scenarios[i].name, name))
      return &bench_scenarios[i];

  return NULL;
}

/* SplitMix64 (Steele, Lea, Flood): every policy meets the same requests, in whatever order. */
static inline guint64
bench_hash (guint seed,
            guint kind,
            guint number)
{
  guint64 z = ((guint64) seed << 48) + ((guint64) kind << 32) + number + 1;

  z *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

/* Exponential, with a mean of one. */
static inline double
bench_exponential (guint seed,
                   guint kind,
                   guint number)
{
  return -log ((double) ((bench_hash (seed, kind, number) >> 11) + 1) * 0x1p-53);
}

enum
{
  BENCH_ARRIVALS,
  BENCH_SOURCES,
  BENCH_SERVICES,
  BENCH_PROBES, /* and one for each backend from here on */
};
