/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GAction *lb_enum_action_new (const char *name,
                             gpointer    object,
                             const char *property);

G_END_DECLS
