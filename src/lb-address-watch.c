/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-endpoint"

#include "config.h"

#include "lb-address-watch.h"

/* An address that is missing is looked for so often: not every way in which it may come back is told. */
#define MISSING_S 5

static gboolean
lb_address_watch_on_missing (gpointer user_data)
{
  LbAddressWatch *self = user_data;

  self->changed (self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
lb_address_watch_on_network_changed (LbAddressWatch *self)
{
  self->changed (self->user_data);
}

/**
 * lb_address_watch_init:
 * @self: a watch
 * @changed: called when the computer may have got an address or lost one
 * @user_data: for @changed
 *
 * Does not watch yet.
 */
void
lb_address_watch_init (LbAddressWatch *self,
                       LbAddressWatchFunc changed,
                       gpointer user_data)
{
  *self = (LbAddressWatch){ .changed = changed, .user_data = user_data };
}

/**
 * lb_address_watch_start:
 * @self: a watch
 *
 * Calls whenever the network has changed from now on. Nothing happens if it has been started already.
 */
void
lb_address_watch_start (LbAddressWatch *self)
{
  if (self->network != NULL)
    return;

  self->network = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_swapped (self->network, "network-changed",
                            G_CALLBACK (lb_address_watch_on_network_changed), self);
}

/**
 * lb_address_watch_stop:
 * @self: a watch
 *
 * Does not call any more, whether something is missing or not.
 */
void
lb_address_watch_stop (LbAddressWatch *self)
{
  lb_address_watch_set_missing (self, FALSE);

  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  g_clear_object (&self->network);
}

/**
 * lb_address_watch_set_missing:
 * @self: a watch
 * @missing: whether an address is waited for
 *
 * As long as one is missing, it calls every few seconds, in the thread-default main context.
 */
void
lb_address_watch_set_missing (LbAddressWatch *self,
                              gboolean missing)
{
  if ((self->missing != NULL) == missing)
    return;

  if (!missing)
    {
      g_source_destroy (self->missing);
      g_clear_pointer (&self->missing, g_source_unref);
      return;
    }

  self->missing = g_timeout_source_new_seconds (MISSING_S);
  g_source_set_static_name (self->missing, "[lb] missing address");
  g_source_set_callback (self->missing, lb_address_watch_on_missing, self, NULL);
  g_source_attach (self->missing, g_main_context_get_thread_default ());
}
