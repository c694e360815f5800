/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "http/lb-stats-kind.h"

G_BEGIN_DECLS

/* Takes a picture of the pool now. Returns: (transfer full) */
typedef LbSnapshot *(*LbSnapshotFunc) (gpointer user_data);

#define LB_TYPE_STATS_CACHE (lb_stats_cache_get_type ())
G_DECLARE_FINAL_TYPE (LbStatsCache, lb_stats_cache, LB, STATS_CACHE, GObject)

LbStatsCache *lb_stats_cache_new           (LbSnapshotFunc        snapshot_func,
                                            gpointer              user_data);

void          lb_stats_cache_render_async  (LbStatsCache         *self,
                                            const LbStatsKind    *kind,
                                            GBytes               *parameters,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
GBytes       *lb_stats_cache_render_finish (LbStatsCache         *self,
                                            GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
