/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "lb-balancer.h"

/* A balancer that proxies with a HAProxy whose configurations are kept. */
typedef struct
{
  char *directory;
  char *config;
  char *program;
  char *seen;
  char *path;
  LbBalancer *balancer;
} Fixture;

static gboolean
has_seen (Fixture *self,
          const char *part)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (self->seen, &text, NULL, NULL) && strstr (text, part) != NULL;
}

static gboolean
on_tick (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
run_until (gboolean (*condition) (Fixture *self, const char *data),
           Fixture *self,
           const char *data)
{
  gboolean late = FALSE;
  const guint source = g_timeout_add_seconds (10, on_time, &late);
  const guint tick = g_timeout_add (5, on_tick, NULL);

  while (!condition (self, data) && !late)
    g_main_context_iteration (NULL, TRUE);

  if (late)
    g_error ("In 10 s not: %s", data);
  g_source_remove (source);
  g_source_remove (tick);
}

/* Somebody has checked the backend, and that is only HAProxy. */
static gboolean
is_serving (Fixture *self,
            const char *data G_GNUC_UNUSED)
{
  return lb_backend_get_health (lb_pool_get_backend (lb_balancer_get_pool (self->balancer), 0)) ==
         LB_HEALTH_DOWN;
}

/* Every HAProxy of ours has ended. */
static gboolean
is_alone (Fixture *self G_GNUC_UNUSED,
          const char *data G_GNUC_UNUSED)
{
  return waitid (P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

static void
on_problem (LbBalancer *balancer G_GNUC_UNUSED,
            const char *message)
{
  g_test_message ("%s", message);
}

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  static const char config[] = "{\"listen\": [\"127.0.0.1\"], \"port\": 0, \"engine\": \"haproxy\","
                               " \"probe\": {\"interval_ms\": 100, \"fall\": 1},"
                               " \"backends\": [{\"url\": \"http://127.0.0.1:1\"}]}";
  const char *tools = g_getenv ("LB_TOOLS");
  g_autofree char *script = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-proxying-XXXXXX", &error);
  g_assert_no_error (error);
  self->config = g_build_filename (self->directory, "config.json", NULL);
  self->program = g_build_filename (self->directory, "haproxy", NULL);
  self->seen = g_build_filename (self->directory, "seen", NULL);
  script = g_strdup_printf ("#!/bin/sh\ncat \"$3\" >> '%s'\nLD_LIBRARY_PATH='%s/usr/lib/x86_64-linux-gnu' "
                            "exec '%s/usr/sbin/haproxy' \"$@\"\n",
                            self->seen, tools, tools);
  g_assert_true (g_file_set_contents (self->config, config, -1, NULL));
  g_assert_true (g_file_set_contents_full (self->program, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));

  self->path = g_strdup (g_getenv ("PATH"));
  path = g_strconcat (self->directory, ":", self->path, NULL);
  g_setenv ("PATH", path, TRUE);

  self->balancer = lb_balancer_new (self->config);
  g_signal_connect (self->balancer, "problem", G_CALLBACK (on_problem), NULL);
  lb_balancer_load (self->balancer, NULL);
  lb_balancer_start (self->balancer, &error);
  g_assert_no_error (error);
  run_until (is_serving, self, "HAProxy serves");
  while (g_main_context_iteration (NULL, FALSE))
    continue; /* what follows from that is over, too */
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true (lb_balancer_stop (self->balancer, NULL));
  run_until (is_alone, self, "HAProxy has ended");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (self->balancer);
  g_setenv ("PATH", self->path, TRUE);
  g_unlink (self->config);
  g_unlink (self->program);
  g_unlink (self->seen);
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->config);
  g_free (self->program);
  g_free (self->seen);
  g_free (self->path);
}

static void
set_origin (LbBalancer *balancer)
{
  g_assert_true (lb_balancer_set_cors_origin (balancer, "http://example.org", NULL));
}

static void
set_max (LbBalancer *balancer)
{
  g_assert_true (lb_balancer_set_max_connections (balancer, 77, NULL));
}

static void
set_max_per_client (LbBalancer *balancer)
{
  g_assert_true (lb_balancer_set_max_connections_per_client (balancer, 7, NULL));
}

static void
set_jitter (LbBalancer *balancer)
{
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_copy (&settings, lb_balancer_get_probe_settings (balancer));
  settings.jitter = 0.3;
  lb_balancer_set_probe_settings (balancer, &settings);
}

typedef struct
{
  const char *name;
  void (*set) (LbBalancer *balancer);
  const char *expected;
} Setting;

static const Setting settings[] = {
  { "origin", set_origin, "Access-Control-Allow-Origin http://example.org" },
  { "max-connections", set_max, "maxconn 77\n" },
  { "max-connections-per-client", set_max_per_client, "sc0_conn_cur gt 7 }" },
  { "probes", set_jitter, "spread-checks 30\n" },
};

/* Whatever else holds for clients or checks is told at once, and not with the next change of something else. */
static void
test_setting_reaches_the_engine (Fixture *self,
                                 gconstpointer data)
{
  const Setting *setting = data;

  setting->set (self->balancer);
  run_until (has_seen, self, setting->expected);
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_proxy_settings (Fixture *self,
                     gconstpointer data G_GNUC_UNUSED)
{
  g_auto (LbProxySettings) proxy = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  g_signal_connect_swapped (self->balancer, "proxying-changed", G_CALLBACK (count), &n);
  lb_proxy_settings_copy (&proxy, lb_balancer_get_proxy_settings (self->balancer));

  proxy.retries = 101;
  g_assert_false (lb_balancer_set_proxy_settings (self->balancer, &proxy, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
  g_assert_cmpuint (lb_balancer_get_proxy_settings (self->balancer)->retries, ==, 3);
  g_assert_cmpuint (n, ==, 0);

  proxy.retries = 9;
  g_assert_true (lb_balancer_set_proxy_settings (self->balancer, &proxy, NULL));
  g_assert_true (lb_balancer_set_proxy_settings (self->balancer, &proxy, NULL));
  g_assert_cmpuint (n, ==, 1);
  run_until (has_seen, self, "retries 9\n");

  g_assert_true (lb_balancer_stop (self->balancer, NULL));
  g_assert_true (g_file_get_contents (self->config, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"retries\": 9"));
}

/* With a certificate clients are to speak TLS, and are told so. */
static void
test_urls_say_https (Fixture *self,
                     gconstpointer data G_GNUC_UNUSED)
{
  LbEndpoint *endpoint = lb_balancer_get_endpoint (self->balancer);
  g_auto (LbProxySettings) proxy = { 0 };
  guint n = 0;

  g_signal_connect_swapped (endpoint, "notify::uris", G_CALLBACK (count), &n);
  g_assert_true (g_str_has_prefix (lb_endpoint_get_uris (endpoint)[0], "http://127.0.0.1:"));

  lb_proxy_settings_copy (&proxy, lb_balancer_get_proxy_settings (self->balancer));
  proxy.certificate = g_strdup (self->config);
  g_assert_true (lb_balancer_set_proxy_settings (self->balancer, &proxy, NULL));
  g_assert_true (g_str_has_prefix (lb_endpoint_get_uris (endpoint)[0], "https://127.0.0.1:"));
  g_assert_cmpuint (n, ==, 1);

  g_assert_true (lb_balancer_set_engine (self->balancer, "redirect", NULL));
  g_assert_true (g_str_has_prefix (lb_endpoint_get_uris (endpoint)[0], "http://127.0.0.1:"));
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *path = g_strconcat ("/balancer/proxying/reaches-the-engine/", settings[i].name, NULL);

      g_test_add (path, Fixture, &settings[i], set_up, test_setting_reaches_the_engine, tear_down);
    }
  g_test_add ("/balancer/proxying/proxy-settings", Fixture, NULL, set_up, test_proxy_settings, tear_down);
  g_test_add ("/balancer/proxying/urls-say-https", Fixture, NULL, set_up, test_urls_say_https, tear_down);

  return g_test_run ();
}
