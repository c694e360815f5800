/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-pool.h"

G_BEGIN_DECLS

/**
 * LbExchangeCheck:
 * @server: the server it is about
 * @secure: whether the probe speaks TLS
 * @host: (nullable): where to probe, if not at the server's host
 * @port: the same; 0 for the server's port
 * @path: (nullable): path and query that are asked for, if that is said
 * @authority: (nullable): what the Host header says, if that is said
 *
 * Where another program sends the checks of one server.
 */
typedef struct
{
  const LbExchangeServer *server;
  gboolean secure;
  const char *host;
  guint port;
  const char *path;
  const char *authority;
} LbExchangeCheck;

/**
 * LbExchangeUnit:
 * @name: what stands behind a number
 * @us: how many microseconds it is
 *
 * A unit of time in another program's files.
 */
typedef struct
{
  const char *name;
  gint64 us;
} LbExchangeUnit;

gboolean lb_exchange_read_integer (const char             *text,
                                   gint64                 *number);
gboolean lb_exchange_read_time    (const char             *text,
                                   const LbExchangeUnit   *units,
                                   guint                   n_units,
                                   gint64                 *ms);
char    *lb_exchange_authority    (gboolean                secure,
                                   const char             *host,
                                   guint                   port);

void     lb_exchange_set_number   (LbProbeSettings        *settings,
                                   const char             *field,
                                   gint64                  value,
                                   LbExchangeNotes        *notes,
                                   guint                   line);
gboolean lb_exchange_set_text     (LbProbeSettings        *settings,
                                   const char             *field,
                                   const char             *text,
                                   LbExchangeNotes        *notes,
                                   guint                   line);
void     lb_exchange_add_header   (GPtrArray              *headers,
                                   const char             *name,
                                   const char             *value,
                                   LbExchangeNotes        *notes,
                                   guint                   line);
void     lb_exchange_set_place    (LbProbeSettings        *settings,
                                   const LbExchangeCheck  *check,
                                   LbExchangeNotes        *notes,
                                   guint                   line);

G_END_DECLS
