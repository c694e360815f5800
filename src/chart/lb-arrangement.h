/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/**
 * LbShow:
 * @LB_SHOW_ALL: all of them
 * @LB_SHOW_UP: those that are up and take requests
 * @LB_SHOW_DOWN: those that are down
 * @LB_SHOW_UNKNOWN: those that have not been probed yet
 * @LB_SHOW_DRAIN: those that take no new clients
 * @LB_SHOW_MAINT: those in maintenance
 * @LB_SHOW_UNUSED: those that take no requests now, for whatever reason
 *
 * Which backends a person wants to see, by how they are.
 */
typedef enum
{
  LB_SHOW_ALL,
  LB_SHOW_UP,
  LB_SHOW_DOWN,
  LB_SHOW_UNKNOWN,
  LB_SHOW_DRAIN,
  LB_SHOW_MAINT,
  LB_SHOW_UNUSED,
} LbShow;

/**
 * LbOrder:
 * @LB_ORDER_POOL: as they are in the pool
 * @LB_ORDER_HEALTH: what needs a look first
 * @LB_ORDER_URL: by the alphabet, numbers by their value
 * @LB_ORDER_WEIGHT: the lightest first
 * @LB_ORDER_IN_FLIGHT: the idlest first
 * @LB_ORDER_RESPONSE_TIME: the fastest first, those without an answer last
 * @LB_ORDER_P95: the same by the 95th percentile
 * @LB_ORDER_REDIRECTS: the least used first
 * @LB_ORDER_SHARE: the same by the share
 *
 * In which order backends are shown. Where two are alike they stay as they are in the pool.
 */
typedef enum
{
  LB_ORDER_POOL,
  LB_ORDER_HEALTH,
  LB_ORDER_URL,
  LB_ORDER_WEIGHT,
  LB_ORDER_IN_FLIGHT,
  LB_ORDER_RESPONSE_TIME,
  LB_ORDER_P95,
  LB_ORDER_REDIRECTS,
  LB_ORDER_SHARE,
} LbOrder;

#define LB_TYPE_SHOW (lb_show_get_type ())
GType       lb_show_get_type            (void);

#define LB_TYPE_ORDER (lb_order_get_type ())
GType       lb_order_get_type           (void);

/**
 * LbArrangement:
 * @text: (nullable): what a URL must contain, in whatever case; %NULL or empty for anything
 * @show: which ones
 * @order: in which order
 * @descending: whether the order is turned round; that of the pool never is
 *
 * What is shown of a pool, and in which order. Zeroes are all of it, as it is.
 */
typedef struct
{
  char *text;
  LbShow show;
  LbOrder order;
  gboolean descending;
} LbArrangement;

gboolean    lb_arrangement_hides        (const LbArrangement    *self);
gboolean    lb_arrangement_matches      (const LbArrangement    *self,
                                         const LbBackendFigures *figures);
int         lb_order_compare            (LbOrder                 order,
                                         const LbBackendFigures *a,
                                         const LbBackendFigures *b);
LbSnapshot *lb_arrangement_apply        (const LbArrangement    *self,
                                         LbSnapshot             *snapshot);

G_END_DECLS
