/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "exchange/lb-exchange-error.h"
#include "exchange/lb-exchange-words.h"

/* Everything that is read, a line each: its number, its words in brackets, and what ends it. */
static char *
read_all (const char *text,
          LbExchangeToken (*next) (LbExchangeWords *self, GError **error))
{
  g_auto (LbExchangeWords) words = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  LbExchangeToken token;

  lb_exchange_words_init (&words, text);
  do
    {
      static const char *const ends[] = { ";", "{", "}", "end", "broken" };

      token = next (&words, &error);
      g_string_append_printf (out, "%u", words.line);
      if (token != LB_EXCHANGE_BROKEN)
        for (guint i = 0; i < words.words->len; i++)
          g_string_append_printf (out, "[%s]", lb_exchange_words_get (&words, i));
      g_string_append_printf (out, "%s ", ends[token]);
    }
  while (token != LB_EXCHANGE_END && token != LB_EXCHANGE_BROKEN);

  g_assert_cmpint (token == LB_EXCHANGE_BROKEN, ==,
                   g_error_matches (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX));
  g_assert_cmpstr (lb_exchange_words_get (&words, 1000), ==, "");

  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct
{
  const char *text;
  const char *read;
} Row;

static void
test_lines (void)
{
  static const Row rows[] = {
    { "", "1end " },
    { "\n# a\n  \n", "4end " },
    { "a b", "1[a][b]; 1end " },
    { "a\tb \r\n\n c#d e\nf", "1[a][b]; 3[c]; 4[f]; 4end " },
    { "\"a b\" 'c \"d\"' e\" \"f", "1[a b][c \"d\"][e f]; 1end " },
    { "a\\ b \\# \\\\ \\\" \\x41\\n\\t", "1[a b][#][\\][\"][A\n\t]; 1end " },
    { "\"\\\"\\$x\" '\\n'", "1[\"$x][\\n]; 1end " },
    { "\"\" ''", "1[][]; 1end " },
    { "a \\\nb", "1[a][]; 2[b]; 2end " },
    { "\\x00\\xff\\x4", "1[??x4]; 1end " },
    { "a\n\"b\nc\"", "1[a]; 2broken " },
    { "'a", "1broken " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *read = read_all (rows[i].text, lb_exchange_words_next_line);

      g_assert_cmpstr (read, ==, rows[i].read);
    }
}

static void
test_blocks (void)
{
  static const Row rows[] = {
    { "", "1end " },
    { "# a;\n;;", "2end " },
    { "a b;c{d;}", "1[a][b]; 1[c]{ 1[d]; 1} 1end " },
    { "a\nb\n;\n{\n}\n", "1[a][b]; 4{ 5} 6end " },
    { "a \"b;\n{\" 'c\"d' \"\\\"\\n\";", "1[a][b;\n{][c\"d][\"\\n]; 2end " },
    { "a ${b}c$d{e}", "1[a][${b}c$d]{ 1broken " },
    { "a b#c;", "1[a][b#c]; 1end " },
    { "a \\; b\\ c;", "1[a][\\;][b\\][c]; 1end " },
    { "a b", "1broken " },
    { "a { b }", "1[a]{ 1broken " },
    { "a 'b", "1broken " },
    { "}", "1} 1end " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *read = read_all (rows[i].text, lb_exchange_words_next_block);

      g_assert_cmpstr (read, ==, rows[i].read);
    }
}

static void
test_skips_a_block (void)
{
  g_auto (LbExchangeWords) words = { 0 };

  lb_exchange_words_init (&words, "a { b { ' }\n c } d;");
  g_assert_cmpint (lb_exchange_words_next_block (&words, NULL), ==, LB_EXCHANGE_OPEN);
  lb_exchange_words_skip_block (&words);
  g_assert_cmpint (lb_exchange_words_next_block (&words, NULL), ==, LB_EXCHANGE_LINE);
  g_assert_cmpstr (lb_exchange_words_get (&words, 0), ==, "d");
  g_assert_cmpuint (words.line, ==, 2);
}

static void
test_keeps_no_more_than_it_needs (void)
{
  g_auto (LbExchangeWords) words = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "a ");
  g_string_append (text, "\nb");

  lb_exchange_words_init (&words, text->str);
  g_assert_cmpint (lb_exchange_words_next_line (&words, NULL), ==, LB_EXCHANGE_LINE);
  g_assert_cmpuint (words.words->len, ==, LB_EXCHANGE_MAX_WORDS);
  g_assert_cmpint (lb_exchange_words_next_line (&words, NULL), ==, LB_EXCHANGE_LINE);
  g_assert_cmpstr (lb_exchange_words_get (&words, 0), ==, "b");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/words/lines", test_lines);
  g_test_add_func ("/exchange/words/blocks", test_blocks);
  g_test_add_func ("/exchange/words/skips-a-block", test_skips_a_block);
  g_test_add_func ("/exchange/words/keeps-no-more", test_keeps_no_more_than_it_needs);

  return g_test_run ();
}
