/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbEpollSourceFuncs:
 * @has_more: whether there is something to do that epoll does not tell of
 * @serve: does what can be done in one turn of the loop
 *
 * What an epoll source calls, with its owner.
 */
typedef struct
{
  gboolean (*has_more) (gpointer owner);
  void (*serve) (gpointer owner);
} LbEpollSourceFuncs;

GSource *lb_epoll_source_new          (int                       epoll_fd,
                                       const LbEpollSourceFuncs *funcs,
                                       gpointer                  owner);
GSource *lb_epoll_source_create_guard (GSource                  *source);

G_END_DECLS
