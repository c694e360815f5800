/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "stats/lb-stats-page.h"

/*
 * What the page does is seen in a browser, in tests/clients. Here it is only held against its own
 * policy: what would be refused must not be in it.
 */

static char *
get_html (void)
{
  g_autoptr (GBytes) bytes = lb_stats_page ();

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* As a browser finds it: what is between the first start tag and the end tag behind it. */
static void
assert_in_force (const char *html,
                 const char *directive,
                 const char *start_tag,
                 const char *end_tag)
{
  g_auto (GStrv) parts = g_strsplit (html, start_tag, -1);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *encoded = NULL;
  g_autofree char *source = NULL;
  g_autofree char *policy = lb_stats_page_get_policy ();
  guint8 digest[32];
  gsize length = sizeof digest;

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_assert_nonnull (strstr (parts[1], end_tag));
  *strstr (parts[1], end_tag) = '\0';
  g_assert_cmpuint (strlen (parts[1]), >, 1000);

  g_checksum_update (checksum, (const guchar *) parts[1], -1);
  g_checksum_get_digest (checksum, digest, &length);
  encoded = g_base64_encode (digest, length);
  source = g_strdup_printf ("; %s 'sha256-%s';", directive, encoded);
  g_assert_nonnull (strstr (policy, source));
}

static void
test_policy_has_the_hashes (void)
{
  g_autofree char *html = get_html ();

  assert_in_force (html, "style-src", "<style>", "</style>");
  assert_in_force (html, "script-src", "<script>", "</script>");
}

static void
test_policy_refuses_the_rest (void)
{
  g_autofree char *policy = lb_stats_page_get_policy ();

  g_assert_true (g_str_has_prefix (policy, "default-src 'none';"));
  g_assert_null (strstr (policy, "unsafe"));
  g_assert_null (strchr (policy, '\n'));
  g_assert_null (strchr (policy, '*'));
}

static void
test_needs_nothing_from_elsewhere (void)
{
  g_autofree char *html = get_html ();

  g_assert_true (g_utf8_validate (html, -1, NULL));
  g_assert_false (g_regex_match_simple ("<[^>]*\\s(style|on[a-z]+)\\s*=", html, 0, 0));
  g_assert_false (g_regex_match_simple ("(src|srcset|href|action)=\"(/|[a-z]+://)", html, 0, 0));
  g_assert_false (g_regex_match_simple ("@import|url\\((?!#)", html, 0, 0));
}

static void
test_is_not_copied (void)
{
  g_autoptr (GBytes) one = lb_stats_page ();
  g_autoptr (GBytes) two = lb_stats_page ();

  g_assert_true (g_bytes_get_data (one, NULL) == g_bytes_get_data (two, NULL));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/page/policy-has-the-hashes", test_policy_has_the_hashes);
  g_test_add_func ("/stats/page/policy-refuses-the-rest", test_policy_refuses_the_rest);
  g_test_add_func ("/stats/page/needs-nothing-from-elsewhere", test_needs_nothing_from_elsewhere);
  g_test_add_func ("/stats/page/is-not-copied", test_is_not_copied);

  return g_test_run ();
}
