/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange.h"

G_BEGIN_DECLS

/* The rows of the table: one for each format, made where it is read and written. */
extern const LbExchangeFormat lb_exchange_json;
extern const LbExchangeFormat lb_exchange_haproxy;
extern const LbExchangeFormat lb_exchange_nginx;
extern const LbExchangeFormat lb_exchange_caddy;
extern const LbExchangeFormat lb_exchange_traefik;

/* For readers. */
LbExchangePool *lb_exchange_import_begin (LbExchangeImport  *self,
                                          const char        *name,
                                          guint              line);
void            lb_exchange_import_end   (LbExchangeImport  *self,
                                          LbExchangePool    *pool);

G_END_DECLS
