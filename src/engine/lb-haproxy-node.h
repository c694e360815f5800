/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-plan.h"

G_BEGIN_DECLS

#define LB_TYPE_HAPROXY_NODE (lb_haproxy_node_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyNode, lb_haproxy_node, LB, HAPROXY_NODE, GObject)

LbHaproxyNode         *lb_haproxy_node_new          (const char     *address,
                                                     const char     *proxy,
                                                     GError        **error);

void                   lb_haproxy_node_start        (LbHaproxyNode  *self);
void                   lb_haproxy_node_stop         (LbHaproxyNode  *self);

void                   lb_haproxy_node_set_wanted   (LbHaproxyNode  *self,
                                                     GPtrArray      *wanted);
void                   lb_haproxy_node_set_learned  (LbHaproxyNode  *self,
                                                     GPtrArray      *wanted);
void                   lb_haproxy_node_undo_foreign (LbHaproxyNode  *self);

const char            *lb_haproxy_node_get_address  (LbHaproxyNode  *self);
const LbHaproxyReport *lb_haproxy_node_get_report   (LbHaproxyNode  *self);
const char            *lb_haproxy_node_get_error    (LbHaproxyNode  *self);
gboolean               lb_haproxy_node_has_timed_out (LbHaproxyNode *self);
const char            *lb_haproxy_node_get_refusal  (LbHaproxyNode  *self);
GPtrArray             *lb_haproxy_node_get_foreign  (LbHaproxyNode  *self);
guint                  lb_haproxy_node_get_n_by_name
                                                    (LbHaproxyNode  *self);
gboolean               lb_haproxy_node_is_settled   (LbHaproxyNode  *self);

G_END_DECLS
