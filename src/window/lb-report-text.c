/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-report-text.h"

/*
 * A text of sentences under headings, in a text view that only shows it: it wraps however large the
 * letters are, thousands of lines cost nothing while they are out of sight, and all of it can be marked
 * and copied.
 */

static void
append (GtkTextView *view,
        const char *text,
        const char *tag)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  if (gtk_text_buffer_get_char_count (buffer) > 0)
    gtk_text_buffer_insert (buffer, &end, "\n", 1);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, -1, tag, NULL);
}

static void
create_tags (GtkTextBuffer *buffer)
{
  gtk_text_buffer_create_tag (buffer, "heading", "weight", PANGO_WEIGHT_BOLD, "pixels-above-lines", 12,
                              "pixels-below-lines", 6, NULL);
  gtk_text_buffer_create_tag (buffer, "first", "weight", PANGO_WEIGHT_BOLD, "pixels-below-lines", 6,
                              NULL);
  gtk_text_buffer_create_tag (buffer, "text", "pixels-below-lines", 6, NULL);
  gtk_text_buffer_create_tag (buffer, "reason", "style", PANGO_STYLE_ITALIC, "pixels-below-lines", 6,
                              NULL);
}

/**
 * lb_report_text_clear:
 * @view: a text view
 *
 * Begins a new text.
 */
void
lb_report_text_clear (GtkTextView *view)
{
  GtkTextBuffer *buffer;

  g_return_if_fail (GTK_IS_TEXT_VIEW (view));

  buffer = gtk_text_view_get_buffer (view);
  if (gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), "text") == NULL)
    create_tags (buffer);
  gtk_text_buffer_set_text (buffer, "", 0);
}

/**
 * lb_report_text_add_heading:
 * @view: a text view that lb_report_text_clear() was called for
 * @text: what the next lines are about
 */
void
lb_report_text_add_heading (GtkTextView *view,
                            const char *text)
{
  g_return_if_fail (GTK_IS_TEXT_VIEW (view));
  g_return_if_fail (text != NULL);

  append (view, text,
          gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (view)) > 0 ? "heading" : "first");
}

/**
 * lb_report_text_add:
 * @view: a text view that lb_report_text_clear() was called for
 * @text: a line
 * @reason: (nullable): why that is so
 */
void
lb_report_text_add (GtkTextView *view,
                    const char *text,
                    const char *reason)
{
  g_return_if_fail (GTK_IS_TEXT_VIEW (view));
  g_return_if_fail (text != NULL);

  append (view, text, "text");
  if (reason != NULL)
    append (view, reason, "reason");
}

/**
 * lb_report_text_end:
 * @view: a text view
 *
 * Goes to the beginning of the text, which is all there.
 */
void
lb_report_text_end (GtkTextView *view)
{
  GtkTextBuffer *buffer;
  GtkTextIter start;

  g_return_if_fail (GTK_IS_TEXT_VIEW (view));

  buffer = gtk_text_view_get_buffer (view);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
}
