/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-pool.h"

G_BEGIN_DECLS

gboolean lb_exposure_is_open    (const char *const  *uris);
guint    lb_exposure_count_near (LbPool             *pool,
                                 const char        **first);

G_END_DECLS
