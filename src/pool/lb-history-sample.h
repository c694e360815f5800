/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No response time: it is down, its last probe failed, or there was none yet. */
#define LB_HISTORY_NO_RESPONSE ((1u << 27) - 1)

/**
 * LbHistorySample:
 * @response_us: of the last probe, or %LB_HISTORY_NO_RESPONSE
 * @health: an #LbHealth
 * @state: an #LbState
 * @redirects: how many requests were sent to it in that second
 *
 * One backend at the end of a second. There are millions of them, so it is small.
 */
typedef struct
{
  guint32 response_us : 27;
  guint32 health : 2;
  guint32 state : 2;
  guint32 redirects;
} LbHistorySample;

G_STATIC_ASSERT (sizeof (LbHistorySample) == 8);

G_END_DECLS
