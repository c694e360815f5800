/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many connections may wait to be accepted. */
#define LB_SOCKET_BACKLOG 1024

GArray *lb_socket_listen           (const char *const  *addresses,
                                    guint16             port,
                                    guint16            *bound_port,
                                    GPtrArray          *uris,
                                    GError            **error);
gboolean lb_socket_try_listen      (const char *const  *addresses,
                                    guint16             port,
                                    guint16            *found_port,
                                    GError            **error);
void    lb_socket_raise_file_limit (void);
guint   lb_socket_get_file_limit   (void);
char  **lb_socket_list_local_hosts (void);

G_END_DECLS
