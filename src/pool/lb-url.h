/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char     *lb_url_normalize        (const char  *text,
                                   char       **host,
                                   guint16     *port,
                                   GError     **error);
gboolean  lb_url_host_is_loopback (const char  *host);

G_END_DECLS
