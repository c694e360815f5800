/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config-file.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_KEEPER (lb_keeper_get_type ())
G_DECLARE_FINAL_TYPE (LbKeeper, lb_keeper, LB, KEEPER, GObject)

LbKeeper *lb_keeper_new            (LbPool         *pool,
                                    const char     *config_path);

void      lb_keeper_load           (LbKeeper       *self);
LbConfig *lb_keeper_get_config     (LbKeeper       *self);
void      lb_keeper_apply_backends (LbKeeper       *self,
                                    const guint16  *ports);
void      lb_keeper_save           (LbKeeper       *self);
gboolean  lb_keeper_flush          (LbKeeper       *self,
                                    GError        **error);

G_END_DECLS
