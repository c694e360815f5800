/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-writing"

#include "config.h"

#include "exchange/lb-exchange-writing.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What several writers say alike, in the file and beside it.
 */

#define DEFAULT_NAME "load-balancer"
#define DEFAULT_PORT 5000

/**
 * lb_exchange_write_comment:
 * @out: what to append to
 * @text: some lines of text
 *
 * Writes comments as HAProxy, nginx and YAML have them.
 */
void
lb_exchange_write_comment (GString *out,
                           const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (out, "# %s\n", lines[i]);
}

/**
 * lb_exchange_make_name:
 * @pool: a pool
 *
 * Returns: (transfer full): its name, of characters that may stand in a name in every format
 */
char *
lb_exchange_make_name (const LbExchangePool *pool)
{
  g_autofree char *name = g_strdup (pool->name != NULL ? pool->name : "");

  g_strcanon (name,
              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", '-');

  return g_ascii_isalpha (*name) ? g_steal_pointer (&name) : g_strdup (DEFAULT_NAME);
}

/**
 * lb_exchange_get_port:
 * @pool: a pool
 *
 * Returns: the port on which a file that is complete lets clients in
 */
guint
lb_exchange_get_port (const LbExchangePool *pool)
{
  return pool->port != 0 ? pool->port : DEFAULT_PORT;
}

/**
 * lb_exchange_note_policy:
 * @pool: a pool
 * @program: the name of the program that is written for
 * @instead: what is written in place of its policy
 * @notes: what to add the note to
 */
void
lb_exchange_note_policy (const LbExchangePool *pool,
                         const char *program,
                         const char *instead,
                         LbExchangeNotes *notes)
{
  if (pool->policy != NULL)
    lb_exchange_notes_add (notes, 0, _("%s has nothing like the policy “%s”; it gets “%s”."),
                           program, pool->policy, instead);
}

/**
 * lb_exchange_note_panic:
 * @pool: a pool
 * @program: the name of the program that is written for
 * @notes: what to add the note to, if there is something to say
 */
void
lb_exchange_note_panic (const LbExchangePool *pool,
                        const char *program,
                        LbExchangeNotes *notes)
{
  if (pool->panic_share > 0)
    lb_exchange_notes_add (notes, 0,
                           _("%s has no counterpart for ignoring the health when fewer than %g %% "
                             "of the backends are healthy."),
                           program, pool->panic_share * 100);
}

/* Whether a setting makes no difference to who knows only one interval, one plain request and
 * results that count at once. */
static gboolean
lb_exchange_is_neutral (const LbProbeSettings *settings,
                        const char *field)
{
  const struct
  {
    const char *field;
    gboolean neutral;
  } rules[] = {
    { "fast_interval_ms", settings->fast_interval_ms == settings->interval_ms },
    { "down_interval_ms", settings->down_interval_ms == 0 },
    { "jitter", !(settings->jitter > 0) },
    { "rise", settings->rise == 1 },
    { "fall", settings->fall == 1 },
    { "slow_start_ms", settings->slow_start_ms == 0 },
    { "tcp_only", !settings->tcp_only },
    { "method", g_strcmp0 (settings->method, "GET") == 0 },
    { "headers", settings->headers == NULL || settings->headers[0] == NULL },
    { "expected_status", g_strcmp0 (settings->expected_status, "200-399") == 0 },
    { "expected_body", settings->expected_body == NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].field, field))
      return rules[i].neutral;

  return FALSE;
}

/**
 * lb_exchange_note_settings:
 * @settings: how backends are probed
 * @fields: (array zero-terminated=1): names of settings that cannot be written
 * @program: the name of the program that is written for
 * @notes: what to add a note to, if any of them makes a difference
 */
void
lb_exchange_note_settings (const LbProbeSettings *settings,
                           const char *const *fields,
                           const char *program,
                           LbExchangeNotes *notes)
{
  g_autoptr (GString) lost = g_string_new (NULL);

  for (; *fields != NULL; fields++)
    if (!lb_exchange_is_neutral (settings, *fields))
      g_string_append_printf (lost, "%s%s", lost->len > 0 ? ", " : "", *fields);

  if (lost->len > 0)
    lb_exchange_notes_add (notes, 0,
                           _("%s’s checks have no counterpart for these settings of the probes: "
                             "%s."),
                           program, lost->str);
}
