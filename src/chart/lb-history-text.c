/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-text.h"
#include "chart/lb-history-frame.h"

/*
 * The history's words: beside the lines, at the crosshair and for a screen reader.
 */

/* A screen reader reads all of it, so there is not too much. */
#define MAX_SPOKEN_BACKENDS 8
#define MAX_SPOKEN_CHANGES 5

/**
 * lb_history_text_block:
 * @kind: what state it was
 * @n_down: of how many backends together, or 0 for a single one
 *
 * Returns: (transfer full) (nullable): the word in it, or %NULL if it needs none
 */
char *
lb_history_text_block (LbChartKind kind,
                       guint n_down)
{
  switch (kind)
    {
    case LB_CHART_DOWN:
      if (n_down > 0)
        return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u down", "%u down", n_down),
                                n_down);
      return g_strdup (lb_chart_text_health (LB_HEALTH_DOWN));
    case LB_CHART_DRAIN:
      return g_strdup (lb_chart_text_state (LB_STATE_DRAIN));
    case LB_CHART_MAINT:
      return g_strdup (lb_chart_text_state (LB_STATE_MAINT));
    case LB_CHART_UP:
    case LB_CHART_UNKNOWN:
      return NULL;
    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * lb_history_text_change:
 * @change: what happened to a backend
 *
 * Returns: the words for it, which follow the backend's name
 */
const char *
lb_history_text_change (LbHistoryChange change)
{
  switch (change)
    {
    case LB_HISTORY_WENT_DOWN:
      return _("went down");
    case LB_HISTORY_CAME_UP:
      return _("came up");
    case LB_HISTORY_TO_DRAIN:
      return _("set to drain");
    case LB_HISTORY_TO_MAINT:
      return _("set to maint");
    case LB_HISTORY_TO_READY:
      return _("set to ready");
    case LB_HISTORY_ADDED:
      return _("added");
    case LB_HISTORY_REMOVED:
      return _("removed");
    case LB_N_HISTORY_CHANGES:
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * lb_history_text_length:
 * @seconds: how long
 *
 * Returns: (transfer full): the time in whole seconds, or minutes if there are more than two
 */
char *
lb_history_text_length (double seconds)
{
  const guint n_seconds = (guint) round (seconds);
  const guint n_minutes = (guint) round (seconds / 60);

  if (n_seconds < 120 && n_seconds != 60)
    return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u second", "%u seconds", n_seconds), n_seconds);

  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u minute", "%u minutes", n_minutes),
                          n_minutes);
}

/**
 * lb_history_text_count:
 * @n_backends: how many backends
 *
 * Returns: (transfer full): that many, in words
 */
char *
lb_history_text_count (guint n_backends)
{
  return g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u backend", "%u backends", n_backends), n_backends);
}

/* The last step before @step of which anything is known. */
static const LbHistorySpan *
find_before (const LbHistoryDigest *digest,
             guint step,
             guint backend)
{
  while (step > 0)
    {
      const LbHistorySpan *span = lb_history_digest_get_span (digest, --step, backend);

      if (span->is_known || span->is_absent)
        return span;
    }

  return NULL;
}

static guint
get_changes (const LbHistoryDigest *digest,
             guint step,
             guint backend)
{
  const LbHistorySpan *before = find_before (digest, step, backend);

  if (before == NULL)
    return 0;

  return lb_history_span_compare (before, lb_history_digest_get_span (digest, step, backend));
}

static char *
describe_responses (const LbHistorySpan *span)
{
  g_autofree char *highest = NULL;
  g_autofree char *lowest = NULL;

  if (span->lowest_us == LB_HISTORY_NO_RESPONSE)
    return NULL;

  lowest = lb_chart_text_time (span->lowest_us);
  highest = lb_chart_text_time (span->highest_us);
  if (g_str_equal (lowest, highest))
    return g_steal_pointer (&highest);

  /* Translators: from one time to another: “4.10 ms – 12.3 ms” */
  return g_strdup_printf (_("%s – %s"), lowest, highest);
}

/**
 * lb_history_text_span:
 * @digest: what happened
 * @step: one of its steps
 * @backend: an index in the slice
 *
 * Returns: (transfer full): what is known of a backend in a step: its response times, its state if
 *   it is not simply up and ready, and what changed
 */
char *
lb_history_text_span (const LbHistoryDigest *digest,
                      guint step,
                      guint backend)
{
  const LbHistorySpan *span = lb_history_digest_get_span (digest, step, backend);
  const guint changes = get_changes (digest, step, backend);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *responses = describe_responses (span);

  if (responses != NULL)
    g_ptr_array_add (words, responses);

  for (guint i = 0; i < LB_N_HISTORY_CHANGES; i++)
    if ((changes >> i & 1) != 0)
      g_ptr_array_add (words, (char *) lb_history_text_change ((LbHistoryChange) i));

  if (changes == 0 && span->is_known)
    {
      if (span->was_down)
        g_ptr_array_add (words, (char *) lb_chart_text_health (LB_HEALTH_DOWN));
      if (span->state != LB_STATE_READY)
        g_ptr_array_add (words, (char *) lb_chart_text_state ((LbState) span->state));
    }

  if (words->len == 0)
    g_ptr_array_add (words, (char *) "–");
  g_ptr_array_add (words, NULL);

  return g_strjoinv (", ", (char **) words->pdata);
}

/**
 * lb_history_text_step:
 * @digest: what happened
 * @step: one of its steps
 *
 * Returns: (transfer full): the time of day of a step, from its first to its last second
 */
char *
lb_history_text_step (const LbHistoryDigest *digest,
                      guint step)
{
  const gint64 first = (digest->first + step) * digest->step_s;
  const gint64 last = MIN (first + digest->step_s - 1, digest->slice->end);
  g_autofree char *from =
    lb_history_format_time (lb_history_get_time_us (digest->slice, (double) first), TRUE);
  g_autofree char *to =
    lb_history_format_time (lb_history_get_time_us (digest->slice, (double) last), TRUE);

  if (last <= first)
    return g_steal_pointer (&from);

  return g_strdup_printf (_("%s – %s"), from, to);
}

/* The last step of which anything is known. */
static gboolean
find_latest (const LbHistoryDigest *digest,
             guint *step)
{
  for (guint i = digest->n_steps; i > 0; i--)
    {
      if (!digest->moments[i - 1].is_known)
        continue;

      *step = i - 1;
      return TRUE;
    }

  return FALSE;
}

static void
describe_few (GString *text,
              const LbHistoryDigest *digest,
              guint step)
{
  for (guint i = 0; i < digest->slice->n_backends; i++)
    {
      g_autofree char *value = lb_history_text_span (digest, step, i);

      g_string_append_printf (text, " %s: %s.", lb_chart_text_address (digest->slice->urls[i]),
                              value);
    }
}

static void
describe_many (GString *text,
               const LbHistoryDigest *digest,
               guint step)
{
  const LbHistoryMoment *moment = &digest->moments[step];
  g_autofree char *median = lb_chart_text_time (moment->median_us);
  g_autofree char *highest = lb_chart_text_time (moment->highest_us);
  g_autofree char *number = lb_history_text_count (digest->slice->n_backends);

  g_string_append_c (text, ' ');
  /* Translators: “60 backends: median 12.3 ms, highest 45.6 ms, 2 down.” */
  g_string_append_printf (text, _("%s: median %s, highest %s, %u down."), number, median, highest,
                          moment->n_down);
}

static gboolean
has_changes (const LbHistoryMoment *moment)
{
  for (guint i = 0; i < LB_N_HISTORY_CHANGES; i++)
    if (moment->changes[i] > 0)
      return TRUE;

  return FALSE;
}

/* The latest first. */
static void
describe_changes (GString *text,
                  const LbHistoryDigest *digest)
{
  guint n_spoken = 0;

  for (guint i = digest->n_steps; i > 0 && n_spoken < MAX_SPOKEN_CHANGES; i--)
    {
      g_autofree char *time = NULL;

      if (!has_changes (&digest->moments[i - 1]))
        continue;

      time = lb_history_text_step (digest, i - 1);
      for (guint j = 0; j < digest->slice->n_backends && n_spoken < MAX_SPOKEN_CHANGES; j++)
        {
          const guint changes = get_changes (digest, i - 1, j);

          for (guint k = 0; changes >> k != 0; k++)
            {
              if ((changes >> k & 1) == 0)
                continue;
              if (n_spoken++ == 0)
                g_string_append_printf (text, " %s", _("Last changes:"));
              g_string_append_printf (text, " %s %s %s.", time,
                                      lb_chart_text_address (digest->slice->urls[j]),
                                      lb_history_text_change ((LbHistoryChange) k));
            }
        }
    }
}

/**
 * lb_history_text_describe:
 * @digest: what is shown
 * @range: which part of the history that is
 *
 * Returns: (transfer full): how long it is and until when, the response times at its end, and the
 *   last changes, in whole sentences for a screen reader
 */
char *
lb_history_text_describe (const LbHistoryDigest *digest,
                          const LbHistoryRange *range)
{
  g_autofree char *length = lb_history_text_length (range->length);
  g_autofree char *end =
    lb_history_format_time (lb_history_get_time_us (digest->slice, range->end), TRUE);
  GString *text = g_string_new (NULL);
  guint step;

  /* Translators: “10 minutes up to 14:03:59.” */
  g_string_append_printf (text, _("%s up to %s."), length, end);

  if (find_latest (digest, &step))
    {
      if (digest->slice->n_backends <= MAX_SPOKEN_BACKENDS)
        describe_few (text, digest, step);
      else
        describe_many (text, digest, step);
      describe_changes (text, digest);
    }

  return g_string_free (text, FALSE);
}
