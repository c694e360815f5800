/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void             lb_log_install (void);
GLogWriterOutput lb_log_write   (GLogLevelFlags    level,
                                 const GLogField  *fields,
                                 gsize             n_fields,
                                 gpointer          user_data);

G_END_DECLS
