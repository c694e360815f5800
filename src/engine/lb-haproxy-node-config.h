/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config.h"
#include "engine/lb-haproxy-pool.h"

G_BEGIN_DECLS

char *lb_haproxy_node_config_make (const LbHaproxyPool          *pool,
                                   const LbConfig               *config,
                                   guint16                       port,
                                   const LbHaproxyAgentAddress  *agent);

G_END_DECLS
