/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "http/lb-redirector.h"
#include "http/lb-stats-cache.h"

G_BEGIN_DECLS

#define LB_TYPE_SERVER (lb_server_get_type ())
G_DECLARE_FINAL_TYPE (LbServer, lb_server, LB, SERVER, GObject)

LbServer   *lb_server_new             (LbRedirector         *redirector,
                                       const LbStatsSource  *source);
SoupServer *lb_server_get_soup_server (LbServer             *self);
void        lb_server_set_redirect_port
                                      (LbServer             *self,
                                       guint16               port);

G_END_DECLS
