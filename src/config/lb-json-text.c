/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-json-text"

#include "config.h"

#include "config/lb-json-text.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "config/lb-config.h"

/* JSON that people write, read strictly and written readably.
 *
 * json-glib builds and holds the tree. Two things it does are not good enough for a file of which
 * nothing may be lost, so they stand here, in front of it and behind it:
 *
 * - Its parser takes more than we can keep and forgets it: comments, a second value after the first,
 *   the end of a text after \u0000, and of two members with the same key, which JSON allows and
 *   gives no meaning, the first. It makes -1 of a number too large and `inf` of 1e999, lets a half
 *   of a surrogate pair through as broken UTF-8, and recurses as deep as the text says. The check
 *   goes over the text once and lets none of these pass.
 * - Its generator writes 0.1 as 0.10000000000000001, and one line for each number. The printer
 *   writes the shortest number that reads back the same, and a small object on one line.
 */

/* How deep lists and objects may be nested; ours need three levels. */
#define MAX_DEPTH 64

/* A list or object without another one in it is written on one line, if that is not longer. */
#define MAX_LINE 100

/* How much of a value a sentence about it quotes. */
#define MAX_BRIEF 60

G_GNUC_PRINTF (3, 4)
static gboolean
lb_json_text_fail (GError **error,
                   guint line,
                   const char *format,
                   ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_SYNTAX,
               /* Translators: then a sentence on what is wrong there */
               _("Line %u: %s"), line, what);

  return FALSE;
}

/* Reads the four digits after \u; -1 if they are not there. */
static int
lb_json_text_hex4 (const char *p)
{
  int value = 0;

  for (int i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return -1;
      value = value * 16 + g_ascii_xdigit_value (p[i]);
    }

  return value;
}

/* Moves @p from the backslash of an escape to its last character. */
static gboolean
lb_json_text_skip_escape (const char **p,
                          guint line,
                          GError **error)
{
  const char *s = *p + 1;
  int code, low;

  if (*s != '\0' && strchr ("\"\\/bfnrt", *s) != NULL)
    {
      *p = s;
      return TRUE;
    }

  code = *s == 'u' ? lb_json_text_hex4 (s + 1) : -1;
  if (code > 0 && !(code >= 0xd800 && code <= 0xdfff))
    {
      *p = s + 4;
      return TRUE;
    }

  if (code >= 0xd800 && code <= 0xdbff && s[5] == '\\' && s[6] == 'u')
    {
      low = lb_json_text_hex4 (s + 7);
      if (low >= 0xdc00 && low <= 0xdfff)
        {
          *p = s + 10;
          return TRUE;
        }
    }

  return lb_json_text_fail (error, line,
                            _("The characters after a backslash mean nothing. "
                              "Write a backslash itself as \\\\."));
}

/* Moves @p from the opening quote to the closing one. */
static gboolean
lb_json_text_skip_string (const char **p,
                          guint line,
                          GError **error)
{
  const char *s;

  for (s = *p + 1; *s != '"'; s++)
    {
      if ((guchar) *s < ' ')
        return lb_json_text_fail (error, line,
                                  _("A text in quotes must end on the line it begins on."));

      if (*s == '\\' && !lb_json_text_skip_escape (&s, line, error))
        return FALSE;
    }

  *p = s;
  return TRUE;
}

/* Moves @p from a number's first character to its last. */
static gboolean
lb_json_text_skip_number (const char **p,
                          guint line,
                          GError **error)
{
  const char *digits = *p + (**p == '-' ? 1 : 0);
  char *end = NULL;

  if (!g_ascii_isdigit (digits[0]) || (digits[0] == '0' && g_ascii_isalnum (digits[1]) &&
                                       digits[1] != 'e' && digits[1] != 'E'))
    return lb_json_text_fail (error, line,
                              _("Write a number with its digits only, without a zero in front."));

  errno = 0;
  (void) g_ascii_strtoll (*p, &end, 10);
  if (*end == '.' || *end == 'e' || *end == 'E')
    {
      if (!isfinite (g_ascii_strtod (*p, &end)))
        errno = ERANGE;
      else
        errno = 0;
    }

  if (errno == ERANGE)
    return lb_json_text_fail (error, line, _("A number is too large."));

  *p = end - 1;
  return TRUE;
}

/* What a text in quotes says. It has been checked. */
static char *
lb_json_text_dup_string (const char *quote,
                         const char *end_quote)
{
  g_autofree char *quoted = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (memchr (quote, '\\', (gsize) (end_quote - quote)) == NULL)
    return g_strndup (quote + 1, (gsize) (end_quote - quote - 1));

  quoted = g_strndup (quote, (gsize) (end_quote - quote + 1));
  node = json_from_string (quoted, NULL);

  return json_node_dup_string (node);
}

/* If the text in quotes is a key, adds it to the @keys of its object, where it must be new. */
static gboolean
lb_json_text_check_key (GHashTable *keys,
                        const char *quote,
                        const char *end_quote,
                        guint line,
                        GError **error)
{
  const char *next = end_quote + 1;
  g_autofree char *key = NULL;

  while (g_ascii_isspace (*next))
    next++;

  if (*next != ':')
    return TRUE;

  key = lb_json_text_dup_string (quote, end_quote);
  if (g_hash_table_contains (keys, key))
    return lb_json_text_fail (error, line,
                              _("The key “%s” stands between the same braces twice. "
                                "Keep one of the two."),
                              key);

  g_hash_table_add (keys, g_steal_pointer (&key));

  return TRUE;
}

/* Whether json-glib may have the text: see the top of this file. It finds the remaining faults. */
static gboolean
lb_json_text_check (const char *text,
                    GError **error)
{
  /* The keys so far of each bracket that is open; a list has none. */
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  guint line = 1;
  gboolean closed = FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n')
        line++;

      if (g_ascii_isspace (*p))
        continue;

      if (open->len == 0 && (closed || *p != '{'))
        return lb_json_text_fail (error, line,
                                  _("Everything must stand between one pair of braces, { and }."));

      if (*p == '{' || *p == '[')
        {
          if (open->len == MAX_DEPTH)
            return lb_json_text_fail (error, line,
                                      _("Brackets are nested more than %d deep."), MAX_DEPTH);
          g_ptr_array_add (open, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL));
        }
      else if (*p == '}' || *p == ']')
        {
          g_ptr_array_set_size (open, (int) open->len - 1);
          closed = open->len == 0;
        }
      else if (*p == '"')
        {
          const char *quote = p;

          if (!lb_json_text_skip_string (&p, line, error) ||
              !lb_json_text_check_key (open->pdata[open->len - 1], quote, p, line, error))
            return FALSE;
        }
      else if (*p == '-' || g_ascii_isdigit (*p))
        {
          if (!lb_json_text_skip_number (&p, line, error))
            return FALSE;
        }
      else if (*p == '/' || *p == '#')
        return lb_json_text_fail (error, line,
                                  _("JSON has no comments. Write one as a key of your own, "
                                    "such as \"comment\": \"…\"."));
      else if (*p != ':' && *p != ',' && !g_ascii_isalpha (*p))
        return lb_json_text_fail (error, line,
                                  _("A character that has no meaning here. "
                                    "Texts stand in double quotes."));
    }

  if (!closed)
    return lb_json_text_fail (error, line,
                              _("The text ends too early; a closing } is missing."));

  return TRUE;
}

/* The shortest text that reads back as the same number, and as one with a fraction. */
static void
lb_json_text_print_double (GString *out,
                           double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, sizeof text, formats[i], value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }

  g_string_append (out, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
lb_json_text_print_string (GString *out,
                           const char *text)
{
  g_string_append_c (out, '"');

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else if (*p == '\n')
        g_string_append (out, "\\n");
      else if (*p == '\t')
        g_string_append (out, "\\t");
      else if ((guchar) *p < ' ' || *p == 0x7f)
        g_string_append_printf (out, "\\u%04x", (guint) *p);
      else
        g_string_append_c (out, *p);
    }

  g_string_append_c (out, '"');
}

static void
lb_json_text_print_scalar (GString *out,
                           JsonNode *node)
{
  GType type;

  if (!JSON_NODE_HOLDS_VALUE (node))
    {
      g_string_append (out, "null");
      return;
    }

  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    lb_json_text_print_string (out, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_DOUBLE)
    lb_json_text_print_double (out, json_node_get_double (node));
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

static gboolean
lb_json_text_is_container (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_ARRAY (node);
}

/* Starts the next element: on the same line, or on its own if @indent is not negative. */
static void
lb_json_text_next (GString *out,
                   gboolean first,
                   int indent)
{
  if (!first)
    g_string_append_c (out, ',');

  if (indent >= 0)
    g_string_append_printf (out, "\n%*s", indent, "");
  else if (!first)
    g_string_append_c (out, ' ');
}

static void lb_json_text_print_node (GString *out, JsonNode *node, int indent);

/* Writes a list or an object, with each element on a line of its own unless @indent is negative. */
static void
lb_json_text_print_container (GString *out,
                              JsonNode *node,
                              int indent)
{
  int inner = indent < 0 ? -1 : indent + 2;
  gboolean first = TRUE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      g_string_append_c (out, '{');
      json_object_iter_init_ordered (&iter, object);
      while (json_object_iter_next_ordered (&iter, &name, &member))
        {
          lb_json_text_next (out, first, inner);
          lb_json_text_print_string (out, name);
          g_string_append (out, ": ");
          lb_json_text_print_node (out, member, inner);
          first = FALSE;
        }
    }
  else
    {
      JsonArray *array = json_node_get_array (node);

      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          lb_json_text_next (out, first, inner);
          lb_json_text_print_node (out, json_array_get_element (array, i), inner);
          first = FALSE;
        }
    }

  if (!first && indent >= 0)
    g_string_append_printf (out, "\n%*s", indent, "");
  g_string_append_c (out, JSON_NODE_HOLDS_OBJECT (node) ? '}' : ']');
}

/* Whether no list or object stands in this one. */
static gboolean
lb_json_text_is_flat (JsonNode *node)
{
  g_autoptr (GList) members = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    members = json_object_get_values (json_node_get_object (node));
  else
    members = json_array_get_elements (json_node_get_array (node));

  for (GList *l = members; l != NULL; l = l->next)
    {
      if (lb_json_text_is_container (l->data))
        return FALSE;
    }

  return TRUE;
}

/* Writes one value; @indent is its line's indentation, negative to stay on the line. */
static void
lb_json_text_print_node (GString *out,
                         JsonNode *node,
                         int indent)
{
  gsize start = out->len;

  if (!lb_json_text_is_container (node))
    {
      lb_json_text_print_scalar (out, node);
      return;
    }

  if (indent >= 0 && lb_json_text_is_flat (node))
    {
      lb_json_text_print_container (out, node, -1);
      if (out->len - start <= MAX_LINE)
        return;
      g_string_truncate (out, start);
    }

  lb_json_text_print_container (out, node, indent);
}

/* The parser knows the line only while it fails. */
static void
lb_json_text_on_error (JsonParser *parser,
                       gpointer error,
                       guint *line)
{
  *line = json_parser_get_current_line (parser);
}

/**
 * lb_json_text_parse:
 * @data: (array length=length): what is thought to be JSON; anything is safe
 * @length: its length in bytes
 * @error: return location for a %LB_CONFIG_ERROR_SYNTAX
 *
 * Reads one JSON object, as RFC 8259 has it: no comments, nothing after it, and no key twice. A
 * byte order mark in front is ignored.
 *
 * Returns: (transfer full): an immutable object, or %NULL
 */
JsonObject *
lb_json_text_parse (const char *data,
                    gsize length,
                    GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autofree char *text = NULL;
  guint line = 0;
  JsonNode *root;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      length -= 3;
    }

  /* A NUL is no valid UTF-8 to GLib when it is told the length. */
  if (length > 0 && !g_utf8_validate_len (data, length, NULL))
    {
      g_set_error_literal (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_SYNTAX,
                           _("The file is no text in UTF-8. Save it in that encoding."));
      return NULL;
    }

  text = length > 0 ? g_strndup (data, length) : g_strdup ("");
  if (!lb_json_text_check (text, error))
    return NULL;

  parser = json_parser_new_immutable ();
  g_signal_connect (parser, "error", G_CALLBACK (lb_json_text_on_error), &line);
  if (!json_parser_load_from_data (parser, text, -1, NULL))
    {
      lb_json_text_fail (error, line,
                         _("This is no JSON. A comma, a colon, a quote or a bracket is missing "
                           "here or just before, or there is one too many."));
      return NULL;
    }

  root = json_parser_get_root (parser);
  g_assert (root != NULL && JSON_NODE_HOLDS_OBJECT (root));

  return json_node_dup_object (root);
}

/**
 * lb_json_text_print:
 * @object: what to write
 * @length: (out) (optional): the length of the text in bytes
 *
 * Writes an object for people: two spaces for each level, the members in their order, small lists
 * and objects on one line.
 *
 * Returns: (transfer full): the text, with a final newline
 */
char *
lb_json_text_print (JsonObject *object,
                    gsize *length)
{
  g_autoptr (JsonNode) node = NULL;
  GString *out = g_string_new (NULL);

  g_return_val_if_fail (object != NULL, NULL);

  node = json_node_init_object (json_node_alloc (), object);
  lb_json_text_print_container (out, node, 0);
  g_string_append_c (out, '\n');

  if (length != NULL)
    *length = out->len;

  return g_string_free (out, FALSE);
}

/**
 * lb_json_text_brief:
 * @node: a value
 *
 * Returns: (transfer full): the value as a sentence may quote it: on one line, its beginning if it
 *   is long
 */
char *
lb_json_text_brief (JsonNode *node)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *cut;

  g_return_val_if_fail (node != NULL, NULL);

  lb_json_text_print_node (out, node, -1);
  if (g_utf8_strlen (out->str, -1) > MAX_BRIEF)
    {
      cut = g_utf8_offset_to_pointer (out->str, MAX_BRIEF - 1);
      g_string_truncate (out, (gsize) (cut - out->str));
      g_string_append (out, "…");
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}
