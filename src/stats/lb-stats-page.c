/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-page"

#include "config.h"

#include "stats/lb-stats-page.h"

#include <string.h>

#include "lb-stats-resources.h"

#define PATH "/org/example/LoadBalancer/stats/stats.html"

/* What stands between two marks, of which there is one pair, as a source for the policy below. */
static char *
lb_stats_page_hash (const char *page,
                    const char *begin,
                    const char *end)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *first = strstr (page, begin);
  const char *last = first != NULL ? strstr (first, end) : NULL;
  g_autofree char *text = NULL;
  guint8 digest[32];
  gsize length = sizeof digest;

  g_assert (last != NULL);

  first += strlen (begin);
  g_checksum_update (sum, (const guchar *) first, last - first);
  g_checksum_get_digest (sum, digest, &length);
  text = g_base64_encode (digest, length);

  return g_strdup_printf ("'sha256-%s'", text);
}

/**
 * lb_stats_page:
 *
 * A page for a browser: the live chart and a table of the backends, all in one file.
 *
 * Returns: (transfer full): the page; it lies in the program and is not copied
 */
GBytes *
lb_stats_page (void)
{
  GBytes *bytes;

  bytes = g_resource_lookup_data (lb_stats_get_resource (), PATH, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  NULL);
  g_assert (bytes != NULL);

  return bytes;
}

/**
 * lb_stats_page_get_policy:
 *
 * What the page may do, as Content-Security-Policy has it (level 3): run its own script and style, known
 * by their hashes, and ask where it came from. Any site may show it in a frame, as it may read /stats.
 *
 * Returns: (transfer full): the header's value
 */
char *
lb_stats_page_get_policy (void)
{
  g_autoptr (GBytes) bytes = lb_stats_page ();
  /* A resource ends with a zero that does not count. */
  const char *page = g_bytes_get_data (bytes, NULL);
  g_autofree char *script = lb_stats_page_hash (page, "<script>", "</script>");
  g_autofree char *style = lb_stats_page_hash (page, "<style>", "</style>");

  return g_strdup_printf ("default-src 'none'; connect-src 'self'; img-src 'self' data:; script-src %s; "
                          "style-src %s; base-uri 'none'; form-action 'none'",
                          script, style);
}
