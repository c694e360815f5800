/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-caddy"

#include "config.h"

#include "exchange/lb-exchange-caddy-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/lb-config-keys.h"
#include "exchange/lb-exchange-json-text.h"

/*
 * How Caddy checks the servers of a `reverse_proxy`: its `health_checks.active`.
 */

/* They are read for each server: what nobody writes must not take hours. */
#define MAX_HEADERS 64

/**
 * lb_caddy_read_number:
 * @object: an object
 * @name: a key
 * @number: (out): the number
 *
 * Returns: whether a whole number is there; @number is untouched if not
 */
gboolean
lb_caddy_read_number (JsonObject *object,
                      const char *name,
                      gint64 *number)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !lb_config_node_is (node, G_TYPE_INT64))
    return FALSE;

  *number = json_node_get_int (node);
  return TRUE;
}

/**
 * lb_caddy_note_others:
 * @object: (nullable): an object
 * @known: (array zero-terminated=1): keys
 * @notes: what to add a note to for each other key that it has
 */
void
lb_caddy_note_others (JsonObject *object,
                      const char *const *known,
                      LbExchangeNotes *notes)
{
  JsonObjectIter iter;
  const char *name;

  if (object == NULL)
    return;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!g_strv_contains (known, name))
      lb_exchange_notes_add (notes, 0, _("“%s” has no counterpart here and is left out."), name);
}

/* Go's `1m30s`, `1.5s` and `250ms`. */
static gboolean
lb_caddy_read_duration (const char *text,
                        gint64 *ms)
{
  static const struct
  {
    const char *unit;
    double ms;
  } units[] = {
    { "ns", 1e-6 }, { "us", 1e-3 }, { "µs", 1e-3 },     { "ms", 1 },
    { "s", 1e3 },   { "m", 60e3 },  { "h", 3600e3 }, { "d", 86400e3 },
  };
  double total = 0;

  do
    {
      char *unit;
      double number;
      gsize length;
      guint i = 0;

      if (!g_ascii_isdigit (*text))
        return FALSE;

      number = g_ascii_strtod (text, &unit);
      length = strcspn (unit, "0123456789.");
      while (i < G_N_ELEMENTS (units) && (strlen (units[i].unit) != length ||
                                          strncmp (units[i].unit, unit, length) != 0))
        i++;
      if (i == G_N_ELEMENTS (units))
        return FALSE;

      total += number * units[i].ms;
      text = unit + length;
    }
  while (*text != '\0');

  *ms = (gint64) CLAMP (total + 0.5, 0, 1e15);
  return TRUE;
}

/* A time is a text, or a number of nanoseconds. */
static void
lb_caddy_set_time (JsonObject *object,
                   const char *name,
                   const char *field,
                   LbProbeSettings *wanted,
                   LbExchangeNotes *notes)
{
  const char *text = lb_exchange_get_string (object, name);
  gint64 ms;

  if (text != NULL ? lb_caddy_read_duration (text, &ms) : lb_caddy_read_number (object, name, &ms))
    lb_exchange_set_number (wanted, field, text != NULL ? ms : ms / 1000000, notes, 0);
  else if (json_object_has_member (object, name))
    lb_exchange_notes_add (notes, 0, _("“%s” has no counterpart here and is left out."), name);
}

static void
lb_caddy_set_count (JsonObject *object,
                    const char *name,
                    const char *field,
                    LbProbeSettings *wanted,
                    LbExchangeNotes *notes)
{
  gint64 number;

  if (lb_caddy_read_number (object, name, &number))
    lb_exchange_set_number (wanted, field, number, notes, 0);
}

/* One status, or the first digit of a hundred of them. */
static void
lb_caddy_set_status (JsonObject *object,
                     LbProbeSettings *wanted,
                     LbExchangeNotes *notes)
{
  g_autofree char *text = NULL;
  gint64 number;

  if (!lb_caddy_read_number (object, "expect_status", &number) || number == 0)
    return;

  if (number < 10)
    text = g_strdup_printf ("%d00-%d99", (int) number, (int) number);
  else
    text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  lb_exchange_set_text (wanted, "expected_status", text, notes, 0);
}

/* A regular expression that stands for nothing but one text is that text. */
static gboolean
lb_caddy_read_pattern (const char *pattern,
                       char **text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = pattern; *p != '\0'; p++)
    {
      if (*p == '\\' && g_ascii_ispunct (p[1]))
        p++;
      else if (strchr ("\\.^$*+?()[]{}|", *p) != NULL)
        return FALSE;

      g_string_append_c (out, *p);
    }

  *text = g_string_free (g_steal_pointer (&out), FALSE);
  return TRUE;
}

static void
lb_caddy_set_body (JsonObject *object,
                   LbProbeSettings *wanted,
                   LbExchangeNotes *notes)
{
  const char *pattern = lb_exchange_get_string (object, "expect_body");
  g_autofree char *text = NULL;

  if (pattern == NULL || *pattern == '\0')
    return;

  if (lb_caddy_read_pattern (pattern, &text))
    lb_exchange_set_text (wanted, "expected_body", text, notes, 0);
  else
    lb_exchange_notes_add (notes, 0,
                           _("The body that is expected is not taken over: “%s” is a pattern, and "
                             "only plain text is looked for here."),
                           pattern);
}

/* Returns what the Host header says, if one is set. */
static const char *
lb_caddy_set_headers (JsonObject *object,
                      LbProbeSettings *wanted,
                      LbExchangeNotes *notes)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  JsonObject *headers = lb_exchange_get_object (object, "headers");
  const char *host = NULL;
  JsonObjectIter iter;
  const char *name;
  guint n_values = 0;

  if (headers == NULL)
    return NULL;

  json_object_iter_init_ordered (&iter, headers);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      JsonArray *values = lb_exchange_get_array (headers, name);
      const guint length = values != NULL ? json_array_get_length (values) : 0;

      n_values += MAX (length, 1);
      if (n_values > MAX_HEADERS)
        {
          lb_exchange_notes_add (notes, 0,
                                 _("The probes’ header “%s” is left out: %s takes no more than %d."),
                                 name, _("Load Balancer"), MAX_HEADERS);
          break;
        }

      for (guint i = 0; i < length; i++)
        {
          JsonNode *node = json_array_get_element (values, i);

          if (!lb_config_node_is (node, G_TYPE_STRING))
            continue;
          if (g_ascii_strcasecmp (name, "Host") == 0)
            host = json_node_get_string (node);
          else
            lb_exchange_add_header (lines, name, json_node_get_string (node), notes, 0);
        }
    }

  g_clear_pointer (&wanted->headers, g_strfreev);
  if (lines->len > 0)
    {
      g_ptr_array_add (lines, NULL);
      wanted->headers = (char **) g_ptr_array_steal (lines, NULL);
    }

  return host;
}

/**
 * lb_caddy_note_check:
 * @active: (nullable): what Caddy says of its checks
 * @notes: what to add a note to for what is never taken over
 */
void
lb_caddy_note_check (JsonObject *active,
                     LbExchangeNotes *notes)
{
  static const char *const known[] = { "uri", "path", "port", "headers", "interval", "timeout",
                                       "max_size", "expect_status", "expect_body", "fails",
                                       "passes", "method", NULL };

  lb_caddy_note_others (active, known, notes);
}

/**
 * lb_caddy_read_check:
 * @active: what Caddy says of its checks
 * @server: the server that is checked
 * @wanted: (inout): how it shall be probed
 * @notes: what to add a note to for what cannot be taken over
 */
void
lb_caddy_read_check (JsonObject *active,
                     const LbExchangeServer *server,
                     LbProbeSettings *wanted,
                     LbExchangeNotes *notes)
{
  LbExchangeCheck check = { .server = server, .secure = server->secure, .path = "/" };
  gint64 port = 0;

  wanted->tcp_only = FALSE;
  lb_exchange_set_text (wanted, "method", "GET", notes, 0);
  if (lb_exchange_get_string (active, "method") != NULL)
    lb_exchange_set_text (wanted, "method", lb_exchange_get_string (active, "method"), notes, 0);

  /* There is only one interval there. */
  if (json_object_has_member (active, "interval"))
    {
      lb_caddy_set_time (active, "interval", "interval_ms", wanted, notes);
      lb_exchange_set_number (wanted, "fast_interval_ms", wanted->interval_ms, notes, 0);
      wanted->down_interval_ms = 0;
    }
  lb_caddy_set_time (active, "timeout", "timeout_ms", wanted, notes);
  lb_caddy_set_count (active, "fails", "fall", wanted, notes);
  lb_caddy_set_count (active, "passes", "rise", wanted, notes);
  lb_caddy_set_status (active, wanted, notes);
  lb_caddy_set_body (active, wanted, notes);
  check.authority = lb_caddy_set_headers (active, wanted, notes);

  if (lb_exchange_get_string (active, "path") != NULL)
    check.path = lb_exchange_get_string (active, "path");
  if (lb_exchange_get_string (active, "uri") != NULL)
    check.path = lb_exchange_get_string (active, "uri");
  if (lb_caddy_read_number (active, "port", &port) && port > 0 && port <= G_MAXUINT16)
    check.port = (guint) port;

  lb_exchange_set_place (wanted, &check, notes, 0);
}
