/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/**
 * LbListeningSockets:
 * @fds: (element-type int): their descriptors; to epoll each is known by its place in here
 * @port: the port of all of them, or 0
 * @addresses: (nullable) (array zero-terminated=1): what they were asked to listen on
 * @uris: (array zero-terminated=1): the URL of each
 * @paused: whether they are not watched for now, since there was no descriptor for a client
 *
 * The sockets at which clients knock, watched by an epoll descriptor. Embedded in their owner.
 */
typedef struct
{
  GArray *fds;
  guint16 port;
  char **addresses;
  GPtrArray *uris;
  gboolean paused;

  /*< private >*/
  int epoll_fd;
  int spare_fd; /* given up for a moment to turn a client away when there is no other */
  gboolean secure; /* whether somebody else speaks TLS on them */
  gboolean accepting;
} LbListeningSockets;

void     lb_listening_sockets_init          (LbListeningSockets       *self,
                                             int                       epoll_fd);
void     lb_listening_sockets_clear         (LbListeningSockets       *self);

gboolean lb_listening_sockets_open          (LbListeningSockets       *self,
                                             const char *const        *addresses,
                                             guint16                   port,
                                             GError                  **error);
void     lb_listening_sockets_close         (LbListeningSockets       *self);
void     lb_listening_sockets_set_accepting (LbListeningSockets       *self,
                                             gboolean                  accepting);
void     lb_listening_sockets_set_secure    (LbListeningSockets       *self,
                                             gboolean                  secure);

int      lb_listening_sockets_accept        (LbListeningSockets       *self,
                                             guint                     i,
                                             struct sockaddr_storage  *address);
gboolean lb_listening_sockets_turn_away     (LbListeningSockets       *self,
                                             guint                     i);
void     lb_listening_sockets_resume        (LbListeningSockets       *self);

G_END_DECLS
