/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-weighted-set"

#include "config.h"

#include "policy/lb-weighted-set.h"

/**
 * lb_weighted_set_clear:
 * @self: a set
 *
 * Empties the set and frees what it holds.
 */
void
lb_weighted_set_clear (LbWeightedSet *self)
{
  g_return_if_fail (self != NULL);

  lb_alias_table_clear (&self->table);
  g_clear_pointer (&self->costs, g_free);
  self->candidates = NULL;
  self->n = 0;
}

/**
 * lb_weighted_set_build:
 * @self: a set
 * @candidates: (array length=n): borrowed until the set is built anew or cleared
 * @weights: (array length=n): positive weights
 * @n: how many; at least one
 *
 * Makes the set anew.
 */
void
lb_weighted_set_build (LbWeightedSet *self,
                       LbBackend *const *candidates,
                       const double *weights,
                       guint n)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (n > 0);

  self->n = n;
  self->candidates = candidates;
  self->costs = g_renew (double, self->costs, n);
  for (guint i = 0; i < n; i++)
    self->costs[i] = 1.0 / weights[i];

  lb_alias_table_build (&self->table, weights, n);
}

/**
 * lb_weighted_set_draw:
 * @self: a set that was built
 * @rand: a random source
 *
 * Returns: the place of a candidate, drawn by weight
 */
guint
lb_weighted_set_draw (const LbWeightedSet *self,
                      GRand *rand)
{
  return lb_alias_table_draw (&self->table, rand);
}

/**
 * lb_weighted_set_get_load:
 * @self: a set that was built
 * @i: the place of a candidate
 * @now_us: the monotonic time in microseconds
 *
 * Returns: how busy it would be with one request more, for its weight
 */
double
lb_weighted_set_get_load (const LbWeightedSet *self,
                          guint i,
                          gint64 now_us)
{
  const LbLoad *load = lb_backend_get_load (self->candidates[i]);

  return (lb_load_get_in_flight (load, now_us) + 1.0) * self->costs[i];
}

/**
 * lb_weighted_set_draw_two:
 * @self: a set that was built
 * @now_us: the monotonic time in microseconds
 * @rand: a random source
 *
 * Draws two candidates by weight and takes the less busy one: "the power of two choices", Mitzenmacher
 * (2001). The first one if they are alike.
 *
 * Returns: its place
 */
guint
lb_weighted_set_draw_two (const LbWeightedSet *self,
                          gint64 now_us,
                          GRand *rand)
{
  guint first = lb_weighted_set_draw (self, rand);
  guint second = lb_weighted_set_draw (self, rand);

  if (first == second)
    return first;

  return lb_weighted_set_get_load (self, second, now_us) <
             lb_weighted_set_get_load (self, first, now_us)
           ? second
           : first;
}
