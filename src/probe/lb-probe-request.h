/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

typedef struct _LbProbeRequest LbProbeRequest;

LbProbeRequest        *lb_probe_request_new            (const char             *url,
                                                        const LbProbeSettings  *settings);
LbProbeRequest        *lb_probe_request_ref            (LbProbeRequest         *self);
void                   lb_probe_request_unref          (LbProbeRequest         *self);

const LbProbeSettings *lb_probe_request_get_settings   (LbProbeRequest         *self);
GUri                  *lb_probe_request_get_uri        (LbProbeRequest         *self);
gboolean               lb_probe_request_is_secure      (LbProbeRequest         *self);

GSocketConnectable    *lb_probe_request_create_address (LbProbeRequest         *self);
SoupMessage           *lb_probe_request_create_message (LbProbeRequest         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbProbeRequest, lb_probe_request_unref)

G_END_DECLS
