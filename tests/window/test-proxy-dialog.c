/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "window/lb-proxy-dialog.h"
#include "window/lb-proxy-words.h"
#include "window/lb-setting-row.h"
#include "window/lb-window-fixture.h"

/* There is something that is called haproxy, which is all that the dialog asks for. */
typedef struct
{
  LbWindowFixture base;
  char *program;
  char *path;
  GtkWidget *dialog;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data)
{
  const char *engine = data;
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;
  g_autofree char *config = g_strdup_printf ("{\"listen\": [\"127.0.0.1\"], \"port\": 0, \"engine\": \"%s\"}",
                                             engine);

  lb_window_fixture_set_up (&f->base, NULL);
  directory = g_path_get_dirname (f->base.config_path);
  f->program = g_build_filename (directory, "haproxy", NULL);
  g_assert_true (g_file_set_contents_full (f->program, "#!/bin/sh\nexit 1\n", -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0700, NULL));
  f->path = g_strdup (g_getenv ("PATH"));
  path = g_strconcat (directory, ":", f->path, NULL);
  g_setenv ("PATH", path, TRUE);

  g_assert_true (g_file_set_contents (f->base.config_path, config, -1, NULL));
  lb_balancer_load (f->base.balancer, NULL);
  lb_window_fixture_open (&f->base);
  f->dialog = GTK_WIDGET (lb_proxy_dialog_new (GTK_WINDOW (f->base.window), f->base.balancer));
  gtk_window_present (GTK_WINDOW (f->dialog));
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  g_setenv ("PATH", f->path, TRUE);
  g_unlink (f->program);
  lb_window_fixture_tear_down (&f->base, NULL);
  g_free (f->program);
  g_free (f->path);
}

static gpointer
find (Fixture *f,
      const char *name)
{
  return lb_proxy_dialog_find (LB_PROXY_DIALOG (f->dialog), name);
}

/* Types it and presses Enter, as a key does. */
static void
enter (Fixture *f,
       const char *name,
       const char *text)
{
  gtk_editable_set_text (find (f, name), text);
  g_signal_emit_by_name (gtk_editable_get_delegate (find (f, name)), "activate");
}

static const LbProxySettings *
get (Fixture *f)
{
  return lb_balancer_get_proxy_settings (f->base.balancer);
}

static gboolean
is_refused (Fixture *f,
            const char *name)
{
  return gtk_widget_has_css_class (find (f, name), "error");
}

/* Each setting has a row with a name, and each row a setting. */
static void
test_rows (Fixture *f,
           gconstpointer data)
{
  guint n_settings, n_words;
  const LbSetting *settings = lb_proxy_settings_list (&n_settings);

  lb_proxy_words_list (&n_words);
  g_assert_cmpuint (n_words, ==, n_settings);
  for (guint i = 0; i < n_settings; i++)
    {
      GtkWidget *control = find (f, settings[i].name);

      g_assert_nonnull (control);
      g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (control),
                                                       GTK_ACCESSIBLE_RELATION_LABELLED_BY));
      g_assert_true (gtk_widget_is_sensitive (control));
    }

  g_assert_cmpstr (gtk_editable_get_text (find (f, "connect_timeout_ms")), ==, "5");
  g_assert_cmpstr (gtk_editable_get_text (find (f, "retries")), ==, "3");
  g_assert_cmpstr (gtk_editable_get_text (find (f, "cookie")), ==, "");
  g_assert_true (gtk_switch_get_active (find (f, "http2")));
  g_assert_false (gtk_switch_get_active (find (f, "compression")));
}

/* Each takes effect at once. */
static void
test_changes (Fixture *f,
              gconstpointer data)
{
  enter (f, "server_timeout_ms", "0.25");
  g_assert_cmpuint (get (f)->server_timeout_ms, ==, 250);
  enter (f, "server_timeout_ms", " 120 ");
  g_assert_cmpuint (get (f)->server_timeout_ms, ==, 120000);
  g_assert_cmpstr (gtk_editable_get_text (find (f, "server_timeout_ms")), ==, "120");
  enter (f, "max_connections_per_backend", "50");
  g_assert_cmpuint (get (f)->max_connections_per_backend, ==, 50);
  enter (f, "cookie", "WHERE");
  g_assert_cmpstr (get (f)->cookie, ==, "WHERE");
  enter (f, "cookie", "");
  g_assert_null (get (f)->cookie);
  gtk_switch_set_active (find (f, "compression"), TRUE);
  g_assert_true (get (f)->compression);
  gtk_switch_set_active (find (f, "http2"), FALSE);
  g_assert_false (get (f)->http2);
}

static void
test_refuses (Fixture *f,
              gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *text;
  } rows[] = {
    { "retries", "-1" },        { "retries", "2.5" },         { "retries", "" },
    { "retries", "101" },       { "connect_timeout_ms", "0" }, { "connect_timeout_ms", "5 s" },
    { "cookie", "a b" },        { "certificate", "ours.pem" }, { "certificate", "/nonexistent" },
    { "connect_timeout_ms", "nan" },
  };
  g_auto (LbProxySettings) before = { 0 };

  lb_proxy_settings_copy (&before, get (f));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      enter (f, rows[i].name, rows[i].text);
      g_test_message ("%s: %s", rows[i].name, rows[i].text);
      g_assert_true (is_refused (f, rows[i].name));
      g_assert_cmpstr (gtk_editable_get_text (find (f, rows[i].name)), ==, rows[i].text);
    }
  g_assert_true (lb_proxy_settings_equal (&before, get (f)));
}

/* A file that others can read is not taken; one that only we can read is. */
static void
test_certificate (Fixture *f,
                  gconstpointer data)
{
  static const char text[] = "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n";
  g_autofree char *path = g_strconcat (f->program, ".pem", NULL);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  enter (f, "certificate", path);
  g_assert_true (is_refused (f, "certificate"));
  g_assert_null (get (f)->certificate);

  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  enter (f, "certificate", "");
  enter (f, "certificate", path);
  g_assert_false (is_refused (f, "certificate"));
  g_assert_cmpstr (get (f)->certificate, ==, path);

  /* What has gone bad since is in nobody's way. */
  g_unlink (path);
  enter (f, "retries", "1");
  g_assert_cmpuint (get (f)->retries, ==, 1);
}

static void
test_resets (Fixture *f,
             gconstpointer data)
{
  g_auto (LbProxySettings) factory = { 0 };

  lb_proxy_settings_init (&factory);
  enter (f, "cookie", "A");
  enter (f, "queue_timeout_ms", "99");
  gtk_switch_set_active (find (f, "forwarded"), FALSE);
  g_assert_false (lb_proxy_settings_equal (&factory, get (f)));
  gtk_widget_activate_action (f->dialog, "proxy.reset", NULL);
  g_assert_true (lb_proxy_settings_equal (&factory, get (f)));
}

/* What is changed elsewhere is shown. */
static void
test_follows (Fixture *f,
              gconstpointer data)
{
  g_auto (LbProxySettings) settings = { 0 };

  lb_proxy_settings_copy (&settings, get (f));
  settings.retries = 7;
  settings.compression = TRUE;
  settings.redispatch = FALSE;
  g_assert_true (lb_balancer_set_proxy_settings (f->base.balancer, &settings, NULL));
  g_assert_cmpstr (gtk_editable_get_text (find (f, "retries")), ==, "7");
  g_assert_true (gtk_switch_get_active (find (f, "compression")));
  g_assert_false (gtk_switch_get_active (find (f, "redispatch")));
  g_assert_true (lb_proxy_settings_equal (&settings, get (f)));
}

/* What is typed is tried when the dialog closes; once it is refused, closing again drops it. */
static void
test_closes (Fixture *f,
             gconstpointer data)
{
  gtk_editable_set_text (find (f, "retries"), "x");
  gtk_window_close (GTK_WINDOW (f->dialog));
  g_assert_true (lb_find_dialog (LB_TYPE_PROXY_DIALOG) == f->dialog);
  g_assert_true (is_refused (f, "retries"));
  gtk_window_close (GTK_WINDOW (f->dialog));
  g_assert_null (lb_find_dialog (LB_TYPE_PROXY_DIALOG));
  g_assert_cmpuint (get (f)->retries, ==, 3);
}

/* Nothing can be changed that holds for nobody, and the reason is said. */
static void
test_says_why_not (Fixture *f,
                   gconstpointer data)
{
  GtkWidget *reason = lb_template_child (f->dialog, "reason");

  g_assert_true (gtk_widget_get_visible (reason));
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (reason)), "HAProxy"));
  g_assert_false (gtk_widget_is_sensitive (find (f, "retries")));

  g_assert_true (lb_balancer_set_engine (f->base.balancer, "haproxy", NULL));
  g_assert_false (gtk_widget_get_visible (reason));
  g_assert_true (gtk_widget_is_sensitive (find (f, "retries")));

  g_setenv ("PATH", "/nonexistent", TRUE);
  g_assert_true (lb_balancer_set_engine (f->base.balancer, "redirect", NULL));
  g_assert_true (lb_balancer_set_engine (f->base.balancer, "haproxy", NULL));
  if (!g_file_test ("/usr/sbin/haproxy", G_FILE_TEST_EXISTS))
    g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (reason)), "sudo apt install haproxy"));
}

#define ADD(name, test, engine) \
  g_test_add ("/window/proxy-dialog/" name, Fixture, engine, set_up, test, tear_down)

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("rows", test_rows, "haproxy");
  ADD ("changes", test_changes, "haproxy");
  ADD ("refuses", test_refuses, "haproxy");
  ADD ("certificate", test_certificate, "haproxy");
  ADD ("resets", test_resets, "haproxy");
  ADD ("follows", test_follows, "haproxy");
  ADD ("closes", test_closes, "haproxy");
  ADD ("says-why-not", test_says_why_not, "redirect");

  return lb_window_test_run ();
}
