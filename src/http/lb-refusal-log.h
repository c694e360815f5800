/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-connection.h"

G_BEGIN_DECLS

void lb_refusal_log_request    (const LbConnection            *connection,
                                guint                          status,
                                const char                    *bytes,
                                gsize                          length);
void lb_refusal_log_timeout    (const LbConnection            *connection);
void lb_refusal_log_connection (const struct sockaddr_storage *address,
                                const char                    *reason);

G_END_DECLS
