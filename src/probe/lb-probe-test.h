/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

void lb_probe_test_run (GObject                *source,
                        const char             *url,
                        const LbProbeSettings  *settings,
                        char                   *own_server,
                        GCancellable           *cancellable,
                        GAsyncReadyCallback     callback,
                        gpointer                user_data);

G_END_DECLS
