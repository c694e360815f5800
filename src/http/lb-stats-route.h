/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-request-head.h"
#include "http/lb-stats-kind.h"

G_BEGIN_DECLS

/**
 * LbStatsRoute:
 * @status: 200: @kind is to be given; 204: only what may be done was asked; 404, 405 or 406: @text
 * @kind: for 200, what is to be given
 * @varies: whether another Accept could have led elsewhere
 * @text: (nullable): for 404, 405 and 406, sentences for who has asked
 * @query: (nullable) (array length=query_length): what stands behind "?", within the target
 * @query_length: its length
 *
 * Where a request for something under `/stats` leads.
 */
typedef struct
{
  guint status;
  LbStatsKindId kind;
  gboolean varies;
  const char *text;
  const char *query;
  gsize query_length;
} LbStatsRoute;

void lb_stats_route_find (LbStatsRoute   *self,
                          const char     *method,
                          gsize           method_length,
                          const LbTarget *target,
                          const char     *accept,
                          gsize           accept_length);

G_END_DECLS
