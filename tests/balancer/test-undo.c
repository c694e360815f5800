/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>

#include "lb-undo.h"
#include "policy/lb-policy.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"
#define URL_C "http://127.0.0.1:9003"

#define DEADLINE_S 20

typedef struct
{
  char *directory;
  char *config_path;
  LbBalancer *balancer;
  LbPool *pool;
  LbUndo *undo;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data)
{
  char *listen[] = { (char *) "127.0.0.1", NULL };
  const LbOverrides overrides = { .listen = listen, .port = 0, .stats_port = -1 };
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-undo-XXXXXX", &error);
  g_assert_no_error (error);
  self->config_path = g_build_filename (self->directory, "config.json", NULL);
  self->balancer = lb_balancer_new (self->config_path);
  self->pool = lb_balancer_get_pool (self->balancer);
  self->undo = lb_undo_new (self->balancer);
  self->now_us = 1;

  lb_balancer_load (self->balancer, &overrides);
  lb_balancer_start (self->balancer, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lb_balancer_stop (self->balancer, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (self->undo);
  g_assert_finalize_object (self->balancer);
  g_unlink (self->config_path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->config_path);
  g_free (self->directory);
}

/* What was done up to here is a step; what is done next comes a while later. */
static void
settle (Fixture *self)
{
  lb_undo_settle (self->undo, self->now_us);
  self->now_us += 2 * LB_UNDO_MERGE_US;
}

static LbBackend *
add (Fixture *self,
     const char *url)
{
  g_autoptr (GError) error = NULL;
  LbBackend *backend = lb_balancer_add_backend (self->balancer, url, FALSE, &error);

  g_assert_no_error (error);
  settle (self);

  return backend;
}

static void
remove_backend (Fixture *self,
                LbBackend *backend)
{
  lb_balancer_remove_backend (self->balancer, backend);
  settle (self);
}

static void
undo (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lb_undo_undo (self->undo, &error));
  g_assert_no_error (error);
}

static void
redo (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lb_undo_redo (self->undo, &error));
  g_assert_no_error (error);
}

static const char *
get_name (LbUndoStep *step)
{
  return step != NULL ? step->name : NULL;
}

/* All that a step may change, and which objects the backends are. */
static char *
describe (Fixture *self)
{
  const LbProbeSettings *probe = lb_balancer_get_probe_settings (self->balancer);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lb_pool_get_n_backends (self->pool); i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);
      const LbProbeExceptions *exceptions = lb_backend_get_exceptions (backend);

      g_string_append_printf (text, "%p %s %u %s %d %u %s\n", (gpointer) backend,
                              lb_backend_get_url (backend), lb_backend_get_weight (backend),
                              lb_state_to_string (lb_backend_get_state (backend)),
                              lb_backend_get_backup (backend), exceptions->set,
                              exceptions->set != 0 ? exceptions->values.path : "");
    }
  g_string_append_printf (text, "%s %u %f", lb_balancer_get_policy (self->balancer),
                          probe->interval_ms, lb_balancer_get_panic_share (self->balancer));

  return g_string_free (text, FALSE);
}

#define assert_pool(f, ...) \
  G_STMT_START \
  { \
    const char *urls[] = { __VA_ARGS__ }; \
\
    g_assert_cmpuint (lb_pool_get_n_backends ((f)->pool), ==, G_N_ELEMENTS (urls)); \
    for (guint n = 0; n < G_N_ELEMENTS (urls); n++) \
      g_assert_cmpstr (lb_backend_get_url (lb_pool_get_backend ((f)->pool, n)), ==, urls[n]); \
  } \
  G_STMT_END

static void
test_nothing (Fixture *f,
              gconstpointer data)
{
  g_assert_null (lb_undo_get_undo (f->undo));
  g_assert_null (lb_undo_get_redo (f->undo));
  undo (f);
  redo (f);
}

/* What the command line has asked for was not done by hand. */
static void
test_before_the_start (Fixture *f,
                       gconstpointer data)
{
  g_autoptr (LbBalancer) balancer = lb_balancer_new (f->config_path);
  g_autoptr (LbUndo) early = lb_undo_new (balancer);
  char *listen[] = { (char *) "127.0.0.1", NULL };
  const LbOverrides overrides = { .listen = listen, .port = 0, .stats_port = -1 };
  g_autoptr (GError) error = NULL;

  lb_balancer_load (balancer, &overrides);
  lb_balancer_add_backend (balancer, URL_A, TRUE, &error);
  g_assert_no_error (error);
  lb_balancer_start (balancer, &error);
  g_assert_no_error (error);

  lb_undo_settle (early, 1);
  g_assert_null (lb_undo_get_undo (early));

  lb_balancer_remove_backend (balancer, lb_pool_get_backend (lb_balancer_get_pool (balancer), 0));
  g_assert_true (lb_undo_undo (early, &error));
  g_assert_cmpuint (lb_pool_get_n_backends (lb_balancer_get_pool (balancer)), ==, 1);
  lb_balancer_stop (balancer, NULL);
}

static void
test_remove (Fixture *f,
             gconstpointer data)
{
  LbBackend *b;

  add (f, URL_A);
  b = add (f, URL_B);
  add (f, URL_C);
  lb_pool_count_redirect (f->pool, b, g_get_monotonic_time ());
  remove_backend (f, b);
  assert_pool (f, URL_A, URL_C);
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Remove " URL_B);

  /* The same one, with its figures. */
  undo (f);
  assert_pool (f, URL_A, URL_B, URL_C);
  g_assert_true (lb_pool_get_backend (f->pool, 1) == b);
  g_assert_cmpuint (lb_backend_get_redirects (b), ==, 1);
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Add " URL_C);
  g_assert_cmpstr (get_name (lb_undo_get_redo (f->undo)), ==, "Remove " URL_B);

  redo (f);
  assert_pool (f, URL_A, URL_C);
}

static void
test_many_are_one_step (Fixture *f,
                        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_samples (f->balancer, &error);
  g_assert_no_error (error);
  settle (f);
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Add 3 Backends");

  undo (f);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 0);
  redo (f);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 3);
  g_assert_true (lb_backend_get_transient (lb_pool_get_backend (f->pool, 2)));
}

static gboolean
has_step (Fixture *f)
{
  return lb_undo_get_undo (f->undo) != NULL;
}

static void
test_main_loop_settles (Fixture *f,
                        gconstpointer data)
{
  lb_balancer_add_backend (f->balancer, URL_A, FALSE, NULL);
  g_assert_true (lb_balancer_set_policy (f->balancer, "source-hash", NULL));
  while (!has_step (f))
    g_main_context_iteration (NULL, TRUE);

  undo (f);
  g_assert_cmpstr (lb_balancer_get_policy (f->balancer), ==, LB_POLICY_DEFAULT);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 0);
  g_assert_null (lb_undo_get_undo (f->undo));
}

static void
test_edit_url (Fixture *f,
               gconstpointer data)
{
  LbBackend *a = add (f, URL_A);
  g_autoptr (LbBackend) b = lb_backend_new (URL_B, NULL);
  g_autoptr (GError) error = NULL;

  lb_balancer_replace_backend (f->balancer, a, b, &error);
  g_assert_no_error (error);
  settle (f);
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Edit " URL_B);

  undo (f);
  assert_pool (f, URL_A);
  g_assert_true (lb_pool_get_backend (f->pool, 0) == a);
  redo (f);
  g_assert_true (lb_pool_get_backend (f->pool, 0) == b);
}

static void
test_names (Fixture *f,
            gconstpointer data)
{
  LbBackend *a = add (f, URL_A);
  LbBackend *b = add (f, URL_B);
  LbProbeSettings settings = { 0 };
  LbBackend *longest;

#define assert_named(name) \
  settle (f); \
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, name)

  lb_backend_set_weight (a, 5, NULL);
  assert_named ("Change Weight of " URL_A);
  lb_backend_set_state (a, LB_STATE_DRAIN);
  assert_named ("Change State of " URL_A);
  lb_backend_set_backup (a, TRUE);
  assert_named ("Edit " URL_A);
  lb_backend_set_weight (a, 6, NULL);
  lb_backend_set_state (a, LB_STATE_READY);
  assert_named ("Edit " URL_A);
  lb_backend_set_weight (a, 7, NULL);
  lb_backend_set_weight (b, 7, NULL);
  assert_named ("Change 2 Backends");
  lb_pool_move (f->pool, a, 1);
  assert_named ("Reorder Backends");
  lb_balancer_set_policy (f->balancer, "source-hash", NULL);
  assert_named ("Change Policy");
  lb_balancer_set_panic_share (f->balancer, 0.75);
  assert_named ("Change Probe Defaults");
  lb_probe_settings_copy (&settings, lb_balancer_get_probe_settings (f->balancer));
  settings.interval_ms = 7777;
  lb_balancer_set_probe_settings (f->balancer, &settings);
  lb_probe_settings_clear (&settings);
  assert_named ("Change Probe Defaults");
  longest = add (f, "http://127.0.0.1:9003/a/path/that/is/too/long/for/a/menu/by/far");
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==,
                   "Add http://127.0.0.1:9003/a/path…menu/by/far");
  lb_balancer_remove_backend (f->balancer, longest);
  lb_balancer_remove_backend (f->balancer, b);
  assert_named ("Remove 2 Backends");
  lb_balancer_remove_backend (f->balancer, a);
  lb_balancer_add_backend (f->balancer, URL_B, FALSE, NULL);
  lb_balancer_add_backend (f->balancer, URL_C, FALSE, NULL);
  assert_named ("Change the Pool");
#undef assert_named
}

/* As a spin button does it that is held down. */
static void
test_quick_weights_are_one_step (Fixture *f,
                                 gconstpointer data)
{
  LbBackend *a = add (f, URL_A);
  LbBackend *b = add (f, URL_B);

  for (guint weight = 2; weight <= 9; weight++)
    {
      lb_backend_set_weight (a, weight, NULL);
      lb_undo_settle (f->undo, f->now_us);
      f->now_us += LB_UNDO_MERGE_US / 2;
    }
  lb_backend_set_weight (b, 3, NULL);
  lb_undo_settle (f->undo, f->now_us);
  f->now_us += 2 * LB_UNDO_MERGE_US;
  lb_backend_set_weight (b, 4, NULL);
  settle (f);

  undo (f);
  g_assert_cmpuint (lb_backend_get_weight (b), ==, 3);
  undo (f);
  g_assert_cmpuint (lb_backend_get_weight (b), ==, 1);
  g_assert_cmpuint (lb_backend_get_weight (a), ==, 9);
  undo (f);
  g_assert_cmpuint (lb_backend_get_weight (a), ==, 1);
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Add " URL_B);
  redo (f);
  g_assert_cmpuint (lb_backend_get_weight (a), ==, 9);
}

static void
test_weight_that_is_put_back_is_no_step (Fixture *f,
                                         gconstpointer data)
{
  LbBackend *a = add (f, URL_A);

  lb_backend_set_weight (a, 2, NULL);
  lb_undo_settle (f->undo, f->now_us);
  lb_backend_set_weight (a, 1, NULL);
  lb_undo_settle (f->undo, f->now_us + 1);

  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Add " URL_A);
}

static void
test_new_step_ends_redo (Fixture *f,
                         gconstpointer data)
{
  add (f, URL_A);
  undo (f);
  g_assert_nonnull (lb_undo_get_redo (f->undo));
  add (f, URL_B);
  g_assert_null (lb_undo_get_redo (f->undo));
}

static void
test_steps_are_bounded (Fixture *f,
                        gconstpointer data)
{
  LbBackend *a = add (f, URL_A);
  guint n = 0;

  for (guint i = 0; i < LB_UNDO_MAX + 5; i++)
    {
      lb_backend_set_weight (a, 2 + i, NULL);
      settle (f);
    }
  for (; has_step (f); n++)
    undo (f);

  g_assert_cmpuint (n, ==, LB_UNDO_MAX);
  g_assert_cmpuint (lb_backend_get_weight (a), ==, 6);
}

/* A backend that cannot come back, because we have taken its port. */
static void
test_refusal_is_told (Fixture *f,
                      gconstpointer data)
{
  LbEndpoint *endpoint = lb_balancer_get_endpoint (f->balancer);
  const guint16 port = lb_endpoint_suggest_port (endpoint);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  LbBackend *ours = add (f, url);
  LbBackend *b = add (f, URL_B);
  g_autoptr (GError) error = NULL;

  lb_balancer_remove_backend (f->balancer, ours);
  lb_balancer_remove_backend (f->balancer, b);
  settle (f);
  lb_endpoint_use_port (endpoint, port, &error);
  g_assert_no_error (error);

  /* The other one comes back all the same. */
  g_assert_false (lb_undo_undo (f->undo, &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_OWN_ADDRESS);
  assert_pool (f, URL_B);
  redo (f);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, 0);
}

/* Writes the pool as another program would, and waits until it is so. */
static void
write_config (Fixture *f,
              const char *backends,
              guint n_backends)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  guint64 order = lb_pool_get_generation (f->pool);

  /* What we have to write is written now, and not over it. */
  g_assert_true (lb_balancer_stop (f->balancer, &error));
  g_assert_no_error (error);

  text = g_strdup_printf ("{ \"version\": 1, \"backends\": [ %s ] }", backends);
  g_assert_true (g_file_set_contents (f->config_path, text, -1, &error));
  g_assert_no_error (error);

  while (lb_pool_get_generation (f->pool) == order ||
         lb_pool_get_n_backends (f->pool) != n_backends)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
}

#define ENTRY(url) "{ \"url\": \"" url "\" }"
#define ENTRY_WEIGHT(url, weight) "{ \"url\": \"" url "\", \"weight\": " #weight " }"

static void
test_file_is_no_step (Fixture *f,
                      gconstpointer data)
{
  LbBackend *a = add (f, URL_A);

  remove_backend (f, a);
  write_config (f, ENTRY (URL_B), 1);
  assert_pool (f, URL_B);

  /* What came from the file stays. */
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Remove " URL_A);
  undo (f);
  assert_pool (f, URL_A, URL_B);
  undo (f);
  assert_pool (f, URL_B);
  g_assert_null (lb_undo_get_undo (f->undo));
  redo (f);
  redo (f);
  assert_pool (f, URL_B);
}

static void
test_file_that_follows_at_once (Fixture *f,
                                gconstpointer data)
{
  LbBackend *a = add (f, URL_A);

  lb_backend_set_state (a, LB_STATE_DRAIN);
  write_config (f, ENTRY (URL_A) "," ENTRY (URL_B), 2);
  g_assert_cmpint (lb_backend_get_state (a), ==, LB_STATE_READY);

  /* The state was set by hand before, but the file says otherwise: nothing to undo but the adding. */
  g_assert_cmpstr (get_name (lb_undo_get_undo (f->undo)), ==, "Add " URL_A);
}

static void
test_file_has_the_last_word (Fixture *f,
                             gconstpointer data)
{
  LbBackend *a = add (f, URL_A);
  LbBackend *b = add (f, URL_B);

  lb_backend_set_weight (a, 5, NULL);
  lb_backend_set_weight (b, 5, NULL);
  settle (f);
  write_config (f, ENTRY_WEIGHT (URL_A, 7) "," ENTRY_WEIGHT (URL_B, 5), 2);
  g_assert_cmpuint (lb_backend_get_weight (a), ==, 7);

  undo (f);
  g_assert_cmpuint (lb_backend_get_weight (a), ==, 7);
  g_assert_cmpuint (lb_backend_get_weight (b), ==, 1);

  write_config (f, ENTRY_WEIGHT (URL_A, 7) "," ENTRY_WEIGHT (URL_B, 9), 2);
  g_assert_null (lb_undo_get_redo (f->undo));
}

static void
set_random_path (Fixture *f,
                 LbBackend *backend)
{
  g_auto (LbProbeExceptions) exceptions = { 0 };
  guint32 bit;

  lb_probe_exceptions_init (&exceptions);
  if (g_test_rand_int_range (0, 3) > 0)
    {
      g_assert_nonnull (lb_probe_field_find ("path", &bit));
      exceptions.set = bit;
      exceptions.values.path = g_strdup_printf ("/%d", g_test_rand_int_range (0, 9));
    }
  lb_backend_set_exceptions (backend, &exceptions);
}

static void
change_settings (Fixture *f)
{
  LbProbeSettings settings = { 0 };

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      lb_balancer_set_policy (f->balancer, lb_policy_list ((guint) g_test_rand_int_range (0, 4))->name,
                              NULL);
      break;

    case 1:
      lb_balancer_set_panic_share (f->balancer, g_test_rand_int_range (0, 5) / 4.0);
      break;

    default:
      lb_probe_settings_copy (&settings, lb_balancer_get_probe_settings (f->balancer));
      settings.interval_ms = (guint) g_test_rand_int_range (1000, 1010);
      lb_balancer_set_probe_settings (f->balancer, &settings);
      lb_probe_settings_clear (&settings);
    }
}

static void
change_membership (Fixture *f,
                   LbBackend *backend)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%d", g_test_rand_int_range (9000, 9020));
  g_autoptr (LbBackend) other = lb_backend_new (url, NULL);

  if (backend == NULL || g_test_rand_bit ())
    lb_balancer_restore_backend (f->balancer, other, (guint) g_test_rand_int_range (0, 9), NULL);
  else if (g_test_rand_bit ())
    lb_balancer_remove_backend (f->balancer, backend);
  else
    lb_balancer_replace_backend (f->balancer, backend, other, NULL);
}

static void
change_something (Fixture *f)
{
  const guint n = lb_pool_get_n_backends (f->pool);
  LbBackend *backend = n == 0 ? NULL
                              : lb_pool_get_backend (f->pool,
                                                     (guint) g_test_rand_int_range (0, (gint32) n));

  if (backend == NULL || g_test_rand_int_range (0, 3) == 0)
    {
      change_membership (f, backend);
      return;
    }

  switch (g_test_rand_int_range (0, 6))
    {
    case 0:
      lb_backend_set_weight (backend, (guint) g_test_rand_int_range (1, 9), NULL);
      break;

    case 1:
      lb_backend_set_state (backend, (LbState) g_test_rand_int_range (0, 3));
      break;

    case 2:
      lb_backend_set_backup (backend, g_test_rand_bit ());
      break;

    case 3:
      set_random_path (f, backend);
      break;

    case 4:
      lb_pool_move (f->pool, backend, (guint) g_test_rand_int_range (0, (gint32) n));
      break;

    default:
      change_settings (f);
    }
}

/* Whatever was done, undoing all of it gives the start, redoing all of it the end, and each step in
 * between what was there then, down to the objects. */
static void
test_any_changes (Fixture *f,
                  gconstpointer data)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  guint at;

  g_ptr_array_add (states, describe (f));
  while (states->len <= LB_UNDO_MAX)
    {
      char *state;

      for (int n = g_test_rand_int_range (1, 6); n > 0; n--)
        change_something (f);
      settle (f);

      state = describe (f);
      if (g_str_equal (state, g_ptr_array_index (states, states->len - 1)))
        g_free (state);
      else
        g_ptr_array_add (states, state);
    }

  at = LB_UNDO_MAX;
  for (guint i = 0; i < 10 * LB_UNDO_MAX; i++)
    {
      /* All the way back, all the way again, and then about. */
      const gboolean back = i < LB_UNDO_MAX || (i >= 2 * LB_UNDO_MAX && g_test_rand_bit ());
      g_autofree char *state = NULL;

      if (back ? at == 0 : at == LB_UNDO_MAX)
        {
          g_assert_null (back ? lb_undo_get_undo (f->undo) : lb_undo_get_redo (f->undo));
          continue;
        }

      if (back)
        undo (f);
      else
        redo (f);
      at += back ? -1 : 1;

      state = describe (f);
      g_assert_cmpstr (state, ==, g_ptr_array_index (states, at));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add ("/undo/" path, Fixture, NULL, set_up, test, tear_down)

  ADD ("nothing", test_nothing);
  ADD ("before-the-start", test_before_the_start);
  ADD ("remove", test_remove);
  ADD ("many-are-one-step", test_many_are_one_step);
  ADD ("main-loop-settles", test_main_loop_settles);
  ADD ("edit-url", test_edit_url);
  ADD ("names", test_names);
  ADD ("quick-weights-are-one-step", test_quick_weights_are_one_step);
  ADD ("weight-that-is-put-back-is-no-step", test_weight_that_is_put_back_is_no_step);
  ADD ("new-step-ends-redo", test_new_step_ends_redo);
  ADD ("steps-are-bounded", test_steps_are_bounded);
  ADD ("refusal-is-told", test_refusal_is_told);
  ADD ("file/is-no-step", test_file_is_no_step);
  ADD ("file/that-follows-at-once", test_file_that_follows_at_once);
  ADD ("file/has-the-last-word", test_file_has_the_last_word);
  ADD ("any-changes", test_any_changes);

#undef ADD

  return g_test_run ();
}
