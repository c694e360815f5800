/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-front.h"
#include "lb-keeper.h"

G_BEGIN_DECLS

/* How many ports there are at the most, and a 0 behind them. */
#define LB_ENDPOINT_PORTS 3

/**
 * LbEndpointPart:
 * @LB_ENDPOINT_ADDRESSES: the addresses
 * @LB_ENDPOINT_PORT: the port for redirects
 * @LB_ENDPOINT_STATS_PORT: the port for `/stats` alone
 *
 * What is wanted of an endpoint.
 */
typedef enum
{
  LB_ENDPOINT_ADDRESSES,
  LB_ENDPOINT_PORT,
  LB_ENDPOINT_STATS_PORT,
} LbEndpointPart;

#define LB_TYPE_ENDPOINT (lb_endpoint_get_type ())
G_DECLARE_FINAL_TYPE (LbEndpoint, lb_endpoint, LB, ENDPOINT, GObject)

LbEndpoint        *lb_endpoint_new                (LbPool              *pool,
                                                   LbKeeper            *keeper,
                                                   LbFront             *front);

void               lb_endpoint_override           (LbEndpoint          *self,
                                                   const char *const   *addresses,
                                                   int                  port,
                                                   int                  stats_port);
gboolean           lb_endpoint_is_overridden      (LbEndpoint          *self,
                                                   LbEndpointPart       part);
gboolean           lb_endpoint_open               (LbEndpoint          *self,
                                                   GError             **error);
void               lb_endpoint_close              (LbEndpoint          *self);
void               lb_endpoint_update_own_address (LbEndpoint          *self);

const char *const *lb_endpoint_get_addresses      (LbEndpoint          *self);
guint16            lb_endpoint_get_port           (LbEndpoint          *self);
guint16            lb_endpoint_get_stats_port     (LbEndpoint          *self);
void               lb_endpoint_get_ports          (LbEndpoint          *self,
                                                   guint16              ports[LB_ENDPOINT_PORTS]);
const char *const *lb_endpoint_get_uris           (LbEndpoint          *self);
void               lb_endpoint_set_secure         (LbEndpoint          *self,
                                                   gboolean             secure);
const char *const *lb_endpoint_get_stats_uris     (LbEndpoint          *self);
const char        *lb_endpoint_get_error          (LbEndpoint          *self);

gboolean           lb_endpoint_set_addresses      (LbEndpoint          *self,
                                                   const char *const   *addresses,
                                                   GError             **error);
gboolean           lb_endpoint_set_port           (LbEndpoint          *self,
                                                   guint16              port,
                                                   GError             **error);
gboolean           lb_endpoint_set_stats_port     (LbEndpoint          *self,
                                                   guint16              port,
                                                   GError             **error);
void               lb_endpoint_update_limit       (LbEndpoint          *self);

guint16            lb_endpoint_suggest_port       (LbEndpoint          *self);
gboolean           lb_endpoint_use_port           (LbEndpoint          *self,
                                                   guint16              port,
                                                   GError             **error);

G_END_DECLS
