/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *lb_stats_page            (void);
char   *lb_stats_page_get_policy (void);

G_END_DECLS
