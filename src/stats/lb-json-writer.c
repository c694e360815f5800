/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-json-writer"

#include "config.h"

#include "stats/lb-json-writer.h"

#include <math.h>
#include <string.h>
#include <time.h>

/*
 * Straight into a string: a tree of nodes as json-glib makes one takes twenty times as long, which
 * traffic feels when there are 1000 backends. The same goes for printf(), of which there would be tens
 * of thousands; and even to append piece by piece takes longer than to write what there is room for.
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

/* Makes room for so many bytes more. Returns where they go; lb_json_writer_advance() says how many they
 * were. */
static char *
lb_json_writer_reserve (LbJsonWriter *self,
                        gsize n)
{
  GString *text = self->text;
  const gsize length = text->len;

  if (text->allocated_len - length <= n)
    {
      g_string_set_size (text, length + n);
      text->len = length;
    }

  return text->str + length;
}

static void
lb_json_writer_advance (LbJsonWriter *self,
                        const char *end)
{
  self->text->len = (gsize) (end - self->text->str);
}

static char *
lb_json_copy (char *p,
              const char *bytes,
              gsize length)
{
  memcpy (p, bytes, length);

  return p + length;
}

/* Makes room for a value of so many bytes and for what stands before it: its name, and a comma unless it
 * is the first one. What ends with a bracket that opens is the beginning of an object or array: a string
 * ends with quotes. Returns where the value goes. */
static char *
lb_json_writer_begin_value (LbJsonWriter *self,
                            const char *name,
                            gsize size)
{
  const gsize length = name != NULL ? strlen (name) : 0;
  char *p = lb_json_writer_reserve (self, length + strlen (",\"\":") + size);

  if (self->text->len > 0 && p[-1] != '{' && p[-1] != '[')
    *p++ = ',';

  if (name != NULL)
    {
      *p++ = '"';
      p = lb_json_copy (p, name, length);
      *p++ = '"';
      *p++ = ':';
    }

  return p;
}

static void
lb_json_writer_add_text (LbJsonWriter *self,
                         const char *name,
                         const char *text,
                         gsize length)
{
  char *p = lb_json_writer_begin_value (self, name, length);

  lb_json_writer_advance (self, lb_json_copy (p, text, length));
}

/* RFC 8259, 7. @p has room for six times as much. */
static char *
lb_json_escape (char *p,
                const char *value)
{
  for (; *value != '\0'; value++)
    if (*value == '"' || *value == '\\')
      {
        *p++ = '\\';
        *p++ = *value;
      }
    else if ((guchar) *value >= 0x20)
      *p++ = *value;
    else
      {
        p = lb_json_copy (p, "\\u00", 4);
        *p++ = (char) ('0' + *value / 16);
        *p++ = "0123456789abcdef"[*value % 16];
      }

  return p;
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
  lb_json_writer_add_text (self, name, "{", 1);
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
  lb_json_writer_add_text (self, name, "[", 1);
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
  lb_json_writer_add_text (self, name, "null", strlen ("null"));
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
  const char *text = value ? "true" : "false";

  lb_json_writer_add_text (self, name, text, strlen (text));
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

  lb_json_writer_add_text (self, name, start, (gsize) (end - start));
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

  if (fabs (value) >= THOUSANDTHS_MAX)
    {
      g_ascii_dtostr (buffer, sizeof buffer, value);
      lb_json_writer_add_text (self, name, buffer, strlen (buffer));
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

  lb_json_writer_add_text (self, name, start, (gsize) (end - start));
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

  lb_json_writer_add_text (self, name, buffer, sizeof buffer - 1);
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
  char *p;

  if (value == NULL)
    {
      lb_json_writer_add_null (self, name);
      return;
    }

  if (!g_utf8_validate (value, -1, NULL))
    value = valid = g_utf8_make_valid (value, -1);

  p = lb_json_writer_begin_value (self, name, 6 * strlen (value) + 2);
  *p++ = '"';
  p = lb_json_escape (p, value);
  *p++ = '"';
  lb_json_writer_advance (self, p);
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
