/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "policy/lb-alias-table.h"

/* A threshold is the chance of a slot's own number, in parts of 2^32. */
#define WHOLE 4294967296.0

static void
lb_alias_table_set_slot (LbAliasTable *self,
                         guint slot,
                         double chance,
                         guint alias)
{
  self->thresholds[slot] = (guint32) MIN (chance * WHOLE, (double) G_MAXUINT32);
  self->aliases[slot] = alias;
}

/**
 * lb_alias_table_clear:
 * @self: a table
 *
 * Empties the table and frees what it holds.
 */
void
lb_alias_table_clear (LbAliasTable *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->thresholds, g_free);
  g_clear_pointer (&self->aliases, g_free);
  self->n = self->n_allocated = 0;
}

/**
 * lb_alias_table_build:
 * @self: a table
 * @weights: (array length=n): positive weights
 * @n: how many; at least one
 *
 * Makes the table for these weights: Walker's alias method, built as in Vose, "A linear algorithm for
 * generating random numbers with a given distribution" (1991).
 */
void
lb_alias_table_build (LbAliasTable *self,
                      const double *weights,
                      guint n)
{
  g_autofree double *chances = NULL;
  g_autofree guint *slots = NULL;
  double sum = 0.0;
  guint n_small = 0;
  guint n_large = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (n > 0);

  if (n > self->n_allocated)
    {
      self->thresholds = g_renew (guint32, self->thresholds, n);
      self->aliases = g_renew (guint32, self->aliases, n);
      self->n_allocated = n;
    }
  self->n = n;

  for (guint i = 0; i < n; i++)
    sum += weights[i];

  /* The slots with less than their even share grow from the left, the others from the right. */
  chances = g_new (double, n);
  slots = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    {
      chances[i] = weights[i] * n / sum;
      if (chances[i] < 1.0)
        slots[n_small++] = i;
      else
        slots[n - ++n_large] = i;
    }

  while (n_small > 0 && n_large > 0)
    {
      guint small = slots[--n_small];
      guint large = slots[n - n_large];

      lb_alias_table_set_slot (self, small, chances[small], large);
      chances[large] -= 1.0 - chances[small];

      if (chances[large] < 1.0)
        {
          n_large--;
          slots[n_small++] = large;
        }
    }

  /* What is left is whole but for rounding. */
  while (n_large > 0)
    {
      guint slot = slots[n - n_large--];

      lb_alias_table_set_slot (self, slot, 1.0, slot);
    }
  while (n_small > 0)
    {
      guint slot = slots[--n_small];

      lb_alias_table_set_slot (self, slot, 1.0, slot);
    }
}

/**
 * lb_alias_table_draw:
 * @self: a table that was built
 * @rand: a random source
 *
 * Returns: a number below the table's length, drawn in proportion to the weights
 */
guint
lb_alias_table_draw (const LbAliasTable *self,
                     GRand *rand)
{
  guint slot = (guint) (((guint64) g_rand_int (rand) * self->n) >> 32);

  return g_rand_int (rand) <= self->thresholds[slot] ? slot : self->aliases[slot];
}
