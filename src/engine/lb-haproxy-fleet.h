/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-pool.h"
#include "engine/lb-haproxy-report.h"

G_BEGIN_DECLS

#define LB_TYPE_HAPROXY_FLEET (lb_haproxy_fleet_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyFleet, lb_haproxy_fleet, LB, HAPROXY_FLEET, GObject)

LbHaproxyFleet  *lb_haproxy_fleet_new             (const char          *proxy);

void             lb_haproxy_fleet_set_local       (LbHaproxyFleet      *self,
                                                   const char          *runtime,
                                                   GPtrArray           *wanted);
void             lb_haproxy_fleet_set_addresses   (LbHaproxyFleet      *self,
                                                   const char *const   *addresses,
                                                   GPtrArray           *wanted);
void             lb_haproxy_fleet_set_wanted      (LbHaproxyFleet      *self,
                                                   GPtrArray           *wanted,
                                                   GPtrArray           *local);
void             lb_haproxy_fleet_set_learned     (LbHaproxyFleet      *self,
                                                   GPtrArray           *wanted,
                                                   GPtrArray           *local);

gboolean         lb_haproxy_fleet_is_empty        (LbHaproxyFleet      *self);
const char      *lb_haproxy_fleet_get_local_state (LbHaproxyFleet      *self);
LbHaproxyReport *lb_haproxy_fleet_take_report     (LbHaproxyFleet      *self);
GPtrArray       *lb_haproxy_fleet_list_nodes      (LbHaproxyFleet      *self,
                                                   const LbHaproxyPool *words,
                                                   LbPool              *pool);

GPtrArray       *lb_haproxy_fleet_get_foreign     (LbHaproxyFleet      *self,
                                                   const char          *address);
void             lb_haproxy_fleet_undo_foreign    (LbHaproxyFleet      *self,
                                                   const char          *address);

G_END_DECLS
