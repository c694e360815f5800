/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-port-actions.h"

#include <glib/gi18n-lib.h>

#include "config/lb-safe-file.h"
#include "window/lb-export-dialog.h"
#include "window/lb-import-dialog.h"

/**
 * LbPortActions:
 *
 * The window's actions that bring files in and out: `import`, `import-file` (s), `export`, `save-chart` and
 * `save-figures`.
 *
 * [class@Window] makes one, and keeps it as long as it lives. Each action asks for a file with the
 * desktop's own chooser, which also asks before one is replaced; `import-file` is told its URI. What happens then is in functions of its
 * own. Files are read and written in another thread, and of those that cannot be the person is told;
 * then nothing has changed.
 */
struct _LbPortActions
{
  GObject parent_instance;

  GtkApplicationWindow *window; /* weak: whose actions they are */
  LbBalancer *balancer;
  LbPoolPage *page; /* unowned: the window's, and gone with it */

  GtkFileChooserNative *chooser;   /* the one that is open, or NULL */
  GPtrArray *filters;              /* of GtkFileFilter: those it offers */
  void (*on_file) (LbPortActions *self, GFile *file);
  LbSaveKind kind;                 /* what it asks for, unless it asks for a pool */
  GBytes *contents;                /* of the pool that it asks for */
};

enum
{
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbPortActions, lb_port_actions, G_TYPE_OBJECT)

/* What is read in another thread. */
typedef struct
{
  char *path;
  LbProbeSettings probe;
} Reading;

static void
reading_free (Reading *self)
{
  g_free (self->path);
  lb_probe_settings_clear (&self->probe);
  g_free (self);
}

static void
lb_port_actions_tell (LbPortActions *self,
                      const char *what,
                      const char *reason)
{
  g_autofree char *message = g_strdup_printf ("%s %s", what, reason);

  g_signal_emit (self, signals[PROBLEM], 0, message);
}

/* A file on another computer has a path only if the desktop mounts it. */
static char *
lb_port_actions_get_path (LbPortActions *self,
                          GFile *file,
                          const char *what)
{
  char *path = g_file_get_path (file);

  if (path == NULL)
    lb_port_actions_tell (self, what, _("Choose a file on this computer."));

  return path;
}

/* The actions are not the task's source object: the other thread might be the last to let go of that. */
static GTask *
lb_port_actions_new_task (LbPortActions *self,
                          GAsyncReadyCallback callback)
{
  return g_task_new (NULL, NULL, callback, g_object_ref (self));
}

static void
lb_port_actions_read (GTask *task,
                      gpointer source,
                      gpointer task_data,
                      GCancellable *cancellable)
{
  const Reading *reading = task_data;
  g_autoptr (GBytes) contents = NULL;
  LbExchangeImport *import = NULL;
  GError *error = NULL;

  contents = lb_safe_file_read (reading->path, LB_EXCHANGE_MAX_SIZE, &error);
  if (contents != NULL)
    import = lb_exchange_import (contents, NULL, &reading->probe, &error);

  if (import != NULL)
    g_task_return_pointer (task, import, (GDestroyNotify) lb_exchange_import_free);
  else
    g_task_return_error (task, error);
}

static void
lb_port_actions_on_problem (LbPortActions *self,
                            const char *message)
{
  g_signal_emit (self, signals[PROBLEM], 0, message);
}

static void
lb_port_actions_on_read (GObject *source,
                         GAsyncResult *result,
                         gpointer user_data)
{
  g_autoptr (LbPortActions) self = user_data;
  g_autoptr (LbExchangeImport) import = NULL;
  const Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_filename_display_basename (reading->path);
  g_autoptr (GError) error = NULL;
  LbImportDialog *dialog;

  import = g_task_propagate_pointer (G_TASK (result), &error);

  /* The window may have gone meanwhile. */
  if (self->window == NULL)
    return;

  if (import == NULL)
    {
      lb_port_actions_tell (self, _("Nothing was imported."), error->message);
      return;
    }

  dialog = lb_import_dialog_new (GTK_WINDOW (self->window), self->balancer,
                                 g_steal_pointer (&import), name);
  g_signal_connect_object (dialog, "problem", G_CALLBACK (lb_port_actions_on_problem), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * lb_port_actions_import_file:
 * @self: the actions
 * @file: a file that was chosen
 *
 * Reads it, and shows what is in it in a [class@ImportDialog].
 */
void
lb_port_actions_import_file (LbPortActions *self,
                             GFile *file)
{
  g_autofree char *path = NULL;
  g_autoptr (GTask) task = NULL;
  Reading *reading;

  g_return_if_fail (LB_IS_PORT_ACTIONS (self));
  g_return_if_fail (G_IS_FILE (file));

  path = lb_port_actions_get_path (self, file, _("Nothing was imported."));
  if (path == NULL)
    return;

  reading = g_new0 (Reading, 1);
  reading->path = g_steal_pointer (&path);
  lb_probe_settings_copy (&reading->probe, lb_balancer_get_probe_settings (self->balancer));

  task = lb_port_actions_new_task (self, lb_port_actions_on_read);
  g_task_set_name (task, "[lb] import");
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, lb_port_actions_read);
}

static void
lb_port_actions_write (GTask *task,
                       gpointer source,
                       gpointer task_data,
                       GCancellable *cancellable)
{
  GError *error = NULL;

  if (lb_save_job_run (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
lb_port_actions_on_written (GObject *source,
                            GAsyncResult *result,
                            gpointer user_data)
{
  g_autoptr (LbPortActions) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    lb_port_actions_tell (self, _("The file could not be saved."), error->message);
}

/* @job: (transfer full): what to do in another thread */
static void
lb_port_actions_run (LbPortActions *self,
                     LbSaveJob *job)
{
  g_autoptr (GTask) task = lb_port_actions_new_task (self, lb_port_actions_on_written);

  g_task_set_name (task, "[lb] save");
  g_task_set_task_data (task, job, (GDestroyNotify) lb_save_job_free);
  g_task_run_in_thread (task, lb_port_actions_write);
}

/**
 * lb_port_actions_save_pool:
 * @self: the actions
 * @contents: the pool in some format
 * @file: where to save it; it is replaced if it exists
 */
void
lb_port_actions_save_pool (LbPortActions *self,
                           GBytes *contents,
                           GFile *file)
{
  g_autofree char *path = NULL;
  LbSaveJob *job;

  g_return_if_fail (LB_IS_PORT_ACTIONS (self));
  g_return_if_fail (contents != NULL);
  g_return_if_fail (G_IS_FILE (file));

  path = lb_port_actions_get_path (self, file, _("The file could not be saved."));
  if (path == NULL)
    return;

  job = lb_save_job_new (path);
  job->contents = g_bytes_ref (contents);
  lb_port_actions_run (self, job);
}

/**
 * lb_port_actions_save_as:
 * @self: the actions
 * @kind: what to save: the chart that is to be seen, or the figures of now
 * @chosen: (nullable): the format, if the file's name does not say it
 * @file: where to save it; it is replaced if it exists
 */
void
lb_port_actions_save_as (LbPortActions *self,
                         LbSaveKind kind,
                         const LbSaveFormat *chosen,
                         GFile *file)
{
  g_autofree char *path = NULL;
  g_autoptr (LbSaveJob) job = NULL;

  g_return_if_fail (LB_IS_PORT_ACTIONS (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->window == NULL)
    return;

  path = lb_port_actions_get_path (self, file, _("The file could not be saved."));
  if (path == NULL)
    return;

  job = lb_save_job_new (path);
  job->format = lb_save_format_find (kind, path, chosen);
  if (kind == LB_SAVE_CHART)
    job->shot = lb_pool_page_shoot (self->page);
  else
    job->snapshot = lb_balancer_get_snapshot (self->balancer);

  /* Before the first frame there is no chart, and nothing to be sorry for. */
  if (job->shot != NULL || job->snapshot != NULL)
    lb_port_actions_run (self, g_steal_pointer (&job));
}

static void
lb_port_actions_close_chooser (LbPortActions *self)
{
  if (self->chooser != NULL)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->filters, g_ptr_array_unref);
  g_clear_pointer (&self->contents, g_bytes_unref);
}

static void
lb_port_actions_on_response (LbPortActions *self,
                             int response)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  if (file != NULL)
    self->on_file (self, file);

  lb_port_actions_close_chooser (self);
}

/* Only one chooser is open at a time: it is modal. */
static void
lb_port_actions_open_chooser (LbPortActions *self,
                              const char *title,
                              GtkFileChooserAction action,
                              void (*on_file) (LbPortActions *self, GFile *file))
{
  lb_port_actions_close_chooser (self);

  self->on_file = on_file;
  self->filters = g_ptr_array_new_with_free_func (g_object_unref);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self->window), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (lb_port_actions_on_response),
                            self);
}

static GtkFileFilter *
lb_port_actions_add_filter (LbPortActions *self,
                            const char *name)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_ptr_array_add (self->filters, filter);

  return filter;
}

static void
lb_port_actions_show_chooser (LbPortActions *self)
{
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* All that can be read, each of it, and anything: what is in a file decides how it is read. */
static void
lb_port_actions_add_import_filters (LbPortActions *self)
{
  GtkFileFilter *all = lb_port_actions_add_filter (self, _("All that can be imported"));
  const LbExchangeFormat *format;

  for (guint i = 0; (format = lb_exchange_format_list (i)) != NULL; i++)
    if (lb_exchange_format_can_import (format))
      {
        GtkFileFilter *filter = lb_port_actions_add_filter (self, format->title);

        gtk_file_filter_add_suffix (all, format->suffix + 1);
        gtk_file_filter_add_suffix (filter, format->suffix + 1);
      }

  gtk_file_filter_add_pattern (lb_port_actions_add_filter (self, _("All files")), "*");
}

static void
lb_port_actions_import (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer user_data)
{
  LbPortActions *self = user_data;

  lb_port_actions_open_chooser (self, _("Import"), GTK_FILE_CHOOSER_ACTION_OPEN,
                                lb_port_actions_import_file);
  lb_port_actions_add_import_filters (self);
  lb_port_actions_show_chooser (self);
}

static void
lb_port_actions_import_uri (GSimpleAction *action,
                            GVariant *parameter,
                            gpointer user_data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  lb_port_actions_import_file (user_data, file);
}

static void
lb_port_actions_on_pool_file (LbPortActions *self,
                              GFile *file)
{
  lb_port_actions_save_pool (self, self->contents, file);
}

static void
lb_port_actions_on_save_pool (LbPortActions *self,
                              LbExportDialog *dialog)
{
  const LbExchangeFormat *format = lb_export_dialog_get_format (dialog);
  g_autoptr (GBytes) contents = g_bytes_ref (lb_export_dialog_get_contents (dialog));
  g_autofree char *name = lb_save_make_name (_("Pool"), format->suffix, g_get_real_time ());
  GtkFileFilter *filter;

  gtk_window_close (GTK_WINDOW (dialog));

  lb_port_actions_open_chooser (self, _("Export Pool"), GTK_FILE_CHOOSER_ACTION_SAVE,
                                lb_port_actions_on_pool_file);
  self->contents = g_steal_pointer (&contents);
  filter = lb_port_actions_add_filter (self, format->title);
  gtk_file_filter_add_suffix (filter, format->suffix + 1);
  gtk_file_filter_add_pattern (lb_port_actions_add_filter (self, _("All files")), "*");
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  lb_port_actions_show_chooser (self);
}

static void
lb_port_actions_export (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer user_data)
{
  LbPortActions *self = user_data;
  LbExportDialog *dialog = lb_export_dialog_new (GTK_WINDOW (self->window), self->balancer);

  g_signal_connect_object (dialog, "save", G_CALLBACK (lb_port_actions_on_save_pool), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
lb_port_actions_on_kind_file (LbPortActions *self,
                              GFile *file)
{
  GtkFileFilter *filter = gtk_file_chooser_get_filter (GTK_FILE_CHOOSER (self->chooser));
  guint index;

  if (filter == NULL || !g_ptr_array_find (self->filters, filter, &index))
    index = 0;
  lb_port_actions_save_as (self, self->kind, lb_save_format_list (self->kind, index), file);
}

static void
lb_port_actions_ask_where (LbPortActions *self,
                           LbSaveKind kind,
                           const char *title,
                           const char *word)
{
  g_autofree char *name =
    lb_save_make_name (word, lb_save_format_list (kind, 0)->suffix, g_get_real_time ());
  const LbSaveFormat *format;

  lb_port_actions_open_chooser (self, title, GTK_FILE_CHOOSER_ACTION_SAVE,
                                lb_port_actions_on_kind_file);
  self->kind = kind;
  for (guint i = 0; (format = lb_save_format_list (kind, i)) != NULL; i++)
    gtk_file_filter_add_suffix (lb_port_actions_add_filter (self, _(format->title)),
                                format->suffix + 1);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  lb_port_actions_show_chooser (self);
}

static void
lb_port_actions_save_chart (GSimpleAction *action,
                            GVariant *parameter,
                            gpointer user_data)
{
  lb_port_actions_ask_where (user_data, LB_SAVE_CHART, _("Save Chart As"), _("Chart"));
}

static void
lb_port_actions_save_figures (GSimpleAction *action,
                              GVariant *parameter,
                              gpointer user_data)
{
  lb_port_actions_ask_where (user_data, LB_SAVE_FIGURES, _("Save Figures As"), _("Figures"));
}

static const GActionEntry actions[] = {
  { "import", lb_port_actions_import },
  { "import-file", lb_port_actions_import_uri, "s" },
  { "export", lb_port_actions_export },
  { "save-chart", lb_port_actions_save_chart },
  { "save-figures", lb_port_actions_save_figures },
};

/* What there is nothing of cannot be saved. */
static void
lb_port_actions_update (LbPortActions *self)
{
  static const char *const names[] = { "export", "save-chart", "save-figures" };
  const gboolean any = lb_pool_get_n_backends (lb_balancer_get_pool (self->balancer)) > 0;

  if (self->window == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), names[i]);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), any);
    }
}

static void
lb_port_actions_dispose (GObject *object)
{
  LbPortActions *self = LB_PORT_ACTIONS (object);

  lb_port_actions_close_chooser (self);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_port_actions_parent_class)->dispose (object);
}

static void
lb_port_actions_class_init (LbPortActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_port_actions_dispose;

  /**
   * LbPortActions::problem:
   * @self: the actions
   * @message: a translated sentence
   *
   * A file could not be read or written.
   */
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_port_actions_init (LbPortActions *self)
{
}

/**
 * lb_port_actions_new:
 * @window: the window that is to have the actions; it keeps what is returned, and drops it last
 * @balancer: what they are about
 * @page: what shows the chart; part of @window
 *
 * Returns: (transfer full): the actions
 */
LbPortActions *
lb_port_actions_new (GtkApplicationWindow *window,
                     LbBalancer *balancer,
                     LbPoolPage *page)
{
  LbPortActions *self;

  g_return_val_if_fail (GTK_IS_APPLICATION_WINDOW (window), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (LB_IS_POOL_PAGE (page), NULL);

  self = g_object_new (LB_TYPE_PORT_ACTIONS, NULL);
  g_set_weak_pointer (&self->window, window);
  self->balancer = g_object_ref (balancer);
  self->page = page;

  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (lb_balancer_get_pool (balancer), "items-changed",
                           G_CALLBACK (lb_port_actions_update), self, G_CONNECT_SWAPPED);
  lb_port_actions_update (self);

  return self;
}
