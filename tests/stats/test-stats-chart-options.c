/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/lb-stats-chart-options.h"

static gboolean
parse (const char *query,
       LbStatsChartOptions *options,
       GError **error)
{
  gsize length = query != NULL ? strlen (query) : 0;
  /* A copy that ends where the query does, so that reading on is found. */
  g_autofree char *bytes = length > 0 ? g_memdup2 (query, length) : NULL;

  return lb_stats_chart_options_parse (bytes, length, options, error);
}

static void
test_accepts (void)
{
  static const struct
  {
    const char *query;
    LbStatsChartOptions expected;
  } cases[] = {
    { NULL, { 800, 400, 1, FALSE, FALSE } },
    { "", { 800, 400, 1, FALSE, FALSE } },
    { "width=320&height=200", { 320, 200, 1, FALSE, FALSE } },
    { "theme=dark", { 800, 400, 1, TRUE, FALSE } },
    { "theme=light", { 800, 400, 1, FALSE, FALSE } },
    { "direction=rtl", { 800, 400, 1, FALSE, TRUE } },
    { "direction=ltr", { 800, 400, 1, FALSE, FALSE } },
    { "scale=2&width=1920&height=1080", { 1920, 1080, 2, FALSE, FALSE } },
    { "width=200&height=140", { 200, 140, 1, FALSE, FALSE } },
    { "width=4096&height=4096", { 4096, 4096, 1, FALSE, FALSE } },
    { "width=1024&height=1024&scale=4", { 1024, 1024, 4, FALSE, FALSE } },
    { "%77idth=%33%32%30&theme=d%61rk", { 320, 400, 1, TRUE, FALSE } },
    { "width=0320", { 320, 400, 1, FALSE, FALSE } },
    { "width=300&width=500", { 500, 400, 1, FALSE, FALSE } },
    { "&&theme=dark&", { 800, 400, 1, TRUE, FALSE } },
    { "=", { 800, 400, 1, FALSE, FALSE } },
    { "_=1732222&utm=%zz&%ff=1&%=2&Width=1", { 800, 400, 1, FALSE, FALSE } },
    { "view=response-times", { 800, 400, 1, FALSE, FALSE } },
    { "view=traffic", { 800, 400, 1, FALSE, FALSE, LB_CHART_TRAFFIC } },
    { "log=1", { 800, 400, 1, FALSE, FALSE, LB_CHART_RESPONSE_TIMES, TRUE } },
    { "log=0&threshold=0", { 800, 400, 1, FALSE, FALSE } },
    { "threshold=3600000",
      { 800, 400, 1, FALSE, FALSE, LB_CHART_RESPONSE_TIMES, FALSE, 3600000 } },
    { "view=history",
      { 800, 400, 1, FALSE, FALSE, LB_CHART_RESPONSE_TIMES, FALSE, 0, TRUE, 60 } },
    { "seconds=3600&view=history&log=1",
      { 800, 400, 1, FALSE, FALSE, LB_CHART_RESPONSE_TIMES, TRUE, 0, TRUE, 3600 } },
    { "view=history&seconds=10",
      { 800, 400, 1, FALSE, FALSE, LB_CHART_RESPONSE_TIMES, FALSE, 0, TRUE, 10 } },
    { "view=history&view=traffic&seconds=10", { 800, 400, 1, FALSE, FALSE, LB_CHART_TRAFFIC } },
    { "seconds=600", { 800, 400, 1, FALSE, FALSE } },
    { "widthx=1&wid=2&x=width=3", { 800, 400, 1, FALSE, FALSE } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      LbStatsChartOptions options;

      g_test_message ("%s", cases[i].query != NULL ? cases[i].query : "no query");
      g_assert_true (parse (cases[i].query, &options, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (&options, sizeof options, &cases[i].expected, sizeof options);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *query;
    const char *message;
  } cases[] = {
    { "width=199", "“width” must be a whole number from 200 to 4096." },
    { "width=4097", "“width” must be a whole number from 200 to 4096." },
    { "width=99999999999999999999", "“width” must be a whole number from 200 to 4096." },
    { "width=-300", "“width” must be a whole number from 200 to 4096." },
    { "width=+300", "“width” must be a whole number from 200 to 4096." },
    { "width=300.5", "“width” must be a whole number from 200 to 4096." },
    { "width=300px", "“width” must be a whole number from 200 to 4096." },
    { "width=%20300", "“width” must be a whole number from 200 to 4096." },
    { "width=0x200", "“width” must be a whole number from 200 to 4096." },
    { "width=", "“width” must be a whole number from 200 to 4096." },
    { "width", "“width” must be a whole number from 200 to 4096." },
    { "width=%3", "“width” must be a whole number from 200 to 4096." },
    { "width=300%00", "“width” must be a whole number from 200 to 4096." },
    { "width=300&width=1", "“width” must be a whole number from 200 to 4096." },
    { "width=1&width=300", "“width” must be a whole number from 200 to 4096." },
    { "height=139", "“height” must be a whole number from 140 to 4096." },
    { "height=4097", "“height” must be a whole number from 140 to 4096." },
    { "scale=0", "“scale” must be a whole number from 1 to 4." },
    { "scale=5", "“scale” must be a whole number from 1 to 4." },
    { "theme=Dark", "“theme” must be “light” or “dark”." },
    { "theme=", "“theme” must be “light” or “dark”." },
    { "theme=dark%ff", "“theme” must be “light” or “dark”." },
    { "direction=up", "“direction” must be “ltr” or “rtl”." },
    { "view=History", "“view” must be “response-times”, “traffic” or “history”." },
    { "view", "“view” must be “response-times”, “traffic” or “history”." },
    { "view=history&seconds=9", "“seconds” must be a whole number from 10 to 3600." },
    { "view=history&seconds=3601", "“seconds” must be a whole number from 10 to 3600." },
    { "seconds=", "“seconds” must be a whole number from 10 to 3600." },
    { "log=yes", "“log” must be “0” or “1”." },
    { "threshold=1.5", "“threshold” must be a whole number from 0 to 3600000." },
    { "threshold=3600001", "“threshold” must be a whole number from 0 to 3600000." },
    { "width=4096&height=4096&scale=2",
      "“width” times “height” times “scale” squared must be at most 16777216." },
    { "width=1025&height=1024&scale=4",
      "“width” times “height” times “scale” squared must be at most 16777216." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      LbStatsChartOptions options = { 1, 2, 3, TRUE, TRUE, LB_CHART_TRAFFIC, TRUE, 4 };
      LbStatsChartOptions untouched = options;

      g_test_message ("%s", cases[i].query != NULL ? cases[i].query : "no query");
      g_assert_false (parse (cases[i].query, &options, &error));
      g_assert_error (error, LB_STATS_CHART_ERROR, LB_STATS_CHART_ERROR_QUERY);
      g_assert_cmpstr (error->message, ==, cases[i].message);
      g_assert_cmpmem (&options, sizeof options, &untouched, sizeof untouched);
    }
}

static void
test_survives_noise (void)
{
  static const char alphabet[] = "width=heg&sclmdr%0123456789af+\xff";

  for (guint i = 0; i < 20000; i++)
    {
      gsize length = (gsize) g_test_rand_int_range (0, 40);
      g_autofree char *query = g_malloc (length);
      LbStatsChartOptions options;

      for (gsize j = 0; j < length; j++)
        query[j] = alphabet[g_test_rand_int_range (0, sizeof alphabet)];

      if (lb_stats_chart_options_parse (query, length, &options, NULL))
        {
          g_assert_cmpuint (options.width, >=, 200);
          g_assert_cmpuint (options.width, <=, 4096);
          g_assert_cmpuint (options.scale, >=, 1);
        }
    }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/chart-options/accepts", test_accepts);
  g_test_add_func ("/stats/chart-options/refuses", test_refuses);
  g_test_add_func ("/stats/chart-options/survives-noise", test_survives_noise);

  return g_test_run ();
}
