/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "http/lb-event-feed.h"

typedef struct
{
  LbPool *pool;
  LbEventFeed *feed;
  const char *policy;
  gboolean paused;
  guint n_snapshots;
  guint n_news;
  guint32 seen;
  GString *text; /* what the reader was given */
} Fixture;

static LbSnapshot *
take_snapshot (gpointer user_data)
{
  static const char *const listen[] = { NULL };
  Fixture *self = user_data;
  const gint64 now_us = g_get_monotonic_time ();
  const LbTraffic traffic = { .paused = self->paused };

  self->n_snapshots++;

  return lb_snapshot_new (self->pool, self->policy, listen, &traffic, 1000, g_get_real_time (), now_us,
                          now_us);
}

static void
on_news (Fixture *self)
{
  self->n_news++;
}

static void
set_up (Fixture *self,
        gconstpointer data)
{
  const LbStatsSource source = { .get_snapshot = take_snapshot, .user_data = self };

  self->pool = lb_pool_new ();
  self->feed = lb_event_feed_new (self->pool, &source);
  self->policy = "random";
  self->text = g_string_new (NULL);
  g_signal_connect_swapped (self->feed, "news", G_CALLBACK (on_news), self);
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_assert_finalize_object (self->feed);
  g_assert_finalize_object (self->pool);
  g_string_free (self->text, TRUE);
}

static void
read_more (Fixture *self)
{
  GBytes *bytes;

  while ((bytes = lb_event_feed_next (self->feed, &self->seen)) != NULL)
    {
      g_string_append_len (self->text, g_bytes_get_data (bytes, NULL),
                           (gssize) g_bytes_get_size (bytes));
      g_bytes_unref (bytes);
    }
}

/* Runs the loop until the reader was given that. What it was given up to then is gone. */
static void
read_until (Fixture *self,
            const char *part)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  const char *found;

  for (;;)
    {
      read_more (self);
      found = strstr (self->text->str, part);
      if (found != NULL)
        break;

      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }

  g_string_erase (self->text, 0, found - self->text->str + (gssize) strlen (part));
}

static void
run_for_us (gint64 time_us)
{
  const gint64 end_us = g_get_monotonic_time () + time_us;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* The first page comes at once, and the next ones every three seconds. */
static void
test_pages (Fixture *self,
            gconstpointer data)
{
  const gint64 start_us = g_get_monotonic_time ();
  gint64 first_us;

  self->seen = lb_event_feed_join (self->feed);
  read_until (self, "event: snapshot\n");
  first_us = g_get_monotonic_time ();
  g_assert_cmpint (first_us - start_us, <, G_USEC_PER_SEC);

  read_until (self, "event: snapshot\n");
  g_assert_cmpint (g_get_monotonic_time () - first_us, >, LB_EVENT_FEED_REFRESH_US - 500 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - first_us, <, LB_EVENT_FEED_REFRESH_US + G_USEC_PER_SEC);
  g_assert_cmpuint (self->n_snapshots, ==, 2);

  lb_event_feed_leave (self->feed);
}

/* Everything that changes about a backend is told, long before the next page. */
static void
test_changes (Fixture *self,
              gconstpointer data)
{
  LbBackend *backend = lb_pool_add (self->pool, "http://a", NULL);
  LbProbeResult probe = { .time_us = 1, .response_us = -1, .error = g_ref_string_new ("refused") };
  gint64 start_us;

  self->seen = lb_event_feed_join (self->feed);
  read_until (self, "\"url\":\"http://a\"");
  start_us = g_get_monotonic_time ();

  lb_backend_set_state (backend, LB_STATE_DRAIN);
  read_until (self, "\"change\":\"state\",\"url\":\"http://a\",\"state\":\"drain\"");

  lb_backend_record_probe (backend, &probe, start_us);
  lb_backend_set_health (backend, LB_HEALTH_DOWN, start_us);
  read_until (self, "\"change\":\"health\",\"url\":\"http://a\",\"state\":\"drain\",\"health\":\"down\"");
  read_until (self, "\"error\":\"refused\"");

  g_assert_true (lb_backend_set_weight (backend, 7, NULL));
  read_until (self, "\"change\":\"weight\"");
  read_until (self, "\"weight\":7,");

  lb_backend_set_backup (backend, TRUE);
  read_until (self, "\"change\":\"backup\"");
  read_until (self, "\"backup\":true");

  lb_pool_add (self->pool, "http://b", NULL);
  read_until (self, "\"change\":\"added\",\"url\":\"http://b\"");
  lb_pool_remove (self->pool, backend);
  read_until (self, "\"change\":\"removed\",\"url\":\"http://a\"");

  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (self->n_snapshots, ==, 1);

  g_ref_string_release (probe.error);
  lb_event_feed_leave (self->feed);
}

/* Another place in the list is no change of a backend; one at the same place is two. */
static void
test_moved_and_replaced (Fixture *self,
                         gconstpointer data)
{
  LbBackend *first = lb_pool_add (self->pool, "http://a", NULL);
  g_autoptr (LbBackend) replacement = lb_backend_new ("http://z", NULL);

  for (char name[] = "http://b"; name[7] < 'h'; name[7]++)
    lb_pool_add (self->pool, name, NULL);

  self->seen = lb_event_feed_join (self->feed);
  read_until (self, "event: snapshot\n");
  g_string_truncate (self->text, 0);

  lb_pool_move (self->pool, first, 4);
  g_assert_true (lb_pool_replace (self->pool, first, replacement, NULL));
  read_until (self, "event: change\n");
  g_assert_nonnull (strstr (self->text->str, "\"change\":\"removed\",\"url\":\"http://a\""));
  read_until (self, "event: change\n");
  g_assert_nonnull (strstr (self->text->str, "\"change\":\"added\",\"url\":\"http://z\""));
  g_assert_null (strstr (self->text->str, "event: change\n"));

  /* Those that were moved are still heard, those that are gone are not. */
  lb_backend_set_state (lb_pool_find (self->pool, "http://c"), LB_STATE_MAINT);
  read_until (self, "\"url\":\"http://c\",\"state\":\"maint\"");
  lb_backend_set_state (replacement, LB_STATE_MAINT);
  read_until (self, "\"url\":\"http://z\",\"state\":\"maint\"");
  lb_pool_remove (self->pool, replacement);
  read_until (self, "\"change\":\"removed\"");
  g_string_truncate (self->text, 0);
  lb_backend_set_state (replacement, LB_STATE_READY);
  lb_pool_add (self->pool, "http://y", NULL);
  read_until (self, "event: change\n");
  g_assert_nonnull (strstr (self->text->str, "\"change\":\"added\",\"url\":\"http://y\""));

  lb_event_feed_leave (self->feed);
}

static void
test_policy (Fixture *self,
             gconstpointer data)
{
  gint64 start_us;

  /* While nobody reads this is nothing. */
  lb_event_feed_refresh (self->feed);
  run_for_us (200 * 1000);
  g_assert_cmpuint (self->n_snapshots, ==, 0);

  self->seen = lb_event_feed_join (self->feed);
  read_until (self, "\"policy\":\"random\"");
  g_string_truncate (self->text, 0);
  self->policy = "maglev";
  start_us = g_get_monotonic_time ();
  lb_event_feed_refresh (self->feed);

  read_until (self, "event: change\n");
  read_until (self, "\"change\":\"policy\",\"policy\":\"maglev\"}\n\n");
  read_until (self, "event: snapshot\n");
  read_until (self, "\"policy\":\"maglev\"");
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, G_USEC_PER_SEC);

  lb_event_feed_leave (self->feed);
}

/* A reader that is there hears of both; one that comes while it is paused sees it in its page. */
static void
test_paused (Fixture *self,
             gconstpointer data)
{
  self->paused = TRUE;
  self->seen = lb_event_feed_join (self->feed);
  read_until (self, "\"paused\":true");
  g_assert_null (strstr (self->text->str, "event: change"));

  for (guint i = 0; i < 2; i++)
    {
      g_string_truncate (self->text, 0);
      self->paused = !self->paused;
      lb_event_feed_refresh (self->feed);
      read_until (self, self->paused ? "\"change\":\"paused\",\"paused\":true}\n\n"
                                     : "\"change\":\"paused\",\"paused\":false}\n\n");
      g_assert_null (strstr (self->text->str, "\"change\":\"policy\""));
      read_until (self, "event: snapshot\n");
    }

  lb_event_feed_leave (self->feed);
}

static gboolean
watches_pool (Fixture *self)
{
  return g_signal_has_handler_pending (
    self->pool, g_signal_lookup ("items-changed", G_TYPE_LIST_MODEL), 0, TRUE);
}

/* Soon after the last reader has left, nothing is made and nobody listens to the backends. */
static void
test_nobody_reads (Fixture *self,
                   gconstpointer data)
{
  LbBackend *backend = lb_pool_add (self->pool, "http://a", NULL);
  const gulong signal = g_signal_lookup ("notify", G_TYPE_OBJECT);

  self->seen = lb_event_feed_join (self->feed);
  lb_event_feed_join (self->feed);
  read_until (self, "event: snapshot\n");
  lb_event_feed_leave (self->feed);
  lb_event_feed_leave (self->feed);

  /* Who comes back meanwhile costs nothing. */
  g_assert_true (watches_pool (self));
  lb_event_feed_join (self->feed);
  lb_event_feed_leave (self->feed);
  run_for_us (LB_EVENT_FEED_REFRESH_US + G_USEC_PER_SEC / 5);
  g_assert_false (watches_pool (self));
  g_assert_cmpuint (g_signal_handlers_disconnect_matched (
                      backend, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA, (guint) signal, 0, NULL, NULL,
                      self->feed),
                    ==, 0);

  self->n_news = 0;
  lb_backend_set_state (backend, LB_STATE_DRAIN);
  lb_pool_add (self->pool, "http://b", NULL);
  run_for_us (G_USEC_PER_SEC / 2);
  g_assert_cmpuint (self->n_snapshots, ==, 1);
  g_assert_cmpuint (self->n_news, ==, 0);

  /* The next one gets a new page, not an old one. */
  self->seen = lb_event_feed_join (self->feed);
  read_more (self);
  read_until (self, "event: snapshot\n");
  read_until (self, "\"url\":\"http://b\"");
  g_assert_cmpuint (self->n_snapshots, ==, 2);
  lb_event_feed_leave (self->feed);
}

/* Who comes and goes all the time is given no more than ten pages a second. */
static void
test_coming_and_going (Fixture *self,
                       gconstpointer data)
{
  const gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end_us)
    {
      lb_event_feed_join (self->feed);
      run_for_us (2000);
      lb_event_feed_leave (self->feed);
    }

  g_assert_cmpuint (self->n_snapshots, >=, 2);
  g_assert_cmpuint (self->n_snapshots, <=, 11);
}

/* A page of many backends is made in a thread, and what changes meanwhile comes behind it. */
static void
test_worker (Fixture *self,
             gconstpointer data)
{
  guint n;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://b%u", i);

      lb_pool_add (self->pool, url, NULL);
    }

  self->seen = lb_event_feed_join (self->feed);
  while (self->n_snapshots == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_news, ==, 0);
  lb_backend_set_state (lb_pool_get_backend (self->pool, 0), LB_STATE_DRAIN);

  read_until (self, "event: snapshot\n");
  read_until (self, "\"url\":\"http://b2999\"");
  read_until (self, "event: change\n");

  /* Everybody leaves while a page is made, and another comes. */
  n = self->n_snapshots;
  while (self->n_snapshots == n)
    g_main_context_iteration (NULL, TRUE);
  lb_event_feed_leave (self->feed);
  self->seen = lb_event_feed_join (self->feed);
  g_string_truncate (self->text, 0);
  lb_pool_add (self->pool, "http://last", NULL);
  read_until (self, "event: snapshot\n");
  read_until (self, "\"url\":\"http://last\"");
  lb_event_feed_leave (self->feed);

  /* None of its threads' work is left over. */
  n = self->n_news;
  while (G_OBJECT (self->feed)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_news, ==, n);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/http/event-feed/pages", test_pages);
  ADD ("/http/event-feed/changes", test_changes);
  ADD ("/http/event-feed/moved-and-replaced", test_moved_and_replaced);
  ADD ("/http/event-feed/policy", test_policy);
  ADD ("/http/event-feed/paused", test_paused);
  ADD ("/http/event-feed/nobody-reads", test_nobody_reads);
  ADD ("/http/event-feed/coming-and-going", test_coming_and_going);
  ADD ("/http/event-feed/worker", test_worker);
#undef ADD

  return g_test_run ();
}
