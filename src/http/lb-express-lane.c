/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-express-lane"

#include "config.h"

#include "http/lb-express-lane.h"

#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

#define HEAD_MAX 1024

/**
 * LbExpressLane:
 *
 * Answers plain redirects from the head alone, without libsoup. The balancer makes one for its
 * listener. What all answers share is made once a second, for the Date; an answer is then a few copies
 * of memory. It gives the same status and fields as [class@LbServer], which calls the same redirector.
 */
struct _LbExpressLane
{
  GObject parent_instance;

  LbRedirector *redirector; /* NULL for one that only refuses */
  LbTraffic alone;          /* what is counted where nothing is redirected */
  gboolean open;
  LbRole role;

  /* The redirects' status line and fields but for Location, as of this second, status and origin. */
  char head[HEAD_MAX];
  gsize head_length;
  guint head_status;
  const char *head_origin;
  gint64 head_second;
  char date[32];
};

G_DEFINE_FINAL_TYPE (LbExpressLane, lb_express_lane, G_TYPE_OBJECT)

#define LOCATION "Location: "
#define CLOSE "Connection: close\r\n"

static char *
append (char *p,
        const char *bytes,
        gsize length)
{
  memcpy (p, bytes, length);

  return p + length;
}

static const char *
lb_express_lane_get_identity (LbExpressLane *self)
{
  return self->redirector != NULL ? lb_redirector_get_identity (self->redirector) : "load-balancer";
}

static const char *
lb_express_lane_get_origin (LbExpressLane *self)
{
  return self->redirector != NULL ? lb_redirector_get_origin (self->redirector) : "*";
}

static void
lb_express_lane_update_date (LbExpressLane *self,
                             gint64 now_us)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *text = NULL;
  const gint64 second = now_us / G_USEC_PER_SEC;

  if (self->head_second == second)
    return;

  now = g_date_time_new_now_utc ();
  text = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  g_strlcpy (self->date, text, sizeof self->date);
  self->head_second = second;
  self->head_length = 0;
}

static void
lb_express_lane_update_head (LbExpressLane *self,
                             guint status,
                             gint64 now_us)
{
  const char *origin = lb_redirector_get_origin (self->redirector);

  lb_express_lane_update_date (self, now_us);

  if (self->head_length > 0 && self->head_status == status && self->head_origin == origin)
    return;

  self->head_status = status;
  self->head_origin = origin;
  self->head_length = (gsize) snprintf (self->head, sizeof self->head,
                                        "HTTP/1.1 %u %s\r\n"
                                        "Server: %s\r\n"
                                        "Date: %s\r\n"
                                        "Access-Control-Allow-Origin: %s\r\n"
                                        "Cache-Control: no-store\r\n"
                                        "Content-Length: 0\r\n",
                                        status, soup_status_get_phrase (status),
                                        lb_redirector_get_identity (self->redirector), self->date,
                                        origin);
}

/* Any answer that is no redirect. */
static gsize
lb_express_lane_write_text (LbExpressLane *self,
                            guint status,
                            const char *fields,
                            const char *text,
                            gboolean with_body,
                            gboolean close,
                            gint64 now_us,
                            char *answer)
{
  lb_express_lane_update_date (self, now_us);

  return (gsize) snprintf (answer, LB_EXPRESS_ANSWER_MAX,
                           "HTTP/1.1 %u %s\r\n"
                           "Server: %s\r\n"
                           "Date: %s\r\n"
                           "Access-Control-Allow-Origin: %s\r\n"
                           "Cache-Control: no-store\r\n"
                           "%s"
                           "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                           "%s\r\n%s",
                           status, soup_status_get_phrase (status),
                           lb_express_lane_get_identity (self), self->date,
                           lb_express_lane_get_origin (self), fields, strlen (text),
                           close ? CLOSE : "", with_body ? text : "");
}

static const char *
lb_express_lane_explain (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_METHOD_NOT_ALLOWED:
      return "This method does nothing here.\n";
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      return "Ask for this without a body.\n";
    case SOUP_STATUS_EXPECTATION_FAILED:
      return "The only expectation that is known is 100-continue.\n";
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
      return "Too many ask for this at once. Try again.\n";
    case SOUP_STATUS_REQUEST_URI_TOO_LONG:
      return "The request target is longer than 8 KiB.\n";
    case 431:
      return "The request head is longer than 16 KiB.\n";
    case SOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED:
      return "Use HTTP/1.1.\n";
    default:
      return "The request head is malformed or can be read in two ways.\n";
    }
}

static LbRejection
lb_express_lane_get_reason (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    case SOUP_STATUS_REQUEST_URI_TOO_LONG:
    case 431:
      return LB_REJECTION_TOO_LARGE;
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
      return LB_REJECTION_BUSY;
    default:
      return LB_REJECTION_MALFORMED;
    }
}

static void
lb_express_lane_dispose (GObject *object)
{
  LbExpressLane *self = LB_EXPRESS_LANE (object);

  g_clear_object (&self->redirector);

  G_OBJECT_CLASS (lb_express_lane_parent_class)->dispose (object);
}

static void
lb_express_lane_class_init (LbExpressLaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_express_lane_dispose;
}

static void
lb_express_lane_init (LbExpressLane *self)
{
  self->head_second = -1;
}

/**
 * lb_express_lane_new:
 * @redirector: (nullable): decides where requests go; without one the lane stays closed
 *
 * Returns: (transfer full): an express lane
 */
LbExpressLane *
lb_express_lane_new (LbRedirector *redirector)
{
  LbExpressLane *self;

  g_return_val_if_fail (redirector == NULL || LB_IS_REDIRECTOR (redirector), NULL);

  self = g_object_new (LB_TYPE_EXPRESS_LANE, NULL);
  g_set_object (&self->redirector, redirector);
  self->open = redirector != NULL;

  return self;
}

/**
 * lb_express_lane_set_open:
 * @self: an express lane with a redirector
 * @open: %FALSE to let libsoup answer everything
 *
 * Opens or closes the lane. Bad heads are refused here all the same.
 */
void
lb_express_lane_set_open (LbExpressLane *self,
                          gboolean open)
{
  g_return_if_fail (LB_IS_EXPRESS_LANE (self));
  g_return_if_fail (!open || self->redirector != NULL);

  self->open = open;
}

/**
 * lb_express_lane_set_role:
 * @self: an express lane
 * @role: what the port in front of it is for; %LB_ROLE_BOTH until this is called
 *
 * Says what is redirected here. Who only reads what we tell is no traffic, and not counted as such.
 */
void
lb_express_lane_set_role (LbExpressLane *self,
                          LbRole role)
{
  g_return_if_fail (LB_IS_EXPRESS_LANE (self));

  self->role = role;
}

/**
 * lb_express_lane_get_role:
 * @self: an express lane
 *
 * Returns: what the port in front of it is for
 */
LbRole
lb_express_lane_get_role (LbExpressLane *self)
{
  g_return_val_if_fail (LB_IS_EXPRESS_LANE (self), LB_ROLE_BOTH);

  return self->role;
}

/**
 * lb_express_lane_get_traffic:
 * @self: an express lane
 *
 * Returns: (transfer none): where to count what led to no redirect: its redirector's numbers, or its own
 *   where nothing is redirected
 */
LbTraffic *
lb_express_lane_get_traffic (LbExpressLane *self)
{
  g_return_val_if_fail (LB_IS_EXPRESS_LANE (self), NULL);

  return self->redirector != NULL && self->role != LB_ROLE_STATS
           ? lb_redirector_get_traffic (self->redirector)
           : &self->alone;
}

/**
 * lb_express_lane_takes:
 * @self: an express lane
 * @head: a whole head
 *
 * Whether it asks for a plain redirect, and not for something of ours.
 *
 * Returns: %TRUE if it is answered here
 */
gboolean
lb_express_lane_takes (LbExpressLane *self,
                       const LbRequestHead *head)
{
  const LbTarget *target = &head->target;

  return self->open && self->role != LB_ROLE_STATS && target->path != NULL && !head->is_preflight &&
         !lb_role_tells (self->role, target);
}

/**
 * lb_express_lane_answer:
 * @self: an express lane
 * @head: a head that it takes
 * @source: (array length=source_length): the client's address
 * @source_length: 4 or 16
 * @close: whether the answer says that the connection will be closed
 * @now_us: the monotonic time in microseconds
 * @answer: where to write the answer: %LB_EXPRESS_ANSWER_MAX bytes
 *
 * Redirects a request, or says why nobody can serve.
 *
 * Returns: the answer's length
 */
gsize
lb_express_lane_answer (LbExpressLane *self,
                        const LbRequestHead *head,
                        const guint8 *source,
                        gsize source_length,
                        gboolean close,
                        gint64 now_us,
                        char *answer)
{
  LbRedirect redirect;
  const LbTarget *target = &head->target;
  LbRequestKey key = { source, source_length, target->path, target->path_length };
  char *p = answer;

  lb_redirector_redirect (self->redirector, &key, now_us, &redirect);

  if (G_UNLIKELY (redirect.reason != NULL))
    return lb_express_lane_write_text (self, redirect.status, "Retry-After: 1\r\n", redirect.reason,
                                       !head->is_head, close, now_us, answer);

  lb_express_lane_update_head (self, redirect.status, now_us);

  p = append (p, self->head, self->head_length);
  p = append (p, LOCATION, strlen (LOCATION));
  p = append (p, redirect.prefix, redirect.prefix_length);
  if (target->needs_slash)
    *p++ = '/';
  p = append (p, target->path, target->path_length);
  p = append (p, "\r\n", 2);
  if (close)
    p = append (p, CLOSE, strlen (CLOSE));
  p = append (p, "\r\n", 2);

  return (gsize) (p - answer);
}

/**
 * lb_express_lane_refuse:
 * @self: an express lane
 * @head: what could be read of the head
 * @status: why
 * @now_us: the monotonic time in microseconds
 * @answer: where to write the answer: %LB_EXPRESS_ANSWER_MAX bytes
 *
 * Writes the answer to a head that is not served, and counts that. The connection is closed behind
 * it.
 *
 * Returns: the answer's length
 */
gsize
lb_express_lane_refuse (LbExpressLane *self,
                        const LbRequestHead *head,
                        guint status,
                        gint64 now_us,
                        char *answer)
{
  const char *fields = "";
  char allow[128];

  lb_express_lane_get_traffic (self)->rejected[lb_express_lane_get_reason (status)]++;

  if (status == SOUP_STATUS_METHOD_NOT_ALLOWED)
    {
      g_snprintf (allow, sizeof allow, "Allow: %s\r\n",
                  lb_role_get_methods (self->role, &head->target));
      fields = allow;
    }
  else if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    fields = "Retry-After: 1\r\n";

  return lb_express_lane_write_text (self, status, fields, lb_express_lane_explain (status),
                                     !head->is_head, TRUE, now_us, answer);
}

/**
 * lb_express_lane_begin_events:
 * @self: an express lane
 * @now_us: the monotonic time in microseconds
 * @answer: where to write: %LB_EXPRESS_ANSWER_MAX bytes
 *
 * Writes the head of an answer that goes on until the connection is closed.
 *
 * Returns: its length
 */
gsize
lb_express_lane_begin_events (LbExpressLane *self,
                              gint64 now_us,
                              char *answer)
{
  lb_express_lane_update_date (self, now_us);

  /* nginx, as a proxy in between, would else collect events before it passes them on. */
  return (gsize) snprintf (answer, LB_EXPRESS_ANSWER_MAX,
                           "HTTP/1.1 200 OK\r\n"
                           "Server: %s\r\n"
                           "Date: %s\r\n"
                           "Access-Control-Allow-Origin: %s\r\n"
                           "Cache-Control: no-store\r\n"
                           "Content-Type: text/event-stream\r\n"
                           "Vary: Accept\r\n"
                           "X-Accel-Buffering: no\r\n"
                           "X-Content-Type-Options: nosniff\r\n"
                           CLOSE
                           "\r\n",
                           lb_express_lane_get_identity (self), self->date,
                           lb_express_lane_get_origin (self));
}
