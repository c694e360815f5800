/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-adaptive"

#include "config.h"

#include "policy/lb-adaptive.h"

#include <math.h>

#include "policy/lb-weighted-set.h"

/* So that a slow backend is still tried. */
#define FACTOR_MIN 0.05

/**
 * LbAdaptive:
 *
 * Learns from response times how much each backend can take, multiplies the weights with it, draws
 * two by these weights and takes the one with fewer requests in flight for its own. A backend that
 * reports its own load counts for as much as it has left.
 *
 * Taking the one with fewer in flight alone makes rate × response time alike, by Little's law, and
 * so gives everyone the same load, if all can do as much at a time. On top of that the factor is
 * one over the square root of the response time: who is slow gets somewhat less than it could bear,
 * so that fewer have to wait for it, and who answers quickly under the same load can do more at a
 * time and gets more. (With one over the response time the slow ones stand idle while the others
 * queue.)
 *
 * Whenever its tables are made anew, up to ten times a second, it looks at the probes under way, too: of
 * a backend that has become slow, the answer comes late, but that it is late can be seen early.
 * Other policies wait for the answer.
 *
 * What it has learned stands in the backends as long as it is in use.
 */
struct _LbAdaptive
{
  LbPolicy parent_instance;

  LbWeightedSet set;
  double *factors;
  GPtrArray *taught; /* backends whose weight it has moved */
};

G_DEFINE_FINAL_TYPE (LbAdaptive, lb_adaptive, LB_TYPE_POLICY)

static void
lb_adaptive_forget (LbAdaptive *self)
{
  for (guint i = 0; i < self->taught->len; i++)
    lb_load_set_learned (lb_backend_get_load (g_ptr_array_index (self->taught, i)), 1.0);

  g_ptr_array_set_size (self->taught, 0);
}

/* Factors with a mean of one. One that has not answered yet counts as one. */
static void
lb_adaptive_learn (LbAdaptive *self,
                   LbBackend *const *candidates,
                   guint n,
                   gint64 now_us)
{
  double sum = 0.0;
  guint n_known = 0;

  for (guint i = 0; i < n; i++)
    {
      const double response_us =
        lb_load_update_response_time (lb_backend_get_load (candidates[i]), now_us);

      self->factors[i] = response_us >= 0.0 ? 1.0 / sqrt (response_us) : 0.0;
      if (self->factors[i] > 0.0)
        {
          sum += self->factors[i];
          n_known++;
        }
    }

  for (guint i = 0; i < n; i++)
    self->factors[i] =
      self->factors[i] > 0.0 ? MAX (self->factors[i] * n_known / sum, FACTOR_MIN) : 1.0;
}

static void
lb_adaptive_rebuild (LbPolicy *policy,
                     LbBackend *const *candidates,
                     const double *weights,
                     guint n_candidates,
                     gint64 now_us)
{
  LbAdaptive *self = LB_ADAPTIVE (policy);

  self->factors = g_renew (double, self->factors, n_candidates);
  lb_adaptive_learn (self, candidates, n_candidates, now_us);
  lb_adaptive_forget (self);

  for (guint i = 0; i < n_candidates; i++)
    {
      LbLoad *load = lb_backend_get_load (candidates[i]);

      lb_load_set_learned (load, self->factors[i] * lb_load_get_spare (load));
      g_ptr_array_add (self->taught, g_object_ref (candidates[i]));
      self->factors[i] = lb_backend_get_effective_weight (candidates[i], now_us);
    }

  lb_weighted_set_build (&self->set, candidates, self->factors, n_candidates);
  lb_policy_moved (policy);
}

static LbBackend *
lb_adaptive_choose (LbPolicy *policy,
                    const LbRequestKey *key,
                    gint64 now_us,
                    GRand *rand)
{
  LbAdaptive *self = (LbAdaptive *) policy;

  return self->set.candidates[lb_weighted_set_draw_two (&self->set, now_us, rand)];
}

static gboolean
lb_adaptive_expect (LbPolicy *policy,
                    const double *weights,
                    guint n_candidates,
                    double requests_per_s,
                    double *parts)
{
  LbAdaptive *self = LB_ADAPTIVE (policy);

  return lb_weighted_set_rehearse (&self->set, self->set.costs, 2, requests_per_s, parts);
}

static void
lb_adaptive_dispose (GObject *object)
{
  LbAdaptive *self = LB_ADAPTIVE (object);

  lb_adaptive_forget (self);

  G_OBJECT_CLASS (lb_adaptive_parent_class)->dispose (object);
}

static void
lb_adaptive_finalize (GObject *object)
{
  LbAdaptive *self = LB_ADAPTIVE (object);

  lb_weighted_set_clear (&self->set);
  g_clear_pointer (&self->factors, g_free);
  g_clear_pointer (&self->taught, g_ptr_array_unref);

  G_OBJECT_CLASS (lb_adaptive_parent_class)->finalize (object);
}

static void
lb_adaptive_class_init (LbAdaptiveClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lb_adaptive_dispose;
  G_OBJECT_CLASS (klass)->finalize = lb_adaptive_finalize;
  policy_class->rebuild = lb_adaptive_rebuild;
  policy_class->choose = lb_adaptive_choose;
  policy_class->expect = lb_adaptive_expect;
  policy_class->learns = TRUE;
}

static void
lb_adaptive_init (LbAdaptive *self)
{
  self->taught = g_ptr_array_new_with_free_func (g_object_unref);
}
