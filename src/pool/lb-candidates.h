/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-backend.h"

G_BEGIN_DECLS

/**
 * LbCandidates:
 * @backends: (element-type LbBackend): who may be chosen, in the pool's order; borrowed
 *
 * Which of a pool's backends may be chosen, as of when that was asked last. Embedded in its owner.
 */
typedef struct
{
  GPtrArray *backends;

  /*< private >*/
  gboolean panic;
  gboolean backups_serve;
} LbCandidates;

void  lb_candidates_init    (LbCandidates       *self);
void  lb_candidates_clear   (LbCandidates       *self);

void  lb_candidates_find    (LbCandidates       *self,
                             GPtrArray          *backends,
                             double              panic_share);
LbUse lb_candidates_get_use (const LbCandidates *self,
                             LbBackend          *backend);

G_END_DECLS
