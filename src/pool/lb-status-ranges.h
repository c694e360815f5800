/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lb_status_ranges_check   (const char  *text,
                                   GError     **error);
gboolean lb_status_ranges_contain (const char  *text,
                                   guint        status);

G_END_DECLS
