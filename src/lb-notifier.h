/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_NOTIFIER (lb_notifier_get_type ())
G_DECLARE_FINAL_TYPE (LbNotifier, lb_notifier, LB, NOTIFIER, GObject)

LbNotifier *lb_notifier_new  (GApplication *application,
                              LbPool       *pool,
                              GSettings    *settings);
void        lb_notifier_stop (LbNotifier   *self);

G_END_DECLS
