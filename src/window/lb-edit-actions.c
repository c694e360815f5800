/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-edit-actions.h"

#include <glib/gi18n-lib.h>

#include "lb-url-list.h"
#include "window/lb-add-bar.h"
#include "window/lb-refusals-dialog.h"

/**
 * LbEditActions:
 *
 * The window's actions of an Edit menu: `undo` and `redo`, with the section of the menu that says what each
 * of them would do; `paste`, which adds the URLs on the clipboard, and `add-urls`, which adds those in a
 * text, such as one that was dropped. The name of a file instead of a URL, as file managers put it on
 * the clipboard, goes to `win.import-file`.
 *
 * [class@Window] makes one, and keeps it as long as it lives; with it lives the [class@Undo], which
 * remembers all that is done to the balancer. What is added at once is undone at once. Of several URLs
 * that are refused a dialog tells why, of a single one the window, which lets the person correct it.
 */
struct _LbEditActions
{
  GObject parent_instance;

  GtkApplicationWindow *window; /* weak: whose actions they are */
  LbBalancer *balancer;
  LbUndo *undo;
  GMenu *menu;
};

enum
{
  PROBLEM,
  REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbEditActions, lb_edit_actions, G_TYPE_OBJECT)

static void
lb_edit_actions_undo (GSimpleAction *action G_GNUC_UNUSED,
                      GVariant *parameter G_GNUC_UNUSED,
                      gpointer user_data)
{
  LbEditActions *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!lb_undo_undo (self->undo, &error))
    g_signal_emit (self, signals[PROBLEM], 0, error->message);
}

static void
lb_edit_actions_redo (GSimpleAction *action G_GNUC_UNUSED,
                      GVariant *parameter G_GNUC_UNUSED,
                      gpointer user_data)
{
  LbEditActions *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!lb_undo_redo (self->undo, &error))
    g_signal_emit (self, signals[PROBLEM], 0, error->message);
}

/* Whether there is a URL in any of @texts, good or bad. */
static gboolean
any_has_scheme (char **texts)
{
  for (guint i = 0; texts[i] != NULL; i++)
    if (strstr (texts[i], "://") != NULL)
      return TRUE;

  return FALSE;
}

/* Returns: (transfer full) (nullable): the file that @line names */
static GFile *
find_file (const char *line)
{
  if (g_ascii_strncasecmp (line, "file:", strlen ("file:")) == 0)
    return g_file_new_for_uri (line);
  if (g_path_is_absolute (line))
    return g_file_new_for_path (line);

  return NULL;
}

/* Returns: whether @text is nothing but names of files, one on each line */
static gboolean
lb_edit_actions_import_text (LbEditActions *self,
                             const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  g_autoptr (GFile) file = NULL;
  guint n_files = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      {
        g_clear_object (&file);
        file = find_file (lines[i]);
        if (file == NULL)
          return FALSE;
        n_files++;
      }

  if (n_files == 0)
    return FALSE;

  if (n_files == 1)
    {
      g_autofree char *uri = g_file_get_uri (file);

      gtk_widget_activate_action (GTK_WIDGET (self->window), "win.import-file", "s", uri);
    }
  else
    {
      g_signal_emit (self, signals[PROBLEM], 0, _ ("Only one file can be imported at a time."));
    }

  return TRUE;
}

static void
lb_edit_actions_add_text (LbEditActions *self,
                          const char *text)
{
  g_auto (GStrv) urls = lb_url_list_split (text);
  const guint n_urls = g_strv_length (urls);
  g_autoptr (GPtrArray) refusals = NULL;

  if (lb_edit_actions_import_text (self, text))
    return;

  /* A page of prose would be refused line by line. */
  if (n_urls == 0 || (n_urls > 1 && !any_has_scheme (urls)))
    {
      g_signal_emit (self, signals[PROBLEM], 0,
                     _ ("There is no URL in that text. A backend’s URL begins with http:// or "
                        "https://."));
      return;
    }

  refusals = lb_url_list_add ((const char *const *) urls, self->balancer);
  if (refusals->len == 0)
    return;

  if (n_urls == 1)
    g_signal_emit (self, signals[REFUSED], 0, urls[0]);
  else
    gtk_window_present (GTK_WINDOW (
      lb_refusals_dialog_new (GTK_WINDOW (self->window), refusals, n_urls - refusals->len)));
}

static void
lb_edit_actions_add_urls (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant *parameter,
                          gpointer user_data)
{
  lb_edit_actions_add_text (user_data, g_variant_get_string (parameter, NULL));
}

static void
lb_edit_actions_on_pasted (GObject *source,
                           GAsyncResult *result,
                           gpointer user_data)
{
  g_autoptr (LbEditActions) self = user_data;
  g_autofree char *text = NULL;

  text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  /* The window may have gone meanwhile. */
  if (self->window == NULL)
    return;

  if (text != NULL)
    lb_edit_actions_add_text (self, text);
  else
    g_signal_emit (self, signals[PROBLEM], 0, _ ("There is no text on the clipboard."));
}

static void
lb_edit_actions_paste (GSimpleAction *action G_GNUC_UNUSED,
                       GVariant *parameter G_GNUC_UNUSED,
                       gpointer user_data)
{
  LbEditActions *self = user_data;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self->window)), NULL,
                                 lb_edit_actions_on_pasted, g_object_ref (self));
}

static const GActionEntry actions[] = {
  { "undo", lb_edit_actions_undo },
  { "redo", lb_edit_actions_redo },
  { "paste", lb_edit_actions_paste },
  { "add-urls", lb_edit_actions_add_urls, "s" },
};

/*
 * Whether Ctrl+Z is the window's, although the focus is at @focus. Text that is typed has an undo of its
 * own, and one Ctrl+Z too many there must not reach the pool. Where a backend was just added, and nothing
 * is typed yet, adding it is what a person wants to undo.
 */
static gboolean
focus_lets_go (GtkWidget *focus)
{
  GtkWidget *bar;

  if (focus == NULL || (!GTK_IS_EDITABLE (focus) && !GTK_IS_TEXT_VIEW (focus)))
    return TRUE;

  bar = gtk_widget_get_ancestor (focus, LB_TYPE_ADD_BAR);

  return bar != NULL && !lb_add_bar_get_typed (LB_ADD_BAR (bar));
}

static gboolean
lb_edit_actions_on_key (GtkWidget *window,
                        GVariant *arguments,
                        gpointer user_data G_GNUC_UNUSED)
{
  if (!focus_lets_go (gtk_root_get_focus (GTK_ROOT (window))))
    return FALSE;

  return gtk_widget_activate_action (window, g_variant_get_string (arguments, NULL), NULL);
}

static void
add_key (GtkEventController *keys,
         GdkModifierType modifiers,
         const char *action)
{
  GtkShortcut *shortcut;

  shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_z, modifiers),
                               gtk_callback_action_new (lb_edit_actions_on_key, NULL, NULL));
  gtk_shortcut_set_arguments (shortcut, g_variant_new_string (action));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), shortcut);
}

/* Before a text gets them: it would keep them even if it has nothing to undo. */
static void
lb_edit_actions_add_keys (LbEditActions *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  add_key (keys, GDK_CONTROL_MASK, "win.undo");
  add_key (keys, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo");
  gtk_widget_add_controller (GTK_WIDGET (self->window), keys);
}

static void
lb_edit_actions_update_one (LbEditActions *self,
                            const LbUndoStep *step,
                            const char *name,
                            const char *label,
                            const char *accel)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), name);
  g_autofree char *detailed = g_strconcat ("win.", name, NULL);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, detailed);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), step != NULL);
  g_menu_item_set_attribute (item, "accel", "s", accel);
  g_menu_append_item (self->menu, item);
}

/* In a menu an underscore marks a key. */
static char *
escape_underscores (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "_", -1);

  return g_strjoinv ("__", parts);
}

static void
lb_edit_actions_update (LbEditActions *self)
{
  const LbUndoStep *undo = lb_undo_get_undo (self->undo);
  const LbUndoStep *redo = lb_undo_get_redo (self->undo);
  g_autofree char *undo_name = escape_underscores (undo != NULL ? undo->name : "");
  g_autofree char *redo_name = escape_underscores (redo != NULL ? redo->name : "");
  /* Translators: %s is what was done, such as “Remove http://127.0.0.1:8001” */
  g_autofree char *undo_label = g_strdup_printf (_ ("_Undo %s"), undo_name);
  /* Translators: %s is what was done, such as “Remove http://127.0.0.1:8001” */
  g_autofree char *redo_label = g_strdup_printf (_ ("_Redo %s"), redo_name);

  g_menu_remove_all (self->menu);
  lb_edit_actions_update_one (self, undo, "undo", undo != NULL ? undo_label : _ ("_Undo"),
                              "<Control>z");
  lb_edit_actions_update_one (self, redo, "redo", redo != NULL ? redo_label : _ ("_Redo"),
                              "<Control><Shift>z");
}

static void
lb_edit_actions_dispose (GObject *object)
{
  LbEditActions *self = LB_EDIT_ACTIONS (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->menu);
  g_clear_object (&self->undo);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_edit_actions_parent_class)->dispose (object);
}

static void
lb_edit_actions_class_init (LbEditActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_edit_actions_dispose;

  /**
   * LbEditActions::problem:
   * @self: the actions
   * @message: a translated sentence
   *
   * Something could not be done.
   */
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  /**
   * LbEditActions::refused:
   * @self: the actions
   * @text: what was to be added
   *
   * A single text was pasted or dropped, and cannot be added as it is.
   */
  signals[REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_edit_actions_init (LbEditActions *self)
{
}

/**
 * lb_edit_actions_new:
 * @window: the window that is to have the actions; it keeps what is returned, and drops it last
 * @balancer: what they change
 * @menu: the section of the window's menu that is to have `undo` and `redo`
 *
 * Returns: (transfer full): the actions
 */
LbEditActions *
lb_edit_actions_new (GtkApplicationWindow *window,
                     LbBalancer *balancer,
                     GMenu *menu)
{
  LbEditActions *self;

  g_return_val_if_fail (GTK_IS_APPLICATION_WINDOW (window), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (G_IS_MENU (menu), NULL);

  self = g_object_new (LB_TYPE_EDIT_ACTIONS, NULL);
  g_set_weak_pointer (&self->window, window);
  self->balancer = g_object_ref (balancer);
  self->undo = lb_undo_new (balancer);
  self->menu = g_object_ref (menu);

  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (self->undo, "changed", G_CALLBACK (lb_edit_actions_update), self,
                           G_CONNECT_SWAPPED);
  lb_edit_actions_add_keys (self);
  lb_edit_actions_update (self);

  return self;
}

/**
 * lb_edit_actions_get_undo:
 * @self: the actions
 *
 * Returns: (transfer none): what `undo` takes back
 */
LbUndo *
lb_edit_actions_get_undo (LbEditActions *self)
{
  g_return_val_if_fail (LB_IS_EDIT_ACTIONS (self), NULL);

  return self->undo;
}
