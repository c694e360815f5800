/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* No answer is longer. HAProxy tells some 600 bytes of each server. */
#define LB_HAPROXY_ANSWER_MAX (32 * 1024 * 1024)

GSocketConnectable *lb_haproxy_socket_parse      (const char           *text,
                                                  GError              **error);

void                lb_haproxy_socket_ask_async  (GSocketConnectable   *node,
                                                  const char           *commands,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
char               *lb_haproxy_socket_ask_finish (GAsyncResult         *result,
                                                  GError              **error);

G_END_DECLS
