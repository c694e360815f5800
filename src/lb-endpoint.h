/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-listener.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_ENDPOINT (lb_endpoint_get_type ())
G_DECLARE_FINAL_TYPE (LbEndpoint, lb_endpoint, LB, ENDPOINT, GObject)

LbEndpoint *lb_endpoint_new                (LbPool              *pool,
                                            LbListener          *listener);

void        lb_endpoint_want               (LbEndpoint          *self,
                                            const char *const   *addresses,
                                            guint16              port);
guint16     lb_endpoint_get_port           (LbEndpoint          *self);
gboolean    lb_endpoint_is_in_place        (LbEndpoint          *self);
gboolean    lb_endpoint_open               (LbEndpoint          *self,
                                            GError             **error);
gboolean    lb_endpoint_move               (LbEndpoint          *self,
                                            guint16              port,
                                            GError             **error);
guint16     lb_endpoint_suggest_port       (LbEndpoint          *self);
void        lb_endpoint_update_own_address (LbEndpoint          *self);

G_END_DECLS
