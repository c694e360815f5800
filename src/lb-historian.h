/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"
#include "pool/lb-history.h"

G_BEGIN_DECLS

#define LB_TYPE_HISTORIAN (lb_historian_get_type ())
G_DECLARE_FINAL_TYPE (LbHistorian, lb_historian, LB, HISTORIAN, GObject)

LbHistorian    *lb_historian_new       (LbPool       *pool,
                                        LbEngine     *engine);

void            lb_historian_set_engine
                                       (LbHistorian  *self,
                                        LbEngine     *engine);
void            lb_historian_start     (LbHistorian  *self);
void            lb_historian_stop      (LbHistorian  *self);
LbHistorySlice *lb_historian_get_slice (LbHistorian  *self,
                                        guint         n_seconds);

G_END_DECLS
