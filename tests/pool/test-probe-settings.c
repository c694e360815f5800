/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "pool/lb-backend.h"
#include "pool/lb-probe-settings.h"

static gpointer
get_place (const LbSetting *field,
           LbProbeSettings *settings)
{
  return G_STRUCT_MEMBER_P (settings, field->offset);
}

/* Gives a field a value that is not its default, for whatever kind it is. */
static void
set_other (const LbSetting *field,
           LbProbeSettings *settings)
{
  gpointer place = get_place (field, settings);

  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
      *(guint *) place = (guint) field->max;
      break;

    case LB_SETTING_SHARE:
      *(double *) place = field->max;
      break;

    case LB_SETTING_SWITCH:
      *(gboolean *) place = !*(gboolean *) place;
      break;

    case LB_SETTING_TEXT:
      g_free (*(char **) place);
      *(char **) place = g_strdup ("other");
      break;

    case LB_SETTING_LINES:
      g_strfreev (*(char ***) place);
      *(char ***) place = g_strsplit ("A: 1|B: 2", "|", -1);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
test_defaults (void)
{
  g_auto (LbProbeSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;

  lb_probe_settings_init (&settings);
  g_assert_cmpuint (settings.interval_ms, ==, 1000);
  g_assert_cmpuint (settings.fast_interval_ms, ==, 250);
  g_assert_cmpuint (settings.down_interval_ms, ==, 0);
  g_assert_cmpuint (settings.timeout_ms, ==, 2000);
  g_assert_cmpfloat (settings.jitter, ==, 0.1);
  g_assert_cmpuint (settings.rise, ==, 2);
  g_assert_cmpuint (settings.fall, ==, 3);
  g_assert_cmpuint (settings.slow_start_ms, ==, 0);
  g_assert_false (settings.tcp_only);
  g_assert_true (settings.verify_certificate);
  g_assert_cmpstr (settings.method, ==, "GET");
  g_assert_cmpstr (settings.expected_status, ==, "200-399");
  g_assert_null (settings.url);
  g_assert_null (settings.headers);
  g_assert_true (lb_probe_settings_check (&settings, &error));
  g_assert_no_error (error);
}

/* Every member of the struct has its row: bytes that no row stands for would be forgotten by a
 * copy. */
static void
test_table_is_whole (void)
{
  guint n_fields;
  const LbSetting *fields = lb_probe_fields (&n_fields);
  gboolean covered[sizeof (LbProbeSettings)] = { FALSE };
  gsize n_covered = 0;

  for (guint i = 0; i < n_fields; i++)
    {
      static const gsize sizes[] = { sizeof (guint), sizeof (double), sizeof (gboolean),
                                     sizeof (char *), sizeof (char **) };
      guint32 bit = 0;

      g_assert_true (lb_probe_field_find (fields[i].name, &bit) == &fields[i]);
      g_assert_cmpuint (bit, ==, 1u << i);
      for (gsize at = 0; at < sizes[fields[i].kind]; at++, n_covered++)
        {
          g_assert_false (covered[fields[i].offset + at]);
          covered[fields[i].offset + at] = TRUE;
        }
    }

  /* What may be left is padding. */
  g_assert_cmpuint (sizeof (LbProbeSettings) - n_covered, <, sizeof (gpointer));
  g_assert_null (lb_probe_field_find ("interval", NULL));
}

static void
test_copy_and_equal (void)
{
  guint n_fields;
  const LbSetting *fields = lb_probe_fields (&n_fields);
  g_auto (LbProbeSettings) copy = { 0 };

  for (guint i = 0; i < n_fields; i++)
    {
      g_auto (LbProbeSettings) settings = { 0 };

      lb_probe_settings_init (&settings);
      lb_probe_settings_copy (&copy, &settings);
      g_assert_true (lb_probe_settings_equal (&copy, &settings));

      g_test_message ("%s", fields[i].name);
      set_other (&fields[i], &settings);
      g_assert_false (lb_probe_settings_equal (&copy, &settings));
      lb_probe_settings_copy (&copy, &settings);
      g_assert_true (lb_probe_settings_equal (&copy, &settings));
      lb_probe_settings_copy (&copy, &copy);
      g_assert_true (lb_probe_settings_equal (&copy, &settings));
    }

  lb_probe_settings_clear (&copy);
  g_assert_null (copy.method);
}

static void
test_merge (void)
{
  guint n_fields;
  const LbSetting *fields = lb_probe_fields (&n_fields);
  g_auto (LbProbeSettings) defaults = { 0 };
  g_auto (LbProbeSettings) merged = { 0 };
  g_auto (LbProbeExceptions) exceptions = { 0 };

  lb_probe_settings_init (&defaults);
  lb_probe_exceptions_init (&exceptions);
  lb_probe_settings_merge (&merged, &defaults, &exceptions);
  g_assert_true (lb_probe_settings_equal (&merged, &defaults));

  /* Values that are not set do not count. */
  lb_probe_settings_copy (&exceptions.values, &defaults);
  for (guint i = 0; i < n_fields; i++)
    set_other (&fields[i], &exceptions.values);
  lb_probe_settings_merge (&merged, &defaults, &exceptions);
  g_assert_true (lb_probe_settings_equal (&merged, &defaults));

  /* Each alone. */
  for (guint i = 0; i < n_fields; i++)
    {
      g_auto (LbProbeSettings) expected = { 0 };

      lb_probe_settings_copy (&expected, &defaults);
      set_other (&fields[i], &expected);
      exceptions.set = 1u << i;
      lb_probe_settings_merge (&merged, &defaults, &exceptions);
      g_assert_true (lb_probe_settings_equal (&merged, &expected));
    }

  /* No path, though everybody else has one. */
  lb_probe_exceptions_clear (&exceptions);
  defaults.path = g_strdup ("/health");
  g_assert_nonnull (lb_probe_field_find ("path", &exceptions.set));
  lb_probe_settings_merge (&merged, &defaults, &exceptions);
  g_assert_null (merged.path);
  exceptions.set = 0;
  lb_probe_settings_merge (&merged, &defaults, &exceptions);
  g_assert_cmpstr (merged.path, ==, "/health");
}

static void
test_exceptions_equal (void)
{
  g_auto (LbProbeExceptions) a = { 0 };
  g_auto (LbProbeExceptions) b = { 0 };
  guint32 rise, path;

  lb_probe_field_find ("rise", &rise);
  lb_probe_field_find ("path", &path);

  a.values.rise = 5;
  a.values.path = g_strdup ("/not-set");
  g_assert_true (lb_probe_exceptions_equal (&a, &b));

  a.set = rise;
  g_assert_false (lb_probe_exceptions_equal (&a, &b));
  lb_probe_exceptions_copy (&b, &a);
  g_assert_true (lb_probe_exceptions_equal (&a, &b));
  g_assert_null (b.values.path);

  a.set = rise | path;
  g_assert_false (lb_probe_exceptions_equal (&a, &b));
  lb_probe_exceptions_copy (&b, &a);
  g_assert_cmpstr (b.values.path, ==, "/not-set");
  g_assert_true (lb_probe_exceptions_equal (&a, &b));
}

static void
on_notify (guint *n_notified)
{
  (*n_notified)++;
}

static void
test_backend_tells_of_a_change (void)
{
  LbBackend *backend = lb_backend_new ("http://a", NULL);
  g_auto (LbProbeExceptions) exceptions = { 0 };
  g_autoptr (LbProbeExceptions) got = NULL;
  guint n_notified = 0;

  g_signal_connect_swapped (backend, "notify::exceptions", G_CALLBACK (on_notify), &n_notified);
  g_assert_cmpuint (lb_backend_get_exceptions (backend)->set, ==, 0);
  lb_backend_set_exceptions (backend, NULL);
  lb_backend_set_exceptions (backend, &exceptions);
  g_assert_cmpuint (n_notified, ==, 0);

  lb_probe_field_find ("url", &exceptions.set);
  exceptions.values.url = g_strdup ("http://b/health");
  lb_backend_set_exceptions (backend, &exceptions);
  g_assert_cmpuint (n_notified, ==, 1);
  lb_backend_set_exceptions (backend, &exceptions);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpstr (lb_backend_get_exceptions (backend)->values.url, ==, "http://b/health");

  g_object_get (backend, "exceptions", &got, NULL);
  g_assert_true (lb_probe_exceptions_equal (got, &exceptions));
  lb_backend_set_exceptions (backend, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  g_object_set (backend, "exceptions", got, NULL);
  g_assert_cmpuint (n_notified, ==, 3);

  g_assert_finalize_object (backend);
}

typedef struct
{
  const char *name;
  const char *good[8];
  const char *bad[12];
} Texts;

static const Texts texts[] = {
  { "method", { "GET", "HEAD", "OPTIONS" }, { "", "get", "POST", "GET ", "DELETE", "TRACE" } },
  { "url",
    { "http://127.0.0.1:9001", "https://example.org/health?a=b&c=%20", "http://[::1]:80/" },
    { "", "example.org", "ftp://a", "http://u:p@a/", "http://a/#f", "http://a/?x y", "http://a:0",
      "http://a/?\xc3\xa9", "http://a/?%2", "http://" } },
  { "path",
    { "/", "/health", "/a/b?c=d&e=%2F", "//x", "/?" },
    { "", "health", "http://a/", "/a b", "/a\r\nX: y", "/#a", "/\xc3\xa9", "/%", "/%g0", "/\"" } },
  { "host",
    { "example.org", "example.org:8080", "127.0.0.1", "[::1]:80", "localhost" },
    { "", "a b", "a/b", "u@a", "a?b", "a#b", "a%62", "a:b", "\xc3\xa9.example", "a\r\nX: y", "::1" } },
  { "headers",
    { "X-Probe: yes", "Authorization: Bearer a.b-c", "X:", "X-Tab:\tyes", "User-Agent: me" },
    { "", "X", ": y", "X y: z", "X: a\r\nY: b", "X: \x01", "Host: a", "connection: close",
      "Content-Length: 5", "transfer-encoding: chunked", "X\xc3\xa9: a" } },
  { "expected_status", { "200-399", "200,204" }, { "", "2xx", "100" } },
  { "expected_body", { "ok", "\xc3\xa9", " " }, { "" } },
};

static void
test_checks_texts (gconstpointer data)
{
  const Texts *row = data;
  const LbSetting *field = lb_probe_field_find (row->name, NULL);

  g_assert_nonnull (field);
  for (gsize i = 0; row->good[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (field->check (row->good[i], &error));
      g_assert_no_error (error);
    }

  for (gsize i = 0; row->bad[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", row->bad[i]);
      g_assert_false (field->check (row->bad[i], &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
      g_assert_false (field->check (row->bad[i], NULL));
    }
}

static void
test_checks_all (void)
{
  guint n_fields;
  const LbSetting *fields = lb_probe_fields (&n_fields);

  for (guint i = 0; i < n_fields; i++)
    {
      g_auto (LbProbeSettings) settings = { 0 };
      g_autoptr (GError) error = NULL;

      lb_probe_settings_init (&settings);
      switch (fields[i].kind)
        {
        case LB_SETTING_NUMBER:
          *(guint *) get_place (&fields[i], &settings) = (guint) fields[i].max + 1;
          break;

        case LB_SETTING_SHARE:
          *(double *) get_place (&fields[i], &settings) = fields[i].max + 0.1;
          break;

        case LB_SETTING_TEXT:
          g_free (*(char **) get_place (&fields[i], &settings));
          *(char **) get_place (&fields[i], &settings) = g_strdup ("");
          break;

        case LB_SETTING_LINES:
          *(char ***) get_place (&fields[i], &settings) = g_strsplit ("A: 1|B", "|", -1);
          break;

        case LB_SETTING_SWITCH:
        default:
          continue;
        }

      g_test_message ("%s", fields[i].name);
      g_assert_false (lb_probe_settings_check (&settings, &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
    }
}

static void
test_a_text_needs_a_body (void)
{
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_init (&settings);
  settings.expected_body = g_strdup ("ok");
  g_assert_true (lb_probe_settings_check (&settings, NULL));
  g_free (settings.method);
  settings.method = g_strdup ("HEAD");
  g_assert_false (lb_probe_settings_check (&settings, NULL));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/probe-settings/defaults", test_defaults);
  g_test_add_func ("/pool/probe-settings/table-is-whole", test_table_is_whole);
  g_test_add_func ("/pool/probe-settings/copy-and-equal", test_copy_and_equal);
  g_test_add_func ("/pool/probe-settings/merge", test_merge);
  g_test_add_func ("/pool/probe-settings/exceptions-equal", test_exceptions_equal);
  g_test_add_func ("/pool/probe-settings/backend-tells-of-a-change",
                   test_backend_tells_of_a_change);
  g_test_add_func ("/pool/probe-settings/checks-all", test_checks_all);
  g_test_add_func ("/pool/probe-settings/a-text-needs-a-body", test_a_text_needs_a_body);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/pool/probe-settings/checks/%s", texts[i].name);

      g_test_add_data_func (path, &texts[i], test_checks_texts);
    }

  return g_test_run ();
}
