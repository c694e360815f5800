/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-report.h"
#include "pool/lb-types.h"

G_BEGIN_DECLS

/**
 * LbHaproxyWanted:
 * @name: a server's name
 * @words: what stands behind its name where it is added: its address, how it is checked
 * @weight: 0 to 256
 * @state: what it is to do
 *
 * A server as it is to be.
 */
typedef struct
{
  char *name;
  char *words;
  guint weight;
  LbState state;
} LbHaproxyWanted;

LbHaproxyWanted *lb_haproxy_wanted_new  (const char             *name,
                                         const char             *words,
                                         guint                   weight,
                                         LbState                 state);
LbHaproxyWanted *lb_haproxy_wanted_copy (const LbHaproxyWanted  *self);
gboolean         lb_haproxy_wanted_equal (const LbHaproxyWanted *a,
                                          const LbHaproxyWanted *b);
void             lb_haproxy_wanted_free (LbHaproxyWanted        *self);

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
 *
 * How a HAProxy becomes what is wanted.
 */
typedef struct
{
  GPtrArray *commands;
  GPtrArray *foreign;
} LbHaproxyPlan;

LbHaproxyPlan *lb_haproxy_plan_new  (const char             *proxy,
                                     GPtrArray              *wanted,
                                     GHashTable             *done,
                                     const LbHaproxyReport  *report);
void           lb_haproxy_plan_free (LbHaproxyPlan          *self);

LbState        lb_haproxy_server_get_state
                                    (const LbHaproxyServer  *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyWanted, lb_haproxy_wanted_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyPlan, lb_haproxy_plan_free)

G_END_DECLS
