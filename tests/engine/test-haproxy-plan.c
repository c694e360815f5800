/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-plan.h"
#include "haproxy-answers.h"

static void
free_wanted (gpointer wanted)
{
  lb_haproxy_wanted_free (wanted);
}

/* The servers of the answer as they are. */
static GPtrArray *
make_wanted (void)
{
  GPtrArray *wanted = g_ptr_array_new_with_free_func (free_wanted);

  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("127.0.0.1:1", "127.0.0.1:1", 1, LB_STATE_READY));
  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("b", "127.0.0.1:2", 9, LB_STATE_MAINT));
  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("c", "127.0.0.1:3", 5, LB_STATE_DRAIN));
  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("d", "127.0.0.1:4", 3, LB_STATE_READY));

  return wanted;
}

static LbHaproxyWanted *
get (GPtrArray *wanted,
     guint i)
{
  return g_ptr_array_index (wanted, i);
}

static GHashTable *
make_done (GPtrArray *wanted)
{
  GHashTable *done = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_wanted);

  for (guint i = 0; i < wanted->len; i++)
    {
      LbHaproxyWanted *copy = lb_haproxy_wanted_copy (get (wanted, i));

      g_hash_table_insert (done, copy->name, copy);
    }

  return done;
}

static LbHaproxyPlan *
plan (GPtrArray *wanted,
      GHashTable *done)
{
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (ANSWER, NULL);

  return lb_haproxy_plan_new ("p", wanted, done, report);
}

static void
assert_commands (const LbHaproxyPlan *plan,
                 const char *expected)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  for (guint i = 0; i < plan->commands->len; i++)
    g_string_append_printf (commands, "%s%s", i > 0 ? ";" : "",
                            (const char *) g_ptr_array_index (plan->commands, i));

  g_assert_cmpstr (commands->str, ==, expected);
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (GHashTable) done = make_done (wanted);
  g_autoptr (LbHaproxyPlan) first = plan (wanted, NULL);
  g_autoptr (LbHaproxyPlan) second = plan (wanted, done);

  assert_commands (first, "");
  assert_commands (second, "");
  g_assert_cmpuint (second->foreign->len, ==, 0);
}

static void
test_adds (void)
{
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (LbHaproxyPlan) made = NULL;

  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("e", "1.2.3.4:5 check", 2, LB_STATE_READY));
  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("f", "1.2.3.4:6", 1, LB_STATE_DRAIN));
  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("g", "1.2.3.4:7", 1, LB_STATE_MAINT));
  made = plan (wanted, NULL);
  assert_commands (made, "add server p/e 1.2.3.4:5 check weight 2;enable health p/e;"
                         "add server p/f 1.2.3.4:6 weight 1;enable health p/f;"
                         "add server p/g 1.2.3.4:7 weight 1;enable health p/g;"
                         "enable dynamic-cookie backend p;"
                         "set server p/e state ready;set server p/f state drain");
}

static void
test_removes (void)
{
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (LbHaproxyPlan) made = NULL;

  g_ptr_array_remove_index (wanted, 3);
  g_ptr_array_remove_index (wanted, 1); /* which is in maintenance already */
  made = plan (wanted, NULL);
  assert_commands (made, "del server p/b;set server p/d state maint;del server p/d");
}

static void
test_changes (void)
{
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (GHashTable) done = make_done (wanted);
  g_autoptr (LbHaproxyPlan) made = NULL;

  get (wanted, 0)->state = LB_STATE_DRAIN;
  get (wanted, 0)->weight = 100;
  get (wanted, 1)->state = LB_STATE_READY;
  get (wanted, 2)->state = LB_STATE_READY;
  get (wanted, 3)->weight = 256;
  made = plan (wanted, done);
  assert_commands (made, "set server p/127.0.0.1:1 state drain;set server p/127.0.0.1:1 weight 100;"
                         "set server p/b state ready;set server p/c state ready;"
                         "set server p/d weight 256");
  g_assert_cmpuint (made->foreign->len, ==, 0);
}

/* What we have made so and is otherwise now, somebody else has changed. */
static void
test_foreign (void)
{
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (GHashTable) done = NULL;
  g_autoptr (LbHaproxyPlan) made = NULL;
  const LbHaproxyForeign *foreign;

  get (wanted, 1)->state = LB_STATE_READY;
  get (wanted, 3)->weight = 30;
  done = make_done (wanted);
  made = plan (wanted, done);
  assert_commands (made, "");
  g_assert_cmpuint (made->foreign->len, ==, 2);
  foreign = g_ptr_array_index (made->foreign, 0);
  g_assert_cmpstr (foreign->name, ==, "b");
  g_assert_cmpint (foreign->state, ==, LB_STATE_MAINT);
  foreign = g_ptr_array_index (made->foreign, 1);
  g_assert_cmpstr (foreign->name, ==, "d");
  g_assert_cmpuint (foreign->weight, ==, 3);
  g_clear_pointer (&made, lb_haproxy_plan_free);

  /* A newer wish of ours goes before. */
  get (wanted, 3)->weight = 31;
  made = plan (wanted, done);
  assert_commands (made, "set server p/d weight 31");
}

static void
test_other_words (void)
{
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (GHashTable) done = make_done (wanted);
  g_autoptr (LbHaproxyPlan) made = NULL;

  g_free (get (wanted, 3)->words);
  get (wanted, 3)->words = g_strdup ("127.0.0.1:4 ssl");
  made = plan (wanted, done);
  assert_commands (made, "set server p/d state maint;del server p/d");
}

/* Who is there keeps its words, and what is wanted of it otherwise holds. */
static void
test_adapts (void)
{
  g_autoptr (GPtrArray) before = make_wanted ();
  g_autoptr (GPtrArray) wanted = make_wanted ();
  g_autoptr (GPtrArray) same = NULL;
  g_autoptr (GPtrArray) adapted = NULL;
  LbHaproxyWanted *first = g_ptr_array_index (wanted, 0);
  gboolean all;

  same = lb_haproxy_wanted_adapt (wanted, before, &all);
  g_assert_true (all);
  g_assert_cmpuint (same->len, ==, wanted->len);

  g_free (first->words);
  first->words = g_strdup ("h:1 check maxconn 5");
  first->weight = 99;
  g_ptr_array_remove_index (wanted, 1);
  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("new", "1.2.3.4:9 maxconn 5", 1, LB_STATE_DRAIN));
  adapted = lb_haproxy_wanted_adapt (wanted, before, &all);
  g_assert_false (all);
  g_assert_cmpuint (adapted->len, ==, wanted->len);
  first = g_ptr_array_index (adapted, 0);
  g_assert_cmpstr (first->words, ==, ((LbHaproxyWanted *) g_ptr_array_index (before, 0))->words);
  g_assert_cmpuint (first->weight, ==, 99);
  g_assert_true (lb_haproxy_wanted_equal (g_ptr_array_index (adapted, adapted->len - 1),
                                          g_ptr_array_index (wanted, wanted->len - 1)));
  g_clear_pointer (&adapted, g_ptr_array_unref);

  adapted = lb_haproxy_wanted_adapt (wanted, NULL, &all);
  g_assert_true (all);
  g_assert_true (lb_haproxy_wanted_equal (g_ptr_array_index (adapted, 0), g_ptr_array_index (wanted, 0)));
}

/* Who has a name has an address in a file only. */
static void
test_names (void)
{
  static const struct
  {
    const char *words;
    gboolean by_name;
  } cases[] = {
    { "127.0.0.1:1 check", FALSE }, { "[::1]:1", FALSE }, { "localhost:1 check", TRUE }, { "a.example:80", TRUE },
  };
  g_autoptr (GPtrArray) before = lb_haproxy_wanted_new_list ();
  g_autoptr (GPtrArray) wanted = lb_haproxy_wanted_new_list ();
  g_autoptr (GPtrArray) adapted = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (LbHaproxyReport) none = lb_haproxy_report_new ();
  g_autoptr (LbHaproxyPlan) made = NULL;
  gboolean same;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LbHaproxyWanted *each = lb_haproxy_wanted_new ((char[]){ (char) ('a' + (char) i), 0 }, cases[i].words, 1,
                                                     LB_STATE_MAINT);

      g_assert_cmpint (lb_haproxy_wanted_is_by_name (each), ==, cases[i].by_name);
      g_ptr_array_add (wanted, each);
    }

  /* Another HAProxy begins with it, and until then it is wanted of nobody. */
  first = lb_haproxy_wanted_adapt (wanted, NULL, &same);
  g_assert_true (same);
  g_assert_cmpuint (first->len, ==, 4);
  g_ptr_array_add (before, lb_haproxy_wanted_copy (get (wanted, 2)));
  adapted = lb_haproxy_wanted_adapt (wanted, before, &same);
  g_assert_false (same);
  g_assert_cmpuint (adapted->len, ==, 3);
  g_assert_cmpstr (get (adapted, 2)->name, ==, "c");

  made = lb_haproxy_plan_new ("p", wanted, NULL, none);
  g_assert_cmpuint (made->n_by_name, ==, 2);
  for (guint i = 0; i < made->commands->len; i++)
    g_assert_null (strstr (g_ptr_array_index (made->commands, i), "p/c"));
}

/* Whatever all of them have otherwise, some go on. */
static void
test_half_at_a_time (void)
{
  static const char *const waves[] = { "a,b,c,d", "c,d", "" };
  g_autoptr (GPtrArray) wanted = lb_haproxy_wanted_new_list ();
  g_autoptr (GHashTable) done = NULL;
  guint n_removed[3] = { 0 };

  for (char name = 'a'; name <= 'd'; name++)
    g_ptr_array_add (wanted, lb_haproxy_wanted_new ((char[]){ name, 0 }, "1.2.3.4:1", 1, LB_STATE_READY));
  done = make_done (wanted);
  for (guint i = 0; i < wanted->len; i++)
    {
      g_free (get (wanted, i)->words);
      get (wanted, i)->words = g_strdup ("1.2.3.4:1 check");
    }

  for (guint wave = 0; wave < G_N_ELEMENTS (waves); wave++)
    {
      g_auto (GStrv) names = g_strsplit (waves[wave], ",", -1);
      g_autoptr (GString) answer = g_string_new ("# srv_name srv_admin_state srv_uweight\n");
      g_autoptr (LbHaproxyReport) report = NULL;
      g_autoptr (LbHaproxyPlan) made = NULL;

      for (guint i = 0; names[i] != NULL; i++)
        g_string_append_printf (answer, "%s 0 1\n", names[i]);
      g_string_append (answer, "\n# svname\n");
      report = lb_haproxy_report_parse (answer->str, NULL);
      made = lb_haproxy_plan_new ("p", wanted, done, report);
      for (guint i = 0; i < made->commands->len; i++)
        n_removed[wave] += g_str_has_prefix (g_ptr_array_index (made->commands, i), "del ");
    }

  g_assert_cmpuint (n_removed[0], ==, 2);
  g_assert_cmpuint (n_removed[1], ==, 0);
  g_assert_cmpuint (n_removed[2], ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-plan/nothing", test_nothing);
  g_test_add_func ("/haproxy-plan/adds", test_adds);
  g_test_add_func ("/haproxy-plan/removes", test_removes);
  g_test_add_func ("/haproxy-plan/changes", test_changes);
  g_test_add_func ("/haproxy-plan/foreign", test_foreign);
  g_test_add_func ("/haproxy-plan/other-words", test_other_words);
  g_test_add_func ("/haproxy-plan/adapts", test_adapts);
  g_test_add_func ("/haproxy-plan/names", test_names);
  g_test_add_func ("/haproxy-plan/half-at-a-time", test_half_at_a_time);

  return g_test_run ();
}
