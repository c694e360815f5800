/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "config/lb-config.h"

static void
test_defaults (void)
{
  g_autoptr (LbConfig) config = lb_config_new ();
  const char *const listen[] = { "localhost", NULL };

  g_assert_cmpstrv (config->listen, listen);
  g_assert_cmpuint (config->port, ==, 5000);
  g_assert_cmpuint (config->redirect_status, ==, 307);
  g_assert_cmpstr (config->cors_origin, ==, "*");
  g_assert_cmpstr (config->policy, ==, "random");
  g_assert_cmpuint (config->probe.interval_ms, ==, 1000);
  g_assert_cmpuint (config->probe.timeout_ms, ==, 2000);
  g_assert_cmpfloat (config->probe.jitter, ==, 0.1);
  g_assert_cmpuint (config->backends->len, ==, 0);
}

static void
test_copy_is_its_own (void)
{
  LbConfig *config = lb_config_new ();
  LbConfig *copy;
  LbBackend *backend = lb_backend_new ("http://127.0.0.1:9001", NULL);

  config->port = 8080;
  config->stats_port = 8081;
  config->agent_port = 8082;
  g_ptr_array_add (config->backends, backend);
  copy = lb_config_copy (config);
  g_free (config->policy);
  config->policy = g_strdup ("other");
  lb_config_free (config);

  g_assert_cmpuint (copy->port, ==, 8080);
  g_assert_cmpuint (copy->stats_port, ==, 8081);
  g_assert_cmpuint (copy->agent_port, ==, 8082);
  g_assert_cmpstr (copy->policy, ==, "random");
  g_assert_cmpuint (copy->backends->len, ==, 1);
  g_assert_true (copy->backends->pdata[0] == backend);

  g_object_ref (backend);
  lb_config_free (copy);
  g_assert_finalize_object (backend);
}

static void
test_checks_addresses (void)
{
  static const char *const good[][2] = {
    { "127.0.0.1", "127.0.0.1" },
    { "0.0.0.0", "0.0.0.0" },
    { "::1", "::1" },
    { "[::1]", "::1" },
    { "::", "::" },
    { "FD00:0:0:0::1", "fd00::1" },
    { "169.254.1.1", "169.254.1.1" },
    { "[2001:DB8::A]", "2001:db8::a" },
    { "localhost", "localhost" },
    { "LocalHost", "localhost" },
  };
  static const char *const bad[] = {
    "",          "*",         "example.org", "127.1",        "127.0.0.1:80", "[::1]:80",
    "[::1",      "::1]",      "[]",          "[127.0.0.1]",  "[localhost]",  " 127.0.0.1",
    "256.0.0.1", "fe80::1%1", "1",           "http://[::1]", "010.0.0.1",    "[[::1]]",
    "fe80::1",   "[FEBF::1]", "::ffff:0.0.0.0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *address = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (lb_config_check_address (good[i][0], &address, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (address, ==, good[i][1]);
      g_assert_true (lb_config_check_address (good[i][0], NULL, NULL));
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      char untouched[] = "untouched";
      char *address = untouched;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (lb_config_check_address (bad[i], &address, &error));
      g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
      g_assert_true (address == untouched);
      g_assert_nonnull (strstr (error->message, bad[i]));
    }
}

/* Those that are addresses, and yet none to listen on: the sentence says which is. */
static void
test_names_a_better_address (void)
{
  static const char *const cases[][2] = {
    { "fe80::1", "Write an address that is not link-local" },
    { "::ffff:127.0.0.1", "Write 127.0.0.1." },
    { "[::FFFF:C0A8:102]", "Write 192.168.1.2." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (lb_config_check_address (cases[i][0], NULL, &error));
      g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i][0]));
      g_assert_nonnull (strstr (error->message, cases[i][1]));
    }
}

static void
test_checks_origins (void)
{
  static const char *const good[][2] = {
    { "*", "*" },
    { "http://127.0.0.1:5500", "http://127.0.0.1:5500" },
    { "http://127.0.0.1:5500/", "http://127.0.0.1:5500" },
    { "HTTPS://Example.ORG:443", "https://example.org" },
    { "http://localhost:80", "http://localhost" },
    { "http://[0::1]:8080", "http://[::1]:8080" },
    { "https://bücher.example", "https://xn--bcher-kva.example" },
  };
  static const char *const bad[] = {
    "",
    "null",
    "**",
    "*.example.org",
    "example.org",
    "127.0.0.1:5500",
    "http://",
    "file://",
    "ftp://h",
    "http://h/a",
    "http://h//",
    "http://h?",
    "http://h#",
    "http://u@h",
    "http://a http://b",
    "http://a, http://b",
    "http://h:0",
    "http://h:65536",
    "http://h\r\nX: y",
    "http://127.1",
    "http://*.h",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *origin = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (lb_config_check_origin (good[i][0], &origin, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (origin, ==, good[i][1]);
      g_assert_true (lb_config_check_origin (good[i][0], NULL, NULL));
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      char untouched[] = "untouched";
      char *origin = untouched;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (lb_config_check_origin (bad[i], &origin, &error));
      g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
      g_assert_true (origin == untouched);
      g_assert_nonnull (strstr (error->message, bad[i]));
    }
}

static void
test_checks_statuses (void)
{
  static const gint64 bad[] = { 0, 200, 300, 304, 305, 306, 309, -307, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (lb_config_check_status (bad[i], &error));
      g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
    }

  g_assert_true (lb_config_check_status (301, NULL));
  g_assert_true (lb_config_check_status (302, NULL));
  g_assert_true (lb_config_check_status (303, NULL));
  g_assert_true (lb_config_check_status (307, NULL));
  g_assert_true (lb_config_check_status (308, NULL));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/config/defaults", test_defaults);
  g_test_add_func ("/config/config/copy-is-its-own", test_copy_is_its_own);
  g_test_add_func ("/config/config/checks-addresses", test_checks_addresses);
  g_test_add_func ("/config/config/names-a-better-address", test_names_a_better_address);
  g_test_add_func ("/config/config/checks-origins", test_checks_origins);
  g_test_add_func ("/config/config/checks-statuses", test_checks_statuses);

  return g_test_run ();
}
