/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-pool.h"

G_BEGIN_DECLS

typedef struct _LbHaproxyAgent LbHaproxyAgent;

LbHaproxyAgent *lb_haproxy_agent_new    (LbPool          *pool);
void            lb_haproxy_agent_free   (LbHaproxyAgent  *self);

char           *lb_haproxy_agent_answer (LbHaproxyAgent  *self,
                                         const char      *name,
                                         gint64           now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyAgent, lb_haproxy_agent_free)

G_END_DECLS
