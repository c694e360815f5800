/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-csv"

#include "config.h"

#include "stats/lb-stats-csv.h"

#include <math.h>
#include <string.h>

#include "stats/lb-haproxy-words.h"

/*
 * The statistics as HAProxy writes them ("Statistics and monitoring" in its management guide), for
 * the many programs that read those: fields 0 to 61, which is what HAProxy 1.7 had and all of them
 * know. There is one proxy, PROXY, as a `listen` section would make it: a FRONTEND row for what
 * clients do, a row for each backend, which HAProxy calls a server, and a BACKEND row for all of
 * them together.
 *
 * A session of the front is a client's connection; one of a server is a request sent to it, and it
 * lasts as long as the server is busy with it, which is estimated when we redirect. Requests are those
 * that are to be redirected or proxied: `/stats` itself does not count. An answer of class 3 is a redirect
 * of ours, or what a server said to a request that was proxied. Where HAProxy counts failed checks only while a
 * server is up, all of them count here. A field that we cannot know, since we never see what
 * happens after a redirect, is empty, which readers take for absent.
 */

#define PROXY "load-balancer"

/* HAProxy's numbers, field 32. */
typedef enum
{
  LB_CSV_FRONTEND,
  LB_CSV_BACKEND,
  LB_CSV_SERVER,
  LB_CSV_N_TYPES,
} LbCsvType;

typedef struct
{
  LbCsvType type;
  guint id; /* of a server, from 1 */
  const LbSnapshot *snapshot;
  const LbBackendFigures *figures; /* of a server, or of all of them together */
} LbCsvRow;

/* What a field holds that is not known. */
#define UNKNOWN G_GINT64_CONSTANT (-1)

typedef gint64 (*LbCsvNumber) (const LbCsvRow *row);
typedef void (*LbCsvText) (const LbCsvRow *row, GString *text);

static gint64
lb_csv_from_count (guint64 count)
{
  return (gint64) MIN (count, G_MAXINT64);
}

static gint64
lb_csv_from_double (double value)
{
  return isfinite (value) && value >= 0.0 && value < 1e18 ? llround (value) : UNKNOWN;
}

static gint64
lb_csv_zero (const LbCsvRow *row)
{
  return 0;
}

/* There is one process and one proxy. */
static gint64
lb_csv_one (const LbCsvRow *row)
{
  return 1;
}

/* Every row */

static void
lb_csv_append_proxy (const LbCsvRow *row,
                     GString *text)
{
  g_string_append (text, PROXY);
}

static void
lb_csv_append_name (const LbCsvRow *row,
                    GString *text)
{
  switch (row->type)
    {
    case LB_CSV_FRONTEND:
      g_string_append (text, "FRONTEND");
      break;
    case LB_CSV_BACKEND:
      g_string_append (text, "BACKEND");
      break;
    case LB_CSV_SERVER:
      lb_haproxy_append_name (text, row->figures->url);
      break;
    case LB_CSV_N_TYPES:
    default:
      g_assert_not_reached ();
    }
}

static gint64
lb_csv_get_type (const LbCsvRow *row)
{
  return row->type;
}

static gint64
lb_csv_get_id (const LbCsvRow *row)
{
  return row->id;
}

/* Also of all servers together. */

static gint64
lb_csv_get_in_flight (const LbCsvRow *row)
{
  return lb_csv_from_double (row->figures->in_flight);
}

static gint64
lb_csv_get_redirects (const LbCsvRow *row)
{
  return lb_csv_from_count (row->figures->redirects);
}

static gint64
lb_csv_get_rate (const LbCsvRow *row)
{
  return lb_csv_from_double (row->figures->redirects_per_s);
}

static gint64
lb_csv_get_rate_max (const LbCsvRow *row)
{
  return lb_csv_from_double (row->figures->redirects_per_s_max);
}

/* A learned weight may be below one half, but 0 would say that the server is drained. */
static gint64
lb_csv_get_weight (const LbCsvRow *row)
{
  const gint64 weight = lb_csv_from_double (row->figures->effective_weight);

  return weight == 0 && row->type == LB_CSV_SERVER ? 1 : weight;
}

/* What a proxy counts; of the BACKEND row all servers together. */

static gint64
lb_csv_get_proxied (const LbCsvRow *row,
                    LbProxyCount count)
{
  return row->figures->proxied.known ? lb_csv_from_count (row->figures->proxied.counts[count]) : UNKNOWN;
}

#define DEFINE_PROXIED(name, count) \
  static gint64 name (const LbCsvRow *row) \
  { \
    return lb_csv_get_proxied (row, count); \
  }

DEFINE_PROXIED (lb_csv_get_retries, LB_PROXY_RETRIES)
DEFINE_PROXIED (lb_csv_get_redispatches, LB_PROXY_REDISPATCHES)
DEFINE_PROXIED (lb_csv_get_connection_errors, LB_PROXY_CONNECTION_ERRORS)
DEFINE_PROXIED (lb_csv_get_response_errors, LB_PROXY_RESPONSE_ERRORS)

/* Also while we redirect: what was counted before stays. */
#define DEFINE_ANSWERS(name, count) \
  static gint64 name (const LbCsvRow *row) \
  { \
    return lb_csv_from_count (row->figures->proxied.counts[count]); \
  }

DEFINE_ANSWERS (lb_csv_count_1xx, LB_PROXY_RESPONSES_1XX)
DEFINE_ANSWERS (lb_csv_count_2xx, LB_PROXY_RESPONSES_2XX)
DEFINE_ANSWERS (lb_csv_count_4xx, LB_PROXY_RESPONSES_4XX)
DEFINE_ANSWERS (lb_csv_count_5xx, LB_PROXY_RESPONSES_5XX)

/* Requests that were not proxied were redirected. */
static gint64
lb_csv_count_3xx (const LbCsvRow *row)
{
  const guint64 *counts = row->figures->proxied.counts;
  const guint64 redirects = row->figures->redirects - MIN (row->figures->redirects, counts[LB_PROXY_REQUESTS]);

  return lb_csv_from_count (redirects + counts[LB_PROXY_RESPONSES_3XX]);
}

static gint64
lb_csv_get_queued (const LbCsvRow *row)
{
  return row->figures->proxied.queued;
}

/* The FRONTEND row */

static gint64
lb_csv_front_connections (const LbCsvRow *row)
{
  return row->snapshot->traffic.connections;
}

static gint64
lb_csv_front_max_connections (const LbCsvRow *row)
{
  const guint max = row->snapshot->traffic.max_connections;

  return max > 0 ? max : UNKNOWN;
}

static gint64
lb_csv_front_connections_total (const LbCsvRow *row)
{
  return lb_csv_from_count (row->snapshot->traffic.connections_total);
}

/* Requests that were no good, or never came to an end. */
static gint64
lb_csv_front_errors (const LbCsvRow *row)
{
  const guint64 *rejected = row->snapshot->traffic.rejected;

  return lb_csv_from_count (rejected[LB_REJECTION_MALFORMED] + rejected[LB_REJECTION_TOO_LARGE] +
                            rejected[LB_REJECTION_TIMEOUT]);
}

static gint64
lb_csv_front_requests (const LbCsvRow *row)
{
  const guint64 *rejected = row->snapshot->traffic.rejected;

  return lb_csv_from_count (row->snapshot->redirects + rejected[LB_REJECTION_MALFORMED] +
                            rejected[LB_REJECTION_TOO_LARGE] + rejected[LB_REJECTION_NO_BACKEND] +
                            rejected[LB_REJECTION_PAUSED]);
}

/* The BACKEND row */

/* Whether it can serve, now or as soon as no other can. */
static gboolean
lb_csv_can_serve (const LbBackendFigures *figures)
{
  return figures->use == LB_USE_YES || figures->use == LB_USE_BACKUP;
}

static gint64
lb_csv_pool_count (const LbSnapshot *snapshot,
                   gboolean backup)
{
  gint64 n = 0;

  for (guint i = 0; i < snapshot->n_backends; i++)
    if (lb_csv_can_serve (&snapshot->backends[i]) && snapshot->backends[i].backup == backup)
      n++;

  return n;
}

static gint64
lb_csv_pool_active (const LbCsvRow *row)
{
  return lb_csv_pool_count (row->snapshot, FALSE);
}

static gint64
lb_csv_pool_backups (const LbCsvRow *row)
{
  return lb_csv_pool_count (row->snapshot, TRUE);
}

/* Those that no server got. */
static gint64
lb_csv_pool_connection_errors (const LbCsvRow *row)
{
  return lb_csv_from_count (row->figures->proxied.counts[LB_PROXY_CONNECTION_ERRORS] +
                            row->snapshot->traffic.rejected[LB_REJECTION_NO_BACKEND]);
}

static gint64
lb_csv_pool_5xx (const LbCsvRow *row)
{
  return lb_csv_from_count (row->figures->proxied.counts[LB_PROXY_RESPONSES_5XX] +
                            row->snapshot->traffic.rejected[LB_REJECTION_NO_BACKEND]);
}

static gint64
lb_csv_pool_requests (const LbCsvRow *row)
{
  return lb_csv_from_count (row->snapshot->redirects +
                            row->snapshot->traffic.rejected[LB_REJECTION_NO_BACKEND]);
}

/* A server's row */

static gint64
lb_csv_server_active (const LbCsvRow *row)
{
  return row->figures->backup ? 0 : 1;
}

static gint64
lb_csv_server_backup (const LbCsvRow *row)
{
  return row->figures->backup ? 1 : 0;
}

static gint64
lb_csv_server_failed_probes (const LbCsvRow *row)
{
  guint64 sum = 0;

  for (LbProbeOutcome outcome = LB_PROBE_OK + 1; outcome < LB_N_PROBE_OUTCOMES; outcome++)
    sum += row->figures->probes[outcome];

  return lb_csv_from_count (sum);
}

static gint64
lb_csv_server_times_down (const LbCsvRow *row)
{
  return lb_csv_from_count (row->figures->times_down);
}

static gint64
lb_csv_server_last_change_s (const LbCsvRow *row)
{
  return (row->snapshot->time_us - row->figures->health_since_us) / G_USEC_PER_SEC;
}

static gint64
lb_csv_server_down_s (const LbCsvRow *row)
{
  return row->figures->down_us / G_USEC_PER_SEC;
}

static gint64
lb_csv_server_check_code (const LbCsvRow *row)
{
  const guint status = row->figures->last_probe.status;

  return lb_haproxy_was_checked (row->figures) && status != 0 ? status : UNKNOWN;
}

static gint64
lb_csv_server_check_ms (const LbCsvRow *row)
{
  const gint64 response_us = row->figures->last_probe.response_us;

  return lb_haproxy_was_checked (row->figures) && response_us >= 0 ? (response_us + 500) / 1000
                                                                   : UNKNOWN;
}

static gint64
lb_csv_server_response_ms (const LbCsvRow *row)
{
  const gint64 response_us = row->figures->proxied.response_us;

  return row->figures->proxied.known && response_us >= 0 ? response_us / 1000 : UNKNOWN;
}

static gint64
lb_csv_server_total_ms (const LbCsvRow *row)
{
  const gint64 total_us = row->figures->proxied.total_us;

  return row->figures->proxied.known && total_us >= 0 ? total_us / 1000 : UNKNOWN;
}

static void
lb_csv_append_check_status (const LbCsvRow *row,
                            GString *text)
{
  if (row->type == LB_CSV_SERVER)
    g_string_append (text, lb_haproxy_get_check_status (row->figures));
}

static void
lb_csv_append_status (const LbCsvRow *row,
                      GString *text)
{
  const LbSnapshot *snapshot = row->snapshot;

  switch (row->type)
    {
    case LB_CSV_FRONTEND:
      g_string_append (text, snapshot->listen[0] != NULL && !snapshot->traffic.paused ? "OPEN"
                                                                                      : "STOP");
      break;
    case LB_CSV_BACKEND:
      g_string_append (text, lb_csv_pool_active (row) + lb_csv_pool_backups (row) > 0 ? "UP"
                                                                                      : "DOWN");
      break;
    case LB_CSV_SERVER:
      lb_haproxy_append_status (text, row->figures);
      break;
    case LB_CSV_N_TYPES:
    default:
      g_assert_not_reached ();
    }
}

/* A column has either a text, or numbers for the FRONTEND row, the BACKEND row and the servers'.
 * What is not here is empty. */
static const struct
{
  const char *name;
  LbCsvText append;
  LbCsvNumber numbers[LB_CSV_N_TYPES];
} columns[] = {
  { "pxname", lb_csv_append_proxy },
  { "svname", lb_csv_append_name },
  { "qcur", NULL, { NULL, lb_csv_get_queued, lb_csv_get_queued } },
  { "qmax", NULL, { NULL, lb_csv_zero, lb_csv_zero } },
  { "scur", NULL, { lb_csv_front_connections, lb_csv_get_in_flight, lb_csv_get_in_flight } },
  { "smax" },
  { "slim", NULL, { lb_csv_front_max_connections } },
  { "stot", NULL, { lb_csv_front_connections_total, lb_csv_get_redirects, lb_csv_get_redirects } },
  { "bin" },
  { "bout" },
  { "dreq" },
  { "dresp" },
  { "ereq", NULL, { lb_csv_front_errors } },
  { "econ", NULL, { NULL, lb_csv_pool_connection_errors, lb_csv_get_connection_errors } },
  { "eresp", NULL, { NULL, lb_csv_get_response_errors, lb_csv_get_response_errors } },
  { "wretr", NULL, { NULL, lb_csv_get_retries, lb_csv_get_retries } },
  { "wredis", NULL, { NULL, lb_csv_get_redispatches, lb_csv_get_redispatches } },
  { "status", lb_csv_append_status },
  { "weight", NULL, { NULL, lb_csv_get_weight, lb_csv_get_weight } },
  { "act", NULL, { NULL, lb_csv_pool_active, lb_csv_server_active } },
  { "bck", NULL, { NULL, lb_csv_pool_backups, lb_csv_server_backup } },
  { "chkfail", NULL, { NULL, NULL, lb_csv_server_failed_probes } },
  { "chkdown", NULL, { NULL, NULL, lb_csv_server_times_down } },
  { "lastchg", NULL, { NULL, NULL, lb_csv_server_last_change_s } },
  { "downtime", NULL, { NULL, NULL, lb_csv_server_down_s } },
  { "qlimit" },
  { "pid", NULL, { lb_csv_one, lb_csv_one, lb_csv_one } },
  { "iid", NULL, { lb_csv_one, lb_csv_one, lb_csv_one } },
  { "sid", NULL, { lb_csv_get_id, lb_csv_get_id, lb_csv_get_id } },
  { "throttle" },
  { "lbtot", NULL, { NULL, lb_csv_get_redirects, lb_csv_get_redirects } },
  { "tracked" },
  { "type", NULL, { lb_csv_get_type, lb_csv_get_type, lb_csv_get_type } },
  { "rate", NULL, { NULL, lb_csv_get_rate, lb_csv_get_rate } },
  { "rate_lim" },
  { "rate_max", NULL, { NULL, lb_csv_get_rate_max, lb_csv_get_rate_max } },
  { "check_status", lb_csv_append_check_status },
  { "check_code", NULL, { NULL, NULL, lb_csv_server_check_code } },
  { "check_duration", NULL, { NULL, NULL, lb_csv_server_check_ms } },
  { "hrsp_1xx", NULL, { lb_csv_count_1xx, lb_csv_count_1xx, lb_csv_count_1xx } },
  { "hrsp_2xx", NULL, { lb_csv_count_2xx, lb_csv_count_2xx, lb_csv_count_2xx } },
  { "hrsp_3xx", NULL, { lb_csv_count_3xx, lb_csv_count_3xx, lb_csv_count_3xx } },
  { "hrsp_4xx", NULL, { NULL, lb_csv_count_4xx, lb_csv_count_4xx } },
  { "hrsp_5xx", NULL, { NULL, lb_csv_pool_5xx, lb_csv_count_5xx } },
  { "hrsp_other", NULL, { NULL, lb_csv_zero, lb_csv_zero } },
  { "hanafail" },
  { "req_rate", NULL, { lb_csv_get_rate } },
  { "req_rate_max", NULL, { lb_csv_get_rate_max } },
  { "req_tot", NULL, { lb_csv_front_requests, lb_csv_pool_requests } },
  { "cli_abrt" },
  { "srv_abrt" },
  { "comp_in" },
  { "comp_out" },
  { "comp_byp" },
  { "comp_rsp" },
  { "lastsess" },
  { "last_chk" },
  { "last_agt" },
  { "qtime" },
  { "ctime" },
  { "rtime", NULL, { NULL, NULL, lb_csv_server_response_ms } },
  { "ttime", NULL, { NULL, NULL, lb_csv_server_total_ms } },
};

/* Rounded only when it is written: a little of each may be much. */
static void
lb_csv_sum_up (const LbSnapshot *snapshot,
               LbBackendFigures *sum)
{
  sum->redirects = snapshot->redirects;
  sum->redirects_per_s = snapshot->redirects_per_s;
  sum->redirects_per_s_max = snapshot->redirects_per_s_max;
  sum->proxied.known = snapshot->traffic.measured;
  memcpy (sum->proxied.counts, snapshot->proxied, sizeof snapshot->proxied);

  for (guint i = 0; i < snapshot->n_backends; i++)
    {
      sum->in_flight += snapshot->backends[i].in_flight;
      sum->proxied.queued += snapshot->backends[i].proxied.queued;
      if (snapshot->backends[i].use == LB_USE_YES)
        sum->effective_weight += snapshot->backends[i].effective_weight;
    }
}

static void
lb_csv_append_row (GString *text,
                   const LbCsvRow *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const LbCsvNumber number = columns[i].numbers[row->type];
      const gint64 value = number != NULL ? number (row) : UNKNOWN;

      if (columns[i].append != NULL)
        columns[i].append (row, text);
      else if (value != UNKNOWN)
        g_string_append_printf (text, "%" G_GINT64_FORMAT, value);
      g_string_append_c (text, ',');
    }

  g_string_append_c (text, '\n');
}

/**
 * lb_stats_csv:
 * @snapshot: what is to be told
 *
 * Writes a snapshot as HAProxy writes its statistics: a line that begins with "# " and names the
 * fields, then one for the front, for each backend, and for all backends together. Each field ends
 * with a comma, the last one, too; none is quoted, or needs to be.
 *
 * Returns: (transfer full): the text, in ASCII
 */
GBytes *
lb_stats_csv (const LbSnapshot *snapshot)
{
  LbBackendFigures sum = { 0 };
  GString *text;

  g_return_val_if_fail (snapshot != NULL, NULL);

  lb_csv_sum_up (snapshot, &sum);

  text = g_string_new ("# ");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_string_append (text, columns[i].name);
      g_string_append_c (text, ',');
    }
  g_string_append_c (text, '\n');

  lb_csv_append_row (text, &(LbCsvRow){ LB_CSV_FRONTEND, 0, snapshot, &sum });
  for (guint i = 0; i < snapshot->n_backends; i++)
    lb_csv_append_row (text,
                       &(LbCsvRow){ LB_CSV_SERVER, i + 1, snapshot, &snapshot->backends[i] });
  lb_csv_append_row (text, &(LbCsvRow){ LB_CSV_BACKEND, 0, snapshot, &sum });

  return g_string_free_to_bytes (text);
}
