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
  g_assert_cmpmem (head.target.text, head.target.length, "/a?b=c", 6);
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
    " / HTTP/1.1",      "GET  / HTTP/1.1", "GET / HTTP/1.1 ",  "GET /",          
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
  g_autofree char *endless_method = g_strnfill (LB_REQUEST_HEAD_MAX, 'a');
  g_autofree char *endless = g_strconcat ("GET / HTTP/1.1\r\nHost: h\r\n", endless_method, NULL);
  LbRequestHead head;
  guint status = 0;

  g_assert_true (lb_request_head_read (&head, target, strlen (target), &status) ==
                 LB_REQUEST_HEAD_BAD);
  g_assert_cmpuint (status, ==, 414);
  g_assert_true (lb_request_head_read (&head, endless, strlen (endless), &status) ==
                 LB_REQUEST_HEAD_BAD);
  g_assert_cmpuint (status, ==, 431);
  g_assert_true (lb_request_head_read (&head, endless_method, strlen (endless_method), &status) ==
                 LB_REQUEST_HEAD_BAD);
  g_assert_cmpuint (status, ==, 414);
}

static void
test_target (void)
{
  static const struct
  {
    const char *text;
    const char *path;
    gboolean needs_slash;
  } rows[] = {
    { "/", "/", FALSE },
    { "//evil/..", "//evil/..", FALSE },
    { "/a%20b?x=%2F", "/a%20b?x=%2F", FALSE },
    { "http://h/a?b", "/a?b", FALSE },
    { "HTTP://h:80/a", "/a", FALSE },
    { "http://h", "", TRUE },
    { "http://h?x", "?x", TRUE },
  };
  static const char *const bad[] = { "", "h:80", "ftp://h/", "https://h/", "http://", "http:///",
                                     "http://:80/", "http://?x", "**", "a", "http://u@h/a", "http://[zz]/",
                                     "http://h:99999/" };
  LbTarget target;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (lb_target_read (&target, rows[i].text, strlen (rows[i].text)));
      g_assert_cmpmem (target.path, target.path_length, rows[i].path, strlen (rows[i].path));
      g_assert_cmpint (target.needs_slash, ==, rows[i].needs_slash);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (lb_target_read (&target, bad[i], strlen (bad[i])));

  g_assert_true (lb_target_read (&target, "*", 1));
  g_assert_null (target.path);
}

static void
test_reserved (void)
{
  static const char *const ours[] = { "/stats", "/stats?x", "/stats/", "/stats;csv", "/stats/a",
                                      "http://h/stats" };
  static const char *const others[] = { "/", "/stat", "/statsfoo", "/%73tats", "/Stats", "//stats",
                                        "/a/stats", "/stats%3b", "http://stats", "http://h?/stats" };
  LbTarget target;

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      g_assert_true (lb_target_read (&target, ours[i], strlen (ours[i])));
      g_assert_true (target.is_reserved);
    }

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_true (lb_target_read (&target, others[i], strlen (others[i])));
      g_assert_false (target.is_reserved);
    }
}

/* What follows from each head, or the status that it is refused with. */
static void
test_table (void)
{
  enum { BODY = 1, CLOSED = 2, PREFLIGHT = 4 };
#define H "Host: h\r\n"
  static const struct
  {
    const char *head;
    guint status; /* 0 for a good one */
    guint flags;
  } rows[] = {
    { "GET / HTTP/1.1\r\n" H, 0, 0 },
    { "\r\nGET / HTTP/1.1\r\n" H, 0, 0 },
    { "\r\n\r\nGET / HTTP/1.1\r\n" H, 400, 0 },
    { "\nGET / HTTP/1.1\r\n" H, 400, 0 },
    { "GET / HTTP/1.0\r\n", 0, CLOSED },
    { "GET / HTTP/1.0\r\n" H "Connection: keep-alive\r\n", 0, CLOSED },
    { "GET / HTTP/1.2\r\n" H, 0, 0 },
    { "GET / HTTP/1.9\r\n" H, 0, 0 },
    { "GET / HTTP/1.9\r\n", 400, 0 },

    /* Versions */
    { "GET /\r\n", 400, 0 },
    { "GET / HTTP/0.9\r\n" H, 400, 0 },
    { "GET / HTTP/2.0\r\n" H, 505, 0 },
    { "PRI * HTTP/2.0\r\n", 505, 0 },
    { "GET / HTTP/1\r\n" H, 400, 0 },
    { "GET / HTTP/1.10\r\n" H, 400, 0 },
    { "GET / HTTP/11.1\r\n" H, 400, 0 },
    { "GET / http/1.1\r\n" H, 400, 0 },
    { "GET / HTTP/1.1 \r\n" H, 400, 0 },
    { "GET / HTTP/1.1\t\r\n" H, 400, 0 },

    /* Methods */
    { "PROPFIND / HTTP/1.1\r\n" H, 0, 0 },
    { "M-SEARCH / HTTP/1.1\r\n" H, 0, 0 },
    { "get / HTTP/1.1\r\n" H, 0, 0 },
    { "TRACE / HTTP/1.1\r\n" H, 405, 0 },
    { "CONNECT h:80 HTTP/1.1\r\n" H, 405, 0 },
    { "G@T / HTTP/1.1\r\n" H, 400, 0 },
    { "GET\t/ HTTP/1.1\r\n" H, 400, 0 },
    { " GET / HTTP/1.1\r\n" H, 400, 0 },
    { "GET  / HTTP/1.1\r\n" H, 400, 0 },
    { "/ HTTP/1.1\r\n" H, 400, 0 },

    /* Targets */
    { "OPTIONS * HTTP/1.1\r\n" H, 0, 0 },
    { "GET * HTTP/1.1\r\n" H, 400, 0 },
    { "GET a HTTP/1.1\r\n" H, 400, 0 },
    { "GET h:80 HTTP/1.1\r\n" H, 400, 0 },
    { "GET https://h/ HTTP/1.1\r\n" H, 400, 0 },
    { "GET /a b HTTP/1.1\r\n" H, 400, 0 },
    { "GET http://[/x HTTP/1.1\r\n" H, 400, 0 },
    { "GET http://h:99999/ HTTP/1.1\r\n" H, 400, 0 },
    { "GET http://%zz/ HTTP/1.1\r\n" H, 400, 0 },
    { "GET http://[::1]:80/ HTTP/1.1\r\n" H, 0, 0 },
    { "GET /#f HTTP/1.1\r\n" H, 400, 0 },
    { "GET /\x01 HTTP/1.1\r\n" H, 400, 0 },
    { "GET /\x7f HTTP/1.1\r\n" H, 400, 0 },
    { "GET /\xc3\xa4 HTTP/1.1\r\n" H, 400, 0 },
    { "GET /% HTTP/1.1\r\n" H, 0, 0 },

    /* Host */
    { "GET / HTTP/1.1\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H H, 400, 0 },
    { "GET / HTTP/1.0\r\n" H H, 400, 0 },
    { "GET / HTTP/1.1\r\nHost:\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\nhOsT: h:80\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\nHost: [::1]:80\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\nHost: [::1\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: [1]\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: []\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: [:::1]\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: [zz]\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: [1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: h:65535\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\nHost: h:65536\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: h:123456\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: h:x\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: evil?x=\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: evil#\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: u:p@evil\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: a b\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nHost: a,b/c\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\nX-Host: h\r\n", 400, 0 },

    /* Framing */
    { "POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n", 0, BODY },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n", 0, 0 },
    { "POST / HTTP/1.1\r\n" H "content-length:\t5 \r\n", 0, BODY },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Content-Length: -5\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 0x5\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Content-Length:\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 999999999999999999\r\n", 0, BODY },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 9999999999999999999\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n", 0, BODY },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: CHUNKED\r\n", 0, BODY },
    { "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n", 400, 0 },
    { "POST / HTTP/1.1\r\n" H "Transfer_Encoding: chunked\r\n", 0, 0 },

    /* Fields */
    { "GET / HTTP/1.1\r\n" H "A: \xe4\t \x80\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\n" H "A\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H ": b\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A : b\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A: b\r\n\tc\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n A: b\r\n" H, 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A: b\rc\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A: b\x01\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A: b\x7f\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A\x80: b\r\n", 400, 0 },
    { "GET / HTTP/1.1\r\n" H "A: b\n", 400, 0 },
    { "GET / HTTP/1.1\n" H, 400, 0 },
    { "GET / HTTP/1.1\r\r\n" H, 400, 0 },

    /* Expect */
    { "POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 5\r\n", 0, BODY },
    { "GET / HTTP/1.1\r\n" H "Expect: foo\r\n", 417, 0 },
    { "GET / HTTP/1.1\r\n" H "Expect: 100-continue, foo\r\n", 417, 0 },
    { "GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\nExpect: foo\r\n", 417, 0 },
    { "GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\nExpect: 100-continue\r\n", 417, 0 },

    /* Connection */
    { "GET / HTTP/1.1\r\n" H "Connection: close\r\n", 0, CLOSED },
    { "GET / HTTP/1.1\r\n" H "Connection: Keep-Alive, CLOSE\r\n", 0, CLOSED },
    { "GET / HTTP/1.1\r\n" H "Connection: upgrade\r\nConnection: close\r\n", 0, CLOSED },
    { "GET / HTTP/1.1\r\n" H "Connection: closed\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\n" H "Connection: keep-alive\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\n" H "Connection: , ,\r\n", 0, 0 },

    /* Preflights */
    { "OPTIONS / HTTP/1.1\r\n" H "Origin: a\r\nAccess-Control-Request-Method: PUT\r\n", 0, PREFLIGHT },
    { "OPTIONS / HTTP/1.1\r\n" H "Origin: a\r\n", 0, 0 },
    { "OPTIONS / HTTP/1.1\r\n" H "Access-Control-Request-Method: PUT\r\n", 0, 0 },
    { "GET / HTTP/1.1\r\n" H "Origin: a\r\nAccess-Control-Request-Method: PUT\r\n", 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat (rows[i].head, "\r\n", NULL);
      g_autofree char *shown = g_strescape (rows[i].head, NULL);
      LbRequestHead head;
      guint status = 0;
      LbRequestHeadResult result = lb_request_head_read (&head, text, strlen (text), &status);

      g_test_message ("%s → %d, %u", shown, (int) result, status);

      if (rows[i].status != 0)
        {
          g_assert_cmpint (result, ==, LB_REQUEST_HEAD_BAD);
          g_assert_cmpuint (status, ==, rows[i].status);
          continue;
        }

      g_assert_cmpint (result, ==, LB_REQUEST_HEAD_WHOLE);
      g_assert_cmpuint (head.length, ==, strlen (text));
      g_assert_cmpint (head.has_body, ==, (rows[i].flags & BODY) != 0);
      g_assert_cmpint (head.keep_alive, ==, (rows[i].flags & CLOSED) == 0);
      g_assert_cmpint (head.is_preflight, ==, (rows[i].flags & PREFLIGHT) != 0);

      /* Nothing of it is whole before its last byte, and nothing is refused that will be good. */
      for (gsize length = 0; length < strlen (text); length++)
        g_assert_cmpint (lb_request_head_read (&head, text, length, &status), ==,
                         LB_REQUEST_HEAD_PARTIAL);
    }
}

/* Whatever a HEAD is refused for, it is known to be one: what refuses it has no body. */
static void
test_bad_head (void)
{
  g_autofree char *endless = g_strnfill (LB_REQUEST_HEAD_MAX, 'a');
  g_autofree char *no_line = g_strconcat ("HEAD /", endless, NULL);
  const char *const texts[] = {
    "HEAD / HTTP/2.0\r\n", "HEAD * HTTP/1.1\r\n",           "HEAD /\r\n",
    "HEAD /\n",             "HEAD / HTTP/1.1\r\nA: b\rc\r\n", no_line,
  };
  LbRequestHead head;
  guint status;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_cmpint (lb_request_head_read (&head, texts[i], strlen (texts[i]), &status), ==,
                       LB_REQUEST_HEAD_BAD);
      g_assert_true (head.is_head);
    }
}

/* A NUL does not end anything. */
static void
test_nul (void)
{
  static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n";
  static const char target[] = "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n";
  LbRequestHead head;
  guint status = 0;

  g_assert_cmpint (lb_request_head_read (&head, text, sizeof text - 1, &status), ==,
                   LB_REQUEST_HEAD_BAD);
  g_assert_cmpint (lb_request_head_read (&head, target, sizeof target - 1, &status), ==,
                   LB_REQUEST_HEAD_BAD);
}

/* Where the fields are that libsoup does not get to see. */
static void
test_places (void)
{
  static const char text[] = "PUT / HTTP/1.1\r\nHost: h\r\nexpect: 100-continue\r\n"
                             "content-length: 1\r\n\r\n";
  static const char chunked[] = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  LbRequestHead head;
  guint status;

  g_assert_cmpint (lb_request_head_read (&head, text, strlen (text), &status), ==,
                   LB_REQUEST_HEAD_WHOLE);
  g_assert_true (head.expectation == strstr (text, "expect"));
  g_assert_true (head.framing == strstr (text, "content-length"));

  g_assert_cmpint (lb_request_head_read (&head, chunked, strlen (chunked), &status), ==,
                   LB_REQUEST_HEAD_WHOLE);
  g_assert_null (head.expectation);
  g_assert_true (head.framing == strstr (chunked, "Transfer-Encoding"));
}

/* What cannot become a request is refused before its line is whole, however much of it has come. */
static void
test_early (void)
{
  static const char *const beginnings[] = { "\x16\x03\x01", "\0", "{\"json\"", " GET" };
  g_autofree char *endless = g_strnfill (LB_REQUEST_HEAD_MAX, '{');
  LbRequestHead head;
  guint status = 0;

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      g_assert_cmpint (lb_request_head_read (&head, beginnings[i],
                                             MAX (strlen (beginnings[i]), 1), &status),
                       ==, LB_REQUEST_HEAD_BAD);
      g_assert_cmpuint (status, ==, 400);
    }

  g_assert_cmpint (lb_request_head_read (&head, endless, LB_REQUEST_HEAD_MAX, &status), ==,
                   LB_REQUEST_HEAD_BAD);
  g_assert_cmpuint (status, ==, 400);
}

static void
assert_field (const char *fields,
              const char *name,
              const char *value)
{
  g_autofree char *text = g_strconcat ("\r\nGET /accept: HTTP/1.1\r\nHost: h\r\n", fields,
                                       "\r\nAccept: behind the end\r\n\r\n", NULL);
  char found[LB_REQUEST_HEAD_MAX];
  LbRequestHead head;
  gsize length = 1;
  guint status = 0;

  g_assert_cmpint (lb_request_head_read (&head, text, strlen (text), &status), ==,
                   LB_REQUEST_HEAD_WHOLE);

  g_assert_cmpint (lb_request_head_find (&head, text, name, found, &length), ==, value != NULL);
  g_assert_cmpmem (found, length, value != NULL ? value : "", value != NULL ? strlen (value) : 0);
}

static void
test_find (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GString) list = g_string_new (NULL);

  assert_field ("", "accept", NULL);
  assert_field ("X-Accept: a\r\nAccept-Encoding: b\r\nA: Accept: c\r\n", "accept", NULL);
  assert_field ("Accept: a/b\r\n", "accept", "a/b");
  assert_field ("aCCept:\t a/b; c=\"d: e\"  \r\nX: y\r\n", "accept", "a/b; c=\"d: e\"");
  assert_field ("Accept:\r\n", "accept", "");
  assert_field ("Accept: a\r\nX: y\r\nACCEPT:b\r\nAccept:\r\n", "accept", "a, b, ");
  assert_field ("Accept: a\r\n", "host", "h");

  /* However many there are, the whole is no longer than the head. */
  for (guint i = 0; i < 1500; i++)
    {
      g_string_append (many, "Accept:x\r\n");
      g_string_append (list, i == 0 ? "x" : ", x");
    }
  assert_field (many->str, "accept", list->str);
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
  g_test_add_func ("/http/request-head/table", test_table);
  g_test_add_func ("/http/request-head/bad-head", test_bad_head);
  g_test_add_func ("/http/request-head/nul", test_nul);
  g_test_add_func ("/http/request-head/early", test_early);
  g_test_add_func ("/http/request-head/places", test_places);
  g_test_add_func ("/http/request-head/find", test_find);
  g_test_add_func ("/http/target/path", test_target);
  g_test_add_func ("/http/target/reserved", test_reserved);

  return g_test_run ();
}
