/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-nginx"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-nginx-use.h"
#include "exchange/lb-exchange-nginx.h"
#include "exchange/lb-exchange-probe.h"
#include "exchange/lb-exchange-words.h"

/*
 * A configuration of nginx: its `upstream` blocks, and what the `proxy_pass` lines that name them say
 * of scheme and path. Other files that it includes are not there to be read.
 */

typedef struct
{
  LbExchangeImport *import;
  GHashTable *uses;
  guint depth;
  guint stream_depth;   /* how deep the block of what is not HTTP is; 0 outside of it */
  LbExchangePool *pool; /* the upstream that lines belong to */
  guint pool_depth;     /* how deep its block is */
} LbNginxReader;

static void
lb_nginx_leave_out (LbNginxReader *self,
                    const char *what,
                    guint line)
{
  lb_exchange_notes_add (self->pool->notes, line,
                         _("“%s” has no counterpart here and is left out."), what);
}

/* Which backend is next */

static void
lb_nginx_read_hash (LbNginxReader *self,
                    const LbExchangeWords *words)
{
  static const struct
  {
    const char *key;
    const char *policy;
    gboolean exact;
  } keys[] = {
    { "$uri", "path-hash", TRUE },           { "$request_uri", "path-hash", FALSE },
    { "$remote_addr", "source-hash", TRUE }, { "$binary_remote_addr", "source-hash", TRUE },
  };
  const char *key = lb_exchange_words_get (words, 1);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].key, key))
      {
        lb_exchange_pool_set_policy (self->pool, keys[i].policy);
        if (!keys[i].exact)
          lb_exchange_notes_add (self->pool->notes, words->line,
                                 _("“%s” becomes the policy “%s”, which leaves out the query."),
                                 key, keys[i].policy);
        return;
      }

  lb_exchange_pool_set_policy (self->pool, NULL);
  lb_exchange_notes_add (self->pool->notes, words->line,
                         _("No policy here does what “%s %s” does, so the policy is left as it "
                           "is."),
                         "hash", key);
}

static void
lb_nginx_read_random (LbNginxReader *self,
                      const LbExchangeWords *words)
{
  const char *method = lb_exchange_words_get (words, 2);
  const gboolean two = g_str_equal (lb_exchange_words_get (words, 1), "two");

  lb_exchange_pool_set_policy (self->pool, two ? "two-choices" : "random");
  if (two && g_str_has_prefix (method, "least_time"))
    lb_exchange_pool_set_policy (self->pool, "fastest");
}

static gboolean
lb_nginx_read_policy (LbNginxReader *self,
                      const LbExchangeWords *words)
{
  const char *name = lb_exchange_words_get (words, 0);

  if (g_str_equal (name, "least_conn"))
    lb_exchange_pool_set_policy (self->pool, "least-connections");
  else if (g_str_equal (name, "ip_hash"))
    lb_exchange_pool_set_policy (self->pool, "source-hash");
  else if (g_str_equal (name, "least_time"))
    lb_exchange_pool_set_policy (self->pool, "fastest");
  else if (g_str_equal (name, "hash"))
    lb_nginx_read_hash (self, words);
  else if (g_str_equal (name, "random"))
    lb_nginx_read_random (self, words);
  else
    return FALSE;

  return TRUE;
}

/* Servers */

/* nginx's `1m`, `10s` and `500ms`; without a unit it is seconds. */
static gboolean
lb_nginx_read_time (const char *text,
                    gint64 *ms)
{
  static const LbExchangeUnit units[] = {
    { "", 1000000 },          { "ms", 1000 },
    { "s", 1000000 },         { "m", 60 * 1000000 },
    { "h", G_GINT64_CONSTANT (3600) * 1000000 },
  };

  return lb_exchange_read_time (text, units, G_N_ELEMENTS (units), ms);
}

static void
lb_nginx_read_option (LbNginxReader *self,
                      LbBackend *backend,
                      const char *option,
                      LbProbeSettings *wanted,
                      guint line)
{
  const char *value = strchr (option, '=');
  gint64 number;

  if (g_str_equal (option, "down"))
    lb_backend_set_state (backend, LB_STATE_MAINT);
  else if (g_str_equal (option, "drain"))
    lb_backend_set_state (backend, LB_STATE_DRAIN);
  else if (g_str_equal (option, "backup"))
    lb_backend_set_backup (backend, TRUE);
  else if (g_str_has_prefix (option, "weight=") && lb_exchange_read_integer (value + 1, &number))
    lb_exchange_pool_set_weight (self->pool, backend, number, line);
  else if (g_str_has_prefix (option, "slow_start=") && lb_nginx_read_time (value + 1, &number))
    lb_exchange_set_number (wanted, "slow_start_ms", number, self->pool->notes, line);
  else
    {
      g_autofree char *name = g_strndup (option, strcspn (option, "="));

      lb_nginx_leave_out (self, name, line);
    }
}

/* Where a server is; without a port it is 80, with TLS, too. */
static gboolean
lb_nginx_split_address (const char *address,
                        char **host,
                        guint *port)
{
  const char *end = *address == '[' ? strchr (address, ']') : NULL;
  const char *colon = strchr (end != NULL ? end : address, ':');
  gint64 number = 80;

  if (g_str_has_prefix (address, "unix:") ||
      (colon != NULL && (!lb_exchange_read_integer (colon + 1, &number) || number > G_MAXUINT16)))
    return FALSE;

  *host = colon != NULL ? g_strndup (address, (gsize) (colon - address)) : g_strdup (address);
  *port = (guint) number;

  return TRUE;
}

static void
lb_nginx_read_server (LbNginxReader *self,
                      const LbExchangeWords *words)
{
  const LbNginxUse *use = g_hash_table_lookup (self->uses, self->pool->name);
  const char *address = lb_exchange_words_get (words, 1);
  g_auto (LbProbeSettings) wanted = { 0 };
  LbExchangeServer server = { .secure = use != NULL && use->secure,
                              .path = use != NULL ? use->path : NULL };
  g_autofree char *host = NULL;
  LbBackend *backend;

  if (!lb_nginx_split_address (address, &host, &server.port))
    {
      lb_exchange_notes_add (self->pool->notes, words->line,
                             _("The backend is left out: no URL leads to the address “%s”. Write "
                               "a host and a port there."),
                             address);
      return;
    }

  server.host = host;
  backend = lb_exchange_pool_add (self->pool, &server, words->line);
  if (backend == NULL)
    return;

  lb_probe_settings_copy (&wanted, &self->pool->probe);
  if (server.secure && use->verify >= 0)
    wanted.verify_certificate = use->verify;
  for (guint i = 2; i < words->words->len; i++)
    lb_nginx_read_option (self, backend, lb_exchange_words_get (words, i), &wanted, words->line);
  lb_exchange_pool_set_probe (self->pool, backend, &wanted, words->line);
}

/* Directives and blocks */

static void
lb_nginx_read_line (LbNginxReader *self,
                    const LbExchangeWords *words)
{
  const char *name = lb_exchange_words_get (words, 0);

  if (g_str_equal (name, "include"))
    lb_exchange_notes_add (self->pool != NULL ? self->pool->notes : self->import->notes,
                           words->line,
                           _("“include %s” is not followed. If there are backends in it, import "
                             "that file itself."),
                           lb_exchange_words_get (words, 1));
  else if (self->pool == NULL)
    return;
  else if (g_str_equal (name, "server"))
    lb_nginx_read_server (self, words);
  else if (!lb_nginx_read_policy (self, words))
    lb_nginx_leave_out (self, name, words->line);
}

static gboolean
lb_nginx_open (LbNginxReader *self,
               LbExchangeWords *words,
               GError **error)
{
  const char *name = lb_exchange_words_get (words, 0);

  if (g_str_has_suffix (name, "_by_lua_block"))
    {
      if (self->pool != NULL)
        lb_nginx_leave_out (self, name, words->line);
      lb_exchange_words_skip_block (words);
      return TRUE;
    }

  if (!lb_nginx_check_depth (++self->depth, words, error))
    return FALSE;

  if (self->pool == NULL && g_str_equal (name, "upstream"))
    {
      self->pool =
        lb_exchange_import_begin (self->import, lb_exchange_words_get (words, 1), words->line);
      self->pool_depth = self->depth;
      lb_exchange_pool_set_policy (self->pool, "round-robin");
      if (self->stream_depth != 0)
        lb_exchange_notes_add (self->pool->notes, words->line,
                               _("“%s” need not be HTTP. Here the backends are taken for HTTP "
                                 "servers all the same."),
                               "stream");
    }
  else if (self->stream_depth == 0 && g_str_equal (name, "stream"))
    self->stream_depth = self->depth;

  return TRUE;
}

static gboolean
lb_nginx_close (LbNginxReader *self,
                const LbExchangeWords *words,
                GError **error)
{
  if (self->depth == 0)
    {
      g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX, _("Line %u: %s"),
                   words->line,
                   _("This “}” closes no block. Remove it, and import the file again."));
      return FALSE;
    }

  if (self->pool != NULL && self->depth == self->pool_depth)
    lb_exchange_import_end (self->import, g_steal_pointer (&self->pool));
  if (self->depth == self->stream_depth)
    self->stream_depth = 0;
  self->depth--;

  return TRUE;
}

/* What is open at the end of the file is not whole. */
static gboolean
lb_nginx_end (LbNginxReader *self,
              const LbExchangeWords *words,
              GError **error)
{
  if (self->depth == 0)
    return TRUE;

  g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX, _("Line %u: %s"), words->line,
               _("The file ends here, but a block is still open. Add the “}” that is missing, and "
                 "import the file again."));

  return FALSE;
}

static gboolean
lb_nginx_read_all (LbNginxReader *self,
                   LbExchangeWords *words,
                   GError **error)
{
  for (;;)
    {
      gboolean good = TRUE;

      switch (lb_exchange_words_next_block (words, error))
        {
        case LB_EXCHANGE_LINE:
          lb_nginx_read_line (self, words);
          break;

        case LB_EXCHANGE_OPEN:
          good = lb_nginx_open (self, words, error);
          break;

        case LB_EXCHANGE_CLOSE:
          good = lb_nginx_close (self, words, error);
          break;

        case LB_EXCHANGE_END:
          return lb_nginx_end (self, words, error);

        case LB_EXCHANGE_BROKEN:
        default:
          good = FALSE;
          break;
        }

      if (!good)
        return FALSE;
    }
}

/**
 * lb_exchange_nginx_read:
 * @import: what to add the pools to
 * @text: a configuration; anything is safe
 * @error: return location for a %LB_EXCHANGE_ERROR_SYNTAX
 *
 * Returns: whether it could be read
 */
gboolean
lb_exchange_nginx_read (LbExchangeImport *import,
                        const char *text,
                        GError **error)
{
  LbNginxReader self = { .import = import };
  g_autoptr (GHashTable) uses = lb_nginx_find_uses (text, import->notes, error);
  g_auto (LbExchangeWords) words = { 0 };
  gboolean good;

  if (uses == NULL)
    return FALSE;

  self.uses = uses;
  lb_exchange_words_init (&words, text);
  good = lb_nginx_read_all (&self, &words, error);
  g_clear_pointer (&self.pool, lb_exchange_pool_free);

  return good;
}

/**
 * lb_exchange_nginx_detect:
 * @text: the contents of a file
 *
 * Returns: whether a line of it begins a block of nginx's
 */
gboolean
lb_exchange_nginx_detect (const char *text)
{
  static const char *const names[] = { "upstream", "http", "server", "stream", "events", "include" };

  for (const char *line = text; line != NULL; line = strchr (line, '\n'))
    {
      const char *word = line + strspn (line, " \t\r\n");
      const gsize length = strcspn (word, " \t\r\n{;");
      const gsize rest = strcspn (word, "\r\n");

      if (memchr (word, '{', rest) != NULL || memchr (word, ';', rest) != NULL)
        for (guint i = 0; i < G_N_ELEMENTS (names); i++)
          if (strlen (names[i]) == length && strncmp (word, names[i], length) == 0)
            return TRUE;

      line = word;
    }

  return FALSE;
}
