/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char     *lb_safe_file_resolve (const char  *path,
                                GError     **error);
GBytes   *lb_safe_file_read    (const char  *path,
                                gsize        max_size,
                                GError     **error);
int       lb_safe_file_lock    (const char  *path);
void      lb_safe_file_unlock  (int          lock);
char     *lb_safe_file_keep    (const char  *path,
                                const char  *word,
                                GError     **error);
char     *lb_safe_file_stage   (const char  *path,
                                GBytes      *contents,
                                GError     **error);
gboolean  lb_safe_file_commit  (const char  *staged,
                                const char  *path,
                                GError     **error);
void      lb_safe_file_cancel  (const char  *staged);
void      lb_safe_file_clean   (const char  *path);

G_END_DECLS
