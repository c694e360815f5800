/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-counters.h"
#include "engine/lb-haproxy-node.h"
#include "engine/lb-haproxy-pool.h"
#include "pool/lb-node-snapshot.h"

G_BEGIN_DECLS

#define LB_TYPE_HAPROXY_MEMBER (lb_haproxy_member_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyMember, lb_haproxy_member, LB, HAPROXY_MEMBER, GObject)

LbHaproxyMember *lb_haproxy_member_new          (const char           *address,
                                                 const char           *runtime,
                                                 const char           *proxy,
                                                 GError              **error);

const char      *lb_haproxy_member_get_address  (LbHaproxyMember      *self);
LbHaproxyNode   *lb_haproxy_member_get_node     (LbHaproxyMember      *self);
guint            lb_haproxy_member_get_timeouts (LbHaproxyMember      *self);
LbHaproxyCounters *
                 lb_haproxy_member_get_counters (LbHaproxyMember      *self);
LbNodeSnapshot  *lb_haproxy_member_make_snapshot
                                                (LbHaproxyMember      *self,
                                                 const LbHaproxyPool  *words,
                                                 LbPool               *pool);

G_END_DECLS
