/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-notes"

#include "config.h"

#include "exchange/lb-exchange-notes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * LbExchangeNotes:
 *
 * What could not be taken over on the way into or out of another program's format: one sentence for
 * each kind of thing, with the line where it was met first and how often it was met again. However
 * bad a file is, the list stays short enough to be read, and says how much it does not say.
 */
struct _LbExchangeNotes
{
  GPtrArray *notes;        /* LbExchangeNote */
  GHashTable *by_sentence; /* the same, by their sentences */
  guint n_untold;
};

typedef struct
{
  char *sentence;
  guint line; /* 0 where there is none */
  guint n_more;
} LbExchangeNote;

#define MAX_NOTES 500

/* A sentence that quotes a file may not be as long as the file. */
#define MAX_SENTENCE 600

static void
lb_exchange_note_free (gpointer data)
{
  LbExchangeNote *note = data;

  g_free (note->sentence);
  g_free (note);
}

/**
 * lb_exchange_notes_new:
 *
 * Returns: (transfer full): an empty list
 */
LbExchangeNotes *
lb_exchange_notes_new (void)
{
  LbExchangeNotes *self = g_new0 (LbExchangeNotes, 1);

  self->notes = g_ptr_array_new_with_free_func (lb_exchange_note_free);
  self->by_sentence = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

/**
 * lb_exchange_notes_free:
 * @self: (transfer full): a list
 */
void
lb_exchange_notes_free (LbExchangeNotes *self)
{
  g_hash_table_unref (self->by_sentence);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/* Cuts a text at the beginning of a character, if it is too long. */
static void
lb_exchange_notes_clip (char *sentence)
{
  if (strlen (sentence) > MAX_SENTENCE)
    strcpy (g_utf8_find_prev_char (sentence, sentence + MAX_SENTENCE - strlen ("…")), "…");
}

/* @sentence: (transfer full) */
static void
lb_exchange_notes_take (LbExchangeNotes *self,
                        guint line,
                        char *sentence,
                        guint n_times)
{
  LbExchangeNote *note;

  lb_exchange_notes_clip (sentence);
  note = g_hash_table_lookup (self->by_sentence, sentence);

  if (note != NULL)
    note->n_more += n_times;
  else if (self->notes->len >= MAX_NOTES)
    self->n_untold += n_times;
  else
    {
      note = g_new0 (LbExchangeNote, 1);
      note->sentence = sentence;
      note->line = line;
      note->n_more = n_times - 1;
      g_ptr_array_add (self->notes, note);
      g_hash_table_insert (self->by_sentence, note->sentence, note);
      return;
    }

  g_free (sentence);
}

/**
 * lb_exchange_notes_add:
 * @self: a list
 * @line: the line of the file it is about, or 0 for none
 * @format: a translated sentence on what is not taken over, or how it is
 * @...: what stands in it
 */
void
lb_exchange_notes_add (LbExchangeNotes *self,
                       guint line,
                       const char *format,
                       ...)
{
  va_list args;

  va_start (args, format);
  lb_exchange_notes_take (self, line, g_strdup_vprintf (format, args), 1);
  va_end (args);
}

/**
 * lb_exchange_notes_merge:
 * @self: a list
 * @other: another, whose notes are added
 */
void
lb_exchange_notes_merge (LbExchangeNotes *self,
                         const LbExchangeNotes *other)
{
  for (guint i = 0; i < other->notes->len; i++)
    {
      LbExchangeNote *note = g_ptr_array_index (other->notes, i);

      lb_exchange_notes_take (self, note->line, g_strdup (note->sentence), note->n_more + 1);
    }

  self->n_untold += other->n_untold;
}

static char *
lb_exchange_note_print (const LbExchangeNote *note)
{
  if (note->line == 0)
    return g_strdup (note->sentence);

  if (note->n_more == 0)
    /* Translators: then a sentence on what is wrong there */
    return g_strdup_printf (_("Line %u: %s"), note->line, note->sentence);

  /* Translators: the number of a line, of how many lines the same is true, then a sentence */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Line %u and %u more: %s",
                                       "Line %u and %u more: %s", note->n_more),
                          note->line, note->n_more, note->sentence);
}

/**
 * lb_exchange_notes_list:
 * @self: a list
 *
 * Returns: (transfer full) (array zero-terminated=1): sentences for a person, in the order in which
 *   they came up; empty if everything could be taken over
 */
char **
lb_exchange_notes_list (const LbExchangeNotes *self)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (guint i = 0; i < self->notes->len; i++)
    {
      g_autofree char *sentence = lb_exchange_note_print (g_ptr_array_index (self->notes, i));

      g_strv_builder_add (list, sentence);
    }

  if (self->n_untold > 0)
    {
      g_autofree char *rest =
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                      "%u more thing is not taken over as it is.",
                                      "%u more things are not taken over as they are.",
                                      self->n_untold),
                         self->n_untold);

      g_strv_builder_add (list, rest);
    }

  return g_strv_builder_end (list);
}
