/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz-backends.h"

#include "pool/lb-url.h"
#include "probe/lb-probe-request.h"

/* What must hold for backends that came from a file. */

/* Nothing that stands on a line of its own in a request, or of a file, may begin another one. */
static void
check_line (const char *text)
{
  for (; text != NULL && *text != '\0'; text++)
    g_assert_true (*text == '\t' || ((guint8) *text >= 0x20 && *text != 0x7f));
}

/* It stands in the first line of a request. */
static void
check_target (GUri *uri)
{
  g_autofree char *text = g_uri_to_string (uri);

  for (const char *c = text; *c != '\0'; c++)
    g_assert_true (g_ascii_isgraph (*c));
}

static void
check_probe (const char *url,
             const LbProbeSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbProbeRequest) request = NULL;
  g_autoptr (SoupMessage) message = NULL;

  lb_probe_settings_check (settings, &error);
  g_assert_no_error (error);

  check_line (settings->method);
  check_line (settings->path);
  check_line (settings->host);
  for (guint i = 0; settings->headers != NULL && settings->headers[i] != NULL; i++)
    check_line (settings->headers[i]);

  request = lb_probe_request_new (url, settings);
  message = lb_probe_request_create_message (request);
  g_assert_nonnull (message);
  check_target (soup_message_get_uri (message));
}

/**
 * fuzz_check_backends:
 * @backends: (element-type LbBackend): backends
 * @probe: how they are probed, unless they make an exception
 *
 * Checks that no two are the same, and that each can be used and probed.
 */
void
fuzz_check_backends (GPtrArray *backends,
                     const LbProbeSettings *probe)
{
  g_autoptr (GHashTable) prefixes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (backends, i);
      const char *url = lb_backend_get_url (backend);
      g_auto (LbProbeSettings) settings = { 0 };
      g_autofree char *normal = lb_url_normalize (url, NULL, NULL, NULL);

      g_assert_cmpstr (normal, ==, url);
      g_assert_true (g_hash_table_add (prefixes, lb_backend_dup_prefix (backend)));
      g_assert_cmpuint (lb_backend_get_weight (backend), >=, 1);
      g_assert_cmpuint (lb_backend_get_weight (backend), <=, LB_WEIGHT_MAX);

      lb_probe_settings_merge (&settings, probe, lb_backend_get_exceptions (backend));
      check_probe (url, &settings);
    }
}

/**
 * fuzz_assert_same_backends:
 * @a: (element-type LbBackend): backends
 * @b: (element-type LbBackend): the same
 *
 * Checks that they agree in everything but their probes.
 */
void
fuzz_assert_same_backends (GPtrArray *a,
                           GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);

  for (guint i = 0; i < a->len; i++)
    {
      LbBackend *one = g_ptr_array_index (a, i);
      LbBackend *other = g_ptr_array_index (b, i);

      g_assert_cmpstr (lb_backend_get_url (one), ==, lb_backend_get_url (other));
      g_assert_cmpuint (lb_backend_get_weight (one), ==, lb_backend_get_weight (other));
      g_assert_cmpint (lb_backend_get_state (one), ==, lb_backend_get_state (other));
      g_assert_cmpint (lb_backend_get_backup (one), ==, lb_backend_get_backup (other));
    }
}
