/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void lb_node_menu_update (GMenu      *menu,
                          GPtrArray  *nodes);

G_END_DECLS
