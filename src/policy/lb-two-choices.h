/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_TWO_CHOICES (lb_two_choices_get_type ())
G_DECLARE_FINAL_TYPE (LbTwoChoices, lb_two_choices, LB, TWO_CHOICES, LbPolicy)

G_END_DECLS
