/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "probe/lb-health.h"

/* Results of probes, + and -, and the health after each of them: u for up, d for down, in capitals
 * while the last results speak against it. */
typedef struct
{
  guint rise;
  guint fall;
  const char *results;
  const char *states;
} Row;

static const Row rows[] = {
  /* One result decides. */
  { 1, 1, "+-+--++", "ududduu" },
  /* The first result decides at once, whatever the settings. */
  { 2, 3, "+", "u" },
  { 2, 3, "-", "d" },
  { 100, 100, "+", "u" },
  { 100, 100, "-", "d" },
  /* Down after three, up after two. */
  { 2, 3, "+---", "uUUd" },
  { 2, 3, "-++", "dDu" },
  { 2, 3, "+---++---", "uUUdDuUUd" },
  /* In a row: whatever agrees with the health starts the count anew. */
  { 2, 3, "+--+--+--+", "uUUuUUuUUu" },
  { 2, 3, "-+-+-+-", "dDdDdDd" },
  { 3, 2, "-++-+++", "dDDdDDu" },
  { 3, 2, "+-+--", "uUuUd" },
  /* Flapping: it fails every other time and never changes; then it really goes, once. */
  { 2, 3, "+-+-+-+-+-+-+-----", "uUuUuUuUuUuUuUUdddd" },
  { 2, 3, "----+-+-+-++++", "ddddDdDdDdDuuu" },
  /* Slow to go, quick to come, and the other way round. */
  { 1, 5, "+-----+-", "uUUUUduU" },
  { 5, 1, "+-+++++", "udDDDDu" },
  { 4, 4, "+++----++++", "uuuUUUdDDDu" },
};

static void
test_table (gconstpointer data)
{
  const Row *row = data;
  LbProbeSettings settings = { .rise = row->rise, .fall = row->fall };
  LbHealthTracker tracker = { 0 };

  g_assert_cmpint (lb_health_tracker_get (&tracker), ==, LB_HEALTH_UNKNOWN);
  g_assert_false (lb_health_tracker_is_undecided (&tracker));

  for (gsize i = 0; row->results[i] != '\0'; i++)
    {
      const LbHealth health = lb_health_tracker_feed (&tracker, row->results[i] == '+', &settings);
      char state = health == LB_HEALTH_UP ? 'u' : 'd';

      g_assert_cmpint (health, !=, LB_HEALTH_UNKNOWN);
      g_assert_cmpint (health, ==, lb_health_tracker_get (&tracker));
      if (lb_health_tracker_is_undecided (&tracker))
        state = g_ascii_toupper (state);
      g_assert_cmpint (lb_health_tracker_get_against (&tracker) > 0, ==,
                       g_ascii_isupper (state) != 0);
      if (state != row->states[i])
        g_error ("After %.*s it is %c", (int) i + 1, row->results, state);
    }
}

/* However the results fall, it changes only after as many in a row as it takes. */
static void
test_random (void)
{
  for (guint round = 0; round < 200; round++)
    {
      LbProbeSettings settings = { .rise = (guint) g_test_rand_int_range (1, 6),
                                   .fall = (guint) g_test_rand_int_range (1, 6) };
      LbHealthTracker tracker = { 0 };
      LbHealth before = lb_health_tracker_feed (&tracker, g_test_rand_bit () != 0, &settings);
      guint n_good = 0;
      guint n_bad = 0;

      for (guint i = 0; i < 500; i++)
        {
          const gboolean ok = g_test_rand_bit () != 0;
          LbHealth health;

          n_good = ok ? n_good + 1 : 0;
          n_bad = ok ? 0 : n_bad + 1;
          health = lb_health_tracker_feed (&tracker, ok, &settings);
          if (health != before)
            g_assert_cmpuint (ok ? n_good : n_bad, ==, ok ? settings.rise : settings.fall);
          before = health;
        }
    }
}

static void
test_reset_forgets (void)
{
  LbProbeSettings settings = { .rise = 2, .fall = 3 };
  LbHealthTracker tracker = { 0 };

  lb_health_tracker_feed (&tracker, TRUE, &settings);
  lb_health_tracker_feed (&tracker, FALSE, &settings);
  lb_health_tracker_reset (&tracker);
  g_assert_cmpint (lb_health_tracker_get (&tracker), ==, LB_HEALTH_UNKNOWN);
  g_assert_false (lb_health_tracker_is_undecided (&tracker));
  g_assert_cmpint (lb_health_tracker_feed (&tracker, FALSE, &settings), ==, LB_HEALTH_DOWN);
}

/* A change of the settings while it counts holds from the next result on. */
static void
test_settings_change (void)
{
  LbProbeSettings settings = { .rise = 2, .fall = 10 };
  LbHealthTracker tracker = { 0 };

  lb_health_tracker_feed (&tracker, TRUE, &settings);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (lb_health_tracker_feed (&tracker, FALSE, &settings), ==, LB_HEALTH_UP);
  settings.fall = 3;
  g_assert_cmpint (lb_health_tracker_feed (&tracker, FALSE, &settings), ==, LB_HEALTH_DOWN);
}

static void
test_intervals (void)
{
  LbProbeSettings settings = { .interval_ms = 1000, .fast_interval_ms = 250, .rise = 2, .fall = 3 };
  LbHealthTracker tracker = { 0 };

  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 1000);

  lb_health_tracker_feed (&tracker, TRUE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 1000);
  lb_health_tracker_feed (&tracker, FALSE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 250);
  lb_health_tracker_feed (&tracker, FALSE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 250);
  lb_health_tracker_feed (&tracker, FALSE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 1000);

  settings.down_interval_ms = 5000;
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 5000);
  lb_health_tracker_feed (&tracker, TRUE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 250);
  lb_health_tracker_feed (&tracker, FALSE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 5000);

  /* Never slower in doubt than otherwise. */
  settings.down_interval_ms = 100;
  lb_health_tracker_feed (&tracker, TRUE, &settings);
  g_assert_cmpuint (lb_health_tracker_get_interval_ms (&tracker, &settings), ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/health/table/%u-%u/%s", rows[i].rise, rows[i].fall,
                                               rows[i].results);

      g_test_add_data_func (path, &rows[i], test_table);
    }

  g_test_add_func ("/health/random", test_random);
  g_test_add_func ("/health/reset-forgets", test_reset_forgets);
  g_test_add_func ("/health/settings-change", test_settings_change);
  g_test_add_func ("/health/intervals", test_intervals);

  return g_test_run ();
}
