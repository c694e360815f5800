/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/lb-haproxy-config.h"
#include "engine/lb-haproxy-pool.h"

/* Returns: (transfer full): the whole configuration for two backends */
static char *
make_config (const LbProxySettings *proxy,
             guint per_client)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_auto (LbProbeSettings) probe = { 0 };
  g_autoptr (LbHaproxyPool) words = NULL;
  g_autofree char *head = NULL;
  g_autofree char *servers = NULL;
  LbHaproxySetup setup = {
    .runtime = "/nonexistent/a.sock",
    .n_sockets = 2,
    .stats_port = 5001,
    .cors_origin = "*",
    .max_connections_per_client = per_client,
    .proxy = proxy,
    .cookie_key = "key",
  };

  lb_probe_settings_init (&probe);
  g_assert_nonnull (lb_pool_add (pool, "http://127.0.0.1:9001", NULL));
  g_assert_nonnull (lb_pool_add (pool, "http://127.0.0.1:9002", NULL));
  words = lb_haproxy_pool_new (pool, "round-robin", &probe, proxy, 0);
  head = lb_haproxy_config_make (&setup, words->pool, words->section, words->left_out);
  servers = lb_haproxy_pool_make_servers (words, NULL);

  return g_strconcat (head, servers, NULL);
}

static void
assert_has (const char *text,
            const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in:\n%s", part, text);
}

static void
assert_lacks (const char *text,
              const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("“%s” is in:\n%s", part, text);
}

static void
test_defaults (void)
{
  g_auto (LbProxySettings) proxy = { 0 };
  g_autofree char *text = NULL;

  lb_proxy_settings_init (&proxy);
  text = make_config (&proxy, 0);

  assert_has (text, "\ndefaults\n"
                    "    mode http\n"
                    "    timeout connect 5s\n"
                    "    timeout client 30s\n"
                    "    timeout server 30s\n"
                    "    timeout queue 10s\n"
                    "    timeout tunnel 3600s\n"
                    "    timeout http-request 10s\n"
                    "    timeout http-keep-alive 15s\n"
                    "    retries 3\n"
                    "    option redispatch 1\n");
  assert_has (text, "    bind fd@3\n    bind fd@4\n");
  assert_has (text, "    http-request del-header X-Forwarded-For\n");
  assert_has (text, "    http-request add-header X-Forwarded-For %[src]\n");
  assert_has (text, "    http-request set-header X-Forwarded-Proto http unless");
  assert_has (text, "    http-request add-header Forwarded \"for=%[src];proto=http\" unless is_ipv6\n");
  assert_has (text, "    http-request add-header Forwarded \"for=\\\"[%[src]]\\\";proto=http\" if is_ipv6\n");
  assert_lacks (text, "cookie");
  assert_lacks (text, "compression");
  assert_lacks (text, "maxconn");
  assert_lacks (text, "stick-table");
  assert_lacks (text, "disable-h2-upgrade");
  assert_lacks (text, " ssl");
}

static void
test_everything (void)
{
  g_auto (LbProxySettings) proxy = { 0 };
  g_autofree char *text = NULL;

  lb_proxy_settings_init (&proxy);
  proxy.certificate = g_strdup ("/a b/\"c\".pem");
  proxy.cookie = g_strdup ("WHERE");
  proxy.client_timeout_ms = 1500;
  proxy.retries = 0;
  proxy.redispatch = FALSE;
  proxy.trust_forwarded = TRUE;
  proxy.forwarded = FALSE;
  proxy.max_connections_per_backend = 8;
  proxy.compression = TRUE;
  text = make_config (&proxy, 4);

  assert_has (text, "    bind fd@4 ssl crt \"/a b/\\\"c\\\".pem\" alpn h2,http/1.1\n");
  assert_has (text, "    timeout client 1500ms\n");
  assert_has (text, "    timeout http-request 1500ms\n    timeout http-keep-alive 1500ms\n    retries 0\n");
  assert_lacks (text, "redispatch");
  assert_lacks (text, "del-header");
  assert_lacks (text, "Forwarded \"for=");
  assert_has (text, "X-Forwarded-Proto https unless");
  assert_has (text, "    cookie WHERE insert indirect nocache httponly secure dynamic\n"
                    "    dynamic-cookie-key key\n");
  assert_has (text, "    compression algo gzip\n");
  assert_has (text, "    tcp-request connection reject if { sc0_conn_cur gt 4 }\n");
  assert_has (text, " check inter 1s fastinter 250ms rise 2 fall 3 maxconn 8 weight 1\n");
}

static void
test_http1_only (void)
{
  g_auto (LbProxySettings) proxy = { 0 };
  g_autofree char *plain = NULL;
  g_autofree char *secure = NULL;

  lb_proxy_settings_init (&proxy);
  proxy.http2 = FALSE;
  plain = make_config (&proxy, 0);
  assert_has (plain, "    option disable-h2-upgrade\n");
  proxy.certificate = g_strdup ("/c.pem");
  secure = make_config (&proxy, 0);
  assert_has (secure, " alpn http/1.1\n");
}

/* The real one takes it, whatever is set. */
static void
test_haproxy_takes_it (void)
{
  g_autofree char *directory = g_dir_make_tmp ("lb-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "haproxy.cfg", NULL);
  g_autofree char *program = g_build_filename (g_getenv ("LB_TOOLS"), "usr/sbin/haproxy", NULL);
  g_autofree char *libraries = g_build_filename (g_getenv ("LB_TOOLS"), "usr/lib/x86_64-linux-gnu", NULL);

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE |
                                                                            G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
      g_autoptr (GSubprocess) process = NULL;
      g_auto (LbProxySettings) proxy = { 0 };
      g_autofree char *text = NULL;
      g_autofree char *output = NULL;
      g_autoptr (GError) error = NULL;

      lb_proxy_settings_init (&proxy);
      proxy.cookie = (i & 1) != 0 ? g_strdup ("a-b_C.9") : NULL;
      proxy.compression = (i & 1) != 0;
      proxy.http2 = (i & 2) == 0;
      proxy.max_connections_per_backend = (i & 2) != 0 ? 100 : 0;
      proxy.trust_forwarded = (i & 4) != 0;
      proxy.tunnel_timeout_ms = (i & 4) != 0 ? 86400000 : 10;
      text = make_config (&proxy, (i & 2) != 0 ? 10 : 0);
      /* The sockets would have to be there. */
      for (char *bind = text; (bind = strstr (bind, "fd@")) != NULL;)
        memcpy (bind, "*:8", 3);
      g_assert_true (g_file_set_contents (path, text, -1, NULL));

      g_subprocess_launcher_setenv (launcher, "LD_LIBRARY_PATH", libraries, TRUE);
      process = g_subprocess_launcher_spawn (launcher, &error, program, "-c", "-f", path, NULL);
      g_assert_no_error (error);
      g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &output, NULL);
      if (!g_subprocess_get_successful (process) || strstr (output, "[WARNING]") != NULL)
        g_error ("%s\n%s", output, text);
    }

  g_unlink (path);
  g_rmdir (directory);
}

static void
test_cookie_key (void)
{
  g_autofree char *key = lb_haproxy_config_make_cookie_key ();
  g_autofree char *again = lb_haproxy_config_make_cookie_key ();

  g_assert_cmpstr (key, ==, again);
  g_assert_cmpuint (strlen (key), ==, 64);
  g_assert_cmpuint (strspn (key, "0123456789abcdef"), ==, 64);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-config/defaults", test_defaults);
  g_test_add_func ("/haproxy-config/everything", test_everything);
  g_test_add_func ("/haproxy-config/http1-only", test_http1_only);
  g_test_add_func ("/haproxy-config/haproxy-takes-it", test_haproxy_takes_it);
  g_test_add_func ("/haproxy-config/cookie-key", test_cookie_key);

  return g_test_run ();
}
