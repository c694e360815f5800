/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange/lb-exchange-nginx.h"

#include "exchange/lb-exchange-formats.h"

const LbExchangeFormat lb_exchange_nginx = {
  .id = "nginx",
  .title = "nginx",
  .suffix = ".conf",
  .media_type = "text/plain",
  .detect = lb_exchange_nginx_detect,
  .read = lb_exchange_nginx_read,
  .write = lb_exchange_nginx_write,
};
