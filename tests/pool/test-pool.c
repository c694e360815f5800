/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-pool.h"

#include "pool/lb-snapshot.h"

typedef struct
{
  guint n_emitted;
  guint position;
  guint removed;
  guint added;
} Change;

static void
on_items_changed (Change *change,
                  guint position,
                  guint removed,
                  guint added)
{
  *change = (Change){ change->n_emitted + 1, position, removed, added };
}

static void
on_changed (guint *n_emitted)
{
  (*n_emitted)++;
}

static void
test_list (void)
{
  LbPool *pool = lb_pool_new ();
  Change change = { 0 };
  LbBackend *a;
  g_autoptr (LbBackend) b = NULL;
  guint position;

  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (on_items_changed), &change);

  a = lb_pool_add (pool, "http://127.0.0.1:9001", NULL);
  b = g_object_ref (lb_pool_add (pool, "http://127.0.0.1:9002", NULL));
  lb_pool_add (pool, "http://127.0.0.1:9003", NULL);
  g_assert_cmpuint (change.n_emitted, ==, 3);
  g_assert_cmpuint (change.position, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (pool)), ==, 3);
  g_assert_true (lb_pool_find (pool, "HTTP://127.0.0.1:9001/") == a);

  g_assert_true (lb_pool_remove (pool, b));
  g_assert_false (lb_pool_remove (pool, b));
  g_assert_cmpuint (change.position, ==, 1);
  g_assert_cmpuint (change.removed, ==, 1);
  g_assert_null (lb_pool_find (pool, "http://127.0.0.1:9002"));

  g_assert_true (lb_pool_insert (pool, b, 1, NULL));
  g_assert_true (lb_pool_get_position (pool, b, &position));
  g_assert_cmpuint (position, ==, 1);

  g_assert_finalize_object (pool);
}

/* Whoever hears of the pool while it is frozen would not know what is in it. */
static void
test_freeze (void)
{
  LbPool *pool = lb_pool_new ();
  LbBackend *a = lb_pool_add (pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (pool, "http://b", NULL);
  LbBackend *c = lb_pool_add (pool, "http://c", NULL);
  g_autoptr (LbBackend) x = lb_backend_new ("http://x", NULL);
  g_autoptr (LbBackend) y = lb_backend_new ("http://y", NULL);
  Change change = { 0 };
  guint n_changed = 0;

  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (on_items_changed), &change);
  g_signal_connect_swapped (pool, "changed", G_CALLBACK (on_changed), &n_changed);

  lb_pool_freeze (pool);
  g_assert_true (lb_pool_is_frozen (pool));
  lb_pool_remove (pool, b);
  lb_pool_insert (pool, x, 1, NULL);
  lb_pool_freeze (pool);
  lb_pool_insert (pool, y, 2, NULL);
  lb_backend_set_weight (c, 5, NULL);
  lb_pool_thaw (pool);
  g_assert_cmpuint (change.n_emitted, ==, 0);
  g_assert_cmpuint (n_changed, ==, 0);
  lb_pool_thaw (pool);
  g_assert_false (lb_pool_is_frozen (pool));
  g_assert_cmpuint (change.n_emitted, ==, 1);
  g_assert_cmpuint (change.position, ==, 1);
  g_assert_cmpuint (change.removed, ==, 1);
  g_assert_cmpuint (change.added, ==, 2);
  g_assert_cmpuint (n_changed, ==, 1);

  lb_pool_freeze (pool);
  lb_pool_move (pool, a, 3);
  lb_pool_move (pool, a, 0);
  lb_pool_thaw (pool);
  g_assert_cmpuint (change.n_emitted, ==, 1);

  lb_pool_freeze (pool);
  lb_pool_thaw (pool);
  g_assert_cmpuint (n_changed, ==, 2);

  g_assert_finalize_object (pool);
}

static void
test_backend_notify (void)
{
  LbPool *pool = lb_pool_new ();
  g_autoptr (LbBackend) a = g_object_ref (lb_pool_add (pool, "http://a", NULL));
  guint n_weights = 0;
  guint n_all = 0;

  g_signal_connect_swapped (pool, "backend-notify::weight", G_CALLBACK (on_changed), &n_weights);
  g_signal_connect_swapped (pool, "backend-notify", G_CALLBACK (on_changed), &n_all);

  lb_backend_set_weight (a, 2, NULL);
  lb_backend_set_transient (a, TRUE);
  g_assert_cmpuint (n_weights, ==, 1);
  g_assert_cmpuint (n_all, ==, 2);

  lb_pool_remove (pool, a);
  lb_backend_set_weight (a, 3, NULL);
  g_assert_cmpuint (n_all, ==, 2);

  g_assert_finalize_object (pool);
}

static void
test_duplicate (void)
{
  static const char *const same[] = {
    "http://Example.org",
    "http://example.org:80/",
    "http://example.org/",
  };
  LbPool *pool = lb_pool_new ();

  lb_pool_add (pool, "http://example.org", NULL);
  lb_pool_add (pool, "http://example.org/app/", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lb_pool_add (pool, same[i], &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_DUPLICATE);
    }

  /* It would send clients to the very same places. */
  g_assert_null (lb_pool_add (pool, "http://example.org/app", NULL));
  g_assert_nonnull (lb_pool_find (pool, "http://example.org/app"));
  g_assert_cmpuint (lb_pool_get_n_backends (pool), ==, 2);

  g_assert_finalize_object (pool);
}

static void
test_replace (void)
{
  LbPool *pool = lb_pool_new ();
  LbBackend *moved = lb_backend_new ("http://127.0.0.1:9004/app/", NULL);
  LbBackend *respelt = lb_backend_new ("http://127.0.0.1:9004/app", NULL);
  LbBackend *same = lb_backend_new ("http://127.0.0.1:9001", NULL);
  Change change = { 0 };
  g_autoptr (GError) error = NULL;
  guint n_candidates;
  guint64 generation;

  lb_pool_add (pool, "http://127.0.0.1:9001", NULL);
  lb_pool_add (pool, "http://127.0.0.1:9002", NULL);
  lb_pool_add (pool, "http://127.0.0.1:9003", NULL);
  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (on_items_changed), &change);

  g_assert_true (lb_pool_replace (pool, lb_pool_get_backend (pool, 1), moved, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (change.n_emitted, ==, 1);
  g_assert_cmpuint (change.position, ==, 1);
  g_assert_cmpuint (change.removed, ==, 1);
  g_assert_cmpuint (change.added, ==, 1);
  g_assert_null (lb_pool_find (pool, "http://127.0.0.1:9002"));
  g_assert_true (lb_pool_get_candidates (pool, &n_candidates)[1] == moved);

  /* It is not in its own way. */
  g_assert_true (lb_pool_replace (pool, moved, respelt, &error));
  g_assert_no_error (error);
  g_assert_true (lb_pool_find (pool, "http://127.0.0.1:9004/app") == respelt);

  generation = lb_pool_get_generation (pool);
  g_assert_false (lb_pool_replace (pool, respelt, same, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_DUPLICATE);
  g_assert_true (lb_pool_get_backend (pool, 1) == respelt);
  g_assert_cmpuint (lb_pool_get_generation (pool), ==, generation);
  g_assert_cmpuint (change.n_emitted, ==, 2);

  /* The pool listens to it as to any other. */
  lb_backend_set_weight (respelt, 7, NULL);
  g_assert_cmpuint (lb_pool_get_generation (pool), >, generation);

  g_assert_finalize_object (pool);
  g_assert_finalize_object (moved);
  g_assert_finalize_object (respelt);
  g_assert_finalize_object (same);
}

static void
test_own_address (void)
{
  static const char *const own[] = { "http://localhost:5000/x", "https://[2001:db8::7]:5000",
                                     "http://127.0.0.1:5002" };
  static const char *const hosts[] = { "192.0.2.7", "2001:db8::7", "myhost", NULL };
  static const guint16 ports[] = { 5000, 5002, 0 };
  static const guint16 taken[] = { 5003, 5001, 0 };
  static const guint16 none[] = { 0 };
  LbPool *pool = lb_pool_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (lb_pool_set_own_address (pool, hosts, ports, &error));
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_assert_null (lb_pool_add (pool, own[i], &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_OWN_ADDRESS);
      g_clear_error (&error);
    }

  g_assert_nonnull (lb_pool_add (pool, "http://127.0.0.1:5001", &error));
  g_assert_no_error (error);
  g_assert_nonnull (lb_pool_add (pool, "http://192.0.2.8:5000", &error));
  g_assert_no_error (error);

  /* The other way round: a port that a backend has cannot become ours, and nothing changes. */
  g_assert_false (lb_pool_set_own_address (pool, hosts, taken, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_OWN_ADDRESS);
  g_assert_true (g_str_has_prefix (error->message, "Port 5001 "));
  g_assert_null (lb_pool_add (pool, "http://192.0.2.7:5000", NULL));
  g_assert_true (lb_pool_set_own_address (pool, NULL, none, NULL));
  g_assert_nonnull (lb_pool_add (pool, "http://192.0.2.7:5000", NULL));

  g_assert_finalize_object (pool);
}

static void
test_weight (void)
{
  g_autoptr (LbBackend) backend = lb_backend_new ("http://h", NULL);
  g_autoptr (GError) error = NULL;
  Change change = { 0 };

  g_signal_connect_swapped (backend, "notify::weight", G_CALLBACK (on_items_changed), &change);

  g_assert_true (lb_backend_set_weight (backend, LB_WEIGHT_MAX, &error));
  g_assert_true (lb_backend_set_weight (backend, LB_WEIGHT_MAX, &error));
  g_assert_cmpuint (change.n_emitted, ==, 1);

  g_assert_false (lb_backend_set_weight (backend, 0, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_WEIGHT);
  g_clear_error (&error);
  g_assert_false (lb_backend_set_weight (backend, LB_WEIGHT_MAX + 1, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_WEIGHT);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, LB_WEIGHT_MAX);
}

static void
test_candidates (void)
{
  LbPool *pool = lb_pool_new ();
  LbBackend *a = lb_pool_add (pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (pool, "http://b", NULL);
  LbBackend *c = lb_pool_add (pool, "http://c", NULL);
  LbBackend *const *candidates;
  guint64 generation;
  guint n;

  /* Unknown counts as up. */
  candidates = lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 3);

  generation = lb_pool_get_generation (pool);
  lb_backend_set_health (a, LB_HEALTH_DOWN, 0);
  lb_backend_set_state (b, LB_STATE_DRAIN);
  lb_backend_set_health (c, LB_HEALTH_UP, 0);
  g_assert_cmpuint (lb_pool_get_generation (pool), >, generation);

  candidates = lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (candidates[0] == c);

  lb_backend_set_state (c, LB_STATE_MAINT);
  lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 0);

  lb_backend_set_health (a, LB_HEALTH_UP, 0);
  lb_pool_remove (pool, a);
  lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 0);

  g_assert_finalize_object (pool);
}

/* It moves for what a choice depends on, and for nothing else. */
static void
test_generation (void)
{
  LbPool *pool = lb_pool_new ();
  LbBackend *backend = lb_pool_add (pool, "http://a", NULL);
  g_auto (LbProbeExceptions) exceptions = { 0 };
  guint64 generation = lb_pool_get_generation (pool);

  lb_probe_exceptions_init (&exceptions);
  lb_probe_field_find ("rise", &exceptions.set);
  exceptions.values.rise = 7;

  lb_backend_set_transient (backend, TRUE);
  lb_backend_set_exceptions (backend, &exceptions);
  g_assert_cmpuint (lb_pool_get_generation (pool), ==, generation);

  lb_backend_set_weight (backend, 2, NULL);
  g_assert_cmpuint (lb_pool_get_generation (pool), ==, ++generation);
  lb_backend_set_state (backend, LB_STATE_DRAIN);
  g_assert_cmpuint (lb_pool_get_generation (pool), ==, ++generation);
  lb_backend_set_health (backend, LB_HEALTH_UP, 0);
  g_assert_cmpuint (lb_pool_get_generation (pool), ==, ++generation);
  lb_backend_set_backup (backend, TRUE);
  g_assert_cmpuint (lb_pool_get_generation (pool), ==, ++generation);

  g_assert_finalize_object (pool);
}

/* They are found anew when the share changes. */
static void
test_panic (void)
{
  LbPool *pool = lb_pool_new ();
  LbBackend *down = lb_pool_add (pool, "http://a", NULL);
  guint n;

  lb_pool_add (pool, "http://b", NULL);
  lb_backend_set_health (down, LB_HEALTH_DOWN, 0);
  lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (lb_pool_get_use (pool, down), ==, LB_USE_DOWN);

  lb_pool_set_panic_share (pool, 0.6);
  g_assert_cmpint (lb_pool_get_use (pool, down), ==, LB_USE_YES);
  lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 2);

  lb_pool_set_panic_share (pool, 0.0);
  lb_pool_get_candidates (pool, &n);
  g_assert_cmpuint (n, ==, 1);

  g_assert_finalize_object (pool);
}

static void
test_move (void)
{
  LbPool *pool = lb_pool_new ();
  LbBackend *a = lb_pool_add (pool, "http://a", NULL);
  Change change = { 0 };
  guint position;

  lb_pool_add (pool, "http://b", NULL);
  lb_pool_add (pool, "http://c", NULL);
  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (on_items_changed), &change);

  lb_pool_move (pool, a, 0);
  g_assert_cmpuint (change.n_emitted, ==, 0);
  lb_pool_move (pool, a, 2);
  g_assert_cmpuint (change.n_emitted, ==, 1);
  g_assert_cmpuint (change.position, ==, 0);
  g_assert_cmpuint (change.removed, ==, 3);
  g_assert_cmpuint (change.added, ==, 3);
  g_assert_true (lb_pool_get_position (pool, a, &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_cmpstr (lb_backend_get_url (lb_pool_get_backend (pool, 0)), ==, "http://b");

  g_assert_finalize_object (pool);
}

static void
test_snapshot (void)
{
  static const char *const listen[] = { "http://127.0.0.1:5000", NULL };
  g_autoptr (LbPool) pool = lb_pool_new ();
  LbBackend *a = lb_pool_add (pool, "http://a", NULL);
  LbBackend *b = lb_pool_add (pool, "http://b", NULL);
  LbProbeResult good = { .time_us = 5, .response_us = 12300, .status = 200, .ok = TRUE };
  LbProbeResult bad = { .time_us = 6, .response_us = -1, .error = (char *) "timeout" };
  LbSnapshot *snapshot;

  lb_backend_record_probe (a, &good, 0);
  lb_backend_record_probe (b, &good, 0);
  lb_backend_record_probe (b, &bad, 0);
  lb_backend_set_health (b, LB_HEALTH_DOWN, 0);
  for (guint i = 0; i < 3; i++)
    lb_pool_count_redirect (pool, a, 1000000);
  lb_pool_count_redirect (pool, b, 1000000);

  snapshot = lb_snapshot_new (pool, "random", listen, NULL, 1000, 42, 3000000, 1000000);

  /* A picture stays what it was. */
  lb_pool_count_redirect (pool, a, 1000000);
  lb_pool_remove (pool, b);
  lb_backend_record_probe (a, &bad, 0);

  g_assert_cmpint (snapshot->time_us, ==, 42);
  g_assert_cmpint (snapshot->uptime_us, ==, 2000000);
  g_assert_cmpstr (snapshot->policy, ==, "random");
  g_assert_cmpuint (snapshot->redirects, ==, 4);
  g_assert_cmpuint (snapshot->n_backends, ==, 2);
  g_assert_cmpstr (snapshot->backends[0].url, ==, "http://a");
  g_assert_cmpfloat (snapshot->backends[0].share, ==, 0.75);
  g_assert_cmpint (snapshot->backends[0].last_probe.response_us, ==, 12300);
  g_assert_cmpint (snapshot->backends[1].last_probe.response_us, ==, -1);
  g_assert_cmpstr (snapshot->backends[1].last_probe.error, ==, "timeout");
  g_assert_cmpint (snapshot->backends[1].latency.p95_us, ==, 12300);
  g_assert_true (snapshot->backends[1].health == LB_HEALTH_DOWN);

  lb_snapshot_unref (lb_snapshot_ref (snapshot));
  lb_snapshot_unref (snapshot);
}

static void
test_many (void)
{
  LbPool *pool = lb_pool_new ();

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://10.%u.%u.1", i / 250, i % 250);

      g_assert_nonnull (lb_pool_add (pool, url, NULL));
    }

  for (guint i = 10000; i-- > 0;)
    lb_pool_remove (pool, lb_pool_get_backend (pool, i));

  g_assert_finalize_object (pool);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/list", test_list);
  g_test_add_func ("/pool/freeze/tells-once", test_freeze);
  g_test_add_func ("/pool/backend-notify", test_backend_notify);
  g_test_add_func ("/pool/add/refuses-a-duplicate", test_duplicate);
  g_test_add_func ("/pool/replace", test_replace);
  g_test_add_func ("/pool/add/refuses-our-own-address", test_own_address);
  g_test_add_func ("/pool/backend/weight", test_weight);
  g_test_add_func ("/pool/candidates", test_candidates);
  g_test_add_func ("/pool/generation", test_generation);
  g_test_add_func ("/pool/panic-share", test_panic);
  g_test_add_func ("/pool/move", test_move);
  g_test_add_func ("/pool/snapshot", test_snapshot);
  g_test_add_func ("/pool/ten-thousand", test_many);

  return g_test_run ();
}
