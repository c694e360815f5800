/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lb_probe_check_method (const char  *text,
                                GError     **error);
gboolean lb_probe_check_url    (const char  *text,
                                GError     **error);
gboolean lb_probe_check_path   (const char  *text,
                                GError     **error);
gboolean lb_probe_check_host   (const char  *text,
                                GError     **error);
gboolean lb_probe_check_header (const char  *text,
                                GError     **error);
gboolean lb_probe_check_body   (const char  *text,
                                GError     **error);

char    *lb_probe_normalize_url
                               (const char  *text);

gboolean lb_probe_refuse       (GError     **error,
                                const char  *format,
                                ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
