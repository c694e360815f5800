/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long a watch waits after the last sign of a change, in milliseconds: editors truncate, write and
 * rename in quick succession. */
#define LB_FILE_WATCH_DELAY_MS 200

/* Called when a file may have changed. It may free the watch. */
typedef void (*LbFileWatchFunc) (gpointer user_data);

typedef struct _LbFileWatch LbFileWatch;

LbFileWatch *lb_file_watch_new        (const char       *path,
                                       LbFileWatchFunc   look,
                                       gpointer          user_data);
void         lb_file_watch_free       (LbFileWatch      *self);

void         lb_file_watch_look_later (LbFileWatch      *self,
                                       guint             delay_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbFileWatch, lb_file_watch_free)

G_END_DECLS
