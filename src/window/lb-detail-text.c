/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-detail-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-measure.h"
#include "chart/lb-chart-text.h"
#include "probe/lb-probe-error.h"
#include "window/lb-probe-text.h"

/*
 * What there is to say of one backend. One table has all of it, and the details show it row by row:
 * to tell more is to add a row.
 */

static char *
format_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}

static char *
format_share (double share)
{
  return share < 0.0 ? NULL : lb_chart_text_share (share);
}

static char *
format_weight (double weight)
{
  return g_strdup_printf ("%.*f", weight < 9.995 ? 2 : weight < 99.95 ? 1 : 0, weight);
}

static char *
format_ms (guint ms)
{
  return lb_chart_text_time ((gint64) ms * G_TIME_SPAN_MILLISECOND);
}

/* Health */

static char *
health_since (const LbDetail *detail)
{
  g_autofree char *duration = NULL;

  if (detail->figures->state == LB_STATE_MAINT)
    return g_strdup (_ ("Not probed"));

  duration = lb_detail_text_duration (detail->time_us - detail->figures->health_since_us);
  switch (detail->figures->health)
    {
    case LB_HEALTH_UP:
      /* Translators: a span of time, such as “2 min 5 s” */
      return g_strdup_printf (_ ("Up for %s"), duration);

    case LB_HEALTH_DOWN:
      /* Translators: a span of time, such as “2 min 5 s” */
      return g_strdup_printf (_ ("Down for %s"), duration);

    case LB_HEALTH_UNKNOWN:
    default:
      /* Translators: a span of time, such as “2 min 5 s” */
      return g_strdup_printf (_ ("Unknown for %s"), duration);
    }
}

static char *
health_changed (const LbDetail *detail)
{
  return lb_detail_text_time (detail->figures->health_since_us);
}

static char *
times_down (const LbDetail *detail)
{
  const gulong n = (gulong) detail->figures->times_down;

  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%lu time", "%lu times", n), n);
}

static char *
down_in_all (const LbDetail *detail)
{
  return lb_detail_text_duration (detail->figures->down_us);
}

static char *
probes_good (const LbDetail *detail)
{
  return format_count (detail->figures->probes[LB_PROBE_OK]);
}

static char *
probes_failed (const LbDetail *detail)
{
  guint64 n_failed = 0;
  guint i;

  for (i = 0; i < LB_N_PROBE_OUTCOMES; i++)
    if (i != LB_PROBE_OK)
      n_failed += detail->figures->probes[i];

  return format_count (n_failed);
}

/* Response times */

static char *
last_response (const LbDetail *detail)
{
  return lb_chart_text_time (lb_chart_measure_get_value (LB_CHART_RESPONSE_TIMES, detail->figures));
}

#define DEFINE_LATENCY(name, field) \
  static char *name (const LbDetail *detail) \
  { \
    return lb_chart_text_time ((gint64) detail->figures->latency.field); \
  }

DEFINE_LATENCY (fastest, min_us)
DEFINE_LATENCY (mean, mean_us)
DEFINE_LATENCY (median, p50_us)
DEFINE_LATENCY (p95, p95_us)
DEFINE_LATENCY (p99, p99_us)
DEFINE_LATENCY (slowest, max_us)

static char *
n_samples (const LbDetail *detail)
{
  return format_count (detail->figures->latency.n_samples);
}

/* Traffic */

static char *
redirects (const LbDetail *detail)
{
  return format_count (detail->figures->redirects);
}

static char *
redirects_per_s (const LbDetail *detail)
{
  return g_strdup_printf ("%.1f", detail->figures->redirects_per_s);
}

static char *
share (const LbDetail *detail)
{
  return format_share (detail->figures->share);
}

static char *
recent_share (const LbDetail *detail)
{
  return format_share (detail->figures->recent_share);
}

static char *
expected_share (const LbDetail *detail)
{
  return format_share (detail->figures->expected_share);
}

static char *
in_flight (const LbDetail *detail)
{
  return g_strdup_printf ("%.1f", detail->figures->in_flight);
}

static char *
reported (const LbDetail *detail)
{
  return format_share (detail->figures->reported);
}

/* What only a proxy knows */

static char *
queued (const LbDetail *detail)
{
  const LbProxyRecord *proxied = &detail->figures->proxied;

  return proxied->known ? format_count (proxied->queued) : NULL;
}

/* Each class that there was. */
static char *
answers (const LbDetail *detail)
{
  const LbProxyRecord *proxied = &detail->figures->proxied;
  g_autoptr (GString) text = g_string_new (NULL);

  for (LbProxyCount i = LB_PROXY_RESPONSES_1XX; i <= LB_PROXY_RESPONSES_5XX; i++)
    if (proxied->counts[i] > 0)
      g_string_append_printf (text, "%s%s: %'" G_GUINT64_FORMAT, text->len > 0 ? " · " : "",
                              lb_proxy_count_to_string (i), proxied->counts[i]);

  return proxied->known && text->len > 0 ? g_strdup (text->str) : NULL;
}

static char *
response_time (const LbDetail *detail)
{
  const LbProxyRecord *proxied = &detail->figures->proxied;

  return proxied->known && proxied->response_us >= 0 ? lb_chart_text_time (proxied->response_us) : NULL;
}

static char *
total_time (const LbDetail *detail)
{
  const LbProxyRecord *proxied = &detail->figures->proxied;

  return proxied->known && proxied->total_us >= 0 ? lb_chart_text_time (proxied->total_us) : NULL;
}

#define DEFINE_PROXIED(name, count) \
  static char *name (const LbDetail *detail) \
  { \
    const LbProxyRecord *proxied = &detail->figures->proxied; \
\
    return proxied->known ? format_count (proxied->counts[count]) : NULL; \
  }

DEFINE_PROXIED (retries, LB_PROXY_RETRIES)
DEFINE_PROXIED (redispatches, LB_PROXY_REDISPATCHES)
DEFINE_PROXIED (connection_errors, LB_PROXY_CONNECTION_ERRORS)
DEFINE_PROXIED (response_errors, LB_PROXY_RESPONSE_ERRORS)

/* Weight */

static char *
weight_set (const LbDetail *detail)
{
  return g_strdup_printf ("%u", detail->figures->weight);
}

static char *
weight_now (const LbDetail *detail)
{
  const LbBackendFigures *figures = detail->figures;
  g_autofree char *weight = NULL;

  if (fabs (figures->effective_weight - figures->weight) < 0.005)
    return weight_set (detail);

  weight = format_weight (figures->effective_weight);
  if (detail->starting)
    /* Translators: %s is a weight, such as “0.42” */
    return g_strdup_printf (_ ("%s: it came up, and grows slowly"), weight);

  /* Translators: %s is a weight, such as “0.42” */
  return g_strdup_printf (_ ("%s: that is what the policy has learned"), weight);
}

static char *
backup (const LbDetail *detail)
{
  return detail->figures->backup ? g_strdup (_ ("Yes, it waits until no other can serve")) : NULL;
}

/* How it is probed */

static char *
probe_request (const LbDetail *detail)
{
  const LbProbeSettings *settings = detail->settings;

  if (settings->tcp_only)
    return g_strdup (_ ("Only connects"));

  return g_strdup_printf ("%s %s%s", settings->method,
                          settings->url != NULL ? settings->url : detail->figures->url,
                          settings->path != NULL ? settings->path : "");
}

static char *
probe_interval (const LbDetail *detail)
{
  return format_ms (MAX (detail->settings->interval_ms, detail->interval_ms));
}

static char *
probe_timeout (const LbDetail *detail)
{
  return format_ms (detail->settings->timeout_ms);
}

static char *
probe_status (const LbDetail *detail)
{
  return detail->settings->tcp_only ? NULL : g_strdup (detail->settings->expected_status);
}

static char *
probe_rise (const LbDetail *detail)
{
  return g_strdup_printf ("%u", detail->settings->rise);
}

static char *
probe_fall (const LbDetail *detail)
{
  return g_strdup_printf ("%u", detail->settings->fall);
}

static const LbDetailField fields[] = {
  { N_ ("Health"), N_ ("Now"), health_since },
  { NULL, N_ ("Since"), health_changed },
  { NULL, N_ ("Went down"), times_down },
  { NULL, N_ ("Down in all"), down_in_all },
  { NULL, N_ ("Good probes"), probes_good },
  { NULL, N_ ("Failed probes"), probes_failed },

  { N_ ("Response Times"), N_ ("Last"), last_response },
  { NULL, N_ ("Fastest"), fastest },
  { NULL, N_ ("Mean"), mean },
  { NULL, N_ ("Median"), median },
  { NULL, N_ ("95th percentile"), p95 },
  { NULL, N_ ("99th percentile"), p99 },
  { NULL, N_ ("Slowest"), slowest },
  { NULL, N_ ("Samples"), n_samples },

  { N_ ("Traffic"), N_ ("Redirects"), redirects },
  { NULL, N_ ("Per second"), redirects_per_s },
  { NULL, N_ ("Share"), share },
  { NULL, N_ ("Share of the last minute"), recent_share },
  { NULL, N_ ("Share to be expected"), expected_share },
  { NULL, N_ ("In flight"), in_flight },
  { NULL, N_ ("Load it reports"), reported },
  { NULL, N_ ("Queued"), queued },
  { NULL, N_ ("Answers"), answers },
  { NULL, N_ ("Mean time to an answer"), response_time },
  { NULL, N_ ("Mean time in all"), total_time },
  { NULL, N_ ("Sent once more"), retries },
  { NULL, N_ ("Sent elsewhere instead"), redispatches },
  { NULL, N_ ("Failed connections"), connection_errors },
  { NULL, N_ ("Broken answers"), response_errors },

  { N_ ("Weight"), N_ ("Set to"), weight_set },
  { NULL, N_ ("Counts for"), weight_now },
  { NULL, N_ ("Backup"), backup },

  { N_ ("How It Is Probed"), N_ ("Request"), probe_request },
  { NULL, N_ ("Interval"), probe_interval },
  { NULL, N_ ("Timeout"), probe_timeout },
  { NULL, N_ ("Good statuses"), probe_status },
  { NULL, N_ ("Good probes to come up"), probe_rise },
  { NULL, N_ ("Bad probes to go down"), probe_fall },
};

/**
 * lb_detail_fields:
 * @n_fields: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_fields): all that is told of a backend, in order
 */
const LbDetailField *
lb_detail_fields (guint *n_fields)
{
  g_return_val_if_fail (n_fields != NULL, NULL);

  *n_fields = G_N_ELEMENTS (fields);

  return fields;
}

/**
 * lb_detail_text_reason:
 * @detail: what is known of a backend
 *
 * Returns: (transfer full): why it is used or not, and what its last probe saw: translated
 *   sentences, each on a line of its own
 */
char *
lb_detail_text_reason (const LbDetail *detail)
{
  const LbBackendFigures *figures;
  g_autofree char *state = NULL;
  const char *use = NULL;

  g_return_val_if_fail (detail != NULL, NULL);

  figures = detail->figures;
  state = lb_probe_text_state (figures);
  if (figures->use == LB_USE_YES && figures->health == LB_HEALTH_UP)
    use = _ ("It takes requests.");
  else if (figures->use == LB_USE_YES && figures->health == LB_HEALTH_UNKNOWN)
    use = _ ("It takes requests: it counts as up until a probe says otherwise.");

  return use != NULL ? g_strdup_printf ("%s\n%s", use, state) : g_steal_pointer (&state);
}

/**
 * lb_detail_text_duration:
 * @duration_us: a span of time in microseconds
 *
 * Returns: (transfer full): the span in the two units that fit, such as `2 h 5 min`
 */
char *
lb_detail_text_duration (gint64 duration_us)
{
  const gint64 total_s = MAX (duration_us, 0) / G_USEC_PER_SEC;
  const int s = (int) (total_s % 60);
  const int min = (int) (total_s / 60 % 60);
  const int h = (int) (total_s / 3600 % 24);
  const int d = (int) MIN (total_s / 86400, G_MAXINT);

  if (d > 0)
    /* Translators: days and hours */
    return g_strdup_printf (_ ("%d d %d h"), d, h);
  if (h > 0)
    /* Translators: hours and minutes */
    return g_strdup_printf (_ ("%d h %d min"), h, min);
  if (min > 0)
    /* Translators: minutes and seconds */
    return g_strdup_printf (_ ("%d min %d s"), min, s);

  /* Translators: seconds */
  return g_strdup_printf (_ ("%d s"), s);
}

/**
 * lb_detail_text_time:
 * @time_us: a moment, in microseconds since 1970
 *
 * Returns: (transfer full): the time of day here, after the date if that is not today
 */
char *
lb_detail_text_time (gint64 time_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *format = NULL;

  if (local == NULL)
    return g_strdup ("–");

  if (g_date_time_get_year (local) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    return g_date_time_format (local, _ ("%H:%M:%S"));

  format = g_strconcat ("%x ", _ ("%H:%M:%S"), NULL);

  return g_date_time_format (local, format);
}

/**
 * lb_detail_text_probe:
 * @entry: what a probe saw
 *
 * Returns: (transfer full): that in a few words
 */
char *
lb_detail_text_probe (const LbProbeEntry *entry)
{
  g_autofree char *time = NULL;

  g_return_val_if_fail (entry != NULL, NULL);

  if (!entry->ok)
    return lb_probe_error_describe (entry->error != NULL ? entry->error : LB_PROBE_ERROR_FAILED);

  time = lb_chart_text_time (entry->response_us);
  if (entry->status == 0)
    /* Translators: %s is a time, such as “12.3 ms” */
    return g_strdup_printf (_ ("Connected in %s"), time);

  /* Translators: an HTTP status and a response time, as in “Status 200 in 12.3 ms” */
  return g_strdup_printf (_ ("Status %u in %s"), entry->status, time);
}
