/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-traffic"

#include "config.h"

#include "pool/lb-traffic.h"

/**
 * lb_rejection_to_string:
 * @rejection: why a request got no redirect
 *
 * Returns: (transfer none): words for it, which other programs may depend on
 */
const char *
lb_rejection_to_string (LbRejection rejection)
{
  static const char *const words[LB_N_REJECTIONS] = {
    [LB_REJECTION_MALFORMED] = "malformed", [LB_REJECTION_TOO_LARGE] = "too_large",
    [LB_REJECTION_TIMEOUT] = "timeout",     [LB_REJECTION_NO_BACKEND] = "no_backend",
    [LB_REJECTION_BUSY] = "busy",           [LB_REJECTION_PAUSED] = "paused",
  };

  g_return_val_if_fail (rejection < LB_N_REJECTIONS, NULL);

  return words[rejection];
}
