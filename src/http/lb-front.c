/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-front"

#include "config.h"

#include "http/lb-front.h"

/**
 * lb_front_init:
 * @self: a front
 * @pool: where traffic can go
 * @source: what `/stats` says
 *
 * Makes the parts and connects them. Nothing listens yet.
 */
void
lb_front_init (LbFront *self,
               LbPool *pool,
               const LbStatsSource *source)
{
  self->redirector = lb_redirector_new (pool);
  self->server = lb_server_new (self->redirector, source);
  self->lane = lb_express_lane_new (self->redirector);
  self->feed = lb_event_feed_new (pool, source);
  self->listener = lb_listener_new (lb_server_get_soup_server (self->server), self->lane);
  lb_listener_set_feed (self->listener, self->feed);
}

/**
 * lb_front_clear:
 * @self: a front
 */
void
lb_front_clear (LbFront *self)
{
  g_clear_object (&self->relay);
  g_clear_object (&self->listener);
  g_clear_object (&self->feed);
  g_clear_object (&self->lane);
  g_clear_object (&self->server);
  g_clear_object (&self->redirector);
}

/**
 * lb_front_make_stats_listener:
 * @self: a front
 *
 * Returns: (transfer full): a listener that does not listen yet, for a port that has `/stats` alone
 */
LbListener *
lb_front_make_stats_listener (LbFront *self)
{
  g_autoptr (LbExpressLane) lane = lb_express_lane_new (self->redirector);
  LbListener *listener = lb_listener_new (lb_server_get_soup_server (self->server), lane);

  lb_listener_set_role (listener, LB_ROLE_STATS);
  lb_listener_set_feed (listener, self->feed);

  return listener;
}

/**
 * lb_front_get_relay:
 * @self: a front
 * @error: return location for a #GIOErrorEnum
 *
 * Who carries the traffic instead of us passes on what is for `/stats`. It may outlive whoever has started it, since
 * it ends what it has begun, so the port is open as long as the front is there.
 *
 * Returns: a port of 127.0.0.1 that has `/stats` alone; 0 if there is none
 */
guint16
lb_front_get_relay (LbFront *self,
                    GError **error)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };

  if (self->relay == NULL)
    self->relay = lb_front_make_stats_listener (self);

  if (lb_listener_get_port (self->relay) == 0 && !lb_listener_listen (self->relay, addresses, 0, error))
    return 0;

  return lb_listener_get_port (self->relay);
}
