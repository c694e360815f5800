/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/lb-haproxy-certificate.h"

#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define KEY "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
#define LOCKED_KEY "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
write_file (const char *path,
            const char *text,
            int mode)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  self->directory = g_dir_make_tmp ("lb-certificate-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "ours.pem", NULL);
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  g_unlink (self->path);
  g_rmdir (self->directory);
  g_free (self->path);
  g_free (self->directory);
}

static void
test_checks (Fixture *self,
             gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *text;
    int mode;
    const char *error; /* what it says, or NULL */
  } rows[] = {
    { CERTIFICATE KEY, 0600, NULL },
    { KEY CERTIFICATE CERTIFICATE, 0400, NULL },
    { CERTIFICATE KEY, 0640, NULL },
    { CERTIFICATE KEY, 0604, "chmod 600 " },
    { CERTIFICATE KEY, 0602, "chmod 600 " },
    { CERTIFICATE KEY, 0620, "chmod 600 " },
    { CERTIFICATE, 0600, "The private key is missing" },
    { KEY, 0600, "There is no certificate" },
    { "", 0600, "There is no certificate" },
    { CERTIFICATE LOCKED_KEY, 0600, "locked with a passphrase" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *mark = NULL;
      g_autoptr (GError) error = NULL;
      gboolean good;

      write_file (self->path, rows[i].text, rows[i].mode);
      good = lb_haproxy_certificate_check (self->path, &mark, &error);
      g_test_message ("%u: %s", i, error != NULL ? error->message : "good");
      g_assert_true (good == (rows[i].error == NULL));
      g_assert_true (good == (mark != NULL));
      if (good)
        continue;

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, rows[i].error));
      g_assert_nonnull (strstr (error->message, self->path));
    }
}

static void
test_checks_what_is_no_file (Fixture *self,
                             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (lb_haproxy_certificate_check (self->path, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_false (lb_haproxy_certificate_check (self->directory, NULL, NULL));

  /* Nobody waits for somebody who writes into it. */
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_false (lb_haproxy_certificate_check (self->path, NULL, NULL));
}

static void
count (guint *n)
{
  (*n)++;
}

static gboolean
on_time (gpointer late)
{
  *(gboolean *) late = TRUE;

  return G_SOURCE_REMOVE;
}

static void
run_until (const guint *n,
           guint expected)
{
  gboolean late = FALSE;
  const guint source = g_timeout_add_seconds (10, on_time, &late);

  while (*n < expected && !late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (source);
  g_assert_cmpuint (*n, ==, expected);
}

/* A change is told once it is over, however it is made. */
static void
test_watches (Fixture *self,
              gconstpointer data G_GNUC_UNUSED)
{
  LbHaproxyCertificate *certificate = lb_haproxy_certificate_new (self->path);
  g_autofree char *mark = NULL;
  guint n = 0;

  g_signal_connect_swapped (certificate, "changed", G_CALLBACK (count), &n);
  g_assert_cmpstr (lb_haproxy_certificate_get_path (certificate), ==, self->path);
  g_assert_null (lb_haproxy_certificate_get_mark (certificate));
  g_assert_nonnull (strstr (lb_haproxy_certificate_get_error (certificate), "cannot be read"));

  write_file (self->path, CERTIFICATE KEY, 0600);
  run_until (&n, 1);
  g_assert_null (lb_haproxy_certificate_get_error (certificate));
  mark = g_strdup (lb_haproxy_certificate_get_mark (certificate));
  g_assert_nonnull (mark);

  write_file (self->path, CERTIFICATE CERTIFICATE KEY, 0600);
  run_until (&n, 2);
  g_assert_cmpstr (lb_haproxy_certificate_get_mark (certificate), !=, mark);

  g_assert_cmpint (g_chmod (self->path, 0644), ==, 0);
  run_until (&n, 3);
  g_assert_null (lb_haproxy_certificate_get_mark (certificate));
  g_assert_nonnull (strstr (lb_haproxy_certificate_get_error (certificate), "chmod 600"));

  g_assert_finalize_object (certificate);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/haproxy-certificate/checks", Fixture, NULL, set_up, test_checks, tear_down);
  g_test_add ("/haproxy-certificate/checks/what-is-no-file", Fixture, NULL, set_up,
              test_checks_what_is_no_file, tear_down);
  g_test_add ("/haproxy-certificate/watches", Fixture, NULL, set_up, test_watches, tear_down);

  return g_test_run ();
}
