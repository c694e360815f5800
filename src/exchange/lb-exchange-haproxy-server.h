/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-pool.h"
#include "exchange/lb-exchange-words.h"

G_BEGIN_DECLS

enum
{
  LB_HAPROXY_INTER,
  LB_HAPROXY_FASTINTER,
  LB_HAPROXY_DOWNINTER,
  LB_HAPROXY_RISE,
  LB_HAPROXY_FALL,
  LB_HAPROXY_SLOWSTART,
  LB_HAPROXY_N_TIMES,
};

/**
 * LbHaproxyServer:
 * @line: where it stands
 * @name: what it is called; %NULL of defaults
 * @address: where it is, as it is written
 * @check: whether it is checked
 * @ssl: whether TLS is spoken with it
 * @check_ssl: whether TLS is spoken by its checks in any case
 * @verify: whether its certificate must be valid; -1 if that is not said
 * @backup: whether it is a backup
 * @disabled: whether it is in maintenance
 * @weight: its weight; -1 if that is not said
 * @times: `inter`, `fastinter`, `downinter`, `rise`, `fall` and `slowstart`, in milliseconds; -1 if
 *   it is not said
 * @check_address: (nullable): where it is checked
 * @check_port: the same; 0 for its own port
 * @redirect: (nullable): where clients are sent instead of being served
 *
 * What a `server` line says, on top of the `default-server` lines before it.
 */
typedef struct
{
  guint line;
  char *name;
  char *address;
  gboolean check;
  gboolean ssl;
  gboolean check_ssl;
  int verify;
  gboolean backup;
  gboolean disabled;
  gint64 weight;
  gint64 times[LB_HAPROXY_N_TIMES];
  char *check_address;
  guint check_port;
  char *redirect;
} LbHaproxyServer;

LbHaproxyServer *lb_haproxy_server_new         (const LbHaproxyServer  *defaults);
void             lb_haproxy_server_free        (LbHaproxyServer        *self);

void             lb_haproxy_server_read        (LbHaproxyServer        *self,
                                                const LbExchangeWords  *words,
                                                guint                   first,
                                                LbExchangeNotes        *notes);
gboolean         lb_haproxy_server_get_address (const LbHaproxyServer  *self,
                                                char                  **host,
                                                guint                  *port,
                                                LbExchangeNotes        *notes);
gboolean         lb_haproxy_read_time          (const char             *text,
                                                gint64                 *ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyServer, lb_haproxy_server_free)

G_END_DECLS
