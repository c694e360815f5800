/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"
#include "engine/lb-haproxy-pool.h"
#include "engine/lb-haproxy-report.h"

G_BEGIN_DECLS

typedef struct _LbHaproxyFigures LbHaproxyFigures;

LbHaproxyFigures *lb_haproxy_figures_new   (void);
void              lb_haproxy_figures_free  (LbHaproxyFigures       *self);

void              lb_haproxy_figures_begin (LbHaproxyFigures       *self);
void              lb_haproxy_figures_take  (LbHaproxyFigures       *self,
                                            const LbHaproxyReport  *report,
                                            const LbHaproxyPool    *words,
                                            LbEngine               *engine,
                                            LbPool                 *pool);
void              lb_haproxy_figures_end   (LbHaproxyFigures       *self,
                                            LbPool                 *pool);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyFigures, lb_haproxy_figures_free)

G_END_DECLS
