/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-backend-row.h"

typedef struct
{
  LbBackend *backend;
  LbBackendRow *row;
  LbBackendFigures figures;
  GHashTable *notified; /* the properties' names */
} Fixture;

static void
on_notify (GObject *row,
           GParamSpec *pspec,
           gpointer user_data)
{
  Fixture *f = user_data;

  g_hash_table_add (f->notified, (gpointer) pspec->name);
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  f->backend = lb_backend_new ("http://127.0.0.1:9001", &error);
  g_assert_no_error (error);
  f->row = lb_backend_row_new (f->backend);
  f->notified = g_hash_table_new (g_str_hash, g_str_equal);
  g_signal_connect (f->row, "notify", G_CALLBACK (on_notify), f);

  f->figures = (LbBackendFigures){
    .health = LB_HEALTH_UP,
    .weight = 1,
    .effective_weight = 1.0,
    .in_flight = 0.26,
    .reported = -1.0,
    .last_probe = { .time_us = 1, .response_us = 12300, .status = 200, .ok = TRUE },
    .latency = { .n_samples = 1, .p95_us = 45600 },
    .redirects = 411,
    .share = 0.333,
  };
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_assert_finalize_object (f->row);
  g_assert_finalize_object (f->backend);
  g_hash_table_unref (f->notified);
  g_clear_pointer (&f->figures.last_probe.error, g_ref_string_release);
}

#define assert_text(f, property, expected) \
  G_STMT_START \
  { \
    g_autofree char *text = NULL; \
\
    g_object_get ((f)->row, property, &text, NULL); \
    g_assert_cmpstr (text, ==, expected); \
  } \
  G_STMT_END

static void
test_shows_dashes_before_the_first_probe (Fixture *f,
                                          gconstpointer user_data)
{
  assert_text (f, "url", "http://127.0.0.1:9001");
  assert_text (f, "state-word", "Unknown");
  assert_text (f, "state-reason", "It has not been probed yet.");
  assert_text (f, "response-text", "–");
  assert_text (f, "p95-text", "–");
  assert_text (f, "redirects-text", "0");
}

static void
test_shows_figures_with_their_units (Fixture *f,
                                     gconstpointer user_data)
{
  g_assert_true (lb_backend_row_update (f->row, &f->figures));

  assert_text (f, "state-word", "Up");
  assert_text (f, "state-reason", "The last probe was answered with status 200 in 12.3\u00a0ms.");
  assert_text (f, "weight-text", "1");
  assert_text (f, "effective-text", "");
  assert_text (f, "backup-text", "");
  assert_text (f, "in-flight-text", "0.3");
  assert_text (f, "response-text", "12.3 ms");
  assert_text (f, "p95-text", "45.6 ms");
  assert_text (f, "redirects-text", "411");
  assert_text (f, "share-text", "33.3%");
}

static void
test_says_why_it_is_down (Fixture *f,
                          gconstpointer user_data)
{
  f->figures.health = LB_HEALTH_DOWN;
  f->figures.use = LB_USE_DOWN;
  f->figures.last_probe = (LbProbeResult){
    .time_us = 1, .response_us = -1, .error = g_ref_string_new ("timeout")
  };
  lb_backend_row_update (f->row, &f->figures);

  assert_text (f, "state-word", "Down");
  assert_text (f, "state-reason", "It takes no requests until its probes are good again.\n"
                                "The last probe failed: It did not answer in time.");
  assert_text (f, "response-text", "–");
  assert_text (f, "p95-text", "45.6 ms");

  /* The row has its own hold on the error. */
  g_clear_pointer (&f->figures.last_probe.error, g_ref_string_release);
  assert_text (f, "state-reason", "It takes no requests until its probes are good again.\n"
                                "The last probe failed: It did not answer in time.");
}

static void
test_says_why_it_is_not_used (Fixture *f,
                              gconstpointer user_data)
{
  const char *probe = "The last probe was answered with status 200 in 12.3\u00a0ms.";
  g_autofree char *backup = NULL;
  g_autofree char *drain = NULL;
  g_autofree char *panic = NULL;

  f->figures.use = LB_USE_BACKUP;
  f->figures.backup = TRUE;
  lb_backend_row_update (f->row, &f->figures);
  backup = g_strconcat ("It is a backup, and waits until no other backend can serve.\n", probe, NULL);
  assert_text (f, "state-reason", backup);
  assert_text (f, "backup-text", "Backup");

  f->figures.use = LB_USE_DRAIN;
  f->figures.state = LB_STATE_DRAIN;
  f->figures.reported = 0.42;
  lb_backend_row_update (f->row, &f->figures);
  drain = g_strconcat ("It takes no new clients.\n", probe, "\nIt reports a load of 42.0%.", NULL);
  assert_text (f, "state-reason", drain);

  f->figures.use = LB_USE_MAINT;
  f->figures.state = LB_STATE_MAINT;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "state-reason", "It takes no requests and is not probed.");

  /* So few are healthy that it is used all the same. */
  f->figures.use = LB_USE_YES;
  f->figures.state = LB_STATE_READY;
  f->figures.health = LB_HEALTH_DOWN;
  f->figures.reported = -1.0;
  lb_backend_row_update (f->row, &f->figures);
  panic = g_strconcat ("It takes requests all the same: so few backends are healthy that health is "
                       "ignored.\n", probe, NULL);
  assert_text (f, "state-reason", panic);
}

static void
test_shows_the_weight_that_counts (Fixture *f,
                                   gconstpointer user_data)
{
  f->figures.weight = 5;
  f->figures.effective_weight = 5.0;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "effective-text", "");

  f->figures.effective_weight = 2.116;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "effective-text", "now 2.12");

  f->figures.effective_weight = 640.4;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "effective-text", "now 640");
}

static void
test_shows_the_same_as_its_bar (Fixture *f,
                                          gconstpointer user_data)
{
  f->figures.health = LB_HEALTH_DOWN;
  f->figures.state = LB_STATE_DRAIN;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "state-word", "Down");

  f->figures.health = LB_HEALTH_UP;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "state-word", "Drain");

  f->figures.health = LB_HEALTH_DOWN;
  f->figures.state = LB_STATE_MAINT;
  lb_backend_row_update (f->row, &f->figures);
  assert_text (f, "state-word", "Maintenance");
}

static void
test_notifies_only_what_changed (Fixture *f,
                                 gconstpointer user_data)
{
  lb_backend_row_update (f->row, &f->figures);
  g_hash_table_remove_all (f->notified);

  g_assert_false (lb_backend_row_update (f->row, &f->figures));
  g_assert_cmpuint (g_hash_table_size (f->notified), ==, 0);

  f->figures.redirects++;
  g_assert_true (lb_backend_row_update (f->row, &f->figures));
  g_assert_true (g_hash_table_contains (f->notified, "redirects-text"));
  g_assert_false (g_hash_table_contains (f->notified, "share-text"));
  g_assert_false (g_hash_table_contains (f->notified, "state-word"));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/backend-row/shows-dashes-before-the-first-probe", test_shows_dashes_before_the_first_probe);
  ADD ("/backend-row/shows-figures-with-their-units", test_shows_figures_with_their_units);
  ADD ("/backend-row/says-why-it-is-down", test_says_why_it_is_down);
  ADD ("/backend-row/says-why-it-is-not-used", test_says_why_it_is_not_used);
  ADD ("/backend-row/shows-the-weight-that-counts", test_shows_the_weight_that_counts);
  ADD ("/backend-row/shows-the-same-as-its-bar", test_shows_the_same_as_its_bar);
  ADD ("/backend-row/notifies-only-what-changed", test_notifies_only_what_changed);

#undef ADD

  return g_test_run ();
}
