/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <string.h>

#include "lb-porter.h"

typedef struct
{
  char *directory;
  char *config_path;
  char *file_path;
  LbBalancer *balancer;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-porter-XXXXXX", &error);
  g_assert_no_error (error);
  self->config_path = g_build_filename (self->directory, "config.json", NULL);
  self->file_path = g_build_filename (self->directory, "pools", NULL);
  self->balancer = lb_balancer_new (self->config_path);
  lb_balancer_load (self->balancer, NULL);
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_stop (self->balancer, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (self->balancer);
  g_unlink (self->config_path);
  g_unlink (self->file_path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->file_path);
  g_free (self->config_path);
  g_free (self->directory);
}

static LbExchangeImport *
read_text (Fixture *self,
           const char *text)
{
  g_autoptr (GError) error = NULL;
  LbExchangeImport *import;

  g_assert_true (g_file_set_contents (self->file_path, text, -1, NULL));
  import = lb_porter_read_file (self->balancer, self->file_path, &error);
  g_assert_no_error (error);

  return import;
}

static char *
join_notes (LbExchangePool *pool)
{
  g_auto (GStrv) list = lb_exchange_notes_list (pool->notes);

  return g_strjoinv ("\n", list);
}

#define TWO "backend b\n balance uri\n server s 127.0.0.1:9001 weight 3 check inter 5s\n" \
            " server t 127.0.0.1:9002 check\n"

static void
test_adds_to_none (Fixture *self,
                   gconstpointer data)
{
  g_autoptr (LbExchangeImport) import = read_text (self, TWO);
  LbExchangePool *pool = g_ptr_array_index (import->pools, 0);
  g_autoptr (GPtrArray) added = lb_porter_add (self->balancer, pool);
  LbPool *backends = lb_balancer_get_pool (self->balancer);
  g_autofree char *notes = join_notes (pool);

  g_assert_cmpuint (added->len, ==, 2);
  g_assert_cmpuint (lb_pool_get_n_backends (backends), ==, 2);
  g_assert_true (lb_pool_get_backend (backends, 0) == g_ptr_array_index (added, 0));
  g_assert_cmpuint (lb_backend_get_weight (g_ptr_array_index (added, 0)), ==, 3);
  g_assert_false (lb_backend_get_transient (g_ptr_array_index (added, 0)));
  g_assert_cmpuint (lb_backend_get_exceptions (g_ptr_array_index (added, 0))->values.interval_ms, ==,
                    5000);
  g_assert_cmpstr (lb_balancer_get_policy (self->balancer), ==, "path-hash");
  g_assert_cmpstr (notes, ==, "");
}

static void
test_adds_to_others (Fixture *self,
                     gconstpointer data)
{
  g_autoptr (LbExchangeImport) import = read_text (self, TWO);
  LbExchangePool *pool = g_ptr_array_index (import->pools, 0);
  g_autoptr (GPtrArray) added = NULL;
  g_autofree char *notes = NULL;

  g_assert_nonnull (
    lb_balancer_add_backend (self->balancer, "http://127.0.0.1:9002", FALSE, NULL));
  added = lb_porter_add (self->balancer, pool);
  notes = join_notes (pool);

  g_assert_cmpuint (added->len, ==, 1);
  g_assert_cmpstr (lb_balancer_get_policy (self->balancer), ==, "random");
  g_assert_nonnull (strstr (notes, "http://127.0.0.1:9002 is in the pool already."));
  g_assert_nonnull (strstr (notes, "The policy stays “random”"));
}

/* Even if it does not listen yet. */
static void
test_does_not_add_itself (Fixture *self,
                          gconstpointer data)
{
  g_autoptr (LbExchangeImport) import = read_text (self, "[\"http://127.0.0.1:5000\"]");
  LbExchangePool *pool = g_ptr_array_index (import->pools, 0);
  g_autoptr (GPtrArray) added = lb_porter_add (self->balancer, pool);
  g_autofree char *notes = join_notes (pool);

  g_assert_cmpuint (added->len, ==, 0);
  g_assert_cmpstr (notes, !=, "");
}

/* A newer version may have policies that we have not. */
static void
test_unknown_policy (Fixture *self,
                     gconstpointer data)
{
  g_autoptr (LbExchangeImport) import =
    read_text (self, "{\"policy\": \"clever\", \"backends\": [\"http://127.0.0.1:9001\"]}");
  LbExchangePool *pool = g_ptr_array_index (import->pools, 0);
  g_autoptr (GPtrArray) added = lb_porter_add (self->balancer, pool);
  g_autofree char *notes = join_notes (pool);

  g_assert_cmpuint (added->len, ==, 1);
  g_assert_cmpstr (lb_balancer_get_policy (self->balancer), ==, "random");
  g_assert_nonnull (strstr (notes, "clever"));
}

static void
test_refuses_files (Fixture *self,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lb_porter_read_file (self->balancer, self->file_path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_null (lb_porter_read_file (self->balancer, self->directory, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (self->file_path, "what?", -1, NULL));
  g_assert_null (lb_porter_read_file (self->balancer, self->file_path, &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_FORMAT);
}

static void
test_exports (Fixture *self,
              gconstpointer data)
{
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autofree char *copy = NULL;

  g_assert_null (
    lb_porter_export (self->balancer, lb_exchange_format_find ("json"), notes, &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
  g_clear_error (&error);

  lb_balancer_add_backend (self->balancer, "http://127.0.0.1:9001", FALSE, NULL);
  lb_balancer_add_backend (self->balancer, "http://127.0.0.1:9002", TRUE, NULL);
  lb_balancer_set_policy (self->balancer, "leastconn", &error);
  g_assert_no_error (error);

  text = lb_porter_export (self->balancer, lb_exchange_format_find ("haproxy"), notes, &error);
  g_assert_no_error (error);
  copy = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_assert_nonnull (strstr (copy, "bind 127.0.0.1:5000\n"));
  g_assert_nonnull (strstr (copy, "balance leastconn\n"));
  g_assert_nonnull (strstr (copy, "server 127.0.0.1:9002 127.0.0.1:9002\n"));
}

/* Each of them saves the configuration, but not once for each: that would take minutes. */
static void
test_adds_many (Fixture *self,
                gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("backend b\n");
  g_autoptr (LbExchangeImport) import = NULL;
  g_autoptr (GPtrArray) added = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (text, " server s%u host-%u:80\n", i, i);
  import = read_text (self, text->str);
  added = lb_porter_add (self->balancer, g_ptr_array_index (import->pools, 0));
  g_assert_cmpuint (added->len, ==, 6000);
  g_assert_true (lb_balancer_stop (self->balancer, &error));
  g_assert_no_error (error);

  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 20 * G_USEC_PER_SEC);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/porter/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("adds-to-none", test_adds_to_none);
  ADD ("adds-to-others", test_adds_to_others);
  ADD ("adds-many", test_adds_many);
  ADD ("does-not-add-itself", test_does_not_add_itself);
  ADD ("unknown-policy", test_unknown_policy);
  ADD ("refuses-files", test_refuses_files);
  ADD ("exports", test_exports);

  return g_test_run ();
}
