/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A chain of certificates and a key have some KiB. */
#define MAX_SIZE (1024 * 1024)

/* Who renews a certificate may write the file in several steps. */
#define SETTLE_US (G_USEC_PER_SEC / 2)

/**
 * LbHaproxyCertificate:
 *
 * The file with the certificate that clients see, and its private key. The engine makes one for the path that is
 * configured; it reads the file, and again whenever somebody has changed or replaced it, so that a renewed
 * certificate is served without anybody's doing.
 *
 * Whether the two belong together is for HAProxy to say.
 *
 * Signal: `changed`, there is something else in the file, or something else is wrong with it.
 */
struct _LbHaproxyCertificate
{
  GObject parent_instance;

  char *path;
  GFileMonitor *monitors[2]; /* of the path, and of what it leads to if it is a link */
  GSource *source;           /* looks when it has been quiet for a while */
  char *mark;
  char *error;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHaproxyCertificate, lb_haproxy_certificate, G_TYPE_OBJECT)

static gboolean
refuse (GError **error,
        const char *format,
        ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error,
        const char *format,
        ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, arguments);
  va_end (arguments);

  return FALSE;
}

/* Returns: (transfer full) (nullable): what is in the file, ended by a zero byte */
static char *
lb_haproxy_certificate_read (const char *path,
                             struct stat *about,
                             GError **error)
{
  /* What is no file must not make us wait. */
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  g_autofree char *text = NULL;
  gssize n;

  if (fd < 0)
    {
      refuse (error, _ ("The certificate “%s” cannot be read: %s."), path, g_strerror (errno));
      return NULL;
    }

  if (fstat (fd, about) != 0 || !S_ISREG (about->st_mode) || about->st_size > MAX_SIZE)
    {
      close (fd);
      refuse (error, _ ("“%s” is no file with a certificate."), path);
      return NULL;
    }

  text = g_malloc0 (MAX_SIZE + 1);
  n = read (fd, text, MAX_SIZE);
  close (fd);

  if (n < 0)
    {
      refuse (error, _ ("The certificate “%s” cannot be read: %s."), path, g_strerror (errno));
      return NULL;
    }

  return g_realloc (g_steal_pointer (&text), (gsize) n + 1);
}

/**
 * lb_haproxy_certificate_check:
 * @path: the path of a file
 * @mark: (out) (optional) (transfer full): what is another one when something else is in the file
 * @error: return location for a %G_IO_ERROR_INVALID_DATA, a sentence that says what to do
 *
 * Looks whether the file can be read, has a certificate and a private key in PEM form, and whether others on this
 * computer could read the key.
 *
 * Returns: whether HAProxy may be given it
 */
gboolean
lb_haproxy_certificate_check (const char *path,
                              char **mark,
                              GError **error)
{
  struct stat about;
  g_autofree char *text = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  text = lb_haproxy_certificate_read (path, &about, error);
  if (text == NULL)
    return FALSE;

  if (strstr (text, "-----BEGIN CERTIFICATE-----") == NULL)
    return refuse (error, _ ("There is no certificate in PEM form in “%s”."), path);

  if (strstr (text, "PRIVATE KEY-----") == NULL)
    return refuse (error,
                   _ ("The private key is missing in “%s”. Put it behind the certificate, in the same file."),
                   path);

  /* It would ask for it on a terminal. */
  if (strstr (text, "BEGIN ENCRYPTED PRIVATE KEY") != NULL || strstr (text, "Proc-Type: 4,ENCRYPTED") != NULL)
    return refuse (error, _ ("The private key in “%s” is locked with a passphrase. Put it there without."), path);

  /* A group that may read it, such as Debian's ssl-cert, is somebody's decision. */
  if ((about.st_mode & (S_IRWXO | S_IWGRP)) != 0)
    return refuse (error,
                   /* Translators: keep the command */
                   _ ("Others on this computer could read or change the private key in “%s”. "
                      "Prevent that with: chmod 600 %s"),
                   path, path);

  if (mark != NULL)
    *mark = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return TRUE;
}

static void
lb_haproxy_certificate_look (LbHaproxyCertificate *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->mark, g_free);
  g_clear_pointer (&self->error, g_free);
  if (!lb_haproxy_certificate_check (self->path, &self->mark, &error))
    self->error = g_strdup (error->message);
}

static void
lb_haproxy_certificate_on_event (LbHaproxyCertificate *self)
{
  g_source_set_ready_time (self->source, g_get_monotonic_time () + SETTLE_US);
}

static void
lb_haproxy_certificate_watch (LbHaproxyCertificate *self,
                              guint i,
                              const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (self->monitors[i] != NULL)
    g_file_monitor_cancel (self->monitors[i]);
  g_clear_object (&self->monitors[i]);

  /* Where nothing can be watched the file is as it was. */
  self->monitors[i] = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitors[i] != NULL)
    g_signal_connect_object (self->monitors[i], "changed", G_CALLBACK (lb_haproxy_certificate_on_event), self,
                             G_CONNECT_SWAPPED);
}

/* A link may lead elsewhere by now. */
static void
lb_haproxy_certificate_watch_target (LbHaproxyCertificate *self)
{
  char *target = realpath (self->path, NULL);

  if (target != NULL && strcmp (target, self->path) != 0)
    lb_haproxy_certificate_watch (self, 1, target);
  free (target);
}

static gboolean
lb_haproxy_certificate_on_quiet (gpointer user_data)
{
  LbHaproxyCertificate *self = user_data;
  g_autofree char *mark = g_strdup (self->mark);
  g_autofree char *error = g_strdup (self->error);

  g_source_set_ready_time (self->source, -1);
  lb_haproxy_certificate_watch_target (self);
  lb_haproxy_certificate_look (self);
  if (g_strcmp0 (mark, self->mark) != 0 || g_strcmp0 (error, self->error) != 0)
    g_signal_emit (self, signals[CHANGED], 0);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_haproxy_certificate_source_dispatch (GSource *source G_GNUC_UNUSED,
                                        GSourceFunc callback,
                                        gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = lb_haproxy_certificate_source_dispatch };

static void
lb_haproxy_certificate_dispose (GObject *object)
{
  LbHaproxyCertificate *self = LB_HAPROXY_CERTIFICATE (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    {
      if (self->monitors[i] != NULL)
        g_file_monitor_cancel (self->monitors[i]);
      g_clear_object (&self->monitors[i]);
    }
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);

  G_OBJECT_CLASS (lb_haproxy_certificate_parent_class)->dispose (object);
}

static void
lb_haproxy_certificate_finalize (GObject *object)
{
  LbHaproxyCertificate *self = LB_HAPROXY_CERTIFICATE (object);

  g_free (self->path);
  g_free (self->mark);
  g_free (self->error);

  G_OBJECT_CLASS (lb_haproxy_certificate_parent_class)->finalize (object);
}

static void
lb_haproxy_certificate_class_init (LbHaproxyCertificateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_haproxy_certificate_dispose;
  object_class->finalize = lb_haproxy_certificate_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
lb_haproxy_certificate_init (LbHaproxyCertificate *self)
{
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[lb] certificate");
  g_source_set_callback (self->source, lb_haproxy_certificate_on_quiet, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/**
 * lb_haproxy_certificate_new:
 * @path: the path of a file, which need not be there
 *
 * Returns: (transfer full): the certificate in it, as it is and as it becomes
 */
LbHaproxyCertificate *
lb_haproxy_certificate_new (const char *path)
{
  LbHaproxyCertificate *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (LB_TYPE_HAPROXY_CERTIFICATE, NULL);
  self->path = g_strdup (path);
  lb_haproxy_certificate_watch (self, 0, path);
  lb_haproxy_certificate_watch_target (self);
  lb_haproxy_certificate_look (self);

  return self;
}

/**
 * lb_haproxy_certificate_get_path:
 * @self: a certificate
 *
 * Returns: where it is
 */
const char *
lb_haproxy_certificate_get_path (LbHaproxyCertificate *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_CERTIFICATE (self), NULL);

  return self->path;
}

/**
 * lb_haproxy_certificate_get_mark:
 * @self: a certificate
 *
 * Returns: (nullable): what is another one when something else is in the file; %NULL while it cannot be used
 */
const char *
lb_haproxy_certificate_get_mark (LbHaproxyCertificate *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_CERTIFICATE (self), NULL);

  return self->mark;
}

/**
 * lb_haproxy_certificate_get_error:
 * @self: a certificate
 *
 * Returns: (nullable): a sentence on why it cannot be used
 */
const char *
lb_haproxy_certificate_get_error (LbHaproxyCertificate *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_CERTIFICATE (self), NULL);

  return self->error;
}
