/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-probe"

#include "config.h"

#include "exchange/lb-exchange-probe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-probe-checks.h"

/*
 * What the readers of other programs' checks have in common: putting a value that somebody else
 * wrote into the settings of our probes, or saying why it cannot be there.
 */

/**
 * lb_exchange_read_integer:
 * @text: what stands in a file
 * @number: (out): the number
 *
 * Returns: whether @text is a whole number that is not negative; @number is untouched if not
 */
gboolean
lb_exchange_read_integer (const char *text,
                          gint64 *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL))
    return FALSE;

  *number = (gint64) value;
  return TRUE;
}

/**
 * lb_exchange_read_time:
 * @text: a number, maybe with a unit
 * @units: (array length=n_units): the units that there are; an empty one for none
 * @n_units: how many
 * @ms: (out): the time in milliseconds
 *
 * Returns: whether it is a time; @ms is untouched if not
 */
gboolean
lb_exchange_read_time (const char *text,
                       const LbExchangeUnit *units,
                       guint n_units,
                       gint64 *ms)
{
  const gsize length = strspn (text, "0123456789");
  g_autofree char *digits = g_strndup (text, length);
  gint64 number;

  if (length > 9 || !lb_exchange_read_integer (digits, &number))
    return FALSE;

  for (guint i = 0; i < n_units; i++)
    if (g_str_equal (text + length, units[i].name))
      {
        *ms = number * units[i].us / 1000;
        return TRUE;
      }

  return FALSE;
}

/**
 * lb_exchange_authority:
 * @secure: whether it is an https URL
 * @host: a host, IPv6 with or without brackets
 * @port: a port
 *
 * Returns: (transfer full): both as a Host header has them: without the scheme's own port
 */
char *
lb_exchange_authority (gboolean secure,
                       const char *host,
                       guint port)
{
  const gboolean bare_ipv6 = strchr (host, ':') != NULL && *host != '[';
  g_autofree char *name = g_strconcat (bare_ipv6 ? "[" : "", host, bare_ipv6 ? "]" : "", NULL);

  if (port == (secure ? 443 : 80))
    return g_steal_pointer (&name);

  return g_strdup_printf ("%s:%u", name, port);
}

/**
 * lb_exchange_set_number:
 * @settings: settings
 * @field: the name of one that is a number
 * @value: what the file says; the nearest that can be is taken, which is noted
 * @notes: what to add a note to
 * @line: where it stands, or 0
 */
void
lb_exchange_set_number (LbProbeSettings *settings,
                        const char *field,
                        gint64 value,
                        LbExchangeNotes *notes,
                        guint line)
{
  const LbSetting *row = lb_probe_field_find (field, NULL);
  gint64 taken;

  g_assert (row != NULL && row->kind == LB_SETTING_NUMBER);

  taken = CLAMP (value, (gint64) row->min, (gint64) row->max);
  if (taken != value)
    lb_exchange_notes_add (notes, line,
                           _("The probes’ %s is from %.0f to %.0f here, so %.0f becomes %.0f."),
                           field, row->min, row->max, (double) value, (double) taken);

  *(guint *) G_STRUCT_MEMBER_P (settings, row->offset) = (guint) taken;
}

/**
 * lb_exchange_set_text:
 * @settings: settings
 * @field: the name of one that is a text
 * @text: what the file says
 * @notes: what to add a note to if that cannot be
 * @line: where it stands, or 0
 *
 * Returns: whether it was taken
 */
gboolean
lb_exchange_set_text (LbProbeSettings *settings,
                      const char *field,
                      const char *text,
                      LbExchangeNotes *notes,
                      guint line)
{
  const LbSetting *row = lb_probe_field_find (field, NULL);
  g_autoptr (GError) error = NULL;
  char **place;

  g_assert (row != NULL && row->kind == LB_SETTING_TEXT);

  if (!row->check (text, &error))
    {
      lb_exchange_notes_add (notes, line, _("The probes’ %s is not taken over: %s"), field,
                             error->message);
      return FALSE;
    }

  place = G_STRUCT_MEMBER_P (settings, row->offset);
  g_free (*place);
  *place = g_strdup (text);

  return TRUE;
}

/**
 * lb_exchange_add_header:
 * @headers: (element-type utf8): lines, to which this one is added if a probe may send it
 * @name: the name of a header
 * @value: its value
 * @notes: what to add a note to if it may not
 * @line: where it stands, or 0
 */
void
lb_exchange_add_header (GPtrArray *headers,
                        const char *name,
                        const char *value,
                        LbExchangeNotes *notes,
                        guint line)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (value));
  g_autofree char *text = g_strconcat (name, *trimmed != '\0' ? ": " : ":", trimmed, NULL);
  g_autoptr (GError) error = NULL;

  if (lb_probe_check_header (text, &error))
    g_ptr_array_add (headers, g_steal_pointer (&text));
  else
    lb_exchange_notes_add (notes, line, _("The probes’ %s is not taken over: %s"), "headers",
                           error->message);
}

/**
 * lb_exchange_set_place:
 * @settings: settings that hold what makes no difference here
 * @check: where the checks are sent
 * @notes: what to add a note to if that cannot be
 * @line: where it stands, or 0
 *
 * Sets `url`, `path` and `host`, as far as they are not what they would be anyway.
 */
void
lb_exchange_set_place (LbProbeSettings *settings,
                       const LbExchangeCheck *check,
                       LbExchangeNotes *notes,
                       guint line)
{
  const LbExchangeServer *server = check->server;
  const char *host = check->host != NULL ? check->host : server->host;
  const guint port = check->port != 0 ? check->port : server->port;
  const gboolean elsewhere = check->secure != server->secure || port != server->port ||
                             g_ascii_strcasecmp (host, server->host) != 0;
  g_autofree char *authority = lb_exchange_authority (check->secure, host, port);
  const char *path = "/";

  if (elsewhere)
    {
      g_autofree char *url =
        g_strconcat (check->secure ? "https://" : "http://", authority, NULL);

      lb_exchange_set_text (settings, "url", url, notes, line);
    }
  else if (server->path != NULL && *server->path != '\0')
    path = server->path;

  if (check->path != NULL && (settings->path != NULL || !g_str_equal (check->path, path)))
    lb_exchange_set_text (settings, "path", check->path, notes, line);

  if (check->authority != NULL &&
      (settings->host != NULL || g_ascii_strcasecmp (check->authority, authority) != 0))
    lb_exchange_set_text (settings, "host", check->authority, notes, line);
}
