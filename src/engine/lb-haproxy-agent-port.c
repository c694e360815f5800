/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-agent-port.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/lb-socket.h"

/* How much is done in a turn of the loop; the rest stays ready in the kernel. */
#define BATCH 64

/* How long nobody is taken in after the descriptors have run out. */
#define PAUSE_US (G_USEC_PER_SEC / 2)

/**
 * LbHaproxyAgentPort:
 *
 * A port that the `agent-check` of any number of HAProxys asks how each server is to be used: it connects,
 * sends a server's name and a line's end, gets a line from [struct@LbHaproxyAgent], and is closed. Who sends
 * no line, or a long one, is closed without an answer, which HAProxy takes for nothing said.
 *
 * One GSource watches an epoll descriptor, which watches the listening sockets and all clients.
 */

typedef struct
{
  GList link;
  int fd;
  gint64 deadline_us;
  gsize length;
  char line[LB_HAPROXY_AGENT_LINE_MAX];
} Client;

struct _LbHaproxyAgentPort
{
  GObject parent_instance;

  LbHaproxyAgent *agent;
  GArray *sockets; /* those that listen, or NULL while it is closed */
  char **addresses;
  guint16 port;

  int epoll_fd;
  GSource *source;
  GQueue clients;  /* of Client, in the order of their deadlines */
  gint64 resume_us; /* when the listening sockets are watched again; 0 while they are */
};

typedef struct
{
  GSource source;
  GPollFD poll;
} Source;

G_DEFINE_FINAL_TYPE (LbHaproxyAgentPort, lb_haproxy_agent_port, G_TYPE_OBJECT)

/* The listening sockets have no data, clients have themselves. */
static void
lb_haproxy_agent_port_watch (LbHaproxyAgentPort *self)
{
  struct epoll_event event = { .events = EPOLLIN };

  for (guint i = 0; i < self->sockets->len; i++)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, g_array_index (self->sockets, int, i), &event);
  self->resume_us = 0;
}

/* A socket that cannot be accepted from would stay ready, and the loop would spin. */
static void
lb_haproxy_agent_port_pause (LbHaproxyAgentPort *self)
{
  for (guint i = 0; i < self->sockets->len && self->resume_us == 0; i++)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, g_array_index (self->sockets, int, i), NULL);
  self->resume_us = g_get_monotonic_time () + PAUSE_US;
}

static void
lb_haproxy_agent_port_update_time (LbHaproxyAgentPort *self)
{
  const Client *oldest = g_queue_peek_head (&self->clients);
  gint64 due_us = self->resume_us != 0 ? self->resume_us : -1;

  if (oldest != NULL && (due_us < 0 || oldest->deadline_us < due_us))
    due_us = oldest->deadline_us;

  g_source_set_ready_time (self->source, due_us);
}

static void
lb_haproxy_agent_port_drop (LbHaproxyAgentPort *self,
                            Client *client)
{
  g_queue_unlink (&self->clients, &client->link);
  close (client->fd);
  g_free (client);
}

static void
lb_haproxy_agent_port_welcome (LbHaproxyAgentPort *self,
                               int fd)
{
  Client *client = g_new0 (Client, 1);
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = client };

  client->fd = fd;
  client->link.data = client;
  client->deadline_us = g_get_monotonic_time () + LB_HAPROXY_AGENT_DEADLINE_S * G_USEC_PER_SEC;
  g_queue_push_tail_link (&self->clients, &client->link);
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    lb_haproxy_agent_port_drop (self, client);
}

/* Who comes when there are too many waits in the kernel. */
static void
lb_haproxy_agent_port_accept (LbHaproxyAgentPort *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    for (guint n = 0; n < BATCH; n++)
      {
        int fd;

        if (self->clients.length >= LB_HAPROXY_AGENT_CLIENTS_MAX)
          {
            lb_haproxy_agent_port_pause (self);
            return;
          }

        fd = accept4 (g_array_index (self->sockets, int, i), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
          lb_haproxy_agent_port_welcome (self, fd);
        else if (errno == EAGAIN)
          break;
        else if (errno != EINTR && errno != ECONNABORTED)
          {
            lb_haproxy_agent_port_pause (self);
            return;
          }
      }
}

/* So short an answer fits into an empty socket, or there is nobody any more. */
static void
lb_haproxy_agent_port_answer (LbHaproxyAgentPort *self,
                              Client *client,
                              gsize length)
{
  g_autofree char *name = g_strstrip (g_strndup (client->line, length));
  g_autofree char *answer = lb_haproxy_agent_answer (self->agent, name, g_get_monotonic_time ());
  g_autofree char *line = g_strconcat (answer, "\n", NULL);

  if (send (client->fd, line, strlen (line), MSG_NOSIGNAL) < 0)
    g_debug ("An agent's answer is lost: %s", g_strerror (errno));
}

static void
lb_haproxy_agent_port_read (LbHaproxyAgentPort *self,
                            Client *client)
{
  const gsize room = sizeof client->line - client->length;
  const gssize n = recv (client->fd, client->line + client->length, room, 0);
  const char *end;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;

  if (n > 0)
    {
      end = memchr (client->line + client->length, '\n', (gsize) n);
      client->length += (gsize) n;
      if (end != NULL)
        lb_haproxy_agent_port_answer (self, client, (gsize) (end - client->line));
      else if (client->length < sizeof client->line)
        return;
    }

  lb_haproxy_agent_port_drop (self, client);
}

static void
lb_haproxy_agent_port_expire (LbHaproxyAgentPort *self,
                              gint64 now_us)
{
  Client *oldest;

  while ((oldest = g_queue_peek_head (&self->clients)) != NULL && oldest->deadline_us <= now_us)
    lb_haproxy_agent_port_drop (self, oldest);

  if (self->resume_us != 0 && self->resume_us <= now_us)
    lb_haproxy_agent_port_watch (self);
}

static gboolean
lb_haproxy_agent_port_on_ready (gpointer user_data)
{
  LbHaproxyAgentPort *self = user_data;
  struct epoll_event events[BATCH];
  const int n = epoll_wait (self->epoll_fd, events, BATCH, 0);
  gboolean accepts = FALSE;

  /* Each is in there once, so that nobody is looked at who was dropped meanwhile. */
  for (int i = 0; i < n; i++)
    if (events[i].data.ptr != NULL)
      lb_haproxy_agent_port_read (self, events[i].data.ptr);
    else
      accepts = TRUE;

  if (accepts)
    lb_haproxy_agent_port_accept (self);
  lb_haproxy_agent_port_expire (self, g_get_monotonic_time ());
  lb_haproxy_agent_port_update_time (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_haproxy_agent_port_source_check (GSource *source)
{
  return ((Source *) source)->poll.revents != 0;
}

static gboolean
lb_haproxy_agent_port_source_dispatch (GSource *source G_GNUC_UNUSED,
                                       GSourceFunc callback,
                                       gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = {
  .check = lb_haproxy_agent_port_source_check,
  .dispatch = lb_haproxy_agent_port_source_dispatch,
};

static void
lb_haproxy_agent_port_finalize (GObject *object)
{
  LbHaproxyAgentPort *self = LB_HAPROXY_AGENT_PORT (object);

  lb_haproxy_agent_port_close (self);
  lb_haproxy_agent_free (self->agent);

  G_OBJECT_CLASS (lb_haproxy_agent_port_parent_class)->finalize (object);
}

static void
lb_haproxy_agent_port_class_init (LbHaproxyAgentPortClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lb_haproxy_agent_port_finalize;
}

static void
lb_haproxy_agent_port_init (LbHaproxyAgentPort *self)
{
  self->epoll_fd = -1;
}

/**
 * lb_haproxy_agent_port_new:
 * @pool: what is told of
 *
 * Returns: (transfer full): a port that is not open
 */
LbHaproxyAgentPort *
lb_haproxy_agent_port_new (LbPool *pool)
{
  LbHaproxyAgentPort *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);

  self = g_object_new (LB_TYPE_HAPROXY_AGENT_PORT, NULL);
  self->agent = lb_haproxy_agent_new (pool);

  return self;
}

static void
lb_haproxy_agent_port_attach (LbHaproxyAgentPort *self)
{
  Source *source = (Source *) g_source_new (&source_funcs, sizeof (Source));

  self->source = (GSource *) source;
  source->poll = (GPollFD){ .fd = self->epoll_fd, .events = G_IO_IN };
  g_source_set_static_name (self->source, "[lb] HAProxy agent");
  g_source_set_callback (self->source, lb_haproxy_agent_port_on_ready, self, NULL);
  g_source_add_poll (self->source, &source->poll);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/**
 * lb_haproxy_agent_port_open:
 * @self: a port
 * @addresses: (array zero-terminated=1): as for lb_socket_listen()
 * @port: a port; 0 picks one
 * @error: return location for a #GError
 *
 * Listens there, in the thread-default main context, and nowhere else any more. If it is there already, nothing
 * happens.
 *
 * Sets what lb_socket_listen() sets.
 *
 * Returns: %TRUE if it listens; if not, it is closed
 */
gboolean
lb_haproxy_agent_port_open (LbHaproxyAgentPort *self,
                            const char *const *addresses,
                            guint16 port,
                            GError **error)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (LB_IS_HAPROXY_AGENT_PORT (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);

  if (self->sockets != NULL && self->port == port &&
      g_strv_equal ((const char *const *) self->addresses, addresses))
    return TRUE;

  lb_haproxy_agent_port_close (self);
  self->sockets = lb_socket_listen (addresses, port, &self->port, uris, error);
  if (self->sockets == NULL)
    return FALSE;

  self->addresses = g_strdupv ((char **) addresses);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  lb_haproxy_agent_port_attach (self);
  lb_haproxy_agent_port_watch (self);

  return TRUE;
}

/**
 * lb_haproxy_agent_port_close:
 * @self: a port
 *
 * Listens no more, and closes who is connected.
 */
void
lb_haproxy_agent_port_close (LbHaproxyAgentPort *self)
{
  g_return_if_fail (LB_IS_HAPROXY_AGENT_PORT (self));

  if (self->sockets == NULL)
    return;

  while (self->clients.length > 0)
    lb_haproxy_agent_port_drop (self, g_queue_peek_head (&self->clients));
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  close (self->epoll_fd);
  self->epoll_fd = -1;

  for (guint i = 0; i < self->sockets->len; i++)
    close (g_array_index (self->sockets, int, i));
  g_clear_pointer (&self->sockets, g_array_unref);
  g_clear_pointer (&self->addresses, g_strfreev);
  self->port = 0;
  self->resume_us = 0;
}

/**
 * lb_haproxy_agent_port_get_port:
 * @self: a port
 *
 * Returns: its number, or 0 while it is closed
 */
guint16
lb_haproxy_agent_port_get_port (LbHaproxyAgentPort *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_AGENT_PORT (self), 0);

  return self->port;
}

/**
 * lb_haproxy_agent_port_get_n:
 * @self: a port
 *
 * Returns: how many are connected
 */
guint
lb_haproxy_agent_port_get_n (LbHaproxyAgentPort *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_AGENT_PORT (self), 0);

  return self->clients.length;
}
