/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LB_TYPE_TRUST_STORE (lb_trust_store_get_type ())
G_DECLARE_FINAL_TYPE (LbTrustStore, lb_trust_store, LB, TRUST_STORE, GTlsDatabase)

void lb_trust_store_install (void);

G_END_DECLS
