/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange.h"
#include "lb-balancer.h"

G_BEGIN_DECLS

LbExchangeImport *lb_porter_read_file  (LbBalancer               *balancer,
                                        const char               *path,
                                        GError                  **error);
const char       *lb_porter_get_policy (const LbExchangePool     *pool,
                                        GError                  **error);
GPtrArray        *lb_porter_add        (LbBalancer               *balancer,
                                        LbExchangePool           *pool);
GBytes           *lb_porter_export     (LbBalancer               *balancer,
                                        const LbExchangeFormat   *format,
                                        LbExchangeNotes          *notes,
                                        GError                  **error);

G_END_DECLS
