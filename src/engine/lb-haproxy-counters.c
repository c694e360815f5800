/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-counters.h"

#include <math.h>
#include <string.h>

#include "engine/lb-haproxy-mean.h"

/* How long what a server has counted is kept after it is gone: one that gets other words is away for a moment. */
#define KEEP_US (60 * G_USEC_PER_SEC)

/**
 * LbHaproxyCounters:
 *
 * What a HAProxy has counted since it was asked last, and how long that took. Its own counters begin at 0 with each
 * process, and with each server that is added; what comes out of here never goes back.
 */
struct _LbHaproxyCounters
{
  GHashTable *counters; /* utf8 → Counter, by the server's name */
  gboolean from_start;  /* whether a server that is new to us has counted for us alone */
  guint64 pid;          /* of the process that counts, or 0 */
  gint64 uptime_s;      /* how long that ran at the last report */
  gint64 report_us;     /* when there was a report last, or 0 */
};

typedef struct
{
  guint64 seen[LB_N_PROXY_COUNTS];  /* in the last report */
  guint64 fresh[LB_N_PROXY_COUNTS]; /* not taken yet */
  guint64 requests;                 /* in all that are ours */
  double requests_per_s;            /* between the last two reports */
  gint64 report_us;                 /* when it was in a report last */
  LbHaproxyMean response;
  LbHaproxyMean total;
  double response_ms;               /* of the last requests whose time is known, or -1 */
  double total_ms;
  guint64 timed;                    /* how many of these are not taken yet */
} Counter;

/**
 * lb_haproxy_counters_new:
 * @from_start: whether what the first report has counted is ours, too: whether we have started that HAProxy
 *
 * Returns: (transfer full): counters of a HAProxy that has not reported yet
 */
LbHaproxyCounters *
lb_haproxy_counters_new (gboolean from_start)
{
  LbHaproxyCounters *self = g_new0 (LbHaproxyCounters, 1);

  self->from_start = from_start;
  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

/**
 * lb_haproxy_counters_free:
 * @self: (nullable) (transfer full): counters
 */
void
lb_haproxy_counters_free (LbHaproxyCounters *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->counters);
  g_free (self);
}

/* It is counted from 0 again. */
static void
counter_begin (Counter *self)
{
  memset (self->seen, 0, sizeof self->seen);
  self->response = (LbHaproxyMean){ 0 };
  self->total = (LbHaproxyMean){ 0 };
}

/* How long those took that have ended since the last report. */
static void
counter_add_times (Counter *self,
                   const LbHaproxyServer *server)
{
  const guint64 n = server->counts[LB_PROXY_REQUESTS] - MIN (server->sessions, server->counts[LB_PROXY_REQUESTS]);
  const guint64 n_before = self->response.n;

  if (lb_haproxy_mean_update (&self->response, n, server->response_time_ms, &self->response_ms))
    self->timed += n - n_before;
  lb_haproxy_mean_update (&self->total, n, server->total_time_ms, &self->total_ms);
}

/* Another process has counted nothing before. */
static void
lb_haproxy_counters_begin (LbHaproxyCounters *self)
{
  GHashTableIter iter;
  gpointer counter;

  g_hash_table_iter_init (&iter, self->counters);
  while (g_hash_table_iter_next (&iter, NULL, &counter))
    counter_begin (counter);
}

static Counter *
lb_haproxy_counters_get (LbHaproxyCounters *self,
                         const LbHaproxyServer *server)
{
  Counter *counter = g_hash_table_lookup (self->counters, server->name);

  if (counter == NULL)
    {
      counter = g_new0 (Counter, 1);
      counter->response_ms = counter->total_ms = -1.0;
      if (!self->from_start)
        memcpy (counter->seen, server->counts, sizeof counter->seen);
      g_hash_table_insert (self->counters, g_strdup (server->name), counter);
    }

  return counter;
}

/* A server that has less of anything than before has been added anew. */
static void
lb_haproxy_counters_add_server (LbHaproxyCounters *self,
                                const LbHaproxyServer *server,
                                double seconds,
                                gint64 now_us)
{
  Counter *counter = lb_haproxy_counters_get (self, server);
  gboolean anew = FALSE;

  counter->report_us = now_us;
  for (LbProxyCount i = 0; i < LB_N_PROXY_COUNTS; i++)
    anew = anew || server->counts[i] < counter->seen[i];
  if (anew)
    counter_begin (counter);

  counter->requests_per_s = 0.0;
  if (seconds > 0.0)
    counter->requests_per_s =
      (double) (server->counts[LB_PROXY_REQUESTS] - counter->seen[LB_PROXY_REQUESTS]) / seconds;

  for (LbProxyCount i = 0; i < LB_N_PROXY_COUNTS; i++)
    counter->fresh[i] += server->counts[i] - counter->seen[i];
  counter->requests += server->counts[LB_PROXY_REQUESTS] - counter->seen[LB_PROXY_REQUESTS];
  memcpy (counter->seen, server->counts, sizeof counter->seen);
  counter_add_times (counter, server);
}

/* A server that is not there any more begins at 0 when it comes back, and is forgotten if it does not. */
static void
lb_haproxy_counters_leave_out (LbHaproxyCounters *self,
                               gint64 now_us)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->counters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Counter *counter = value;

      if (counter->report_us == now_us)
        continue;

      counter_begin (counter);
      counter->requests_per_s = 0.0;
      if (now_us - counter->report_us > KEEP_US)
        g_hash_table_iter_remove (&iter);
    }
}

/**
 * lb_haproxy_counters_add:
 * @self: counters
 * @report: what HAProxy says now
 * @now_us: the monotonic time in microseconds
 */
void
lb_haproxy_counters_add (LbHaproxyCounters *self,
                         const LbHaproxyReport *report,
                         gint64 now_us)
{
  const double seconds = self->report_us > 0 ? (double) (now_us - self->report_us) / G_USEC_PER_SEC : 0.0;

  /* In a container each process has the same number. */
  if (report->pid != self->pid || report->uptime_s < self->uptime_s)
    lb_haproxy_counters_begin (self);

  for (guint i = 0; i < report->servers->len; i++)
    lb_haproxy_counters_add_server (self, g_ptr_array_index (report->servers, i), seconds, now_us);
  lb_haproxy_counters_leave_out (self, now_us);

  /* Whoever is added from now on begins at 0. */
  self->from_start = TRUE;
  self->pid = report->pid;
  self->uptime_s = report->uptime_s;
  self->report_us = now_us;
}

/**
 * lb_haproxy_counters_take:
 * @self: counters
 * @sum: a server, by whose name it is looked for; what there was of each #LbProxyCount since this was called last is
 *   added, and its times become the means of what was timed before and since
 */
void
lb_haproxy_counters_take (LbHaproxyCounters *self,
                          LbHaproxyServer *sum)
{
  Counter *counter = g_hash_table_lookup (self->counters, sum->name);

  if (counter == NULL)
    return;

  for (LbProxyCount i = 0; i < LB_N_PROXY_COUNTS; i++)
    sum->counts[i] += counter->fresh[i];
  memset (counter->fresh, 0, sizeof counter->fresh);

  if (counter->timed > 0)
    {
      const double part = (double) counter->timed / (double) (sum->timed + counter->timed);

      sum->response_time_ms = (guint) round (sum->response_time_ms * (1.0 - part) + counter->response_ms * part);
      sum->total_time_ms = (guint) round (sum->total_time_ms * (1.0 - part) + MAX (counter->total_ms, 0.0) * part);
      sum->timed += counter->timed;
      counter->timed = 0;
    }
}

/**
 * lb_haproxy_counters_get_requests:
 * @self: counters
 * @server: a server's name
 *
 * Returns: how many requests it has been sent in all, as far as they are ours
 */
guint64
lb_haproxy_counters_get_requests (LbHaproxyCounters *self,
                                  const char *server)
{
  const Counter *counter = g_hash_table_lookup (self->counters, server);

  return counter != NULL ? counter->requests : 0;
}

/**
 * lb_haproxy_counters_get_rate:
 * @self: counters
 * @server: a server's name
 *
 * Returns: requests per second between the last two reports
 */
double
lb_haproxy_counters_get_rate (LbHaproxyCounters *self,
                              const char *server)
{
  const Counter *counter = g_hash_table_lookup (self->counters, server);

  return counter != NULL ? counter->requests_per_s : 0.0;
}

/**
 * lb_haproxy_counters_get_response_us:
 * @self: counters
 * @server: a server's name
 *
 * Returns: how long its last requests took to the end of the head of the answer, a mean in microseconds; -1 if that is
 *   not known
 */
gint64
lb_haproxy_counters_get_response_us (LbHaproxyCounters *self,
                                     const char *server)
{
  const Counter *counter = g_hash_table_lookup (self->counters, server);

  if (counter == NULL || counter->response_ms < 0.0)
    return -1;

  return (gint64) (counter->response_ms * G_TIME_SPAN_MILLISECOND);
}
