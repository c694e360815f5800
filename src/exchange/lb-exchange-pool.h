/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-notes.h"
#include "pool/lb-backend.h"

G_BEGIN_DECLS

/* So many backends one file may bring. */
#define LB_EXCHANGE_MAX_BACKENDS 10000

/**
 * LbExchangePool:
 * @name: what it is called in the file; where a file has no names, a word that says what it is
 * @line: where it begins in the file, or 0
 * @policy: (nullable): a policy's name; %NULL if the file asks for none that we have
 * @panic_share: as in the configuration; 0 for never. No file brings it.
 * @port: where clients reach the balancer; 0 if it is not said. No file brings it.
 * @probe: how backends are probed that make no exception
 * @backends: (element-type LbBackend): in order; each belongs to nobody else after an import
 * @notes: what could not be taken over as it is
 *
 * A pool on its way into or out of a file. A plain value: its owner may change any field.
 */
typedef struct
{
  char *name;
  guint line;
  char *policy;
  double panic_share;
  guint port;
  LbProbeSettings probe;
  GPtrArray *backends;
  LbExchangeNotes *notes;

  /*< private >*/
  GHashTable *prefixes; /* of the backends that came from a file */
  guint room;           /* how many of them there may be */
} LbExchangePool;

/**
 * LbExchangeServer:
 * @secure: whether it speaks TLS
 * @host: a name or an address, IPv6 with or without brackets
 * @port: 1 to 65535
 * @path: (nullable): what stands in front of each request's path
 *
 * Where a backend is, in the words of a file.
 */
typedef struct
{
  gboolean secure;
  const char *host;
  guint port;
  const char *path;
} LbExchangeServer;

LbExchangePool *lb_exchange_pool_new        (const char              *name,
                                             const LbProbeSettings   *probe);
void            lb_exchange_pool_free       (LbExchangePool          *self);

void            lb_exchange_pool_set_policy (LbExchangePool          *self,
                                             const char              *policy);
LbBackend      *lb_exchange_pool_add        (LbExchangePool          *self,
                                             const LbExchangeServer  *server,
                                             guint                    line);
gboolean        lb_exchange_pool_take       (LbExchangePool          *self,
                                             LbBackend               *backend,
                                             guint                    line);
void            lb_exchange_pool_set_weight (LbExchangePool          *self,
                                             LbBackend               *backend,
                                             gint64                   weight,
                                             guint                    line);
void            lb_exchange_pool_set_probe  (LbExchangePool          *self,
                                             LbBackend               *backend,
                                             LbProbeSettings         *wanted,
                                             guint                    line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbExchangePool, lb_exchange_pool_free)

G_END_DECLS
