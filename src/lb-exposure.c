/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-exposure"

#include "config.h"

#include "lb-exposure.h"

#include <gio/gio.h>

#include "pool/lb-url.h"

/*
 * What other computers can reach. A client that is redirected goes to the backend by itself: where a
 * backend's address means "this computer", a client elsewhere is sent to its own.
 */

/**
 * lb_exposure_is_open:
 * @uris: (array zero-terminated=1): where we listen
 *
 * Returns: whether other computers can reach one of these
 */
gboolean
lb_exposure_is_open (const char *const *uris)
{
  for (guint i = 0; uris[i] != NULL; i++)
    {
      g_autoptr (GUri) uri = g_uri_parse (uris[i], G_URI_FLAGS_NONE, NULL);
      g_autoptr (GInetAddress) address =
        uri != NULL ? g_inet_address_new_from_string (g_uri_get_host (uri)) : NULL;

      if (address != NULL && !g_inet_address_get_is_loopback (address))
        return TRUE;
    }

  return FALSE;
}

/**
 * lb_exposure_count_near:
 * @pool: a pool
 * @first: (out) (optional) (nullable) (transfer none): the URL of the first of them
 *
 * Counts the backends whose address means the computer of whoever uses it.
 *
 * Returns: how many there are
 */
guint
lb_exposure_count_near (LbPool *pool,
                        const char **first)
{
  guint n = 0;

  g_return_val_if_fail (LB_IS_POOL (pool), 0);

  if (first != NULL)
    *first = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pool)); i++)
    {
      LbBackend *backend = lb_pool_get_backend (pool, i);

      if (!lb_url_host_is_loopback (lb_backend_get_host (backend)))
        continue;

      if (n == 0 && first != NULL)
        *first = lb_backend_get_url (backend);
      n++;
    }

  return n;
}
