/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-redirector"

#include "config.h"

#include "http/lb-redirector.h"

#define PAUSED "The balancer is paused. It redirects again as soon as somebody resumes it.\n"

/**
 * LbRedirector:
 *
 * Answers the question every request asks: where to? The balancer makes one, and each transport calls
 * it, so that there is one place where a policy is asked and a redirect is counted.
 *
 * It has an identity, new in each run, that stands in the Server header of all our answers. A probe
 * that is answered with it has reached ourselves, whatever name it was sent to.
 */
struct _LbRedirector
{
  GObject parent_instance;

  LbPool *pool;
  LbPolicy *policy;
  GRand *rand;
  guint status;
  const char *origin; /* interned */
  char *identity;
  LbTraffic traffic;

  char *reason; /* why nobody can serve */
  guint64 reason_generation;
};

G_DEFINE_FINAL_TYPE (LbRedirector, lb_redirector, G_TYPE_OBJECT)

static char *
lb_redirector_explain (LbRedirector *self)
{
  guint n = lb_pool_get_n_backends (self->pool);
  guint down = 0;
  guint drain = 0;
  guint maint = 0;

  if (n == 0)
    return g_strdup ("No backend has been added yet.\n");

  for (guint i = 0; i < n; i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);

      switch (lb_backend_get_state (backend))
        {
        case LB_STATE_READY:
          down++;
          break;
        case LB_STATE_DRAIN:
          drain++;
          break;
        case LB_STATE_MAINT:
          maint++;
          break;
        default:
          g_assert_not_reached ();
        }
    }

  return g_strdup_printf ("No backend can serve: of %u, %u down, %u draining, %u in maintenance.\n",
                          n, down, drain, maint);
}

static const char *
lb_redirector_get_reason (LbRedirector *self)
{
  guint64 generation = lb_pool_get_generation (self->pool);

  if (self->reason == NULL || self->reason_generation != generation)
    {
      g_free (self->reason);
      self->reason = lb_redirector_explain (self);
      self->reason_generation = generation;
    }

  return self->reason;
}

static void
lb_redirector_dispose (GObject *object)
{
  LbRedirector *self = LB_REDIRECTOR (object);

  g_clear_object (&self->policy);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_redirector_parent_class)->dispose (object);
}

static void
lb_redirector_finalize (GObject *object)
{
  LbRedirector *self = LB_REDIRECTOR (object);

  g_clear_pointer (&self->rand, g_rand_free);
  g_clear_pointer (&self->identity, g_free);
  g_clear_pointer (&self->reason, g_free);

  G_OBJECT_CLASS (lb_redirector_parent_class)->finalize (object);
}

static void
lb_redirector_class_init (LbRedirectorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_redirector_dispose;
  object_class->finalize = lb_redirector_finalize;
}

static void
lb_redirector_init (LbRedirector *self)
{
  self->rand = g_rand_new ();
  self->status = 307;
  self->origin = g_intern_static_string ("*");
  self->identity = g_strdup_printf ("load-balancer (%08x)", g_rand_int (self->rand));
}

/**
 * lb_redirector_new:
 * @pool: the pool to send requests to
 *
 * Returns: (transfer full): a redirector with the default policy that answers 307
 */
LbRedirector *
lb_redirector_new (LbPool *pool)
{
  LbRedirector *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);

  self = g_object_new (LB_TYPE_REDIRECTOR, NULL);
  self->pool = g_object_ref (pool);
  self->policy = lb_policy_new (LB_POLICY_DEFAULT, NULL);

  return self;
}

/**
 * lb_redirector_set_policy:
 * @self: a redirector
 * @policy: who chooses from now on
 */
void
lb_redirector_set_policy (LbRedirector *self,
                          LbPolicy *policy)
{
  g_return_if_fail (LB_IS_REDIRECTOR (self));
  g_return_if_fail (LB_IS_POLICY (policy));

  g_set_object (&self->policy, policy);
}

/**
 * lb_redirector_get_policy:
 * @self: a redirector
 *
 * Returns: (transfer none): who chooses
 */
LbPolicy *
lb_redirector_get_policy (LbRedirector *self)
{
  g_return_val_if_fail (LB_IS_REDIRECTOR (self), NULL);

  return self->policy;
}

/**
 * lb_redirector_set_status:
 * @self: a redirector
 * @status: 301, 302, 303, 307 or 308
 */
void
lb_redirector_set_status (LbRedirector *self,
                          guint status)
{
  g_return_if_fail (LB_IS_REDIRECTOR (self));
  g_return_if_fail (status >= 301 && status <= 308);

  self->status = status;
}

/**
 * lb_redirector_set_origin:
 * @self: a redirector
 * @origin: an origin as lb_config_check_origin() gives it, or `*` for all
 *
 * Says whose pages a browser lets read our answers. All of them say so, whoever asks: what is sent never
 * depends on the request, so no cache has to be told that it would (`Vary: Origin`).
 */
void
lb_redirector_set_origin (LbRedirector *self,
                          const char *origin)
{
  g_return_if_fail (LB_IS_REDIRECTOR (self));
  g_return_if_fail (origin != NULL);

  self->origin = g_intern_string (origin);
}

/**
 * lb_redirector_get_origin:
 * @self: a redirector
 *
 * Returns: (transfer none): what stands in the Access-Control-Allow-Origin of all our answers; the same
 *   pointer as long as it is the same origin
 */
const char *
lb_redirector_get_origin (LbRedirector *self)
{
  g_return_val_if_fail (LB_IS_REDIRECTOR (self), NULL);

  return self->origin;
}

/**
 * lb_redirector_set_paused:
 * @self: a redirector
 * @paused: whether to send every request away
 *
 * Pauses or goes on. Who asks meanwhile is told so.
 */
void
lb_redirector_set_paused (LbRedirector *self,
                          gboolean paused)
{
  g_return_if_fail (LB_IS_REDIRECTOR (self));

  self->traffic.paused = paused;
}

/**
 * lb_redirector_get_paused:
 * @self: a redirector
 *
 * Returns: whether every request is sent away
 */
gboolean
lb_redirector_get_paused (LbRedirector *self)
{
  g_return_val_if_fail (LB_IS_REDIRECTOR (self), FALSE);

  return self->traffic.paused;
}

/**
 * lb_redirector_get_identity:
 * @self: a redirector
 *
 * Returns: what stands in the Server header of our answers in this run
 */
const char *
lb_redirector_get_identity (LbRedirector *self)
{
  g_return_val_if_fail (LB_IS_REDIRECTOR (self), NULL);

  return self->identity;
}

/**
 * lb_redirector_get_traffic:
 * @self: a redirector
 *
 * Returns: (transfer none): where whoever carries traffic counts what led to no redirect
 */
LbTraffic *
lb_redirector_get_traffic (LbRedirector *self)
{
  g_return_val_if_fail (LB_IS_REDIRECTOR (self), NULL);

  return &self->traffic;
}

static void
lb_redirector_reject (LbRedirector *self,
                      LbRejection rejection,
                      const char *reason,
                      LbRedirect *redirect)
{
  self->traffic.rejected[rejection]++;
  *redirect = (LbRedirect){ .status = 503, .reason = reason };
}

/**
 * lb_redirector_redirect:
 * @self: a redirector
 * @key: what of the request the policy may look at
 * @now_us: the monotonic time in microseconds
 * @redirect: (out caller-allocates): where it goes
 *
 * Decides where a request goes and counts it, also when it goes nowhere. Allocates nothing unless
 * nobody can serve. While it is paused, the policy is not asked.
 */
void
lb_redirector_redirect (LbRedirector *self,
                        const LbRequestKey *key,
                        gint64 now_us,
                        LbRedirect *redirect)
{
  LbBackend *backend;

  if (G_UNLIKELY (self->traffic.paused))
    {
      lb_redirector_reject (self, LB_REJECTION_PAUSED, PAUSED, redirect);
      return;
    }

  backend = lb_policy_choose (self->policy, self->pool, key, now_us, self->rand);
  if (G_UNLIKELY (backend == NULL))
    {
      lb_redirector_reject (self, LB_REJECTION_NO_BACKEND, lb_redirector_get_reason (self), redirect);
      return;
    }

  lb_pool_count_redirect (self->pool, backend, now_us);
  redirect->status = self->status;
  redirect->prefix = lb_backend_get_prefix (backend, &redirect->prefix_length);
  redirect->reason = NULL;
}
