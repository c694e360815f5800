/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "http/lb-stats-kind.h"

G_BEGIN_DECLS

/* Above this many backends any form takes milliseconds, so that requests would wait: a worker makes it. */
#define LB_STATS_WORKER_BACKENDS 100

/**
 * LbStatsSource:
 * @get_snapshot: returns (transfer full) a picture of the pool, now or a moment ago
 * @get_history: returns (transfer full) the last so many seconds of its history
 * @user_data: for both
 *
 * Where the figures come from.
 */
typedef struct
{
  LbSnapshot *(*get_snapshot) (gpointer user_data);
  LbHistorySlice *(*get_history) (guint n_seconds, gpointer user_data);
  gpointer user_data;
} LbStatsSource;

#define LB_TYPE_STATS_CACHE (lb_stats_cache_get_type ())
G_DECLARE_FINAL_TYPE (LbStatsCache, lb_stats_cache, LB, STATS_CACHE, GObject)

LbStatsCache *lb_stats_cache_new           (const LbStatsSource  *source);
void          lb_stats_cache_close         (LbStatsCache         *self);

void          lb_stats_cache_render_async  (LbStatsCache         *self,
                                            const LbStatsKind    *kind,
                                            GBytes               *parameters,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
GBytes       *lb_stats_cache_render_finish (LbStatsCache         *self,
                                            GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
