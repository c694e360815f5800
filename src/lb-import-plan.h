/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange.h"
#include "lb-balancer.h"

G_BEGIN_DECLS

/**
 * LbImportFate:
 * @LB_IMPORT_NEW: it will be added
 * @LB_IMPORT_EXISTS: the balancer has a backend with this URL, which stays as it is
 * @LB_IMPORT_REFUSED: it cannot be added
 *
 * What becomes of a backend in a file.
 */
typedef enum
{
  LB_IMPORT_NEW,
  LB_IMPORT_EXISTS,
  LB_IMPORT_REFUSED,
} LbImportFate;

/**
 * LbImportItem:
 * @backend: (unowned): the pool's
 * @fate: what becomes of it
 * @reason: (nullable): why it is refused, a translated sentence
 */
typedef struct
{
  LbBackend *backend;
  LbImportFate fate;
  char *reason;
} LbImportItem;

/**
 * LbImportPlan:
 * @items: (array length=n_items): one for each backend of the pool, in order
 * @n_new: how many of them will be added
 * @policy: (nullable): what becomes of the policy in the file, a translated sentence; %NULL if
 *   nothing changes
 *
 * What adding a pool from a file would do.
 */
typedef struct
{
  LbImportItem *items;
  guint n_items;
  guint n_new;
  char *policy;
} LbImportPlan;

LbImportPlan *lb_import_plan_new       (LbBalancer              *balancer,
                                        const LbExchangePool    *pool);
void          lb_import_plan_free      (LbImportPlan            *self);

char        **lb_import_plan_get_notes (const LbImportPlan      *self,
                                        const LbExchangeImport  *import,
                                        const LbExchangePool    *pool);
char         *lb_import_plan_summarize (const LbImportPlan      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbImportPlan, lb_import_plan_free)

G_END_DECLS
