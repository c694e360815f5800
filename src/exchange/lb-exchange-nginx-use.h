/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-notes.h"
#include "exchange/lb-exchange-words.h"

G_BEGIN_DECLS

/* Blocks may be nested so deep. */
#define LB_NGINX_MAX_DEPTH 64

/**
 * LbNginxUse:
 * @line: where it stands
 * @secure: whether TLS is spoken with the servers
 * @verify: whether their certificates must be valid; -1 if that is not said
 * @path: (nullable): the base path that is put in front of each request's own
 *
 * What a `proxy_pass` says about the `upstream` that it names, since the upstream itself does not.
 */
typedef struct
{
  guint line;
  gboolean secure;
  int verify;
  char *path;
} LbNginxUse;

GHashTable *lb_nginx_find_uses (const char       *text,
                                LbExchangeNotes  *notes,
                                GError          **error);

gboolean    lb_nginx_check_depth (guint                   depth,
                                  const LbExchangeWords  *words,
                                  GError                **error);

G_END_DECLS
