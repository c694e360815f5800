/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-safe-file"

#include "config.h"

#include "config/lb-safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reading and replacing a small file of which nothing may be lost. These functions block, and may
 * be called from any thread. They set errors of %G_IO_ERROR. */

/* As many as the kernel follows. */
#define MAX_SYMLINKS 40

/* A staged file's name is that of its file between a dot and these two; no person calls one so. */
#define STAGED_MARK ".load-balancer-"
#define STAGED_CHANCE "XXXXXX"

/* A staged file waits for no longer than the disk is busy. After this it is nobody's. */
#define STALE_S (10 * 60)

/* Those who take turns hold the lock for as long as a rename takes. */
#define LOCK_TRY_US (5 * 1000)
#define LOCK_TRIES 200

static void
lb_safe_file_set_error (GError **error,
                        int code,
                        const char *path)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               /* Translators: a path, then the system's word for what is wrong */
               _("“%s”: %s."), path, g_strerror (code));
}

static void
lb_safe_file_set_no_file (GError **error,
                          const char *path)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               _("“%s” is a directory or a device. Name a file."), path);
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
    lb_safe_file_set_no_file (error, path);
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

/**
 * lb_safe_file_lock:
 * @path: a path
 *
 * Takes turns with whoever else calls this for a file in the same folder, in this process or in another:
 * for who looks at a file and then replaces it. Where that is not possible, or another does not let go for
 * a second, it goes on all the same.
 *
 * Returns: what to give to lb_safe_file_unlock()
 */
int
lb_safe_file_lock (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  const int lock = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; lock >= 0 && i < LOCK_TRIES && flock (lock, LOCK_EX | LOCK_NB) != 0; i++)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        break;
      g_usleep (LOCK_TRY_US);
    }

  return lock;
}

/**
 * lb_safe_file_unlock:
 * @lock: what lb_safe_file_lock() returned
 *
 * Lets the next have its turn.
 */
void
lb_safe_file_unlock (int lock)
{
  if (lock >= 0)
    close (lock);
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

/* What the name of a staged file begins with; behind it stand letters of chance. */
static char *
lb_safe_file_dup_staged_prefix (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_strconcat (".", name, STAGED_MARK, NULL);
}

/* What cannot be given is no reason to fail: the contents are what counts. */
static void
lb_safe_file_copy_owner (const char *from,
                         int fd)
{
  struct stat old, new;

  if (stat (from, &old) != 0 || fstat (fd, &new) != 0)
    return;

  if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
      fchown (fd, old.st_uid, old.st_gid) != 0)
    g_debug ("Could not give the new %s its owner: %s", from, g_strerror (errno));

  if (old.st_mode != new.st_mode && fchmod (fd, old.st_mode & 07777) != 0)
    g_debug ("Could not give the new %s its mode: %s", from, g_strerror (errno));
}

/* Writes everything, durably; if that fails errno says why. */
static gboolean
lb_safe_file_write_all (int fd,
                        const char *data,
                        gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno != EINTR)
        return FALSE;

      if (n > 0)
        {
          data += n;
          length -= (gsize) n;
        }
    }

  while (fsync (fd) != 0)
    {
      if (errno != EINTR)
        return FALSE;
    }

  return TRUE;
}

/**
 * lb_safe_file_stage:
 * @path: a path that is no symbolic link
 * @contents: what the file shall hold
 * @error: return location for an error
 *
 * Does all of replacing a file that takes time, and leaves the file alone: writes a new one beside
 * it, durably, with the mode and as far as we may the owner of the old one; where there is none, for
 * its owner only. It has a name that nothing had before, so that whoever else stages the same file
 * has another. lb_safe_file_commit() or lb_safe_file_cancel() must follow. A pipe or a device, which
 * a rename would replace as well, is refused.
 *
 * Returns: (transfer full) (type filename): the path of the staged file
 */
char *
lb_safe_file_stage (const char *path,
                    GBytes *contents,
                    GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *prefix = lb_safe_file_dup_staged_prefix (path);
  g_autofree char *staged = g_strconcat (directory, "/", prefix, STAGED_CHANCE, NULL);
  gsize length;
  const char *data = g_bytes_get_data (contents, &length);
  struct stat info;
  int fd;

  if (lstat (path, &info) == 0 && !S_ISREG (info.st_mode))
    {
      lb_safe_file_set_no_file (error, path);
      return NULL;
    }

  fd = mkostemp (staged, O_CLOEXEC);
  if (fd < 0)
    {
      lb_safe_file_set_error (error, errno, path);
      return NULL;
    }

  lb_safe_file_copy_owner (path, fd);

  if (!lb_safe_file_write_all (fd, data, length))
    {
      lb_safe_file_set_error (error, errno, path);
      lb_safe_file_cancel (staged);
      g_clear_pointer (&staged, g_free);
    }

  close (fd);

  return g_steal_pointer (&staged);
}

/**
 * lb_safe_file_commit:
 * @staged: (type filename): what lb_safe_file_stage() returned
 * @path: the path that was staged
 * @error: return location for an error
 *
 * Puts the staged file in place. Whatever happens, @path has the old contents or the new, whole; when
 * this returns the new ones are on the disk.
 *
 * Returns: whether that was done
 */
gboolean
lb_safe_file_commit (const char *staged,
                     const char *path,
                     GError **error)
{
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
 * @staged: (type filename): what lb_safe_file_stage() returned
 *
 * Removes the staged file.
 */
void
lb_safe_file_cancel (const char *staged)
{
  g_unlink (staged);
}

/**
 * lb_safe_file_clean:
 * @path: a path that is no symbolic link
 *
 * Removes what was staged for @path by processes that did not live to put it in place. One that may
 * be alive is told by its file's age, and left alone.
 */
void
lb_safe_file_clean (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *prefix = lb_safe_file_dup_staged_prefix (path);
  const gsize length = strlen (prefix) + strlen (STAGED_CHANCE);
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *staged = NULL;
      struct stat info;

      if (!g_str_has_prefix (name, prefix) || strlen (name) != length)
        continue;

      staged = g_build_filename (directory, name, NULL);
      if (lstat (staged, &info) == 0 && S_ISREG (info.st_mode) &&
          now - info.st_mtime > STALE_S)
        g_unlink (staged);
    }
}
