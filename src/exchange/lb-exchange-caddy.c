/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange/lb-exchange-caddy.h"

#include <string.h>

#include "exchange/lb-exchange-formats.h"

static gboolean
lb_exchange_caddy_detect (const char *text)
{
  return text[strspn (text, " \t\r\n")] == '{' &&
         (strstr (text, "\"reverse_proxy\"") != NULL || strstr (text, "\"apps\"") != NULL);
}

const LbExchangeFormat lb_exchange_caddy = {
  .id = "caddy",
  .title = "Caddy",
  .suffix = ".json",
  .media_type = "application/json",
  .detect = lb_exchange_caddy_detect,
  .read = lb_exchange_caddy_read,
  .write = lb_exchange_caddy_write,
};
