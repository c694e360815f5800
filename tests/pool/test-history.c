/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-history.h"
#include "pool/lb-snapshot.h"

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

/* A pool, and the clocks of a computer that has been on for a while. */
typedef struct
{
  LbPool *pool;
  LbHistory *history;
  LbTraffic traffic;
  gint64 now_us;
  gint64 clock_us;
} Fixture;

static void
set_up_with (Fixture *f,
             gsize max_size)
{
  *f = (Fixture){ .pool = lb_pool_new (), .history = lb_history_new (max_size) };
  f->now_us = 5000 * SECOND + 700;
  f->clock_us = 9000 * SECOND + 900;
}

static void
set_up (Fixture *f,
        gconstpointer data)
{
  set_up_with (f, LB_HISTORY_SIZE);
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  lb_history_free (f->history);
  g_assert_finalize_object (f->pool);
}

static void
tick (Fixture *f)
{
  lb_history_tick (f->history, f->pool, &f->traffic, f->now_us, f->clock_us);
}

/* A second later it ticks. */
static void
pass (Fixture *f,
      guint n)
{
  for (guint i = 0; i < n; i++)
    {
      f->now_us += SECOND;
      f->clock_us += SECOND;
      tick (f);
    }
}

static LbHistorySlice *
get_slice (Fixture *f,
           guint n_seconds)
{
  return lb_history_get_slice (f->history, n_seconds, 1000000 * SECOND, f->clock_us);
}

/* The points of one backend, by seconds. */
static LbHistoryPoint *
read_backend (Fixture *f,
              guint backend,
              guint n_seconds)
{
  g_autoptr (LbHistorySlice) slice = get_slice (f, n_seconds);
  LbHistoryPoint *points = g_new0 (LbHistoryPoint, n_seconds);

  lb_history_slice_read (slice, backend, 1, 1, n_seconds, points);

  return points;
}

static void
send (Fixture *f,
      LbBackend *backend,
      guint n)
{
  for (guint i = 0; i < n; i++)
    lb_pool_count_redirect (f->pool, backend, f->now_us);
}

static void
probe (Fixture *f,
       LbBackend *backend,
       gint64 response_us)
{
  const gboolean ok = response_us >= 0;
  LbProbeResult result = { .time_us = 1, .response_us = response_us, .ok = ok };

  if (!ok)
    result.error = (char *) "refused";
  lb_backend_record_probe (backend, &result, f->now_us);
  lb_backend_set_health (backend, ok ? LB_HEALTH_UP : LB_HEALTH_DOWN, f->now_us);
}

static void
test_seconds (Fixture *f,
              gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (f->pool, "http://b", NULL);
  g_autofree LbHistoryPoint *as = NULL;
  g_autofree LbHistoryPoint *bs = NULL;

  tick (f);
  probe (f, a, 12000);
  send (f, a, 30);
  pass (f, 1);
  probe (f, b, -1);
  send (f, a, 10);
  lb_backend_set_state (b, LB_STATE_DRAIN);
  pass (f, 1);

  as = read_backend (f, 0, 5);
  bs = read_backend (f, 1, 5);

  g_assert_false (as[0].is_known);
  g_assert_false (as[1].is_known);
  g_assert_cmpfloat (as[1].response_us, ==, -1.0);
  g_assert_cmpfloat (as[1].redirects_per_s, ==, -1.0);

  /* Nobody knows for how long the counters had been running when they were first looked at. */
  g_assert_true (as[2].is_known);
  g_assert_cmpfloat (as[2].redirects_per_s, ==, -1.0);
  g_assert_cmpfloat (as[2].response_us, ==, -1.0);
  g_assert_cmpint (as[2].health, ==, LB_HEALTH_UNKNOWN);

  g_assert_cmpfloat (as[3].redirects_per_s, ==, 30.0);
  g_assert_cmpfloat (as[3].response_us, ==, 12000.0);
  g_assert_cmpint (as[3].health, ==, LB_HEALTH_UP);
  g_assert_cmpfloat (as[4].redirects_per_s, ==, 10.0);
  g_assert_cmpfloat (as[4].response_us, ==, 12000.0);

  g_assert_cmpfloat (bs[3].redirects_per_s, ==, 0.0);
  g_assert_cmpint (bs[3].state, ==, LB_STATE_READY);
  g_assert_cmpfloat (bs[4].response_us, ==, -1.0);
  g_assert_cmpint (bs[4].health, ==, LB_HEALTH_DOWN);
  g_assert_cmpint (bs[4].state, ==, LB_STATE_DRAIN);
}

static void
test_totals (Fixture *f,
             gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (f->pool, "http://b", NULL);
  g_autoptr (LbHistorySlice) slice = NULL;
  LbHistoryTotal totals[5];

  f->traffic.rejected[LB_REJECTION_BUSY] = 1000;
  tick (f);
  probe (f, a, 1000);
  probe (f, b, 1000);
  send (f, a, 20);
  send (f, b, 40);
  f->traffic.rejected[LB_REJECTION_BUSY] += 3;
  f->traffic.rejected[LB_REJECTION_MALFORMED] += 4;
  pass (f, 1);

  /* What it took before it left was redirected all the same. */
  send (f, b, 8);
  lb_pool_remove (f->pool, b);
  pass (f, 1);

  slice = get_slice (f, 5);
  g_assert_cmpuint (slice->n_backends, ==, 1);
  g_assert_cmpuint (slice->n_known, ==, 3);
  lb_history_slice_read_totals (slice, 1, 5, totals);

  g_assert_false (totals[1].is_known);
  g_assert_cmpfloat (totals[1].redirects_per_s, ==, -1.0);
  g_assert_true (totals[2].is_known);
  g_assert_cmpfloat (totals[2].rejected_per_s, ==, -1.0);
  g_assert_cmpuint (totals[2].n_up, ==, 0);
  g_assert_cmpfloat (totals[3].redirects_per_s, ==, 60.0);
  g_assert_cmpfloat (totals[3].rejected_per_s, ==, 7.0);
  g_assert_cmpuint (totals[3].n_up, ==, 2);
  g_assert_cmpfloat (totals[4].redirects_per_s, ==, 8.0);
  g_assert_cmpfloat (totals[4].rejected_per_s, ==, 0.0);
  g_assert_cmpuint (totals[4].n_up, ==, 1);
}

/* By the URLs that somebody asks for, whoever has come, gone or moved. */
static void
test_counts (Fixture *f,
             gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (f->pool, "http://b", NULL);
  LbBackend *c;
  const char *urls[] = { "http://c", NULL, "http://nobody", "http://b" };
  g_autoptr (LbHistorySlice) all = NULL;
  g_autoptr (LbHistorySlice) last = NULL;
  guint64 counts[G_N_ELEMENTS (urls)];

  /* What was counted before anybody looked is not of any second. */
  send (f, a, 1000);
  tick (f);
  send (f, a, 5);
  send (f, b, 7);
  pass (f, 1);
  c = lb_pool_add (f->pool, "http://c", NULL);
  lb_pool_move (f->pool, a, 2);
  send (f, a, 10);
  send (f, c, 3);
  pass (f, 1);
  urls[1] = lb_backend_get_url (a);

  all = get_slice (f, 60);
  lb_history_slice_count_redirects (all, urls, G_N_ELEMENTS (urls), counts);
  g_assert_cmpuint (counts[0], ==, 3);
  g_assert_cmpuint (counts[1], ==, 15);
  g_assert_cmpuint (counts[2], ==, 0);
  g_assert_cmpuint (counts[3], ==, 7);

  last = get_slice (f, 1);
  lb_history_slice_count_redirects (last, urls, G_N_ELEMENTS (urls), counts);
  g_assert_cmpuint (counts[0], ==, 3);
  g_assert_cmpuint (counts[1], ==, 10);
  g_assert_cmpuint (counts[3], ==, 0);
}

/* What a snapshot says of the last minute. */
static void
test_recent_shares (Fixture *f,
                    gconstpointer data)
{
  static const char *const nowhere[] = { NULL };
  static const double expected[] = { 0.25, 0.75 };
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (f->pool, "http://b", NULL);
  g_autoptr (LbSnapshot) quiet = NULL;
  g_autoptr (LbSnapshot) busy = NULL;
  g_autoptr (LbHistorySlice) before = NULL;
  g_autoptr (LbHistorySlice) after = NULL;

  tick (f);
  before = get_slice (f, 60);
  send (f, a, 30);
  send (f, b, 10);
  pass (f, 1);
  after = get_slice (f, 60);

  quiet = lb_snapshot_new (f->pool, "random", nowhere, NULL, 1000, 1, f->now_us, 0);
  g_assert_cmpfloat (quiet->backends[0].recent_share, ==, -1.0);
  g_assert_cmpfloat (quiet->backends[0].expected_share, ==, -1.0);
  lb_snapshot_fill_shares (quiet, before, NULL);
  g_assert_cmpfloat (quiet->backends[0].recent_share, ==, -1.0);
  g_assert_cmpfloat (quiet->backends[0].expected_share, ==, -1.0);

  busy = lb_snapshot_new (f->pool, "random", nowhere, NULL, 1000, 1, f->now_us, 0);
  lb_snapshot_fill_shares (busy, after, expected);
  g_assert_cmpfloat (busy->backends[0].recent_share, ==, 0.75);
  g_assert_cmpfloat (busy->backends[1].recent_share, ==, 0.25);
  g_assert_cmpfloat (busy->backends[0].expected_share, ==, 0.25);
  g_assert_cmpfloat (busy->backends[1].expected_share, ==, 0.75);
}

static void
test_steps (Fixture *f,
            gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autoptr (LbHistorySlice) slice = NULL;
  LbHistoryPoint points[3];
  LbHistoryTotal totals[3];

  tick (f);
  probe (f, a, 1000);
  send (f, a, 6);
  pass (f, 1);
  probe (f, a, -1);
  pass (f, 1);
  probe (f, a, 3000);
  send (f, a, 3);
  pass (f, 1);
  probe (f, a, 8000);
  pass (f, 3);

  slice = get_slice (f, 7);
  lb_history_slice_read (slice, 0, 1, 3, 3, points);
  lb_history_slice_read_totals (slice, 3, 3, totals);

  /* The first of seven seconds is alone. */
  g_assert_true (points[0].is_known);
  g_assert_cmpfloat (points[0].redirects_per_s, ==, -1.0);

  g_assert_cmpfloat (points[1].response_us, ==, 2000.0);
  g_assert_cmpfloat (points[1].redirects_per_s, ==, 3.0);
  g_assert_cmpint (points[1].health, ==, LB_HEALTH_DOWN);
  g_assert_cmpfloat (totals[1].redirects_per_s, ==, 3.0);
  g_assert_cmpuint (totals[1].n_up, ==, 0);

  g_assert_cmpfloat (points[2].response_us, ==, 8000.0);
  g_assert_cmpint (points[2].health, ==, LB_HEALTH_UP);
  g_assert_cmpuint (totals[2].n_up, ==, 1);
}

static void
test_moves (Fixture *f,
            gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (f->pool, "http://b", NULL);
  g_autofree LbHistoryPoint *bs = NULL;

  lb_pool_add (f->pool, "http://c", NULL);
  tick (f);
  for (guint i = 1; i <= 3; i++)
    {
      send (f, a, 100);
      send (f, b, i);
      lb_pool_move (f->pool, b, i % 3);
      pass (f, 1);
    }

  bs = read_backend (f, 0, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (bs[i].redirects_per_s, ==, i + 1.0);
}

/* As when somebody removes one and takes that back, or types the URL again. */
static void
test_comes_back (Fixture *f,
                 gconstpointer data)
{
  const gboolean anew = data != NULL;
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autoptr (LbBackend) removed = g_object_ref (a);
  g_autofree LbHistoryPoint *points = NULL;

  lb_pool_add (f->pool, "http://b", NULL);
  tick (f);
  send (f, a, 5);
  pass (f, 1);
  lb_pool_remove (f->pool, a);
  pass (f, 2);

  if (anew)
    a = lb_pool_add (f->pool, "http://a", NULL);
  else
    g_assert_true (lb_pool_insert (f->pool, removed, 0, NULL));
  send (f, a, 7);
  pass (f, 1);

  points = read_backend (f, anew ? 1 : 0, 5);
  g_assert_cmpfloat (points[1].redirects_per_s, ==, 5.0);
  g_assert_false (points[2].is_known);
  g_assert_false (points[3].is_known);
  g_assert_true (points[4].is_known);
  g_assert_cmpfloat (points[4].redirects_per_s, ==, 7.0);
}

static void
test_replaced (Fixture *f,
               gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autoptr (LbBackend) other = lb_backend_new ("http://other", NULL);
  g_autofree LbHistoryPoint *points = NULL;

  tick (f);
  send (f, a, 5);
  pass (f, 1);
  g_assert_true (lb_pool_replace (f->pool, a, other, NULL));
  send (f, other, 2);
  pass (f, 1);

  points = read_backend (f, 0, 2);
  g_assert_false (points[0].is_known);
  g_assert_cmpfloat (points[1].redirects_per_s, ==, 2.0);
}

/* While the computer sleeps one clock stands still. */
static void
test_sleep (Fixture *f,
            gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autoptr (LbHistorySlice) slice = NULL;
  g_autofree LbHistoryPoint *points = NULL;

  tick (f);
  pass (f, 1);
  send (f, a, 6);
  f->now_us += SECOND / 2;
  f->clock_us += 100 * SECOND;
  tick (f);

  points = read_backend (f, 0, 102);
  g_assert_true (points[0].is_known);
  g_assert_true (points[1].is_known);
  for (guint i = 2; i < 101; i++)
    g_assert_false (points[i].is_known);
  /* Six in half a second in which it was awake. */
  g_assert_cmpfloat (points[101].redirects_per_s, ==, 12.0);
}

/* A busy loop makes a tick late, and then it is about more than a second. */
static void
test_late (Fixture *f,
           gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autofree LbHistoryPoint *points = NULL;

  tick (f);
  send (f, a, 30);
  f->now_us += 3 * SECOND;
  f->clock_us += 3 * SECOND;
  tick (f);

  points = read_backend (f, 0, 4);
  g_assert_false (points[1].is_known);
  g_assert_false (points[2].is_known);
  g_assert_cmpfloat (points[3].redirects_per_s, ==, 10.0);
}

/* No tick is quite in time. */
static void
test_jitter (Fixture *f,
             gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autofree LbHistoryPoint *points = NULL;

  tick (f);
  for (guint i = 0; i < 4; i++)
    {
      send (f, a, 20);
      f->now_us += i % 2 == 0 ? 3000 : -3000;
      f->clock_us += i % 2 == 0 ? 3000 : -3000;
      pass (f, 1);
    }

  points = read_backend (f, 0, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (points[i].redirects_per_s, ==, 20.0);
}

static void
test_same_second (Fixture *f,
                  gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autofree LbHistoryPoint *points = NULL;

  tick (f);
  send (f, a, 4);
  f->now_us += 10;
  f->clock_us += 10;
  tick (f);
  send (f, a, 4);
  pass (f, 1);

  points = read_backend (f, 0, 1);
  g_assert_cmpfloat (points[0].redirects_per_s, ==, 8.0);
}

/* Where a slice ends when the tick of the second is about to come, and when it does not. */
static void
test_end (Fixture *f,
          gconstpointer data)
{
  g_autoptr (LbHistorySlice) prompt = NULL;
  g_autoptr (LbHistorySlice) about = NULL;
  g_autoptr (LbHistorySlice) overdue = NULL;

  lb_pool_add (f->pool, "http://a", NULL);
  tick (f);
  pass (f, 1);

  prompt = get_slice (f, 10);
  g_assert_cmpint (prompt->end_us, ==, 1000000 * SECOND - 900);
  g_assert_cmpuint (prompt->n_known, ==, 2);

  f->clock_us += SECOND;
  about = get_slice (f, 10);
  g_assert_cmpint (about->end_us, ==, 999999 * SECOND - 900);
  g_assert_cmpuint (about->n_known, ==, 2);

  f->clock_us += SECOND;
  overdue = get_slice (f, 10);
  g_assert_cmpint (overdue->end_us, ==, 1000000 * SECOND - 900);
  g_assert_cmpuint (overdue->n_known, ==, 4);
}

static void
test_empty (Fixture *f,
            gconstpointer data)
{
  g_autoptr (LbHistorySlice) nothing = get_slice (f, LB_HISTORY_SECONDS);
  g_autoptr (LbHistorySlice) nobody = NULL;
  LbHistoryTotal total;

  g_assert_cmpuint (nothing->n_known, ==, 0);
  g_assert_cmpuint (nothing->n_backends, ==, 0);
  g_assert_cmpuint (nothing->n_kept, ==, LB_HISTORY_SECONDS);
  lb_history_slice_read (nothing, 0, 0, 1, 1, NULL);
  lb_history_slice_read_totals (nothing, 1, 1, &total);
  g_assert_false (total.is_known);

  tick (f);
  nobody = get_slice (f, 1);
  g_assert_cmpuint (nobody->n_known, ==, 1);
  g_assert_cmpuint (nobody->n_backends, ==, 0);
}

static void
test_hour (Fixture *f,
           gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  g_autoptr (LbHistorySlice) slice = NULL;
  g_autofree LbHistoryPoint *points = g_new (LbHistoryPoint, LB_HISTORY_SECONDS);
  gsize size = 0;

  tick (f);
  for (guint i = 1; i <= LB_HISTORY_SECONDS + 50; i++)
    {
      send (f, a, i % 7);
      pass (f, 1);
      if (i == LB_HISTORY_SECONDS)
        size = lb_history_get_size (f->history);
    }

  /* It grows no more after an hour. */
  g_assert_cmpuint (lb_history_get_size (f->history), ==, size);
  g_assert_cmpuint (size, <, 1024 * 1024);

  slice = get_slice (f, LB_HISTORY_SECONDS);
  g_assert_cmpuint (slice->n_known, ==, LB_HISTORY_SECONDS);
  lb_history_slice_read (slice, 0, 1, 1, LB_HISTORY_SECONDS, points);
  for (guint i = 0; i < LB_HISTORY_SECONDS; i++)
    g_assert_cmpfloat (points[i].redirects_per_s, ==, (i + 51) % 7);
}

static void
fill_pool (Fixture *f,
           guint from,
           guint n)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);

      g_assert_nonnull (lb_pool_add (f->pool, url, NULL));
    }
}

static void
test_memory (void)
{
  const gsize max_size = 1024 * 1024;
  Fixture f;
  g_autoptr (LbHistorySlice) slice = NULL;
  guint n_kept;

  set_up_with (&f, max_size);
  fill_pool (&f, 0, 1000);
  tick (&f);
  n_kept = lb_history_get_n_kept (f.history);
  g_assert_cmpuint (n_kept, >, 100);
  g_assert_cmpuint (n_kept, <, 131);

  for (guint i = 0; i < 300; i++)
    {
      pass (&f, 1);
      g_assert_cmpuint (lb_history_get_size (f.history), <=, max_size);
    }

  slice = get_slice (&f, LB_HISTORY_SECONDS);
  g_assert_cmpuint (slice->n_kept, ==, n_kept);
  g_assert_cmpuint (slice->n_known, ==, n_kept);

  tear_down (&f, NULL);
}

/* Somebody else each second: then each row has a roster of its own, which counts. */
static void
test_memory_of_rosters (void)
{
  const gsize max_size = 1024 * 1024;
  Fixture f;

  set_up_with (&f, max_size);
  fill_pool (&f, 0, 1000);
  tick (&f);
  for (guint i = 0; i < 100; i++)
    {
      lb_pool_remove (f.pool, lb_pool_get_backend (f.pool, 0));
      fill_pool (&f, 1000 + i, 1);
      pass (&f, 1);
      g_assert_cmpuint (lb_history_get_size (f.history), <=, max_size);
    }

  /* When all have gone, what they took goes with their last rows. */
  while (lb_pool_get_n_backends (f.pool) > 0)
    lb_pool_remove (f.pool, lb_pool_get_backend (f.pool, 0));
  pass (&f, LB_HISTORY_SECONDS + 1);
  g_assert_cmpuint (lb_history_get_size (f.history), <, LB_HISTORY_SECONDS * 200);

  tear_down (&f, NULL);
}

/* Even one row that is larger than all of it is kept: there is always a present. */
static void
test_tiny (void)
{
  Fixture f;
  g_autoptr (LbHistorySlice) slice = NULL;

  set_up_with (&f, 100);
  fill_pool (&f, 0, 100);
  tick (&f);
  pass (&f, 3);

  slice = get_slice (&f, 10);
  g_assert_cmpuint (slice->n_kept, ==, 1);
  g_assert_cmpuint (slice->n_known, ==, 1);
  g_assert_cmpuint (slice->n_backends, ==, 100);

  tear_down (&f, NULL);
}

static gpointer
read_in_thread (gpointer data)
{
  g_autoptr (LbHistorySlice) slice = data;
  g_autofree LbHistoryPoint *points = g_new (LbHistoryPoint, 10 * 100);
  double sum = 0.0;

  lb_history_slice_read (slice, 0, slice->n_backends, 1, 100, points);
  for (guint i = 0; i < 100; i++)
    if (points[i].redirects_per_s > 0.0)
      sum += points[i].redirects_per_s;

  return GUINT_TO_POINTER ((guint) sum);
}

/* A slice stays what it is while the history goes on, in another thread and when the history ends. */
static void
test_slice_is_its_own (void)
{
  Fixture f;
  LbHistorySlice *slice;
  GThread *thread;

  set_up_with (&f, LB_HISTORY_SIZE);
  fill_pool (&f, 0, 10);
  tick (&f);
  send (&f, lb_pool_get_backend (f.pool, 0), 5);
  pass (&f, 100);

  slice = get_slice (&f, 100);
  thread = g_thread_new ("reader", read_in_thread, lb_history_slice_ref (slice));
  send (&f, lb_pool_get_backend (f.pool, 0), 5);
  pass (&f, LB_HISTORY_SECONDS);
  tear_down (&f, NULL);

  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 5);
  g_assert_cmpstr (slice->urls[9], ==, "http://10.0.0.9");
  lb_history_slice_unref (slice);
}

static void
test_slice_picks_backends (void)
{
  Fixture f;
  LbHistoryPoint points[2];

  set_up_with (&f, LB_HISTORY_SIZE);
  fill_pool (&f, 0, 10);
  tick (&f);
  send (&f, lb_pool_get_backend (f.pool, 7), 5);
  pass (&f, 1);

  {
    g_autoptr (LbHistorySlice) all = get_slice (&f, 10);
    const char *const urls[] = { all->urls[7], all->urls[2] };
    g_autoptr (LbHistorySlice) picked = lb_history_slice_new_from (all, urls, 2);
    g_autoptr (LbHistorySlice) nobody = lb_history_slice_new_from (all, NULL, 0);

    g_clear_pointer (&all, lb_history_slice_unref);
    tear_down (&f, NULL);

    g_assert_cmpuint (nobody->n_backends, ==, 0);
    g_assert_cmpuint (picked->n_backends, ==, 2);
    g_assert_cmpstr (picked->urls[0], ==, "http://10.0.0.7");
    lb_history_slice_read (picked, 0, 2, 1, 1, points);
    g_assert_cmpfloat (points[0].redirects_per_s, ==, 5.0);
    g_assert_cmpfloat (points[1].redirects_per_s, ==, 0.0);
  }
}

/* How long a tick takes is not asserted, since this may run anywhere: `-m perf` tells. */
static void
test_perf (void)
{
  Fixture f;
  gint64 start_us;
  gint64 most_us = 0;
  gint64 sum_us = 0;

  set_up_with (&f, LB_HISTORY_SIZE);
  fill_pool (&f, 0, 10000);
  tick (&f);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *other = g_malloc (8 * 1024 * 1024);

      /* Between two ticks other things go through the caches. */
      memset (other, (int) i, 8 * 1024 * 1024);
      start_us = g_get_monotonic_time ();
      pass (&f, 1);
      most_us = MAX (most_us, g_get_monotonic_time () - start_us);
      sum_us += g_get_monotonic_time () - start_us;
    }

  g_test_minimized_result ((double) sum_us / 1000.0, "mean tick of 10,000 backends: %.1f us",
                           (double) sum_us / 1000.0);
  g_test_message ("longest: %" G_GINT64_FORMAT " us, size: %" G_GSIZE_FORMAT ", seconds kept: %u",
                  most_us, lb_history_get_size (f.history), lb_history_get_n_kept (f.history));

  start_us = g_get_monotonic_time ();
  lb_history_slice_unref (get_slice (&f, LB_HISTORY_SECONDS));
  g_test_message ("a slice: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - start_us);

  tear_down (&f, NULL);
}

int
main (int argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
    gconstpointer data;
  } tests[] = {
    { "/pool/history/seconds", test_seconds },
    { "/pool/history/totals", test_totals },
    { "/pool/history/counts", test_counts },
    { "/pool/history/recent-shares", test_recent_shares },
    { "/pool/history/steps", test_steps },
    { "/pool/history/follows-who-moves", test_moves },
    { "/pool/history/goes-on-when-one-comes-back", test_comes_back },
    { "/pool/history/goes-on-when-a-url-comes-back", test_comes_back, "anew" },
    { "/pool/history/another-url-is-another", test_replaced },
    { "/pool/history/sleep-is-a-gap", test_sleep },
    { "/pool/history/a-late-tick-is-a-mean", test_late },
    { "/pool/history/a-tick-is-never-in-time", test_jitter },
    { "/pool/history/one-row-a-second", test_same_second },
    { "/pool/history/end", test_end },
    { "/pool/history/empty", test_empty },
    { "/pool/history/keeps-an-hour", test_hour },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].data, set_up, tests[i].func, tear_down);
  g_test_add_func ("/pool/history/memory-is-bounded", test_memory);
  g_test_add_func ("/pool/history/memory-of-rosters-is-bounded", test_memory_of_rosters);
  g_test_add_func ("/pool/history/keeps-the-present-in-any-case", test_tiny);
  g_test_add_func ("/pool/history/a-slice-is-its-own", test_slice_is_its_own);
  g_test_add_func ("/pool/history/a-slice-picks-backends", test_slice_picks_backends);
  if (g_test_perf ())
    g_test_add_func ("/pool/history/perf", test_perf);

  return g_test_run ();
}
