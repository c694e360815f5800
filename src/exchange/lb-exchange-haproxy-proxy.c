/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include "exchange/lb-exchange-haproxy-proxy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-probe.h"

static void
lb_haproxy_set (char **place,
                const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

/* Notes that a line is left out; so many of its first words say which. */
static void
lb_haproxy_leave_out (const LbExchangeWords *words,
                      guint n_words,
                      LbExchangeNotes *notes)
{
  g_autoptr (GString) what = g_string_new (lb_exchange_words_get (words, 0));

  for (guint i = 1; i < n_words && i < words->words->len; i++)
    g_string_append_printf (what, " %s", lb_exchange_words_get (words, i));

  lb_exchange_notes_add (notes, words->line,
                         _("“%s” has no counterpart here and is left out."), what->str);
}

/* How the next backend is chosen */

static void
lb_haproxy_read_random (LbHaproxyProxy *self,
                        const LbExchangeWords *words,
                        LbExchangeNotes *notes)
{
  const char *draws = lb_exchange_words_get (words, 1) + strlen ("random");

  if (g_str_equal (draws, "(1)"))
    {
      lb_haproxy_set (&self->policy, "random");
      return;
    }

  lb_haproxy_set (&self->policy, "two-choices");
  if (*draws != '\0' && !g_str_equal (draws, "(2)"))
    lb_exchange_notes_add (notes, words->line, _("“%s” becomes the policy “%s”."),
                           lb_exchange_words_get (words, 1), self->policy);
}

static void
lb_haproxy_read_balance (LbHaproxyProxy *self,
                         const LbExchangeWords *words,
                         LbExchangeNotes *notes)
{
  static const struct
  {
    const char *name;
    const char *policy;
  } policies[] = {
    { "roundrobin", "round-robin" },       { "static-rr", "round-robin" },
    { "leastconn", "least-connections" },  { "source", "source-hash" },
    { "uri", "path-hash" },
  };
  const char *name = lb_exchange_words_get (words, 1);

  if (g_str_equal (name, "random") || g_str_has_prefix (name, "random("))
    {
      lb_haproxy_read_random (self, words, notes);
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_str_equal (policies[i].name, name))
      {
        lb_haproxy_set (&self->policy, policies[i].policy);
        if (words->words->len > 2 && !g_str_equal (lb_exchange_words_get (words, 2), "path-only"))
          lb_haproxy_leave_out (words, 3, notes);
        return;
      }

  g_clear_pointer (&self->policy, g_free);
  lb_exchange_notes_add (notes, words->line,
                         _("No policy here does what “%s %s” does, so the policy is left as it "
                           "is."),
                         "balance", name);
}

/* How servers are checked */

/* The value of a header, in which `%` begins what HAProxy fills in. */
static gboolean
lb_haproxy_read_format (const char *text,
                        char **plain)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '%' && *++p != '%')
        return FALSE;
      g_string_append_c (out, *p);
    }

  *plain = g_string_free (g_steal_pointer (&out), FALSE);
  return TRUE;
}

static void
lb_haproxy_read_header (LbHaproxyProxy *self,
                        const char *name,
                        const char *value,
                        guint line,
                        LbExchangeNotes *notes)
{
  g_autofree char *plain = NULL;

  if (g_ascii_strcasecmp (name, "Host") == 0 && g_str_equal (value, "%[srv_name]"))
    lb_haproxy_set (&self->authority, value);
  else if (!lb_haproxy_read_format (value, &plain))
    lb_exchange_notes_add (notes, line, _("“%s” has no counterpart here and is left out."), value);
  else if (g_ascii_strcasecmp (name, "Host") == 0)
    lb_haproxy_set (&self->authority, plain);
  else
    lb_exchange_add_header (self->headers, name, plain, notes, line);
}

/* The headers that older files have in the place of the version: `HTTP/1.1\r\nHost:\ example.org`. */
static void
lb_haproxy_read_version (LbHaproxyProxy *self,
                         const char *text,
                         guint line,
                         LbExchangeNotes *notes)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      char *value = strchr (lines[i], ':');

      if (value == NULL)
        continue;

      *value++ = '\0';
      if (g_ascii_strcasecmp (lines[i], "Host") == 0)
        lb_haproxy_set (&self->authority, g_strstrip (value));
      else if (g_ascii_strcasecmp (lines[i], "Connection") != 0)
        lb_exchange_add_header (self->headers, lines[i], g_strstrip (value), notes, line);
    }
}

static void
lb_haproxy_begin_request (LbHaproxyProxy *self)
{
  lb_haproxy_set (&self->method, "OPTIONS");
  lb_haproxy_set (&self->uri, "/");
  g_clear_pointer (&self->authority, g_free);
  g_ptr_array_set_size (self->headers, 0);
}

static void
lb_haproxy_read_httpchk (LbHaproxyProxy *self,
                         const LbExchangeWords *words,
                         LbExchangeNotes *notes)
{
  const guint n = words->words->len;

  self->httpchk = TRUE;

  /* What is to be sent may be said before, by `http-check send`. */
  if (n == 2 && self->uri != NULL)
    return;

  lb_haproxy_begin_request (self);
  if (n >= 4)
    lb_haproxy_set (&self->method, lb_exchange_words_get (words, 2));
  if (n >= 3)
    lb_haproxy_set (&self->uri, lb_exchange_words_get (words, n >= 4 ? 3 : 2));
  if (n >= 5)
    lb_haproxy_read_version (self, lb_exchange_words_get (words, 4), words->line, notes);
}

static void
lb_haproxy_read_send (LbHaproxyProxy *self,
                      const LbExchangeWords *words,
                      LbExchangeNotes *notes)
{
  /* A request that `option httpchk` has described keeps what is not said anew. */
  if (self->uri == NULL)
    lb_haproxy_begin_request (self);
  g_ptr_array_set_size (self->headers, 0);

  for (guint i = 2; i < words->words->len; i += 2)
    {
      const char *name = lb_exchange_words_get (words, i);
      const char *value = lb_exchange_words_get (words, i + 1);

      if (g_str_equal (name, "meth"))
        lb_haproxy_set (&self->method, value);
      else if (g_str_equal (name, "uri"))
        lb_haproxy_set (&self->uri, value);
      else if (g_str_equal (name, "hdr"))
        {
          lb_haproxy_read_header (self, value, lb_exchange_words_get (words, i + 2), words->line,
                                  notes);
          i++;
        }
      else if (!g_str_equal (name, "ver") && !g_str_equal (name, "comment"))
        lb_exchange_notes_add (notes, words->line,
                               _("“%s” has no counterpart here and is left out."), name);
    }
}

static void
lb_haproxy_read_expect (LbHaproxyProxy *self,
                        const LbExchangeWords *words,
                        LbExchangeNotes *notes)
{
  static const char *const options[] = { "comment", "min-recv", "ok-status", "error-status",
                                         "tout-status", "on-success", "on-error", "status-code",
                                         NULL };
  guint i = 2;
  const char *what, *pattern;

  while (g_strv_contains (options, lb_exchange_words_get (words, i)))
    i += 2;

  what = lb_exchange_words_get (words, i);
  pattern = lb_exchange_words_get (words, i + 1);

  if (g_str_equal (what, "status"))
    lb_haproxy_set (&self->expected_status, pattern);
  else if (g_str_equal (what, "string"))
    lb_haproxy_set (&self->expected_body, pattern);
  else
    lb_haproxy_leave_out (words, i + 2, notes);
}

static void
lb_haproxy_read_check (LbHaproxyProxy *self,
                       const LbExchangeWords *words,
                       LbExchangeNotes *notes)
{
  const char *what = lb_exchange_words_get (words, 1);

  if (g_str_equal (what, "send"))
    lb_haproxy_read_send (self, words, notes);
  else if (g_str_equal (what, "expect"))
    lb_haproxy_read_expect (self, words, notes);
  else
    lb_haproxy_leave_out (words, 2, notes);
}

/* Its other lines */

static void
lb_haproxy_read_option (LbHaproxyProxy *self,
                        const LbExchangeWords *words,
                        LbExchangeNotes *notes)
{
  const char *name = lb_exchange_words_get (words, 1);

  if (g_str_equal (name, "httpchk"))
    lb_haproxy_read_httpchk (self, words, notes);
  else if (g_str_equal (name, "allbackups"))
    self->all_backups = TRUE;
  else
    lb_haproxy_leave_out (words, 2, notes);
}

static void
lb_haproxy_read_no (LbHaproxyProxy *self,
                    const LbExchangeWords *words,
                    LbExchangeNotes *notes)
{
  /* What is taken back needs no counterpart. */
  if (g_str_equal (lb_exchange_words_get (words, 2), "allbackups"))
    self->all_backups = FALSE;
  else if (g_str_equal (lb_exchange_words_get (words, 2), "httpchk"))
    self->httpchk = FALSE;
}

static void
lb_haproxy_read_timeout (LbHaproxyProxy *self,
                         const LbExchangeWords *words,
                         LbExchangeNotes *notes)
{
  if (!g_str_equal (lb_exchange_words_get (words, 1), "check") ||
      !lb_haproxy_read_time (lb_exchange_words_get (words, 2), &self->timeout))
    lb_haproxy_leave_out (words, 2, notes);
}

/* A base path is put in front of each request's own: `http-request set-path /base%[path]`. */
static void
lb_haproxy_read_request (LbHaproxyProxy *self,
                         const LbExchangeWords *words,
                         LbExchangeNotes *notes)
{
  const char *path = lb_exchange_words_get (words, 2);
  g_autofree char *format = NULL;
  g_autofree char *plain = NULL;

  if (words->words->len == 3 && g_str_equal (lb_exchange_words_get (words, 1), "set-path") &&
      *path == '/' && g_str_has_suffix (path, "%[path]"))
    {
      format = g_strndup (path, strlen (path) - strlen ("%[path]"));
      if (lb_haproxy_read_format (format, &plain))
        {
          lb_haproxy_set (&self->path, plain);
          return;
        }
    }

  lb_haproxy_leave_out (words, 3, notes);
}

static void
lb_haproxy_read_mode (LbHaproxyProxy *self,
                      const LbExchangeWords *words,
                      LbExchangeNotes *notes)
{
  if (!g_str_equal (lb_exchange_words_get (words, 1), "http"))
    lb_exchange_notes_add (notes, words->line,
                           _("“%s” need not be HTTP. Here the backends are taken for HTTP servers "
                             "all the same."),
                           "mode tcp");
}

static void
lb_haproxy_read_hash_type (LbHaproxyProxy *self,
                           const LbExchangeWords *words,
                           LbExchangeNotes *notes)
{
  /* Ours always are. */
  if (words->words->len != 2 || !g_str_equal (lb_exchange_words_get (words, 1), "consistent"))
    lb_haproxy_leave_out (words, words->words->len, notes);
}

static void
lb_haproxy_read_default_server (LbHaproxyProxy *self,
                                const LbExchangeWords *words,
                                LbExchangeNotes *notes)
{
  self->defaults->line = words->line;
  lb_haproxy_server_read (self->defaults, words, 1, notes);
}

static void
lb_haproxy_read_server (LbHaproxyProxy *self,
                        const LbExchangeWords *words,
                        LbExchangeNotes *notes)
{
  const gboolean is_template = g_str_equal (lb_exchange_words_get (words, 0), "server-template");
  const guint place = is_template ? 3 : 2;
  LbHaproxyServer *server;

  if (words->words->len <= place)
    {
      lb_exchange_notes_add (notes, words->line,
                             _("The backend is left out: it has no address. Write a host and a "
                               "port there."));
      return;
    }

  if (is_template)
    lb_exchange_notes_add (notes, words->line,
                           _("“server-template %s” stands for the servers that a name leads to. "
                             "Here the name is one backend."),
                           lb_exchange_words_get (words, 1));

  /* No more are taken over anyway; that is said when they are. */
  if (self->servers->len > LB_EXCHANGE_MAX_BACKENDS)
    return;

  server = lb_haproxy_server_new (self->defaults);
  server->line = words->line;
  server->name = g_strdup (lb_exchange_words_get (words, 1));
  server->address = g_strdup (lb_exchange_words_get (words, place));
  lb_haproxy_server_read (server, words, place + 1, notes);
  g_ptr_array_add (self->servers, server);
}

/**
 * lb_haproxy_proxy_read:
 * @self: a section
 * @words: a line of it
 * @notes: what to add a note to for what cannot be taken over
 */
void
lb_haproxy_proxy_read (LbHaproxyProxy *self,
                       const LbExchangeWords *words,
                       LbExchangeNotes *notes)
{
  static const struct
  {
    const char *name;
    void (*read) (LbHaproxyProxy *self, const LbExchangeWords *words, LbExchangeNotes *notes);
  } keywords[] = {
    { "balance", lb_haproxy_read_balance },
    { "default-server", lb_haproxy_read_default_server },
    { "hash-type", lb_haproxy_read_hash_type },
    { "http-check", lb_haproxy_read_check },
    { "http-request", lb_haproxy_read_request },
    { "mode", lb_haproxy_read_mode },
    { "no", lb_haproxy_read_no },
    { "option", lb_haproxy_read_option },
    { "server", lb_haproxy_read_server },
    { "server-template", lb_haproxy_read_server },
    { "timeout", lb_haproxy_read_timeout },
  };
  const char *name = lb_exchange_words_get (words, 0);

  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (g_str_equal (keywords[i].name, name))
      {
        keywords[i].read (self, words, notes);
        return;
      }

  lb_haproxy_leave_out (words, 1, notes);
}

/**
 * lb_haproxy_proxy_new:
 * @defaults: (nullable): the `defaults` section that holds for it
 *
 * Returns: (transfer full): a section that says nothing else yet
 */
LbHaproxyProxy *
lb_haproxy_proxy_new (const LbHaproxyProxy *defaults)
{
  LbHaproxyProxy *self = g_new0 (LbHaproxyProxy, 1);

  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) lb_haproxy_server_free);
  self->defaults = lb_haproxy_server_new (defaults != NULL ? defaults->defaults : NULL);
  self->timeout = defaults != NULL ? defaults->timeout : -1;
  self->policy = g_strdup (defaults != NULL ? defaults->policy : "round-robin");

  if (defaults == NULL)
    return self;

  self->httpchk = defaults->httpchk;
  self->all_backups = defaults->all_backups;
  self->method = g_strdup (defaults->method);
  self->uri = g_strdup (defaults->uri);
  self->authority = g_strdup (defaults->authority);
  self->expected_status = g_strdup (defaults->expected_status);
  self->expected_body = g_strdup (defaults->expected_body);
  self->path = g_strdup (defaults->path);
  for (guint i = 0; i < defaults->headers->len; i++)
    g_ptr_array_add (self->headers, g_strdup (g_ptr_array_index (defaults->headers, i)));

  return self;
}

/**
 * lb_haproxy_proxy_free:
 * @self: (transfer full): a section
 */
void
lb_haproxy_proxy_free (LbHaproxyProxy *self)
{
  g_free (self->policy);
  g_free (self->method);
  g_free (self->uri);
  g_free (self->authority);
  g_ptr_array_unref (self->headers);
  g_free (self->expected_status);
  g_free (self->expected_body);
  g_free (self->path);
  lb_haproxy_server_free (self->defaults);
  g_ptr_array_unref (self->servers);
  g_free (self);
}
