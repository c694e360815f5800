/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/* Makes a representation of a snapshot; may run in a worker thread. */
typedef GBytes *(*LbStatsFunc) (const LbSnapshot *snapshot);

#define LB_TYPE_STATS_CACHE (lb_stats_cache_get_type ())
G_DECLARE_FINAL_TYPE (LbStatsCache, lb_stats_cache, LB, STATS_CACHE, GObject)

LbStatsCache *lb_stats_cache_new           (void);

void          lb_stats_cache_render_async  (LbStatsCache         *self,
                                            LbSnapshot           *snapshot,
                                            LbStatsFunc           func,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
GBytes       *lb_stats_cache_render_finish (LbStatsCache         *self,
                                            GAsyncResult         *result);

G_END_DECLS
