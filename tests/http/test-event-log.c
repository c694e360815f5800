/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "http/lb-event-log.h"

#include <string.h>

static guint32
add_page (LbEventLog *self,
          const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  guint32 id = lb_event_log_begin_page (self);

  lb_event_log_end_page (self, bytes);

  return id;
}

static guint32
add_changes (LbEventLog *self,
             const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  guint32 id = lb_event_log_take_id (self);

  lb_event_log_add_changes (self, bytes);

  return id;
}

static void
assert_next (LbEventLog *self,
             guint32 *seen,
             const char *text)
{
  g_autoptr (GBytes) bytes = lb_event_log_next (self, seen);

  if (text == NULL)
    {
      g_assert_null (bytes);
      return;
    }

  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

/* A reader gets a page first, and then everything, in order. */
static void
test_order (void)
{
  LbEventLog log = { 0 };
  guint32 early = lb_event_log_join (&log);
  guint32 late;

  assert_next (&log, &early, NULL);

  lb_event_log_begin_page (&log);
  late = lb_event_log_join (&log);
  assert_next (&log, &early, NULL);
  assert_next (&log, &late, NULL);

  {
    g_autoptr (GBytes) bytes = g_bytes_new_static ("p", 1);

    lb_event_log_end_page (&log, bytes);
  }
  add_changes (&log, "c1");
  assert_next (&log, &early, "p");
  assert_next (&log, &early, "c1");
  assert_next (&log, &early, NULL);

  add_changes (&log, "c2");
  late = lb_event_log_join (&log);
  assert_next (&log, &late, "p");
  assert_next (&log, &late, "c1");
  assert_next (&log, &late, "c2");
  assert_next (&log, &late, NULL);
  assert_next (&log, &early, "c2");

  add_page (&log, "q");
  add_changes (&log, "c3");
  assert_next (&log, &early, "q");
  assert_next (&log, &early, "c3");
  assert_next (&log, &early, NULL);

  lb_event_log_clear (&log);
}

/* Whoever is behind gets the changes that it has missed, but only the newest of several pages. */
static void
test_behind (void)
{
  LbEventLog log = { 0 };
  guint32 seen = lb_event_log_join (&log);

  add_page (&log, "p");
  assert_next (&log, &seen, "p");
  add_changes (&log, "c1");
  add_page (&log, "q");
  add_changes (&log, "c2");
  add_page (&log, "r");
  add_changes (&log, "c3");

  assert_next (&log, &seen, "c1");
  assert_next (&log, &seen, "c2");
  assert_next (&log, &seen, "r");
  assert_next (&log, &seen, "c3");
  assert_next (&log, &seen, NULL);

  lb_event_log_clear (&log);
}

/* If too many changes were missed, a page says how things are. */
static void
test_lost_changes (void)
{
  g_autofree char *large = g_strnfill (LB_EVENT_LOG_CHANGES_SIZE, 'x');
  LbEventLog log = { 0 };
  guint32 before, after;

  before = lb_event_log_join (&log);
  add_page (&log, "p");
  assert_next (&log, &before, "p");
  add_changes (&log, "c1");
  after = before;
  assert_next (&log, &after, "c1");

  /* What is new is told, however much it is; but then nothing else is kept. */
  add_changes (&log, "c2");
  add_changes (&log, large);
  g_assert_cmpuint (log.changes.length, ==, 1);

  /* Without a page there is nothing better. */
  assert_next (&log, &after, large);
  assert_next (&log, &after, NULL);

  add_page (&log, "q");
  add_changes (&log, "c3");
  assert_next (&log, &before, "q");
  assert_next (&log, &before, "c3");
  assert_next (&log, &after, "q");
  assert_next (&log, &after, "c3");

  lb_event_log_clear (&log);
}

/* However long it is used, it keeps one page and a bounded size of changes. */
static void
test_bounded (void)
{
  g_autofree char *changes = g_strnfill (LB_EVENT_LOG_CHANGES_SIZE / 8, 'x');
  LbEventLog log = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      add_changes (&log, changes);
      add_page (&log, "p");
      g_assert_cmpuint (log.changes_size, <=, LB_EVENT_LOG_CHANGES_SIZE);
      g_assert_cmpuint (log.changes.length, <=, 8);
    }

  lb_event_log_clear (&log);
}

static void
test_horizon (void)
{
  LbEventLog log = { 0 };
  guint32 ids[100];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      add_changes (&log, "c");
      ids[i] = add_page (&log, "p");
      g_assert_cmpuint (lb_event_log_get_horizon (&log), ==,
                        i + 1 < LB_EVENT_LOG_PAGES ? 0 : ids[i + 1 - LB_EVENT_LOG_PAGES]);
      g_assert_cmpuint (lb_event_log_join (&log) + 1, >=, lb_event_log_get_horizon (&log));
    }

  lb_event_log_clear (&log);
}

/* Those who come after everybody has left begin anew, with higher numbers. */
static void
test_clear (void)
{
  LbEventLog log = { 0 };
  guint32 seen, id;

  add_page (&log, "p");
  id = add_changes (&log, "c");
  lb_event_log_clear (&log);

  seen = lb_event_log_join (&log);
  assert_next (&log, &seen, NULL);
  g_assert_cmpuint (lb_event_log_get_horizon (&log), ==, 0);
  g_assert_cmpuint (add_page (&log, "q"), >, id);
  assert_next (&log, &seen, "q");

  lb_event_log_clear (&log);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/event-log/order", test_order);
  g_test_add_func ("/http/event-log/behind", test_behind);
  g_test_add_func ("/http/event-log/lost-changes", test_lost_changes);
  g_test_add_func ("/http/event-log/bounded", test_bounded);
  g_test_add_func ("/http/event-log/horizon", test_horizon);
  g_test_add_func ("/http/event-log/clear", test_clear);

  return g_test_run ();
}
