/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange/lb-exchange-haproxy.h"

#include "exchange/lb-exchange-formats.h"

const LbExchangeFormat lb_exchange_haproxy = {
  .id = "haproxy",
  .title = "HAProxy",
  .suffix = ".cfg",
  .media_type = "text/plain",
  .detect = lb_exchange_haproxy_detect,
  .read = lb_exchange_haproxy_read,
  .write = lb_exchange_haproxy_write,
};
