/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-weighted-set"

#include "config.h"

#include "policy/lb-weighted-set.h"

#include <math.h>
#include <string.h>

/* A rehearsal: for how many candidates at most, and how long. It takes half a millisecond, and up to
 * three times as long where many are looked at for each request. With draws the parts are then exact
 * to a hundredth of all requests. */
#define REHEARSAL_MAX 64
#define REHEARSAL_REQUESTS 5000
#define REHEARSAL_LOOKS 100000

/* With fewer requests none is ever in flight. */
#define REQUESTS_PER_S_MIN 0.001

typedef struct
{
  double fade_us;
  double in_flight; /* at @updated_us */
  double updated_us;
} LbRehearsed;

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

static double
lb_rehearsed_get_load (const LbRehearsed *self,
                       double cost,
                       double now_us)
{
  return (self->in_flight * exp ((self->updated_us - now_us) / self->fade_us) + 1.0) * cost;
}

static void
lb_rehearsed_add_request (LbRehearsed *self,
                          double now_us)
{
  self->in_flight = self->in_flight * exp ((self->updated_us - now_us) / self->fade_us) + 1.0;
  self->updated_us = now_us;
}

/* Begins with as much in flight as there will be if there is much: the same for all at their costs,
 * which by Little's law gives the rate. */
static void
lb_weighted_set_prepare (const LbWeightedSet *self,
                         const double *costs,
                         double requests_per_us,
                         LbRehearsed *rehearsed)
{
  double rate = 0.0;

  for (guint i = 0; i < self->n; i++)
    {
      rehearsed[i].fade_us = lb_load_get_fade_us (lb_backend_get_load (self->candidates[i]));
      rate += 1.0 / (costs[i] * rehearsed[i].fade_us);
    }

  for (guint i = 0; i < self->n; i++)
    {
      rehearsed[i].in_flight = requests_per_us / rate / costs[i];
      rehearsed[i].updated_us = 0.0;
    }
}

/**
 * lb_weighted_set_rehearse:
 * @self: a set that was built
 * @costs: (array length=n): what each request in flight counts, by candidate
 * @n_drawn: how many are drawn by weight to take the least busy of, or 0 for all of them in turn
 * @requests_per_s: how many requests there are
 * @parts: (out caller-allocates) (array length=n): how many each would get
 *
 * Plays through what a policy will do, with requests that come at random and in flight as long as
 * #LbInFlight would have them, since no formula says it: with many in flight Little's law does, and
 * with few the heaviest gets them all, but in between it depends on how they happen to come. The same
 * set always gives the same parts.
 *
 * Returns: %FALSE if there are too many to do it in passing
 */
gboolean
lb_weighted_set_rehearse (const LbWeightedSet *self,
                          const double *costs,
                          guint n_drawn,
                          double requests_per_s,
                          double *parts)
{
  const double requests_per_us = MAX (requests_per_s, REQUESTS_PER_S_MIN) / G_USEC_PER_SEC;
  const guint n_looks = n_drawn > 0 ? n_drawn : self->n;
  const guint n_requests = MIN (REHEARSAL_REQUESTS, REHEARSAL_LOOKS / n_looks);
  LbRehearsed rehearsed[REHEARSAL_MAX] = { 0 };
  GRand *rand;
  double now_us = 0.0;
  guint next = 0;

  g_return_val_if_fail (self != NULL && self->n > 0, FALSE);

  if (self->n > REHEARSAL_MAX)
    return FALSE;

  rand = g_rand_new_with_seed (1);
  memset (parts, 0, self->n * sizeof *parts);
  lb_weighted_set_prepare (self, costs, requests_per_us, rehearsed);

  for (guint request = 0; request < n_requests; request++)
    {
      guint best = next;
      double best_load = G_MAXDOUBLE;

      now_us -= log (1.0 - g_rand_double (rand)) / requests_per_us;
      for (guint look = 0; look < n_looks; look++)
        {
          guint i = n_drawn > 0 ? lb_weighted_set_draw (self, rand) : (next + look) % self->n;
          double load = lb_rehearsed_get_load (&rehearsed[i], costs[i], now_us);

          if (load < best_load)
            {
              best = i;
              best_load = load;
            }
        }

      lb_rehearsed_add_request (&rehearsed[best], now_us);
      next = (best + 1) % self->n;

      /* Until then it warms up. */
      if (request >= n_requests / 5)
        parts[best] += 1.0;
    }

  g_rand_free (rand);

  return TRUE;
}
