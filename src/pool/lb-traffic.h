/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbRejection:
 * @LB_REJECTION_MALFORMED: the request's head is not HTTP, ambiguous, or asks for what nobody here
 *   does
 * @LB_REJECTION_TOO_LARGE: its head or target is too long, or it has a body where there can be none
 * @LB_REJECTION_TIMEOUT: its head did not come in time
 * @LB_REJECTION_NO_BACKEND: no backend can serve
 * @LB_REJECTION_BUSY: there were as many connections as may be, or as one client may have
 * @LB_REJECTION_PAUSED: a person has paused the balancer
 *
 * Why a request got no redirect.
 */
typedef enum
{
  LB_REJECTION_MALFORMED,
  LB_REJECTION_TOO_LARGE,
  LB_REJECTION_TIMEOUT,
  LB_REJECTION_NO_BACKEND,
  LB_REJECTION_BUSY,
  LB_REJECTION_PAUSED,
  LB_N_REJECTIONS,
} LbRejection;

const char *lb_rejection_to_string (LbRejection rejection);

/**
 * LbTraffic:
 * @connections: how many clients are connected
 * @max_connections: how many may be
 * @connections_total: how many connected since the start
 * @rejected: how many requests got no redirect, and why
 * @paused: whether a person has paused the balancer, so that no request gets one
 * @engine: (nullable): the name of the engine that carries the traffic
 * @measured: whether it measures real requests; else, what is in flight is estimated
 *
 * What the front sees besides redirects. The redirector has the counters, since whatever carries
 * traffic reaches it, and each refusal is counted once, where it is decided on: no backend and
 * a pause by the redirector, a head that is answered with an error by the express lane or the server, deadlines and
 * connections by the listener. An error that `/stats` itself answers is not one of these.
 */
typedef struct
{
  guint connections;
  guint max_connections;
  guint64 connections_total;
  guint64 rejected[LB_N_REJECTIONS];
  gboolean paused;
  const char *engine;
  gboolean measured;
} LbTraffic;

G_END_DECLS
