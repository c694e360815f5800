/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-agent.h"

G_BEGIN_DECLS

/* No line that is asked may be longer, its end included. */
#define LB_HAPROXY_AGENT_LINE_MAX 256

/* How many may be connected at once, and for how long. */
#define LB_HAPROXY_AGENT_CLIENTS_MAX 1000
#define LB_HAPROXY_AGENT_DEADLINE_S 5

#define LB_TYPE_HAPROXY_AGENT_PORT (lb_haproxy_agent_port_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyAgentPort, lb_haproxy_agent_port, LB, HAPROXY_AGENT_PORT, GObject)

LbHaproxyAgentPort *lb_haproxy_agent_port_new       (LbPool              *pool);

gboolean            lb_haproxy_agent_port_open      (LbHaproxyAgentPort  *self,
                                                     const char *const   *addresses,
                                                     guint16              port,
                                                     GError             **error);
void                lb_haproxy_agent_port_close     (LbHaproxyAgentPort  *self);

guint16             lb_haproxy_agent_port_get_port  (LbHaproxyAgentPort  *self);
guint               lb_haproxy_agent_port_get_n     (LbHaproxyAgentPort  *self);

G_END_DECLS
