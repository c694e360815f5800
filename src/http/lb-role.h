/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-redirector.h"
#include "http/lb-request-head.h"

G_BEGIN_DECLS

/**
 * LbRole:
 * @LB_ROLE_BOTH: it redirects, and tells about the balancer under `/stats`
 * @LB_ROLE_REDIRECTS: it redirects everything, `/stats` as well
 * @LB_ROLE_STATS: it only tells about the balancer
 *
 * What a port is for. What is asked there is the same in all of them; what it gets is not.
 */
typedef enum
{
  LB_ROLE_BOTH,
  LB_ROLE_REDIRECTS,
  LB_ROLE_STATS,
} LbRole;

/* Whether @target is something of ours on such a port. */
static inline gboolean
lb_role_tells (LbRole role,
               const LbTarget *target)
{
  return target->is_reserved && role != LB_ROLE_REDIRECTS;
}

/* What a client may do with @target on such a port. */
static inline const char *
lb_role_get_methods (LbRole role,
                     const LbTarget *target)
{
  return role == LB_ROLE_STATS || lb_role_tells (role, target) ? LB_STATS_METHODS : LB_ALL_METHODS;
}

G_END_DECLS
