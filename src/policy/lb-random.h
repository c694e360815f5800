/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_RANDOM (lb_random_get_type ())
G_DECLARE_FINAL_TYPE (LbRandom, lb_random, LB, RANDOM, LbPolicy)

G_END_DECLS
