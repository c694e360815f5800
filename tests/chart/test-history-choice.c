/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/lb-history-choice.h"
#include "pool/history-fixture.h"

#define END HISTORY_FIXTURE_END

/* What each backend takes, in milliseconds. */
static void
use_table (LbHistorySample *sample,
           guint backend,
           gint64 second,
           gpointer user_data)
{
  const guint *table = user_data;

  sample->response_us = (table[backend] * 1000) & LB_HISTORY_NO_RESPONSE;
}

static void
update (LbHistoryChoice *choice,
        guint n_backends,
        guint *table,
        const char *selected)
{
  g_autoptr (LbHistorySlice) slice = NULL;
  g_autoptr (LbHistoryDigest) digest = NULL;

  slice = history_fixture_new_slice (n_backends, 10, table != NULL ? use_table : NULL, table);
  digest = lb_history_digest_new (slice, 1, END - 9, 10);
  lb_history_choice_update (choice, digest, selected);
}

static gboolean
has (const LbHistoryChoice *choice,
     guint backend)
{
  return lb_history_choice_find (choice, backend) != LB_HISTORY_NOBODY;
}

static void
test_few_have_all_a_line (void)
{
  LbHistoryChoice choice;

  lb_history_choice_init (&choice);
  update (&choice, 8, NULL, NULL);
  g_assert_cmpuint (choice.n_chosen, ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (lb_history_choice_find (&choice, i), ==, i);

  lb_history_choice_clear (&choice);
  g_assert_false (has (&choice, 0));
}

static void
test_of_many_the_slowest (void)
{
  guint table[] = { 10, 10, 90, 10, 80, 10, 10, 70, 60, 10, 10, 50 };
  LbHistoryChoice choice;

  lb_history_choice_init (&choice);
  update (&choice, 12, table, NULL);
  g_assert_cmpuint (choice.n_chosen, ==, LB_HISTORY_N_SLOWEST);
  g_assert_true (has (&choice, 2));
  g_assert_true (has (&choice, 4));
  g_assert_true (has (&choice, 7));
  g_assert_true (has (&choice, 8));
  lb_history_choice_clear (&choice);
}

static void
test_the_selected_one_in_any_case (void)
{
  guint table[] = { 10, 10, 90, 10, 80, 10, 10, 70, 60, 10, 10, 50 };
  LbHistoryChoice choice;

  lb_history_choice_init (&choice);
  update (&choice, 12, table, "http://127.0.0.1:9001");
  g_assert_cmpuint (choice.n_chosen, ==, LB_HISTORY_N_SLOWEST + 1);
  g_assert_true (has (&choice, 0));

  update (&choice, 12, table, "http://127.0.0.1:9003");
  g_assert_cmpuint (choice.n_chosen, ==, LB_HISTORY_N_SLOWEST);
  g_assert_false (has (&choice, 0));
  lb_history_choice_clear (&choice);
}

static void
test_colours_stay (void)
{
  guint before[] = { 10, 10, 90, 10, 80, 10, 10, 70, 60, 10, 10, 50 };
  guint after[] = { 10, 95, 90, 10, 80, 10, 10, 70, 20, 10, 10, 50 };
  LbHistoryChoice choice;
  guint series;

  lb_history_choice_init (&choice);
  update (&choice, 12, before, NULL);
  series = lb_history_choice_find (&choice, 7);

  update (&choice, 12, after, NULL);
  g_assert_cmpuint (lb_history_choice_find (&choice, 7), ==, series);
  g_assert_true (has (&choice, 1));
  g_assert_false (has (&choice, 8));
  lb_history_choice_clear (&choice);
}

static void
test_a_little_slower_is_not_enough (void)
{
  guint before[] = { 10, 10, 90, 10, 80, 10, 10, 70, 60, 10, 10, 50 };
  guint little[] = { 10, 10, 90, 10, 80, 10, 10, 70, 60, 10, 10, 70 };
  guint clearly[] = { 10, 10, 90, 10, 80, 10, 10, 70, 60, 10, 10, 80 };
  LbHistoryChoice choice;

  lb_history_choice_init (&choice);
  update (&choice, 12, before, NULL);
  update (&choice, 12, little, NULL);
  g_assert_true (has (&choice, 8));
  g_assert_false (has (&choice, 11));
  update (&choice, 12, clearly, NULL);
  g_assert_false (has (&choice, 8));
  g_assert_true (has (&choice, 11));
  lb_history_choice_clear (&choice);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/history-choice/few-have-all-a-line", test_few_have_all_a_line);
  g_test_add_func ("/chart/history-choice/of-many-the-slowest", test_of_many_the_slowest);
  g_test_add_func ("/chart/history-choice/the-selected-one-in-any-case",
                   test_the_selected_one_in_any_case);
  g_test_add_func ("/chart/history-choice/colours-stay", test_colours_stay);
  g_test_add_func ("/chart/history-choice/a-little-slower-is-not-enough",
                   test_a_little_slower_is_not_enough);

  return g_test_run ();
}
