/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_ROUND_ROBIN (lb_round_robin_get_type ())
G_DECLARE_FINAL_TYPE (LbRoundRobin, lb_round_robin, LB, ROUND_ROBIN, LbPolicy)

G_END_DECLS
