/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-target.h"

G_BEGIN_DECLS

void     lb_exchange_targets_keep_alike (GPtrArray               *targets,
                                         gboolean                 same_scheme,
                                         const char              *program,
                                         LbExchangeNotes         *notes);
void     lb_exchange_targets_most       (GPtrArray               *targets,
                                         const char *const       *fields,
                                         LbProbeSettings         *most);
void     lb_exchange_targets_agree      (GPtrArray               *targets,
                                         const char *const       *fields,
                                         LbProbeSettings         *common,
                                         const char              *program,
                                         LbExchangeNotes         *notes);
guint    lb_exchange_targets_agree_port (GPtrArray               *targets,
                                         gboolean                *secure,
                                         const char              *program,
                                         LbExchangeNotes         *notes);
gboolean lb_exchange_target_differs     (const LbExchangeTarget  *self,
                                         const char              *field,
                                         const LbProbeSettings   *settings);

G_END_DECLS
