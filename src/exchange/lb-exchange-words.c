/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-words"

#include "config.h"

#include "exchange/lb-exchange-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-error.h"

/*
 * Words with quotes, escapes and comments, in HAProxy's lines and in nginx's directives and blocks.
 */

/* Several times as long as HAProxy and nginx let a word be. Some are copied for each server. */
#define MAX_WORD 16384

/**
 * lb_exchange_check_length:
 * @length: how many bytes a text in a file has
 * @max: how many it may have
 * @error: return location for a %LB_EXCHANGE_ERROR_TOO_LARGE
 *
 * Returns: whether it may be so long
 */
gboolean
lb_exchange_check_length (gsize length,
                          gsize max,
                          GError **error)
{
  if (length <= max)
    return TRUE;

  g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_TOO_LARGE,
               _("A text in the file is longer than %d bytes. Import a part of it that describes "
                 "pools."),
               (int) max);

  return FALSE;
}

/**
 * lb_exchange_words_init:
 * @self: (out caller-allocates): memory for a reader
 * @text: what to read, which must stay until the reader is cleared
 */
void
lb_exchange_words_init (LbExchangeWords *self,
                        const char *text)
{
  *self = (LbExchangeWords){
    .words = g_ptr_array_new_with_free_func (g_free),
    .p = text,
    .current_line = 1,
    .word = g_string_new (NULL),
  };
}

/**
 * lb_exchange_words_clear:
 * @self: a reader
 */
void
lb_exchange_words_clear (LbExchangeWords *self)
{
  g_clear_pointer (&self->words, g_ptr_array_unref);
  if (self->word != NULL)
    g_string_free (g_steal_pointer (&self->word), TRUE);
}

/**
 * lb_exchange_words_get:
 * @self: a reader
 * @place: which of the words, from 0
 *
 * Returns: that word, or an empty one past the last
 */
const char *
lb_exchange_words_get (const LbExchangeWords *self,
                       guint place)
{
  return place < self->words->len ? g_ptr_array_index (self->words, place) : "";
}

static void
lb_exchange_words_begin (LbExchangeWords *self)
{
  g_ptr_array_set_size (self->words, 0);
  self->line = self->current_line;
}

static gboolean
lb_exchange_words_take (LbExchangeWords *self,
                        GError **error)
{
  if (!lb_exchange_check_length (self->word->len, MAX_WORD, error))
    return FALSE;

  if (self->words->len == 0)
    self->line = self->current_line;

  if (self->words->len < LB_EXCHANGE_MAX_WORDS)
    g_ptr_array_add (self->words, g_strndup (self->word->str, self->word->len));

  g_string_truncate (self->word, 0);

  return TRUE;
}

static gboolean
lb_exchange_words_fail (guint line,
                        const char *sentence,
                        GError **error)
{
  g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX, _("Line %u: %s"), line,
               sentence);

  return FALSE;
}

static gboolean
lb_exchange_words_fail_quote (guint line,
                              GError **error)
{
  return lb_exchange_words_fail (line,
                                 _("The quote that begins here has no end. Close it, and import "
                                   "the file again."),
                                 error);
}

/* HAProxy */

/* Adds what a backslash and the characters behind it stand for; moves behind them. */
static void
lb_exchange_words_unescape (LbExchangeWords *self)
{
  static const char from[] = "nrt";
  static const char to[] = "\n\r\t";
  const char *p = self->p + 1;
  const char *special = *p != '\0' ? strchr (from, *p) : NULL;

  if (special != NULL)
    g_string_append_c (self->word, to[special - from]);
  else if (*p == 'x' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
    {
      const int byte = g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2]);

      /* Nothing of ours is anything else than text. */
      g_string_append_c (self->word, byte > 0 && byte < 0x80 ? (char) byte : '?');
      p += 2;
    }
  else if (*p == '\0' || *p == '\n')
    {
      self->p = p;
      return;
    }
  else
    g_string_append_c (self->word, *p);

  self->p = p + 1;
}

/* Reads a word; it ends with the line at the latest. */
static gboolean
lb_exchange_words_read_haproxy (LbExchangeWords *self,
                                GError **error)
{
  char quote = '\0';

  for (;;)
    {
      const char c = *self->p;

      if (c == '\0' || c == '\n')
        return quote == '\0' || lb_exchange_words_fail_quote (self->current_line, error);

      if (quote == '\0' && (g_ascii_isspace (c) || c == '#'))
        return TRUE;

      if (c == '\\' && quote != '\'')
        {
          lb_exchange_words_unescape (self);
          continue;
        }

      if (quote == '\0' && (c == '"' || c == '\''))
        quote = c;
      else if (c == quote)
        quote = '\0';
      else
        g_string_append_c (self->word, c);

      self->p++;
    }
}

/**
 * lb_exchange_words_next_line:
 * @self: a reader
 * @error: return location for a %LB_EXCHANGE_ERROR_SYNTAX or a %LB_EXCHANGE_ERROR_TOO_LARGE
 *
 * Reads the next line that has words, in HAProxy's way: quotes of both kinds, escapes, comments
 * wherever a `#` stands.
 *
 * Returns: %LB_EXCHANGE_LINE, %LB_EXCHANGE_END or %LB_EXCHANGE_BROKEN
 */
LbExchangeToken
lb_exchange_words_next_line (LbExchangeWords *self,
                             GError **error)
{
  lb_exchange_words_begin (self);

  while (*self->p != '\0')
    {
      if (*self->p == '#')
        self->p += strcspn (self->p, "\n");
      else if (*self->p == '\n')
        {
          self->p++;
          self->current_line++;
          if (self->words->len > 0)
            return LB_EXCHANGE_LINE;
        }
      else if (g_ascii_isspace (*self->p))
        self->p++;
      else if (!lb_exchange_words_read_haproxy (self, error) ||
               !lb_exchange_words_take (self, error))
        return LB_EXCHANGE_BROKEN;
    }

  if (self->words->len > 0)
    return LB_EXCHANGE_LINE;

  self->line = self->current_line;
  return LB_EXCHANGE_END;
}

/* nginx */

/* Reads a word in quotes, which may go over lines. */
static gboolean
lb_exchange_words_read_quoted (LbExchangeWords *self,
                               GError **error)
{
  const guint line = self->current_line;
  const char quote = *self->p++;

  for (; *self->p != quote; self->p++)
    {
      if (*self->p == '\\' && self->p[1] != '\0')
        {
          /* Behind a backslash a quote or another backslash stands for itself. */
          if (strchr ("\"'\\", self->p[1]) == NULL)
            g_string_append_c (self->word, '\\');
          self->p++;
        }

      if (*self->p == '\0')
        return lb_exchange_words_fail_quote (line, error);
      if (*self->p == '\n')
        self->current_line++;

      g_string_append_c (self->word, *self->p);
    }

  self->p++;
  return TRUE;
}

/* Reads a word without quotes. */
static void
lb_exchange_words_read_bare (LbExchangeWords *self)
{
  while (*self->p != '\0' && !g_ascii_isspace (*self->p) && strchr (";{}", *self->p) == NULL)
    {
      /* The braces of a variable open no block. */
      if (self->p[0] == '$' && self->p[1] == '{')
        {
          gsize length = strcspn (self->p, "} \t\r\n;");

          if (self->p[length] == '}')
            length++;
          g_string_append_len (self->word, self->p, (gssize) length);
          self->p += length;
          continue;
        }

      if (*self->p == '\\' && self->p[1] != '\0' && !g_ascii_isspace (self->p[1]))
        g_string_append_c (self->word, *self->p++);
      g_string_append_c (self->word, *self->p++);
    }
}

/**
 * lb_exchange_words_skip_block:
 * @self: a reader that has just given %LB_EXCHANGE_OPEN
 *
 * Moves behind the end of a block in which something else than directives stands, such as a program.
 */
void
lb_exchange_words_skip_block (LbExchangeWords *self)
{
  guint depth = 1;

  for (; *self->p != '\0' && depth > 0; self->p++)
    {
      if (*self->p == '\n')
        self->current_line++;
      else if (*self->p == '{')
        depth++;
      else if (*self->p == '}')
        depth--;
    }
}

static LbExchangeToken
lb_exchange_words_fail_end (LbExchangeWords *self,
                            GError **error)
{
  lb_exchange_words_fail (self->line,
                          _("What begins here has no “;” at its end. Add it, and import the file "
                            "again."),
                          error);

  return LB_EXCHANGE_BROKEN;
}

/**
 * lb_exchange_words_next_block:
 * @self: a reader
 * @error: return location for a %LB_EXCHANGE_ERROR_SYNTAX or a %LB_EXCHANGE_ERROR_TOO_LARGE
 *
 * Reads the next directive, beginning of a block or end of one, in nginx's way.
 *
 * Returns: what it was
 */
LbExchangeToken
lb_exchange_words_next_block (LbExchangeWords *self,
                              GError **error)
{
  lb_exchange_words_begin (self);

  while (*self->p != '\0')
    {
      const char c = *self->p;

      if (c == '\n')
        self->current_line++;

      if (g_ascii_isspace (c))
        self->p++;
      else if (c == '#')
        self->p += strcspn (self->p, "\n");
      else if (c == ';' || c == '{' || c == '}')
        {
          self->p++;
          if (self->words->len == 0)
            self->line = self->current_line;
          if (c == '{')
            return LB_EXCHANGE_OPEN;
          if (c == '}' && self->words->len > 0)
            return lb_exchange_words_fail_end (self, error);
          if (c == '}')
            return LB_EXCHANGE_CLOSE;
          if (self->words->len > 0)
            return LB_EXCHANGE_LINE;
        }
      else
        {
          if (c != '"' && c != '\'')
            lb_exchange_words_read_bare (self);
          else if (!lb_exchange_words_read_quoted (self, error))
            return LB_EXCHANGE_BROKEN;

          if (!lb_exchange_words_take (self, error))
            return LB_EXCHANGE_BROKEN;
        }
    }

  if (self->words->len > 0)
    return lb_exchange_words_fail_end (self, error);

  self->line = self->current_line;
  return LB_EXCHANGE_END;
}
