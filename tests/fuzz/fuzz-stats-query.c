/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "stats/lb-stats-chart-options.h"
#include "stats/lb-stats-history.h"

/* The query of a picture or of the history: refused, or within its bounds and the same said anew. */

static void
check_chart (const char *query,
             gsize length)
{
  const LbStatsChartOptions untouched = { .width = 1, .threshold_ms = 2 };
  LbStatsChartOptions options = untouched;
  LbStatsChartOptions again = untouched;
  g_autoptr (GError) error = NULL;
  g_autofree char *plain = NULL;

  if (!lb_stats_chart_options_parse (query, length, &options, &error))
    {
      fuzz_check_sentence (error, LB_STATS_CHART_ERROR);
      g_assert_cmpmem (&options, sizeof options, &untouched, sizeof untouched);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (options.width, >=, LB_STATS_CHART_MIN_WIDTH);
  g_assert_cmpuint (options.height, >=, LB_STATS_CHART_MIN_HEIGHT);
  g_assert_cmpuint (options.scale, >=, 1);
  g_assert_cmpint (options.n_seconds > 0, ==, options.history);
  g_assert_cmpuint (options.width * options.height, <=,
                    LB_STATS_CHART_MAX_PIXELS / (options.scale * options.scale));

  plain = g_strdup_printf ("width=%u&height=%u&scale=%u&theme=%s&direction=%s&view=%s&log=%d&"
                           "threshold=%u&seconds=%u",
                           options.width, options.height, options.scale,
                           options.dark ? "dark" : "light", options.rtl ? "rtl" : "ltr",
                           options.history                       ? "history"
                           : options.measure == LB_CHART_TRAFFIC ? "traffic"
                                                                 : "response-times",
                           options.log_scale, options.threshold_ms, MAX (options.n_seconds, 10));
  g_assert_true (lb_stats_chart_options_parse (plain, strlen (plain), &again, &error));
  g_assert_cmpmem (&again, sizeof again, &options, sizeof options);
}

static void
check_history (const char *query,
               gsize length)
{
  g_autoptr (GError) error = NULL;
  guint n_seconds = 0;

  if (!lb_stats_history_parse (query, length, &n_seconds, &error))
    {
      fuzz_check_sentence (error, LB_STATS_HISTORY_ERROR);
      g_assert_cmpuint (n_seconds, ==, 0);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (n_seconds, >, 0);
  g_assert_cmpuint (n_seconds, <=, 3600);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  check_chart ((const char *) data, size);
  check_history ((const char *) data, size);

  return 0;
}
