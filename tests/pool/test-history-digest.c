/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/history-fixture.h"
#include "pool/lb-history-digest.h"

#define END HISTORY_FIXTURE_END

/* The step that has a second. */
static const LbHistorySpan *
get_span (const LbHistoryDigest *digest,
          gint64 second,
          guint backend)
{
  const gint64 step = second / digest->step_s - digest->first;

  g_assert_cmpint (step, >=, 0);
  g_assert_cmpint (step, <, digest->n_steps);

  return lb_history_digest_get_span (digest, (guint) step, backend);
}

static const LbHistoryMoment *
get_moment (const LbHistoryDigest *digest,
            gint64 second)
{
  return &digest->moments[second / digest->step_s - digest->first];
}

/* All of the last @n_seconds, in steps of @step_s. */
static LbHistoryDigest *
make_digest (LbHistorySlice *slice,
             guint n_seconds,
             guint step_s)
{
  const gint64 first = (slice->end - n_seconds + 1) / step_s;

  return lb_history_digest_new (slice, step_s, first, (guint) (slice->end / step_s - first) + 1);
}

static void
spike_once (LbHistorySample *sample,
            guint backend,
            gint64 second,
            gpointer user_data)
{
  if (backend == 1 && second == END - 77)
    sample->response_us = 500000;
}

static void
test_a_spike_stays_as_high_as_it_was (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (3, 600, spike_once, NULL);
  g_autoptr (LbHistoryDigest) digest = make_digest (slice, 600, 60);
  const LbHistorySpan *span = get_span (digest, END - 77, 1);

  g_assert_cmpuint (span->highest_us, ==, 500000);
  g_assert_cmpuint (span->lowest_us, ==, 10000);
  g_assert_cmpuint (get_span (digest, END - 77, 0)->highest_us, ==, 10000);
  g_assert_cmpuint (get_span (digest, END - 177, 1)->highest_us, ==, 10000);

  g_assert_cmpint (get_moment (digest, END - 77)->highest_us, ==, 500000);
  g_assert_cmpint (get_moment (digest, END - 77)->median_us, ==, 10000);
  g_assert_cmpint (get_moment (digest, END - 77)->lowest_us, ==, 10000);
  g_assert_cmpfloat_with_epsilon (digest->means_us[1], (599 * 10000 + 500000) / 600.0, 0.001);
}

static void
use_number (LbHistorySample *sample,
            guint backend,
            gint64 second,
            gpointer user_data)
{
  sample->response_us = (1000 * (backend * 37 % 101 + 1)) & LB_HISTORY_NO_RESPONSE;
}

static void
test_the_median_is_in_the_middle (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (101, 20, use_number, NULL);
  g_autoptr (LbHistoryDigest) digest = make_digest (slice, 20, 5);
  const LbHistoryMoment *moment = get_moment (digest, END - 10);

  /* 1 to 101 ms, each once. */
  g_assert_cmpint (moment->lowest_us, ==, 1000);
  g_assert_cmpint (moment->median_us, ==, 51000);
  g_assert_cmpint (moment->highest_us, ==, 101000);
}

static void
test_nothing_is_known_outside (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (2, 10, NULL, NULL);
  g_autoptr (LbHistoryDigest) digest = lb_history_digest_new (slice, 1, END - 19, 40);

  g_assert_false (get_span (digest, END - 10, 0)->is_known);
  g_assert_false (get_span (digest, END - 10, 0)->is_absent);
  g_assert_false (get_moment (digest, END - 10)->is_known);
  g_assert_cmpint (get_moment (digest, END - 10)->highest_us, ==, -1);
  g_assert_true (get_span (digest, END - 9, 0)->is_known);
  g_assert_true (get_span (digest, END, 1)->is_known);
  g_assert_false (get_span (digest, END + 1, 1)->is_known);
}

static void
test_steps_stay_while_time_goes_on (void)
{
  HistoryFixture fixture;
  g_autoptr (LbHistorySlice) before = NULL;
  g_autoptr (LbHistorySlice) after = NULL;
  g_autoptr (LbHistoryDigest) digest_before = NULL;
  g_autoptr (LbHistoryDigest) digest_after = NULL;

  history_fixture_init (&fixture, 4);
  for (gint64 second = END - 300; second <= END; second++)
    history_fixture_write (&fixture, second, history_fixture_vary, NULL);
  before = history_fixture_slice (&fixture);
  history_fixture_write (&fixture, END + 1, history_fixture_vary, NULL);
  after = history_fixture_slice (&fixture);
  history_fixture_clear (&fixture);

  digest_before = make_digest (before, 200, 7);
  digest_after = make_digest (after, 200, 7);
  for (gint64 second = END - 180; second < END - 7; second += 7)
    for (guint i = 0; i < 4; i++)
      {
        g_assert_cmpuint (get_span (digest_before, second, i)->lowest_us, ==,
                          get_span (digest_after, second, i)->lowest_us);
        g_assert_cmpuint (get_span (digest_before, second, i)->highest_us, ==,
                          get_span (digest_after, second, i)->highest_us);
      }
}

/* Down for two seconds, and out of use a little later. */
static void
change_some (LbHistorySample *sample,
             guint backend,
             gint64 second,
             gpointer user_data)
{
  if (backend == 0 && (second == END - 55 || second == END - 54))
    sample->health = LB_HEALTH_DOWN;
  if (backend == 1 && second >= END - 30 && second < END - 20)
    sample->state = LB_STATE_DRAIN;
  if (backend == 1 && second >= END - 20 && second < END - 10)
    sample->state = LB_STATE_MAINT;
}

static guint
compare (const LbHistoryDigest *digest,
         gint64 second,
         guint backend)
{
  return lb_history_span_compare (get_span (digest, second - digest->step_s, backend),
                                  get_span (digest, second, backend));
}

static void
test_changes_are_told (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (2, 100, change_some, NULL);
  g_autoptr (LbHistoryDigest) seconds = make_digest (slice, 100, 1);
  g_autoptr (LbHistoryDigest) tens = make_digest (slice, 100, 10);

  g_assert_cmpuint (compare (seconds, END - 56, 0), ==, 0);
  g_assert_cmpuint (compare (seconds, END - 55, 0), ==, 1u << LB_HISTORY_WENT_DOWN);
  g_assert_cmpuint (compare (seconds, END - 54, 0), ==, 0);
  g_assert_cmpuint (compare (seconds, END - 53, 0), ==, 1u << LB_HISTORY_CAME_UP);
  g_assert_cmpuint (compare (seconds, END - 30, 1), ==, 1u << LB_HISTORY_TO_DRAIN);
  g_assert_cmpuint (compare (seconds, END - 20, 1), ==, 1u << LB_HISTORY_TO_MAINT);
  g_assert_cmpuint (compare (seconds, END - 10, 1), ==, 1u << LB_HISTORY_TO_READY);

  g_assert_cmpuint (get_moment (seconds, END - 55)->changes[LB_HISTORY_WENT_DOWN], ==, 1);
  g_assert_cmpuint (get_moment (seconds, END - 55)->n_down, ==, 1);
  g_assert_cmpuint (get_moment (seconds, END - 30)->changes[LB_HISTORY_TO_DRAIN], ==, 1);
  g_assert_cmpuint (get_moment (seconds, END - 25)->n_drain, ==, 1);
  g_assert_cmpuint (get_moment (seconds, END - 15)->n_maint, ==, 1);

  /* Both within one step: it is up before and after, and yet it was down. */
  g_assert_cmpuint (compare (tens, END - 55, 0), ==,
                    1u << LB_HISTORY_WENT_DOWN | 1u << LB_HISTORY_CAME_UP);
  g_assert_true (get_span (tens, END - 55, 0)->was_down);
  g_assert_cmpuint (get_moment (tens, END - 55)->changes[LB_HISTORY_WENT_DOWN], ==, 1);
  g_assert_cmpuint (get_moment (tens, END - 55)->changes[LB_HISTORY_CAME_UP], ==, 1);
}

static void
test_a_change_at_the_beginning_is_seen (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (2, 100, change_some, NULL);
  g_autoptr (LbHistoryDigest) digest = lb_history_digest_new (slice, 1, END - 55, 10);

  g_assert_cmpuint (digest->moments[0].changes[LB_HISTORY_WENT_DOWN], ==, 1);
}

static void
test_who_comes_and_goes (void)
{
  HistoryFixture fixture;
  g_autoptr (LbHistorySlice) slice = NULL;
  g_autoptr (LbHistoryDigest) digest = NULL;

  history_fixture_init (&fixture, 3);
  for (gint64 second = END - 29; second <= END; second++)
    {
      if (second == END - 19)
        lb_pool_remove (fixture.pool, lb_pool_get_backend (fixture.pool, 1));
      if (second == END - 9)
        history_fixture_add (&fixture, 2);
      if (second == END - 4)
        lb_pool_remove (fixture.pool, lb_pool_get_backend (fixture.pool, 0));
      history_fixture_write (&fixture, second, NULL, NULL);
    }
  slice = history_fixture_slice (&fixture);
  history_fixture_clear (&fixture);

  /* Left are the third and, behind it, the second, which was away for a while. */
  g_assert_cmpuint (slice->n_backends, ==, 2);
  digest = make_digest (slice, 30, 1);
  g_assert_true (get_span (digest, END - 20, 1)->is_known);
  g_assert_false (get_span (digest, END - 19, 1)->is_known);
  g_assert_true (get_span (digest, END - 19, 1)->is_absent);
  g_assert_cmpuint (compare (digest, END - 19, 1), ==, 1u << LB_HISTORY_REMOVED);
  g_assert_cmpuint (compare (digest, END - 9, 1), ==, 1u << LB_HISTORY_ADDED);
  g_assert_cmpuint (compare (digest, END - 9, 0), ==, 0);

  g_assert_cmpuint (get_moment (digest, END - 19)->changes[LB_HISTORY_REMOVED], ==, 1);
  g_assert_cmpuint (get_moment (digest, END - 9)->changes[LB_HISTORY_ADDED], ==, 1);
  g_assert_cmpuint (get_moment (digest, END - 4)->changes[LB_HISTORY_REMOVED], ==, 1);
  g_assert_cmpuint (get_moment (digest, END - 4)->changes[LB_HISTORY_ADDED], ==, 0);
}

static void
test_extremes (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (3, 600, spike_once, NULL);
  g_autoptr (LbHistoryDigest) digest = make_digest (slice, 600, 60);
  gint64 lowest_us;
  gint64 highest_us;

  g_assert_true (lb_history_digest_find_extremes (digest, END - 599, END, &lowest_us, &highest_us));
  g_assert_cmpint (lowest_us, ==, 10000);
  g_assert_cmpint (highest_us, ==, 500000);

  /* A step counts as a whole. */
  g_assert_true (lb_history_digest_find_extremes (digest, END - 77.5, END - 77.5, &lowest_us, &highest_us));
  g_assert_cmpint (highest_us, ==, 500000);

  g_assert_true (lb_history_digest_find_extremes (digest, END - 599, END - 200, &lowest_us, &highest_us));
  g_assert_cmpint (highest_us, ==, 10000);

  g_assert_false (
    lb_history_digest_find_extremes (digest, END + 100, END + 1000, &lowest_us, &highest_us));
  g_assert_cmpint (lowest_us, ==, -1);
  g_assert_cmpint (highest_us, ==, -1);
  g_assert_false (lb_history_digest_find_extremes (digest, -2e9, -1e9, &lowest_us, &highest_us));
}

static void
test_an_empty_pool (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (0, 10, NULL, NULL);
  g_autoptr (LbHistorySlice) nothing = history_fixture_new_slice (0, 0, NULL, NULL);
  g_autoptr (LbHistoryDigest) digest = make_digest (slice, 10, 2);
  g_autoptr (LbHistoryDigest) unknown = make_digest (nothing, 10, 2);

  g_assert_true (get_moment (digest, END)->is_known);
  g_assert_cmpint (get_moment (digest, END)->median_us, ==, -1);
  g_assert_false (get_moment (unknown, END)->is_known);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/history-digest/a-spike-stays-as-high-as-it-was",
                   test_a_spike_stays_as_high_as_it_was);
  g_test_add_func ("/pool/history-digest/the-median-is-in-the-middle",
                   test_the_median_is_in_the_middle);
  g_test_add_func ("/pool/history-digest/nothing-is-known-outside", test_nothing_is_known_outside);
  g_test_add_func ("/pool/history-digest/steps-stay-while-time-goes-on",
                   test_steps_stay_while_time_goes_on);
  g_test_add_func ("/pool/history-digest/changes-are-told", test_changes_are_told);
  g_test_add_func ("/pool/history-digest/a-change-at-the-beginning-is-seen",
                   test_a_change_at_the_beginning_is_seen);
  g_test_add_func ("/pool/history-digest/who-comes-and-goes", test_who_comes_and_goes);
  g_test_add_func ("/pool/history-digest/extremes", test_extremes);
  g_test_add_func ("/pool/history-digest/an-empty-pool", test_an_empty_pool);

  return g_test_run ();
}
