/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-problem-bar.h"
#include "window/lb-window-fixture.h"

typedef struct
{
  LbProblemBar *problems;
  GtkInfoBar *bar;
  GtkLabel *message;
  GtkWidget *more;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  f->problems = g_object_ref_sink (LB_PROBLEM_BAR (lb_problem_bar_new ()));
  f->bar = lb_template_child (f->problems, "bar");
  f->message = lb_template_child (f->problems, "message");
  f->more = lb_template_child (f->problems, "more");
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_assert_finalize_object (f->problems);
}

static void
test_is_closed_at_first (Fixture *f,
                         gconstpointer user_data)
{
  g_assert_false (gtk_info_bar_get_revealed (f->bar));
}

static void
test_shows_one_after_the_other (Fixture *f,
                                gconstpointer user_data)
{
  lb_problem_bar_push (f->problems, "First.");
  g_assert_true (gtk_info_bar_get_revealed (f->bar));
  g_assert_cmpstr (gtk_label_get_label (f->message), ==, "First.");
  g_assert_false (gtk_widget_get_visible (f->more));

  lb_problem_bar_push (f->problems, "Second.");
  g_assert_cmpstr (gtk_label_get_label (f->message), ==, "First.");
  g_assert_true (gtk_widget_get_visible (f->more));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (f->more)), ==, "1 more message");

  gtk_info_bar_response (f->bar, GTK_RESPONSE_CLOSE);
  g_assert_true (gtk_info_bar_get_revealed (f->bar));
  g_assert_cmpstr (gtk_label_get_label (f->message), ==, "Second.");
  g_assert_false (gtk_widget_get_visible (f->more));

  gtk_info_bar_response (f->bar, GTK_RESPONSE_CLOSE);
  g_assert_false (gtk_info_bar_get_revealed (f->bar));
}

static void
test_keeps_the_same_message_once (Fixture *f,
                                  gconstpointer user_data)
{
  lb_problem_bar_push (f->problems, "First.");
  lb_problem_bar_push (f->problems, "First.");
  g_assert_false (gtk_widget_get_visible (f->more));

  /* Once it has been closed it may come again. */
  gtk_info_bar_response (f->bar, GTK_RESPONSE_CLOSE);
  lb_problem_bar_push (f->problems, "First.");
  g_assert_true (gtk_info_bar_get_revealed (f->bar));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

  ADD ("/problem-bar/is-closed-at-first", test_is_closed_at_first);
  ADD ("/problem-bar/shows-one-after-the-other", test_shows_one_after_the_other);
  ADD ("/problem-bar/keeps-the-same-message-once", test_keeps_the_same_message_once);

#undef ADD

  return lb_window_test_run ();
}
