/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-chart"

#include "config.h"

#include "stats/lb-stats-chart-options.h"

#include "pool/lb-history.h"

/*
 * LbStatsChartOptions
 *
 * Read from the query of a request for a picture. A misspelt value is refused and never replaced by
 * what it might have meant: whoever embeds the picture should see at once that it is wrong. Keys of
 * no meaning here pass, since pages append their own to get round a cache.
 */

typedef gboolean (*OptionFunc) (LbStatsChartOptions *options,
                                const char *value,
                                GError **error);

G_DEFINE_QUARK (lb-stats-chart-error-quark, lb_stats_chart_error)

static gboolean
parse_number (const char *key,
              const char *value,
              guint least,
              guint most,
              guint *number,
              GError **error)
{
  guint64 parsed;

  if (!g_ascii_string_to_unsigned (value, 10, least, most, &parsed, NULL))
    {
      g_set_error (error, LB_STATS_CHART_ERROR, LB_STATS_CHART_ERROR_QUERY,
                   "“%s” must be a whole number from %u to %u.", key, least, most);
      return FALSE;
    }

  *number = (guint) parsed;
  return TRUE;
}

/* One of two words, of which the first is the default. */
static gboolean
parse_word (const char *key,
            const char *value,
            const char *no,
            const char *yes,
            gboolean *answer,
            GError **error)
{
  if (!g_str_equal (value, no) && !g_str_equal (value, yes))
    {
      g_set_error (error, LB_STATS_CHART_ERROR, LB_STATS_CHART_ERROR_QUERY,
                   "“%s” must be “%s” or “%s”.", key, no, yes);
      return FALSE;
    }

  *answer = g_str_equal (value, yes);
  return TRUE;
}

static gboolean
parse_width (LbStatsChartOptions *options,
             const char *value,
             GError **error)
{
  return parse_number ("width", value, LB_STATS_CHART_MIN_WIDTH, LB_STATS_CHART_MAX_SIDE,
                       &options->width, error);
}

static gboolean
parse_height (LbStatsChartOptions *options,
              const char *value,
              GError **error)
{
  return parse_number ("height", value, LB_STATS_CHART_MIN_HEIGHT, LB_STATS_CHART_MAX_SIDE,
                       &options->height, error);
}

static gboolean
parse_scale (LbStatsChartOptions *options,
             const char *value,
             GError **error)
{
  return parse_number ("scale", value, 1, LB_STATS_CHART_MAX_SCALE, &options->scale, error);
}

static gboolean
parse_theme (LbStatsChartOptions *options,
             const char *value,
             GError **error)
{
  return parse_word ("theme", value, "light", "dark", &options->dark, error);
}

static gboolean
parse_direction (LbStatsChartOptions *options,
                 const char *value,
                 GError **error)
{
  return parse_word ("direction", value, "ltr", "rtl", &options->rtl, error);
}

static gboolean
parse_view (LbStatsChartOptions *options,
            const char *value,
            GError **error)
{
  options->history = g_str_equal (value, "history");
  options->measure = g_str_equal (value, "traffic") ? LB_CHART_TRAFFIC : LB_CHART_RESPONSE_TIMES;

  if (options->history || options->measure == LB_CHART_TRAFFIC ||
      g_str_equal (value, "response-times"))
    return TRUE;

  g_set_error_literal (error, LB_STATS_CHART_ERROR, LB_STATS_CHART_ERROR_QUERY,
                       "“view” must be “response-times”, “traffic” or “history”.");
  return FALSE;
}

static gboolean
parse_seconds (LbStatsChartOptions *options,
               const char *value,
               GError **error)
{
  return parse_number ("seconds", value, LB_STATS_CHART_MIN_SECONDS, LB_HISTORY_SECONDS,
                       &options->n_seconds, error);
}

static gboolean
parse_log (LbStatsChartOptions *options,
           const char *value,
           GError **error)
{
  return parse_word ("log", value, "0", "1", &options->log_scale, error);
}

static gboolean
parse_threshold (LbStatsChartOptions *options,
                 const char *value,
                 GError **error)
{
  return parse_number ("threshold", value, 0, LB_CHART_MAX_THRESHOLD_MS,
                       &options->threshold_ms, error);
}

static const struct
{
  const char *key;
  OptionFunc parse;
} keys[] = {
  { "width", parse_width },
  { "height", parse_height },
  { "scale", parse_scale },
  { "theme", parse_theme },
  { "direction", parse_direction },
  { "view", parse_view },
  { "seconds", parse_seconds },
  { "log", parse_log },
  { "threshold", parse_threshold },
};

/* Forms write a space as a plus sign; neither is part of any key or value here. */
static gboolean
parse_pair (LbStatsChartOptions *options,
            const char *pair,
            const char *end,
            GError **error)
{
  const char *equals = memchr (pair, '=', (gsize) (end - pair));
  g_autofree char *key = g_uri_unescape_segment (pair, equals != NULL ? equals : end, NULL);

  for (guint i = 0; key != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = NULL;

      if (!g_str_equal (key, keys[i].key))
        continue;

      /* What cannot be decoded is as wrong as no value. */
      if (equals != NULL)
        value = g_uri_unescape_segment (equals + 1, end, NULL);
      return keys[i].parse (options, value != NULL ? value : "", error);
    }

  return TRUE;
}

/**
 * lb_stats_chart_options_init:
 * @self: the options to fill
 *
 * The picture for someone who asks for none in particular: the response times, light, and laid out
 * from left to right whatever the language of its words. Only the page around it knows better.
 */
void
lb_stats_chart_options_init (LbStatsChartOptions *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbStatsChartOptions){
    .width = LB_STATS_CHART_DEFAULT_WIDTH,
    .height = LB_STATS_CHART_DEFAULT_HEIGHT,
    .scale = 1,
  };
}

/**
 * lb_stats_chart_options_parse:
 * @query: (nullable) (array length=length): a URL's query as it was sent, without the question mark
 * @length: its length in bytes
 * @options: (out caller-allocates): the picture it asks for; untouched on failure
 * @error: what to change in the query
 *
 * Reads `width=`, `height=`, `scale=`, `theme=light|dark`, `direction=ltr|rtl`,
 * `view=response-times|traffic|history`, `seconds=` of the history, `log=0|1` and `threshold=` in
 * milliseconds, each of which may be left out. Of a key given twice the last counts. Other keys are passed over.
 *
 * Returns: whether the picture can be made. If not, @error is in %LB_STATS_CHART_ERROR; its message
 *   is a sentence that says what is allowed, and has nothing of @query in it.
 */
gboolean
lb_stats_chart_options_parse (const char *query,
                              gsize length,
                              LbStatsChartOptions *options,
                              GError **error)
{
  const char *end;
  LbStatsChartOptions parsed;

  g_return_val_if_fail (query != NULL || length == 0, FALSE);
  g_return_val_if_fail (options != NULL, FALSE);

  lb_stats_chart_options_init (&parsed);
  parsed.n_seconds = LB_STATS_CHART_DEFAULT_SECONDS;

  end = length > 0 ? query + length : query;
  for (const char *pair = query; pair != end;)
    {
      const char *next = memchr (pair, '&', (gsize) (end - pair));

      if (!parse_pair (&parsed, pair, next != NULL ? next : end, error))
        return FALSE;
      pair = next != NULL ? next + 1 : end;
    }

  if ((guint64) parsed.width * parsed.height * parsed.scale * parsed.scale >
      LB_STATS_CHART_MAX_PIXELS)
    {
      g_set_error (error, LB_STATS_CHART_ERROR, LB_STATS_CHART_ERROR_QUERY,
                   "“width” times “height” times “scale” squared must be at most %u.",
                   LB_STATS_CHART_MAX_PIXELS);
      return FALSE;
    }

  /* Whoever sees bars sees the same, whatever they say of seconds. */
  if (!parsed.history)
    parsed.n_seconds = 0;

  *options = parsed;
  return TRUE;
}
