/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-undo-step.h"

G_BEGIN_DECLS

gboolean lb_undo_step_applies (const LbUndoStep  *self,
                               LbBalancer        *balancer);
gboolean lb_undo_step_apply   (const LbUndoStep  *self,
                               LbBalancer        *balancer,
                               GError           **error);

G_END_DECLS
