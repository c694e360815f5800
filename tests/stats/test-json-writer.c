/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "stats/lb-json-writer.h"

/* Ends the text, which json-glib can read. */
static char *
finish (LbJsonWriter *writer)
{
  g_autoptr (GBytes) bytes = lb_json_writer_finish (writer);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  g_assert_true (g_utf8_validate_len (text, length, NULL));
  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);

  return g_strndup (text, length);
}

static void
test_nesting (void)
{
  LbJsonWriter writer;
  g_autofree char *text = NULL;

  lb_json_writer_init (&writer);
  lb_json_writer_begin_object (&writer, NULL);
  lb_json_writer_begin_array (&writer, "empty");
  lb_json_writer_end_array (&writer);
  lb_json_writer_begin_object (&writer, "none");
  lb_json_writer_end_object (&writer);
  lb_json_writer_begin_array (&writer, "a");
  lb_json_writer_add_count (&writer, NULL, 1);
  lb_json_writer_begin_object (&writer, NULL);
  lb_json_writer_add_null (&writer, "b");
  lb_json_writer_add_boolean (&writer, "c", TRUE);
  lb_json_writer_end_object (&writer);
  lb_json_writer_begin_array (&writer, NULL);
  lb_json_writer_add_string (&writer, NULL, "[{");
  lb_json_writer_add_string (&writer, NULL, NULL);
  lb_json_writer_end_array (&writer);
  lb_json_writer_end_array (&writer);
  lb_json_writer_add_boolean (&writer, "d", FALSE);
  lb_json_writer_end_object (&writer);
  text = finish (&writer);

  g_assert_cmpstr (text, ==,
                   "{\"empty\":[],\"none\":{},\"a\":[1,{\"b\":null,\"c\":true},[\"[{\",null]],"
                   "\"d\":false}\n");
}

static void
test_numbers (void)
{
  static const struct
  {
    double value;
    const char *text;
  } rows[] = {
    { 0.0, "0" },
    { -0.0, "0" },
    { 0.0004, "0" },
    { -0.0004, "0" },
    { 0.0005, "0.001" },
    { 0.05, "0.05" },
    { 0.5, "0.5" },
    { 1.0, "1" },
    { 10.0, "10" },
    { 12.3456, "12.346" },
    { 0.9996, "1" },
    { -1.25, "-1.25" },
    { -1234.5678, "-1234.568" },
    { 1.0 / 3.0, "0.333" },
    { 999999999999.123, "999999999999.123" },
    { 1e12, "1000000000000" },
    { 1e300, "1.0000000000000001e+300" },
    { (double) NAN, "null" },
    { (double) INFINITY, "null" },
    { -(double) INFINITY, "null" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected = g_strdup_printf ("[%s]\n", rows[i].text);
      g_autofree char *text = NULL;
      LbJsonWriter writer;

      lb_json_writer_init (&writer);
      lb_json_writer_begin_array (&writer, NULL);
      lb_json_writer_add_number (&writer, NULL, rows[i].value);
      lb_json_writer_end_array (&writer);
      text = finish (&writer);
      g_assert_cmpstr (text, ==, expected);
    }
}

/* What is read back is what json-glib would have written. */
static void
test_any_number (void)
{
  for (guint i = 0; i < 10000; i++)
    {
      const double value = g_test_rand_double_range (-1e6, 1e6) / (i % 2 == 0 ? 1.0 : 1e6);
      g_autofree char *text = NULL;
      LbJsonWriter writer;

      lb_json_writer_init (&writer);
      lb_json_writer_add_number (&writer, NULL, value);
      text = g_strndup (writer.text->str, writer.text->len);
      g_string_free (writer.text, TRUE);
      g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, round (value * 1000.0) / 1000.0);
    }
}

static void
test_counts (void)
{
  LbJsonWriter writer;
  g_autofree char *text = NULL;

  lb_json_writer_init (&writer);
  lb_json_writer_begin_array (&writer, NULL);
  lb_json_writer_add_count (&writer, NULL, 0);
  lb_json_writer_add_count (&writer, NULL, 4294967296);
  lb_json_writer_add_count (&writer, NULL, G_MAXUINT64);
  lb_json_writer_end_array (&writer);
  text = finish (&writer);

  g_assert_cmpstr (text, ==, "[0,4294967296,9223372036854775807]\n");
}

static void
test_moments (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } rows[] = {
    { 0, "\"1970-01-01T00:00:00Z\"" },
    { 1795334400, "\"2026-11-22T08:00:00Z\"" },
    { 951827696, "\"2000-02-29T12:34:56Z\"" },
    { 253402300799, "\"9999-12-31T23:59:59Z\"" },
    { 253402300800, "null" },
    { -62135596800, "null" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected = g_strdup_printf ("[%s]\n", rows[i].text);
      g_autofree char *text = NULL;
      LbJsonWriter writer;

      lb_json_writer_init (&writer);
      lb_json_writer_begin_array (&writer, NULL);
      lb_json_writer_add_moment (&writer, NULL, rows[i].seconds * G_USEC_PER_SEC);
      lb_json_writer_end_array (&writer);
      text = finish (&writer);
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_strings (void)
{
  static const struct
  {
    const char *value;
    const char *text;
  } rows[] = {
    { "", "\"\"" },
    { "a, \"b\" \\ /", "\"a, \\\"b\\\" \\\\ /\"" },
    { "\n\r\t\x01\x1f\x7f", "\"\\u000a\\u000d\\u0009\\u0001\\u001f\x7f\"" },
    { "grün שרת 服务器 \U0001f600", "\"grün שרת 服务器 \U0001f600\"" },
    { "\xff", "\"\uFFFD\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected = g_strdup_printf ("{\"x\":%s}\n", rows[i].text);
      g_autofree char *text = NULL;
      LbJsonWriter writer;

      lb_json_writer_init (&writer);
      lb_json_writer_begin_object (&writer, NULL);
      lb_json_writer_add_string (&writer, "x", rows[i].value);
      lb_json_writer_end_object (&writer);
      text = finish (&writer);
      g_assert_cmpstr (text, ==, expected);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/json-writer/nesting", test_nesting);
  g_test_add_func ("/stats/json-writer/numbers", test_numbers);
  g_test_add_func ("/stats/json-writer/any-number", test_any_number);
  g_test_add_func ("/stats/json-writer/counts", test_counts);
  g_test_add_func ("/stats/json-writer/moments", test_moments);
  g_test_add_func ("/stats/json-writer/strings", test_strings);

  return g_test_run ();
}
