/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-proxy-words.h"

#include <glib/gi18n-lib.h>

/* What people read about each setting of the proxy, in the order in which they see them. */
static const LbProxyWords words[] = {
  { .name = "certificate",
    .group = N_ ("Encryption"),
    .title = N_ ("Certificate"),
    .hint = N_ ("A PEM file with the certificate and its private key, which others must not be able to read. "
                "Clients then come by https. It is read again whenever it changes."),
    .placeholder = N_ ("None") },
  { .name = "http2",
    .title = "HTTP/2",
    .hint = N_ ("Clients may speak it, with encryption and without.") },
  { .name = "cookie",
    .group = N_ ("Choice of the Backend"),
    .title = N_ ("Sticky Cookie"),
    .hint = N_ ("The name of a cookie that keeps each client with its backend as long as that is up."),
    .placeholder = N_ ("None") },
  { .name = "max_connections_per_backend",
    .title = N_ ("Requests per Backend at Most"),
    .hint = N_ ("Further ones wait for one that is done. 0 for any number.") },
  { .name = "retries",
    .title = N_ ("Retries"),
    .hint = N_ ("How often a request is sent once more when its backend could not be connected to.") },
  { .name = "redispatch",
    .title = N_ ("Retry with Another Backend"),
    .hint = N_ ("Otherwise with the same one.") },
  { .name = "x_forwarded_for",
    .group = N_ ("What Backends Are Told"),
    .title = "X-Forwarded-For",
    .hint = N_ ("The client’s address, with X-Forwarded-Proto whether it came by https.") },
  { .name = "forwarded",
    .title = "Forwarded",
    .hint = N_ ("Both in the header that RFC 7239 has for it.") },
  { .name = "trust_forwarded",
    .title = N_ ("Trust What Clients Say"),
    .hint = N_ ("Passes these headers on as clients send them, with ours behind. Only for clients that are "
                "your own proxies; else anybody could claim any address.") },
  { .name = "connect_timeout_ms",
    .group = N_ ("Timeouts"),
    .title = N_ ("Connecting"),
    .hint = N_ ("Seconds that connecting to a backend may take."),
    .is_time = TRUE },
  { .name = "client_timeout_ms",
    .title = N_ ("Client"),
    .hint = N_ ("Seconds that a client may be silent while it is its turn; 408 then."),
    .is_time = TRUE },
  { .name = "server_timeout_ms",
    .title = N_ ("Backend"),
    .hint = N_ ("Seconds that a backend may be silent while it is its turn; 504 then."),
    .is_time = TRUE },
  { .name = "queue_timeout_ms",
    .title = N_ ("Waiting"),
    .hint = N_ ("Seconds that a request may wait for a backend that has no more than it may; 503 then."),
    .is_time = TRUE },
  { .name = "tunnel_timeout_ms",
    .title = "WebSocket",
    .hint = N_ ("Seconds that both sides of one may be silent."),
    .is_time = TRUE },
  { .name = "compression",
    .group = N_ ("Answers"),
    .title = N_ ("Compression"),
    .hint = N_ ("Compresses text on its way to clients that take gzip, unless the backend has done so.") },
};

/**
 * lb_proxy_words_list:
 * @n_words: (out): how many settings there are
 *
 * Returns: (transfer none) (array length=n_words): what people read about each of them
 */
const LbProxyWords *
lb_proxy_words_list (guint *n_words)
{
  *n_words = G_N_ELEMENTS (words);

  return words;
}
