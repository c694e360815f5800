/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-haproxy-proxy.h"
#include "exchange/lb-exchange-haproxy.h"
#include "exchange/lb-exchange-probe.h"
#include "exchange/lb-exchange-words.h"

/*
 * A configuration of HAProxy, as versions up to 3 read it: its `backend` and `listen` sections with
 * what their `defaults` say. HAProxy's own defaults are taken over only where a line of the file asks
 * for what has them.
 */

/* So many `defaults` sections with a name are remembered. */
#define MAX_DEFAULTS 1000

/* What the section is that lines belong to. */
typedef enum
{
  SECTION_OTHER,
  SECTION_GLOBAL,
  SECTION_DEFAULTS,
  SECTION_POOL,
} LbHaproxySection;

typedef struct
{
  LbExchangeImport *import;
  LbHaproxySection section;
  LbHaproxyProxy *proxy; /* what a section of the two last kinds says so far */
  char *name;            /* of a defaults section */
  LbExchangePool *pool;  /* what a pool's section becomes */

  double jitter;            /* -1 if it is not said */
  LbHaproxyProxy *defaults; /* the last ones */
  GHashTable *named;        /* all with a name: char * → LbHaproxyProxy * */
} LbHaproxyReader;

static const struct
{
  const char *name;
  LbHaproxySection section;
} sections[] = {
  { "global", SECTION_GLOBAL },     { "defaults", SECTION_DEFAULTS }, { "backend", SECTION_POOL },
  { "listen", SECTION_POOL },       { "frontend", SECTION_OTHER },    { "peers", SECTION_OTHER },
  { "resolvers", SECTION_OTHER },   { "mailers", SECTION_OTHER },     { "userlist", SECTION_OTHER },
  { "program", SECTION_OTHER },     { "http-errors", SECTION_OTHER }, { "cache", SECTION_OTHER },
  { "ring", SECTION_OTHER },        { "log-forward", SECTION_OTHER }, { "fcgi-app", SECTION_OTHER },
  { "log-profile", SECTION_OTHER }, { "crt-store", SECTION_OTHER },   { "traces", SECTION_OTHER },
  { "acme", SECTION_OTHER },
};

static gboolean
lb_haproxy_find_section (const char *name,
                         LbHaproxySection *section)
{
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    if (g_str_equal (sections[i].name, name))
      {
        *section = sections[i].section;
        return TRUE;
      }

  return FALSE;
}

/* Keeps what a `defaults` section has said for those that follow it or name it. */
static void
lb_haproxy_reader_keep_defaults (LbHaproxyReader *self)
{
  g_clear_pointer (&self->defaults, lb_haproxy_proxy_free);

  if (self->name != NULL && g_hash_table_size (self->named) < MAX_DEFAULTS)
    g_hash_table_replace (self->named, g_steal_pointer (&self->name),
                          lb_haproxy_proxy_new (self->proxy));

  self->defaults = g_steal_pointer (&self->proxy);
}

static void
lb_haproxy_reader_end_section (LbHaproxyReader *self)
{
  if (self->section == SECTION_DEFAULTS)
    lb_haproxy_reader_keep_defaults (self);
  else if (self->section == SECTION_POOL)
    {
      lb_haproxy_proxy_end (self->proxy, self->jitter, self->pool);
      lb_exchange_import_end (self->import, g_steal_pointer (&self->pool));
    }

  g_clear_pointer (&self->proxy, lb_haproxy_proxy_free);
  g_clear_pointer (&self->name, g_free);
  self->section = SECTION_OTHER;
}

/* The defaults that hold for a section: those it names by `from`, or the last. */
static const LbHaproxyProxy *
lb_haproxy_reader_get_defaults (LbHaproxyReader *self,
                                const LbExchangeWords *words)
{
  const LbHaproxyProxy *named = NULL;

  for (guint i = 1; i + 1 < words->words->len; i++)
    if (g_str_equal (lb_exchange_words_get (words, i), "from"))
      named = g_hash_table_lookup (self->named, lb_exchange_words_get (words, i + 1));

  return named != NULL ? named : self->defaults;
}

static void
lb_haproxy_reader_begin_section (LbHaproxyReader *self,
                                 LbHaproxySection section,
                                 const LbExchangeWords *words)
{
  const char *name = lb_exchange_words_get (words, 1);

  lb_haproxy_reader_end_section (self);
  self->section = section;

  switch (section)
    {
    case SECTION_DEFAULTS:
      /* Only one that says so goes on from another. */
      self->proxy = lb_haproxy_proxy_new (words->words->len > 3
                                            ? lb_haproxy_reader_get_defaults (self, words)
                                            : NULL);
      self->name = *name != '\0' ? g_strdup (name) : NULL;
      break;

    case SECTION_POOL:
      self->proxy = lb_haproxy_proxy_new (lb_haproxy_reader_get_defaults (self, words));
      self->pool = lb_exchange_import_begin (self->import,
                                             *name != '\0' ? name : lb_exchange_words_get (words, 0),
                                             words->line);
      break;

    case SECTION_OTHER:
      lb_exchange_notes_add (self->import->notes, words->line,
                             _("Only backends are read: the section “%s” is left out."),
                             lb_exchange_words_get (words, 0));
      break;

    case SECTION_GLOBAL:
    default:
      break;
    }
}

static void
lb_haproxy_reader_read_global (LbHaproxyReader *self,
                               const LbExchangeWords *words)
{
  gint64 percent;

  /* Its checks come so much too early or too late, as ours do. */
  if (g_str_equal (lb_exchange_words_get (words, 0), "spread-checks") &&
      lb_exchange_read_integer (lb_exchange_words_get (words, 1), &percent) && percent <= 50)
    {
      self->jitter = (double) percent / 100;
      return;
    }

  lb_exchange_notes_add (self->import->notes, words->line,
                         _("“%s” has no counterpart here and is left out."),
                         lb_exchange_words_get (words, 0));
}

static void
lb_haproxy_reader_read_line (LbHaproxyReader *self,
                             const LbExchangeWords *words)
{
  const char *first = lb_exchange_words_get (words, 0);
  LbHaproxySection section;

  if (*first == '.')
    lb_exchange_notes_add (self->import->notes, words->line,
                           _("Conditions such as “%s” are not followed: every line is read."),
                           first);
  else if (lb_haproxy_find_section (first, &section))
    lb_haproxy_reader_begin_section (self, section, words);
  else if (self->section == SECTION_GLOBAL)
    lb_haproxy_reader_read_global (self, words);
  else if (self->section == SECTION_DEFAULTS)
    lb_haproxy_proxy_read (self->proxy, words, self->import->notes);
  else if (self->section == SECTION_POOL)
    lb_haproxy_proxy_read (self->proxy, words, self->pool->notes);
}

/**
 * lb_exchange_haproxy_read:
 * @import: what to add the pools to
 * @text: a configuration; anything is safe
 * @error: return location for a %LB_EXCHANGE_ERROR_SYNTAX
 *
 * Returns: whether it could be read
 */
gboolean
lb_exchange_haproxy_read (LbExchangeImport *import,
                          const char *text,
                          GError **error)
{
  LbHaproxyReader self = { .import = import, .jitter = -1 };
  g_auto (LbExchangeWords) words = { 0 };
  LbExchangeToken token;

  self.named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) lb_haproxy_proxy_free);
  lb_exchange_words_init (&words, text);

  while ((token = lb_exchange_words_next_line (&words, error)) == LB_EXCHANGE_LINE)
    lb_haproxy_reader_read_line (&self, &words);

  lb_haproxy_reader_end_section (&self);
  g_clear_pointer (&self.defaults, lb_haproxy_proxy_free);
  g_hash_table_unref (self.named);

  return token == LB_EXCHANGE_END;
}

/**
 * lb_exchange_haproxy_detect:
 * @text: the contents of a file
 *
 * Returns: whether a line of it begins a section of HAProxy's that can hold servers or goes with those
 */
gboolean
lb_exchange_haproxy_detect (const char *text)
{
  static const char *const names[] = { "global", "defaults", "backend", "listen", "frontend" };

  for (const char *line = text; line != NULL; line = strchr (line, '\n'))
    {
      const char *word = line + strspn (line, " \t\r\n");
      const gsize length = strcspn (word, " \t\r\n");
      const gsize rest = strcspn (word, "\r\n");

      if (memchr (word, '{', rest) == NULL && memchr (word, ';', rest) == NULL)
        for (guint i = 0; i < G_N_ELEMENTS (names); i++)
          if (strlen (names[i]) == length && strncmp (word, names[i], length) == 0)
            return TRUE;

      line = word;
    }

  return FALSE;
}
