/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "pool/lb-history.h"
#include "stats/lb-stats-history.h"

#define SECOND G_TIME_SPAN_SECOND

/* 2026-11-22T08:00:00Z */
#define NOW_US (G_GINT64_CONSTANT (1795334400) * SECOND)

typedef struct
{
  LbPool *pool;
  LbHistory *history;
  LbTraffic traffic;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data)
{
  *f = (Fixture){ .pool = lb_pool_new (), .history = lb_history_new (LB_HISTORY_SIZE) };
  f->now_us = 5000 * SECOND;
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  lb_history_free (f->history);
  g_assert_finalize_object (f->pool);
}

static void
pass (Fixture *f,
      guint n)
{
  for (guint i = 0; i < n; i++)
    {
      f->now_us += SECOND;
      lb_history_tick (f->history, f->pool, &f->traffic, f->now_us, f->now_us);
    }
}

static void
send (Fixture *f,
      LbBackend *backend,
      guint n)
{
  for (guint i = 0; i < n; i++)
    lb_pool_count_redirect (f->pool, backend, f->now_us);
}

static void
probe (Fixture *f,
       LbBackend *backend,
       gint64 response_us)
{
  const gboolean ok = response_us >= 0;
  LbProbeResult result = { .time_us = 1, .response_us = response_us, .ok = ok };

  if (!ok)
    result.error = (char *) "refused";
  lb_backend_record_probe (backend, &result, f->now_us);
  lb_backend_set_health (backend, ok ? LB_HEALTH_UP : LB_HEALTH_DOWN, f->now_us);
}

static GBytes *
write_history (Fixture *f,
               guint n_seconds)
{
  g_autoptr (LbHistorySlice) slice =
    lb_history_get_slice (f->history, n_seconds, NOW_US, f->now_us);

  return lb_stats_history (slice);
}

static JsonObject *
parse (GBytes *bytes)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  g_assert_true (g_utf8_validate_len (text, length, NULL));
  g_assert_cmpint (text[length - 1], ==, '\n');
  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);

  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

/* One member as text. */
static void
assert_member (JsonObject *object,
               const char *name,
               const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (json_object_has_member (object, name));
  text = json_to_string (json_object_get_member (object, name), FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static JsonObject *
get_server (JsonObject *root,
            guint i)
{
  return json_array_get_object_element (json_object_get_array_member (root, "servers"), i);
}

static void
test_all (Fixture *f,
          gconstpointer data)
{
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);
  LbBackend *b = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonObject *totals;

  pass (f, 1);
  probe (f, a, 12340);
  send (f, a, 7);
  f->traffic.rejected[LB_REJECTION_NO_BACKEND] += 2;
  pass (f, 1);
  b = lb_pool_add (f->pool, "http://b/x", NULL);
  probe (f, a, -1);
  probe (f, b, 5);
  send (f, b, 1);
  pass (f, 1);
  lb_backend_set_state (b, LB_STATE_MAINT);
  lb_backend_set_health (b, LB_HEALTH_UNKNOWN, f->now_us);
  pass (f, 1);

  bytes = write_history (f, 60);
  root = parse (bytes);
  assert_member (root, "name", "\"Load Balancer\"");
  assert_member (root, "version", "\"" LB_VERSION "\"");
  assert_member (root, "seconds_asked", "60");
  assert_member (root, "seconds", "4");
  assert_member (root, "seconds_kept", "3600");
  assert_member (root, "step_s", "1");
  assert_member (root, "steps", "4");
  assert_member (root, "start", "\"2026-11-22T07:59:56Z\"");
  assert_member (root, "end", "\"2026-11-22T08:00:00Z\"");

  totals = json_object_get_object_member (root, "totals");
  assert_member (totals, "redirects_per_s", "[null,7,1,0]");
  assert_member (totals, "rejected_per_s", "[null,2,0,0]");
  assert_member (totals, "up", "[0,1,1,0]");

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "servers")), ==, 2);
  assert_member (get_server (root, 0), "url", "\"http://a\"");
  assert_member (get_server (root, 0), "response_times_ms", "[null,12.34,null,null]");
  assert_member (get_server (root, 0), "redirects_per_s", "[null,7,0,0]");
  assert_member (get_server (root, 0), "health", "[[0,\"unknown\"],[1,\"up\"],[2,\"down\"]]");
  assert_member (get_server (root, 0), "state", "[[0,\"ready\"]]");
  assert_member (get_server (root, 1), "url", "\"http://b/x\"");
  assert_member (get_server (root, 1), "response_times_ms",
                 "[null,null,0.0050000000000000001,0.0050000000000000001]");
  assert_member (get_server (root, 1), "redirects_per_s", "[null,null,1,0]");
  assert_member (get_server (root, 1), "health", "[[0,null],[2,\"up\"],[3,\"unknown\"]]");
  assert_member (get_server (root, 1), "state", "[[0,null],[2,\"ready\"],[3,\"maint\"]]");
}

static void
test_empty (Fixture *f,
            gconstpointer data)
{
  g_autoptr (GBytes) bytes = write_history (f, 60);
  g_autoptr (JsonObject) root = parse (bytes);

  assert_member (root, "seconds", "0");
  assert_member (root, "steps", "0");
  assert_member (root, "servers", "[]");
  assert_member (json_object_get_object_member (root, "totals"), "up", "[]");
}

/* Digits are written by hand there. */
static void
test_numbers (Fixture *f,
              gconstpointer data)
{
  static const struct
  {
    gint64 response_us;
    const char *expected;
  } cases[] = {
    { 0, "[0]" },           { 1, "[0.001]" },           { 10, "[0.01]" },
    { 100, "[0.1]" },       { 1000, "[1]" },            { 1001, "[1.001]" },
    { 120050, "[120.05]" }, { 100000000, "[100000]" },
  };
  LbBackend *a = lb_pool_add (f->pool, "http://a", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *expected =
        g_strdup_printf ("\"response_times_ms\":%s,", cases[i].expected);

      probe (f, a, cases[i].response_us);
      pass (f, 1);
      bytes = write_history (f, 1);
      g_assert_nonnull (
        g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), expected));
    }
}

/* URLs are escaped before they come into a pool; what would be left of them in JSON is. */
static void
test_escapes (Fixture *f,
              gconstpointer data)
{
  static const char *const urls[] = { "http://h/a\"b\\c", "http://h/%22", "http://h/a'b,c",
                                      "http://h/\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) root = NULL;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    if (lb_pool_add (f->pool, urls[i], NULL) != NULL)
      n++;
  g_assert_cmpuint (n, >, 0);
  pass (f, 1);

  bytes = write_history (f, 1);
  root = parse (bytes);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (json_object_get_string_member (get_server (root, i), "url"), ==,
                     lb_backend_get_url (lb_pool_get_backend (f->pool, i)));
}

/* However many backends, the answer stays in bounds, and says how long its steps are. */
static void
test_bounded (Fixture *f,
              gconstpointer data)
{
  const guint n = 4000;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) root = NULL;
  guint steps;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://10.0.%u.%u/some/path", i / 250, i % 250);
      LbBackend *backend = lb_pool_add (f->pool, url, NULL);

      probe (f, backend, 123457 + i);
    }

  for (guint i = 0; i < 400; i++)
    {
      send (f, lb_pool_get_backend (f->pool, 0), 3);
      pass (f, 1);
    }

  bytes = write_history (f, 400);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 16 * 1024 * 1024);

  root = parse (bytes);
  assert_member (root, "seconds", "400");
  assert_member (root, "step_s", "5");
  assert_member (root, "steps", "80");
  assert_member (root, "start", "\"2026-11-22T07:53:20Z\"");
  steps = json_array_get_length (
    json_object_get_array_member (get_server (root, n - 1), "response_times_ms"));
  g_assert_cmpuint (steps, ==, 80);
  g_assert_cmpfloat (
    json_array_get_double_element (
      json_object_get_array_member (get_server (root, 0), "redirects_per_s"), 79),
    ==, 3.0);

  /* Fewer seconds are told in full. */
  g_clear_pointer (&bytes, g_bytes_unref);
  g_clear_pointer (&root, json_object_unref);
  bytes = write_history (f, 90);
  root = parse (bytes);
  assert_member (root, "step_s", "1");
  assert_member (root, "steps", "90");
}

/* A step that is not full at the beginning begins before what was asked for. */
static void
test_uneven (Fixture *f,
             gconstpointer data)
{
  const guint n = 3700;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) root = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://10.0.%u.%u", i / 250, i % 250);

      lb_pool_add (f->pool, url, NULL);
    }
  pass (f, 99);

  /* 97 points of each are as many as there may be. */
  bytes = write_history (f, 99);
  root = parse (bytes);
  assert_member (root, "seconds", "99");
  assert_member (root, "step_s", "2");
  assert_member (root, "steps", "50");
  assert_member (root, "start", "\"2026-11-22T07:58:20Z\"");
}

static void
test_parse (void)
{
  static const struct
  {
    const char *query;
    guint n_seconds; /* 0 if it is refused */
  } cases[] = {
    { "", 60 },
    { "seconds=1", 1 },
    { "seconds=3600", 3600 },
    { "seconds=007", 7 },
    { "seconds=5&seconds=6", 6 },
    { "x=1&seconds=9&_=17", 9 },
    { "sec%6Fnds=%36", 6 },
    { "Seconds=3", 60 },
    { "seconds", 0 },
    { "seconds=", 0 },
    { "seconds=0", 0 },
    { "seconds=3601", 0 },
    { "seconds=-1", 0 },
    { "seconds=+5", 0 },
    { "seconds= 5", 0 },
    { "seconds=5 ", 0 },
    { "seconds=1.5", 0 },
    { "seconds=1e3", 0 },
    { "seconds=0x10", 0 },
    { "seconds=1m", 0 },
    { "seconds=%zz", 0 },
    { "seconds=%00", 0 },
    { "seconds=99999999999999999999", 0 },
    { "seconds=x&seconds=6", 0 },
    { "&&=&%&", 60 },
  };
  g_autofree guint *seconds = g_new (guint, 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const gsize length = strlen (cases[i].query);
      /* Behind the query stands whatever comes behind it in a request. */
      g_autofree char *bytes = g_strconcat (cases[i].query, "9 HTTP/1.1", NULL);
      g_autoptr (GError) error = NULL;
      guint n_seconds = 12345;
      gboolean ok = lb_stats_history_parse (bytes, length, &n_seconds, &error);

      if (cases[i].n_seconds > 0)
        {
          g_assert_no_error (error);
          g_assert_true (ok);
          g_assert_cmpuint (n_seconds, ==, cases[i].n_seconds);
        }
      else
        {
          g_assert_error (error, LB_STATS_HISTORY_ERROR, LB_STATS_HISTORY_ERROR_QUERY);
          g_assert_false (ok);
          g_assert_cmpuint (n_seconds, ==, 12345);
          g_assert_nonnull (strstr (error->message, "3600"));
        }
    }

  g_assert_true (lb_stats_history_parse (NULL, 0, seconds, NULL));
  g_assert_cmpuint (*seconds, ==, LB_STATS_HISTORY_DEFAULT_SECONDS);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/stats/history/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/stats/history/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/stats/history/numbers", Fixture, NULL, set_up, test_numbers, tear_down);
  g_test_add ("/stats/history/escapes", Fixture, NULL, set_up, test_escapes, tear_down);
  g_test_add ("/stats/history/is-bounded", Fixture, NULL, set_up, test_bounded, tear_down);
  g_test_add ("/stats/history/uneven-steps", Fixture, NULL, set_up, test_uneven, tear_down);
  g_test_add_func ("/stats/history/parse", test_parse);

  return g_test_run ();
}
