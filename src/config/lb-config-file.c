/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-file"

#include "config.h"

#include "config/lb-config-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "config/lb-config-json.h"
#include "config/lb-safe-file.h"

/**
 * LbConfigFile:
 *
 * The file that remembers an [struct@LbConfig]. [class@LbBalancer] makes it, loads it once at the
 * start, which also begins to watch it, saves whenever something changed, and flushes before it
 * ends.
 *
 * A save hands the text to a worker thread, and only the newest that waits is written. The file is
 * replaced whole and durably; a symbolic link to it stays one. An object that is still writing
 * lives until that is done.
 *
 * Nothing that somebody else wrote is lost. The object remembers what it last read or wrote
 * (`known`). Whatever else it finds in the file when it writes is kept beside it first, under a name
 * ending in `.broken-…` if it could not be used or `.kept-…` if it could, and ::problem tells. What
 * it finds when nothing waits to be written is read.
 *
 * Signals, on the thread that made the object:
 *
 * - `changed (LbConfig *config)`: somebody else changed the file. The configuration is borrowed for
 *   the emission; keep it with lb_config_copy(). Never emitted for our own saves, for a file that
 *   was deleted, or for one that cannot be used.
 * - `problem (const char *sentence)`: something a person should know, as a translated sentence:
 *   an edit that cannot be used, fully or in part; a save that failed (once for each cause); a
 *   version of somebody else that was kept aside.
 */
struct _LbConfigFile
{
  GObject parent_instance;

  char *path;

  /* A save, from here to the worker thread. */
  GMutex queue_lock; /* held for a moment only */
  GBytes *waiting;   /* the newest text that is not in the file */
  gboolean queued;   /* whether a task will come for it */

  /* The file itself; held while it is read or written. */
  GMutex file_lock;
  GBytes *known; /* what we last read or wrote; NULL if there was no file */

  /* The rest is for the object's own thread. */
  guint n_tasks;
  gboolean newer; /* a newer version's file is in place: nothing is saved */
  GQuark failed_domain;
  int failed_code;

  GFileMonitor *monitor;
  GFileMonitor *target_monitor; /* of the file itself where the path is a symbolic link */
  char *target;
  GSource *check;
  GBytes *suspect; /* an edit that cannot be used, which may not be complete yet */
  GBytes *refused; /* one that was reported */
};

enum
{
  CHANGED,
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbConfigFile, lb_config_file, G_TYPE_OBJECT)

/* More than any pool needs, and still read in a moment. */
#define MAX_SIZE (16 * 1024 * 1024)

/* After the last sign of a change. Editors truncate, write and rename in quick succession. */
#define CHECK_DELAY_MS 200

/* What cannot be used is looked at again after this, in case its writer had not finished. */
#define SECOND_LOOK_MS 1000

static gboolean
lb_config_file_same (GBytes *a,
                     GBytes *b)
{
  return a != NULL && b != NULL && g_bytes_equal (a, b);
}

static void
lb_config_file_set_bytes (GBytes **member,
                          GBytes *bytes)
{
  GBytes *old = *member;

  *member = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  g_clear_pointer (&old, g_bytes_unref);
}

static GBytes *
lb_config_file_read (LbConfigFile *self,
                     GError **error)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, error);

  return target != NULL ? lb_safe_file_read (target, MAX_SIZE, error) : NULL;
}

static LbConfig *
lb_config_file_parse (GBytes *contents,
                      GPtrArray *problems,
                      GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (contents, &length);

  return lb_config_from_json (data, length, problems, error);
}

G_GNUC_PRINTF (2, 3)
static void
lb_config_file_add_problem (GPtrArray *problems,
                            const char *format,
                            ...)
{
  va_list args;

  va_start (args, format);
  if (problems != NULL)
    g_ptr_array_add (problems, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
lb_config_file_emit_problems (LbConfigFile *self,
                              GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    g_signal_emit (self, signals[PROBLEM], 0, problems->pdata[i]);
}

/* Writing */

/* Keeps what is in @target if it is not ours; @contents is %NULL if that is too large. Refuses if a
 * newer version of the program wrote it. */
static gboolean
lb_config_file_keep_foreign (LbConfigFile *self,
                             const char *target,
                             GBytes *contents,
                             GPtrArray *problems,
                             GError **error)
{
  g_autoptr (LbConfig) usable = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = NULL;

  if (lb_config_file_same (contents, self->known))
    return TRUE;

  if (contents != NULL)
    usable = lb_config_file_parse (contents, NULL, &local_error);

  if (g_error_matches (local_error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  name = lb_safe_file_keep (target, usable != NULL ? "kept" : "broken", error);
  if (name == NULL)
    return FALSE;

  if (usable != NULL)
    lb_config_file_add_problem (problems,
                                _("Another program changed the configuration file while a change "
                                  "made here was being saved. What it wrote is kept as “%s”."),
                                name);
  else
    lb_config_file_add_problem (problems,
                                _("What could not be used in the configuration file is kept as "
                                  "“%s”."),
                                name);

  return TRUE;
}

/* Brings @text into the file. Called with @file_lock held, on any thread. */
static gboolean
lb_config_file_write (LbConfigFile *self,
                      GBytes *text,
                      GPtrArray *problems,
                      GError **error)
{
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *target = lb_safe_file_resolve (self->path, error);
  gboolean missing;

  if (target == NULL)
    return FALSE;

  /* What stands in the way of this does so for the file, too, and is told then. */
  directory = g_path_get_dirname (target);
  g_mkdir_with_parents (directory, 0700);

  contents = lb_safe_file_read (target, MAX_SIZE, &local_error);
  missing = g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  if (local_error != NULL && !missing &&
      !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!lb_config_file_same (contents, text))
    {
      if (!missing && !lb_config_file_keep_foreign (self, target, contents, problems, error))
        return FALSE;

      if (!lb_safe_file_replace (target, text, error))
        return FALSE;
    }

  lb_config_file_set_bytes (&self->known, text);

  return TRUE;
}

/* Writes the newest text that waits, if there is one. On failure it waits on, for the next save or
 * flush. Called on any thread. */
static gboolean
lb_config_file_write_waiting (LbConfigFile *self,
                              GPtrArray *problems,
                              GError **error)
{
  g_autoptr (GBytes) text = NULL;
  gboolean written;

  g_mutex_lock (&self->file_lock);

  g_mutex_lock (&self->queue_lock);
  text = g_steal_pointer (&self->waiting);
  self->queued = FALSE;
  g_mutex_unlock (&self->queue_lock);

  written = text == NULL || lb_config_file_write (self, text, problems, error);
  if (!written)
    {
      g_mutex_lock (&self->queue_lock);
      if (self->waiting == NULL)
        self->waiting = g_steal_pointer (&text);
      g_mutex_unlock (&self->queue_lock);

      g_prefix_error (error, _("The configuration could not be saved. "));
    }

  g_mutex_unlock (&self->file_lock);

  return written;
}

static void
lb_config_file_save_in_thread (GTask *task,
                               gpointer source_object,
                               gpointer task_data,
                               GCancellable *cancellable)
{
  GError *error = NULL;

  if (lb_config_file_write_waiting (source_object, task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
lb_config_file_on_saved (GObject *source_object,
                         GAsyncResult *result,
                         gpointer user_data)
{
  LbConfigFile *self = LB_CONFIG_FILE (source_object);
  g_autoptr (GError) error = NULL;

  self->n_tasks--;
  lb_config_file_emit_problems (self, g_task_get_task_data (G_TASK (result)));

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->failed_domain = 0;
    }
  else if (self->failed_domain != error->domain || self->failed_code != error->code)
    {
      self->failed_domain = error->domain;
      self->failed_code = error->code;
      g_signal_emit (self, signals[PROBLEM], 0, error->message);
    }
}

/* Watching */

static gboolean lb_config_file_on_check (gpointer user_data);

static void
lb_config_file_clear_check (LbConfigFile *self)
{
  if (self->check != NULL)
    g_source_destroy (self->check);
  g_clear_pointer (&self->check, g_source_unref);
}

static void
lb_config_file_check_later (LbConfigFile *self,
                            guint delay_ms)
{
  lb_config_file_clear_check (self);

  self->check = g_timeout_source_new (delay_ms);
  g_source_set_static_name (self->check, "[lb] configuration file");
  g_source_set_callback (self->check, lb_config_file_on_check, self, NULL);
  g_source_attach (self->check, g_main_context_get_thread_default ());
}

static void
lb_config_file_on_event (LbConfigFile *self)
{
  lb_config_file_check_later (self, CHECK_DELAY_MS);
}

static void
lb_config_file_clear_monitor (GFileMonitor **monitor)
{
  if (*monitor != NULL)
    g_file_monitor_cancel (*monitor);
  g_clear_object (monitor);
}

static GFileMonitor *
lb_config_file_monitor (LbConfigFile *self,
                        const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, &error);

  if (monitor == NULL)
    g_message ("Changes of %s will not be noticed: %s", path, error->message);
  else
    g_signal_connect_object (monitor, "changed", G_CALLBACK (lb_config_file_on_event), self,
                             G_CONNECT_SWAPPED);

  return monitor;
}

/* Watches the path and, if that is a symbolic link, the file it leads to now. */
static void
lb_config_file_watch (LbConfigFile *self)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, NULL);

  if (self->monitor == NULL)
    self->monitor = lb_config_file_monitor (self, self->path);

  if (g_strcmp0 (target, self->target) == 0)
    return;

  lb_config_file_clear_monitor (&self->target_monitor);
  if (target != NULL && strcmp (target, self->path) != 0)
    self->target_monitor = lb_config_file_monitor (self, target);

  g_free (self->target);
  self->target = g_steal_pointer (&target);
}

/* Takes over what somebody else wrote. */
static void
lb_config_file_accept (LbConfigFile *self,
                       GBytes *contents,
                       LbConfig *config,
                       GPtrArray *problems)
{
  lb_config_file_set_bytes (&self->known, contents);
  lb_config_file_set_bytes (&self->refused, NULL);
  self->newer = FALSE;

  /* What could not be saved until now is older than this. */
  lb_config_file_set_bytes (&self->waiting, NULL);

  g_signal_emit (self, signals[CHANGED], 0, config);
  lb_config_file_emit_problems (self, problems);
}

/* Tells that what somebody else wrote cannot be used. */
static void
lb_config_file_refuse (LbConfigFile *self,
                       GBytes *contents,
                       const GError *error)
{
  g_autofree char *sentence = NULL;

  lb_config_file_set_bytes (&self->refused, contents);
  self->newer = g_error_matches (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION);

  if (self->newer)
    sentence = g_strdup_printf (_("%s The present settings stay, and nothing is saved to “%s” "
                                  "while it is there."),
                                error->message, self->path);
  else
    sentence = g_strdup_printf (_("The configuration file “%s” was changed and cannot be used. %s "
                                  "Until it is corrected the present settings stay; when they are "
                                  "saved, it is kept aside first."),
                                self->path, error->message);

  g_signal_emit (self, signals[PROBLEM], 0, sentence);
}

/* Looks whether somebody else changed the file. No worker is writing to it. */
static void
lb_config_file_look (LbConfigFile *self)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LbConfig) config = NULL;
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GError) error = NULL;

  contents = lb_config_file_read (self, &error);
  if (contents == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return;

  /* One that cannot be read is reported as one that cannot be used, by its error. */
  if (contents == NULL)
    contents = g_bytes_new (error->message, strlen (error->message));

  if (lb_config_file_same (contents, self->known))
    {
      lb_config_file_set_bytes (&self->refused, NULL);
      self->newer = FALSE;
      return;
    }

  if (lb_config_file_same (contents, self->refused))
    return;

  if (error == NULL)
    config = lb_config_file_parse (contents, problems, &error);

  if (config != NULL)
    lb_config_file_accept (self, contents, config, problems);
  else if (lb_config_file_same (contents, self->suspect))
    lb_config_file_refuse (self, contents, error);
  else
    {
      lb_config_file_set_bytes (&self->suspect, contents);
      lb_config_file_check_later (self, SECOND_LOOK_MS);
    }
}

static gboolean
lb_config_file_on_check (gpointer user_data)
{
  g_autoptr (LbConfigFile) self = g_object_ref (user_data);

  lb_config_file_clear_check (self);

  /* A save that is under way deals with what it finds, and is not to be mistaken for an edit. */
  if (self->n_tasks > 0)
    {
      lb_config_file_check_later (self, CHECK_DELAY_MS);
    }
  else
    {
      lb_config_file_watch (self);
      lb_config_file_look (self);
    }

  return G_SOURCE_REMOVE;
}

static void
lb_config_file_dispose (GObject *object)
{
  LbConfigFile *self = LB_CONFIG_FILE (object);

  lb_config_file_clear_check (self);
  lb_config_file_clear_monitor (&self->monitor);
  lb_config_file_clear_monitor (&self->target_monitor);

  G_OBJECT_CLASS (lb_config_file_parent_class)->dispose (object);
}

static void
lb_config_file_finalize (GObject *object)
{
  LbConfigFile *self = LB_CONFIG_FILE (object);

  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_clear_pointer (&self->known, g_bytes_unref);
  g_clear_pointer (&self->suspect, g_bytes_unref);
  g_clear_pointer (&self->refused, g_bytes_unref);
  g_mutex_clear (&self->queue_lock);
  g_mutex_clear (&self->file_lock);
  g_free (self->target);
  g_free (self->path);

  G_OBJECT_CLASS (lb_config_file_parent_class)->finalize (object);
}

static void
lb_config_file_class_init (LbConfigFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_config_file_dispose;
  object_class->finalize = lb_config_file_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   LB_TYPE_CONFIG | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_config_file_init (LbConfigFile *self)
{
  g_mutex_init (&self->queue_lock);
  g_mutex_init (&self->file_lock);
}

/**
 * lb_config_file_new:
 * @path: (nullable): where the file is or will be; %NULL for
 *   `$XDG_CONFIG_HOME/load-balancer/config.json`
 *
 * Touches nothing yet.
 *
 * Returns: (transfer full): the file
 */
LbConfigFile *
lb_config_file_new (const char *path)
{
  LbConfigFile *self = g_object_new (LB_TYPE_CONFIG_FILE, NULL);

  if (path != NULL)
    self->path = g_canonicalize_filename (path, NULL);
  else
    self->path = g_build_filename (g_get_user_config_dir (), "load-balancer", "config.json", NULL);

  return self;
}

/**
 * lb_config_file_get_path:
 * @self: the file
 *
 * Returns: (type filename): its absolute path
 */
const char *
lb_config_file_get_path (LbConfigFile *self)
{
  g_return_val_if_fail (LB_IS_CONFIG_FILE (self), NULL);

  return self->path;
}

/* Moves a file that cannot be used out of the way, and says so. */
static void
lb_config_file_move_aside (LbConfigFile *self,
                           const GError *error,
                           GPtrArray *problems)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, NULL);
  g_autofree char *name = NULL;
  g_autoptr (GError) local_error = NULL;

  if (target != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE))
    name = lb_safe_file_keep (target, "broken", &local_error);

  if (name != NULL && g_unlink (target) == 0)
    lb_config_file_add_problem (problems,
                                _("The configuration file “%s” cannot be used. %s It was renamed "
                                  "to “%s”, and the default settings are used."),
                                self->path, error->message, name);
  else
    lb_config_file_add_problem (problems,
                                _("The configuration file “%s” cannot be used. %s The default "
                                  "settings are used."),
                                self->path, error->message);
}

/**
 * lb_config_file_load:
 * @self: the file
 * @problems: (element-type utf8) (optional): translated sentences on what could not be used are
 *   added to it
 *
 * Reads the file, and watches it from then on. Where there is none, that is no problem. One that
 * cannot be used is renamed to `….broken-YYYYmmdd-HHMMSS`. One that a newer version of the program
 * wrote stays as it is, and nothing is saved as long as it is there.
 *
 * Returns: (transfer full): the configuration, the defaults if none could be read
 */
LbConfig *
lb_config_file_load (LbConfigFile *self,
                     GPtrArray *problems)
{
  g_autoptr (LbConfig) config = NULL;
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (LB_IS_CONFIG_FILE (self), NULL);

  contents = lb_config_file_read (self, &error);
  if (contents != NULL)
    config = lb_config_file_parse (contents, problems, &error);

  if (config != NULL)
    lb_config_file_set_bytes (&self->known, contents);
  else if (g_error_matches (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION))
    {
      self->newer = TRUE;
      lb_config_file_set_bytes (&self->refused, contents);
      lb_config_file_add_problem (problems,
                                  _("%s The default settings are used, and nothing is saved to “%s” "
                                    "while it is there. Start that version, or name another file "
                                    "with --config."),
                                  error->message, self->path);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    lb_config_file_move_aside (self, error, problems);

  lb_config_file_watch (self);

  return config != NULL ? g_steal_pointer (&config) : lb_config_new ();
}

/**
 * lb_config_file_save:
 * @self: the file, loaded
 * @config: what to remember
 *
 * Saves a configuration as it is now. Returns at once; a worker thread writes, and if it fails
 * ::problem tells and the next save or flush tries again. Does nothing while a newer version's file
 * is in place.
 */
void
lb_config_file_save (LbConfigFile *self,
                     const LbConfig *config)
{
  g_autoptr (GTask) task = NULL;
  char *text;
  gsize length;
  gboolean queued;

  g_return_if_fail (LB_IS_CONFIG_FILE (self));
  g_return_if_fail (config != NULL);

  if (self->newer)
    return;

  text = lb_config_to_json (config, &length);

  g_mutex_lock (&self->queue_lock);
  g_clear_pointer (&self->waiting, g_bytes_unref);
  self->waiting = g_bytes_new_take (text, length);
  queued = self->queued;
  self->queued = TRUE;
  g_mutex_unlock (&self->queue_lock);

  if (queued)
    return;

  self->n_tasks++;
  task = g_task_new (self, NULL, lb_config_file_on_saved, NULL);
  g_task_set_source_tag (task, lb_config_file_save);
  g_task_set_name (task, "[lb] save configuration");
  g_task_set_task_data (task, g_ptr_array_new_with_free_func (g_free),
                        (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, lb_config_file_save_in_thread);
}

/**
 * lb_config_file_flush:
 * @self: the file
 * @error: return location for an error, whose message is a sentence for a person
 *
 * Blocks until everything that was saved is on the disk.
 *
 * Returns: whether it is
 */
gboolean
lb_config_file_flush (LbConfigFile *self,
                      GError **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  gboolean written;

  g_return_val_if_fail (LB_IS_CONFIG_FILE (self), FALSE);

  written = lb_config_file_write_waiting (self, problems, error);
  lb_config_file_emit_problems (self, problems);

  return written;
}
