/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean lb_node_address_check (const char  *address,
                                GError     **error);

G_END_DECLS
