/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Called when this computer may have got an address or lost one. */
typedef void (*LbAddressWatchFunc) (gpointer user_data);

/**
 * LbAddressWatch:
 *
 * Notices that addresses of this computer come and go. Embedded in its owner. The fields are private.
 */
typedef struct
{
  LbAddressWatchFunc changed;
  gpointer user_data;

  GNetworkMonitor *network; /* NULL while it is stopped */
  GSource *missing;         /* looks again for an address; or NULL */
} LbAddressWatch;

void lb_address_watch_init        (LbAddressWatch     *self,
                                   LbAddressWatchFunc  changed,
                                   gpointer            user_data);
void lb_address_watch_start       (LbAddressWatch     *self);
void lb_address_watch_stop        (LbAddressWatch     *self);
void lb_address_watch_set_missing (LbAddressWatch     *self,
                                   gboolean            missing);

G_END_DECLS
