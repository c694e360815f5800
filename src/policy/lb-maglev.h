/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-backend.h"

G_BEGIN_DECLS

/**
 * LbMaglev:
 *
 * A consistent hash: a table in which each backend has its share of the entries, nearly all of which
 * stay what they are when a backend comes or goes. Embedded in its owner; zeroes are an empty table.
 * The fields are private.
 */
typedef struct
{
  guint size;
  guint32 *entries; /* places among the candidates */
  LbBackend *const *candidates;
} LbMaglev;

void       lb_maglev_clear  (LbMaglev          *self);
void       lb_maglev_build  (LbMaglev          *self,
                             LbBackend *const  *candidates,
                             guint              n);
LbBackend *lb_maglev_lookup (const LbMaglev    *self,
                             const void        *key,
                             gsize              length);

G_END_DECLS
