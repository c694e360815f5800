/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LB_TYPE_HAPROXY_CHILD (lb_haproxy_child_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyChild, lb_haproxy_child, LB, HAPROXY_CHILD, GObject)

char           *lb_haproxy_child_find_program (GError           **error);

LbHaproxyChild *lb_haproxy_child_new          (const char        *runtime,
                                               const char        *config,
                                               const char        *state_file);
void            lb_haproxy_child_start        (LbHaproxyChild    *self,
                                               const int         *sockets,
                                               guint              n_sockets);
void            lb_haproxy_child_finish       (LbHaproxyChild    *self);
void            lb_haproxy_child_kill         (LbHaproxyChild    *self);

const char     *lb_haproxy_child_get_runtime  (LbHaproxyChild    *self);
const char     *lb_haproxy_child_get_config   (LbHaproxyChild    *self);

G_END_DECLS
