/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-url.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-backend.h"

#define URL_MAX 2048

/* What RFC 3986 lets stand unescaped in a path, "%" of an escape included. */
#define PATH_CHARS "!$&'()*+,;=:@/%"

static gboolean
lb_url_check_length (const char *url,
                     GError **error)
{
  if (strlen (url) <= URL_MAX)
    return TRUE;

  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
               _("The URL is longer than %d bytes. Use a shorter one."), URL_MAX);

  return FALSE;
}

static gboolean
lb_url_check_escapes (const char *path)
{
  for (const char *p = strchr (path, '%'); p != NULL; p = strchr (p + 1, '%'))
    if (!g_ascii_isxdigit (p[1]) || !g_ascii_isxdigit (p[2]))
      return FALSE;

  return TRUE;
}

/* A name whose last label is a number is read as an IPv4 address by some
 * programs and not by others: 127.1, 2130706433, 0x7f.1. So it is with the dot
 * behind it that any name may have: 127.0.0.1. is one, too. */
static gboolean
lb_url_looks_like_ipv4 (const char *name)
{
  g_autofree char *host = g_strdup (name);
  const char *dot;
  const char *label;

  if (g_str_has_suffix (host, "."))
    host[strlen (host) - 1] = '\0';

  dot = strrchr (host, '.');
  label = dot != NULL ? dot + 1 : host;

  if (label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
    return label[2 + strspn (label + 2, "0123456789abcdefABCDEF")] == '\0';

  return label[0] != '\0' && label[strspn (label, "0123456789")] == '\0';
}

static gboolean
lb_url_is_dns_name (const char *host)
{
  gsize length = strlen (host);
  gsize label = 0;

  if (length == 0 || length > 253)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (host[i] == '.')
        {
          if (label == 0 || host[i - 1] == '-')
            return FALSE;
          label = 0;
        }
      else if (g_ascii_isalnum (host[i]) || host[i] == '_' || (host[i] == '-' && label > 0))
        {
          if (++label > 63)
            return FALSE;
        }
      else
        return FALSE;
    }

  return host[length - 1] != '-';
}

/* The one way to write @host: an address as the system prints it, a name in
 * lower case and as punycode. NULL if it is neither. */
static char *
lb_url_normalize_host (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *ascii = NULL;

  if (strchr (host, '%') != NULL)
    return NULL;

  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_to_string (address);

  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || !lb_url_is_dns_name (ascii) || lb_url_looks_like_ipv4 (ascii))
    return NULL;

  return g_ascii_strdown (ascii, -1);
}

/**
 * lb_url_normalize:
 * @text: what a person typed
 * @host: (out) (optional) (transfer full): the host, an IPv6 address without brackets
 * @port: (out) (optional): the port, the scheme's own if @text names none
 * @error: return location for a #GError
 *
 * Reads the URL of a backend: http or https, a host, maybe a port and a base path. The result is the
 * one way to write it: lower case, an international name as punycode, no default port, no lone "/".
 *
 * Sets %LB_POOL_ERROR_INVALID_URL.
 *
 * Returns: (transfer full) (nullable): the normalised URL
 */
char *
lb_url_normalize (const char *text,
                  char **host,
                  guint16 *port,
                  GError **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *scheme = NULL;
  g_autofree char *userinfo = NULL;
  g_autofree char *raw_host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  g_autofree char *fragment = NULL;
  g_autofree char *good_host = NULL;
  g_autofree char *good_path = NULL;
  g_autofree char *port_part = NULL;
  g_autofree char *url = NULL;
  gboolean is_ipv6;
  int default_port;
  int number = -1;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                           _("The URL is not valid UTF-8 text. Type it anew."));
      return NULL;
    }

  trimmed = g_strstrip (g_strdup (text));

  if (*trimmed == '\0')
    {
      g_set_error_literal (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                           _("Type a backend’s URL, such as http://127.0.0.1:9001."));
      return NULL;
    }

  if (!lb_url_check_length (trimmed, error))
    return NULL;

  if (strstr (trimmed, "://") == NULL)
    {
      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                   _("“%s” does not say how to reach it. Write http:// or https:// in front."),
                   trimmed);
      return NULL;
    }

  if (!g_uri_split (trimmed, G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_HAS_PASSWORD, &scheme,
                    &userinfo, &raw_host, &number, &path, &query, &fragment, NULL) ||
      scheme == NULL)
    {
      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                   _("“%s” is not a URL. Write it like http://127.0.0.1:9001."), trimmed);
      return NULL;
    }

  if (g_ascii_strcasecmp (scheme, "http") == 0)
    default_port = 80;
  else if (g_ascii_strcasecmp (scheme, "https") == 0)
    default_port = 443;
  else
    {
      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                   _("A backend cannot be reached by “%s”. Use http:// or https://."), scheme);
      return NULL;
    }

  if (userinfo != NULL)
    {
      g_set_error_literal (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                           _("A backend’s URL is sent to every client, so it cannot hold a user "
                             "name or password. Remove what stands before the “@”."));
      return NULL;
    }

  if (query != NULL || fragment != NULL)
    {
      g_set_error_literal (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                           _("A backend’s URL ends with its path, since each request’s own path and "
                             "query follow it. Remove the “?” or “#” and what stands behind."));
      return NULL;
    }

  good_host = raw_host != NULL ? lb_url_normalize_host (raw_host) : NULL;

  if (good_host == NULL)
    {
      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                   _("“%s” names no host that can be used. Write a host name, an IPv4 address such "
                     "as 127.0.0.1 or an IPv6 address such as [::1]."),
                   trimmed);
      return NULL;
    }

  if (number == 0)
    {
      g_set_error_literal (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                           _("Nothing can be reached at port 0. Use a port from 1 to 65535."));
      return NULL;
    }

  if (!lb_url_check_escapes (path))
    {
      g_set_error_literal (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL,
                           _("In the path, each “%” must be followed by two hexadecimal digits. "
                             "Write %25 for the sign itself."));
      return NULL;
    }

  if (number < 0)
    number = default_port;
  if (number != default_port)
    port_part = g_strdup_printf (":%d", number);

  good_path = g_uri_escape_string (g_str_equal (path, "/") ? "" : path, PATH_CHARS, FALSE);
  is_ipv6 = strchr (good_host, ':') != NULL;
  url = g_strconcat (default_port == 80 ? "http://" : "https://", is_ipv6 ? "[" : "", good_host,
                     is_ipv6 ? "]" : "", port_part != NULL ? port_part : "", good_path, NULL);

  /* Escapes make it longer, and it must be readable again. */
  if (!lb_url_check_length (url, error))
    return NULL;

  if (port != NULL)
    *port = (guint16) number;
  if (host != NULL)
    *host = g_strdup (good_host);

  return g_steal_pointer (&url);
}

/**
 * lb_url_host_is_loopback:
 * @host: a host as lb_url_normalize() gives it
 *
 * Whether @host is this computer by definition: the loopback addresses, the addresses that stand
 * for "any", and `localhost` (RFC 6761). No name is looked up.
 *
 * Returns: %TRUE if it is
 */
gboolean
lb_url_host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;
  const guint8 *bytes;
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  g_return_val_if_fail (host != NULL, FALSE);

  address = g_inet_address_new_from_string (host);

  if (address == NULL)
    {
      g_autofree char *bare = g_strdup (host);

      if (g_str_has_suffix (bare, "."))
        bare[strlen (bare) - 1] = '\0';

      return g_str_equal (bare, "localhost") || g_str_has_suffix (bare, ".localhost");
    }

  if (g_inet_address_get_is_loopback (address) || g_inet_address_get_is_any (address))
    return TRUE;

  bytes = g_inet_address_to_bytes (address);

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
         memcmp (bytes, mapped, sizeof mapped) == 0 && (bytes[12] == 127 || bytes[12] == 0);
}
