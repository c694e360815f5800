/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbAliasTable:
 *
 * Draws numbers by weight, at the same cost for three weights and for ten thousand. Embedded in its
 * owner; zeroes are an empty table. The fields are private.
 */
typedef struct
{
  guint n;
  guint n_allocated;
  guint32 *thresholds;
  guint32 *aliases;
} LbAliasTable;

void  lb_alias_table_clear (LbAliasTable       *self);
void  lb_alias_table_build (LbAliasTable       *self,
                            const double       *weights,
                            guint               n);
guint lb_alias_table_draw  (const LbAliasTable *self,
                            GRand              *rand);

G_END_DECLS
