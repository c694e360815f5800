/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-pool.h"

G_BEGIN_DECLS

/**
 * LbExchangeTarget:
 * @backend: the backend
 * @secure: whether it speaks TLS
 * @host: its host, an IPv6 address without brackets
 * @port: its port
 * @authority: host and port as a Host header has them
 * @path: what stands in front of each request's path; empty if nothing does
 * @probe: how it is probed, with everything that differs filled in: `path` is never %NULL and
 *   holds the path of the URL that is probed, `host` never %NULL and what the Host header says,
 *   `url` always %NULL
 * @probe_secure: whether the probe speaks TLS
 * @probe_host: where it is probed, an IPv6 address without brackets
 * @probe_port: the same
 *
 * One backend, taken apart for writers.
 */
typedef struct
{
  LbBackend *backend;
  gboolean secure;
  char *host;
  guint port;
  char *authority;
  char *path;

  LbProbeSettings probe;
  gboolean probe_secure;
  char *probe_host;
  guint probe_port;
} LbExchangeTarget;

GPtrArray *lb_exchange_targets_new       (const LbExchangePool  *pool);

gboolean   lb_exchange_targets_have_weights
                                         (GPtrArray             *targets);
gboolean   lb_exchange_targets_have_others_than_backups
                                         (GPtrArray             *targets,
                                          const char            *program,
                                          LbExchangeNotes       *notes);
void       lb_exchange_targets_keep_ready
                                         (GPtrArray             *targets,
                                          const char            *program,
                                          LbExchangeNotes       *notes);
void       lb_exchange_targets_forget_own_hosts
                                         (GPtrArray             *targets);
gboolean   lb_exchange_target_elsewhere  (const LbExchangeTarget  *self);

G_END_DECLS
