/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "exchange/lb-exchange-probe.h"

G_BEGIN_DECLS

gboolean lb_caddy_read_number (JsonObject             *object,
                               const char             *name,
                               gint64                 *number);
void     lb_caddy_note_others (JsonObject             *object,
                               const char *const      *known,
                               LbExchangeNotes        *notes);
void     lb_caddy_note_check  (JsonObject             *active,
                               LbExchangeNotes        *notes);
void     lb_caddy_read_check  (JsonObject             *active,
                               const LbExchangeServer *server,
                               LbProbeSettings        *wanted,
                               LbExchangeNotes        *notes);

G_END_DECLS
