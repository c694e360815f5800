/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange-fixture.h"

/*
 * Files that nobody meant well. Whatever stands in one, reading it ends, and what comes of it is
 * either an error with a sentence or pools that are fit to be used and written again.
 */

static const char *const samples[] = { "haproxy.cfg", "nginx.conf", "caddy.json", "pool.json" };

static void
assert_usable (LbExchangePool *pool)
{
  g_assert_cmpuint (pool->backends->len, >, 0);
  g_assert_cmpuint (pool->backends->len, <=, LB_EXCHANGE_MAX_BACKENDS);
  g_assert_true (g_utf8_validate (pool->name, -1, NULL));

  for (guint i = 0; i < pool->backends->len; i++)
    {
      g_auto (LbProbeSettings) probe = { 0 };
      g_autoptr (GError) error = NULL;

      exchange_get_probe (pool, i, &probe);
      lb_probe_settings_check (&probe, &error);
      g_assert_no_error (error);
    }

  for (guint i = 0; lb_exchange_format_list (i) != NULL; i++)
    {
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) text = lb_exchange_export (lb_exchange_format_list (i), pool, notes,
                                                    &error);

      if (text == NULL)
        g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
      else
        g_assert_true (g_utf8_validate_len (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                            NULL));
    }
}

static void
feed (GBytes *contents,
      const LbExchangeFormat *format)
{
  g_auto (LbProbeSettings) probe = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (LbExchangeImport) import = NULL;

  lb_probe_settings_init (&probe);
  import = lb_exchange_import (contents, format, &probe, &error);

  if (import == NULL)
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == LB_EXCHANGE_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (import->pools->len, >, 0);
  for (guint i = 0; i < import->pools->len; i++)
    assert_usable (g_ptr_array_index (import->pools, i));
}

/* Changes some bytes, removes some, repeats some. */
static void
mangle (GByteArray *data)
{
  static const char bytes[] = "{}[]\"'\\#;:,$%\n \t0-/=*()\r\x01\xff\xc3";
  const gint32 n = g_test_rand_int_range (1, 6);

  for (gint32 i = 0; i < n && data->len > 8; i++)
    {
      const guint place = (guint) g_test_rand_int_range (0, (gint32) data->len - 4);
      const guint length = (guint) g_test_rand_int_range (1, 5);

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
          data->data[place] =
            (guint8) bytes[g_test_rand_int_range (0, (gint32) sizeof bytes - 1)];
          break;

        case 1:
          g_byte_array_remove_range (data, place, length);
          break;

        case 2:
          g_byte_array_set_size (data, place + 1);
          break;

        case 3:
          {
            g_autofree guint8 *piece = g_memdup2 (data->data + place, data->len - place);

            g_byte_array_append (data, piece, MIN (data->len - place, 200));
          }
          break;

        default:
          data->data[place] = (guint8) g_test_rand_int_range (0, 256);
          break;
        }
    }
}

static void
test_mangled (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "exchange", "data", samples[i],
                                                     NULL);
      g_autofree char *text = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &text, &length, NULL));

      for (guint j = 0; j < 400; j++)
        {
          g_autoptr (GByteArray) data = g_byte_array_new ();
          g_autoptr (GBytes) contents = NULL;

          g_byte_array_append (data, (const guint8 *) text, (guint) length);
          mangle (data);
          contents = g_byte_array_free_to_bytes (g_steal_pointer (&data));

          feed (contents, NULL);
          for (guint k = 0; k < 4; k++)
            feed (contents, lb_exchange_format_list (k));
        }
    }
}

/* A piece again and again, up to the size that is allowed. */
static void
test_repeated (void)
{
  static const char *const pieces[] = {
    "a", " ", "\n", "\"", "'", "\\", "#\n", "{", "}", ";", "[", "]", ",", "\xff", "a ", "a;", "a{",
    "a b;", "{}", "a {}", "{a}", "\"\" ", "${", "$", "[]", "[],", "{\"a\":", "\"a\",", ".if\n",
    "backend\n", "backend b\n", "defaults\n", "defaults d%u\n", "listen l%u\n", "peers p%u\n",
    "k%u\n", "http-check send hdr a b\n", "default-server redir http://a\n",
    "upstream u%u{}", "upstream{server a%u;}", "upstream u{server a;}", "server{location /{}}",
    "proxy_pass http://u%u/;", "location /{proxy_pass http://u%u;proxy_ssl_verify on;}",
    "a_by_lua_block {", "include a%u;", "proxy_ssl_verify on;}",
  };
  static const char *const starts[] = { "", "backend b\n", "upstream u {", "{\"backends\":[",
                                        "{\"handler\":\"reverse_proxy\",\"upstreams\":[" };
  const gsize size = g_test_thorough () ? LB_EXCHANGE_MAX_SIZE : 64 * 1024;

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (guint j = 0; j < G_N_ELEMENTS (starts); j++)
      {
        g_autoptr (GString) text = g_string_new (starts[j]);
        g_auto (GStrv) parts = g_strsplit (pieces[i], "%u", 2);
        g_autoptr (GBytes) contents = NULL;
        const gint64 start_us = g_get_monotonic_time ();

        for (guint k = 0; text->len + strlen (pieces[i]) + 10 < size; k++)
          {
            g_string_append (text, parts[0]);
            if (parts[0] != NULL && parts[1] != NULL)
              g_string_append_printf (text, "%u%s", k, parts[1]);
          }
        contents = g_string_free_to_bytes (g_steal_pointer (&text));

        for (guint k = 0; k < 4; k++)
          feed (contents, lb_exchange_format_list (k));

        g_assert_cmpint (g_get_monotonic_time () - start_us, <, 60 * G_USEC_PER_SEC);
      }
}

/* A part of a file that would be copied again and again: for each server, each section, each pool. */
static void
test_long (void)
{
  static const struct
  {
    const char *format;
    const char *start; /* what a long text follows */
    const char *middle;
    const char *piece; /* what follows that many times */
    const char *end;
    gboolean refused;
  } rows[] = {
    { "haproxy", "defaults\n default-server addr ", "\nbackend b\n", " server s h%u:80 check\n", "", TRUE },
    { "haproxy", "defaults d\n http-check expect string ", "\n", "defaults d%u from d\n", "", TRUE },
    { "nginx", "upstream u { server a:80; } upstream ", " { ", " server h%u:80;", "}", TRUE },
    { "caddy", "{\"", "\":[",
      "{\"handler\":\"reverse_proxy\",\"upstreams\":[{\"dial\":\"h%u:80\"}]},", "0]}", TRUE },
    { "haproxy", "backend b\n#", "\n", " server s h%u:80\n", "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) text = g_string_new (rows[i].start);
      g_auto (GStrv) parts = g_strsplit (rows[i].piece, "%u", 2);
      g_autofree char *letters = g_strnfill (1000000, 'a');
      g_autoptr (LbExchangeImport) import = NULL;
      g_autoptr (GError) error = NULL;

      g_string_append (text, letters);
      g_string_append (text, rows[i].middle);
      for (guint j = 0; j < 2000; j++)
        g_string_append_printf (text, "%s%u%s", parts[0], j, parts[1]);
      g_string_append (text, rows[i].end);

      import = exchange_import (rows[i].format, text->str, &error);
      if (rows[i].refused)
        g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_TOO_LARGE);
      else
        g_assert_no_error (error);
    }
}

/* What is said once of a pool is not read for each of its servers at any length. */
static void
test_long_checks (void)
{
  g_autoptr (GString) text = g_string_new ("{\"handler\":\"reverse_proxy\",\"upstreams\":[");
  g_autoptr (LbExchangeImport) import = NULL;
  const gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "{\"dial\":\"h%u:80\"},", i);
  g_string_append (text, "0],\"health_checks\":{\"active\":{");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "\"%u\":0,", i);
  g_string_append (text, "\"headers\":{");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "\"X-%u\":[\"v\"],", i);
  g_string_append (text, "\"Y\":0}}}}");

  import = exchange_read ("caddy", text->str);
  g_assert_cmpuint (exchange_pool (import, 0)->backends->len, ==, 2000);
  exchange_assert_note (exchange_pool (import, 0)->notes, "header “X-64” is left out");
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 20 * G_USEC_PER_SEC);
}

static void
test_long_names (void)
{
  g_autofree char *name = g_strnfill (10000, 'a');
  g_autofree char *text = g_strdup_printf ("upstream %s { server a:80; }", name);
  g_autoptr (LbExchangeImport) import = exchange_read ("nginx", text);

  g_assert_cmpuint (strlen (exchange_pool (import, 0)->name), <, 400);
  g_assert_true (g_str_has_suffix (exchange_pool (import, 0)->name, "a…"));
}

/* More backends than can be, in one pool and in many. */
static void
test_too_many_backends (void)
{
  g_autoptr (GString) one = g_string_new ("backend b\n");
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (LbExchangeImport) import = NULL;
  g_autoptr (LbExchangeImport) imports = NULL;
  guint n = 0;

  for (guint i = 0; i < LB_EXCHANGE_MAX_BACKENDS + 5; i++)
    {
      g_string_append_printf (one, " server s h%u:80 check\n", i);
      g_string_append_printf (many, "upstream u%u { server h:%u; server i:%u; }\n", i, i + 1, i + 1);
    }

  import = exchange_read ("haproxy", one->str);
  g_assert_cmpuint (exchange_pool (import, 0)->backends->len, ==, LB_EXCHANGE_MAX_BACKENDS);
  exchange_assert_note (exchange_pool (import, 0)->notes, "no more than 10000 can be taken over");

  imports = exchange_read ("nginx", many->str);
  for (guint i = 0; i < imports->pools->len; i++)
    n += exchange_pool (imports, i)->backends->len;
  g_assert_cmpuint (n, ==, LB_EXCHANGE_MAX_BACKENDS);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/hostile/mangled", test_mangled);
  g_test_add_func ("/exchange/hostile/repeated", test_repeated);
  g_test_add_func ("/exchange/hostile/long", test_long);
  g_test_add_func ("/exchange/hostile/long-checks", test_long_checks);
  g_test_add_func ("/exchange/hostile/long-names", test_long_names);
  g_test_add_func ("/exchange/hostile/too-many-backends", test_too_many_backends);

  return g_test_run ();
}
