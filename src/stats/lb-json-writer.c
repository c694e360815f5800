/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-json-writer"

#include "config.h"

#include "stats/lb-json-writer.h"

#include <math.h>
#include <string.h>
#include <time.h>

/*
 * Straight into a string: a tree of nodes as json-glib makes one takes ten times as long, which traffic
 * feels when there are 1000 backends. The same goes for printf(), of which there would be tens of
 * thousands.
 */

/* The longest number: 20 digits, a sign, a point and three decimals. */
#define NUMBER_SIZE 32

/* Above this a double has no thousandths. */
#define THOUSANDTHS_MAX 1e12

static char *
lb_json_print_count (char *end,
                     guint64 value)
{
  do
    *--end = (char) ('0' + value % 10);
  while ((value /= 10) > 0);

  return end;
}

/* A value is behind a comma unless it is the first one. What ends with a bracket that opens is the
 * beginning of an object or array: a string ends with quotes. */
static void
lb_json_writer_begin_value (LbJsonWriter *self,
                            const char *name)
{
  GString *text = self->text;

  if (text->len > 0 && text->str[text->len - 1] != '{' && text->str[text->len - 1] != '[')
    g_string_append_c (text, ',');

  if (name != NULL)
    {
      g_string_append_c (text, '"');
      g_string_append (text, name);
      g_string_append_len (text, "\":", 2);
    }
}

/* RFC 8259, 7. */
static void
lb_json_writer_append_escaped (LbJsonWriter *self,
                               const char *value)
{
  const char *p = value;

  for (;;)
    {
      const char *plain = p;

      while ((guchar) *p >= 0x20 && *p != '"' && *p != '\\')
        p++;
      g_string_append_len (self->text, plain, p - plain);

      if (*p == '\0')
        return;
      if (*p == '"' || *p == '\\')
        {
          g_string_append_c (self->text, '\\');
          g_string_append_c (self->text, *p);
        }
      else if (*p == '\n')
        g_string_append_len (self->text, "\\n", 2);
      else
        g_string_append_printf (self->text, "\\u%04x", (guint) (guchar) *p);
      p++;
    }
}

/**
 * lb_json_writer_init:
 * @self: a writer
 *
 * Begins a text.
 */
void
lb_json_writer_init (LbJsonWriter *self)
{
  self->text = g_string_sized_new (1024);
}

/**
 * lb_json_writer_begin_object:
 * @self: a writer
 * @name: (nullable): its name
 *
 * Begins an object, to be ended.
 */
void
lb_json_writer_begin_object (LbJsonWriter *self,
                             const char *name)
{
  lb_json_writer_begin_value (self, name);
  g_string_append_c (self->text, '{');
}

/**
 * lb_json_writer_end_object:
 * @self: a writer
 *
 * Ends the object that was begun last.
 */
void
lb_json_writer_end_object (LbJsonWriter *self)
{
  g_string_append_c (self->text, '}');
}

/**
 * lb_json_writer_begin_array:
 * @self: a writer
 * @name: (nullable): its name
 *
 * Begins an array, to be ended.
 */
void
lb_json_writer_begin_array (LbJsonWriter *self,
                            const char *name)
{
  lb_json_writer_begin_value (self, name);
  g_string_append_c (self->text, '[');
}

/**
 * lb_json_writer_end_array:
 * @self: a writer
 *
 * Ends the array that was begun last.
 */
void
lb_json_writer_end_array (LbJsonWriter *self)
{
  g_string_append_c (self->text, ']');
}

/**
 * lb_json_writer_add_null:
 * @self: a writer
 * @name: (nullable): its name
 *
 * Says that something is not known.
 */
void
lb_json_writer_add_null (LbJsonWriter *self,
                         const char *name)
{
  lb_json_writer_begin_value (self, name);
  g_string_append_len (self->text, "null", 4);
}

/**
 * lb_json_writer_add_boolean:
 * @self: a writer
 * @name: (nullable): its name
 * @value: what it is
 */
void
lb_json_writer_add_boolean (LbJsonWriter *self,
                            const char *name,
                            gboolean value)
{
  lb_json_writer_begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

/**
 * lb_json_writer_add_count:
 * @self: a writer
 * @name: (nullable): its name
 * @value: how many; not over %G_MAXINT64, which is the most that readers can be trusted with
 */
void
lb_json_writer_add_count (LbJsonWriter *self,
                          const char *name,
                          guint64 value)
{
  char buffer[NUMBER_SIZE];
  char *end = buffer + sizeof buffer;
  char *start = lb_json_print_count (end, MIN (value, G_MAXINT64));

  lb_json_writer_begin_value (self, name);
  g_string_append_len (self->text, start, end - start);
}

/**
 * lb_json_writer_add_number:
 * @self: a writer
 * @name: (nullable): its name
 * @value: how much
 *
 * Adds a number rounded to 3 decimals, or null: JSON has neither NaN nor infinity.
 */
void
lb_json_writer_add_number (LbJsonWriter *self,
                           const char *name,
                           double value)
{
  char buffer[MAX (NUMBER_SIZE, G_ASCII_DTOSTR_BUF_SIZE)];
  char *end = buffer + sizeof buffer;
  char *start = end;
  guint64 thousandths;

  if (!isfinite (value))
    {
      lb_json_writer_add_null (self, name);
      return;
    }

  lb_json_writer_begin_value (self, name);

  if (fabs (value) >= THOUSANDTHS_MAX)
    {
      g_string_append (self->text, g_ascii_dtostr (buffer, sizeof buffer, value));
      return;
    }

  thousandths = (guint64) round (fabs (value) * 1000.0);
  if (thousandths % 1000 != 0)
    {
      guint fraction = (guint) (thousandths % 1000);
      guint digits = 3;

      for (; fraction % 10 == 0; digits--)
        fraction /= 10;
      for (; digits > 0; digits--, fraction /= 10)
        *--start = (char) ('0' + fraction % 10);
      *--start = '.';
    }
  start = lb_json_print_count (start, thousandths / 1000);
  if (value < 0.0 && thousandths > 0)
    *--start = '-';

  g_string_append_len (self->text, start, end - start);
}

/**
 * lb_json_writer_add_moment:
 * @self: a writer
 * @name: (nullable): its name
 * @time_us: microseconds since 1970
 *
 * Adds a moment as ISO 8601 in UTC, to the second, or null if its year has not four digits.
 */
void
lb_json_writer_add_moment (LbJsonWriter *self,
                           const char *name,
                           gint64 time_us)
{
  const time_t time = (time_t) (time_us / G_USEC_PER_SEC);
  char buffer[] = "\"0000-00-00T00:00:00Z\"";
  struct tm tm;

  if (gmtime_r (&time, &tm) == NULL || tm.tm_year < -900 || tm.tm_year > 8099)
    {
      lb_json_writer_add_null (self, name);
      return;
    }

  lb_json_print_count (buffer + 5, (guint) (tm.tm_year + 1900));
  lb_json_print_count (buffer + 8, (guint) (tm.tm_mon + 1));
  lb_json_print_count (buffer + 11, (guint) tm.tm_mday);
  lb_json_print_count (buffer + 14, (guint) tm.tm_hour);
  lb_json_print_count (buffer + 17, (guint) tm.tm_min);
  lb_json_print_count (buffer + 20, (guint) tm.tm_sec);

  lb_json_writer_begin_value (self, name);
  g_string_append_len (self->text, buffer, sizeof buffer - 1);
}

/**
 * lb_json_writer_add_string:
 * @self: a writer
 * @name: (nullable): its name
 * @value: (nullable): a text, or %NULL for null; what is not UTF-8 in it is replaced
 */
void
lb_json_writer_add_string (LbJsonWriter *self,
                           const char *name,
                           const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    {
      lb_json_writer_add_null (self, name);
      return;
    }

  if (!g_utf8_validate (value, -1, NULL))
    value = valid = g_utf8_make_valid (value, -1);

  lb_json_writer_begin_value (self, name);
  g_string_append_c (self->text, '"');
  lb_json_writer_append_escaped (self, value);
  g_string_append_c (self->text, '"');
}

/**
 * lb_json_writer_finish:
 * @self: a writer; everything that was begun is ended
 *
 * Ends the text with a line feed.
 *
 * Returns: (transfer full): the text, in UTF-8
 */
GBytes *
lb_json_writer_finish (LbJsonWriter *self)
{
  g_string_append_c (self->text, '\n');

  return g_string_free_to_bytes (g_steal_pointer (&self->text));
}
