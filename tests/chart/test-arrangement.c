/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-arrangement.h"
#include "chart/snapshot-fixture.h"

/* The last digits of the ports of those that are shown, in their order. */
#define assert_arranged(snapshot, expected, ...) \
  G_STMT_START \
  { \
    const LbArrangement wanted = { __VA_ARGS__ }; \
    g_autoptr (LbSnapshot) shown = lb_arrangement_apply (&wanted, snapshot); \
    g_autoptr (GString) order = g_string_new (NULL); \
\
    for (guint i = 0; i < shown->n_backends; i++) \
      { \
        const char *url = shown->backends[i].url; \
\
        g_string_append_c (order, url[strlen (url) - 1]); \
      } \
    g_assert_cmpstr (order->str, ==, expected); \
  } \
  G_STMT_END

static void
set_url (LbSnapshot *snapshot,
         guint index,
         const char *url)
{
  g_ref_string_release (snapshot->backends[index].url);
  snapshot->backends[index].url = g_ref_string_new (url);
}

static void
test_nothing_is_everything (void)
{
  const LbArrangement arrangement = { .text = (char *) "" };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (4);
  g_autoptr (LbSnapshot) arranged = lb_arrangement_apply (&arrangement, snapshot);

  g_assert_true (arranged == snapshot);
  g_assert_false (lb_arrangement_hides (&arrangement));
  assert_arranged (snapshot, "1234", .order = LB_ORDER_POOL, .descending = TRUE);
}

static void
test_keeps_what_is_of_the_pool (void)
{
  const LbArrangement arrangement = { .text = (char *) "9002" };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  g_autoptr (LbSnapshot) arranged = NULL;

  snapshot_fixture_break (snapshot, 1);
  snapshot->redirects = 77;
  arranged = lb_arrangement_apply (&arrangement, snapshot);
  g_clear_pointer (&snapshot, lb_snapshot_unref);

  g_assert_cmpuint (arranged->n_backends, ==, 1);
  g_assert_cmpuint (arranged->redirects, ==, 77);
  g_assert_cmpstr (arranged->policy, ==, "random");
  g_assert_cmpstr (arranged->backends[0].url, ==, "http://127.0.0.1:9002");
  g_assert_cmpstr (arranged->backends[0].last_probe.error, ==, "timeout");
  g_assert_cmpfloat (arranged->backends[0].share, ==, 1.0 / 3);
}

static void
test_finds_text_in_any_case (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);

  set_url (snapshot, 1, "http://Cache.example/2");
  assert_arranged (snapshot, "2", .text = (char *) "cACHE");
  assert_arranged (snapshot, "13", .text = (char *) "900");
  assert_arranged (snapshot, "", .text = (char *) "cache.example/2/");
}

static void
test_shows_by_health (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (7);

  snapshot_fixture_break (snapshot, 0);
  snapshot->backends[0].use = LB_USE_DOWN;
  snapshot_fixture_forget (snapshot, 1);
  snapshot->backends[2].state = LB_STATE_DRAIN;
  snapshot->backends[2].use = LB_USE_DRAIN;
  snapshot->backends[3].state = LB_STATE_MAINT;
  snapshot->backends[3].use = LB_USE_MAINT;
  snapshot->backends[4].use = LB_USE_BACKUP;

  /* What is down is down even while it drains. */
  snapshot_fixture_break (snapshot, 5);
  snapshot->backends[5].state = LB_STATE_DRAIN;
  snapshot->backends[5].use = LB_USE_DRAIN;

  assert_arranged (snapshot, "1234567", .show = LB_SHOW_ALL);
  assert_arranged (snapshot, "57", .show = LB_SHOW_UP);
  assert_arranged (snapshot, "16", .show = LB_SHOW_DOWN);
  assert_arranged (snapshot, "2", .show = LB_SHOW_UNKNOWN);
  assert_arranged (snapshot, "3", .show = LB_SHOW_DRAIN);
  assert_arranged (snapshot, "4", .show = LB_SHOW_MAINT);
  assert_arranged (snapshot, "13456", .show = LB_SHOW_UNUSED);
  assert_arranged (snapshot, "1", .show = LB_SHOW_DOWN, .text = (char *) "9001");
}

static void
test_orders_urls_as_people_do (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (6);

  set_url (snapshot, 0, "http://b10.example/1");
  set_url (snapshot, 1, "http://b9.example/2");
  set_url (snapshot, 2, "http://b009.example/3");
  set_url (snapshot, 3, "http://a.example:80/4");
  set_url (snapshot, 4, "http://a.example/5");
  set_url (snapshot, 5, "http://b9.example/20/6");

  assert_arranged (snapshot, "542361", .order = LB_ORDER_URL);
  assert_arranged (snapshot, "163245", .order = LB_ORDER_URL, .descending = TRUE);
}

static void
test_orders_by_figures (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (4);
  const gint64 response_us[] = { 30, 10, -1, 20 };
  const guint weight[] = { 2, 1, 2, 3 };
  const double in_flight[] = { 0.31, 0.29, 5.0, 0.0 };

  for (guint i = 0; i < 4; i++)
    {
      LbBackendFigures *figures = &snapshot->backends[i];

      figures->last_probe.response_us = response_us[i];
      figures->latency.p95_us = response_us[i];
      figures->weight = weight[i];
      figures->in_flight = in_flight[i];
      figures->redirects = 10 - i;
      figures->share = i / 6.0;
    }

  assert_arranged (snapshot, "2413", .order = LB_ORDER_RESPONSE_TIME);
  assert_arranged (snapshot, "3142", .order = LB_ORDER_RESPONSE_TIME, .descending = TRUE);
  assert_arranged (snapshot, "2413", .order = LB_ORDER_P95);
  assert_arranged (snapshot, "2134", .order = LB_ORDER_WEIGHT);
  assert_arranged (snapshot, "4132", .order = LB_ORDER_WEIGHT, .descending = TRUE);
  assert_arranged (snapshot, "4123", .order = LB_ORDER_IN_FLIGHT);
  assert_arranged (snapshot, "4321", .order = LB_ORDER_REDIRECTS);
  assert_arranged (snapshot, "1234", .order = LB_ORDER_SHARE);
}

static void
test_orders_what_needs_a_look_first (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (5);

  snapshot->backends[1].state = LB_STATE_DRAIN;
  snapshot->backends[2].state = LB_STATE_MAINT;
  snapshot_fixture_forget (snapshot, 3);
  snapshot_fixture_break (snapshot, 4);

  assert_arranged (snapshot, "54321", .order = LB_ORDER_HEALTH);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/arrangement/nothing-is-everything", test_nothing_is_everything);
  g_test_add_func ("/arrangement/keeps-what-is-of-the-pool", test_keeps_what_is_of_the_pool);
  g_test_add_func ("/arrangement/finds-text-in-any-case", test_finds_text_in_any_case);
  g_test_add_func ("/arrangement/shows-by-health", test_shows_by_health);
  g_test_add_func ("/arrangement/orders-urls-as-people-do", test_orders_urls_as_people_do);
  g_test_add_func ("/arrangement/orders-by-figures", test_orders_by_figures);
  g_test_add_func ("/arrangement/orders-what-needs-a-look-first",
                   test_orders_what_needs_a_look_first);

  return g_test_run ();
}
