/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "lb-log.h"

#include <stdio.h>
#include <string.h>

/*
 * Where log messages go: to the journal if standard error is one, as of a service or of what is
 * started from the menu; else to standard error. Of each cause, which is a line of code, at most one
 * message a second gets there, however often a client brings it about; the next one says how many were
 * left out. Libraries do not say which line it is: there the text is the cause, and of all texts a
 * handful a second get there. Whatever a message quotes, it is one line of printable text; so is what
 * g_printerr() tells the person who started the program, which quotes files and their names.
 */

#define PERIOD_US G_USEC_PER_SEC

/* Of libraries, in a period: a client may bring about as many different ones as it likes. */
#define MAX_FOREIGN 10

typedef struct
{
  gint64 next_us; /* when the next message may come, monotonic */
  guint n_skipped;
} Cause;

static const char *
lb_log_get_field (const GLogField *fields,
                  gsize n_fields,
                  const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0 && fields[i].length < 0)
      return fields[i].value;

  return NULL;
}

/* Whether a library's message may come now. Called by one thread at a time. */
static gboolean
lb_log_may_pass_foreign (const char *message,
                         gint64 now_us,
                         guint *n_skipped)
{
  static GHashTable *messages; /* of this period */
  static Cause all;

  if (messages == NULL)
    messages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (now_us >= all.next_us)
    {
      g_hash_table_remove_all (messages);
      *n_skipped = all.n_skipped;
      all = (Cause){ .next_us = now_us + PERIOD_US };
    }

  if (g_hash_table_size (messages) < MAX_FOREIGN && g_hash_table_add (messages, g_strdup (message)))
    return TRUE;

  all.n_skipped++;
  return FALSE;
}

/* Whether a message may come now, and how many have been left out before it. */
static gboolean
lb_log_may_pass (GLogLevelFlags level,
                 const GLogField *fields,
                 gsize n_fields,
                 guint *n_skipped)
{
  static GMutex mutex;
  static GHashTable *causes; /* char * → Cause *; as many as there are lines that log */
  const gint64 now_us = g_get_monotonic_time ();
  const char *file = lb_log_get_field (fields, n_fields, "CODE_FILE");
  const char *line = lb_log_get_field (fields, n_fields, "CODE_LINE");
  const char *domain = lb_log_get_field (fields, n_fields, "GLIB_DOMAIN");
  const char *message = lb_log_get_field (fields, n_fields, "MESSAGE");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autofree char *key = NULL;
  Cause *cause;

  *n_skipped = 0;
  if (file == NULL || line == NULL)
    {
      /* Who has asked for what is there for debugging wants all of it. */
      return message == NULL || (level & G_LOG_LEVEL_DEBUG) != 0 ||
             lb_log_may_pass_foreign (message, now_us, n_skipped);
    }

  key = g_strconcat (file, ":", line, domain, NULL);
  if (causes == NULL)
    causes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  cause = g_hash_table_lookup (causes, key);
  if (cause == NULL)
    {
      cause = g_new0 (Cause, 1);
      g_hash_table_insert (causes, g_steal_pointer (&key), cause);
    }

  if (now_us < cause->next_us)
    {
      cause->n_skipped++;
      return FALSE;
    }

  *n_skipped = cause->n_skipped;
  *cause = (Cause){ .next_us = now_us + PERIOD_US };

  return TRUE;
}

/* For GLib what ends a line or a paragraph in Unicode can be printed. */
static gboolean
lb_log_is_printable (gunichar c)
{
  return g_unichar_isprint (c) && c != 0x2028 && c != 0x2029;
}

static void
lb_log_append_printable (GString *line,
                         const char *text,
                         gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      if (lb_log_is_printable (c))
        g_string_append_unichar (line, c);
      else
        g_string_append_printf (line, "\\u%04x", c);
    }
}

/* One line of printable text. */
static char *
lb_log_make_line (const GLogField *field,
                  guint n_skipped)
{
  GString *line = g_string_new (NULL);

  lb_log_append_printable (line, field->value, field->length);
  if (n_skipped > 0)
    g_string_append_printf (line, " (and %u more like this)", n_skipped);

  return g_string_free (line, FALSE);
}

/* A GPrintFunc. Each call is one message, of which only the newline at the end is ours. */
static void
lb_log_print_error (const char *text)
{
  const gboolean ends = g_str_has_suffix (text, "\n");
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *local = NULL;
  const char *charset;

  lb_log_append_printable (line, text, (gssize) strlen (text) - ends);
  if (ends)
    g_string_append_c (line, '\n');

  if (!g_get_console_charset (&charset))
    local = g_convert_with_fallback (line->str, (gssize) line->len, charset, "UTF-8", "?", NULL, NULL,
                                     NULL);

  /* Nobody could be told that nobody could be told. */
  (void) fputs (local != NULL ? local : line->str, stderr);
  (void) fflush (stderr);
}

/**
 * lb_log_write:
 * @level: how grave it is
 * @fields: (array length=n_fields): what there is to say
 * @n_fields: how many fields that is
 * @user_data: whether it goes to the journal, by GINT_TO_POINTER()
 *
 * A #GLogWriterFunc.
 *
 * Returns: %G_LOG_WRITER_HANDLED if nothing more is to be done about it
 */
GLogWriterOutput
lb_log_write (GLogLevelFlags level,
              const GLogField *fields,
              gsize n_fields,
              gpointer user_data)
{
  const gboolean is_journal = GPOINTER_TO_INT (user_data);
  g_autofree GLogField *copies = NULL;
  g_autofree char *line = NULL;
  guint n_skipped;

  /* What stands for a fault of the program is always told. */
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL))
    return g_log_writer_default (level, fields, n_fields, NULL);

  /* The journal takes what nobody wants to see on a terminal. */
  if (!(is_journal && (level & G_LOG_LEVEL_INFO)) &&
      g_log_writer_default_would_drop (level, lb_log_get_field (fields, n_fields, "GLIB_DOMAIN")))
    return G_LOG_WRITER_HANDLED;

  if (!lb_log_may_pass (level, fields, n_fields, &n_skipped))
    return G_LOG_WRITER_HANDLED;

  copies = g_memdup2 (fields, n_fields * sizeof *fields);
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (copies[i].key, "MESSAGE") == 0)
      {
        line = lb_log_make_line (&fields[i], n_skipped);
        copies[i] = (GLogField){ "MESSAGE", line, -1 };
        break;
      }

  if (is_journal && (level & G_LOG_LEVEL_INFO))
    return g_log_writer_journald (level, copies, n_fields, NULL);

  return g_log_writer_default (level, copies, n_fields, NULL);
}

/**
 * lb_log_install:
 *
 * Lets every message of this process go through lb_log_write(), and makes what g_printerr() prints one
 * line of printable text. To be called once, before there are any.
 */
void
lb_log_install (void)
{
  /* Standard output is for who reads where we listen. */
  g_log_writer_default_set_use_stderr (TRUE);
  g_set_printerr_handler (lb_log_print_error);
  g_log_set_writer_func (lb_log_write, GINT_TO_POINTER (g_log_writer_is_journald (fileno (stderr))),
                         NULL);
}
