/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-pool.h"

G_BEGIN_DECLS

void   lb_exchange_write_comment (GString                *out,
                                  const char             *text);
char  *lb_exchange_make_name     (const LbExchangePool   *pool);
guint  lb_exchange_get_port      (const LbExchangePool   *pool);

void   lb_exchange_note_policy   (const LbExchangePool   *pool,
                                  const char             *program,
                                  const char             *instead,
                                  LbExchangeNotes        *notes);
void   lb_exchange_note_panic    (const LbExchangePool   *pool,
                                  const char             *program,
                                  LbExchangeNotes        *notes);
void   lb_exchange_note_settings (const LbProbeSettings  *settings,
                                  const char *const      *fields,
                                  const char             *program,
                                  LbExchangeNotes        *notes);

G_END_DECLS
