/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-candidates.h"

typedef struct
{
  GPtrArray *backends;
  LbCandidates candidates;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  self->backends = g_ptr_array_new_with_free_func (g_object_unref);
  lb_candidates_init (&self->candidates);
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  lb_candidates_clear (&self->candidates);
  g_ptr_array_unref (self->backends);
}

static LbBackend *
add (Fixture *self,
     LbHealth health)
{
  LbBackend *backend = lb_backend_new ("http://h", NULL);

  lb_backend_set_health (backend, health, 0);
  g_ptr_array_add (self->backends, backend);

  return backend;
}

static guint
count (Fixture *self,
       double panic_share)
{
  lb_candidates_find (&self->candidates, self->backends, panic_share);

  return self->candidates.backends->len;
}

static LbBackend *
get (Fixture *self,
     guint i)
{
  return g_ptr_array_index (self->candidates.backends, i);
}

static void
test_standing (Fixture *self,
               gconstpointer data G_GNUC_UNUSED)
{
  LbBackend *a = add (self, LB_HEALTH_UNKNOWN);
  LbBackend *b = add (self, LB_HEALTH_UNKNOWN);
  LbBackend *c = add (self, LB_HEALTH_UNKNOWN);

  /* Unknown counts as up. */
  g_assert_cmpuint (count (self, 0.0), ==, 3);

  lb_backend_set_health (a, LB_HEALTH_DOWN, 0);
  lb_backend_set_state (b, LB_STATE_DRAIN);
  lb_backend_set_health (c, LB_HEALTH_UP, 0);
  g_assert_cmpuint (count (self, 0.0), ==, 1);
  g_assert_true (get (self, 0) == c);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, a), ==, LB_USE_DOWN);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, b), ==, LB_USE_DRAIN);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, c), ==, LB_USE_YES);

  lb_backend_set_state (c, LB_STATE_MAINT);
  g_assert_cmpuint (count (self, 0.0), ==, 0);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, c), ==, LB_USE_MAINT);
}

static void
test_backups (Fixture *self,
              gconstpointer data G_GNUC_UNUSED)
{
  LbBackend *main_one = add (self, LB_HEALTH_UNKNOWN);
  LbBackend *backup = add (self, LB_HEALTH_UNKNOWN);

  lb_backend_set_backup (backup, TRUE);
  g_assert_cmpuint (count (self, 0.0), ==, 1);
  g_assert_true (get (self, 0) == main_one);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, backup), ==, LB_USE_BACKUP);

  lb_backend_set_health (main_one, LB_HEALTH_DOWN, 0);
  g_assert_cmpuint (count (self, 0.0), ==, 1);
  g_assert_true (get (self, 0) == backup);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, backup), ==, LB_USE_YES);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, main_one), ==, LB_USE_DOWN);

  lb_backend_set_health (main_one, LB_HEALTH_UP, 0);
  g_assert_cmpuint (count (self, 0.0), ==, 1);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, backup), ==, LB_USE_BACKUP);
}

/* Below the panic share the probes are not believed; state still counts. */
static void
test_panic (Fixture *self,
            gconstpointer data G_GNUC_UNUSED)
{
  LbBackend *first = add (self, LB_HEALTH_DOWN);
  LbBackend *third;

  add (self, LB_HEALTH_DOWN);
  third = add (self, LB_HEALTH_UNKNOWN);
  add (self, LB_HEALTH_UNKNOWN);
  g_assert_cmpuint (count (self, 0.5), ==, 2);

  lb_backend_set_health (third, LB_HEALTH_DOWN, 0);
  g_assert_cmpuint (count (self, 0.5), ==, 4);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, first), ==, LB_USE_YES);

  /* One of the three that are ready is healthy. */
  lb_backend_set_state (first, LB_STATE_DRAIN);
  g_assert_cmpuint (count (self, 0.5), ==, 3);

  g_assert_cmpuint (count (self, 0.0), ==, 1);
}

/* Dead ones get nothing while a backup that is up can serve; with no such backup all are tried. */
static void
test_backups_before_panic (Fixture *self,
                           gconstpointer data G_GNUC_UNUSED)
{
  LbBackend *backup = add (self, LB_HEALTH_UNKNOWN);
  LbBackend *mains[2] = { add (self, LB_HEALTH_DOWN), add (self, LB_HEALTH_DOWN) };

  lb_backend_set_backup (backup, TRUE);
  g_assert_cmpuint (count (self, 0.6), ==, 1);
  g_assert_true (get (self, 0) == backup);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, mains[0]), ==, LB_USE_DOWN);

  lb_backend_set_state (backup, LB_STATE_DRAIN);
  g_assert_cmpuint (count (self, 0.6), ==, 2);
  g_assert_true (get (self, 0) == mains[0]);

  lb_backend_set_state (backup, LB_STATE_READY);
  lb_backend_set_health (backup, LB_HEALTH_DOWN, 0);
  g_assert_cmpuint (count (self, 0.6), ==, 2);

  /* One of the others is up, and the backup is not their stand-in then. */
  lb_backend_set_health (backup, LB_HEALTH_UP, 0);
  lb_backend_set_health (mains[0], LB_HEALTH_UP, 0);
  g_assert_cmpuint (count (self, 0.6), ==, 2);
  g_assert_cmpint (lb_candidates_get_use (&self->candidates, backup), ==, LB_USE_BACKUP);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/candidates/standing", Fixture, NULL, set_up, test_standing, tear_down);
  g_test_add ("/candidates/backups-serve-when-no-other-can", Fixture, NULL, set_up, test_backups,
              tear_down);
  g_test_add ("/candidates/panic-share", Fixture, NULL, set_up, test_panic, tear_down);
  g_test_add ("/candidates/panic-share/backups-serve-first", Fixture, NULL, set_up,
              test_backups_before_panic, tear_down);

  return g_test_run ();
}
