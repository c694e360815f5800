/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint    lb_accept_rank  (const char *accept,
                          gsize       length,
                          const char *content_type);
gboolean lb_accept_names (const char *accept,
                          gsize       length,
                          const char *media_type);

G_END_DECLS
