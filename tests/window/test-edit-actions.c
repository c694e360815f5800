/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "window/lb-add-bar.h"
#include "window/lb-drop-zone.h"
#include "window/lb-import-dialog.h"
#include "window/lb-refusals-dialog.h"
#include "window/lb-window-fixture.h"

#define URL_A "http://127.0.0.1:9001"
#define URL_B "http://127.0.0.1:9002"
#define URL_C "http://127.0.0.1:9003"

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
set_up (LbWindowFixture *f,
        gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  lb_window_fixture_set_up (f, user_data);
  lb_window_fixture_start (f, 0, &error);
  g_assert_no_error (error);
  lb_window_fixture_open (f);
  settle ();
}

static void
add (LbWindowFixture *f,
     const char *url)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (f->balancer, url, FALSE, &error);
  g_assert_no_error (error);
  settle ();
}

static gboolean
activate_shortcut (GtkWidget *widget,
                   GtkShortcut *shortcut,
                   guint keyval,
                   GdkModifierType modifiers)
{
  GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

  return GTK_IS_KEYVAL_TRIGGER (trigger) &&
         gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == keyval &&
         gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers &&
         gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                       gtk_shortcut_get_arguments (shortcut));
}

static gboolean
press_on (GtkWidget *widget,
          guint keyval,
          GdkModifierType modifiers,
          gboolean capture)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller) ||
          (gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE) != capture)
        continue;

      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);

          if (activate_shortcut (widget, shortcut, keyval, modifiers))
            return TRUE;
        }
    }

  return FALSE;
}

/* Does what a key does, without a window manager to make the window active: the window may capture it,
 * then whoever has the focus takes it, or what is around. Returns: whether anybody did */
static gboolean
press (LbWindowFixture *f,
       guint keyval,
       GdkModifierType modifiers)
{
  GtkWidget *window = GTK_WIDGET (f->window);
  GtkWidget *widget = gtk_window_get_focus (GTK_WINDOW (window));
  gboolean taken = press_on (window, keyval, modifiers, TRUE);

  for (widget = widget != NULL ? widget : window; widget != NULL && !taken;
       widget = gtk_widget_get_parent (widget))
    taken = press_on (widget, keyval, modifiers, FALSE);
  settle ();

  return taken;
}

#define UNDO GDK_KEY_z, GDK_CONTROL_MASK
#define REDO GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK
#define PASTE GDK_KEY_v, GDK_CONTROL_MASK

static gboolean
is_enabled (LbWindowFixture *f,
            const char *name)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (f->window), name);
}

static guint
count (LbWindowFixture *f)
{
  return lb_pool_get_n_backends (f->pool);
}

static GtkEditable *
get_entry (LbWindowFixture *f)
{
  return lb_template_child (lb_template_child (f->window, "add_bar"), "entry");
}

static void
assert_menu (LbWindowFixture *f,
             const char *undo,
             const char *redo)
{
  GMenuModel *menu =
    G_MENU_MODEL (gtk_widget_get_template_child (GTK_WIDGET (f->window), LB_TYPE_WINDOW,
                                                 "undo_menu"));
  const char *labels[] = { undo, redo };

  g_assert_cmpint (g_menu_model_get_n_items (menu), ==, 2);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *label = NULL;

      g_assert_true (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label));
      g_assert_cmpstr (label, ==, labels[i]);
    }
}

static void
test_menu_names_the_step (LbWindowFixture *f,
                          gconstpointer user_data)
{
  assert_menu (f, "_Undo", "_Redo");
  g_assert_false (is_enabled (f, "undo"));
  g_assert_false (is_enabled (f, "redo"));

  add (f, "http://127.0.0.1:9001/a_b");
  assert_menu (f, "_Undo Add http://127.0.0.1:9001/a__b", "_Redo");
  g_assert_true (is_enabled (f, "undo"));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-policy", "s", "source-hash");
  settle ();
  assert_menu (f, "_Undo Change Policy", "_Redo");

  g_assert_true (press (f, UNDO));
  assert_menu (f, "_Undo Add http://127.0.0.1:9001/a__b", "_Redo Change Policy");
  g_assert_cmpstr (lb_balancer_get_policy (f->balancer), ==, "random");
  g_assert_true (press (f, UNDO));
  g_assert_cmpuint (count (f), ==, 0);
  g_assert_false (is_enabled (f, "undo"));
  g_assert_true (is_enabled (f, "redo"));

  g_assert_true (press (f, REDO));
  g_assert_true (press (f, REDO));
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_cmpstr (lb_balancer_get_policy (f->balancer), ==, "source-hash");
}

static void
test_text_keeps_its_own_undo (LbWindowFixture *f,
                              gconstpointer user_data)
{
  add (f, URL_A);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL);
  gtk_editable_insert_text (get_entry (f), "http", 4, &(int){ 0 });

  press (f, UNDO);
  press (f, UNDO);
  press (f, UNDO);
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_cmpstr (gtk_editable_get_text (get_entry (f)), ==, "");
}

/* With the cursor in the entry, which is ready for the next one. */
static void
test_undo_right_after_adding (LbWindowFixture *f,
                              gconstpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL);
  gtk_editable_set_text (get_entry (f), URL_A);
  g_signal_emit_by_name (get_entry (f), "activate");
  settle ();
  g_assert_cmpuint (count (f), ==, 1);

  press (f, UNDO);
  g_assert_cmpuint (count (f), ==, 0);
  press (f, REDO);
  g_assert_cmpuint (count (f), ==, 1);
}

static void
paste (LbWindowFixture *f,
       const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (f->window)), text);
  gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
  g_assert_true (press (f, PASTE));
}

static gboolean
has_backends (gpointer user_data)
{
  return count (user_data) > 0;
}

static void
test_paste_adds_all_at_once (LbWindowFixture *f,
                             gconstpointer user_data)
{
  paste (f, "# mine\n" URL_A "  \n\n" URL_B " # other\n" URL_A "\n" URL_C "\n");
  lb_wait_until (has_backends, f);
  settle ();

  g_assert_cmpuint (count (f), ==, 3);
  assert_menu (f, "_Undo Add 3 Backends", "_Redo");
  g_assert_null (lb_find_dialog (LB_TYPE_REFUSALS_DIALOG));

  press (f, UNDO);
  g_assert_cmpuint (count (f), ==, 0);
}

static gboolean
dialog_is_open (gpointer user_data)
{
  return lb_find_dialog (LB_TYPE_REFUSALS_DIALOG) != NULL;
}

static void
test_paste_names_what_is_refused (LbWindowFixture *f,
                                  gconstpointer user_data)
{
  GtkWidget *dialog;
  GtkTextBuffer *buffer;
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *text = NULL;

  add (f, URL_A);
  paste (f, URL_A "\nftp://127.0.0.1/\n" URL_B);
  lb_wait_until (dialog_is_open, f);
  dialog = lb_find_dialog (LB_TYPE_REFUSALS_DIALOG);

  g_assert_cmpuint (count (f), ==, 2);
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (dialog, "heading")), ==,
                   "2 URLs Were Not Added");
  g_assert_cmpstr (gtk_label_get_label (lb_template_child (dialog, "added")), ==,
                   "1 backend was added.");
  buffer = gtk_text_view_get_buffer (lb_template_child (dialog, "list"));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_assert_true (g_str_has_prefix (text, URL_A "\n" URL_A " is in the pool already."));
  g_assert_nonnull (strstr (text, "\nftp://127.0.0.1/\n"));

  gtk_window_close (GTK_WINDOW (dialog));
  settle ();
}

static gboolean
entry_has_text (gpointer user_data)
{
  return *gtk_editable_get_text (get_entry (user_data)) != '\0';
}

static void
test_paste_of_one_is_corrected (LbWindowFixture *f,
                                gconstpointer user_data)
{
  GtkWidget *bar = lb_template_child (f->window, "add_bar");

  paste (f, " localhost:8001\n");
  lb_wait_until (entry_has_text, f);

  g_assert_cmpuint (count (f), ==, 0);
  g_assert_cmpstr (gtk_editable_get_text (get_entry (f)), ==, "localhost:8001");
  g_assert_true (gtk_revealer_get_reveal_child (lb_template_child (bar, "revealer")));
  g_assert_true (gtk_revealer_get_reveal_child (lb_template_child (bar, "refusal_revealer")));
}

static gboolean
problem_is_shown (gpointer user_data)
{
  LbWindowFixture *f = user_data;

  return gtk_info_bar_get_revealed (lb_template_child (lb_template_child (f->window, "problem_bar"),
                                                       "bar"));
}

static void
test_paste_of_prose_is_told (LbWindowFixture *f,
                             gconstpointer user_data)
{
  paste (f, "Once upon a time\nthere was no URL.\n");
  lb_wait_until (problem_is_shown, f);
  g_assert_null (lb_find_dialog (LB_TYPE_REFUSALS_DIALOG));
}

static void
test_paste_of_a_picture_is_told (LbWindowFixture *f,
                                 gconstpointer user_data)
{
  gdk_clipboard_set (gtk_widget_get_clipboard (GTK_WIDGET (f->window)), G_TYPE_INT, 1);
  gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
  g_assert_true (press (f, PASTE));
  lb_wait_until (problem_is_shown, f);
}

/* The entry takes it. */
static void
test_paste_into_the_entry (LbWindowFixture *f,
                           gconstpointer user_data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (f->window)), URL_A);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL);
  g_assert_true (press (f, PASTE));
  lb_wait_until (entry_has_text, f);
  settle ();

  g_assert_cmpuint (count (f), ==, 0);
}

/* The drop target of the zone, which is all over the window below the header bar. */
static GtkDropTarget *
find_drop_target (LbWindowFixture *f,
                  GtkWidget **zone)
{
  g_autoptr (GListModel) controllers = NULL;

  *zone = lb_find_descendant (f->window, LB_TYPE_DROP_ZONE);
  controllers = gtk_widget_observe_controllers (gtk_widget_get_parent (*zone));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      /* The widget has it as well. */
      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }

  g_error ("no drop target");
}

static void
test_drop_shows_where (LbWindowFixture *f,
                       gconstpointer user_data)
{
  GtkWidget *zone;
  GtkDropTarget *target = find_drop_target (f, &zone);
  GtkRevealer *revealer = lb_template_child (zone, "revealer");
  GdkDragAction action = 0;

  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  g_signal_emit_by_name (target, "enter", 10.0, 10.0, &action);
  g_assert_cmpint (action, ==, GDK_ACTION_COPY);
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  g_signal_emit_by_name (target, "leave");
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
}

static void
test_drop_of_a_text (LbWindowFixture *f,
                     gconstpointer user_data)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GtkWidget *zone;
  GtkDropTarget *target = find_drop_target (f, &zone);
  GdkDragAction action = 0;
  gboolean taken = FALSE;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, URL_A "\n" URL_B);
  g_signal_emit_by_name (target, "enter", 10.0, 10.0, &action);
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  settle ();

  g_assert_true (taken);
  g_assert_cmpuint (count (f), ==, 2);
  g_assert_false (gtk_revealer_get_reveal_child (lb_template_child (zone, "revealer")));
  press (f, UNDO);
  g_assert_cmpuint (count (f), ==, 0);
}

static void
test_drop_of_links (LbWindowFixture *f,
                    gconstpointer user_data)
{
  g_autoptr (GFile) a = g_file_new_for_uri (URL_A);
  g_autoptr (GFile) b = g_file_new_for_uri (URL_B "/path");
  GFile *files[] = { a, b };
  g_auto (GValue) value = G_VALUE_INIT;
  GtkWidget *zone;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, 2));
  g_signal_emit_by_name (find_drop_target (f, &zone), "drop", &value, 10.0, 10.0, &taken);
  settle ();

  g_assert_true (taken);
  g_assert_cmpuint (count (f), ==, 2);
  g_assert_cmpstr (lb_backend_get_url (lb_pool_get_backend (f->pool, 1)), ==, URL_B "/path");
}

static gboolean
drop_file (LbWindowFixture *f,
           GFile **files,
           gsize n_files)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GtkWidget *zone;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, n_files));
  g_signal_emit_by_name (find_drop_target (f, &zone), "drop", &value, 10.0, 10.0, &taken);

  return taken;
}

static gboolean
has_import (gpointer user_data)
{
  return lb_find_dialog (LB_TYPE_IMPORT_DIALOG) != NULL;
}

static gboolean
has_no_import (gpointer user_data)
{
  return !has_import (user_data);
}

/* A file manager drags a file, or its name as a text. */
static void
test_drop_of_a_file (LbWindowFixture *f,
                     gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (f->directory, "a pool.json", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *line = g_strdup_printf ("%s\r\n", uri);
  const char *texts[] = { NULL, uri, line, path };
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "[\"" URL_A "\"]", -1, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (texts[i] == NULL)
        g_assert_true (drop_file (f, &file, 1));
      else
        gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-urls", "s", texts[i]);

      lb_wait_until (has_import, NULL);
      g_assert_cmpuint (count (f), ==, 0);
      gtk_window_close (lb_find_dialog (LB_TYPE_IMPORT_DIALOG));
      lb_wait_until (has_no_import, NULL);
    }

  g_unlink (path);
}

static void
test_drop_of_files_is_told (LbWindowFixture *f,
                            gconstpointer user_data)
{
  g_autoptr (GFile) a = g_file_new_for_path ("/nowhere/a.cfg");
  g_autoptr (GFile) b = g_file_new_for_path ("/nowhere/b.cfg");
  GFile *files[] = { a, b };

  g_assert_true (drop_file (f, files, 2));
  settle ();
  g_assert_true (problem_is_shown (f));
  g_assert_cmpuint (count (f), ==, 0);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add ("/edit-actions/" path, LbWindowFixture, NULL, set_up, test, lb_window_fixture_tear_down)

  ADD ("undo/menu-names-the-step", test_menu_names_the_step);
  ADD ("undo/text-keeps-its-own", test_text_keeps_its_own_undo);
  ADD ("undo/right-after-adding", test_undo_right_after_adding);
  ADD ("paste/adds-all-at-once", test_paste_adds_all_at_once);
  ADD ("paste/names-what-is-refused", test_paste_names_what_is_refused);
  ADD ("paste/of-one-is-corrected", test_paste_of_one_is_corrected);
  ADD ("paste/of-prose-is-told", test_paste_of_prose_is_told);
  ADD ("paste/of-a-picture-is-told", test_paste_of_a_picture_is_told);
  ADD ("paste/into-the-entry", test_paste_into_the_entry);
  ADD ("drop/shows-where", test_drop_shows_where);
  ADD ("drop/of-a-text", test_drop_of_a_text);
  ADD ("drop/of-links", test_drop_of_links);
  ADD ("drop/of-a-file", test_drop_of_a_file);
  ADD ("drop/of-files-is-told", test_drop_of_files_is_told);

#undef ADD

  return lb_window_test_run ();
}
