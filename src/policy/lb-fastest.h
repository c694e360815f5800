/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_FASTEST (lb_fastest_get_type ())
G_DECLARE_FINAL_TYPE (LbFastest, lb_fastest, LB, FASTEST, LbPolicy)

G_END_DECLS
