/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-client-counts.h"

#include <string.h>

#define IPV4_LENGTH 4
#define IPV6_PREFIX_LENGTH 8

/* No IPv6 network in use begins with zeroes but that of ::1. */
#define IPV4_MARK (G_GUINT64_CONSTANT (1) << 32)

typedef struct
{
  gint64 client; /* the key */
  guint n;
} Count;

struct _LbClientCounts
{
  GHashTable *counts; /* element-type Count */
};

static gint64
lb_client_counts_get_key (const guint8 *address,
                          gsize length)
{
  guint64 prefix = 0;
  guint32 ipv4;

  if (length == IPV4_LENGTH)
    {
      memcpy (&ipv4, address, sizeof ipv4);
      return (gint64) (IPV4_MARK | GUINT32_FROM_BE (ipv4));
    }

  memcpy (&prefix, address, IPV6_PREFIX_LENGTH);

  return (gint64) GUINT64_FROM_BE (prefix);
}

/**
 * lb_client_counts_new:
 *
 * Returns: (transfer full): that nobody is connected
 */
LbClientCounts *
lb_client_counts_new (void)
{
  LbClientCounts *self = g_new0 (LbClientCounts, 1);

  self->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  return self;
}

/**
 * lb_client_counts_free:
 * @self: (nullable) (transfer full): counts
 */
void
lb_client_counts_free (LbClientCounts *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->counts);
  g_free (self);
}

/**
 * lb_client_counts_add:
 * @self: counts
 * @address: (array length=length): in network byte order
 * @length: 4 or 16
 *
 * This client has one connection more.
 */
void
lb_client_counts_add (LbClientCounts *self,
                      const guint8 *address,
                      gsize length)
{
  const gint64 client = lb_client_counts_get_key (address, length);
  Count *count = g_hash_table_lookup (self->counts, &client);

  if (count == NULL)
    {
      count = g_new (Count, 1);
      *count = (Count){ .client = client };
      g_hash_table_add (self->counts, count);
    }

  count->n++;
}

/**
 * lb_client_counts_remove:
 * @self: counts
 * @address: (array length=length): of a client that has been added, in network byte order
 * @length: 4 or 16
 *
 * This client has one connection less.
 */
void
lb_client_counts_remove (LbClientCounts *self,
                         const guint8 *address,
                         gsize length)
{
  const gint64 client = lb_client_counts_get_key (address, length);
  Count *count = g_hash_table_lookup (self->counts, &client);

  g_return_if_fail (count != NULL);

  count->n--;
  if (count->n == 0)
    g_hash_table_remove (self->counts, &client);
}

/**
 * lb_client_counts_get:
 * @self: counts
 * @address: (array length=length): in network byte order
 * @length: 4 or 16
 *
 * Returns: how many connections this client has
 */
guint
lb_client_counts_get (const LbClientCounts *self,
                      const guint8 *address,
                      gsize length)
{
  const gint64 client = lb_client_counts_get_key (address, length);
  const Count *count = g_hash_table_lookup (self->counts, &client);

  return count != NULL ? count->n : 0;
}

/**
 * lb_client_counts_get_n_clients:
 * @self: counts
 *
 * Returns: how many clients have connections
 */
guint
lb_client_counts_get_n_clients (const LbClientCounts *self)
{
  return g_hash_table_size (self->counts);
}
