/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-url.h"

#include "pool/lb-backend.h"

static const struct
{
  const char *text;
  const char *url;
  const char *host;
  guint16 port;
} good[] = {
  { "http://127.0.0.1:9001", "http://127.0.0.1:9001", "127.0.0.1", 9001 },
  { "  http://127.0.0.1:9001/\n", "http://127.0.0.1:9001", "127.0.0.1", 9001 },
  { "HTTP://Example.ORG/", "http://example.org", "example.org", 80 },
  { "http://example.org:80", "http://example.org", "example.org", 80 },
  { "https://example.org:443/", "https://example.org", "example.org", 443 },
  { "https://example.org:80", "https://example.org:80", "example.org", 80 },
  { "http://[::1]:8080", "http://[::1]:8080", "::1", 8080 },
  { "http://[0:0:0:0:0:0:0:1]", "http://[::1]", "::1", 80 },
  { "http://[2001:DB8::A]/x", "http://[2001:db8::a]/x", "2001:db8::a", 80 },
  { "http://bücher.example", "http://xn--bcher-kva.example", "xn--bcher-kva.example", 80 },
  { "http://host/base/path/", "http://host/base/path/", "host", 80 },
  { "http://host/a%20b;v=1,2@x:y", "http://host/a%20b;v=1,2@x:y", "host", 80 },
  { "http://host/a b", "http://host/a%20b", "host", 80 },
  { "http://host/ü", "http://host/%C3%BC", "host", 80 },
  { "http://example.org./", "http://example.org.", "example.org.", 80 },
  { "http://127.0.0.1.example.:81", "http://127.0.0.1.example.:81", "127.0.0.1.example.", 81 },
  { "http://under_score.local:65535", "http://under_score.local:65535", "under_score.local", 65535 },
};

static const char *const bad[] = {
  "",
  "   ",
  "127.0.0.1:9001",
  "localhost",
  "ftp://host",
  "http://",
  "http:///path",
  "http://:80",
  "http://host:0",
  "http://host:65536",
  "http://host:abc",
  "http://user@host",
  "http://user:secret@host",
  "http://host?x=1",
  "http://host/#top",
  "http://host/?",
  "http://127.1",
  "http://2130706433",
  "http://0x7f.1",
  "http://1.2.3.4.5",
  "http://256.1.1.1",
  "http://127.0.0.1.:5000",
  "http://127.1.",
  "http://2130706433.",
  "http://0x7f.1.",
  "http://0X7F.",
  "http://127.0.0.1..",
  "http://.",
  "http://[::1%25lo]",
  "http://[::1",
  "http://[xyz]",
  "http://a..b",
  "http://-%41",
  "http://ho st",
  "http://host/%",
  "http://host/%4",
  "http://host/%zz",
  "http://host\r\nX: y",
  "http://host\\evil",
  "\xff://host",
  "http://\xff",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *host = NULL;
      g_autofree char *again = NULL;
      guint16 port = 0;
      g_autofree char *url = lb_url_normalize (good[i].text, &host, &port, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (url, ==, good[i].url);
      g_assert_cmpstr (host, ==, good[i].host);
      g_assert_cmpuint (port, ==, good[i].port);

      again = lb_url_normalize (url, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, url);
    }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *host = NULL;
      guint16 port = 7;
      g_autofree char *url = lb_url_normalize (bad[i], &host, &port, &error);

      g_test_message ("%s → %s", g_utf8_validate (bad[i], -1, NULL) ? bad[i] : "(not UTF-8)",
                      url != NULL ? url : error->message);
      g_assert_null (url);
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_true (g_str_has_suffix (error->message, "."));
      g_assert_null (host);
      g_assert_cmpuint (port, ==, 7);
    }
}

static void
test_too_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strnfill (3000, 'a');
  g_autofree char *text = g_strconcat ("http://host/", path, NULL);

  g_assert_null (lb_url_normalize (text, NULL, NULL, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL);
}

/* With its escapes it would be too long to be read again. */
static void
test_too_long_escaped (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strnfill (1500, '^');
  g_autofree char *text = g_strconcat ("http://host/", path, NULL);

  g_assert_null (lb_url_normalize (text, NULL, NULL, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL);
}

static void
test_loopback (void)
{
  static const char *const ours[] = {
    "127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::", "localhost", "app.localhost", "localhost.",
    "::ffff:127.0.0.1",
  };
  static const char *const others[] = {
    "128.0.0.1", "::2", "10.0.0.1", "localhost.example", "notlocalhost", "::ffff:10.0.0.1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    g_assert_true (lb_url_host_is_loopback (ours[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (lb_url_host_is_loopback (others[i]));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/url/normalizes", test_good);
  g_test_add_func ("/pool/url/refuses", test_bad);
  g_test_add_func ("/pool/url/refuses-one-too-long", test_too_long);
  g_test_add_func ("/pool/url/refuses-one-too-long-escaped", test_too_long_escaped);
  g_test_add_func ("/pool/url/loopback", test_loopback);

  return g_test_run ();
}
