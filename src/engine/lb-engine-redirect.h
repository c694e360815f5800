/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"

G_BEGIN_DECLS

#define LB_TYPE_ENGINE_REDIRECT (lb_engine_redirect_get_type ())
G_DECLARE_FINAL_TYPE (LbEngineRedirect, lb_engine_redirect, LB, ENGINE_REDIRECT, LbEngine)

extern const LbEngineInfo lb_engine_redirect_info;

LbEngine *lb_engine_redirect_new (const LbEngineSource *source);

G_END_DECLS
