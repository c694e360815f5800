/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-nginx"

#include "config.h"

#include "exchange/lb-exchange-nginx-use.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-error.h"

/* So many upstreams are remembered. */
#define MAX_USES 10000

/* A block that is open. */
typedef struct
{
  char *location;   /* of a `location` with a plain path: that path */
  int verify;       /* what it says of certificates; -1 if nothing */
  guint first_use;  /* the first use that is in it */
} LbNginxBlock;

typedef struct
{
  LbNginxBlock blocks[LB_NGINX_MAX_DEPTH + 1]; /* the file itself is the first */
  guint depth;
  GPtrArray *uses;     /* LbNginxUse, in order; owned by @by_name */
  GHashTable *by_name; /* char * → LbNginxUse * */
  LbExchangeNotes *notes;
} LbNginxScan;

static void
lb_nginx_use_free (gpointer data)
{
  LbNginxUse *self = data;

  g_free (self->path);
  g_free (self);
}

/**
 * lb_nginx_check_depth:
 * @depth: how many blocks are open
 * @words: where reading is
 * @error: return location for a %LB_EXCHANGE_ERROR_SYNTAX
 *
 * Returns: whether that is not too deep
 */
gboolean
lb_nginx_check_depth (guint depth,
                      const LbExchangeWords *words,
                      GError **error)
{
  if (depth <= LB_NGINX_MAX_DEPTH)
    return TRUE;

  g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX, _("Line %u: %s"), words->line,
               _("More blocks are open here than any configuration has. Close them, and import the "
                 "file again."));

  return FALSE;
}

static void
lb_nginx_scan_open (LbNginxScan *self,
                    const LbExchangeWords *words)
{
  LbNginxBlock *block = &self->blocks[++self->depth];
  const char *path = lb_exchange_words_get (words, 1);

  *block = (LbNginxBlock){ .verify = -1, .first_use = self->uses->len };
  if (g_str_equal (lb_exchange_words_get (words, 0), "location") && words->words->len == 2)
    block->location = g_strdup (path);
}

static void
lb_nginx_scan_close (LbNginxScan *self)
{
  LbNginxBlock *block = &self->blocks[self->depth];

  /* What a block says holds for those in it that say nothing. */
  for (guint i = block->first_use; block->verify >= 0 && i < self->uses->len; i++)
    {
      LbNginxUse *use = g_ptr_array_index (self->uses, i);

      if (use->verify < 0)
        use->verify = block->verify;
    }

  g_clear_pointer (&block->location, g_free);
  if (self->depth > 0)
    self->depth--;
}

/* What is put in front of a request's path. In `location /` the path of the URL takes the place of
 * the first slash. */
static char *
lb_nginx_scan_get_path (LbNginxScan *self,
                        const char *path,
                        guint line)
{
  const char *location = self->blocks[self->depth].location;
  const gsize length = strlen (path);

  if (length <= 1)
    return NULL;

  if (g_strcmp0 (location, "/") == 0 && path[length - 1] == '/' && strchr (path, '$') == NULL)
    return g_strndup (path, length - 1);

  lb_exchange_notes_add (self->notes, line,
                         _("The path “%s” is left out: only one that ends with a “/”, in “location "
                           "/”, can be a backend’s base path."),
                         path);
  return NULL;
}

static void
lb_nginx_scan_pass (LbNginxScan *self,
                    const LbExchangeWords *words)
{
  const char *url = lb_exchange_words_get (words, 1);
  const gboolean secure = g_str_has_prefix (url, "https://");
  g_autofree char *name = NULL;
  LbNginxUse *use, *known;

  if (!secure && !g_str_has_prefix (url, "http://"))
    return;

  url = strstr (url, "://") + strlen ("://");
  name = g_strndup (url, strcspn (url, "/"));
  use = g_new0 (LbNginxUse, 1);
  use->line = words->line;
  use->secure = secure;
  use->verify = -1;
  use->path = lb_nginx_scan_get_path (self, url + strlen (name), words->line);

  known = g_hash_table_lookup (self->by_name, name);
  if (known == NULL && self->uses->len < MAX_USES)
    {
      g_ptr_array_add (self->uses, use);
      g_hash_table_insert (self->by_name, g_steal_pointer (&name), use);
      return;
    }

  if (known != NULL && (known->secure != secure || g_strcmp0 (known->path, use->path) != 0))
    lb_exchange_notes_add (self->notes, words->line,
                           _("“%s” is used in another way than in line %u, and is taken as "
                             "there."),
                           name, known->line);
  lb_nginx_use_free (use);
}

static void
lb_nginx_scan_line (LbNginxScan *self,
                    const LbExchangeWords *words)
{
  const char *name = lb_exchange_words_get (words, 0);

  if (g_str_equal (name, "proxy_pass"))
    lb_nginx_scan_pass (self, words);
  else if (g_str_equal (name, "proxy_ssl_verify"))
    self->blocks[self->depth].verify = g_str_equal (lb_exchange_words_get (words, 1), "on");
}

/**
 * lb_nginx_find_uses:
 * @text: a configuration; anything is safe
 * @notes: what to add a note to for what cannot be taken over
 * @error: return location for a %LB_EXCHANGE_ERROR_SYNTAX
 *
 * Returns: (transfer full) (nullable) (element-type utf8 LbNginxUse): how each upstream is used
 */
GHashTable *
lb_nginx_find_uses (const char *text,
                    LbExchangeNotes *notes,
                    GError **error)
{
  g_autofree LbNginxScan *self = g_new0 (LbNginxScan, 1);
  g_autoptr (GPtrArray) uses = g_ptr_array_new ();
  g_autoptr (GHashTable) by_name =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lb_nginx_use_free);
  g_auto (LbExchangeWords) words = { 0 };
  LbExchangeToken token = LB_EXCHANGE_LINE;
  gboolean good = TRUE;

  self->blocks[0].verify = -1;
  self->uses = uses;
  self->by_name = by_name;
  self->notes = notes;
  lb_exchange_words_init (&words, text);

  while (good && token != LB_EXCHANGE_END)
    {
      token = lb_exchange_words_next_block (&words, error);

      switch (token)
        {
        case LB_EXCHANGE_LINE:
          lb_nginx_scan_line (self, &words);
          break;

        case LB_EXCHANGE_OPEN:
          if (g_str_has_suffix (lb_exchange_words_get (&words, 0), "_by_lua_block"))
            lb_exchange_words_skip_block (&words);
          else if ((good = lb_nginx_check_depth (self->depth + 1, &words, error)))
            lb_nginx_scan_open (self, &words);
          break;

        case LB_EXCHANGE_CLOSE:
          /* One too many is told when the upstreams are read. */
          if (self->depth > 0)
            lb_nginx_scan_close (self);
          break;

        case LB_EXCHANGE_BROKEN:
          good = FALSE;
          break;

        case LB_EXCHANGE_END:
        default:
          break;
        }
    }

  while (self->depth > 0)
    lb_nginx_scan_close (self);
  lb_nginx_scan_close (self);

  return good ? g_steal_pointer (&by_name) : NULL;
}
