/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>

#include "lb-balancer.h"

typedef struct
{
  char *directory;
  char *config_path;
  LbBalancer *balancer;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-balancer-XXXXXX", &error);
  g_assert_no_error (error);
  self->config_path = g_build_filename (self->directory, "config.json", NULL);
  self->balancer = lb_balancer_new (self->config_path);
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_assert_finalize_object (self->balancer);
  g_unlink (self->config_path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->config_path);
  g_free (self->directory);
}

/* There is nothing yet that could be changed. Who tries is told, and nothing is written. */
static void
test_not_loaded (Fixture *self,
                 gconstpointer data)
{
  LbProbeSettings settings = { 0 };
  g_autoptr (GError) error = NULL;

  lb_probe_settings_init (&settings);

  for (guint i = 0; i < 5; i++)
    g_test_expect_message ("lb-balancer", G_LOG_LEVEL_CRITICAL, "*lb_keeper_get_config*");

  g_assert_false (lb_balancer_set_policy (self->balancer, "fastest", &error));
  g_assert_no_error (error);
  g_assert_null (lb_balancer_get_probe_settings (self->balancer));
  lb_balancer_set_probe_settings (self->balancer, &settings);
  g_assert_cmpfloat (lb_balancer_get_panic_share (self->balancer), ==, 0.0);
  lb_balancer_set_panic_share (self->balancer, 0.5);
  g_test_assert_expected_messages ();

  g_assert_cmpstr (lb_balancer_get_policy (self->balancer), ==, "random");
  g_assert_true (lb_balancer_stop (self->balancer, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (self->config_path, G_FILE_TEST_EXISTS));

  lb_probe_settings_clear (&settings);
}

static void
test_policy (Fixture *self,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  lb_balancer_load (self->balancer, NULL);

  g_assert_false (lb_balancer_set_policy (self->balancer, "no-such", &error));
  g_assert_error (error, LB_POLICY_ERROR, LB_POLICY_ERROR_UNKNOWN);
  g_clear_error (&error);

  g_assert_true (lb_balancer_set_policy (self->balancer, "leastconn", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (lb_balancer_get_policy (self->balancer), ==, "least-connections");

  g_assert_true (lb_balancer_stop (self->balancer, &error));
  g_assert_true (g_file_get_contents (self->config_path, &text, NULL, &error));
  g_assert_nonnull (strstr (text, "\"policy\": \"least-connections\""));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/balancer/not-loaded", Fixture, NULL, set_up, test_not_loaded, tear_down);
  g_test_add ("/balancer/policy", Fixture, NULL, set_up, test_policy, tear_down);

  return g_test_run ();
}
