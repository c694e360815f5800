/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_SOURCE_HASH (lb_source_hash_get_type ())
G_DECLARE_FINAL_TYPE (LbSourceHash, lb_source_hash, LB, SOURCE_HASH, LbPolicy)

G_END_DECLS
