/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"

G_BEGIN_DECLS

#define LB_TYPE_PATH_HASH (lb_path_hash_get_type ())
G_DECLARE_FINAL_TYPE (LbPathHash, lb_path_hash, LB, PATH_HASH, LbPolicy)

G_END_DECLS
