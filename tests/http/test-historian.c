/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"
#include "engine/lb-engine-redirect.h"
#include "lb-historian.h"

/* Runs the loop until so many seconds are written down. */
static void
iterate_until_known (LbHistorian *historian,
                     guint n_known)
{
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr (LbHistorySlice) slice = lb_historian_get_slice (historian, 60);

      if (slice->n_known >= n_known)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_writes (Balancer *self,
             gconstpointer data)
{
  LbFront front = { self->redirector, self->server, self->lane, self->feed, self->listener };
  const LbEngineSource source = { .pool = self->pool, .front = &front };
  g_autoptr (LbEngine) engine = lb_engine_redirect_new (&source);
  LbHistorian *historian = lb_historian_new (self->pool, engine);
  LbBackend *backend = lb_pool_add (self->pool, "http://a", NULL);
  g_autoptr (LbHistorySlice) slice = NULL;
  LbTraffic *traffic = lb_redirector_get_traffic (self->redirector);
  LbHistoryTotal totals[60];
  double redirects = 0.0;
  double rejected = 0.0;

  /* Before the start there is nothing. */
  slice = lb_historian_get_slice (historian, 60);
  g_assert_cmpuint (slice->n_known, ==, 0);
  g_clear_pointer (&slice, lb_history_slice_unref);

  lb_historian_start (historian);
  iterate_until_known (historian, 1);
  for (guint i = 0; i < 50; i++)
    lb_pool_count_redirect (self->pool, backend, g_get_monotonic_time ());
  traffic->rejected[LB_REJECTION_NO_BACKEND] += 20;
  iterate_until_known (historian, 4);

  slice = lb_historian_get_slice (historian, 60);
  g_assert_cmpint (ABS (slice->end_us - g_get_real_time ()), <, 2 * G_USEC_PER_SEC);
  lb_history_slice_read_totals (slice, 1, 60, totals);
  for (guint i = 0; i < 60; i++)
    {
      redirects = MAX (redirects, totals[i].redirects_per_s);
      rejected = MAX (rejected, totals[i].rejected_per_s);
    }

  /* The first second may be a part of one. */
  g_assert_cmpfloat (redirects, >=, 20.0);
  g_assert_cmpfloat_with_epsilon (rejected / redirects, 20.0 / 50.0, 0.001);

  lb_historian_stop (historian);
  g_assert_finalize_object (historian);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/http/historian/writes", Balancer, LANE_OPEN, balancer_set_up, test_writes,
              balancer_tear_down);

  return g_test_run ();
}
