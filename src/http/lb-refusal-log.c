/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-refusal"

#include "config.h"

#include "http/lb-refusal-log.h"

#include <arpa/inet.h>

/*
 * What the log says of clients that are not served. Each kind is one line of code, so the log has each
 * at most once a second.
 */

/* How much of a request is quoted. */
#define QUOTE_MAX 80

/* The beginning of the first line, with what is not printable ASCII escaped, and what would look like the
 * end of the quote. */
static char *
lb_refusal_log_quote (const char *bytes,
                      gsize length)
{
  GString *quote = g_string_new (NULL);

  /* One empty line before it is ignored. */
  if (length >= 2 && bytes[0] == '\r' && bytes[1] == '\n')
    {
      bytes += 2;
      length -= 2;
    }

  for (gsize i = 0; i < MIN (length, QUOTE_MAX) && bytes[i] != '\r' && bytes[i] != '\n'; i++)
    if (g_ascii_isprint (bytes[i]) && bytes[i] != '\\' && bytes[i] != '"')
      g_string_append_c (quote, bytes[i]);
    else
      g_string_append_printf (quote, "\\x%02x", (guint8) bytes[i]);

  return g_string_free (quote, FALSE);
}

static char *
lb_refusal_log_get_client (const LbConnection *connection)
{
  g_autoptr (GSocketAddress) address = lb_connection_get_remote_address (connection);

  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

/**
 * lb_refusal_log_request:
 * @connection: who asked
 * @status: what it was answered
 * @bytes: (array length=length): what it asked
 * @length: how many bytes that is
 */
void
lb_refusal_log_request (const LbConnection *connection,
                        guint status,
                        const char *bytes,
                        gsize length)
{
  g_autofree char *client = lb_refusal_log_get_client (connection);
  g_autofree char *quote = lb_refusal_log_quote (bytes, length);

  g_info ("%s was refused with %u: \"%s\"", client, status, quote);
}

/**
 * lb_refusal_log_timeout:
 * @connection: whose request did not come in time
 */
void
lb_refusal_log_timeout (const LbConnection *connection)
{
  g_autofree char *client = lb_refusal_log_get_client (connection);

  g_info ("%s was closed: its request did not come in time", client);
}

/**
 * lb_refusal_log_connection:
 * @address: who connected
 * @reason: why it was closed at once
 */
void
lb_refusal_log_connection (const struct sockaddr_storage *address,
                           const char *reason)
{
  const gboolean is_ipv6 = address->ss_family == AF_INET6;
  char host[INET6_ADDRSTRLEN];

  if (inet_ntop (address->ss_family,
                 is_ipv6 ? (const void *) &((const struct sockaddr_in6 *) address)->sin6_addr
                         : (const void *) &((const struct sockaddr_in *) address)->sin_addr,
                 host, sizeof host) == NULL)
    g_strlcpy (host, "?", sizeof host);

  g_info ("%s was closed at once: %s", host, reason);
}
