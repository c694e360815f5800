/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-undo-toast.h"
#include "window/lb-window-fixture.h"

typedef struct
{
  LbUndoToast *toast;
  LbBackend *first;
  LbBackend *second;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  f->toast = g_object_ref_sink (LB_UNDO_TOAST (lb_undo_toast_new ()));
  f->first = lb_backend_new ("http://127.0.0.1:9001", &error);
  g_assert_no_error (error);
  f->second = lb_backend_new ("http://127.0.0.1:9002", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_assert_finalize_object (f->toast);
  g_assert_finalize_object (f->first);
  g_assert_finalize_object (f->second);
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
  guint position;

  g_assert_false (lb_undo_toast_get_open (f->toast));
  g_assert_false (gtk_revealer_get_reveal_child (lb_template_child (f->toast, "revealer")));
  g_assert_null (lb_undo_toast_pop (f->toast, &position));
}

static void
test_pops_the_newest_first (Fixture *f,
                            gconstpointer user_data)
{
  g_autoptr (LbBackend) newest = NULL;
  g_autoptr (LbBackend) oldest = NULL;
  guint position;

  assert_closed (f);

  lb_undo_toast_push (f->toast, f->first, 4);
  assert_says (f, "Removed http://127.0.0.1:9001");
  lb_undo_toast_push (f->toast, f->second, 2);
  assert_says (f, "Removed http://127.0.0.1:9002");

  newest = lb_undo_toast_pop (f->toast, &position);
  g_assert_true (newest == f->second);
  g_assert_cmpuint (position, ==, 2);
  assert_says (f, "Removed http://127.0.0.1:9001");

  oldest = lb_undo_toast_pop (f->toast, &position);
  g_assert_true (oldest == f->first);
  g_assert_cmpuint (position, ==, 4);
  assert_closed (f);
}

static void
test_closing_forgets (Fixture *f,
                      gconstpointer user_data)
{
  lb_undo_toast_push (f->toast, f->first, 0);
  lb_undo_toast_push (f->toast, f->second, 0);
  gtk_widget_activate_action (GTK_WIDGET (f->toast), "toast.close", NULL);
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

  lb_undo_toast_push (f->toast, f->first, 0);
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

  ADD ("/undo-toast/pops-the-newest-first", test_pops_the_newest_first);
  ADD ("/undo-toast/closing-forgets", test_closing_forgets);
  ADD ("/undo-toast/time-closes", test_time_closes);

#undef ADD

  return lb_window_test_run ();
}
