/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-stats-route.h"

#include <string.h>

#include "http/lb-accept.h"

#define MAX_OFFERS 7

/*
 * The whole of what is under /stats: each path, byte for byte, and in which forms it is there, the
 * preferred one first. Where there is only one form the path says what is wanted, and Accept is not
 * asked: programs that know a path often send any.
 */
static const struct
{
  const char *path;
  LbStatsKindId offers[MAX_OFFERS + 1];
} paths[] = {
  { "/stats",
    { LB_STATS_KIND_JSON, LB_STATS_KIND_PROMETHEUS, LB_STATS_KIND_OPENMETRICS, LB_STATS_KIND_CSV,
      LB_STATS_KIND_EVENTS, LB_STATS_KIND_SVG } },
  { "/stats/", { LB_STATS_KIND_PAGE } },
  { "/stats/schema.json", { LB_STATS_KIND_SCHEMA } },
  { "/stats/metrics", { LB_STATS_KIND_PROMETHEUS, LB_STATS_KIND_OPENMETRICS } },
  { "/stats/events", { LB_STATS_KIND_EVENTS } },
  { "/stats/targets", { LB_STATS_KIND_TARGETS } },
  { "/stats/history", { LB_STATS_KIND_HISTORY } },
  { "/stats/chart.svg", { LB_STATS_KIND_SVG } },
  { "/stats/chart.png", { LB_STATS_KIND_PNG } },

  /* As programs ask HAProxy. */
  { "/stats;csv", { LB_STATS_KIND_HAPROXY } },
  { "/stats/;csv", { LB_STATS_KIND_HAPROXY } },
  { "/stats;csv;norefresh", { LB_STATS_KIND_HAPROXY } },
  { "/stats/;csv;norefresh", { LB_STATS_KIND_HAPROXY } },
};

#define NOT_FOUND                                                                                   \
  "There is nothing here. What the balancer knows is at\n"                                          \
  "  /stats              JSON or, by Accept, metrics, CSV, events or a picture\n"                   \
  "  /stats/             a page for a browser\n"                                                    \
  "  /stats/schema.json  what that JSON is made of\n"                                               \
  "  /stats/metrics      for Prometheus\n"                                                          \
  "  /stats/events       what is going on, as Server-Sent Events\n"                                 \
  "  /stats/targets      the backends, for Prometheus to find\n"                                    \
  "  /stats/history      the last minute, or ?seconds=N\n"                                          \
  "  /stats/chart.svg    the chart\n"                                                               \
  "  /stats/chart.png    the same\n"                                                                \
  "  /stats;csv          HAProxy's CSV\n"

#define NOT_ALLOWED "Nothing here can be changed over HTTP. Use GET or HEAD.\n"

#define NOT_ACCEPTABLE                                                                              \
  "Nothing that Accept names is here. There are\n"                                                  \
  "  /stats          application/json, text/plain, application/openmetrics-text, text/csv,\n"       \
  "                  text/event-stream, image/svg+xml\n"                                            \
  "  /stats/metrics  text/plain, application/openmetrics-text\n"

static gboolean
is (const char *text,
    gsize length,
    const char *other)
{
  return length == strlen (other) && memcmp (text, other, length) == 0;
}

static const LbStatsKindId *
find_offers (const char *path,
             gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (is (path, length, paths[i].path))
      return paths[i].offers;

  return NULL;
}

/* A browser's Accept names text/html and, Firefox's, image/svg+xml. Whoever opens an address in one
 * wants to read it, so gets what is preferred. */
static LbStatsKindId
choose (const LbStatsKindId *offers,
        const char *accept,
        gsize length)
{
  LbStatsKindId best = LB_STATS_KIND_NONE;
  guint best_rank = 0;

  if (lb_accept_names (accept, length, "text/html"))
    return offers[0];

  for (gsize i = 0; offers[i] != LB_STATS_KIND_NONE; i++)
    {
      const char *content_type = lb_stats_kind_get (offers[i])->content_type;
      const guint rank = lb_accept_rank (accept, length, content_type);

      if (rank > best_rank)
        {
          best = offers[i];
          best_rank = rank;
        }
    }

  return best;
}

/**
 * lb_stats_route_find:
 * @self: (out caller-allocates): where it leads
 * @method: (array length=method_length): the method
 * @method_length: its length
 * @target: a reserved target
 * @accept: (nullable) (array length=accept_length): the value of Accept, or %NULL without one
 * @accept_length: its length
 *
 * Decides what a request for something of ours gets. Nothing is allocated.
 */
void
lb_stats_route_find (LbStatsRoute *self,
                     const char *method,
                     gsize method_length,
                     const LbTarget *target,
                     const char *accept,
                     gsize accept_length)
{
  const char *end = target->path + target->path_length;
  const char *mark = memchr (target->path, '?', target->path_length);
  const LbStatsKindId *offers;

  *self = (LbStatsRoute){ 0 };

  if (is (method, method_length, "OPTIONS"))
    {
      self->status = 204;
      return;
    }

  if (!is (method, method_length, "GET") && !is (method, method_length, "HEAD"))
    {
      self->status = 405;
      self->text = NOT_ALLOWED;
      return;
    }

  offers = find_offers (target->path, (gsize) ((mark != NULL ? mark : end) - target->path));
  if (offers == NULL)
    {
      self->status = 404;
      self->text = NOT_FOUND;
      return;
    }

  if (mark != NULL)
    {
      self->query = mark + 1;
      self->query_length = (gsize) (end - self->query);
    }

  self->varies = offers[1] != LB_STATS_KIND_NONE;
  self->kind = self->varies ? choose (offers, accept, accept_length) : offers[0];
  self->status = self->kind != LB_STATS_KIND_NONE ? 200 : 406;
  if (self->status == 406)
    self->text = NOT_ACCEPTABLE;
}
