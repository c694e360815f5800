/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-save-job"

#include "config.h"

#include "lb-save-job.h"

#include <glib/gi18n-lib.h>

#include "config/lb-safe-file.h"
#include "stats/lb-stats-csv.h"
#include "stats/lb-stats-json.h"

/*
 * Saves charts and figures: which bytes go into the file that a person chose, and how they get there.
 */

/* The first one of each kind is offered first. */
static const LbSaveFormat chart_formats[] = {
  { N_("PNG picture"), ".png", "image/png", lb_chart_shot_make_png, NULL },
  { N_("SVG picture"), ".svg", "image/svg+xml", lb_chart_shot_make_svg, NULL },
  { N_("PDF document"), ".pdf", "application/pdf", lb_chart_shot_make_pdf, NULL },
};

static const LbSaveFormat figure_formats[] = {
  { N_("CSV table"), ".csv", "text/csv", NULL, lb_stats_csv },
  { N_("JSON data"), ".json", "application/json", NULL, lb_stats_json },
};

/**
 * lb_save_format_list:
 * @kind: what is to be saved
 * @index: a number from 0 on
 *
 * Returns: (nullable): the format with this number, or %NULL behind the last one
 */
const LbSaveFormat *
lb_save_format_list (LbSaveKind kind,
                     guint index)
{
  switch (kind)
    {
    case LB_SAVE_CHART:
      return index < G_N_ELEMENTS (chart_formats) ? &chart_formats[index] : NULL;
    case LB_SAVE_FIGURES:
      return index < G_N_ELEMENTS (figure_formats) ? &figure_formats[index] : NULL;
    default:
      g_return_val_if_reached (NULL);
    }
}

static gboolean
has_suffix (const char *path,
            const char *suffix)
{
  const gsize length = strlen (path);
  const gsize suffix_length = strlen (suffix);

  return length >= suffix_length &&
         g_ascii_strcasecmp (path + length - suffix_length, suffix) == 0;
}

/**
 * lb_save_format_find:
 * @kind: what is to be saved
 * @path: (type filename): where
 * @chosen: (nullable): the format that was chosen besides the name
 *
 * Finds the format that is meant. The name says it if it ends with a suffix that is known: who opens
 * the file goes by that. The name stays as it is in any case, since nobody was asked whether a file of
 * another name may be replaced.
 *
 * Returns: the format
 */
const LbSaveFormat *
lb_save_format_find (LbSaveKind kind,
                     const char *path,
                     const LbSaveFormat *chosen)
{
  const LbSaveFormat *format;

  g_return_val_if_fail (path != NULL, NULL);

  for (guint i = 0; (format = lb_save_format_list (kind, i)) != NULL; i++)
    if (has_suffix (path, format->suffix))
      return format;

  return chosen != NULL ? chosen : lb_save_format_list (kind, 0);
}

/**
 * lb_save_make_name:
 * @word: what is in the file, translated
 * @suffix: what its name ends with
 * @time_us: when that was so, in microseconds since 1970
 *
 * Returns: (transfer full): a name for a file, with the date
 */
char *
lb_save_make_name (const char *word,
                   const char *suffix,
                   gint64 time_us)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *date = NULL;
  char *name;

  g_return_val_if_fail (word != NULL, NULL);
  g_return_val_if_fail (suffix != NULL, NULL);

  time = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);
  date = g_date_time_format (time, "%Y-%m-%d");
  name = g_strconcat (word, " ", date, suffix, NULL);

  return g_strdelimit (name, "/", '-');
}

/**
 * lb_save_job_new:
 * @path: (type filename): where to save it
 *
 * Returns: (transfer full): a job without anything to save: the caller fills it in
 */
LbSaveJob *
lb_save_job_new (const char *path)
{
  LbSaveJob *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (LbSaveJob, 1);
  self->path = g_strdup (path);

  return self;
}

/**
 * lb_save_job_free:
 * @self: (transfer full): a job
 */
void
lb_save_job_free (LbSaveJob *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->shot, lb_chart_shot_free);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_pointer (&self->contents, g_bytes_unref);
  g_free (self->path);
  g_free (self);
}

static GBytes *
make_contents (const LbSaveJob *self)
{
  if (self->shot != NULL)
    return self->format->make_chart (self->shot);
  if (self->snapshot != NULL)
    return self->format->make_figures (self->snapshot);

  return g_bytes_ref (self->contents);
}

/**
 * lb_save_job_run:
 * @self: a job
 * @error: return location for a #GError
 *
 * Does it, which may take a second. The file is replaced as a whole or not at all. A new one is for its
 * owner only, as what it says about a network may be.
 *
 * Sets a #GIOErrorEnum.
 *
 * Returns: whether the file holds it now
 */
gboolean
lb_save_job_run (const LbSaveJob *self,
                 GError **error)
{
  g_autoptr (GBytes) contents = NULL;
  g_autofree char *path = NULL;
  g_autofree char *staged = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  path = lb_safe_file_resolve (self->path, error);
  if (path == NULL)
    return FALSE;

  contents = make_contents (self);
  staged = lb_safe_file_stage (path, contents, error);
  if (staged == NULL)
    return FALSE;

  if (lb_safe_file_commit (staged, path, error))
    return TRUE;

  lb_safe_file_cancel (staged);
  return FALSE;
}
