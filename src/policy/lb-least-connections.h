/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_LEAST_CONNECTIONS (lb_least_connections_get_type ())
G_DECLARE_FINAL_TYPE (LbLeastConnections, lb_least_connections, LB, LEAST_CONNECTIONS, LbPolicy)

G_END_DECLS
