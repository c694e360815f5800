/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config-keys.h"

G_BEGIN_DECLS

const LbConfigKey *lb_config_get_probe_keys     (void);
const LbConfigKey *lb_config_get_exception_keys (void);

G_END_DECLS
