/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "policy/lb-policy.h"
#include "pool/lb-in-flight.h"

/* A pool, a policy that chooses from it, and what makes its choices repeatable. */
typedef struct
{
  LbPool *pool;
  LbPolicy *policy;
  GRand *rand;
  gint64 now_us;
} Chooser;

static inline void
chooser_init (Chooser *self,
              const char *policy,
              const double *weights,
              guint n)
{
  *self = (Chooser){ lb_pool_new (), lb_policy_new (policy, NULL), g_rand_new_with_seed (5), 1 };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://backend-%u:9000", i);

      lb_backend_set_weight (lb_pool_add (self->pool, url, NULL), (guint) weights[i], NULL);
    }
}

static inline void
chooser_clear (Chooser *self)
{
  g_assert_finalize_object (self->policy);
  g_assert_finalize_object (self->pool);
  g_rand_free (self->rand);
}

static inline LbBackend *
chooser_choose_for (Chooser *self,
                    const char *source,
                    const char *target)
{
  LbRequestKey key = {
    (const guint8 *) source,
    strlen (source),
    target,
    strlen (target),
  };

  return lb_policy_choose (self->policy, self->pool, &key, self->now_us, self->rand);
}

/* The place of the next choice, or -1. */
static inline int
chooser_choose (Chooser *self)
{
  LbBackend *backend = chooser_choose_for (self, "\177\0\0\1", "/");
  guint position;

  if (backend == NULL || !lb_pool_get_position (self->pool, backend, &position))
    return -1;

  return (int) position;
}

static inline void
chooser_probe (Chooser *self,
               guint position,
               gint64 response_us)
{
  LbBackend *backend = lb_pool_get_backend (self->pool, position);
  LbProbeResult result = { .time_us = 1, .response_us = response_us, .status = 200, .ok = TRUE };

  lb_backend_record_probe (backend, &result, self->now_us);
  lb_policy_probed (self->policy, self->pool, backend, &result, self->now_us);
}
