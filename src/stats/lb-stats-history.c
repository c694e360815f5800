/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-history"

#include "config.h"

#include "stats/lb-stats-history.h"

#include <math.h>
#include <string.h>

#include "pool/lb-history.h"
#include "stats/lb-json-writer.h"

/* So many points of all backends together at the most, or the steps get longer: 4 to 10 MB. */
#define POINTS_MAX 360000

G_DEFINE_QUARK (lb-stats-history-error-quark, lb_stats_history_error)

/* Negative is not known. */
static void
lb_stats_history_add_number (LbJsonWriter *writer,
                             double value)
{
  lb_json_writer_add_number (writer, NULL, value >= 0.0 ? value : (double) NAN);
}

static const char *
get_health (const LbHistoryPoint *point)
{
  return point->is_known ? lb_health_to_string (point->health) : NULL;
}

static const char *
get_state (const LbHistoryPoint *point)
{
  return point->is_known ? lb_state_to_string (point->state) : NULL;
}

/* Adds a list of [step, word]: what holds from that step on, up to the next. */
static void
lb_stats_history_add_changes (LbJsonWriter *writer,
                              const char *name,
                              const LbHistoryPoint *points,
                              guint n_steps,
                              const char *(*get_word) (const LbHistoryPoint *point))
{
  lb_json_writer_begin_array (writer, name);

  for (guint i = 0; i < n_steps; i++)
    {
      const char *word = get_word (&points[i]);

      if (i > 0 && word == get_word (&points[i - 1]))
        continue;

      lb_json_writer_begin_array (writer, NULL);
      lb_json_writer_add_count (writer, NULL, i);
      lb_json_writer_add_string (writer, NULL, word);
      lb_json_writer_end_array (writer);
    }

  lb_json_writer_end_array (writer);
}

static void
lb_stats_history_add_backend (LbJsonWriter *writer,
                              const char *url,
                              const LbHistoryPoint *points,
                              guint n_steps)
{
  lb_json_writer_begin_object (writer, NULL);
  lb_json_writer_add_string (writer, "url", url);

  lb_json_writer_begin_array (writer, "response_times_ms");
  for (guint i = 0; i < n_steps; i++)
    lb_stats_history_add_number (writer, points[i].response_us / 1000.0);
  lb_json_writer_end_array (writer);

  lb_json_writer_begin_array (writer, "redirects_per_s");
  for (guint i = 0; i < n_steps; i++)
    lb_stats_history_add_number (writer, points[i].redirects_per_s);
  lb_json_writer_end_array (writer);

  lb_stats_history_add_changes (writer, "health", points, n_steps, get_health);
  lb_stats_history_add_changes (writer, "state", points, n_steps, get_state);
  lb_json_writer_end_object (writer);
}

static double
get_redirects (const LbHistoryTotal *total)
{
  return total->redirects_per_s;
}

static double
get_rejected (const LbHistoryTotal *total)
{
  return total->rejected_per_s;
}

static double
get_up (const LbHistoryTotal *total)
{
  return total->is_known ? total->n_up : -1.0;
}

static void
lb_stats_history_add_totals (LbJsonWriter *writer,
                             const LbHistorySlice *slice,
                             guint step_s,
                             guint n_steps)
{
  static const struct
  {
    const char *name;
    double (*get) (const LbHistoryTotal *total);
  } series[] = {
    { "redirects_per_s", get_redirects },
    { "rejected_per_s", get_rejected },
    { "up", get_up },
  };
  g_autofree LbHistoryTotal *totals = g_new (LbHistoryTotal, n_steps);

  lb_history_slice_read_totals (slice, step_s, n_steps, totals);

  lb_json_writer_begin_object (writer, "totals");
  for (guint i = 0; i < G_N_ELEMENTS (series); i++)
    {
      lb_json_writer_begin_array (writer, series[i].name);
      for (guint j = 0; j < n_steps; j++)
        lb_stats_history_add_number (writer, series[i].get (&totals[j]));
      lb_json_writer_end_array (writer);
    }
  lb_json_writer_end_object (writer);
}

static gboolean
lb_stats_history_parse_seconds (const char *value,
                                guint *n_seconds,
                                GError **error)
{
  guint64 parsed;

  if (!g_ascii_string_to_unsigned (value, 10, 1, LB_HISTORY_SECONDS, &parsed, NULL))
    {
      g_set_error (error, LB_STATS_HISTORY_ERROR, LB_STATS_HISTORY_ERROR_QUERY,
                   "“seconds” must be a whole number from 1 to %d.", LB_HISTORY_SECONDS);
      return FALSE;
    }

  *n_seconds = (guint) parsed;
  return TRUE;
}

/**
 * lb_stats_history_parse:
 * @query: (nullable) (array length=length): a URL's query as it was sent, without the question mark
 * @length: its length in bytes
 * @n_seconds: (out): how many seconds it asks for; untouched on failure
 * @error: what to change in the query
 *
 * Reads `seconds=`, 1 to %LB_HISTORY_SECONDS, which is %LB_STATS_HISTORY_DEFAULT_SECONDS if it is left
 * out. Given twice the last counts. Other keys are passed over.
 *
 * Returns: whether it can be told. If not, @error is in %LB_STATS_HISTORY_ERROR; its message is a
 *   sentence that says what is allowed, and has nothing of @query in it.
 */
gboolean
lb_stats_history_parse (const char *query,
                        gsize length,
                        guint *n_seconds,
                        GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) pairs = NULL;
  guint parsed = LB_STATS_HISTORY_DEFAULT_SECONDS;

  g_return_val_if_fail (query != NULL || length == 0, FALSE);
  g_return_val_if_fail (n_seconds != NULL, FALSE);

  text = g_strndup (query, length);
  pairs = g_strsplit (text != NULL ? text : "", "&", -1);

  for (guint i = 0; pairs[i] != NULL; i++)
    {
      const char *equals = strchr (pairs[i], '=');
      g_autofree char *key = g_uri_unescape_segment (pairs[i], equals, NULL);
      g_autofree char *value = NULL;

      if (g_strcmp0 (key, "seconds") != 0)
        continue;

      /* What cannot be decoded is as wrong as no value. */
      if (equals != NULL)
        value = g_uri_unescape_segment (equals + 1, NULL, NULL);
      if (!lb_stats_history_parse_seconds (value != NULL ? value : "", &parsed, error))
        return FALSE;
    }

  *n_seconds = parsed;

  return TRUE;
}

/**
 * lb_stats_history:
 * @slice: what is to be told; as many seconds as were asked for
 *
 * Writes the history as `/stats/history` gives it: one JSON object in UTF-8, with a final newline.
 *
 * It has a step every `step_s` seconds from `start` to `end`, and in each series a value for each step,
 * null where nothing is known. `step_s` is 1 unless that would be more than 360,000 points of all
 * backends together: 10,000 backends get at most 36 steps. Then a response time is the mean of those in
 * the step, `up` the least, and a backend is down in a step if it was at any time in it. `seconds` is
 * how many seconds the series cover: those that were asked for, or as many as are known;
 * `seconds_kept` is how many are kept at most with so many backends. `health` and `state` are lists of
 * [step, word]: what holds from that step on. Each number has at most three decimals.
 *
 * May run in a worker thread, and should: the longest takes a tenth of a second.
 *
 * Returns: (transfer full): the text
 */
GBytes *
lb_stats_history (const LbHistorySlice *slice)
{
  g_autofree LbHistoryPoint *points = NULL;
  LbJsonWriter writer;
  guint most;
  guint step_s;
  guint n_steps;

  g_return_val_if_fail (slice != NULL, NULL);

  most = MAX (POINTS_MAX / MAX (slice->n_backends, 1), 1);
  step_s = MAX ((slice->n_known + most - 1) / most, 1);
  n_steps = (slice->n_known + step_s - 1) / step_s;

  points = g_new (LbHistoryPoint, (gsize) slice->n_backends * n_steps);
  lb_history_slice_read (slice, 0, slice->n_backends, step_s, n_steps, points);

  lb_json_writer_init (&writer);
  lb_json_writer_begin_object (&writer, NULL);
  lb_json_writer_add_string (&writer, "name", "Load Balancer");
  lb_json_writer_add_string (&writer, "version", LB_VERSION);
  lb_json_writer_add_count (&writer, "seconds_asked", slice->n_seconds);
  lb_json_writer_add_count (&writer, "seconds", slice->n_known);
  lb_json_writer_add_count (&writer, "seconds_kept", slice->n_kept);
  lb_json_writer_add_count (&writer, "step_s", step_s);
  lb_json_writer_add_count (&writer, "steps", n_steps);
  lb_json_writer_add_moment (&writer, "start",
                             slice->end_us - (gint64) n_steps * step_s * G_USEC_PER_SEC);
  lb_json_writer_add_moment (&writer, "end", slice->end_us);
  lb_stats_history_add_totals (&writer, slice, step_s, n_steps);

  lb_json_writer_begin_array (&writer, "servers");
  for (guint i = 0; i < slice->n_backends; i++)
    lb_stats_history_add_backend (&writer, slice->urls[i], &points[(gsize) i * n_steps], n_steps);
  lb_json_writer_end_array (&writer);
  lb_json_writer_end_object (&writer);

  return lb_json_writer_finish (&writer);
}
