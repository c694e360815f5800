/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-refresher.h"
#include "window/lb-window-fixture.h"

typedef struct
{
  LbWindowFixture base;
  LbRefresher *refresher;
  guint n_snapshots;
  guint n_backends; /* in the last one */
} Fixture;

static void
on_snapshot (LbRefresher *refresher,
             LbSnapshot *snapshot,
             gpointer user_data)
{
  Fixture *f = user_data;

  f->n_snapshots++;
  f->n_backends = snapshot->n_backends;
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  lb_window_fixture_set_up (&f->base, user_data);
  f->refresher = lb_refresher_new (f->base.balancer);
  g_signal_connect (f->refresher, "snapshot", G_CALLBACK (on_snapshot), f);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_assert_finalize_object (f->refresher);
  lb_window_fixture_tear_down (&f->base, user_data);
}

static void
add (Fixture *f,
     const char *url)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (f->base.balancer, url, FALSE, &error);
  g_assert_no_error (error);
}

/* Runs all sources that are ready, and none that is due later. */
static void
run_what_is_ready (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_starting_takes_one_at_once (Fixture *f,
                                 gconstpointer user_data)
{
  add (f, "http://127.0.0.1:9001");
  g_assert_cmpuint (f->n_snapshots, ==, 0);

  lb_refresher_set_active (f->refresher, TRUE);
  g_assert_cmpuint (f->n_snapshots, ==, 1);
  g_assert_cmpuint (f->n_backends, ==, 1);
}

static void
test_changes_make_one_together (Fixture *f,
                                gconstpointer user_data)
{
  lb_refresher_set_active (f->refresher, TRUE);
  run_what_is_ready ();
  f->n_snapshots = 0;

  add (f, "http://127.0.0.1:9001");
  add (f, "http://127.0.0.1:9002");
  lb_backend_set_health (lb_pool_get_backend (f->base.pool, 0), LB_HEALTH_UP, 0);
  lb_backend_set_health (lb_pool_get_backend (f->base.pool, 1), LB_HEALTH_DOWN, 0);
  g_assert_cmpuint (f->n_snapshots, ==, 0);

  run_what_is_ready ();
  g_assert_cmpuint (f->n_snapshots, ==, 1);
  g_assert_cmpuint (f->n_backends, ==, 2);

  lb_backend_set_health (lb_pool_get_backend (f->base.pool, 1), LB_HEALTH_UP, 0);
  run_what_is_ready ();
  g_assert_cmpuint (f->n_snapshots, ==, 2);
}

static void
test_a_change_of_policy_makes_one (Fixture *f,
                                   gconstpointer user_data)
{
  lb_refresher_set_active (f->refresher, TRUE);
  run_what_is_ready ();
  f->n_snapshots = 0;

  /* It has not been loaded, and so has no policy to change. */
  g_object_notify (G_OBJECT (f->base.balancer), "policy");
  run_what_is_ready ();
  g_assert_cmpuint (f->n_snapshots, ==, 1);
}

static void
test_a_removed_backend_is_not_listened_to (Fixture *f,
                                           gconstpointer user_data)
{
  g_autoptr (LbBackend) backend = NULL;

  add (f, "http://127.0.0.1:9001");
  add (f, "http://127.0.0.1:9002");
  lb_refresher_set_active (f->refresher, TRUE);
  backend = g_object_ref (lb_pool_get_backend (f->base.pool, 0));
  lb_balancer_remove_backend (f->base.balancer, backend);
  run_what_is_ready ();
  f->n_snapshots = 0;

  lb_backend_set_health (backend, LB_HEALTH_DOWN, 0);
  run_what_is_ready ();
  g_assert_cmpuint (f->n_snapshots, ==, 0);

  lb_backend_set_health (lb_pool_get_backend (f->base.pool, 0), LB_HEALTH_DOWN, 0);
  run_what_is_ready ();
  g_assert_cmpuint (f->n_snapshots, ==, 1);
}

static gboolean
has_had_two (gpointer user_data)
{
  Fixture *f = user_data;

  return f->n_snapshots >= 2;
}

static void
test_the_beat_goes_on_while_active (Fixture *f,
                                    gconstpointer user_data)
{
  gint64 start = g_get_monotonic_time ();

  lb_refresher_set_active (f->refresher, TRUE);
  lb_wait_until (has_had_two, f);

  /* Timeouts of whole seconds may be grouped. */
  g_assert_cmpint (g_get_monotonic_time () - start, >,
                   (LB_REFRESHER_INTERVAL_S - 1) * G_USEC_PER_SEC);
}

static void
test_there_is_none_while_inactive (Fixture *f,
                                   gconstpointer user_data)
{
  lb_refresher_set_active (f->refresher, TRUE);
  add (f, "http://127.0.0.1:9001");
  lb_refresher_set_active (f->refresher, FALSE);
  f->n_snapshots = 0;

  add (f, "http://127.0.0.1:9002");
  run_what_is_ready ();
  g_assert_cmpuint (f->n_snapshots, ==, 0);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, f->refresher));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/refresher/starting/takes-one-at-once", test_starting_takes_one_at_once);
  ADD ("/refresher/changes/make-one-together", test_changes_make_one_together);
  ADD ("/refresher/a-change-of-policy-makes-one", test_a_change_of_policy_makes_one);
  ADD ("/refresher/changes/a-removed-backend-is-not-listened-to",
       test_a_removed_backend_is_not_listened_to);
  ADD ("/refresher/beat/goes-on-while-active", test_the_beat_goes_on_while_active);
  ADD ("/refresher/beat/there-is-none-while-inactive", test_there_is_none_while_inactive);

#undef ADD

  return lb_window_test_run ();
}
