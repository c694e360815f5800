/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_ADAPTIVE (lb_adaptive_get_type ())
G_DECLARE_FINAL_TYPE (LbAdaptive, lb_adaptive, LB, ADAPTIVE, LbPolicy)

G_END_DECLS
