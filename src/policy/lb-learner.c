/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-learner"

#include "config.h"

#include "policy/lb-learner.h"

#include <math.h>
#include <stdlib.h>

/*
 * A backend's weight is its correction over its base. The base follows the least response time, so it
 * says how fast the backend is when nobody waits. The correction is a slow feedback: who shows more
 * excess than the others gets less, until all queues are alike. What keeps it from winding up are its
 * bounds and a leak towards one.
 */
#define BASE_GROWTH 1.005
#define EXCESS_FLOOR 0.5
#define FEEDBACK 0.15
#define STEP_MIN 0.8
#define STEP_MAX 1.25
#define LEAK 0.99
#define CORRECTION_MAX 8.0

/* So that a slow backend is still tried and can show that it has become faster. */
#define FACTOR_MIN 0.05

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/**
 * lb_learned_of:
 * @backend: a backend
 *
 * Returns: (transfer none): what is known of it, for as long as it lives
 */
LbLearned *
lb_learned_of (LbBackend *backend)
{
  static GQuark quark;
  LbLearned *learned;

  if (quark == 0)
    quark = g_quark_from_static_string ("lb-learned");

  learned = g_object_get_qdata (G_OBJECT (backend), quark);
  if (learned == NULL)
    {
      gint64 least_us = lb_latency_percentile (lb_backend_get_latency (backend), 0);

      learned = g_new0 (LbLearned, 1);
      learned->base_us = (double) MAX (least_us, 0);
      learned->correction = 1.0;
      g_object_set_qdata_full (G_OBJECT (backend), quark, learned, g_free);
    }

  return learned;
}

/**
 * lb_learner_compare:
 * @self: a learner
 * @backends: (array length=n): the candidates
 * @n: how many
 *
 * Brings up to date what one backend is measured by: the median of the bases and the geometric mean of
 * the excesses.
 */
void
lb_learner_compare (LbLearner *self,
                    LbBackend *const *backends,
                    guint n)
{
  g_autofree double *bases = g_new (double, n);
  double log_sum = 0.0;
  guint n_bases = 0;
  guint n_excesses = 0;

  for (guint i = 0; i < n; i++)
    {
      LbLearned *learned = lb_learned_of (backends[i]);

      if (learned->base_us > 0.0)
        bases[n_bases++] = learned->base_us;

      if (learned->excess_us > 0.0)
        {
          log_sum += log (learned->excess_us);
          n_excesses++;
        }
    }

  qsort (bases, n_bases, sizeof bases[0], compare_doubles);
  self->median_base_us = n_bases > 0 ? bases[n_bases / 2] : 0.0;
  self->mean_excess_us = n_excesses > 0 ? exp (log_sum / n_excesses) : 0.0;
}

/**
 * lb_learner_feed:
 * @self: a learner
 * @backend: a backend
 * @response_us: a response time of it, in microseconds
 *
 * Learns from one response time.
 */
void
lb_learner_feed (const LbLearner *self,
                 LbBackend *backend,
                 gint64 response_us)
{
  LbLearned *learned = lb_learned_of (backend);
  const double response = MAX ((double) response_us, 1.0);

  learned->base_us =
    learned->base_us > 0.0 ? MIN (response, learned->base_us * BASE_GROWTH) : response;
  learned->excess_us = response - learned->base_us + EXCESS_FLOOR * self->median_base_us;

  if (self->mean_excess_us <= 0.0 || learned->excess_us <= 0.0)
    return;

  learned->correction *=
    CLAMP (pow (self->mean_excess_us / learned->excess_us, FEEDBACK), STEP_MIN, STEP_MAX);
  learned->correction =
    CLAMP (pow (learned->correction, LEAK), 1.0 / CORRECTION_MAX, CORRECTION_MAX);
}

/**
 * lb_learner_weigh:
 * @backends: (array length=n): the candidates
 * @factors: (out caller-allocates) (array length=n): what to multiply the weight of each with
 * @n: how many; at least one
 *
 * Says what has been learned: factors with a mean of one, none of them below 0.05. One that has not
 * answered yet counts as one.
 */
void
lb_learner_weigh (LbBackend *const *backends,
                  double *factors,
                  guint n)
{
  double sum = 0.0;
  guint n_known = 0;

  for (guint i = 0; i < n; i++)
    {
      const LbLearned *learned = lb_learned_of (backends[i]);

      factors[i] = learned->base_us > 0.0 ? learned->correction / learned->base_us : 0.0;
      if (factors[i] > 0.0)
        {
          sum += factors[i];
          n_known++;
        }
    }

  for (guint i = 0; i < n; i++)
    factors[i] = factors[i] > 0.0 ? MAX (factors[i] * n_known / sum, FACTOR_MIN) : 1.0;
}
