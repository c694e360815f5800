/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-file"

#include "config.h"

#include "config/lb-config-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/lb-config-json.h"
#include "config/lb-config-writer.h"
#include "config/lb-file-watch.h"

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
 * It knows the present configuration, the last one that was loaded, saved or changed: where somebody
 * else's edit holds a setting that cannot be used, the present one goes on.
 *
 * Nothing that somebody else wrote is lost. When the file does not hold what we last read or wrote,
 * then what it holds is read if nothing waits to be written; otherwise it is kept beside it first,
 * under a name with `.kept-…` at its end, or `.broken-…` if it cannot be used, and ::problem tells.
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
  LbConfigWriter *writer;
  LbConfig *present; /* its settings; NULL before the file is loaded */

  guint n_tasks;  /* saves that have not been reported */
  gboolean newer; /* a newer version's file is in place: nothing is saved */
  GQuark failed_domain;
  int failed_code;
  GSource *retry; /* NULL unless the last save failed */

  LbFileWatch *watch; /* NULL before the file is loaded */
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

/* After a save that failed it is tried again: the disk may be full no more. */
#define RETRY_S 5

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
  g_clear_pointer (member, g_bytes_unref);
  if (bytes != NULL)
    *member = g_bytes_ref (bytes);
}

static void
lb_config_file_set_present (LbConfigFile *self,
                            const LbConfig *config)
{
  g_clear_pointer (&self->present, lb_config_free);
  self->present = lb_config_copy (config);

  /* Only settings are asked for; one that is removed need not live on here. */
  g_ptr_array_set_size (self->present->backends, 0);
}

static LbConfig *
lb_config_file_parse (LbConfigFile *self,
                      GBytes *contents,
                      GPtrArray *problems,
                      GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (contents, &length);

  return lb_config_from_json (data, length, self->present, problems, error);
}

static void
lb_config_file_emit_problems (LbConfigFile *self,
                              GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    g_signal_emit (self, signals[PROBLEM], 0, problems->pdata[i]);
}

/* Saving */

/* What the worker thread has of the object, which lives until the save is reported. */
typedef struct
{
  LbConfigWriter *writer; /* borrowed */
  GPtrArray *problems;
} Saving;

static void
saving_free (Saving *saving)
{
  g_ptr_array_unref (saving->problems);
  g_free (saving);
}

static void
lb_config_file_save_in_thread (GTask *task,
                               gpointer source_object,
                               gpointer task_data,
                               GCancellable *cancellable)
{
  Saving *saving = task_data;
  GError *error = NULL;

  if (lb_config_writer_write (saving->writer, saving->problems, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void lb_config_file_start_saving (LbConfigFile *self);

static void
lb_config_file_clear_retry (LbConfigFile *self)
{
  if (self->retry != NULL)
    g_source_destroy (self->retry);
  g_clear_pointer (&self->retry, g_source_unref);
}

static gboolean
lb_config_file_on_retry (gpointer user_data)
{
  LbConfigFile *self = user_data;

  lb_config_file_clear_retry (self);
  if (!self->newer)
    lb_config_file_start_saving (self);

  return G_SOURCE_REMOVE;
}

static void
lb_config_file_retry_later (LbConfigFile *self)
{
  if (self->retry != NULL)
    return;

  self->retry = g_timeout_source_new_seconds (RETRY_S);
  g_source_set_static_name (self->retry, "[lb] save again");
  g_source_set_callback (self->retry, lb_config_file_on_retry, self, NULL);
  g_source_attach (self->retry, g_main_context_get_thread_default ());
}

static void
lb_config_file_on_saved (GObject *source_object,
                         GAsyncResult *result,
                         gpointer user_data)
{
  g_autoptr (LbConfigFile) self = user_data;
  const Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->n_tasks--;
  lb_config_file_emit_problems (self, saving->problems);

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->failed_domain = 0;
      lb_config_file_clear_retry (self);
      return;
    }

  lb_config_file_retry_later (self);
  if (self->failed_domain != error->domain || self->failed_code != error->code)
    {
      self->failed_domain = error->domain;
      self->failed_code = error->code;
      g_signal_emit (self, signals[PROBLEM], 0, error->message);
    }
}

static void
lb_config_file_start_saving (LbConfigFile *self)
{
  g_autoptr (GTask) task = NULL;
  Saving *saving = g_new0 (Saving, 1);

  saving->writer = self->writer;
  saving->problems = g_ptr_array_new_with_free_func (g_free);

  /* The file is not the task's source object: the worker might be the last to let go of that. */
  self->n_tasks++;
  task = g_task_new (NULL, NULL, lb_config_file_on_saved, g_object_ref (self));
  g_task_set_source_tag (task, lb_config_file_save);
  g_task_set_name (task, "[lb] save configuration");
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  g_task_run_in_thread (task, lb_config_file_save_in_thread);
}

/* What somebody else wrote */

/* Takes over what somebody else wrote. */
static void
lb_config_file_accept (LbConfigFile *self,
                       GBytes *contents,
                       LbConfig *config,
                       GPtrArray *problems)
{
  lb_config_writer_accept (self->writer, contents);
  lb_config_file_set_present (self, config);
  lb_config_file_set_bytes (&self->refused, NULL);
  self->newer = FALSE;

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

  contents = lb_config_writer_read (self->writer, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      self->newer = FALSE;
      return;
    }

  /* One that cannot be read is reported as one that cannot be used, by its error. */
  if (contents == NULL)
    contents = g_bytes_new (error->message, strlen (error->message));

  if (lb_config_writer_knows (self->writer, contents))
    {
      lb_config_file_set_bytes (&self->refused, NULL);
      self->newer = FALSE;
      return;
    }

  if (lb_config_file_same (contents, self->refused))
    return;

  if (error == NULL)
    config = lb_config_file_parse (self, contents, problems, &error);

  if (config != NULL)
    lb_config_file_accept (self, contents, config, problems);
  else if (lb_config_file_same (contents, self->suspect))
    lb_config_file_refuse (self, contents, error);
  else
    {
      lb_config_file_set_bytes (&self->suspect, contents);
      lb_file_watch_look_later (self->watch, SECOND_LOOK_MS);
    }
}

static void
lb_config_file_on_touched (gpointer user_data)
{
  g_autoptr (LbConfigFile) self = g_object_ref (user_data);

  /* A save that is under way deals with what it finds, and is not to be mistaken for an edit. So does one
   * that has failed: what it could not write is not forgotten over an edit, and may fit in now. */
  if (self->n_tasks > 0)
    lb_file_watch_look_later (self->watch, LB_FILE_WATCH_DELAY_MS);
  else if (self->retry != NULL)
    lb_config_file_on_retry (self);
  else
    lb_config_file_look (self);
}

static void
lb_config_file_dispose (GObject *object)
{
  LbConfigFile *self = LB_CONFIG_FILE (object);

  g_clear_pointer (&self->watch, lb_file_watch_free);
  lb_config_file_clear_retry (self);

  G_OBJECT_CLASS (lb_config_file_parent_class)->dispose (object);
}

static void
lb_config_file_finalize (GObject *object)
{
  LbConfigFile *self = LB_CONFIG_FILE (object);

  g_clear_pointer (&self->writer, lb_config_writer_free);
  g_clear_pointer (&self->present, lb_config_free);
  g_clear_pointer (&self->suspect, g_bytes_unref);
  g_clear_pointer (&self->refused, g_bytes_unref);
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
  self->writer = lb_config_writer_new (self->path);

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

/* Says why the file is not used; unless it is a newer version's, moves it out of the way. */
static char *
lb_config_file_explain (LbConfigFile *self,
                        const GError *error)
{
  g_autofree char *name = NULL;

  if (self->newer)
    return g_strdup_printf (_("%s The default settings are used, and nothing is saved to “%s” while "
                              "it is there. Start that version, or name another file with "
                              "--config."),
                            error->message, self->path);

  /* A directory, perhaps named by mistake, stays where it is. */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE))
    name = lb_config_writer_move_aside (self->writer, NULL);

  if (name == NULL)
    return g_strdup_printf (_("The configuration file “%s” cannot be used. %s The default settings "
                              "are used."),
                            self->path, error->message);

  return g_strdup_printf (_("The configuration file “%s” cannot be used. %s It is kept as “%s”, and "
                            "the default settings are used."),
                          self->path, error->message, name);
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
  g_autofree char *sentence = NULL;

  g_return_val_if_fail (LB_IS_CONFIG_FILE (self), NULL);

  lb_config_writer_clean (self->writer);

  contents = lb_config_writer_read (self->writer, &error);
  if (contents != NULL)
    config = lb_config_file_parse (self, contents, problems, &error);

  if (config != NULL)
    lb_config_writer_accept (self->writer, contents);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      self->newer = g_error_matches (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION);
      lb_config_file_set_bytes (&self->refused, contents);
      sentence = lb_config_file_explain (self, error);
      if (problems != NULL)
        g_ptr_array_add (problems, g_steal_pointer (&sentence));
    }

  if (config == NULL)
    config = lb_config_new ();

  lb_config_file_set_present (self, config);
  if (self->watch == NULL)
    self->watch = lb_file_watch_new (self->path, lb_config_file_on_touched, self);

  return g_steal_pointer (&config);
}

/**
 * lb_config_file_save:
 * @self: the file, loaded
 * @config: what to remember
 *
 * Saves a configuration as it is now. Returns at once; a worker thread writes, and if it fails
 * ::problem tells and it is tried again some seconds later, or by the next save or flush. Does nothing while a newer version's file
 * is in place.
 */
void
lb_config_file_save (LbConfigFile *self,
                     const LbConfig *config)
{
  g_autoptr (GBytes) bytes = NULL;
  char *text;
  gsize length;

  g_return_if_fail (LB_IS_CONFIG_FILE (self));
  g_return_if_fail (config != NULL);

  lb_config_file_set_present (self, config);

  if (self->newer)
    return;

  text = lb_config_to_json (config, &length);
  bytes = g_bytes_new_take (text, length);
  if (!lb_config_writer_queue (self->writer, bytes))
    return;

  lb_config_file_start_saving (self);
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

  written = lb_config_writer_write (self->writer, problems, error);
  lb_config_file_emit_problems (self, problems);

  return written;
}
