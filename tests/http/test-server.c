/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#include <json-glib/json-glib.h>

/* A target arrives at the backend as it was sent, whatever it looks like. */
static void
test_target (Balancer *self,
             gconstpointer data)
{
  static const struct
  {
    const char *target;
    const char *location;
  } rows[] = {
    { "/", "http://b:9/app/" },
    { "/a%20b/../c?x=1&y=%2F", "http://b:9/app/a%20b/../c?x=1&y=%2F" },
    { "/%61%0d%0a", "http://b:9/app/%61%0d%0a" },
    { "//evil/x", "http://b:9/app//evil/x" },
    { "/\\evil", "http://b:9/app/\\evil" },
    { "/?", "http://b:9/app/?" },
    { "/statsfoo", "http://b:9/app/statsfoo" },
    { "/%73tats", "http://b:9/app/%73tats" },
    { "/a;b=c,d'\"<>{}|^`", "http://b:9/app/a;b=c,d'\"<>{}|^`" },
    { "http://other/a?b", "http://b:9/app/a?b" },
    { "http://other", "http://b:9/app/" },
    { "http://other?b", "http://b:9/app/?b" },
  };

  lb_pool_add (self->pool, "http://b:9/app/", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: evil.example\r\n\r\n", rows[i].target);
      g_autofree char *answer = exchange (self, request);

      g_assert_cmpuint (get_status (answer), ==, 307);
      assert_header (answer, "Location", rows[i].location);
      assert_header (answer, "Cache-Control", "no-store");
      assert_header (answer, "Access-Control-Allow-Origin", "*");
      assert_header (answer, "Content-Length", "0");
      assert_header (answer, "Server", lb_redirector_get_identity (self->redirector));
      g_assert_cmpstr (get_body (answer), ==, "");
    }

  g_assert_cmpuint (lb_pool_get_redirects (self->pool), ==, G_N_ELEMENTS (rows));
}

static void
test_methods (Balancer *self,
              gconstpointer data)
{
  static const char *const methods[] = { "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
                                         "PROPFIND" };

  lb_pool_add (self->pool, "http://b", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *request = g_strdup_printf (
        "%s /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody", methods[i]);
      g_autofree char *answer = exchange (self, request);

      g_assert_cmpuint (get_status (answer), ==, 307);
      assert_header (answer, "Location", "http://b/x");
    }
}

static void
test_statuses (Balancer *self,
               gconstpointer data)
{
  static const guint statuses[] = { 301, 302, 303, 307, 308 };

  lb_pool_add (self->pool, "http://b", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *answer = NULL;

      lb_redirector_set_status (self->redirector, statuses[i]);
      answer = exchange (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      g_assert_cmpuint (get_status (answer), ==, statuses[i]);
    }
}

static void
test_nobody (Balancer *self,
             gconstpointer data)
{
  g_autofree char *empty = exchange (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autofree char *down = NULL;

  g_assert_cmpuint (get_status (empty), ==, 503);
  assert_header (empty, "Retry-After", "1");
  assert_header (empty, "Access-Control-Allow-Origin", "*");
  assert_header (empty, "Content-Type", "text/plain; charset=utf-8");
  g_assert_cmpstr (get_body (empty), ==, "No backend has been added yet.\n");

  lb_backend_set_health (lb_pool_add (self->pool, "http://a", NULL), LB_HEALTH_DOWN, 0);
  lb_backend_set_state (lb_pool_add (self->pool, "http://b", NULL), LB_STATE_DRAIN);
  down = exchange (self, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpstr (get_body (down), ==,
                   "No backend can serve: of 2, 1 down, 1 draining, 0 in maintenance.\n");
  g_assert_cmpuint (lb_pool_get_redirects (self->pool), ==, 0);
}

static void
test_preflight (Balancer *self,
                gconstpointer data)
{
  g_autofree char *preflight =
    exchange (self, "OPTIONS /x HTTP/1.1\r\nHost: h\r\nOrigin: http://127.0.0.1:5500\r\n"
                    "Access-Control-Request-Method: PUT\r\n"
                    "Access-Control-Request-Headers: authorization, x-y\r\n\r\n");
  g_autofree char *stats =
    exchange (self, "OPTIONS /stats HTTP/1.1\r\nHost: h\r\nOrigin: http://127.0.0.1:5500\r\n"
                    "Access-Control-Request-Method: GET\r\n\r\n");
  g_autofree char *star = exchange (self, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");

  g_assert_cmpuint (get_status (preflight), ==, 204);
  assert_header (preflight, "Access-Control-Allow-Origin", "*");
  assert_header (preflight, "Access-Control-Allow-Headers", "authorization, x-y");
  g_assert_nonnull (strstr (preflight, "PUT"));
  g_assert_null (strstr (preflight, "Location"));

  g_assert_cmpuint (get_status (stats), ==, 204);
  assert_header (stats, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
  g_assert_cmpuint (get_status (star), ==, 204);
}

static void
test_stats (Balancer *self,
            gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *head = NULL;
  JsonObject *root;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange (self, "GET /stats?x=y HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1,2-3\r\n\r\n");

  g_assert_cmpuint (get_status (answer), ==, 200);
  assert_header (answer, "Content-Type", "application/json");
  assert_header (answer, "Access-Control-Allow-Origin", "*");
  assert_header (answer, "Cache-Control", "no-store");

  json_parser_load_from_data (parser, get_body (answer), -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (root, "policy"), ==, "random");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "servers")), ==, 1);

  head = exchange (self, "HEAD /stats HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpuint (get_status (head), ==, 200);
  g_assert_cmpstr (get_body (head), ==, "");
}

/* What each place says of itself, and that HEAD says the same. */
static void
test_stats_forms (Balancer *self,
                  gconstpointer data)
{
  static const struct
  {
    const char *target;
    const char *accept;
    const char *content_type;
    const char *cache_control;
    const char *vary;
    const char *begins;
  } rows[] = {
    { "/stats", "*/*", "application/json", "no-store", "Accept", "{" },
    { "/stats?100%", "*/*", "application/json", "no-store", "Accept", "{" },
    { "http://other/stats", "text/html", "application/json", "no-store", "Accept", "{" },
    { "/stats", "text/plain", "text/plain; version=0.0.4; charset=utf-8", "no-store", "Accept",
      "# " },
    { "/stats/metrics", "application/openmetrics-text;version=1.0.0,*/*;q=0.1",
      "application/openmetrics-text; version=1.0.0; charset=utf-8", "no-store", "Accept", "# " },
    { "/stats", "text/csv", "text/csv; charset=utf-8; header=present", "no-store", "Accept",
      "# pxname," },
    { "/stats;csv", "a/b", "text/plain", "no-cache", NULL, "# pxname," },
    { "/stats/;csv;norefresh", "*/*", "text/plain", "no-cache", NULL, "# pxname," },
    { "/stats", "image/svg+xml\r\nAccept: a/b", "image/svg+xml", "no-store", "Accept", "<?xml" },
    { "/stats/chart.svg?width=300&height=200&theme=dark", "*/*", "image/svg+xml", "no-store", NULL,
      "<?xml" },
    { "/stats/chart.png", "text/html", "image/png", "no-store", NULL, "\x89PNG" },
    { "/stats/targets", "application/json", "application/json", "no-store", NULL, "[" },
    { "/stats/history?seconds=5", "*/*", "application/json", "no-store", NULL, "{" },
    { "/stats/", "*/*", "text/html; charset=utf-8", "no-cache", NULL, "<!" },
    { "/stats/schema.json", "*/*", "application/schema+json", "no-cache", NULL, "{" },
  };

  lb_pool_add (self->pool, "http://b", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *request = g_strdup_printf (
        "GET %s HTTP/1.1\r\nHost: h\r\nAccept: %s\r\n\r\n", rows[i].target, rows[i].accept);
      g_autofree char *head_request = g_strconcat ("HEAD", request + strlen ("GET"), NULL);
      g_autofree char *answer = exchange (self, request);
      g_autofree char *head = exchange (self, head_request);
      const char *const answers[] = { answer, head };

      g_test_message ("%s, Accept: %s", rows[i].target, rows[i].accept);

      for (guint j = 0; j < G_N_ELEMENTS (answers); j++)
        {
          g_autofree char *length = get_header (answers[j], "Content-Length");

          g_assert_cmpuint (get_status (answers[j]), ==, 200);
          assert_header (answers[j], "Content-Type", rows[i].content_type);
          assert_header (answers[j], "Vary", rows[i].vary);
          assert_header (answers[j], "Cache-Control", rows[i].cache_control);
          assert_header (answers[j], "Access-Control-Allow-Origin", "*");
          assert_header (answers[j], "X-Content-Type-Options", "nosniff");
          g_assert_cmpuint (g_ascii_strtoull (length, NULL, 10), >, 0);
        }

      g_assert_true (g_str_has_prefix (get_body (answer), rows[i].begins));
      g_assert_cmpstr (get_body (head), ==, "");
    }

  g_assert_cmpuint (lb_pool_get_redirects (self->pool), ==, 0);
}

static void
test_stats_not_modified (Balancer *self,
                         gconstpointer data)
{
  g_autofree char *first = exchange (self, "GET /stats/schema.json HTTP/1.1\r\nHost: h\r\n\r\n");
  g_autofree char *etag = get_header (first, "ETag");
  g_autofree char *weak = g_strdup_printf ("\"a\",W/%s", etag);
  const struct
  {
    const char *method;
    const char *known;
    guint status;
  } rows[] = {
    { "GET", etag, 304 },
    { "HEAD", etag, 304 },
    { "GET", weak, 304 },
    { "GET", "*", 304 },
    { "GET", "\"a\", W/\"b\"", 200 },
    { "HEAD", "\"a\"", 200 },
    { "GET", "\"a,", 200 },
    { "GET", "", 200 },
  };

  g_assert_cmpuint (get_status (first), ==, 200);
  g_assert_true (g_regex_match_simple ("^\"[0-9a-f]{32}\"$", etag, 0, 0));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const gboolean has_body = rows[i].status == 200 && g_str_equal (rows[i].method, "GET");
      g_autofree char *request =
        g_strdup_printf ("%s /stats/schema.json HTTP/1.1\r\nHost: h\r\nIf-None-Match: %s\r\n\r\n",
                         rows[i].method, rows[i].known);
      g_autofree char *answer = exchange (self, request);

      g_test_message ("%s, If-None-Match: %s", rows[i].method, rows[i].known);
      g_assert_cmpuint (get_status (answer), ==, rows[i].status);
      assert_header (answer, "ETag", etag);
      assert_header (answer, "Cache-Control", "no-cache");
      assert_header (answer, "Access-Control-Allow-Origin", "*");
      g_assert_cmpstr (get_body (answer), ==, has_body ? get_body (first) : "");
    }
}

/* A client that leaves before what it asked for is made. */
static void
test_stats_abandoned (Balancer *self,
                      gconstpointer data)
{
  static const char request[] = "GET /stats/chart.png HTTP/1.1\r\nHost: h\r\n\r\n";
  g_autofree char *answer = NULL;

  for (guint i = 0; i < 20; i++)
    {
      const struct linger reset = { .l_onoff = 1 };
      int fd = connect_to (self->port);

      g_assert_cmpint (send (fd, request, strlen (request), 0), ==, strlen (request));
      while (lb_listener_get_n_connections (self->listener) == 0)
        g_main_context_iteration (NULL, FALSE);
      if (i % 2 == 0)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      close (fd);
    }

  answer = exchange (self, request);
  g_assert_cmpuint (get_status (answer), ==, 200);
}

/* The server goes while one thing is being made and two more wait for that. What is left of it is done
 * in the main loop of the test behind. */
static void
test_stats_outlives (Balancer *self,
                     gconstpointer data)
{
  int fds[3];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autofree char *request =
        g_strdup_printf ("GET /stats/chart.png?scale=%u HTTP/1.1\r\nHost: h\r\n\r\n", i + 2);

      fds[i] = connect_to (self->port);
      g_assert_cmpint (send (fds[i], request, strlen (request), 0), ==, strlen (request));
    }

  /* Each asks for a snapshot, and the one that is begun for another. */
  while (self->n_snapshots <= G_N_ELEMENTS (fds))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_large_stats (Balancer *self,
                  gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;
  JsonObject *root;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://b%u", i);

      lb_pool_add (self->pool, url, NULL);
    }

  answer = exchange (self, "GET /stats HTTP/1.1\r\nHost: h\r\n\r\n");
  json_parser_load_from_data (parser, get_body (answer), -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "servers")), ==,
                    1000);
}

static void
test_stats_refuses (Balancer *self,
                    gconstpointer data)
{
  static const struct
  {
    const char *line;
    guint status;
    const char *fields; /* or NULL */
  } rows[] = {
    { "POST /stats", 405 },
    { "DELETE /stats", 405 },
    { "POST /stats", 405, "Content-Length: 1\r\n" },
    { "GET /stats", 413, "Content-Length: 1\r\n" },
    { "GET /stats/nothing", 404 },
    { "GET /stats;nothing", 404 },
    { "GET *", 400 },
    { "GET /stats/chart.png?width=1", 400 },
    { "GET /stats/chart.svg?theme=%", 400 },
    { "GET /stats/history?seconds=0", 400 },
  };

  lb_pool_add (self->pool, "http://b", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *fields = rows[i].fields != NULL ? rows[i].fields : "";
      g_autofree char *request =
        g_strdup_printf ("%s HTTP/1.1\r\nHost: h\r\n%s\r\n", rows[i].line, fields);
      g_autofree char *answer = exchange (self, request);

      g_test_message ("%s → %u", rows[i].line, get_status (answer));
      g_assert_cmpuint (get_status (answer), ==, rows[i].status);
      assert_header (answer, "Access-Control-Allow-Origin", "*");
      assert_header (answer, "Cache-Control", "no-store");
      if (rows[i].status == 405)
        assert_header (answer, "Allow", "GET, HEAD, OPTIONS");
      g_assert_true (g_str_has_suffix (get_body (answer), "\n"));
    }

  g_assert_cmpuint (lb_pool_get_redirects (self->pool), ==, 0);
}

static void
test_stats_not_acceptable (Balancer *self,
                           gconstpointer data)
{
  g_autofree char *answer =
    exchange (self, "GET /stats HTTP/1.1\r\nHost: h\r\nAccept: application/pdf\r\n\r\n");

  g_assert_cmpuint (get_status (answer), ==, 406);
  assert_header (answer, "Vary", "Accept");
  assert_header (answer, "Cache-Control", "no-store");
  assert_header (answer, "Access-Control-Allow-Origin", "*");
  g_assert_nonnull (strstr (get_body (answer), "application/json"));
}

/* The body is not needed, so nobody is told to go on with it. */
static void
test_expect_continue (Balancer *self,
                      gconstpointer data)
{
  g_autofree char *answer = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  answer = exchange (self, "POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                           "Content-Length: 4\r\n\r\nbody");

  g_assert_cmpuint (get_status (answer), ==, 307);
  assert_header (answer, "Location", "http://b/x");
  assert_header (answer, "Access-Control-Allow-Origin", "*");
  assert_header (answer, "Connection", "close");
}

/* What is ours needs no body either, and libsoup does not ask for one. */
static void
test_stats_expect_continue (Balancer *self,
                            gconstpointer data)
{
  static const char *const requests[] = { "GET /stats", "GET /stats/chart.png", "OPTIONS *" };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *request = g_strconcat (requests[i], " HTTP/1.1\r\nHost: h\r\n"
                                              "Expect: 100-continue\r\n\r\n", NULL);
      g_autofree char *answer = exchange (self, request);
      g_autofree char *date = get_header (answer, "Date");

      g_assert_cmpuint (get_status (answer), ==, i < 2 ? 200 : 204);
      g_assert_nonnull (date);
      assert_header (answer, "Access-Control-Allow-Origin", "*");
      assert_header (answer, "Connection", "close");
    }
}

/* A body of 32 MB is discarded as it comes. */
static void
test_body_is_not_kept (Balancer *self,
                       gconstpointer data)
{
  const gsize size = 32 * 1024 * 1024;
  g_autoptr (GString) request = g_string_new (NULL);
  g_autofree char *answer = NULL;

  lb_pool_add (self->pool, "http://b", NULL);
  g_string_append_printf (
    request, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", size);
  g_string_set_size (request, request->len + size);
  memset (request->str + request->len - size, 'x', size);

  answer = exchange_bytes (self, request->str, request->len, FALSE);
  g_assert_cmpuint (get_status (answer), ==, 307);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_both_ways ("/http/server/redirect/keeps-the-target", test_target);
  add_both_ways ("/http/server/redirect/any-method", test_methods);
  add_both_ways ("/http/server/redirect/statuses", test_statuses);
  add_both_ways ("/http/server/redirect/nobody-can-serve", test_nobody);
  add_both_ways ("/http/server/redirect/expect-continue", test_expect_continue);
  add_both_ways ("/http/server/stats/expect-continue", test_stats_expect_continue);
  add_both_ways ("/http/server/redirect/does-not-keep-a-body", test_body_is_not_kept);
  add_both_ways ("/http/server/preflight", test_preflight);
  add_both_ways ("/http/server/stats", test_stats);
  add_both_ways ("/http/server/stats/made-in-a-worker", test_large_stats);
  add_both_ways ("/http/server/stats/forms", test_stats_forms);
  add_both_ways ("/http/server/stats/not-modified", test_stats_not_modified);
  add_both_ways ("/http/server/stats/abandoned", test_stats_abandoned);
  add_both_ways ("/http/server/stats/server-goes-meanwhile", test_stats_outlives);
  add_both_ways ("/http/server/stats/refuses", test_stats_refuses);
  add_both_ways ("/http/server/stats/not-acceptable", test_stats_not_acceptable);

  return g_test_run ();
}
