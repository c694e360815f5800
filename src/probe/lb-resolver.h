/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LB_TYPE_RESOLVER (lb_resolver_get_type ())
G_DECLARE_FINAL_TYPE (LbResolver, lb_resolver, LB, RESOLVER, GResolver)

GResolver *lb_resolver_new     (void);
void       lb_resolver_install (void);

G_END_DECLS
