/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LbHaproxyFolder LbHaproxyFolder;

LbHaproxyFolder *lb_haproxy_folder_new       (GError           **error);
void             lb_haproxy_folder_free      (LbHaproxyFolder   *self);

void             lb_haproxy_folder_next      (LbHaproxyFolder   *self);
char            *lb_haproxy_folder_make_path (LbHaproxyFolder   *self,
                                              const char        *suffix);

gboolean         lb_haproxy_folder_write     (const char        *path,
                                              const char        *text,
                                              GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyFolder, lb_haproxy_folder_free)

G_END_DECLS
