/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "config/lb-config.h"
#include "config/lb-json-text.h"

static void
assert_refused (const char *text,
                gsize length,
                const char *in_message)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = lb_json_text_parse (text, length, &error);

  g_assert_null (object);
  g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_SYNTAX);
  if (strstr (error->message, in_message) == NULL)
    g_error ("“%s” is not in “%s”", in_message, error->message);
  g_test_message ("%s", error->message);
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *text;
    const char *in_message;
  } cases[] = {
    { "", "Line 1: The text ends too early" },
    { " \n\n ", "Line 3: The text ends too early" },
    { "[]", "braces" },
    { "5", "braces" },
    { "null", "braces" },
    { "var a = {}", "braces" },
    { "}", "braces" },
    { "{} {}", "braces" },
    { "{}\n}", "Line 2" },
    { "{", "too early" },
    { "{\"a\": [1, 2}", "too early" },
    { "{\"a\": [1, 2}}", "This is no JSON" },
    { "{\n\"a\": 1\n\"b\": 2}", "Line 2: This is no JSON" },
    { "{\"a\": 1,}", "This is no JSON" },
    { "{\"a\" 1}", "This is no JSON" },
    { "{\"a\": nul}", "This is no JSON" },
    { "{\"a\": NaN}", "This is no JSON" },
    { "{\"a\": -inf}", "digits only" },
    { "{1: 2}", "This is no JSON" },
    { "{'a': 1}", "double quotes" },
    { "{\n\n// why\n}", "Line 3: JSON has no comments" },
    { "{ /* \" */ }", "JSON has no comments" },
    { "{ # why\n}", "JSON has no comments" },
    { "{\"a\": \"b", "must end" },
    { "{\"a\": \"b\nc\"}", "must end" },
    { "{\"a\": \"\\x\"}", "backslash" },
    { "{\"a\": \"\\", "backslash" },
    { "{\"a\": \"\\u12\"}", "backslash" },
    { "{\"a\": \"\\u0000b\"}", "backslash" },
    { "{\"a\": \"\\ud800\"}", "backslash" },
    { "{\"a\": \"\\ud800\\u0041\"}", "backslash" },
    { "{\"a\": \"\\udc00\"}", "backslash" },
    { "{\"a\": 01}", "zero in front" },
    { "{\"a\": 0x10}", "zero in front" },
    { "{\"a\": 99999999999999999999}", "too large" },
    { "{\"a\": -99999999999999999999}", "too large" },
    { "{\"a\": 1e999}", "too large" },
    { "{\"a\": 1,\n\"b\": 2,\n\"a\": 3}", "Line 3: The key “a” stands" },
    { "{\"a\": {\"b\": []},\n\"a\"\n:\n{}}", "Line 2: The key “a” stands" },
    { "{\"a\": [{\"b\": 1}, {\"b\": 2, \"c\": \"b\", \"b\": null}]}", "The key “b” stands" },
    { "{\"port\": 1, \"\\u0070ort\": 2}", "The key “port” stands" },
    { "{\"\": 1, \"\": 2}", "The key “” stands" },
    { "{\"a\": \"\xff\"}", "UTF-8" },
    { "{\"a\": \"\xed\xa0\x80\"}", "UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].text, strlen (cases[i].text), cases[i].in_message);

  assert_refused ("{}\0{}", 5, "UTF-8");
  assert_refused (NULL, 0, "too early");
}

static void
test_refuses_every_beginning (void)
{
  const char *text = "{\"a\": [1, -2.5e3, \"\\ud83d\\ude00\\n\", true, null], \"b\": {\"c\": {}}}";
  g_autoptr (JsonObject) object = lb_json_text_parse (text, strlen (text), NULL);

  g_assert_nonnull (object);
  for (gsize length = 0; length < strlen (text); length++)
    {
      /* A copy of exactly that size, so that reading past its end is noticed. */
      g_autofree char *beginning = g_memdup2 (text, length);

      assert_refused (beginning, length, "");
    }
}

static void
test_refuses_deep_nesting (void)
{
  g_autoptr (GString) text = g_string_new ("{\"a\": ");

  for (int i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');

  assert_refused (text->str, text->len, "nested");
}

static void
test_reads_escapes (void)
{
  const char *text = "\xef\xbb\xbf{\"a\": \"\\u00e4\\ud83d\\ude00\\\\\\\"\\/\\n\\t\\u0001\\u007f\"}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = lb_json_text_parse (text, strlen (text), &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (object, "a"), ==, "ä😀\\\"/\n\t\001\177");

  printed = lb_json_text_print (object, NULL);
  g_assert_cmpstr (printed, ==, "{\n  \"a\": \"ä😀\\\\\\\"/\\n\\t\\u0001\\u007f\"\n}\n");
}

/* What is no repetition: another object, another case, a value, a value that says what is no key. */
static void
test_reads_similar_keys (void)
{
  const char *text = "{\n"
                     "  \"a\": {\"a\": 1, \"A\": 2, \"b\": \"a\", \"a:\": \"a\"},\n"
                     "  \"b\": [\n"
                     "    {\"a\": 1},\n"
                     "    {\"a\": 2}\n"
                     "  ],\n"
                     "  \"c\": [\"a\", \"a\"],\n"
                     "  \"\\\"a\": \"\\\": \\\"a\"\n"
                     "}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = lb_json_text_parse (text, strlen (text), &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = lb_json_text_print (object, NULL);
  g_assert_cmpstr (printed, ==, text);
}

static void
test_prints_numbers_that_read_back (void)
{
  const char *text = "{\n"
                     "  \"doubles\": [0.1, 1.0, -0.3333333333333333, 1e+300, 12345678.9],\n"
                     "  \"integers\": [0, 9223372036854775807, -9223372036854775808]\n"
                     "}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = lb_json_text_parse (text, strlen (text), &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = lb_json_text_print (object, NULL);
  g_assert_cmpstr (printed, ==, text);
}

static void
test_prints_small_things_on_one_line (void)
{
  const char *text = "{\n"
                     "  \"empty\": {},\n"
                     "  \"none\": [],\n"
                     "  \"small\": {\"a\": 1, \"b\": null, \"c\": true},\n"
                     "  \"list\": [\n"
                     "    {\"url\": \"http://a\"},\n"
                     "    {\n"
                     "      \"deep\": [1]\n"
                     "    }\n"
                     "  ],\n"
                     "  \"long\": [\n"
                     "    \"0123456789012345678901234567890123456789012345678901234567890123\",\n"
                     "    \"0123456789012345678901234567890123456789012345678901234567890123\"\n"
                     "  ]\n"
                     "}\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = lb_json_text_parse (text, strlen (text), &error);
  g_autofree char *printed = NULL;
  gsize length;

  g_assert_no_error (error);
  printed = lb_json_text_print (object, &length);
  g_assert_cmpstr (printed, ==, text);
  g_assert_cmpuint (length, ==, strlen (text));
}

static void
test_quotes_briefly (void)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *brief = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 200; i++)
    g_string_append (text, "ä");

  json_node_set_string (node, text->str);
  brief = lb_json_text_brief (node);
  g_assert_cmpint (g_utf8_strlen (brief, -1), ==, 60);
  g_assert_true (g_str_has_prefix (brief, "\"ää"));
  g_assert_true (g_str_has_suffix (brief, "ä…"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/json-text/refuses-what-is-no-json", test_refuses);
  g_test_add_func ("/config/json-text/refuses-every-beginning", test_refuses_every_beginning);
  g_test_add_func ("/config/json-text/refuses-deep-nesting", test_refuses_deep_nesting);
  g_test_add_func ("/config/json-text/reads-escapes", test_reads_escapes);
  g_test_add_func ("/config/json-text/reads-similar-keys", test_reads_similar_keys);
  g_test_add_func ("/config/json-text/prints-numbers-that-read-back",
                   test_prints_numbers_that_read_back);
  g_test_add_func ("/config/json-text/prints-small-things-on-one-line",
                   test_prints_small_things_on_one_line);
  g_test_add_func ("/config/json-text/quotes-briefly", test_quotes_briefly);

  return g_test_run ();
}
