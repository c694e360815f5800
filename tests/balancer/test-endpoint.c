/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>

#include "http/balancer-fixture.h"
#include "http/lb-socket.h"
#include "lb-endpoint.h"

static const char *const loopback[] = { "127.0.0.1", NULL };

/* Nobody asks for figures. */
static const LbStatsSource nothing;

typedef struct
{
  char *directory;
  char *config_path;
  LbPool *pool;
  LbKeeper *keeper;
  LbConfig *config;
  LbFront front;
  LbEndpoint *endpoint;
  guint16 port;
  guint16 stats_port;
} Fixture;

static guint16
find_port (void)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  g_assert_true (lb_socket_try_listen (loopback, 0, &port, &error));
  g_assert_no_error (error);

  return port;
}

static void
set_up (Fixture *self,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-endpoint-XXXXXX", &error);
  g_assert_no_error (error);
  self->config_path = g_build_filename (self->directory, "config.json", NULL);

  self->pool = lb_pool_new ();
  self->keeper = lb_keeper_new (self->pool, self->config_path);
  lb_keeper_load (self->keeper);
  self->config = lb_keeper_get_config (self->keeper);

  lb_front_init (&self->front, self->pool, &nothing);
  self->endpoint = lb_endpoint_new (self->pool, self->keeper, &self->front);
  lb_endpoint_override (self->endpoint, loopback, -1, -1);

  self->port = find_port ();
  do
    self->stats_port = find_port ();
  while (self->stats_port == self->port);
  self->config->port = self->port;
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lb_keeper_flush (self->keeper, &error));
  g_assert_no_error (error);

  g_assert_finalize_object (self->endpoint);
  lb_front_clear (&self->front);
  g_assert_finalize_object (self->keeper);
  g_assert_finalize_object (self->pool);

  g_unlink (self->config_path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->config_path);
  g_free (self->directory);
}

static void
assert_at (const char *const *uris,
           guint16 port)
{
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", port);

  g_assert_cmpstr (uris[0], ==, port != 0 ? uri : NULL);
}

/* Where it listens; what each port is for follows from that. */
static void
assert_listens (Fixture *self,
                guint16 port,
                guint16 stats_port)
{
  assert_at (lb_endpoint_get_uris (self->endpoint), port);
  assert_at (lb_endpoint_get_stats_uris (self->endpoint), stats_port);
  g_assert_cmpint (lb_express_lane_get_role (self->front.lane), ==,
                   stats_port != 0 ? LB_ROLE_REDIRECTS : LB_ROLE_BOTH);
}

static void
open_at (Fixture *self,
         guint16 port,
         guint16 stats_port)
{
  g_autoptr (GError) error = NULL;

  self->config->port = port;
  self->config->stats_port = stats_port;
  lb_endpoint_open (self->endpoint, &error);
  g_assert_no_error (error);
  g_assert_null (lb_endpoint_get_error (self->endpoint));
  assert_listens (self, port, stats_port);
}

static void
assert_not_open (Fixture *self,
                 int code,
                 const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (lb_endpoint_open (self->endpoint, &error));
  g_assert_cmpint (error->code, ==, code);
  g_assert_cmpstr (lb_endpoint_get_error (self->endpoint), ==, error->message);
  g_assert_nonnull (strstr (error->message, part));
}

/* Another program that has a port. */
static GArray *
occupy (guint16 port)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  GArray *fds = lb_socket_listen (loopback, port, &port, uris, NULL);

  g_assert_nonnull (fds);

  return fds;
}

static void
leave (GArray *fds)
{
  g_close (g_array_index (fds, int, 0), NULL);
  g_array_unref (fds);
}

static gboolean
accepts (Fixture *self,
         guint16 port)
{
  g_autofree char *url = g_strdup_printf ("http://localhost:%u", port);
  LbBackend *backend = lb_pool_add (self->pool, url, NULL);

  if (backend == NULL)
    return FALSE;

  lb_pool_remove (self->pool, backend);

  return TRUE;
}

static void
test_goes_and_comes (Fixture *self,
                     gconstpointer data)
{
  guint before;

  open_at (self, self->port, 0);
  before = count_descriptors ();

  for (guint i = 0; i < 20; i++)
    {
      open_at (self, self->port, self->stats_port);
      g_assert_cmpuint (count_descriptors (), >, before);
      open_at (self, self->port, 0);
      g_assert_cmpuint (count_descriptors (), ==, before);
    }
}

static void
test_moves (Fixture *self,
            gconstpointer data)
{
  guint before;

  open_at (self, self->port, self->stats_port);
  before = count_descriptors ();

  /* Past each other, and to where the other one was. */
  for (guint i = 0; i < 20; i++)
    {
      open_at (self, self->stats_port, self->port);
      open_at (self, self->port, self->stats_port);
      open_at (self, self->stats_port, find_port ());
      open_at (self, find_port (), self->stats_port);
    }
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
test_own_addresses (Fixture *self,
                    gconstpointer data)
{
  open_at (self, self->port, self->stats_port);
  g_assert_false (accepts (self, self->port));
  g_assert_false (accepts (self, self->stats_port));

  open_at (self, self->port, 0);
  g_assert_false (accepts (self, self->port));
  g_assert_true (accepts (self, self->stats_port));

  lb_endpoint_close (self->endpoint);
  lb_endpoint_update_own_address (self->endpoint);
  g_assert_true (accepts (self, self->port));
}

static void
test_backend_has_it (Fixture *self,
                     gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", self->stats_port);

  lb_pool_add (self->pool, url, NULL);
  self->config->stats_port = self->stats_port;
  assert_not_open (self, LB_POOL_ERROR_OWN_ADDRESS, url);
  assert_listens (self, self->port, 0);
  g_assert_false (accepts (self, self->port));
}

static void
test_one_for_both (Fixture *self,
                   gconstpointer data)
{
  self->config->stats_port = self->port;
  assert_not_open (self, G_IO_ERROR_INVALID_ARGUMENT, "/stats");
  assert_listens (self, 0, 0);

  /* While it runs, nothing moves. */
  open_at (self, self->port, self->stats_port);
  self->config->port = self->stats_port;
  assert_not_open (self, G_IO_ERROR_INVALID_ARGUMENT, "/stats");
  assert_listens (self, self->port, self->stats_port);

  /* Nor is it taken instead of another one. */
  self->config->port = self->port;
  self->config->stats_port = self->port;
  assert_not_open (self, G_IO_ERROR_INVALID_ARGUMENT, "/stats");
  g_assert_false (lb_endpoint_use_port (self->endpoint, self->port, NULL));
  g_assert_true (lb_endpoint_use_port (self->endpoint, self->stats_port, NULL));
  g_assert_null (lb_endpoint_get_error (self->endpoint));
  assert_listens (self, self->port, self->stats_port);
}

/* As long as the port for /stats is not to be had, the other one answers it. */
static void
test_stats_port_is_taken (Fixture *self,
                          gconstpointer data)
{
  g_autofree char *number = g_strdup_printf ("Port %u ", self->stats_port);
  GArray *other = occupy (self->stats_port);
  g_autoptr (GError) error = NULL;
  guint16 suggestion;

  self->config->stats_port = self->stats_port;
  assert_not_open (self, G_IO_ERROR_ADDRESS_IN_USE, number);
  g_assert_nonnull (strstr (lb_endpoint_get_error (self->endpoint), "/stats"));
  assert_listens (self, self->port, 0);
  g_assert_true (accepts (self, self->stats_port));

  g_assert_false (lb_endpoint_use_port (self->endpoint, self->stats_port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (lb_endpoint_get_error (self->endpoint));
  assert_listens (self, self->port, 0);

  suggestion = lb_endpoint_suggest_port (self->endpoint);
  g_assert_cmpuint (suggestion, !=, 0);
  g_assert_cmpuint (suggestion, !=, self->port);
  g_assert_cmpuint (suggestion, !=, self->stats_port);
  g_assert_true (lb_endpoint_use_port (self->endpoint, suggestion, NULL));
  g_assert_null (lb_endpoint_get_error (self->endpoint));
  assert_listens (self, self->port, suggestion);
  g_assert_cmpuint (self->config->port, ==, self->port);
  g_assert_cmpuint (self->config->stats_port, ==, suggestion);

  /* One that is elsewhere already stays there. */
  self->config->stats_port = self->stats_port;
  assert_not_open (self, G_IO_ERROR_ADDRESS_IN_USE, number);
  assert_listens (self, self->port, suggestion);

  leave (other);
  open_at (self, self->port, self->stats_port);
}

static void
test_both_are_taken (Fixture *self,
                     gconstpointer data)
{
  g_autofree char *number = g_strdup_printf ("Port %u ", self->port);
  GArray *other = occupy (self->port);
  GArray *another = occupy (self->stats_port);
  guint16 suggestion;

  self->config->stats_port = self->stats_port;
  assert_not_open (self, G_IO_ERROR_ADDRESS_IN_USE, number);
  assert_listens (self, 0, 0);

  /* One after the other. */
  suggestion = lb_endpoint_suggest_port (self->endpoint);
  g_assert_cmpuint (suggestion, !=, self->stats_port);
  g_assert_true (lb_endpoint_use_port (self->endpoint, suggestion, NULL));
  g_assert_nonnull (strstr (lb_endpoint_get_error (self->endpoint), "/stats"));
  assert_listens (self, suggestion, 0);
  g_assert_cmpuint (self->config->port, ==, suggestion);

  leave (another);
  g_assert_true (lb_endpoint_open (self->endpoint, NULL));
  assert_listens (self, suggestion, self->stats_port);

  leave (other);
}

static void
test_override (Fixture *self,
               gconstpointer data)
{
  const guint16 third = find_port ();

  lb_endpoint_override (self->endpoint, loopback, self->port, self->stats_port);
  self->config->port = third;
  g_assert_true (lb_endpoint_open (self->endpoint, NULL));
  assert_listens (self, self->port, self->stats_port);

  lb_endpoint_override (self->endpoint, loopback, self->port, 0);
  self->config->stats_port = third;
  g_assert_true (lb_endpoint_open (self->endpoint, NULL));
  assert_listens (self, self->port, 0);
}

static void
test_addresses (Fixture *self,
                gconstpointer data)
{
  static const char *const two[] = { "127.0.0.1", "127.0.0.2", NULL };

  open_at (self, self->port, self->stats_port);
  lb_endpoint_override (self->endpoint, two, -1, -1);
  open_at (self, self->port, self->stats_port);
  g_assert_cmpuint (g_strv_length ((char **) lb_endpoint_get_uris (self->endpoint)), ==, 2);
  g_assert_cmpuint (g_strv_length ((char **) lb_endpoint_get_stats_uris (self->endpoint)), ==, 2);
}

static void
assert_remembers (Fixture *self,
                  guint16 port,
                  guint16 stats_port)
{
  g_assert_cmpuint (self->config->port, ==, port);
  g_assert_cmpuint (self->config->stats_port, ==, stats_port);
  assert_listens (self, port, stats_port);
  g_assert_null (lb_endpoint_get_error (self->endpoint));
}

static void
test_set_ports (Fixture *self,
                gconstpointer data)
{
  const guint16 third = find_port ();

  open_at (self, self->port, 0);
  g_assert_true (lb_endpoint_set_stats_port (self->endpoint, self->stats_port, NULL));
  assert_remembers (self, self->port, self->stats_port);
  g_assert_true (lb_endpoint_set_port (self->endpoint, third, NULL));
  assert_remembers (self, third, self->stats_port);
  g_assert_true (lb_endpoint_set_stats_port (self->endpoint, 0, NULL));
  assert_remembers (self, third, 0);

  /* Any port is the one we have. */
  g_assert_true (lb_endpoint_set_port (self->endpoint, 0, NULL));
  g_assert_cmpuint (self->config->port, ==, 0);
  assert_listens (self, third, 0);
}

/* What cannot be is refused, and everything stays as it was. */
static void
test_set_refuses (Fixture *self,
                  gconstpointer data)
{
  const guint16 taken = find_port ();
  g_autofree char *number = g_strdup_printf ("Port %u ", taken);
  static const char *const elsewhere[] = { "127.0.0.1", "192.0.2.1", NULL };
  const char *const *present;
  GArray *other = occupy (taken);
  g_autoptr (GError) error = NULL;

  open_at (self, self->port, self->stats_port);

  g_assert_false (lb_endpoint_set_port (self->endpoint, taken, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, number));
  g_clear_error (&error);
  assert_remembers (self, self->port, self->stats_port);

  g_assert_false (lb_endpoint_set_stats_port (self->endpoint, taken, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  assert_remembers (self, self->port, self->stats_port);

  g_assert_false (lb_endpoint_set_stats_port (self->endpoint, self->port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (lb_endpoint_set_port (self->endpoint, self->stats_port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  assert_remembers (self, self->port, self->stats_port);

  g_assert_true (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_ADDRESSES));
  present = lb_endpoint_get_addresses (self->endpoint);
  g_assert_false (lb_endpoint_set_addresses (self->endpoint, elsewhere, &error));
  g_assert_nonnull (error);
  g_assert_true (lb_endpoint_get_addresses (self->endpoint) == present);
  g_assert_true (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_ADDRESSES));
  assert_remembers (self, self->port, self->stats_port);

  leave (other);
}

/* As long as both are missing one can be mended after the other. */
static void
test_set_one_after_the_other (Fixture *self,
                              gconstpointer data)
{
  const guint16 third = find_port ();
  GArray *other = occupy (self->port);
  GArray *another = occupy (self->stats_port);

  self->config->stats_port = self->stats_port;
  g_assert_false (lb_endpoint_open (self->endpoint, NULL));

  g_assert_true (lb_endpoint_set_port (self->endpoint, third, NULL));
  assert_listens (self, third, 0);
  g_assert_nonnull (strstr (lb_endpoint_get_error (self->endpoint), "/stats"));
  g_assert_true (lb_endpoint_set_stats_port (self->endpoint, 0, NULL));
  assert_remembers (self, third, 0);

  leave (other);
  leave (another);
}

/* What is set is for good, and takes the place of what the command line said. */
static void
test_set_over_an_override (Fixture *self,
                           gconstpointer data)
{
  static const char *const two[] = { "127.0.0.1", "127.0.0.2", NULL };

  lb_endpoint_override (self->endpoint, loopback, self->port, self->stats_port);
  open_at (self, self->port, self->stats_port);
  g_assert_true (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_PORT));
  g_assert_true (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_STATS_PORT));

  g_assert_true (lb_endpoint_set_port (self->endpoint, find_port (), NULL));
  g_assert_false (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_PORT));
  g_assert_true (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_STATS_PORT));
  g_assert_true (lb_endpoint_set_stats_port (self->endpoint, 0, NULL));
  g_assert_false (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_STATS_PORT));

  g_assert_true (lb_endpoint_set_addresses (self->endpoint, two, NULL));
  g_assert_false (lb_endpoint_is_overridden (self->endpoint, LB_ENDPOINT_ADDRESSES));
  g_assert_cmpstrv (self->config->listen, two);
  g_assert_cmpuint (g_strv_length ((char **) lb_endpoint_get_uris (self->endpoint)), ==, 2);
}

static void
count (guint *n)
{
  (*n)++;
}

/* Who watches is told of each change once, and of nothing else. */
static void
test_notifies (Fixture *self,
               gconstpointer data)
{
  guint n[3] = { 0 };

  g_signal_connect_swapped (self->endpoint, "notify::uris", G_CALLBACK (count), &n[0]);
  g_signal_connect_swapped (self->endpoint, "notify::stats-uris", G_CALLBACK (count), &n[1]);
  g_signal_connect_swapped (self->endpoint, "notify::error", G_CALLBACK (count), &n[2]);

  open_at (self, self->port, self->stats_port);
  open_at (self, self->port, self->stats_port);
  g_assert_cmpuint (n[0], ==, 1);
  g_assert_cmpuint (n[1], ==, 1);
  g_assert_cmpuint (n[2], ==, 0);

  self->config->stats_port = self->port;
  g_assert_false (lb_endpoint_open (self->endpoint, NULL));
  open_at (self, self->port, 0);
  g_assert_cmpuint (n[0], ==, 1);
  g_assert_cmpuint (n[1], ==, 2);
  g_assert_cmpuint (n[2], ==, 2);
}

int
main (int argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/endpoint/stats/goes-and-comes", test_goes_and_comes },
    { "/endpoint/stats/moves", test_moves },
    { "/endpoint/own-addresses", test_own_addresses },
    { "/endpoint/refuses/a-backend-s-port", test_backend_has_it },
    { "/endpoint/refuses/one-port-for-both", test_one_for_both },
    { "/endpoint/taken/stats", test_stats_port_is_taken },
    { "/endpoint/taken/both", test_both_are_taken },
    { "/endpoint/override", test_override },
    { "/endpoint/addresses", test_addresses },
    { "/endpoint/set/ports", test_set_ports },
    { "/endpoint/set/refuses", test_set_refuses },
    { "/endpoint/set/one-after-the-other", test_set_one_after_the_other },
    { "/endpoint/set/over-an-override", test_set_over_an_override },
    { "/endpoint/notifies", test_notifies },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
