/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-safe-file"

#include "config.h"

#include "config/lb-safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reading and replacing a small file of which nothing may be lost. These functions block, and may
 * be called from any thread. They set errors of %G_IO_ERROR and %G_FILE_ERROR. */

/* As many as the kernel follows. */
#define MAX_SYMLINKS 40

static void
lb_safe_file_set_error (GError **error,
                        int code,
                        const char *path)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               /* Translators: a path, then the system's word for what is wrong */
               _("“%s”: %s."), path, g_strerror (code));
}

/**
 * lb_safe_file_resolve:
 * @path: an absolute path
 * @error: return location for an error
 *
 * Follows symbolic links at the end of a path, so that the file they lead to can be replaced and
 * they stay. The file need not exist.
 *
 * Returns: (transfer full) (type filename): the path of what is no symbolic link
 */
char *
lb_safe_file_resolve (const char *path,
                      GError **error)
{
  g_autofree char *resolved = g_strdup (path);

  for (int i = 0; i < MAX_SYMLINKS; i++)
    {
      g_autofree char *target = g_file_read_link (resolved, NULL);
      g_autofree char *directory = NULL;

      if (target == NULL)
        return g_steal_pointer (&resolved);

      directory = g_path_get_dirname (resolved);
      g_free (resolved);
      resolved = g_path_is_absolute (target) ? g_steal_pointer (&target)
                                             : g_build_filename (directory, target, NULL);
    }

  lb_safe_file_set_error (error, ELOOP, path);
  return NULL;
}

/* Reads until the end, or until there is more than @max_size. */
static GByteArray *
lb_safe_file_read_all (int fd,
                       gsize max_size)
{
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  guint8 block[16 * 1024];
  gssize n;

  do
    {
      n = read (fd, block, sizeof block);
      if (n > 0)
        g_byte_array_append (contents, block, (guint) n);
    }
  while ((n > 0 && contents->len <= max_size) || (n < 0 && errno == EINTR));

  return n < 0 ? NULL : g_steal_pointer (&contents);
}

/**
 * lb_safe_file_read:
 * @path: a path
 * @max_size: how many bytes it may have
 * @error: return location for an error, %G_IO_ERROR_NOT_FOUND if there is no such file,
 *   %G_IO_ERROR_NOT_REGULAR_FILE if it is a directory or a device, %G_IO_ERROR_MESSAGE_TOO_LARGE if
 *   it is too large
 *
 * Reads a file. No more of it than @max_size is read, and a pipe in its place does not block.
 *
 * Returns: (transfer full): its contents
 */
GBytes *
lb_safe_file_read (const char *path,
                   gsize max_size,
                   GError **error)
{
  g_autoptr (GByteArray) contents = NULL;
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int code = 0;

  if (fd < 0 || fstat (fd, &info) != 0)
    code = errno;
  else if (!S_ISREG (info.st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                 _("“%s” is a directory or a device. Name a file."), path);
  else
    {
      if ((guint64) info.st_size <= max_size)
        {
          contents = lb_safe_file_read_all (fd, max_size);
          code = contents == NULL ? errno : 0;
        }

      if (code == 0 && (contents == NULL || contents->len > max_size))
        {
          g_clear_pointer (&contents, g_byte_array_unref);
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                       _("“%s” is larger than %u MiB."), path, (guint) (max_size >> 20));
        }
    }

  if (fd >= 0)
    close (fd);

  if (code != 0)
    lb_safe_file_set_error (error, code, path);

  return contents != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&contents)) : NULL;
}

/* Gives a file a second name that nothing has; where the file system knows no links, a copy. */
static gboolean
lb_safe_file_link (const char *path,
                   const char *name,
                   GError **error)
{
  g_autoptr (GFile) source = NULL;
  g_autoptr (GFile) copy = NULL;

  if (link (path, name) == 0)
    return TRUE;

  if (errno != EPERM && errno != EMLINK && errno != EOPNOTSUPP && errno != ENOSYS)
    {
      lb_safe_file_set_error (error, errno, name);
      return FALSE;
    }

  source = g_file_new_for_path (path);
  copy = g_file_new_for_path (name);
  return g_file_copy (source, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, error);
}

/**
 * lb_safe_file_keep:
 * @path: a file
 * @word: what to call it
 * @error: return location for an error
 *
 * Keeps what is in a file under a name beside it, `PATH.WORD-YYYYmmdd-HHMMSS`, with `-1`, `-2` and
 * so on behind it if there is one already: nothing is overwritten. The file itself stays until it
 * is replaced or removed.
 *
 * Returns: (transfer full) (type filename): the new path
 */
char *
lb_safe_file_keep (const char *path,
                   const char *word,
                   GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *base = g_strdup_printf ("%s.%s-%s", path, word, time);
  g_autofree char *name = g_strdup (base);

  for (guint n = 1;; n++)
    {
      g_autoptr (GError) local_error = NULL;

      if (lb_safe_file_link (path, name, &local_error))
        return g_steal_pointer (&name);

      if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }

      g_free (name);
      name = g_strdup_printf ("%s-%u", base, n);
    }
}

static char *
lb_safe_file_get_staged (const char *path)
{
  return g_strconcat (path, ".new", NULL);
}

/* What cannot be given is no reason to fail: the contents are what counts. */
static void
lb_safe_file_copy_owner (const char *from,
                         const char *to)
{
  struct stat old, new;

  if (stat (from, &old) != 0 || stat (to, &new) != 0)
    return;

  if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
      chown (to, old.st_uid, old.st_gid) != 0)
    g_debug ("Could not give %s its owner: %s", to, g_strerror (errno));

  if (old.st_mode != new.st_mode && chmod (to, old.st_mode & 07777) != 0)
    g_debug ("Could not give %s its mode: %s", to, g_strerror (errno));
}

/**
 * lb_safe_file_stage:
 * @path: a path that is no symbolic link
 * @contents: what the file shall hold
 * @error: return location for an error
 *
 * Does all of replacing a file that takes time, and leaves the file alone: writes a new one beside
 * it, durably, with the mode and as far as we may the owner of the old one; where there is none, for
 * its owner only. lb_safe_file_commit() or lb_safe_file_cancel() must follow.
 *
 * Returns: whether that was done
 */
gboolean
lb_safe_file_stage (const char *path,
                    GBytes *contents,
                    GError **error)
{
  g_autofree char *staged = lb_safe_file_get_staged (path);
  gsize length;
  const char *data = g_bytes_get_data (contents, &length);

  /* Consistent, so that one left by a crash, or of another process, is never mixed with ours. */
  if (!g_file_set_contents_full (staged, data, (gssize) length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0600, error))
    return FALSE;

  lb_safe_file_copy_owner (path, staged);

  return TRUE;
}

/**
 * lb_safe_file_commit:
 * @path: a path that was staged
 * @error: return location for an error
 *
 * Puts the staged file in place. Whatever happens, @path has the old contents or the new, whole; when
 * this returns the new ones are on the disk.
 *
 * Returns: whether that was done
 */
gboolean
lb_safe_file_commit (const char *path,
                     GError **error)
{
  g_autofree char *staged = lb_safe_file_get_staged (path);
  g_autofree char *directory = g_path_get_dirname (path);
  int fd;

  if (rename (staged, path) != 0)
    {
      lb_safe_file_set_error (error, errno, path);
      return FALSE;
    }

  /* The name is durable once its directory is; some file systems cannot sync one. */
  fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsync (fd) != 0)
    g_debug ("Could not sync %s: %s", directory, g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return TRUE;
}

/**
 * lb_safe_file_cancel:
 * @path: a path that was staged
 *
 * Removes the staged file.
 */
void
lb_safe_file_cancel (const char *path)
{
  g_autofree char *staged = lb_safe_file_get_staged (path);

  g_unlink (staged);
}
