/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "http/lb-connection.h"
#include "http/lb-request-head.h"
#include "http/lb-role.h"

G_BEGIN_DECLS

/* Called when libsoup has answered a request, or has given up. */
typedef void (*LbHandOverFunc) (LbConnection *connection,
                                gpointer      user_data);

#define LB_TYPE_HAND_OVER (lb_hand_over_get_type ())
G_DECLARE_FINAL_TYPE (LbHandOver, lb_hand_over, LB, HAND_OVER, GObject)

LbHandOver *lb_hand_over_new        (SoupServer           *server,
                                     LbHandOverFunc        finished,
                                     gpointer              user_data);

gboolean    lb_hand_over_give       (LbHandOver           *self,
                                     LbConnection         *connection,
                                     const LbRequestHead  *head,
                                     LbRole                role);
void        lb_hand_over_forget     (LbHandOver           *self,
                                     LbConnection         *connection);
gboolean    lb_hand_over_is_stuck   (LbHandOver           *self,
                                     LbConnection         *connection);

const char *lb_hand_over_get_target (SoupServerMessage    *message);
LbRole      lb_hand_over_get_role   (SoupServerMessage    *message);

G_END_DECLS
