/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-folder.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The path of a socket has 107 bytes: behind the folder's there are a name of up to 32 with two numbers, and
 * `.NUMBER.tmp`, which HAProxy adds while it opens it. */
#define DIRECTORY_MAX 60

/**
 * LbHaproxyFolder:
 *
 * The folder with the files of the HAProxy processes that we start: each has its own, by a number. Nobody else may
 * look into it. It is in the folder of the session, where others of ours may have theirs.
 */
struct _LbHaproxyFolder
{
  char *directory;
  guint number;
};

/**
 * lb_haproxy_folder_new:
 * @error: return location for a #GFileError
 *
 * Returns: (transfer full) (nullable): a folder
 */
LbHaproxyFolder *
lb_haproxy_folder_new (GError **error)
{
  g_autofree char *directory = g_build_filename (g_get_user_runtime_dir (), "load-balancer", NULL);
  LbHaproxyFolder *self;

  /* Where there is no such folder of the session's, GLib gives one that may be anybody's to read. HAProxy's
   * socket must fit in. */
  if (g_getenv ("XDG_RUNTIME_DIR") == NULL || strlen (directory) > DIRECTORY_MAX ||
      g_mkdir_with_parents (directory, 0700) != 0)
    {
      g_free (directory);
      directory = g_dir_make_tmp ("load-balancer-XXXXXX", error);
    }
  if (directory == NULL)
    return NULL;

  self = g_new0 (LbHaproxyFolder, 1);
  self->directory = g_steal_pointer (&directory);

  return self;
}

/**
 * lb_haproxy_folder_free:
 * @self: (nullable) (transfer full): a folder
 *
 * Removes it, unless there still are files in it.
 */
void
lb_haproxy_folder_free (LbHaproxyFolder *self)
{
  if (self == NULL)
    return;

  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self);
}

/**
 * lb_haproxy_folder_next:
 * @self: a folder
 *
 * The paths from now on are those of another process.
 */
void
lb_haproxy_folder_next (LbHaproxyFolder *self)
{
  self->number++;
}

/**
 * lb_haproxy_folder_make_path:
 * @self: a folder
 * @suffix: what the name ends with
 *
 * Returns: (transfer full): the path of a file of the process of the moment
 */
char *
lb_haproxy_folder_make_path (LbHaproxyFolder *self,
                             const char *suffix)
{
  g_autofree char *name = g_strdup_printf ("haproxy-%d-%u%s", (int) getpid (), self->number, suffix);

  return g_build_filename (self->directory, name, NULL);
}

/**
 * lb_haproxy_folder_write:
 * @path: a path
 * @text: what is to be there
 * @error: return location for a #GFileError
 *
 * Returns: whether it is there, for nobody else to read
 */
gboolean
lb_haproxy_folder_write (const char *path,
                         const char *text,
                         GError **error)
{
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
