/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "config/lb-file-watch.h"

#define DEADLINE_US (10 * G_USEC_PER_SEC)

typedef struct
{
  char *directory;
  char *path;
  char *target;
  LbFileWatch *watch;
  guint n_calls;
  char *seen; /* what the file held at the last call; NULL if there was none */
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-file-watch-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->directory, "file", NULL);
  self->target = g_build_filename (self->directory, "target", NULL);
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  g_clear_pointer (&self->watch, lb_file_watch_free);
  g_unlink (self->path);
  g_unlink (self->target);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->seen);
  g_free (self->target);
  g_free (self->path);
  g_free (self->directory);
}

static void
on_touched (gpointer user_data)
{
  Fixture *self = user_data;

  self->n_calls++;
  g_clear_pointer (&self->seen, g_free);
  g_file_get_contents (self->path, &self->seen, NULL, NULL);
}

static void
watch (Fixture *self)
{
  self->watch = lb_file_watch_new (self->path, on_touched, self);
}

static void
write_to (const char *path,
          const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* There may be further calls: the system may tell of one change in parts. */
static void
run_until_seen (Fixture *self,
                const char *text)
{
  const gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (g_strcmp0 (self->seen, text) != 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
run_until_called (Fixture *self)
{
  const guint before = self->n_calls;
  const gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (self->n_calls == before)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* Whether it has heard of a change and waits for the end of it. */
static gboolean
is_due (Fixture *self)
{
  return g_main_context_find_source_by_user_data (NULL, self->watch) != NULL;
}

static void
test_file (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  watch (self);
  g_assert_false (is_due (self));

  /* One that was not there. */
  write_to (self->path, "a");
  run_until_seen (self, "a");
  write_to (self->path, "b");
  run_until_seen (self, "b");
  g_unlink (self->path);
  run_until_seen (self, NULL);
}

/* What changes in quick succession is looked at when it is over. */
static void
test_series (Fixture *self,
             gconstpointer data G_GNUC_UNUSED)
{
  watch (self);

  for (guint i = 0; i < 20; i++)
    write_to (self->path, i < 19 ? "a" : "b");

  run_until_called (self);
  g_assert_cmpstr (self->seen, ==, "b");
  g_assert_cmpuint (self->n_calls, ==, 1);
}

static void
test_link (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *other = g_strconcat (self->target, "-2", NULL);

  write_to (self->target, "a");
  write_to (other, "other");
  g_assert_cmpint (symlink (self->target, self->path), ==, 0);
  watch (self);

  write_to (self->target, "b");
  run_until_seen (self, "b");

  /* It follows the link to where that leads now. */
  g_unlink (self->path);
  g_assert_cmpint (symlink (other, self->path), ==, 0);
  run_until_seen (self, "other");
  write_to (other, "c");
  run_until_seen (self, "c");

  g_unlink (other);
}

static void
on_touched_and_end (gpointer user_data)
{
  Fixture *self = user_data;

  self->n_calls++;
  g_clear_pointer (&self->watch, lb_file_watch_free);
}

/* What it calls may free it. */
static void
test_ends_in_call (Fixture *self,
                   gconstpointer data G_GNUC_UNUSED)
{
  self->watch = lb_file_watch_new (self->path, on_touched_and_end, self);
  lb_file_watch_look_later (self->watch, 0);
  run_until_called (self);
  g_assert_null (self->watch);
}

static void
test_later (Fixture *self,
            gconstpointer data G_GNUC_UNUSED)
{
  watch (self);

  lb_file_watch_look_later (self->watch, 100000);
  lb_file_watch_look_later (self->watch, 1);
  run_until_called (self);
  g_assert_false (is_due (self));

  lb_file_watch_look_later (self->watch, 100000);
  g_assert_true (is_due (self));
}

#define ADD(path, function) \
  g_test_add ("/config/file-watch/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("file", test_file);
  ADD ("series-is-one-change", test_series);
  ADD ("link-is-followed", test_link);
  ADD ("ends-in-its-call", test_ends_in_call);
  ADD ("later", test_later);

  return g_test_run ();
}
