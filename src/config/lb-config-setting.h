/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config-keys.h"

G_BEGIN_DECLS

gboolean           lb_config_read_setting   (const LbConfigKey  *key,
                                             gpointer            subject,
                                             JsonNode           *node,
                                             GError            **error);
JsonNode          *lb_config_write_setting  (const LbConfigKey  *key,
                                             gpointer            subject);
void               lb_config_init_setting   (LbConfigKey        *key,
                                             const LbSetting    *setting);

const LbConfigKey *lb_config_get_proxy_keys (void);

G_END_DECLS
