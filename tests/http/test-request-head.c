/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "http/lb-request-head.h"

#include <string.h>

static void
test_whole (void)
{
  static const char text[] = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\n\r\n";
  LbRequestHead head;
  guint status;

  g_assert_true (lb_request_head_read (&head, text, strlen (text), &status) ==
                 LB_REQUEST_HEAD_WHOLE);
  g_assert_cmpuint (head.length, ==, strlen ("GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n"));
  g_assert_cmpmem (head.method, head.method_length, "GET", 3);
  g_assert_cmpmem (head.target, head.target_length, "/a?b=c", 6);
}

/* At every shorter length it is only a part. */
static void
test_partial (void)
{
  static const char text[] = "POST /x HTTP/1.0\r\nHost: h\r\nA: b\r\n\r\n";
  LbRequestHead head;
  guint status;

  for (gsize i = 0; i < strlen (text); i++)
    g_assert_true (lb_request_head_read (&head, text, i, &status) == LB_REQUEST_HEAD_PARTIAL);

  g_assert_true (lb_request_head_read (&head, text, strlen (text), &status) ==
                 LB_REQUEST_HEAD_WHOLE);
}

static void
test_bad (void)
{
  static const char *const lines[] = {
    " / HTTP/1.1",      "GET  / HTTP/1.1", "GET / HTTP/1.1 ",  "GET /",          "GET / HTTP/2.0",
    "GET /a\tb HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\xc3\xa9 HTTP/1.1", "GET /#x HTTP/1.1",
    "G@T / HTTP/1.1",   "GET / http/1.1",  "GET /\rx HTTP/1.1", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = g_strconcat (lines[i], "\r\nHost: h\r\n\r\n", NULL);
      LbRequestHead head;
      guint status = 0;

      g_assert_true (lb_request_head_read (&head, text, strlen (text), &status) ==
                     LB_REQUEST_HEAD_BAD);
      g_assert_cmpuint (status, ==, 400);
    }
}

static void
test_too_long (void)
{
  g_autofree char *name = g_strnfill (9000, 'a');
  g_autofree char *target = g_strconcat ("GET /", name, " HTTP/1.1\r\nHost: h\r\n\r\n", NULL);
  g_autofree char *endless = g_strnfill (LB_REQUEST_HEAD_MAX, 'a');
  LbRequestHead head;
  guint status = 0;

  g_assert_true (lb_request_head_read (&head, target, strlen (target), &status) ==
                 LB_REQUEST_HEAD_BAD);
  g_assert_cmpuint (status, ==, 414);
  g_assert_true (lb_request_head_read (&head, endless, strlen (endless), &status) ==
                 LB_REQUEST_HEAD_BAD);
  g_assert_cmpuint (status, ==, 431);
}

static void
test_origin_form (void)
{
  static const struct
  {
    const char *target;
    const char *form;
    gboolean needs_slash;
  } rows[] = {
    { "/", "/", FALSE },
    { "//evil/..", "//evil/..", FALSE },
    { "/a%20b?x=%2F", "/a%20b?x=%2F", FALSE },
    { "http://h/a?b", "/a?b", FALSE },
    { "HTTP://h:80/a", "/a", FALSE },
    { "http://h", "", TRUE },
    { "http://h?x", "?x", TRUE },
    { "https://h//x", "//x", FALSE },
    { "*", NULL, FALSE },
    { "h:80", NULL, FALSE },
    { "ftp://h/", NULL, FALSE },
    { "http://", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = 0;
      gboolean needs_slash = FALSE;
      const char *form =
        lb_target_get_origin_form (rows[i].target, strlen (rows[i].target), &length, &needs_slash);

      if (rows[i].form == NULL)
        {
          g_assert_null (form);
          continue;
        }

      g_assert_cmpmem (form, length, rows[i].form, strlen (rows[i].form));
      g_assert_true (needs_slash == rows[i].needs_slash);
    }
}

static void
test_reserved (void)
{
  static const char *const ours[] = { "/stats", "/stats?x", "/stats/", "/stats;csv", "/stats/a" };
  static const char *const others[] = { "/", "/stat", "/statsfoo", "/%73tats", "/Stats", "//stats",
                                        "/a/stats", "/stats%3b" };

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    g_assert_true (lb_target_is_reserved (ours[i], strlen (ours[i])));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (lb_target_is_reserved (others[i], strlen (others[i])));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/request-head/whole", test_whole);
  g_test_add_func ("/http/request-head/partial", test_partial);
  g_test_add_func ("/http/request-head/bad", test_bad);
  g_test_add_func ("/http/request-head/too-long", test_too_long);
  g_test_add_func ("/http/target/origin-form", test_origin_form);
  g_test_add_func ("/http/target/reserved", test_reserved);

  return g_test_run ();
}
