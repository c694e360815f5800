/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <utime.h>

#include "config/lb-safe-file.h"

/* A directory of its own for each test, and a path in it. */
typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data)
{
  self->directory = g_dir_make_tmp ("lb-safe-XXXXXX", NULL);
  g_assert_nonnull (self->directory);
  self->path = g_build_filename (self->directory, "config.json", NULL);
}

/* Fails unless the test has removed all but the file itself. */
static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->path);
  g_free (self->directory);
}

static char *
stage (Fixture *self,
       const char *text)
{
  g_autoptr (GBytes) contents = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  char *staged = lb_safe_file_stage (self->path, contents, &error);

  g_assert_no_error (error);
  g_assert_nonnull (staged);

  return staged;
}

static void
commit (Fixture *self,
        const char *staged)
{
  g_autoptr (GError) error = NULL;
  gboolean done = lb_safe_file_commit (staged, self->path, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static void
assert_contents (const char *path,
                 const char *text)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (contents, ==, text);
}

static gboolean
exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* As two processes do that save to one file at the same time. */
static void
test_each_commits_its_own (Fixture *self,
                           gconstpointer data)
{
  g_autofree char *one = stage (self, "one");
  g_autofree char *two = stage (self, "two");
  g_autofree char *three = stage (self, "three");

  g_assert_false (exists (self->path));
  assert_contents (one, "one");
  assert_contents (two, "two");

  commit (self, one);
  assert_contents (self->path, "one");
  lb_safe_file_cancel (three);
  assert_contents (self->path, "one");
  commit (self, two);
  assert_contents (self->path, "two");
}

static void
test_failures_leave_nothing (Fixture *self,
                             gconstpointer data)
{
  g_autofree char *staged = stage (self, "text");
  g_autofree char *nowhere = g_build_filename (self->path, "config.json", NULL);
  g_autoptr (GBytes) contents = g_bytes_new_static ("text", 4);
  g_autoptr (GError) error = NULL;

  /* A directory in its place. */
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (lb_safe_file_commit (staged, self->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  lb_safe_file_cancel (staged);
  g_assert_false (exists (staged));
  g_assert_cmpint (g_rmdir (self->path), ==, 0);

  /* No directory to be in. */
  g_assert_null (lb_safe_file_stage (nowhere, contents, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, nowhere));
}

/* A limit of this process stands for a disk that is full. */
static void
test_full_disk_leaves_nothing (Fixture *self,
                               gconstpointer data)
{
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autoptr (GBytes) contents = g_bytes_new (text, 10000);
  g_autoptr (GError) error = NULL;
  struct rlimit limit, small;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = limit;
  small.rlim_cur = 4096;
  signal (SIGXFSZ, SIG_IGN);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_null (lb_safe_file_stage (self->path, contents, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);

  signal (SIGXFSZ, SIG_DFL);
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_assert_nonnull (strstr (error->message, self->path));
}

static void
make_old (const char *path)
{
  const time_t then = (time_t) (g_get_real_time () / G_USEC_PER_SEC) - 3600;
  struct utimbuf times = { then, then };

  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

/* What was staged and is old is from a process that ended in between; anything else is not ours. */
static void
test_cleans_what_was_left (Fixture *self,
                           gconstpointer data)
{
  static const char *const others[] = {
    "config.json.new", ".config.json.backup", ".config.json.load-balancer-1", ".other.json",
  };
  g_autofree char *left = stage (self, "left");
  g_autofree char *fresh = stage (self, "fresh");

  make_old (left);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, others[i], NULL);

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      make_old (path);
    }

  lb_safe_file_clean (self->path);
  g_assert_false (exists (left));
  commit (self, fresh);
  assert_contents (self->path, "fresh");

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, others[i], NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }

  make_old (self->path);
  lb_safe_file_clean (self->path);
  assert_contents (self->path, "fresh");
}

static void
test_cleans_nowhere (void)
{
  lb_safe_file_clean ("/nowhere/at/all");
}

#define ADD(path, function) \
  g_test_add ("/config/safe-file/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("each-commits-its-own", test_each_commits_its_own);
  ADD ("failures-leave-nothing", test_failures_leave_nothing);
  ADD ("full-disk-leaves-nothing", test_full_disk_leaves_nothing);
  ADD ("cleans-what-was-left", test_cleans_what_was_left);
  g_test_add_func ("/config/safe-file/cleans-nowhere", test_cleans_nowhere);

  return g_test_run ();
}
