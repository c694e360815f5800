/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-url-list"

#include "config.h"

#include "lb-url-list.h"

#define SPACES " \t\f"

/* What may stand around a URL in a text: quotes, and what parts it from the next. */
#define AROUND SPACES "\"'<>,;"

static void
lb_url_refusal_free (gpointer data)
{
  LbUrlRefusal *self = data;

  g_free (self->text);
  g_free (self->reason);
  g_free (self);
}

/* What a text from a page or a message that is read from right to left has around what is not. */
static gboolean
is_direction_mark (gunichar c)
{
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

/* Returns: (transfer full): @text without marks of its direction, which nobody sees */
static char *
leave_out_direction_marks (const char *text)
{
  GString *kept;

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (text);

  kept = g_string_new (NULL);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!is_direction_mark (g_utf8_get_char (c)))
      g_string_append_unichar (kept, g_utf8_get_char (c));

  return g_string_free (kept, FALSE);
}

/* Cuts off what is around @text. Returns: (transfer none): where the rest begins */
static char *
strip_around (char *text)
{
  gsize length;

  text += strspn (text, AROUND);
  length = strlen (text);
  while (length > 0 && strchr (AROUND, text[length - 1]) != NULL)
    length--;
  text[length] = '\0';

  return text;
}

static void
take_entry (GPtrArray *urls,
            GHashTable *known,
            const char *text)
{
  g_autofree char *copy = g_strdup (text);
  const char *entry = strip_around (copy);
  char *url;

  if (*entry == '\0' || g_hash_table_contains (known, entry))
    return;

  url = g_strdup (entry);
  g_hash_table_add (known, url);
  g_ptr_array_add (urls, url);
}

/* A comment is at the start of a line, or after a space: a URL may have a # in it. */
static void
cut_comment (char *line)
{
  char *c;

  for (c = line; *c != '\0'; c++)
    if (*c == '#' && (c == line || g_ascii_isspace (c[-1])))
      *c = '\0';

  g_strstrip (line);
}

/* Several URLs on a line are parted by spaces. Any other line is an entry as it is. */
static void
take_line (GPtrArray *urls,
           GHashTable *known,
           char *line)
{
  g_auto (GStrv) words = NULL;

  cut_comment (line);
  words = g_strsplit_set (line, SPACES, -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][strspn (words[i], AROUND)] != '\0' && strstr (words[i], "://") == NULL)
      {
        take_entry (urls, known, line);
        return;
      }

  for (guint i = 0; words[i] != NULL; i++)
    take_entry (urls, known, words[i]);
}

/**
 * lb_url_list_split:
 * @text: a text with URLs on lines of their own, or parted by spaces, as a `text/uri-list`, a clipboard
 *   or a configuration has them
 *
 * Comments, which begin with a `#`, are left out, and so are marks of the direction in which one reads,
 * and quotes and commas around a URL. What is
 * there twice is taken once.
 *
 * Returns: (transfer full) (array zero-terminated=1): what might be URLs
 */
char **
lb_url_list_split (const char *text)
{
  GPtrArray *urls = g_ptr_array_new ();
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *bare = NULL;
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  bare = leave_out_direction_marks (text);
  lines = g_strsplit_set (bare, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    take_line (urls, known, lines[i]);
  g_ptr_array_add (urls, NULL);

  return (char **) g_ptr_array_free (urls, FALSE);
}

/**
 * lb_url_list_add:
 * @urls: (array zero-terminated=1): what might be URLs
 * @balancer: the balancer
 *
 * Adds a backend for each of them that is one, at the end of the pool.
 *
 * Returns: (transfer full) (element-type LbUrlRefusal): those that were refused
 */
GPtrArray *
lb_url_list_add (const char *const *urls,
                 LbBalancer *balancer)
{
  GPtrArray *refusals = g_ptr_array_new_with_free_func (lb_url_refusal_free);

  g_return_val_if_fail (urls != NULL, refusals);

  lb_balancer_freeze_pool (balancer);
  for (guint i = 0; urls[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      LbUrlRefusal *refusal;

      if (lb_balancer_add_backend (balancer, urls[i], FALSE, &error) != NULL)
        continue;

      refusal = g_new (LbUrlRefusal, 1);
      refusal->text = g_strdup (urls[i]);
      refusal->reason = g_strdup (error->message);
      g_ptr_array_add (refusals, refusal);
    }
  lb_pool_thaw (lb_balancer_get_pool (balancer));

  return refusals;
}
