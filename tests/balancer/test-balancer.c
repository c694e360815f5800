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

static void
count (guint *n)
{
  (*n)++;
}

static void
test_answers (Fixture *self,
              gconstpointer data)
{
  g_autoptr (LbBalancer) again = NULL;
  g_autoptr (GError) error = NULL;
  guint n[3] = { 0 };

  lb_balancer_load (self->balancer, NULL);
  g_signal_connect_swapped (self->balancer, "notify::redirect-status", G_CALLBACK (count), &n[0]);
  g_signal_connect_swapped (self->balancer, "notify::cors-origin", G_CALLBACK (count), &n[1]);
  g_signal_connect_swapped (self->balancer, "notify::max-connections", G_CALLBACK (count), &n[2]);

  g_assert_false (lb_balancer_set_redirect_status (self->balancer, 304, &error));
  g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_false (lb_balancer_set_cors_origin (self->balancer, "http://h/a", &error));
  g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_false (lb_balancer_set_max_connections (self->balancer, 1000001, &error));
  g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_cmpuint (n[0] + n[1] + n[2], ==, 0);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (lb_balancer_set_redirect_status (self->balancer, 308, &error));
      g_assert_true (lb_balancer_set_cors_origin (self->balancer, "HTTP://H:80/", &error));
      g_assert_true (lb_balancer_set_max_connections (self->balancer, 1000, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (n[0], ==, 1);
  g_assert_cmpuint (n[1], ==, 1);
  g_assert_cmpuint (n[2], ==, 1);
  g_assert_true (lb_balancer_stop (self->balancer, &error));
  g_assert_no_error (error);

  again = lb_balancer_new (self->config_path);
  lb_balancer_load (again, NULL);
  g_assert_cmpuint (lb_balancer_get_redirect_status (again), ==, 308);
  g_assert_cmpstr (lb_balancer_get_cors_origin (again), ==, "http://h");
  g_assert_cmpuint (lb_balancer_get_max_connections (again), ==, 1000);
}

/* What somebody else writes into the file holds at once, and is told. */
static void
test_answers_from_the_file (Fixture *self,
                            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  lb_balancer_load (self->balancer, NULL);
  g_signal_connect_swapped (self->balancer, "config-changed", G_CALLBACK (count), &n);
  g_file_set_contents (self->config_path, "{\"cors_origin\": \"http://h\", \"redirect_status\": 301}",
                       -1, &error);
  g_assert_no_error (error);

  while (n == 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpstr (lb_balancer_get_cors_origin (self->balancer), ==, "http://h");
  g_assert_cmpuint (lb_balancer_get_redirect_status (self->balancer), ==, 301);
  g_assert_true (lb_balancer_stop (self->balancer, &error));
}

static void
run_until (gboolean (*condition) (LbBackend *backend, guint64 n),
           LbBackend *backend,
           guint64 n)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!condition (backend, n))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

static guint64
count_probes (LbBackend *backend)
{
  guint64 n = 0;

  for (LbProbeOutcome i = LB_PROBE_OK; i < LB_N_PROBE_OUTCOMES; i++)
    n += lb_backend_get_record (backend)->outcomes[i];

  return n;
}

static gboolean
was_probed (LbBackend *backend,
            guint64 n)
{
  return count_probes (backend) >= n;
}

static gboolean
is_down (LbBackend *backend,
         guint64 n)
{
  return lb_backend_get_health (backend) == LB_HEALTH_DOWN;
}

/* Runs the loop for as long as several probes would take. */
static void
run_for_a_while (void)
{
  const gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC / 5;

  while (g_get_monotonic_time () < end_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
}

static void
count_notify (guint *n)
{
  (*n)++;
}

static void
start_with_a_sample (Fixture *self)
{
  char *listen[] = { (char *) "127.0.0.1", NULL };
  const LbOverrides overrides = { .listen = listen, .port = 0, .stats_port = -1, .agent_port = -1 };
  LbProbeSettings settings;
  g_autoptr (GError) error = NULL;

  lb_balancer_load (self->balancer, &overrides);
  lb_probe_settings_init (&settings);
  settings.interval_ms = 20;
  settings.fast_interval_ms = 20;
  lb_balancer_set_probe_settings (self->balancer, &settings);
  lb_probe_settings_clear (&settings);

  lb_balancer_add_samples (self->balancer, &error);
  g_assert_no_error (error);
  lb_balancer_start (self->balancer, &error);
  g_assert_no_error (error);
}

/* Nobody is probed meanwhile, nobody is thought worse of for it, and nothing of it is remembered. */
static void
test_paused (Fixture *self,
             gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LbSnapshot) before = NULL;
  g_autoptr (LbSnapshot) after = NULL;
  LbBackend *backend;
  guint64 n_probes;
  guint n_notified = 0;

  start_with_a_sample (self);
  backend = lb_pool_get_backend (lb_balancer_get_pool (self->balancer), 0);
  run_until (was_probed, backend, 1);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);

  before = lb_balancer_get_snapshot (self->balancer);
  g_assert_false (before->traffic.paused);

  g_signal_connect_swapped (self->balancer, "notify::paused", G_CALLBACK (count_notify), &n_notified);
  lb_balancer_set_paused (self->balancer, TRUE);
  lb_balancer_set_paused (self->balancer, TRUE);
  g_assert_true (lb_balancer_get_paused (self->balancer));
  g_assert_cmpuint (n_notified, ==, 1);
  after = lb_balancer_get_snapshot (self->balancer);
  g_assert_true (after->traffic.paused);

  n_probes = count_probes (backend);
  lb_balancer_probe_now (self->balancer, NULL);
  run_for_a_while ();
  g_assert_cmpuint (count_probes (backend), ==, n_probes);

  g_object_set (self->balancer, "paused", FALSE, NULL);
  run_until (was_probed, backend, n_probes + 2);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UP);
  g_assert_cmpuint (lb_backend_get_record (backend)->times_down, ==, 0);
  g_assert_cmpuint (n_notified, ==, 2);

  g_assert_true (lb_balancer_stop (self->balancer, &error));
  g_assert_true (g_file_get_contents (self->config_path, &text, NULL, &error));
  g_assert_null (strstr (text, "paused"));
}

/* It can be paused before it starts. A backend that is gone is found out when it goes on. */
static void
test_paused_first (Fixture *self,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  LbBackend *backend;

  lb_balancer_set_paused (self->balancer, TRUE);
  start_with_a_sample (self);
  backend = lb_balancer_add_backend (self->balancer, "http://127.0.0.1:1", TRUE, &error);
  g_assert_no_error (error);
  run_for_a_while ();
  g_assert_cmpuint (count_probes (backend), ==, 0);
  g_assert_cmpint (lb_backend_get_health (backend), ==, LB_HEALTH_UNKNOWN);

  lb_balancer_set_paused (self->balancer, FALSE);
  run_until (is_down, backend, 0);
  g_assert_true (lb_balancer_stop (self->balancer, &error));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/balancer/not-loaded", Fixture, NULL, set_up, test_not_loaded, tear_down);
  g_test_add ("/balancer/policy", Fixture, NULL, set_up, test_policy, tear_down);
  g_test_add ("/balancer/answers", Fixture, NULL, set_up, test_answers, tear_down);
  g_test_add ("/balancer/answers/from-the-file", Fixture, NULL, set_up, test_answers_from_the_file,
              tear_down);
  g_test_add ("/balancer/paused", Fixture, NULL, set_up, test_paused, tear_down);
  g_test_add ("/balancer/paused/before-it-starts", Fixture, NULL, set_up, test_paused_first,
              tear_down);

  return g_test_run ();
}
