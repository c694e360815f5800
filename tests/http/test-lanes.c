/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#define H "Host: h\r\n"
#define PREFLIGHT H "Origin: http://o\r\nAccess-Control-Request-Method: PUT\r\n"

/* Whether the express lane or libsoup answers, nobody can tell. */
static const char *const requests[] = {
  "GET / HTTP/1.1\r\n" H,
  "GET /a/b?c=d&e=%2F HTTP/1.1\r\n" H,
  "GET /a%20b/../c?x=1&y=%2F HTTP/1.1\r\n" H,
  "GET //x//y HTTP/1.1\r\n" H,
  "GET /\\x HTTP/1.1\r\n" H,
  "GET /%61%0d%0a HTTP/1.1\r\n" H,
  "GET /?? HTTP/1.1\r\n" H,
  "GET /;a=b HTTP/1.1\r\n" H,
  "GET /statsx HTTP/1.1\r\n" H,
  "GET /%73tats HTTP/1.1\r\n" H,
  "GET /. HTTP/1.1\r\n" H,
  "GET /% HTTP/1.1\r\n" H,
  "GET /a%zz?q=100% HTTP/1.1\r\n" H,
  "GET http://other/p?q HTTP/1.1\r\n" H,
  "GET http://other HTTP/1.1\r\n" H,
  "GET http://other?q HTTP/1.1\r\n" H,
  "GET http://other:80/ HTTP/1.1\r\n" H,
  "GET / HTTP/1.0\r\n",
  "GET / HTTP/1.0\r\nConnection: keep-alive\r\n",
  "HEAD / HTTP/1.1\r\n" H,
  "HEAD / HTTP/1.0\r\n",
  "POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n",
  "PUT /x HTTP/1.1\r\n" H "Content-Length: 0\r\n",
  "DELETE /x HTTP/1.1\r\n" H,
  "PATCH /x HTTP/1.1\r\n" H,
  "OPTIONS /x HTTP/1.1\r\n" H,
  "OPTIONS /x HTTP/1.1\r\n" H "Origin: http://o\r\n",
  "PROPFIND /x HTTP/1.1\r\n" H,
  "get / HTTP/1.1\r\n" H,
  "OPTIONS * HTTP/1.1\r\n" H,
  "OPTIONS /x HTTP/1.1\r\n" PREFLIGHT,
  "OPTIONS /x HTTP/1.1\r\n" PREFLIGHT "Access-Control-Request-Headers: a, b\r\n",
  "OPTIONS /stats HTTP/1.1\r\n" PREFLIGHT,
  "OPTIONS /stats/x HTTP/1.1\r\n" PREFLIGHT,
  "OPTIONS /stats HTTP/1.1\r\n" H,
  "GET /stats/x HTTP/1.1\r\n" H,
  "GET /stats;x HTTP/1.1\r\n" H,
  "GET /stats/x?100% HTTP/1.1\r\n" H,
  "GET /stats HTTP/1.1\r\n" H "Accept: application/pdf\r\n",
  "HEAD /stats HTTP/1.1\r\n" H "Accept: a/b\r\nAccept: c/d\r\n",
  "GET /stats/targets HTTP/1.1\r\n" H,
  "GET /stats/schema.json HTTP/1.1\r\n" H,
  "GET /stats/schema.json HTTP/1.1\r\n" H "If-None-Match: *\r\n",
  "GET /stats/chart.png?width=1 HTTP/1.1\r\n" H,
  "POST /stats HTTP/1.1\r\n" H "Content-Length: 0\r\n",
  "DELETE /stats?x HTTP/1.1\r\n" H,
  "GET / HTTP/1.1\r\n" H "Connection: close\r\n",
  "GET / HTTP/1.1\r\n" H "Connection: Upgrade\r\nUpgrade: h2c\r\n",
  "GET / HTTP/1.1\r\n" H "Range: bytes=0-1\r\n",
  "GET / HTTP/1.1\r\n" H "Accept-Encoding: gzip, br\r\nCookie: a=b\r\nX: \xc3\xa4\r\n",
  "GET / HTTP/1.1\r\n" H "If-None-Match: *\r\nIf-Modified-Since: Sun, 22 Nov 2026 08:00:00 GMT\r\n",
  "GET / HTTP/1.1\r\nHost:\r\n",
  "GET / HTTP/1.1\r\nHost: [::1]:80\r\n",
  "GET / HTTP/1.1\r\nHost: h:65535\r\n",
  "GET http://[::1]:80/x HTTP/1.1\r\n" H,
  "GET /stats HTTP/1.1\r\n" H "Content-Length: 4\r\n\r\nbody",
  "POST /stats HTTP/1.1\r\n" H "Content-Length: 4\r\n\r\nbody",
  "OPTIONS /x HTTP/1.1\r\n" PREFLIGHT "Content-Length: 4\r\n\r\nbody",

  "GET / HTTP/1.1\r\nHost: [1]\r\n",
  "GET / HTTP/1.1\r\nHost: [zz]\r\n",
  "GET / HTTP/1.1\r\nHost: [:::1]\r\n",
  "GET / HTTP/1.1\r\nHost: h:99999\r\n",
  "GET http://[zz]/ HTTP/1.1\r\n" H,
  "GET http://h:99999/ HTTP/1.1\r\n" H,
  "GET / HTTP/1.2\r\n" H,
  "GET /stats/schema.json HTTP/1.9\r\n" H,
  "GET /stats HTTP/1.1\r\n" H "Expect: foo\r\n",
  "HEAD / HTTP/1.1\r\n",
  "HEAD / HTTP/2.0\r\n" H,
  "GET http://:80/ HTTP/1.1\r\n" H,
  "GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\n",
  "PUT / HTTP/1.0\r\n" H "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nb",

  "GET / HTTP/1.1\r\n",
  "GET / HTTP/1.1\r\n" H H,
  "GET / HTTP/1.1\r\nHost: evil?x=\r\n",
  "GET / HTTP/1.1\r\nHost: u:p@evil\r\n",
  "GET / HTTP/2.0\r\n" H,
  "GET / HTTP/0.9\r\n" H,
  "GET /\r\n",
  "TRACE / HTTP/1.1\r\n" H,
  "CONNECT h:80 HTTP/1.1\r\n" H,
  "GET * HTTP/1.1\r\n" H,
  "GET h:80 HTTP/1.1\r\n" H,
  "GET /#x HTTP/1.1\r\n" H,
  "GET /\x01 HTTP/1.1\r\n" H,
  "G@T / HTTP/1.1\r\n" H,
  "GET / HTTP/1.1\r\n" H "A : b\r\n",
  "GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n",
  "POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 1\r\n",
  "POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
  "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n",
};

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return g_ascii_strcasecmp (*(const char *const *) a, *(const char *const *) b);
}

/* The status and all fields in order, but for what may differ: when it was, whether the connection
 * stays, and the version of an answer to HTTP/1.0. */
static char *
normalize (const char *answer)
{
  const char *end = strstr (answer, "\r\n\r\n");
  g_autofree char *head = end != NULL ? g_strndup (answer, (gsize) (end - answer)) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_autofree char *fields = NULL;

  for (guint i = 1; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "Date: ") && !g_str_has_prefix (lines[i], "Connection: "))
      g_ptr_array_add (kept, lines[i]);
  g_ptr_array_sort (kept, compare_lines);
  g_ptr_array_add (kept, NULL);
  fields = g_strjoinv ("\n", (char **) kept->pdata);

  return g_strdup_printf ("%.3s\n%s\n\n%s", answer + MIN (strlen (answer), strlen ("HTTP/1.1 ")),
                          fields, end != NULL ? end + 4 : "");
}

static char *
ask (Balancer *self,
     const char *request,
     gboolean open)
{
  g_autofree char *answer = NULL;

  lb_express_lane_set_open (self->lane, open);
  answer = exchange (self, request);
  assert_header (answer, "Access-Control-Allow-Origin",
                 lb_redirector_get_origin (self->redirector));
  assert_header (answer, "Server", lb_redirector_get_identity (self->redirector));

  return normalize (answer);
}

static void
set_up (Balancer *self,
        gconstpointer role)
{
  balancer_set_up (self, LANE_OPEN);
  lb_listener_set_role (self->listener, GPOINTER_TO_UINT (role));
}

static void
test_same (Balancer *self,
           gconstpointer data)
{
  lb_pool_add (self->pool, "http://b:9/app/", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *request = g_strconcat (requests[i], "\r\n", NULL);
      g_autofree char *shown = g_strescape (requests[i], NULL);
      g_autofree char *open = ask (self, request, TRUE);
      g_autofree char *closed = ask (self, request, FALSE);

      g_test_message ("%s", shown);
      g_assert_cmpstr (open, ==, closed);
    }
}

/* One origin instead of all, from one request to the next: it is the same for whoever asks. */
static void
test_same_with_an_origin (Balancer *self,
                          gconstpointer data)
{
  lb_redirector_set_origin (self->redirector, "http://127.0.0.1:5500");
  test_same (self, data);

  for (guint i = 0; i < 4; i++)
    {
      const char *request = "GET / HTTP/1.1\r\n" H "Origin: http://o\r\n\r\n";
      g_autofree char *answer = NULL;

      lb_redirector_set_origin (self->redirector, i % 2 == 0 ? "*" : "https://example.org");
      answer = ask (self, request, TRUE);
      g_assert_null (strstr (answer, "Vary"));
    }
}

static void
assert_same_refusals (Balancer *self)
{
  static const char *const methods[] = { "GET", "HEAD", "POST" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *request = g_strdup_printf ("%s /x HTTP/1.1\r\n" H "\r\n", methods[i]);
      g_autofree char *open = ask (self, request, TRUE);
      g_autofree char *closed = ask (self, request, FALSE);

      g_assert_true (g_str_has_prefix (open, "503"));
      g_assert_cmpstr (open, ==, closed);
    }
}

static void
test_same_without_backends (Balancer *self,
                            gconstpointer data)
{
  assert_same_refusals (self);
}

static void
test_same_while_paused (Balancer *self,
                        gconstpointer data)
{
  lb_pool_add (self->pool, "http://b:9/app/", NULL);
  lb_redirector_set_paused (self->redirector, TRUE);
  assert_same_refusals (self);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/http/lanes/same-answers", Balancer, GUINT_TO_POINTER (LB_ROLE_BOTH),
              set_up, test_same, balancer_tear_down);
  g_test_add ("/http/lanes/same-answers/only-redirects", Balancer,
              GUINT_TO_POINTER (LB_ROLE_REDIRECTS), set_up, test_same, balancer_tear_down);
  g_test_add ("/http/lanes/same-answers/with-an-origin", Balancer, GUINT_TO_POINTER (LB_ROLE_BOTH),
              set_up, test_same_with_an_origin, balancer_tear_down);
  g_test_add ("/http/lanes/same-answers-without-backends", Balancer, LANE_OPEN, balancer_set_up,
              test_same_without_backends, balancer_tear_down);
  g_test_add ("/http/lanes/same-answers-while-paused", Balancer, LANE_OPEN, balancer_set_up,
              test_same_while_paused, balancer_tear_down);

  return g_test_run ();
}
