/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-detail-text.h"

#define assert_text(expression, expected) \
  G_STMT_START \
  { \
    g_autofree char *text = (expression); \
\
    g_assert_cmpstr (text, ==, expected); \
  } \
  G_STMT_END

typedef struct
{
  LbBackendFigures figures;
  LbProbeSettings settings;
  LbDetail detail;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  lb_probe_settings_init (&f->settings);
  f->figures = (LbBackendFigures){
    .url = (char *) "http://127.0.0.1:9001",
    .health = LB_HEALTH_UP,
    .weight = 2,
    .effective_weight = 2.0,
    .reported = -1.0,
    .recent_share = -1.0,
    .expected_share = 0.5,
    .last_probe = { .time_us = 1, .response_us = 12300, .status = 200, .ok = TRUE },
    .latency = { .n_samples = 1, .p95_us = 45600 },
    .health_since_us = 0,
    .times_down = 3,
  };
  f->detail = (LbDetail){
    .figures = &f->figures,
    .time_us = 65 * G_USEC_PER_SEC,
    .settings = &f->settings,
    .interval_ms = 5000,
  };
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  lb_probe_settings_clear (&f->settings);
}

/* What the row with @title says. */
static char *
tell (Fixture *f,
      const char *title)
{
  const LbDetailField *fields;
  guint n_fields;
  guint i;

  fields = lb_detail_fields (&n_fields);
  for (i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].title, title))
      return fields[i].format (&f->detail);

  g_assert_not_reached ();
}

static void
test_durations (Fixture *f,
                gconstpointer user_data)
{
  assert_text (lb_detail_text_duration (-1), "0 s");
  assert_text (lb_detail_text_duration (59999999), "59 s");
  assert_text (lb_detail_text_duration (60 * G_TIME_SPAN_SECOND), "1 min 0 s");
  assert_text (lb_detail_text_duration (2 * G_TIME_SPAN_HOUR + 5 * G_TIME_SPAN_MINUTE), "2 h 5 min");
  assert_text (lb_detail_text_duration (49 * G_TIME_SPAN_HOUR), "2 d 1 h");
}

static void
test_rows (Fixture *f,
           gconstpointer user_data)
{
  assert_text (tell (f, "Now"), "Up for 1 min 5 s");
  assert_text (tell (f, "Went down"), "3 times");
  assert_text (tell (f, "Last"), "12.3 ms");
  assert_text (tell (f, "95th percentile"), "45.6 ms");
  assert_text (tell (f, "Share to be expected"), "50.0%");
  assert_text (tell (f, "Share of the last minute"), NULL);
  assert_text (tell (f, "Load it reports"), NULL);
  assert_text (tell (f, "Backup"), NULL);
  assert_text (tell (f, "Request"), "GET http://127.0.0.1:9001");

  /* So many backends that it is probed less often than was asked for. */
  assert_text (tell (f, "Interval"), "5.00 s");
}

static void
test_proxied (Fixture *f,
              gconstpointer user_data)
{
  static const char *const titles[] = {
    "Queued",         "Answers",                "Mean time to an answer", "Mean time in all",
    "Sent once more", "Sent elsewhere instead", "Failed connections",     "Broken answers",
  };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    assert_text (tell (f, titles[i]), NULL);

  f->figures.proxied = (LbProxyRecord){
    .known = TRUE, .queued = 3, .response_us = 34000, .total_us = -1,
    .counts = { [LB_PROXY_RESPONSES_2XX] = 123, [LB_PROXY_RESPONSES_5XX] = 4,
                [LB_PROXY_RETRIES] = 6, [LB_PROXY_RESPONSE_ERRORS] = 9 },
  };
  assert_text (tell (f, "Queued"), "3");
  assert_text (tell (f, "Answers"), "2xx: 123 · 5xx: 4");
  assert_text (tell (f, "Mean time to an answer"), "34.0 ms");
  assert_text (tell (f, "Mean time in all"), NULL);
  assert_text (tell (f, "Sent once more"), "6");
  assert_text (tell (f, "Sent elsewhere instead"), "0");
  assert_text (tell (f, "Broken answers"), "9");
}

static void
test_weight_says_why (Fixture *f,
                      gconstpointer user_data)
{
  assert_text (tell (f, "Counts for"), "2");

  f->figures.effective_weight = 0.42;
  assert_text (tell (f, "Counts for"), "0.42: that is what the policy has learned");
  f->detail.starting = TRUE;
  assert_text (tell (f, "Counts for"), "0.42: it came up, and grows slowly");
}

static void
test_reason_is_always_given (Fixture *f,
                             gconstpointer user_data)
{
  assert_text (lb_detail_text_reason (&f->detail),
               "It takes requests.\nThe last probe was answered with status 200 in 12.3\u00a0ms.");

  f->figures.use = LB_USE_DRAIN;
  f->figures.state = LB_STATE_DRAIN;
  assert_text (lb_detail_text_reason (&f->detail),
               "It takes no new clients.\n"
               "The last probe was answered with status 200 in 12.3\u00a0ms.");

  f->figures.use = LB_USE_MAINT;
  f->figures.state = LB_STATE_MAINT;
  assert_text (tell (f, "Now"), "Not probed");
  assert_text (lb_detail_text_reason (&f->detail), "It takes no requests and is not probed.");

  f->figures.use = LB_USE_LEFT_OUT;
  f->figures.state = LB_STATE_READY;
  assert_text (lb_detail_text_reason (&f->detail),
               "It gets no requests: HAProxy needs the same path in all URLs, and most have another.");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/detail-text/durations", test_durations);
  ADD ("/detail-text/rows", test_rows);
  ADD ("/detail-text/proxied", test_proxied);
  ADD ("/detail-text/weight-says-why", test_weight_says_why);
  ADD ("/detail-text/reason-is-always-given", test_reason_is_always_given);

#undef ADD

  return g_test_run ();
}
