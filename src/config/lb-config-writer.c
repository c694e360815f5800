/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-writer"

#include "config.h"

#include "config/lb-config-writer.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "config/lb-config-json.h"
#include "config/lb-safe-file.h"

/**
 * LbConfigWriter:
 *
 * The file itself, behind an [class@LbConfigFile], which owns it. It holds the newest text that
 * waits to be written, and knows what we last read or wrote: whatever else it finds in the file when
 * it writes is somebody else's, and kept under another name first.
 *
 * Every function may be called from any thread; all but lb_config_writer_queue() block on the disk.
 */
struct _LbConfigWriter
{
  char *path;

  GMutex queue_lock; /* held for a moment only */
  GBytes *waiting;   /* the newest text that is not in the file */
  gboolean queued;   /* whether somebody is on the way to write it */

  GMutex file_lock; /* held while the file is read or written */
  GBytes *known;    /* what we last read or wrote; NULL if there was no file */
};

/* More than any pool needs, and still read in a moment. */
#define MAX_SIZE (16 * 1024 * 1024)

/* Keeps what is in @target, which is not ours; @contents is %NULL if that is too large. Refuses if a
 * newer version of the program wrote it. */
static gboolean
lb_config_writer_keep_foreign (LbConfigWriter *self,
                               const char *target,
                               GBytes *contents,
                               GPtrArray *problems,
                               GError **error)
{
  g_autoptr (LbConfig) usable = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = NULL;

  if (contents != NULL)
    usable = lb_config_from_json (g_bytes_get_data (contents, NULL), g_bytes_get_size (contents),
                                  NULL, NULL, &local_error);

  if (g_error_matches (local_error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  name = lb_safe_file_keep (target, usable != NULL ? "kept" : "broken", error);
  if (name == NULL)
    return FALSE;

  if (usable != NULL)
    g_ptr_array_add (problems,
                     g_strdup_printf (_("Another program changed the configuration file while a "
                                        "change made here was being saved. What it wrote is kept "
                                        "as “%s”."),
                                      name));
  else
    g_ptr_array_add (problems,
                     g_strdup_printf (_("What could not be used in the configuration file is kept "
                                        "as “%s”."),
                                      name));

  return TRUE;
}

/* Sees to it that @target may be replaced. */
static gboolean
lb_config_writer_make_way (LbConfigWriter *self,
                           const char *target,
                           GPtrArray *problems,
                           GError **error)
{
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GError) local_error = NULL;

  contents = lb_safe_file_read (target, MAX_SIZE, &local_error);
  if (contents != NULL && self->known != NULL && g_bytes_equal (contents, self->known))
    return TRUE;

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;

  if (contents == NULL && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return lb_config_writer_keep_foreign (self, target, contents, problems, error);
}

/* Brings @text into the file. Called with @file_lock held. */
static gboolean
lb_config_writer_replace (LbConfigWriter *self,
                          GBytes *text,
                          GPtrArray *problems,
                          GError **error)
{
  g_autoptr (GBytes) contents = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *staged = NULL;
  g_autofree char *target = lb_safe_file_resolve (self->path, error);
  gboolean replaced;
  int lock;

  if (target == NULL)
    return FALSE;

  contents = lb_safe_file_read (target, MAX_SIZE, NULL);
  if (contents == NULL || !g_bytes_equal (contents, text))
    {
      /* What stands in the way of this does so for the file, too, and is told then. */
      directory = g_path_get_dirname (target);
      g_mkdir_with_parents (directory, 0700);

      /* Looking at what is there comes last before the rename: what somebody else puts there in
       * between, which takes microseconds, would be lost. Another of our kind takes turns. */
      staged = lb_safe_file_stage (target, text, error);
      if (staged == NULL)
        return FALSE;

      lock = lb_safe_file_lock (target);
      replaced = lb_config_writer_make_way (self, target, problems, error) &&
                 lb_safe_file_commit (staged, target, error);
      lb_safe_file_unlock (lock);
      if (!replaced)
        {
          lb_safe_file_cancel (staged);
          return FALSE;
        }
    }

  g_clear_pointer (&self->known, g_bytes_unref);
  self->known = g_bytes_ref (text);

  return TRUE;
}

/**
 * lb_config_writer_new:
 * @path: an absolute path
 *
 * Returns: (transfer full): a writer that has done nothing yet
 */
LbConfigWriter *
lb_config_writer_new (const char *path)
{
  LbConfigWriter *self = g_new0 (LbConfigWriter, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->queue_lock);
  g_mutex_init (&self->file_lock);

  return self;
}

/**
 * lb_config_writer_free:
 * @self: (transfer full): a writer that nobody calls any more
 *
 * Drops what still waits.
 */
void
lb_config_writer_free (LbConfigWriter *self)
{
  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_clear_pointer (&self->known, g_bytes_unref);
  g_mutex_clear (&self->queue_lock);
  g_mutex_clear (&self->file_lock);
  g_free (self->path);
  g_free (self);
}

/**
 * lb_config_writer_queue:
 * @self: a writer
 * @text: (transfer none): what the file shall hold
 *
 * Lets @text wait to be written, in place of what waited before.
 *
 * Returns: whether the caller must see to it that lb_config_writer_write() is called; if not,
 *   somebody is on the way to it
 */
gboolean
lb_config_writer_queue (LbConfigWriter *self,
                        GBytes *text)
{
  gboolean queued;

  g_mutex_lock (&self->queue_lock);
  g_clear_pointer (&self->waiting, g_bytes_unref);
  self->waiting = g_bytes_ref (text);
  queued = self->queued;
  self->queued = TRUE;
  g_mutex_unlock (&self->queue_lock);

  return !queued;
}

/**
 * lb_config_writer_write:
 * @self: a writer
 * @problems: (element-type utf8): translated sentences on what was kept aside are added to it
 * @error: return location for an error, whose message is a sentence for a person
 *
 * Writes what waits, after whoever is writing now. If that fails it waits on, unless something newer
 * has come.
 *
 * Returns: whether nothing waits any more
 */
gboolean
lb_config_writer_write (LbConfigWriter *self,
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

  written = text == NULL || lb_config_writer_replace (self, text, problems, error);
  if (!written)
    {
      g_mutex_lock (&self->queue_lock);
      if (self->waiting == NULL)
        self->waiting = g_steal_pointer (&text);
      g_mutex_unlock (&self->queue_lock);

      g_prefix_error (error, "%s ", _("The configuration could not be saved."));
    }

  g_mutex_unlock (&self->file_lock);

  return written;
}

/**
 * lb_config_writer_read:
 * @self: a writer
 * @error: return location for an error as of lb_safe_file_read()
 *
 * Returns: (transfer full): what is in the file now
 */
GBytes *
lb_config_writer_read (LbConfigWriter *self,
                       GError **error)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, error);

  return target != NULL ? lb_safe_file_read (target, MAX_SIZE, error) : NULL;
}

/**
 * lb_config_writer_clean:
 * @self: a writer
 *
 * Removes what an earlier process began to write and did not finish.
 */
void
lb_config_writer_clean (LbConfigWriter *self)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, NULL);

  if (target != NULL)
    lb_safe_file_clean (target);
}

/**
 * lb_config_writer_knows:
 * @self: a writer
 * @contents: what was in the file
 *
 * Returns: whether that is what we last read or wrote
 */
gboolean
lb_config_writer_knows (LbConfigWriter *self,
                        GBytes *contents)
{
  gboolean known;

  g_mutex_lock (&self->file_lock);
  known = self->known != NULL && g_bytes_equal (self->known, contents);
  g_mutex_unlock (&self->file_lock);

  return known;
}

/**
 * lb_config_writer_accept:
 * @self: a writer
 * @contents: what was in the file
 *
 * Takes it for read, so that it may be replaced. What waited is older, and dropped.
 */
void
lb_config_writer_accept (LbConfigWriter *self,
                         GBytes *contents)
{
  g_mutex_lock (&self->file_lock);
  g_clear_pointer (&self->known, g_bytes_unref);
  self->known = g_bytes_ref (contents);
  g_mutex_unlock (&self->file_lock);

  g_mutex_lock (&self->queue_lock);
  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_mutex_unlock (&self->queue_lock);
}

/**
 * lb_config_writer_move_aside:
 * @self: a writer
 * @error: return location for an error
 *
 * Renames a file that cannot be used, so that it is out of the way and kept.
 *
 * Returns: (transfer full) (type filename): its new path
 */
char *
lb_config_writer_move_aside (LbConfigWriter *self,
                             GError **error)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, error);
  g_autofree char *name = NULL;

  if (target == NULL)
    return NULL;

  name = lb_safe_file_keep (target, "broken", error);
  if (name == NULL)
    return NULL;

  /* If it cannot be removed it is kept twice: again when it is replaced. */
  g_unlink (target);

  return g_steal_pointer (&name);
}
