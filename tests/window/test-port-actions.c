/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "lb-undo.h"
#include "window/lb-export-dialog.h"
#include "window/lb-import-dialog.h"
#include "window/lb-port-actions.h"
#include "window/lb-window-fixture.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"

/* Two pools; the first has one backend, the second two and a line that cannot be taken over. */
#define POOLS "backend one\n server a 127.0.0.1:9001\n" \
              "backend two\n bind-process 1\n server a 127.0.0.1:9001 weight 3\n" \
              " server b 127.0.0.1:9002 backup\n"

typedef struct
{
  LbWindowFixture f;
  LbPortActions *actions; /* besides the window's own, to be called */
  char *path;
  char *problem;
} Fixture;

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
on_problem (Fixture *self,
            const char *message)
{
  g_free (self->problem);
  self->problem = g_strdup (message);
}

static void
set_up (Fixture *self,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (&self->f, user_data);
  lb_window_fixture_start (&self->f, 0, &error);
  g_assert_no_error (error);
  lb_window_fixture_open (&self->f);
  self->actions = lb_port_actions_new (GTK_APPLICATION_WINDOW (self->f.window), self->f.balancer,
                                       lb_template_child (self->f.window, "page"));
  g_signal_connect_swapped (self->actions, "problem", G_CALLBACK (on_problem), self);
  self->path = g_build_filename (self->f.directory, "file", NULL);
  settle ();
}

/* The actions must not keep it. */
static void
close_window (Fixture *self)
{
  if (self->f.window == NULL)
    return;

  g_object_add_weak_pointer (G_OBJECT (self->f.window), (gpointer *) &self->f.window);
  gtk_window_destroy (GTK_WINDOW (self->f.window));
  settle ();
  g_assert_null (self->f.window);
}

static gboolean
is_idle (gpointer user_data)
{
  return G_OBJECT (user_data)->ref_count == 1;
}

static void
tear_down (Fixture *self,
           gconstpointer user_data)
{
  close_window (self);
  /* A file may be there before they have heard that it is. */
  lb_wait_until (is_idle, self->actions);
  g_assert_finalize_object (self->actions);
  g_unlink (self->path);
  lb_window_fixture_tear_down (&self->f, user_data);
  g_free (self->path);
  g_free (self->problem);
}

static gboolean
has_problem (gpointer user_data)
{
  return ((Fixture *) user_data)->problem != NULL;
}

static gboolean
has_dialog (gpointer user_data)
{
  return lb_find_dialog (*(GType *) user_data) != NULL;
}

static gboolean
has_file (gpointer user_data)
{
  return g_file_test (((Fixture *) user_data)->path, G_FILE_TEST_EXISTS);
}

static void
add (Fixture *self,
     const char *url)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (self->f.balancer, url, FALSE, &error);
  g_assert_no_error (error);
  settle ();
}

static void
import (Fixture *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  lb_port_actions_import_file (self->actions, file);
}

static LbImportDialog *
import_text (Fixture *self,
             const char *text)
{
  GType type = LB_TYPE_IMPORT_DIALOG;

  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  import (self);
  lb_wait_until (has_dialog, &type);

  return lb_find_dialog (type);
}

static char *
get_text (gpointer dialog)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (lb_template_child (dialog, "text"));
  char *text;

  g_object_get (buffer, "text", &text, NULL);

  return text;
}

/* The button that Enter presses. */
static GtkWidget *
get_add (LbImportDialog *dialog)
{
  return gtk_window_get_default_widget (GTK_WINDOW (dialog));
}

static void
test_previews_and_adds_in_one_step (Fixture *self,
                                    gconstpointer data)
{
  g_autoptr (LbUndo) undo = lb_undo_new (self->f.balancer);
  LbImportDialog *dialog = import_text (self, POOLS);
  GtkDropDown *pools = lb_template_child (dialog, "pools");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gtk_widget_get_visible (lb_template_child (dialog, "choice")));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (pools)), ==, 2);
  g_assert_cmpstr (gtk_string_list_get_string (GTK_STRING_LIST (gtk_drop_down_get_model (pools)), 1),
                   ==, "two – 2 backends");

  gtk_drop_down_set_selected (pools, 1);
  text = get_text (dialog);
  g_assert_nonnull (strstr (text, "Will Be Added\n" URL_A));
  g_assert_nonnull (strstr (text, "weight 3"));
  g_assert_nonnull (strstr (text, "backup"));
  g_assert_nonnull (strstr (text, "bind-process"));
  g_assert_cmpuint (lb_pool_get_n_backends (self->f.pool), ==, 0);

  g_signal_emit_by_name (get_add (dialog), "clicked");
  settle ();
  g_assert_null (lb_find_dialog (LB_TYPE_IMPORT_DIALOG));
  g_assert_cmpuint (lb_pool_get_n_backends (self->f.pool), ==, 2);

  g_assert_true (lb_undo_undo (undo, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (lb_pool_get_n_backends (self->f.pool), ==, 0);
}

static void
test_follows_the_pool (Fixture *self,
                       gconstpointer data)
{
  LbImportDialog *dialog;
  g_autofree char *text = NULL;

  dialog = import_text (self, "backend one\n server a 127.0.0.1:9001\n");
  g_assert_false (gtk_widget_get_visible (lb_template_child (dialog, "choice")));
  g_assert_true (gtk_widget_get_sensitive (get_add (dialog)));

  add (self, URL_A);
  text = get_text (dialog);
  g_assert_nonnull (strstr (text, "There Already"));
  g_assert_false (gtk_widget_get_sensitive (get_add (dialog)));

  gtk_window_close (GTK_WINDOW (dialog));
  settle ();
}

static void
test_cancel_changes_nothing (Fixture *self,
                             gconstpointer data)
{
  LbImportDialog *dialog = import_text (self, POOLS);

  gtk_widget_activate_action (GTK_WIDGET (dialog), "window.close", NULL);
  settle ();
  g_assert_cmpuint (lb_pool_get_n_backends (self->f.pool), ==, 0);
}

/* The button has the focus at first, so that Enter adds. */
static void
test_needs_no_mouse (Fixture *self,
                     gconstpointer data)
{
  LbImportDialog *dialog = import_text (self, POOLS);

  g_assert_true (gtk_window_get_focus (GTK_WINDOW (dialog)) == get_add (dialog));
  for (guint i = 0; i < 6; i++)
    gtk_widget_child_focus (GTK_WIDGET (dialog), GTK_DIR_TAB_FORWARD);
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (dialog)));

  gtk_window_close (GTK_WINDOW (dialog));
  settle ();
}

static void
test_says_why_a_file_cannot_be_read (Fixture *self,
                                     gconstpointer data)
{
  import (self);
  lb_wait_until (has_problem, self);
  g_assert_true (g_str_has_prefix (self->problem, "Nothing was imported. "));
  g_assert_null (lb_find_dialog (LB_TYPE_IMPORT_DIALOG));

  g_clear_pointer (&self->problem, g_free);
  g_assert_true (g_file_set_contents (self->path, "Dear diary", -1, NULL));
  import (self);
  lb_wait_until (has_problem, self);
  g_assert_null (lb_find_dialog (LB_TYPE_IMPORT_DIALOG));
  g_assert_cmpuint (lb_pool_get_n_backends (self->f.pool), ==, 0);
}

static void
test_wants_a_file_on_this_computer (Fixture *self,
                                    gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_uri ("http://127.0.0.1:1/pool.json");

  lb_port_actions_import_file (self->actions, file);
  g_assert_cmpstr (self->problem, ==, "Nothing was imported. Choose a file on this computer.");
}

/* It may take longer than the window lives. */
static void
test_window_may_go_meanwhile (Fixture *self,
                              gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->path, POOLS, -1, NULL));
  import (self);
  close_window (self);

  while (G_OBJECT (self->actions)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (lb_find_dialog (LB_TYPE_IMPORT_DIALOG));
}

static void
test_tells_what_a_format_cannot_express (Fixture *self,
                                         gconstpointer data)
{
  LbExportDialog *dialog;
  g_autofree char *text = NULL;
  const LbExchangeFormat *nginx = lb_exchange_format_find ("nginx");

  add (self, URL_A);
  gtk_widget_activate_action (GTK_WIDGET (self->f.window), "win.export", NULL);
  dialog = lb_find_dialog (LB_TYPE_EXPORT_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_cmpstr (lb_export_dialog_get_format (dialog)->id, ==, "json");
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (dialog, "summary")), ==,
                   "Everything can be expressed in this format.");

  lb_export_dialog_set_format (dialog, nginx);
  text = get_text (dialog);
  g_assert_cmpstr (text, !=, "");
  g_assert_nonnull (lb_export_dialog_get_contents (dialog));

  gtk_window_close (GTK_WINDOW (dialog));
  settle ();
}

static void
test_saves_the_pool (Fixture *self,
                     gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GBytes) contents = g_bytes_new_static ("pool", 4);
  g_autofree char *saved = NULL;

  lb_port_actions_save_pool (self->actions, contents, file);
  lb_wait_until (has_file, self);
  g_assert_true (g_file_get_contents (self->path, &saved, NULL, NULL));
  g_assert_cmpstr (saved, ==, "pool");
}

static void
assert_saves (Fixture *self,
              LbSaveKind kind,
              guint format,
              const char *begin)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autofree char *saved = NULL;
  gsize length;

  g_unlink (self->path);
  lb_port_actions_save_as (self->actions, kind, lb_save_format_list (kind, format), file);
  lb_wait_until (has_file, self);
  g_assert_true (g_file_get_contents (self->path, &saved, &length, NULL));
  g_assert_cmpmem (saved, MIN (length, strlen (begin)), begin, strlen (begin));
}

static gboolean
has_shot (gpointer user_data)
{
  Fixture *self = user_data;
  LbChartShot *shot = lb_pool_page_shoot (lb_template_child (self->f.window, "page"));

  if (shot == NULL)
    return FALSE;

  lb_chart_shot_free (shot);
  return TRUE;
}

static void
test_saves_each_view (Fixture *self,
                      gconstpointer data)
{
  static const char *const views[] = { "response-times", "traffic", "history" };

  add (self, URL_A);
  add (self, URL_B);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (self->f.window), "win.view", "s", views[i]);
      lb_wait_until (has_shot, self);
      assert_saves (self, LB_SAVE_CHART, 0, "\x89PNG");
      assert_saves (self, LB_SAVE_CHART, 1, "<?xml");
      assert_saves (self, LB_SAVE_CHART, 2, "%PDF-");
    }
  assert_saves (self, LB_SAVE_FIGURES, 0, "# pxname,");
  assert_saves (self, LB_SAVE_FIGURES, 1, "{");
  g_assert_null (self->problem);
}

static void
test_says_why_a_file_cannot_be_saved (Fixture *self,
                                      gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->path, "none", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  add (self, URL_A);
  lb_port_actions_save_as (self->actions, LB_SAVE_FIGURES, NULL, file);
  lb_wait_until (has_problem, self);
  g_assert_true (g_str_has_prefix (self->problem, "The file could not be saved. "));
}

static void
test_needs_something_to_save (Fixture *self,
                              gconstpointer data)
{
  static const char *const names[] = { "export", "save-chart", "save-figures" };
  GActionGroup *actions = G_ACTION_GROUP (self->f.window);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_false (g_action_group_get_action_enabled (actions, names[i]));
  g_assert_true (g_action_group_get_action_enabled (actions, "import"));

  add (self, URL_A);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (g_action_group_get_action_enabled (actions, names[i]));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/port-actions/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("import/previews-and-adds-in-one-step", test_previews_and_adds_in_one_step);
  ADD ("import/follows-the-pool", test_follows_the_pool);
  ADD ("import/cancel-changes-nothing", test_cancel_changes_nothing);
  ADD ("import/needs-no-mouse", test_needs_no_mouse);
  ADD ("import/says-why-it-cannot-be-read", test_says_why_a_file_cannot_be_read);
  ADD ("import/wants-a-file-on-this-computer", test_wants_a_file_on_this_computer);
  ADD ("import/window-may-go-meanwhile", test_window_may_go_meanwhile);
  ADD ("export/tells-what-cannot-be-expressed", test_tells_what_a_format_cannot_express);
  ADD ("export/saves-the-pool", test_saves_the_pool);
  ADD ("save/each-view", test_saves_each_view);
  ADD ("save/says-why-it-cannot", test_says_why_a_file_cannot_be_saved);
  ADD ("save/needs-something", test_needs_something_to_save);
#undef ADD

  return lb_window_test_run ();
}
