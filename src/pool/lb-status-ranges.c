/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pool/lb-status-ranges.h"

#include <glib/gi18n-lib.h>

#include "pool/lb-types.h"

/*
 * HTTP statuses as a person writes them: `200-399`, `200-299,304`. The text is kept as it is and
 * read whenever it is asked, which costs nothing beside a probe.
 */

#define STATUS_MIN 200 /* 1xx never ends a response */
#define STATUS_MAX 599

static const char *
lb_status_ranges_skip_spaces (const char *text)
{
  while (*text == ' ')
    text++;

  return text;
}

/* Reads three digits; moves @text behind them and what spaces follow. */
static gboolean
lb_status_ranges_read_status (const char **text,
                              guint *status)
{
  const char *p = *text;

  if (!g_ascii_isdigit (p[0]) || !g_ascii_isdigit (p[1]) || !g_ascii_isdigit (p[2]) ||
      g_ascii_isdigit (p[3]))
    return FALSE;

  *status = (guint) (100 * (p[0] - '0') + 10 * (p[1] - '0') + (p[2] - '0'));
  *text = lb_status_ranges_skip_spaces (p + 3);

  return *status >= STATUS_MIN && *status <= STATUS_MAX;
}

/* Reads one range and the comma after it; moves @text behind both. */
static gboolean
lb_status_ranges_read_range (const char **text,
                             guint *first,
                             guint *last)
{
  *text = lb_status_ranges_skip_spaces (*text);
  if (!lb_status_ranges_read_status (text, first))
    return FALSE;

  *last = *first;
  if (**text == '-')
    {
      *text = lb_status_ranges_skip_spaces (*text + 1);
      if (!lb_status_ranges_read_status (text, last) || *last < *first)
        return FALSE;
    }

  if (**text == '\0')
    return TRUE;

  return *(*text)++ == ',' && *lb_status_ranges_skip_spaces (*text) != '\0';
}

/**
 * lb_status_ranges_check:
 * @text: what somebody wrote
 * @error: return location for a #GError
 *
 * Sets %LB_POOL_ERROR_INVALID_SETTING.
 *
 * Returns: whether it is a list of statuses and ranges of them, from 200 to 599
 */
gboolean
lb_status_ranges_check (const char *text,
                        GError **error)
{
  const char *rest = text;
  guint first, last;

  g_return_val_if_fail (text != NULL, FALSE);

  do
    {
      if (!lb_status_ranges_read_range (&rest, &first, &last))
        {
          g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING,
                       _ ("“%s” names no statuses. Write numbers from %d to %d and ranges of them, "
                          "such as 200-299,304."),
                       text, STATUS_MIN, STATUS_MAX);
          return FALSE;
        }
    }
  while (*rest != '\0');

  return TRUE;
}

/**
 * lb_status_ranges_contain:
 * @text: ranges that have been checked
 * @status: an HTTP status
 *
 * Returns: whether @status is in one of them
 */
gboolean
lb_status_ranges_contain (const char *text,
                          guint status)
{
  guint first, last;

  g_return_val_if_fail (text != NULL, FALSE);

  while (*text != '\0')
    {
      if (!lb_status_ranges_read_range (&text, &first, &last))
        return FALSE;
      if (status >= first && status <= last)
        return TRUE;
    }

  return FALSE;
}
