/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lb-save-job.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chart/snapshot-fixture.h"
#include "stats/lb-stats-csv.h"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-save-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->directory, "file", NULL);
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_chmod (self->directory, 0700);
  g_unlink (self->path);
  /* Nothing is left beside it. */
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->path);
  g_free (self->directory);
}

static LbSaveJob *
create_job (Fixture *self,
            LbSaveKind kind,
            const char *suffix)
{
  LbSaveJob *job = lb_save_job_new (self->path);

  job->format = lb_save_format_find (kind, suffix, NULL);
  if (kind == LB_SAVE_FIGURES)
    job->snapshot = snapshot_fixture_new (3);
  else
    {
      job->shot = lb_chart_shot_new (600, 400);
      job->shot->snapshot = snapshot_fixture_new (3);
    }

  return job;
}

static void
test_writes_each_format (Fixture *self,
                         gconstpointer data)
{
  static const struct
  {
    LbSaveKind kind;
    const char *suffix;
    const char *begins;
  } cases[] = {
    { LB_SAVE_CHART, ".png", "\x89PNG" },
    { LB_SAVE_CHART, ".SVG", "<?xml" },
    { LB_SAVE_CHART, ".pdf", "%PDF-" },
    { LB_SAVE_FIGURES, ".csv", "# pxname," },
    { LB_SAVE_FIGURES, ".json", "{" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LbSaveJob) job = create_job (self, cases[i].kind, cases[i].suffix);
      g_autofree char *contents = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      lb_save_job_run (job, &error);
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (self->path, &contents, &length, NULL));
      g_assert_cmpuint (length, >, strlen (cases[i].begins));
      g_assert_cmpmem (contents, strlen (cases[i].begins), cases[i].begins,
                       strlen (cases[i].begins));
    }
}

static void
test_figures_are_the_statistics (Fixture *self,
                                 gconstpointer data)
{
  g_autoptr (LbSaveJob) job = create_job (self, LB_SAVE_FIGURES, ".csv");
  g_autoptr (GBytes) csv = lb_stats_csv (job->snapshot);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (lb_save_job_run (job, NULL));
  g_assert_true (g_file_get_contents (self->path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, g_bytes_get_data (csv, NULL), g_bytes_get_size (csv));
}

static void
test_writes_contents_as_they_are (Fixture *self,
                                  gconstpointer data)
{
  g_autoptr (LbSaveJob) job = lb_save_job_new (self->path);
  g_autofree char *contents = NULL;

  job->contents = g_bytes_new_static ("pool", 4);
  g_assert_true (lb_save_job_run (job, NULL));
  g_assert_true (g_file_get_contents (self->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "pool");
}

static void
test_leaves_the_file_when_it_cannot (Fixture *self,
                                     gconstpointer data)
{
  g_autoptr (LbSaveJob) job = create_job (self, LB_SAVE_FIGURES, ".csv");
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("The superuser may write everywhere.");
      return;
    }

  g_assert_true (g_file_set_contents (self->path, "before", -1, NULL));
  g_assert_cmpint (g_chmod (self->directory, 0500), ==, 0);
  g_assert_false (lb_save_job_run (job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_true (g_file_get_contents (self->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "before");
}

/* Nobody's /dev/null becomes a file, whatever is saved there and by whom. */
static void
test_replaces_no_device (Fixture *self,
                         gconstpointer data)
{
  g_autoptr (LbSaveJob) job = create_job (self, LB_SAVE_FIGURES, ".csv");
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_false (lb_save_job_run (job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_cmpint (g_lstat (self->path, &info), ==, 0);
  g_assert_true (S_ISFIFO (info.st_mode));
}

static void
test_says_that_there_is_no_folder (Fixture *self,
                                   gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->path, "none", NULL);
  g_autoptr (LbSaveJob) job = lb_save_job_new (path);
  g_autoptr (GError) error = NULL;

  job->contents = g_bytes_new_static ("pool", 4);
  g_assert_false (lb_save_job_run (job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_format_is_that_of_the_name (void)
{
  const LbSaveFormat *png = lb_save_format_list (LB_SAVE_CHART, 0);
  const LbSaveFormat *svg = lb_save_format_list (LB_SAVE_CHART, 1);

  g_assert_true (lb_save_format_find (LB_SAVE_CHART, "/a/chart.svg", png) == svg);
  g_assert_true (lb_save_format_find (LB_SAVE_CHART, "/a/CHART.SVG", NULL) == svg);
  g_assert_true (lb_save_format_find (LB_SAVE_CHART, "/a/chart", svg) == svg);
  g_assert_true (lb_save_format_find (LB_SAVE_CHART, "/a/chart.csv", svg) == svg);
  g_assert_true (lb_save_format_find (LB_SAVE_CHART, "/a/chart", NULL) == png);
  g_assert_null (lb_save_format_list (LB_SAVE_CHART, 3));
  g_assert_null (lb_save_format_list (LB_SAVE_FIGURES, 2));
}

static void
test_name_has_the_date (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 3, 4, 12, 0, 0);
  const gint64 time_us = g_date_time_to_unix (noon) * G_USEC_PER_SEC;
  g_autofree char *plain = lb_save_make_name ("Chart", ".png", time_us);
  g_autofree char *odd = lb_save_make_name ("in/out", ".csv", time_us);

  g_assert_cmpstr (plain, ==, "Chart 2026-03-04.png");
  g_assert_cmpstr (odd, ==, "in-out 2026-03-04.csv");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/save-job/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("writes-each-format", test_writes_each_format);
  ADD ("figures-are-the-statistics", test_figures_are_the_statistics);
  ADD ("writes-contents-as-they-are", test_writes_contents_as_they_are);
  ADD ("leaves-the-file-when-it-cannot", test_leaves_the_file_when_it_cannot);
  ADD ("replaces-no-device", test_replaces_no_device);
  ADD ("says-that-there-is-no-folder", test_says_that_there_is_no_folder);
#undef ADD
  g_test_add_func ("/save-job/format-is-that-of-the-name", test_format_is_that_of_the_name);
  g_test_add_func ("/save-job/name-has-the-date", test_name_has_the_date);

  return g_test_run ();
}
