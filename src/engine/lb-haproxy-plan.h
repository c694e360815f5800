/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-report.h"
#include "engine/lb-haproxy-wanted.h"

G_BEGIN_DECLS

/**
 * LbHaproxyForeign:
 * @name: a server's name
 * @weight: its weight as it is
 * @state: its state as it is
 *
 * A server that is as somebody else has set it.
 */
typedef struct
{
  char *name;
  guint weight;
  LbState state;
} LbHaproxyForeign;

/**
 * LbHaproxyPlan:
 * @commands: (element-type utf8): what to tell HAProxy, in order
 * @foreign: (element-type LbHaproxyForeign): what is left as it is, since we did not make it so
 * @n_by_name: how many servers are not there, and cannot be added since they come by name
 *
 * How a HAProxy becomes what is wanted.
 */
typedef struct
{
  GPtrArray *commands;
  GPtrArray *foreign;
  guint n_by_name;
} LbHaproxyPlan;

LbHaproxyPlan *lb_haproxy_plan_new  (const char             *proxy,
                                     GPtrArray              *wanted,
                                     GHashTable             *done,
                                     const LbHaproxyReport  *report);
void           lb_haproxy_plan_free (LbHaproxyPlan          *self);

LbState        lb_haproxy_server_get_state
                                    (const LbHaproxyServer  *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyPlan, lb_haproxy_plan_free)

G_END_DECLS
