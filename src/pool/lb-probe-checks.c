/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pool/lb-probe-checks.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-types.h"
#include "pool/lb-url.h"

/*
 * What a person may write into the settings of the probes. Whatever passes can be sent as it is: it
 * holds no line break, and nothing that would change where a request ends.
 */

#define TEXT_MAX 2048

/* Header lines that are the probe's own business: they say where the request ends, whom it is for,
 * or what becomes of the connection. */
static const char *const own_headers[] = {
  "Connection", "Content-Length", "Expect",  "Host",    "Keep-Alive",
  "TE",         "Trailer",        "Transfer-Encoding", "Upgrade",
};

/**
 * lb_probe_refuse:
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 * @format: a translated sentence on what is wrong
 * @...: what stands in it
 *
 * Returns: %FALSE
 */
gboolean
lb_probe_refuse (GError **error,
                 const char *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING, format, args);
  va_end (args);

  return FALSE;
}

/**
 * lb_probe_check_method:
 * @text: what somebody wrote
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether a probe may use this method
 */
gboolean
lb_probe_check_method (const char *text,
                       GError **error)
{
  static const char *const methods[] = { "GET", "HEAD", "OPTIONS", NULL };

  return g_strv_contains (methods, text) ||
         lb_probe_refuse (error, _ ("“%s” is no method to probe with. Use GET, HEAD or OPTIONS."),
                          text);
}

/* Whether @text can stand in the first line of a request as it is. */
static gboolean
lb_probe_is_target (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p) || strchr ("#\"<>\\^`{|}", *p) != NULL)
        return FALSE;
      if (*p == '%' && (!g_ascii_isxdigit (p[1]) || !g_ascii_isxdigit (p[2])))
        return FALSE;
    }

  return strlen (text) <= TEXT_MAX;
}

/**
 * lb_probe_check_path:
 * @text: what somebody wrote
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether this can stand in the first line of a request, after the method
 */
gboolean
lb_probe_check_path (const char *text,
                     GError **error)
{
  return (*text == '/' && lb_probe_is_target (text)) ||
         lb_probe_refuse (error,
                          _ ("“%s” is no path. Write it like /health or /health?full=1, and other "
                             "characters than ASCII letters, digits and signs as “%%” with two "
                             "hexadecimal digits."),
                          text);
}

/**
 * lb_probe_check_url:
 * @text: what somebody wrote
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether this is the URL of something to probe; unlike a backend's it may have a query
 */
gboolean
lb_probe_check_url (const char *text,
                    GError **error)
{
  g_autofree char *base = g_strndup (text, strcspn (text, "?#"));
  g_autofree char *normalized = NULL;
  g_autoptr (GError) local_error = NULL;

  if (strchr (base, '@') != NULL || !lb_probe_is_target (text + strlen (base)))
    return lb_probe_refuse (error,
                            _ ("“%s” is no URL to probe. Write it like "
                               "http://127.0.0.1:9001/health, without a user name or a “#”."),
                            text);

  normalized = lb_url_normalize (base, NULL, NULL, &local_error);

  return normalized != NULL || lb_probe_refuse (error, "%s", local_error->message);
}

/**
 * lb_probe_normalize_url:
 * @text: what somebody wrote, and lb_probe_check_url() has let pass
 *
 * Writes it as it can be sent: up to its query as lb_url_normalize() does.
 *
 * Returns: (transfer full): the URL to probe
 */
char *
lb_probe_normalize_url (const char *text)
{
  const gsize length = strcspn (text, "?#");
  g_autofree char *base = g_strndup (text, length);
  g_autofree char *normalized = lb_url_normalize (base, NULL, NULL, NULL);

  g_return_val_if_fail (normalized != NULL, NULL);

  return g_strconcat (normalized, text + length, NULL);
}

/**
 * lb_probe_check_host:
 * @text: what somebody wrote
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether this can be the value of a Host header
 */
gboolean
lb_probe_check_host (const char *text,
                     GError **error)
{
  g_autofree char *url = g_strconcat ("http://", text, NULL);
  g_autofree char *normalized = NULL;

  if (g_str_is_ascii (text) && strpbrk (text, " \t\r\n/?#@%") == NULL)
    normalized = lb_url_normalize (url, NULL, NULL, NULL);

  return normalized != NULL ||
         lb_probe_refuse (error,
                          _ ("“%s” is no host. Write it like example.org or example.org:8080."),
                          text);
}

static gboolean
lb_probe_is_token (const char *text,
                   gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL)
      return FALSE;

  return length > 0;
}

/**
 * lb_probe_check_header:
 * @text: what somebody wrote
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether this is a header line that a probe may send
 */
gboolean
lb_probe_check_header (const char *text,
                       GError **error)
{
  const gsize length = strcspn (text, ":");

  if (text[length] == '\0' || !lb_probe_is_token (text, length) || strlen (text) > TEXT_MAX)
    return lb_probe_refuse (error, _ ("“%s” is no header line. Write it like “X-Probe: yes”."),
                            text);

  for (const char *p = text + length; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) && *p != '\t')
      return lb_probe_refuse (error,
                              _ ("The header line “%s” holds a character that cannot be sent. "
                                 "Remove line breaks and other control characters."),
                              text);

  for (gsize i = 0; i < G_N_ELEMENTS (own_headers); i++)
    if (strlen (own_headers[i]) == length &&
        g_ascii_strncasecmp (text, own_headers[i], length) == 0)
      return lb_probe_refuse (error,
                              _ ("The header %s is set by the probe itself. Remove the line; for "
                                 "Host there is a setting of its own."),
                              own_headers[i]);

  return TRUE;
}

/**
 * lb_probe_check_body:
 * @text: what somebody wrote
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether this is a text to look for in a body
 */
gboolean
lb_probe_check_body (const char *text,
                     GError **error)
{
  return (*text != '\0' && strlen (text) <= TEXT_MAX) ||
         lb_probe_refuse (error, _ ("The text that a body must hold has 1 to %d bytes."), TEXT_MAX);
}
