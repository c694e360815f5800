/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config.h"

G_BEGIN_DECLS

LbConfig  *lb_config_from_json         (const char      *data,
                                        gsize            length,
                                        const LbConfig  *base,
                                        GPtrArray       *problems,
                                        GError         **error);
char      *lb_config_to_json           (const LbConfig  *self,
                                        gsize           *length);

LbBackend *lb_config_backend_from_json (JsonNode        *node,
                                        GError         **error);
JsonNode  *lb_config_backend_to_json   (LbBackend       *backend);

G_END_DECLS
