/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "http/lb-accept.h"
#include "http/lb-stats-route.h"

#define FIREFOX_102                                                                                 \
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
#define FIREFOX_128                                                                                 \
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,"          \
  "image/svg+xml,*/*;q=0.8"
#define FIREFOX_IMAGE                                                                               \
  "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
#define CHROMIUM                                                                                    \
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"     \
  "q=0.8,application/signed-exchange;v=b3;q=0.7"
#define CHROMIUM_IMAGE "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
#define PROMETHEUS_2_42                                                                             \
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"   \
  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
#define PROMETHEUS_2_42_PROTO                                                                       \
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"     \
  "application/openmetrics-text;version=1.0.0;q=0.8,"                                               \
  "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
#define PROMETHEUS_3                                                                                \
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"                          \
  "application/openmetrics-text;version=0.0.1;q=0.4,"                                               \
  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
#define JAVA "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
#define AXIOS "application/json, text/plain, */*"

static void
find_bytes (LbStatsRoute *route,
            const char *method,
            const char *text,
            const char *accept)
{
  LbTarget target;

  g_assert_true (lb_target_read (&target, text, strlen (text)));
  g_assert_true (target.is_reserved);
  lb_stats_route_find (route, method, strlen (method), &target, accept,
                       accept != NULL ? strlen (accept) : 0);
}

/* What a GET of a path gets: a kind, or a status of at least 400. */
static const struct
{
  const char *target;
  const char *accept;
  guint expected;
} routes[] = {
  /* Programs that say nothing, or anything. */
  { "/stats", NULL, LB_STATS_KIND_JSON },
  { "/stats", "", LB_STATS_KIND_JSON },
  { "/stats", "*/*", LB_STATS_KIND_JSON },
  { "/stats", JAVA, LB_STATS_KIND_JSON },
  { "/stats", AXIOS, LB_STATS_KIND_JSON },
  { "/stats", "application/json", LB_STATS_KIND_JSON },
  { "/stats", "application/*", LB_STATS_KIND_JSON },
  { "/stats", "application/json; charset=utf-8", LB_STATS_KIND_JSON },
  { "/stats?", NULL, LB_STATS_KIND_JSON },
  { "/stats?x=/stats/metrics", NULL, LB_STATS_KIND_JSON },
  { "http://h/stats", NULL, LB_STATS_KIND_JSON },

  /* Whoever opens it in a browser reads JSON, even where SVG or nothing is named besides. */
  { "/stats", FIREFOX_102, LB_STATS_KIND_JSON },
  { "/stats", FIREFOX_128, LB_STATS_KIND_JSON },
  { "/stats", CHROMIUM, LB_STATS_KIND_JSON },
  { "/stats", "text/html", LB_STATS_KIND_JSON },
  { "/stats", "text/html;q=0.1, image/svg+xml", LB_STATS_KIND_JSON },
  { "/stats", "text/html;q=0, image/svg+xml", LB_STATS_KIND_SVG },

  /* In an <img> it is a picture. */
  { "/stats", FIREFOX_IMAGE, LB_STATS_KIND_SVG },
  { "/stats", CHROMIUM_IMAGE, LB_STATS_KIND_SVG },
  { "/stats", "image/*", LB_STATS_KIND_SVG },
  { "/stats?width=300", "image/svg+xml", LB_STATS_KIND_SVG },

  { "/stats", PROMETHEUS_2_42, LB_STATS_KIND_OPENMETRICS },
  { "/stats", PROMETHEUS_2_42_PROTO, LB_STATS_KIND_OPENMETRICS },
  { "/stats", PROMETHEUS_3, LB_STATS_KIND_OPENMETRICS },
  { "/stats", "application/openmetrics-text", LB_STATS_KIND_OPENMETRICS },
  { "/stats", "application/openmetrics-text;version=0.0.1, text/plain", LB_STATS_KIND_PROMETHEUS },
  { "/stats", "text/plain", LB_STATS_KIND_PROMETHEUS },
  { "/stats", "text/plain;version=0.0.4", LB_STATS_KIND_PROMETHEUS },
  { "/stats", "text/*", LB_STATS_KIND_PROMETHEUS },
  { "/stats", "*/*, application/json;q=0", LB_STATS_KIND_PROMETHEUS },
  { "/stats", "text/plain;q=0.9, application/json;q=0.8", LB_STATS_KIND_PROMETHEUS },

  { "/stats", "text/event-stream", LB_STATS_KIND_EVENTS },
  { "/stats", "application/json, text/event-stream", LB_STATS_KIND_JSON },
  { "/stats/events", NULL, LB_STATS_KIND_EVENTS },
  { "/stats/events?x", FIREFOX_128, LB_STATS_KIND_EVENTS },

  { "/stats", "text/csv", LB_STATS_KIND_CSV },
  { "/stats", "text/csv, */*", LB_STATS_KIND_CSV },
  { "/stats", "text/csv;header=absent, application/json;q=0.1", LB_STATS_KIND_JSON },

  { "/stats", "image/png", 406 },
  { "/stats", "application/pdf", 406 },
  { "/stats", "*/*;q=0", 406 },
  { "/stats", "text/plain;version=1.0.0", 406 },
  { "/stats", "application/openmetrics-text;version=0.0.1", 406 },
  { "/stats", "application/vnd.google.protobuf", 406 },

  { "/stats/metrics", NULL, LB_STATS_KIND_PROMETHEUS },
  { "/stats/metrics", "*/*", LB_STATS_KIND_PROMETHEUS },
  { "/stats/metrics", FIREFOX_128, LB_STATS_KIND_PROMETHEUS },
  { "/stats/metrics", CHROMIUM, LB_STATS_KIND_PROMETHEUS },
  { "/stats/metrics", "text/plain", LB_STATS_KIND_PROMETHEUS },
  { "/stats/metrics", PROMETHEUS_2_42, LB_STATS_KIND_OPENMETRICS },
  { "/stats/metrics", PROMETHEUS_2_42_PROTO, LB_STATS_KIND_OPENMETRICS },
  { "/stats/metrics", PROMETHEUS_3, LB_STATS_KIND_OPENMETRICS },
  { "/stats/metrics", "application/json", 406 },

  /* One form: the path has said it all. */
  { "/stats/chart.svg", "image/png", LB_STATS_KIND_SVG },
  { "/stats/chart.svg?width=1", NULL, LB_STATS_KIND_SVG },
  { "/stats/chart.png", "application/json", LB_STATS_KIND_PNG },
  { "/stats/targets", "*/*;q=0", LB_STATS_KIND_TARGETS },

  { "/stats/schema.json", FIREFOX_128, LB_STATS_KIND_SCHEMA },
  { "/stats/", FIREFOX_128, LB_STATS_KIND_PAGE },
  { "/stats/", CHROMIUM, LB_STATS_KIND_PAGE },
  { "/stats/?x", NULL, LB_STATS_KIND_PAGE },
  { "/stats/", "application/json", LB_STATS_KIND_PAGE },
  { "/stats/history", "*/*", LB_STATS_KIND_HISTORY },
  { "/stats/history?seconds=5", "a/b", LB_STATS_KIND_HISTORY },
  { "/stats;csv", NULL, LB_STATS_KIND_HAPROXY },
  { "/stats;csv", "application/json", LB_STATS_KIND_HAPROXY },
  { "/stats/;csv", "*/*", LB_STATS_KIND_HAPROXY },
  { "/stats;csv;norefresh", NULL, LB_STATS_KIND_HAPROXY },
  { "/stats/;csv;norefresh?x", NULL, LB_STATS_KIND_HAPROXY },

  /* Byte for byte. */
  { "/stats/nothing", NULL, 404 },
  { "/stats//", NULL, 404 },
  { "/stats/metrics/", NULL, 404 },
  { "/stats/Metrics", NULL, 404 },
  { "/stats/%6detrics", NULL, 404 },
  { "/stats/../stats", NULL, 404 },
  { "/stats/chart", NULL, 404 },
  { "/stats;", NULL, 404 },
  { "/stats;x", NULL, 404 },
  { "/stats;csvx", NULL, 404 },
  { "/stats;csv;", NULL, 404 },
  { "/stats/metrics;csv", NULL, 404 },
  { "/stats/nothing", "application/pdf", 404 },
};

static void
test_leads (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      LbStatsRoute route;
      LbStatsRoute head;

      find_bytes (&route, "GET", routes[i].target, routes[i].accept);
      find_bytes (&head, "HEAD", routes[i].target, routes[i].accept);

      g_test_message ("%s, Accept: %s", routes[i].target, routes[i].accept);
      g_assert_cmpuint (route.status == 200 ? route.kind : route.status, ==, routes[i].expected);
      g_assert_cmpint (route.status == 200, ==, route.text == NULL);
      g_assert_cmpuint (head.status, ==, route.status);
      g_assert_cmpuint (head.kind, ==, route.kind);
    }
}

static void
test_varies (void)
{
  static const struct
  {
    const char *target;
    const char *accept;
    gboolean varies;
  } rows[] = {
    { "/stats", NULL, TRUE },
    { "/stats", FIREFOX_128, TRUE },
    { "/stats", "application/pdf", TRUE },
    { "/stats/metrics", NULL, TRUE },
    { "/stats/targets", NULL, FALSE },
    { "/stats/chart.png", CHROMIUM_IMAGE, FALSE },
    { "/stats/nothing", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LbStatsRoute route;

      find_bytes (&route, "GET", rows[i].target, rows[i].accept);
      g_test_message ("%s", rows[i].target);
      g_assert_cmpint (route.varies, ==, rows[i].varies);
    }
}

static void
test_query (void)
{
  static const struct
  {
    const char *target;
    const char *query;
  } rows[] = {
    { "/stats", NULL },
    { "/stats?", "" },
    { "/stats?a=b", "a=b" },
    { "/stats/chart.svg?width=1?2", "width=1?2" },
    { "http://h/stats?%", "%" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LbStatsRoute route;
      g_autofree char *query = NULL;

      find_bytes (&route, "GET", rows[i].target, NULL);
      query = route.query != NULL ? g_strndup (route.query, route.query_length) : NULL;
      g_assert_cmpstr (query, ==, rows[i].query);
    }
}

static void
test_methods (void)
{
  static const struct
  {
    const char *method;
    const char *target;
    guint status;
  } rows[] = {
    { "GET", "/stats", 200 },     { "HEAD", "/stats", 200 },
    { "OPTIONS", "/stats", 204 }, { "OPTIONS", "/stats/nothing", 204 },
    { "POST", "/stats", 405 },    { "DELETE", "/stats/nothing", 405 },
    { "get", "/stats", 405 },     { "GETX", "/stats", 405 },
    { "GE", "/stats", 405 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LbStatsRoute route;

      find_bytes (&route, rows[i].method, rows[i].target, NULL);
      g_test_message ("%s %s", rows[i].method, rows[i].target);
      g_assert_cmpuint (route.status, ==, rows[i].status);
    }
}

/* Whoever is lost is told about every place that is in the table above. */
static void
test_texts (void)
{
  LbStatsRoute not_found;
  LbStatsRoute not_acceptable;

  find_bytes (&not_found, "GET", "/stats/nothing", NULL);
  find_bytes (&not_acceptable, "GET", "/stats", "application/pdf");

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *path = g_strndup (routes[i].target, strcspn (routes[i].target, "?"));
      const char *content_type;
      LbStatsRoute route;

      find_bytes (&route, "GET", routes[i].target, routes[i].accept);
      if (route.status != 200)
        continue;

      /* Of the ways to ask for HAProxy's one is enough. */
      g_test_message ("%s", path);
      if (path[0] == '/' && route.kind != LB_STATS_KIND_HAPROXY)
        {
          g_autofree char *line = g_strdup_printf ("\n  %s  ", path);

          g_assert_nonnull (strstr (not_found.text, line));
        }

      content_type = lb_stats_kind_get (route.kind)->content_type;
      if (route.varies)
        {
          g_autofree char *type = g_strndup (content_type, strcspn (content_type, ";"));

          g_assert_nonnull (strstr (not_acceptable.text, type));
        }
    }

  g_assert_true (g_str_has_suffix (not_found.text, "\n"));
  g_assert_true (g_str_has_suffix (not_acceptable.text, "\n"));
}

static void
test_kinds (void)
{
  for (guint i = LB_STATS_KIND_NONE + 1; i < LB_N_STATS_KINDS; i++)
    {
      const LbStatsKind *kind = lb_stats_kind_get (i);

      g_assert_nonnull (kind->cache_control);
      g_assert_true ((kind->make != NULL || kind->make_history != NULL) !=
                     (kind->make_constant != NULL));
      g_assert_true ((kind->make_history != NULL) == (kind->get_n_seconds != NULL));
      g_assert_true (kind->read_query == NULL || kind->make_constant == NULL);
      g_assert_true (kind->read_query != NULL || kind->make_history == NULL);
      /* It can be asked for. */
      g_assert_cmpuint (lb_accept_rank (kind->content_type, strlen (kind->content_type),
                                        kind->content_type),
                        >, 0);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/stats-route/leads", test_leads);
  g_test_add_func ("/http/stats-route/varies", test_varies);
  g_test_add_func ("/http/stats-route/query", test_query);
  g_test_add_func ("/http/stats-route/methods", test_methods);
  g_test_add_func ("/http/stats-route/texts-name-every-place", test_texts);
  g_test_add_func ("/http/stats-route/kinds-are-whole", test_kinds);

  return g_test_run ();
}
