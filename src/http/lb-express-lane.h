/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-redirector.h"
#include "http/lb-request-head.h"
#include "http/lb-role.h"

G_BEGIN_DECLS

/* No answer is longer. */
#define LB_EXPRESS_ANSWER_MAX (LB_REQUEST_TARGET_MAX + 4 * 1024)

#define LB_TYPE_EXPRESS_LANE (lb_express_lane_get_type ())
G_DECLARE_FINAL_TYPE (LbExpressLane, lb_express_lane, LB, EXPRESS_LANE, GObject)

LbExpressLane *lb_express_lane_new    (LbRedirector         *redirector);

void           lb_express_lane_set_open
                                      (LbExpressLane        *self,
                                       gboolean              open);
void           lb_express_lane_set_role
                                      (LbExpressLane        *self,
                                       LbRole                role);
LbRole         lb_express_lane_get_role
                                      (LbExpressLane        *self);
LbTraffic     *lb_express_lane_get_traffic
                                      (LbExpressLane        *self);
gboolean       lb_express_lane_takes  (LbExpressLane        *self,
                                       const LbRequestHead  *head);
gsize          lb_express_lane_answer (LbExpressLane        *self,
                                       const LbRequestHead  *head,
                                       const guint8         *source,
                                       gsize                 source_length,
                                       gboolean              close,
                                       gint64                now_us,
                                       char                 *answer);
gsize          lb_express_lane_refuse (LbExpressLane        *self,
                                       const LbRequestHead  *head,
                                       guint                 status,
                                       gint64                now_us,
                                       char                 *answer);
gsize          lb_express_lane_begin_events
                                      (LbExpressLane        *self,
                                       gint64                now_us,
                                       char                 *answer);

G_END_DECLS
