/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-proxy-record"

#include "config.h"

#include "pool/lb-proxy-record.h"

/**
 * lb_proxy_count_to_string:
 * @count: what is counted
 *
 * Returns: a word for `/stats` and the metrics; of the answers, the class of their status
 */
const char *
lb_proxy_count_to_string (LbProxyCount count)
{
  static const char *const words[LB_N_PROXY_COUNTS] = {
    [LB_PROXY_REQUESTS] = "requests",
    [LB_PROXY_RESPONSES_1XX] = "1xx",
    [LB_PROXY_RESPONSES_2XX] = "2xx",
    [LB_PROXY_RESPONSES_3XX] = "3xx",
    [LB_PROXY_RESPONSES_4XX] = "4xx",
    [LB_PROXY_RESPONSES_5XX] = "5xx",
    [LB_PROXY_RETRIES] = "retries",
    [LB_PROXY_REDISPATCHES] = "redispatches",
    [LB_PROXY_CONNECTION_ERRORS] = "connection_errors",
    [LB_PROXY_RESPONSE_ERRORS] = "response_errors",
  };

  g_return_val_if_fail ((guint) count < G_N_ELEMENTS (words), NULL);

  return words[count];
}

/**
 * lb_proxy_record_init:
 * @self: a record
 *
 * Begins with nothing known and nothing counted.
 */
void
lb_proxy_record_init (LbProxyRecord *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbProxyRecord){ .response_us = -1, .total_us = -1 };
}

/**
 * lb_proxy_record_forget:
 * @self: a record
 *
 * No proxy carries the traffic there any more. What was counted stays, so that it goes on from there.
 */
void
lb_proxy_record_forget (LbProxyRecord *self)
{
  g_return_if_fail (self != NULL);

  self->known = FALSE;
  self->queued = 0;
  self->response_us = -1;
  self->total_us = -1;
}
