/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-file"

#include "config.h"

#include "config/lb-file-watch.h"

#include <string.h>

#include "config/lb-safe-file.h"

/*
 * LbFileWatch
 *
 * Says when a path may lead to something else than before, once when a series of changes is over. Where
 * the path is a symbolic link, the file it leads to is watched as well, and whenever something has
 * changed it is found out anew which that is. That nothing has changed after all is for the caller to
 * see.
 */
struct _LbFileWatch
{
  char *path;
  LbFileWatchFunc look;
  gpointer user_data;

  GFileMonitor *monitor;
  GFileMonitor *target_monitor; /* of the file itself where the path is a symbolic link */
  char *target;
  GSource *timer;
};

static void
lb_file_watch_clear_timer (LbFileWatch *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
lb_file_watch_on_event (LbFileWatch *self)
{
  lb_file_watch_look_later (self, LB_FILE_WATCH_DELAY_MS);
}

static void
lb_file_watch_clear_monitor (LbFileWatch *self,
                             GFileMonitor **monitor)
{
  if (*monitor == NULL)
    return;

  g_signal_handlers_disconnect_by_data (*monitor, self);
  g_file_monitor_cancel (*monitor);
  g_clear_object (monitor);
}

static GFileMonitor *
lb_file_watch_monitor (LbFileWatch *self,
                       const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, &error);

  if (monitor == NULL)
    g_message ("Changes of %s will not be noticed: %s", path, error->message);
  else
    g_signal_connect_swapped (monitor, "changed", G_CALLBACK (lb_file_watch_on_event), self);

  return monitor;
}

/* Watches the path and, if that is a symbolic link, the file it leads to now. */
static void
lb_file_watch_follow (LbFileWatch *self)
{
  g_autofree char *target = lb_safe_file_resolve (self->path, NULL);

  if (self->monitor == NULL)
    self->monitor = lb_file_watch_monitor (self, self->path);

  if (g_strcmp0 (target, self->target) == 0)
    return;

  lb_file_watch_clear_monitor (self, &self->target_monitor);
  if (target != NULL && strcmp (target, self->path) != 0)
    self->target_monitor = lb_file_watch_monitor (self, target);

  g_free (self->target);
  self->target = g_steal_pointer (&target);
}

static gboolean
lb_file_watch_on_due (gpointer user_data)
{
  LbFileWatch *self = user_data;

  lb_file_watch_clear_timer (self);
  lb_file_watch_follow (self);
  self->look (self->user_data);

  return G_SOURCE_REMOVE;
}

/**
 * lb_file_watch_new:
 * @path: (type filename): where the file is or will be, absolute
 * @look: called in the thread-default main context some time after the path was touched
 * @user_data: for @look
 *
 * Watches from now on.
 *
 * Returns: (transfer full): a watch
 */
LbFileWatch *
lb_file_watch_new (const char *path,
                   LbFileWatchFunc look,
                   gpointer user_data)
{
  LbFileWatch *self;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (look != NULL, NULL);

  self = g_new0 (LbFileWatch, 1);
  self->path = g_strdup (path);
  self->look = look;
  self->user_data = user_data;
  lb_file_watch_follow (self);

  return self;
}

/**
 * lb_file_watch_free:
 * @self: (transfer full): a watch
 *
 * Does not call any more.
 */
void
lb_file_watch_free (LbFileWatch *self)
{
  g_return_if_fail (self != NULL);

  lb_file_watch_clear_timer (self);
  lb_file_watch_clear_monitor (self, &self->monitor);
  lb_file_watch_clear_monitor (self, &self->target_monitor);
  g_free (self->target);
  g_free (self->path);
  g_free (self);
}

/**
 * lb_file_watch_look_later:
 * @self: a watch
 * @delay_ms: after how many milliseconds
 *
 * Calls once then, in place of any call that is due, unless the file changes meanwhile.
 */
void
lb_file_watch_look_later (LbFileWatch *self,
                          guint delay_ms)
{
  g_return_if_fail (self != NULL);

  lb_file_watch_clear_timer (self);

  self->timer = g_timeout_source_new (delay_ms);
  g_source_set_static_name (self->timer, "[lb] configuration file");
  g_source_set_callback (self->timer, lb_file_watch_on_due, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}
