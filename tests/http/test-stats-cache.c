/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "http/lb-stats-cache.h"
#include "pool/lb-history.h"

/* A cache over a pool of a size of which forms are made in a worker, or of one of which they are not. What
 * is made can be held up. */
#define SMALL GUINT_TO_POINTER (3)
#define LARGE GUINT_TO_POINTER (101)

typedef struct
{
  LbStatsCache *cache;
  LbPool *pool;
  LbHistory *history;
  LbSnapshot *snapshot;
  guint n_snapshots;
} Fixture;

static GMutex gate;
static guint n_made;
static guint n_now;
static guint n_at_once;

static GBytes *
make (const LbSnapshot *snapshot,
      GBytes *parameters)
{
  const guint now = (guint) g_atomic_int_add (&n_now, 1) + 1;
  char *text;

  if (now > (guint) g_atomic_int_get (&n_at_once))
    g_atomic_int_set (&n_at_once, now);
  g_mutex_lock (&gate);
  g_mutex_unlock (&gate);

  text = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", snapshot->redirects,
                          parameters != NULL ? (const char *) g_bytes_get_data (parameters, NULL)
                                             : "");
  g_atomic_int_inc (&n_made);
  g_atomic_int_add (&n_now, -1);

  return g_bytes_new_take (text, strlen (text) + 1);
}

static GBytes *
make_history (LbHistorySlice *slice,
              GBytes *parameters)
{
  g_autofree char *written = g_strdup_printf ("%u s", slice->n_seconds);

  return g_bytes_new (written, strlen (written) + 1);
}

static const LbStatsKind text = { .content_type = "a/b", .make = make };
static const LbStatsKind other = { .content_type = "a/c", .make = make };
static const LbStatsKind picture = { .content_type = "a/d", .is_slow = TRUE, .make = make };

/* Of a snapshot without any seconds. */
static guint
get_n_seconds (GBytes *parameters)
{
  const guint *n_seconds = g_bytes_get_data (parameters, NULL);

  return *n_seconds;
}

static const LbStatsKind history = {
  .content_type = "a/e",
  .get_n_seconds = get_n_seconds,
  .make = make,
  .make_history = make_history,
};

/* Keeps workers from going on until the end of the block, or until it is freed. */
typedef GMutexLocker Gate;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gate, g_mutex_locker_free)

static LbSnapshot *
take_snapshot (gpointer user_data)
{
  Fixture *self = user_data;

  self->n_snapshots++;

  return lb_snapshot_ref (self->snapshot);
}

static LbHistorySlice *
take_history (guint n_seconds,
              gpointer user_data)
{
  Fixture *self = user_data;

  return lb_history_get_slice (self->history, n_seconds, 0, g_get_monotonic_time ());
}

/* The pool's figures are other ones from now on. */
static void
renew_snapshot (Fixture *self)
{
  static const char *const listen[] = { "http://127.0.0.1:5000", NULL };
  const gint64 now_us = g_get_monotonic_time ();

  lb_pool_count_redirect (self->pool, lb_pool_get_backend (self->pool, 0), now_us);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  self->snapshot = lb_snapshot_new (self->pool, "random", listen, NULL, 1000, 0, now_us, now_us);
}

static void
set_up (Fixture *self,
        gconstpointer data)
{
  const LbStatsSource source = { take_snapshot, take_history, self };

  self->pool = lb_pool_new ();
  self->history = lb_history_new (LB_HISTORY_SIZE);
  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://b%u", i);

      lb_pool_add (self->pool, url, NULL);
    }

  renew_snapshot (self);
  self->cache = lb_stats_cache_new (&source);
  n_made = n_at_once = 0;
}

static void
on_finalized (gpointer data,
              GObject *cache)
{
  g_atomic_int_set ((int *) data, TRUE);
}

/* A worker's thread may hold the last reference, and be about to end. */
static void
assert_finalizes (LbStatsCache *cache)
{
  const gint64 deadline_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  int finalized = FALSE;

  g_object_weak_ref (G_OBJECT (cache), on_finalized, &finalized);
  g_object_unref (cache);
  while (!g_atomic_int_get (&finalized))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_thread_yield ();
    }
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  assert_finalizes (self->cache);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_pointer (&self->history, lb_history_free);
  g_assert_finalize_object (self->pool);
}

typedef struct
{
  GBytes *bytes;
  GError *error;
  guint *left;
} Answer;

static void
on_rendered (GObject *object,
             GAsyncResult *result,
             gpointer user_data)
{
  Answer *self = user_data;

  self->bytes = lb_stats_cache_render_finish (LB_STATS_CACHE (object), result, &self->error);
  --*self->left;
}

static void
ask (Fixture *self,
     const LbStatsKind *kind,
     const char *parameters,
     guint *left,
     Answer *answer)
{
  g_autoptr (GBytes) bytes =
    parameters != NULL ? g_bytes_new (parameters, strlen (parameters) + 1) : NULL;

  answer->left = left;
  ++*left;
  lb_stats_cache_render_async (self->cache, kind, bytes, on_rendered, answer);
}

static void
wait_for (guint *left)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (*left > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

/* Takes what has come. */
static void
assert_answer (Answer *answer,
               const char *expected)
{
  g_assert_no_error (answer->error);
  g_assert_cmpstr (g_bytes_get_data (answer->bytes, NULL), ==, expected);
  g_clear_pointer (&answer->bytes, g_bytes_unref);
}

static void
test_once (Fixture *self,
           gconstpointer data)
{
  Answer answers[3] = { 0 };
  guint left = 0;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      ask (self, &text, NULL, &left, &answers[i]);
      wait_for (&left);
    }

  g_assert_true (answers[0].bytes == answers[1].bytes && answers[1].bytes == answers[2].bytes);
  g_assert_cmpuint (n_made, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    assert_answer (&answers[i], "1 ");

  renew_snapshot (self);
  ask (self, &text, NULL, &left, &answers[0]);
  wait_for (&left);
  assert_answer (&answers[0], "2 ");
  g_assert_cmpuint (n_made, ==, 2);
}

static void
test_kinds (Fixture *self,
            gconstpointer data)
{
  Answer answers[6] = { 0 };
  guint left = 0;

  ask (self, &text, NULL, &left, &answers[0]);
  ask (self, &other, NULL, &left, &answers[1]);
  ask (self, &picture, "1x1", &left, &answers[2]);
  ask (self, &picture, "2x2", &left, &answers[3]);
  ask (self, &text, "1x1", &left, &answers[4]);
  ask (self, &picture, "1x1", &left, &answers[5]);
  wait_for (&left);

  g_assert_cmpuint (n_made, ==, 5);
  g_assert_true (answers[2].bytes == answers[5].bytes);
  assert_answer (&answers[0], "1 ");
  assert_answer (&answers[1], "1 ");
  assert_answer (&answers[2], "1 1x1");
  assert_answer (&answers[3], "1 2x2");
  assert_answer (&answers[4], "1 1x1");
  assert_answer (&answers[5], "1 1x1");
}

static void
test_history (Fixture *self,
              gconstpointer data)
{
  static const guint seconds[] = { 60, 7 };
  static const char *const expected[] = { "60 s", "7 s" };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (GBytes) parameters = g_bytes_new (&seconds[i], sizeof seconds[i]);
      guint left = 1;
      Answer answer = { .left = &left };

      lb_stats_cache_render_async (self->cache, &history, parameters, on_rendered, &answer);
      wait_for (&left);
      assert_answer (&answer, expected[i]);
    }
}

/* Who asks while one is made joins it, also with a newer snapshot; the next one is made of the newest. */
static void
test_joins (Fixture *self,
            gconstpointer data)
{
  Answer answers[100] = { 0 };
  guint left = 0;
  guint n_snapshots;

  {
    g_autoptr (Gate) closed = g_mutex_locker_new (&gate);

    ask (self, &text, NULL, &left, &answers[0]);
    n_snapshots = self->n_snapshots;
    for (guint i = 1; i < G_N_ELEMENTS (answers); i++)
      {
        renew_snapshot (self);
        ask (self, &text, NULL, &left, &answers[i]);
      }
    g_assert_cmpuint (self->n_snapshots, ==, n_snapshots);
  }

  wait_for (&left);
  g_assert_cmpuint (n_made, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    assert_answer (&answers[i], "1 ");

  ask (self, &text, NULL, &left, &answers[0]);
  wait_for (&left);
  assert_answer (&answers[0], "100 ");
  g_assert_cmpuint (n_made, ==, 2);
}

/* However much is asked for, texts have a worker and pictures have one. */
static void
test_workers (Fixture *self,
              gconstpointer data)
{
  Answer answers[12] = { 0 };
  guint left = 0;

  {
    g_autoptr (Gate) closed = g_mutex_locker_new (&gate);

    ask (self, &text, NULL, &left, &answers[0]);
    ask (self, &other, NULL, &left, &answers[1]);
    for (guint i = 2; i < G_N_ELEMENTS (answers); i++)
      {
        g_autofree char *size = g_strdup_printf ("%u", i);

        ask (self, &picture, size, &left, &answers[i]);
      }
    renew_snapshot (self);
    while (g_atomic_int_get (&n_now) < 2)
      g_main_context_iteration (NULL, FALSE);
  }

  wait_for (&left);
  g_assert_cmpuint (n_at_once, ==, 2);

  /* What had to wait is of the newest snapshot. */
  assert_answer (&answers[0], "1 ");
  assert_answer (&answers[1], "2 ");
  assert_answer (&answers[2], "1 2");
  for (guint i = 3; i < G_N_ELEMENTS (answers) - 1; i++)
    {
      g_autofree char *expected = g_strdup_printf ("2 %u", i);

      assert_answer (&answers[i], expected);
    }

  /* One is being made, eight wait, the tenth is too many. */
  g_assert_error (answers[11].error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&answers[11].error);
}

/* Pictures of every size do not fill the memory, nor keep a text from being made. */
static void
test_bounded (Fixture *self,
              gconstpointer data)
{
  Answer answer = { 0 };
  g_autoptr (GBytes) first = NULL;
  guint left = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *size = g_strdup_printf ("%u", i);

      ask (self, &picture, size, &left, &answer);
      wait_for (&left);
      g_assert_no_error (answer.error);

      if (first == NULL)
        first = g_bytes_ref (answer.bytes);
      g_clear_pointer (&answer.bytes, g_bytes_unref);
    }

  /* The first of them is not kept any more. */
  g_assert_cmpuint (n_made, ==, 1000);
  ask (self, &picture, "0", &left, &answer);
  wait_for (&left);
  g_assert_cmpuint (n_made, ==, 1001);
  g_assert_true (answer.bytes != first);
  assert_answer (&answer, "1 0");

  ask (self, &text, NULL, &left, &answer);
  wait_for (&left);
  assert_answer (&answer, "1 ");
}

static void
on_asked_again (GObject *object,
                GAsyncResult *result,
                gpointer user_data)
{
  Answer *self = user_data;

  on_rendered (object, result, self);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  lb_stats_cache_render_async (LB_STATS_CACHE (object), &text, NULL, on_rendered, self);
}

/* Who gets an answer may ask again on the spot. */
static void
test_asks_again (Fixture *self,
                 gconstpointer data)
{
  Answer answer = { 0 };
  guint left = 2;

  answer.left = &left;
  lb_stats_cache_render_async (self->cache, &text, NULL, on_asked_again, &answer);
  wait_for (&left);
  assert_answer (&answer, "1 ");
}

/* Nobody asks the source any more, and what is being made is still delivered. */
static void
test_closes (Fixture *self,
             gconstpointer data)
{
  Answer answers[3] = { 0 };
  guint left = 0;

  {
    g_autoptr (Gate) closed = g_mutex_locker_new (&gate);

    ask (self, &text, NULL, &left, &answers[0]);
    ask (self, &other, NULL, &left, &answers[1]);
    ask (self, &text, NULL, &left, &answers[2]);
    lb_stats_cache_close (self->cache);
    self->n_snapshots = 0;
  }

  wait_for (&left);
  assert_answer (&answers[0], "1 ");
  assert_answer (&answers[2], "1 ");
  g_assert_error (answers[1].error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&answers[1].error);
  g_assert_cmpuint (self->n_snapshots, ==, 0);
}

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/http/stats-cache/makes-it-once/small", SMALL, test_once);
  ADD ("/http/stats-cache/makes-it-once/large", LARGE, test_once);
  ADD ("/http/stats-cache/kinds-and-parameters/small", SMALL, test_kinds);
  ADD ("/http/stats-cache/kinds-and-parameters/large", LARGE, test_kinds);
  ADD ("/http/stats-cache/history/small", SMALL, test_history);
  ADD ("/http/stats-cache/history/large", LARGE, test_history);
  ADD ("/http/stats-cache/joins-what-is-being-made", LARGE, test_joins);
  ADD ("/http/stats-cache/two-workers", LARGE, test_workers);
  ADD ("/http/stats-cache/is-bounded", SMALL, test_bounded);
  ADD ("/http/stats-cache/asks-again/small", SMALL, test_asks_again);
  ADD ("/http/stats-cache/asks-again/large", LARGE, test_asks_again);
  ADD ("/http/stats-cache/closes", LARGE, test_closes);

  return g_test_run ();
}
