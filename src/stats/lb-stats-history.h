/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-slice.h"

G_BEGIN_DECLS

#define LB_STATS_HISTORY_DEFAULT_SECONDS 60

#define LB_STATS_HISTORY_ERROR (lb_stats_history_error_quark ())

/**
 * LbStatsHistoryError:
 * @LB_STATS_HISTORY_ERROR_QUERY: a query asks for what is not kept, or cannot be read
 */
typedef enum
{
  LB_STATS_HISTORY_ERROR_QUERY,
} LbStatsHistoryError;

GQuark   lb_stats_history_error_quark (void);

gboolean lb_stats_history_parse       (const char            *query,
                                       gsize                  length,
                                       guint                 *n_seconds,
                                       GError               **error);
GBytes  *lb_stats_history             (const LbHistorySlice  *slice);

G_END_DECLS
