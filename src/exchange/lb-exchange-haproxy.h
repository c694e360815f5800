/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange.h"

G_BEGIN_DECLS

gboolean lb_exchange_haproxy_detect (const char            *text);
gboolean lb_exchange_haproxy_read   (LbExchangeImport      *import,
                                     const char            *text,
                                     GError               **error);
void     lb_exchange_haproxy_write  (const LbExchangePool  *pool,
                                     GString               *out,
                                     LbExchangeNotes       *notes);

G_END_DECLS
