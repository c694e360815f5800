/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "exchange/lb-exchange.h"

G_BEGIN_DECLS

/* What Caddy puts in the place of the request's own path and query. */
#define LB_CADDY_URI "{http.request.uri}"

gboolean    lb_exchange_caddy_read  (LbExchangeImport      *import,
                                     const char            *text,
                                     GError               **error);
void        lb_exchange_caddy_write (const LbExchangePool  *pool,
                                     GString               *out,
                                     LbExchangeNotes       *notes);
JsonObject *lb_caddy_make_headers   (void);

G_END_DECLS
