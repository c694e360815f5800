/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"
#include "engine/lb-haproxy-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_HAPROXY_LOCAL (lb_haproxy_local_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyLocal, lb_haproxy_local, LB, HAPROXY_LOCAL, GObject)

LbHaproxyLocal *lb_haproxy_local_new         (const LbEngineSource  *source);

void            lb_haproxy_local_run         (LbHaproxyLocal        *self,
                                              const LbHaproxyPool   *pool,
                                              const char            *state);
void            lb_haproxy_local_replace     (LbHaproxyLocal        *self);
void            lb_haproxy_local_finish      (LbHaproxyLocal        *self);
GPtrArray      *lb_haproxy_local_give        (LbHaproxyLocal        *self,
                                              GPtrArray             *wanted);

const char     *lb_haproxy_local_get_runtime (LbHaproxyLocal        *self);
gboolean        lb_haproxy_local_is_starting (LbHaproxyLocal        *self);

G_END_DECLS
