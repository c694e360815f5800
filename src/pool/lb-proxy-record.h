/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbProxyCount:
 * @LB_PROXY_REQUESTS: requests that were sent there
 * @LB_PROXY_RESPONSES_1XX: answers with a status of 100 to 199
 * @LB_PROXY_RESPONSES_2XX: of 200 to 299
 * @LB_PROXY_RESPONSES_3XX: of 300 to 399
 * @LB_PROXY_RESPONSES_4XX: of 400 to 499
 * @LB_PROXY_RESPONSES_5XX: of 500 to 599
 * @LB_PROXY_RETRIES: requests that were sent there once more
 * @LB_PROXY_REDISPATCHES: requests that were sent to another backend instead
 * @LB_PROXY_CONNECTION_ERRORS: connections that could not be made
 * @LB_PROXY_RESPONSE_ERRORS: answers that broke off or made no sense
 *
 * What a proxy counts of a backend.
 */
typedef enum
{
  LB_PROXY_REQUESTS,
  LB_PROXY_RESPONSES_1XX,
  LB_PROXY_RESPONSES_2XX,
  LB_PROXY_RESPONSES_3XX,
  LB_PROXY_RESPONSES_4XX,
  LB_PROXY_RESPONSES_5XX,
  LB_PROXY_RETRIES,
  LB_PROXY_REDISPATCHES,
  LB_PROXY_CONNECTION_ERRORS,
  LB_PROXY_RESPONSE_ERRORS,
  LB_N_PROXY_COUNTS,
} LbProxyCount;

const char *lb_proxy_count_to_string (LbProxyCount count);

/**
 * LbProxyRecord:
 * @known: whether a proxy carries the traffic there; if not, only @counts tell something, of before
 * @queued: how many requests wait until the backend can take them
 * @response_us: how long the last requests took to the end of the head of the answer, a mean; -1 if
 *   there were none
 * @total_us: how long they took in all, a mean; -1 if there were none
 * @counts: since the start, in numbers that only grow
 *
 * What a proxy knows of a backend. Embedded in its backend.
 */
typedef struct
{
  gboolean known;
  guint queued;
  gint64 response_us;
  gint64 total_us;
  guint64 counts[LB_N_PROXY_COUNTS];
} LbProxyRecord;

void        lb_proxy_record_init     (LbProxyRecord *self);
void        lb_proxy_record_forget   (LbProxyRecord *self);

G_END_DECLS
