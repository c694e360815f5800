/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-pool"

#include "config.h"

#include "pool/lb-candidates.h"

/* How a backend stands: in use, or why it is not. */
static LbUse
lb_candidates_get_standing (const LbCandidates *self,
                            LbBackend *backend)
{
  if (lb_backend_get_left_out (backend) && lb_backend_get_state (backend) == LB_STATE_READY)
    return LB_USE_LEFT_OUT;

  switch (lb_backend_get_state (backend))
    {
    case LB_STATE_DRAIN:
      return LB_USE_DRAIN;

    case LB_STATE_MAINT:
      return LB_USE_MAINT;

    case LB_STATE_READY:
      return lb_backend_get_health (backend) == LB_HEALTH_DOWN && !self->panic ? LB_USE_DOWN
                                                                               : LB_USE_YES;

    default:
      g_assert_not_reached ();
    }
}

/* Whether so few are healthy that health is not to be believed: Envoy's panic threshold. As there, no
 * panic as long as others stand in for all of them: that backups are up shows that we can see. */
static gboolean
lb_candidates_find_panic (GPtrArray *backends,
                          double panic_share)
{
  guint n_ready = 0;
  guint n_healthy = 0;
  gboolean backup_healthy = FALSE;

  for (guint i = 0; i < backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (backends, i);
      gboolean healthy;

      if (lb_backend_get_state (backend) != LB_STATE_READY || lb_backend_get_left_out (backend))
        continue;

      healthy = lb_backend_get_health (backend) != LB_HEALTH_DOWN;
      if (lb_backend_get_backup (backend))
        {
          backup_healthy = backup_healthy || healthy;
          continue;
        }

      n_ready++;
      if (healthy)
        n_healthy++;
    }

  if (n_healthy == 0 && backup_healthy)
    return FALSE;

  return n_healthy < panic_share * n_ready;
}

static void
lb_candidates_collect (LbCandidates *self,
                       GPtrArray *backends,
                       gboolean backup)
{
  for (guint i = 0; i < backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (backends, i);

      if (lb_backend_get_backup (backend) == backup &&
          lb_candidates_get_standing (self, backend) == LB_USE_YES)
        g_ptr_array_add (self->backends, backend);
    }
}

/**
 * lb_candidates_init:
 * @self: candidates
 *
 * Begins with none.
 */
void
lb_candidates_init (LbCandidates *self)
{
  *self = (LbCandidates){ .backends = g_ptr_array_new () };
}

/**
 * lb_candidates_clear:
 * @self: candidates
 */
void
lb_candidates_clear (LbCandidates *self)
{
  g_clear_pointer (&self->backends, g_ptr_array_unref);
}

/**
 * lb_candidates_find:
 * @self: candidates
 * @backends: (element-type LbBackend): a pool's
 * @panic_share: 0 to 1; 0 for never
 *
 * Finds out who may be chosen now: those that are ready and not down; if there is none, such backups.
 * When the share of healthy backends lies below @panic_share, health is ignored, unless all of them are
 * down and a backup is not.
 */
void
lb_candidates_find (LbCandidates *self,
                    GPtrArray *backends,
                    double panic_share)
{
  g_ptr_array_set_size (self->backends, 0);
  self->panic = lb_candidates_find_panic (backends, panic_share);
  lb_candidates_collect (self, backends, FALSE);
  self->backups_serve = self->backends->len == 0;
  if (self->backups_serve)
    lb_candidates_collect (self, backends, TRUE);
}

/**
 * lb_candidates_get_use:
 * @self: candidates that have been found
 * @backend: one of the pool's
 *
 * Returns: whether it may be chosen, or why not
 */
LbUse
lb_candidates_get_use (const LbCandidates *self,
                       LbBackend *backend)
{
  const LbUse use = lb_candidates_get_standing (self, backend);

  if (use == LB_USE_YES && lb_backend_get_backup (backend) && !self->backups_serve)
    return LB_USE_BACKUP;

  return use;
}
