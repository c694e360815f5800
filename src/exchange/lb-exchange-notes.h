/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LbExchangeNotes LbExchangeNotes;

LbExchangeNotes *lb_exchange_notes_new   (void);
void             lb_exchange_notes_free  (LbExchangeNotes        *self);

void             lb_exchange_notes_add   (LbExchangeNotes        *self,
                                          guint                   line,
                                          const char             *format,
                                          ...) G_GNUC_PRINTF (3, 4);
void             lb_exchange_notes_merge (LbExchangeNotes        *self,
                                          const LbExchangeNotes  *other);
char           **lb_exchange_notes_list  (const LbExchangeNotes  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbExchangeNotes, lb_exchange_notes_free)

G_END_DECLS
