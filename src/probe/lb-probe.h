/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "pool/lb-backend.h"

G_BEGIN_DECLS

typedef struct _LbProbe LbProbe;

/**
 * LbProbeFunc:
 * @probe: the probe that is over
 * @result: (nullable): what it saw, valid during the call; %NULL if it failed for a reason of ours,
 *   or had expired before
 * @user_data: as given to lb_probe_start()
 *
 * Called once for every probe that was not cancelled, from the main loop, never from within
 * lb_probe_start(). The probe is freed after it.
 */
typedef void (*LbProbeFunc) (LbProbe             *probe,
                             const LbProbeResult *result,
                             gpointer             user_data);

SoupSession *lb_probe_session_new (void);

LbProbe     *lb_probe_start       (SoupSession       *session,
                                   GUri              *uri,
                                   char              *own_server,
                                   LbProbeFunc        done,
                                   gpointer           user_data);
gboolean     lb_probe_expire      (LbProbe           *self);
void         lb_probe_cancel      (LbProbe           *self);

void         lb_probe_result_fail (LbProbeResult     *result,
                                   const char        *error);

G_END_DECLS
