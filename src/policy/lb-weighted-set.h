/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-alias-table.h"
#include "pool/lb-backend.h"

G_BEGIN_DECLS

/**
 * LbWeightedSet:
 * @n: how many candidates there are
 * @candidates: (array length=n): borrowed from the pool
 * @costs: (array length=n): one over the weight of each
 *
 * Candidates with their weights, as most policies need them: to draw one by weight, and to say how
 * busy one is for its weight. Embedded in its owner; zeroes are an empty set.
 */
typedef struct
{
  guint n;
  LbBackend *const *candidates;
  double *costs;

  /*< private >*/
  LbAliasTable table;
} LbWeightedSet;

void   lb_weighted_set_clear    (LbWeightedSet       *self);
void   lb_weighted_set_build    (LbWeightedSet       *self,
                                 LbBackend *const    *candidates,
                                 const double        *weights,
                                 guint                n);
guint  lb_weighted_set_draw     (const LbWeightedSet *self,
                                 GRand               *rand);
double lb_weighted_set_get_load (const LbWeightedSet *self,
                                 guint                i,
                                 gint64               now_us);
guint  lb_weighted_set_draw_two (const LbWeightedSet *self,
                                 gint64               now_us,
                                 GRand               *rand);

gboolean
       lb_weighted_set_rehearse (const LbWeightedSet *self,
                                 const double        *costs,
                                 guint                n_drawn,
                                 double               requests_per_s,
                                 double              *parts);

G_END_DECLS
