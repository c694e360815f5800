/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "pool/lb-backend.h"
#include "pool/lb-url.h"

/*
 * A backend's URL. What is accepted reads the same once more, is nothing but what may stand in a
 * Location, and leads others to the same host.
 */

static void
check_characters (const char *url)
{
  for (const char *c = url; *c != '\0'; c++)
    {
      g_assert_cmpint (*c, >, 0x20);
      g_assert_cmpint (*c, <, 0x7f);
      g_assert_null (strchr ("\"<>\\^`{|}?#", *c));
    }
}

/* As libsoup and others see it. */
static void
check_parts (const char *url,
             const char *host,
             guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, &error);
  const gboolean secure = g_str_has_prefix (url, "https://");

  g_assert_no_error (error);
  g_assert_cmpstr (g_uri_get_scheme (uri), ==, secure ? "https" : "http");
  g_assert_cmpstr (g_uri_get_host (uri), ==, host);
  g_assert_null (g_uri_get_userinfo (uri));
  g_assert_null (g_uri_get_query (uri));
  g_assert_null (g_uri_get_fragment (uri));

  if (g_uri_get_port (uri) == -1)
    g_assert_cmpuint (port, ==, secure ? 443 : 80);
  else
    g_assert_cmpint (g_uri_get_port (uri), ==, port);
}

static void
check_backend (const char *text,
               const char *url,
               const char *host,
               guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbBackend) backend = lb_backend_new (text, &error);
  g_autofree char *prefix = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (lb_backend_get_url (backend), ==, url);
  g_assert_cmpstr (lb_backend_get_host (backend), ==, host);
  g_assert_cmpuint (lb_backend_get_port (backend), ==, port);

  prefix = lb_backend_dup_prefix (backend);
  g_assert_true (g_str_has_prefix (url, prefix));
  g_assert_cmpuint (strlen (url) - strlen (prefix), <=, 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  g_autofree char *again = NULL;
  g_autofree char *url = NULL;
  guint16 port = 0;

  url = lb_url_normalize (text, &host, &port, &error);
  if (url == NULL)
    {
      fuzz_check_sentence (error, LB_POOL_ERROR);
      g_assert_null (host);
      g_assert_cmpuint (port, ==, 0);
      return 0;
    }

  g_assert_no_error (error);
  check_characters (url);
  check_parts (url, host, port);
  check_backend (text, url, host, port);
  lb_url_host_is_loopback (host);

  again = lb_url_normalize (url, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, url);

  return 0;
}
