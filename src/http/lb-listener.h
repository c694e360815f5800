/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "http/lb-event-feed.h"
#include "http/lb-express-lane.h"

G_BEGIN_DECLS

#define LB_TYPE_LISTENER (lb_listener_get_type ())
G_DECLARE_FINAL_TYPE (LbListener, lb_listener, LB, LISTENER, GObject)

LbListener        *lb_listener_new               (SoupServer          *server,
                                                  LbExpressLane       *lane);

void               lb_listener_set_max_connections
                                                 (LbListener          *self,
                                                  guint                max_connections);
void               lb_listener_set_max_per_client
                                                 (LbListener          *self,
                                                  guint                max_per_client);
void               lb_listener_set_feed          (LbListener          *self,
                                                  LbEventFeed         *feed);
LbEventFeed       *lb_listener_get_feed          (LbListener          *self);

void               lb_listener_set_role          (LbListener          *self,
                                                  LbRole               role);

void               lb_listener_set_accepting     (LbListener          *self,
                                                  gboolean             accepting);
const int         *lb_listener_get_sockets       (LbListener          *self,
                                                  guint               *n);

gboolean           lb_listener_listen            (LbListener          *self,
                                                  const char *const   *addresses,
                                                  guint16              port,
                                                  GError             **error);
void               lb_listener_close             (LbListener          *self);
guint16            lb_listener_get_port          (LbListener          *self);
const char *const *lb_listener_get_addresses     (LbListener          *self);
const char *const *lb_listener_get_uris          (LbListener          *self);
void               lb_listener_set_secure        (LbListener          *self,
                                                  gboolean             secure);
guint              lb_listener_get_n_connections (LbListener          *self);
void               lb_listener_get_traffic       (LbListener          *self,
                                                  LbTraffic           *traffic);

G_END_DECLS
