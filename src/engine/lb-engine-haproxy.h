/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"

G_BEGIN_DECLS

#define LB_TYPE_ENGINE_HAPROXY (lb_engine_haproxy_get_type ())
G_DECLARE_FINAL_TYPE (LbEngineHaproxy, lb_engine_haproxy, LB, ENGINE_HAPROXY, LbEngine)

extern const LbEngineInfo lb_engine_haproxy_info;

LbEngine *lb_engine_haproxy_new (const LbEngineSource *source);

G_END_DECLS
