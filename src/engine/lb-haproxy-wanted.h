/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

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

LbHaproxyWanted *lb_haproxy_wanted_new        (const char             *name,
                                               const char             *words,
                                               guint                   weight,
                                               LbState                 state);
LbHaproxyWanted *lb_haproxy_wanted_copy       (const LbHaproxyWanted  *self);
gboolean         lb_haproxy_wanted_equal      (const LbHaproxyWanted  *a,
                                               const LbHaproxyWanted  *b);
gboolean         lb_haproxy_wanted_is_by_name (const LbHaproxyWanted  *self);
void             lb_haproxy_wanted_free       (LbHaproxyWanted        *self);

GPtrArray       *lb_haproxy_wanted_new_list   (void);
gboolean         lb_haproxy_wanted_take_list  (GPtrArray              *list,
                                               GPtrArray              *other);
GPtrArray       *lb_haproxy_wanted_adapt      (GPtrArray              *wanted,
                                               GPtrArray              *before,
                                               gboolean               *same);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyWanted, lb_haproxy_wanted_free)

G_END_DECLS
