/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-pool.h"
#include "pool/lb-probe-settings.h"
#include "probe/lb-probe-report.h"

G_BEGIN_DECLS

#define LB_TYPE_PROBER (lb_prober_get_type ())
G_DECLARE_FINAL_TYPE (LbProber, lb_prober, LB, PROBER, GObject)

LbProber      *lb_prober_new             (LbPool                 *pool);

void           lb_prober_set_settings    (LbProber               *self,
                                          const LbProbeSettings  *settings);
void           lb_prober_set_own_server  (LbProber               *self,
                                          const char             *server);
void           lb_prober_start           (LbProber               *self);
void           lb_prober_stop            (LbProber               *self);
guint          lb_prober_get_interval_ms (LbProber               *self);

void           lb_prober_probe_now       (LbProber               *self,
                                          LbBackend              *backend);
void           lb_prober_test_async      (LbProber               *self,
                                          const char             *url,
                                          const LbProbeSettings  *settings,
                                          GCancellable           *cancellable,
                                          GAsyncReadyCallback     callback,
                                          gpointer                user_data);
LbProbeReport *lb_prober_test_finish     (LbProber               *self,
                                          GAsyncResult           *result,
                                          GError                **error);

G_END_DECLS
