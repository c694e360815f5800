/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-undo-toast.h"
#include "window/lb-window-fixture.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"
#define URL_C "http://127.0.0.1:9003"

typedef struct
{
  LbWindowFixture base;
  LbUndo *undo;
  LbUndoToast *toast;
} Fixture;

static void
settle (Fixture *f)
{
  lb_undo_settle (f->undo, g_get_monotonic_time ());
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  static const char *const urls[] = { URL_A, URL_B, URL_C };
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (&f->base, user_data);
  lb_window_fixture_start (&f->base, 0, &error);
  g_assert_no_error (error);
  f->undo = lb_undo_new (f->base.balancer);
  f->toast = g_object_ref_sink (LB_UNDO_TOAST (lb_undo_toast_new ()));
  lb_undo_toast_set_undo (f->toast, f->undo);

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      lb_balancer_add_backend (f->base.balancer, urls[i], FALSE, &error);
      g_assert_no_error (error);
    }
  settle (f);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_assert_finalize_object (f->toast);
  g_assert_finalize_object (f->undo);
  lb_window_fixture_tear_down (&f->base, user_data);
}

static void
remove_backend (Fixture *f,
                const char *url)
{
  lb_balancer_remove_backend (f->base.balancer, lb_pool_find (f->base.pool, url));
}

static void
assert_says (Fixture *f,
             const char *text)
{
  g_assert_true (lb_undo_toast_get_open (f->toast));
  g_assert_true (gtk_revealer_get_reveal_child (lb_template_child (f->toast, "revealer")));
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (f->toast, "message")), ==, text);
}

static void
assert_closed (Fixture *f)
{
  g_assert_false (lb_undo_toast_get_open (f->toast));
  g_assert_false (gtk_revealer_get_reveal_child (lb_template_child (f->toast, "revealer")));
}

static void
test_offers_the_newest (Fixture *f,
                        gconstpointer user_data)
{
  assert_closed (f);

  remove_backend (f, URL_A);
  settle (f);
  assert_says (f, "Removed " URL_A);
  remove_backend (f, URL_B);
  settle (f);
  assert_says (f, "Removed " URL_B);

  lb_undo_undo (f->undo, NULL);
  assert_says (f, "Removed " URL_A);
  lb_undo_redo (f->undo, NULL);
  assert_says (f, "Removed " URL_B);
  lb_undo_undo (f->undo, NULL);
  lb_undo_undo (f->undo, NULL);
  assert_closed (f);
}

static void
test_counts_many (Fixture *f,
                  gconstpointer user_data)
{
  remove_backend (f, URL_A);
  remove_backend (f, URL_C);
  settle (f);
  assert_says (f, "Removed 2 backends");
}

/* Its button would take that back. */
static void
test_something_else_closes (Fixture *f,
                            gconstpointer user_data)
{
  remove_backend (f, URL_A);
  settle (f);
  lb_backend_set_weight (lb_pool_get_backend (f->base.pool, 0), 9, NULL);
  settle (f);
  assert_closed (f);

  lb_undo_undo (f->undo, NULL);
  assert_closed (f);
}

static void
test_closing_keeps_the_step (Fixture *f,
                             gconstpointer user_data)
{
  remove_backend (f, URL_A);
  settle (f);
  remove_backend (f, URL_B);
  settle (f);
  gtk_widget_activate_action (GTK_WIDGET (f->toast), "toast.close", NULL);
  assert_closed (f);

  lb_undo_undo (f->undo, NULL);
  g_assert_nonnull (lb_pool_find (f->base.pool, URL_B));
  assert_closed (f);
}

static gboolean
is_closed (gpointer user_data)
{
  return !lb_undo_toast_get_open (user_data);
}

static void
test_time_closes (Fixture *f,
                  gconstpointer user_data)
{
  gint64 start = g_get_monotonic_time ();

  if (!g_test_slow ())
    {
      g_test_skip ("It takes ten seconds: run with -m slow.");
      return;
    }

  remove_backend (f, URL_A);
  settle (f);
  lb_wait_until (is_closed, f->toast);
  g_assert_cmpint (g_get_monotonic_time () - start, >,
                   (LB_UNDO_TOAST_SECONDS - 1) * G_USEC_PER_SEC);
  assert_closed (f);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/undo-toast/offers-the-newest", test_offers_the_newest);
  ADD ("/undo-toast/counts-many", test_counts_many);
  ADD ("/undo-toast/something-else-closes", test_something_else_closes);
  ADD ("/undo-toast/closing-keeps-the-step", test_closing_keeps_the_step);
  ADD ("/undo-toast/time-closes", test_time_closes);

#undef ADD

  return lb_window_test_run ();
}
