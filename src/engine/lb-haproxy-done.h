/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-report.h"
#include "engine/lb-haproxy-wanted.h"

G_BEGIN_DECLS

typedef struct _LbHaproxyDone LbHaproxyDone;

LbHaproxyDone *lb_haproxy_done_new         (void);
void           lb_haproxy_done_free        (LbHaproxyDone          *self);

void           lb_haproxy_done_remember    (LbHaproxyDone          *self,
                                            GPtrArray              *wanted,
                                            const LbHaproxyReport  *report,
                                            gint64                  now_us);
void           lb_haproxy_done_forget      (LbHaproxyDone          *self,
                                            const char             *name);
GHashTable    *lb_haproxy_done_get_servers (LbHaproxyDone          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyDone, lb_haproxy_done_free)

G_END_DECLS
