/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

void        lb_haproxy_append_name      (GString                 *text,
                                         const char              *url);
void        lb_haproxy_append_status    (GString                 *text,
                                         const LbBackendFigures  *figures);
gboolean    lb_haproxy_was_checked      (const LbBackendFigures  *figures);
const char *lb_haproxy_get_check_status (const LbBackendFigures  *figures);

G_END_DECLS
