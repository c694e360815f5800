/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "http/balancer-fixture.h"

/*
 * A whole connection, through listener, lane and libsoup. The first byte says whether the lane is open
 * (an even one), the second in pieces of how many bytes the rest is sent ("~": all at once); then the
 * client closes its side. Whatever it sent, the connection ends soon, without a reset, and each
 * request that was whole has got its own answer and no other.
 */

#define BACKEND "http://b.example"
#define AT_ONCE '~'

/* From so much on nobody needs to take it off the socket after the last answer. */
#define BYTES_MAX (512 * 1024)

#define END_US (60 * G_USEC_PER_SEC)

/* What is to come back for one request. */
typedef struct
{
  gboolean is_head;
  char *location; /* NULL if it need not be redirected */
} Answer;

static void
answer_clear (gpointer data)
{
  g_free (((Answer *) data)->location);
}

static Balancer *
get_balancer (gboolean open)
{
  static Balancer balancers[2];
  Balancer *self = &balancers[open];

  if (self->pool == NULL)
    {
      balancer_set_up (self, open ? LANE_OPEN : LANE_CLOSED);
      lb_pool_add (self->pool, BACKEND, NULL);
    }

  return self;
}

/* The answers that the requests in @bytes ask for, up to the one after which the connection is closed. */
static GArray *
expect_answers (const char *bytes,
                gsize length,
                gboolean open)
{
  GArray *answers = g_array_new (FALSE, TRUE, sizeof (Answer));
  gboolean last = FALSE;

  g_array_set_clear_func (answers, answer_clear);

  while (length > 0 && !last)
    {
      Answer answer = { 0 };
      LbRequestHead head;
      guint status;

      switch (lb_request_head_read (&head, bytes, length, &status))
        {
        case LB_REQUEST_HEAD_PARTIAL:
          return answers;

        case LB_REQUEST_HEAD_BAD:
          last = TRUE;
          break;

        case LB_REQUEST_HEAD_WHOLE:
        default:
          last = !open || head.has_body || !head.keep_alive || head.is_preflight ||
                 head.target.path == NULL || head.target.is_reserved;
          if (head.target.path != NULL && !head.target.is_reserved && !head.is_preflight)
            answer.location =
              g_strdup_printf ("%s%s%.*s", BACKEND, head.target.needs_slash ? "/" : "",
                               (int) head.target.path_length, head.target.path);
          bytes += head.length;
          length -= head.length;
          break;
        }

      answer.is_head = head.is_head;
      g_array_append_val (answers, answer);
    }

  return answers;
}

static void
turn (GString *received,
      int fd)
{
  char buffer[16384];
  gssize n;

  while (g_main_context_iteration (NULL, FALSE))
    continue;

  while ((n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_string_append_len (received, buffer, n);
}

static void
send_all (GString *received,
          int fd,
          const char *bytes,
          gsize length,
          gsize piece)
{
  while (length > 0)
    {
      const gssize n = send (fd, bytes, MIN (piece, length), MSG_NOSIGNAL | MSG_DONTWAIT);

      /* It may have been closed behind the last answer. */
      if (n < 0 && errno != EAGAIN)
        return;

      if (n > 0)
        {
          bytes += n;
          length -= (gsize) n;
        }
      turn (received, fd);
    }
}

/* Until the other side has closed. */
static void
receive_all (GString *received,
             int fd,
             gint64 end_us)
{
  char buffer[16384];

  while (TRUE)
    {
      const gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

      if (n == 0 || (n < 0 && errno != EAGAIN))
        return;
      if (n > 0)
        {
          g_string_append_len (received, buffer, n);
          continue;
        }

      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }
}

static char *
converse (Balancer *balancer,
          const char *bytes,
          gsize length,
          gsize piece,
          gsize *n_received)
{
  const gint64 end_us = g_get_monotonic_time () + END_US;
  GString *received = g_string_new (NULL);
  const int on = 1;
  int fd = connect_to (balancer->port);

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  send_all (received, fd, bytes, length, piece);
  shutdown (fd, SHUT_WR);
  receive_all (received, fd, end_us);
  close (fd);

  while (lb_listener_get_n_connections (balancer->listener) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, TRUE);
    }

  *n_received = received->len;

  return g_string_free (received, FALSE);
}

/* Returns: behind the body */
static const char *
skip_body (const char *head,
           const char *body,
           const char *end,
           guint status,
           gboolean is_head)
{
  g_autofree char *length = get_header (head, "Content-Length");
  g_autofree char *coding = get_header (head, "Transfer-Encoding");

  if (is_head || status < 200 || status == 204 || status == 304)
    return body;

  if (length != NULL)
    {
      const guint64 n = g_ascii_strtoull (length, NULL, 10);

      g_assert_cmpuint (n, <=, (guint64) (end - body));
      return body + n;
    }

  /* The last one: it goes on until the end. */
  if (coding != NULL)
    g_assert_true (memcmp (end - 5, "0\r\n\r\n", 5) == 0);

  return end;
}

/* Returns: behind the next final answer */
static const char *
check_answer (const char *p,
              const char *end,
              const Answer *answer)
{
  guint status;

  do
    {
      const char *body = memmem (p, (gsize) (end - p), "\r\n\r\n", 4);

      g_assert_nonnull (body);
      status = get_status (p);
      if (status >= 200)
        {
          assert_header (p, "Access-Control-Allow-Origin", "*");
          if (status == 307)
            assert_header (p, "Location", answer->location);
        }
      p = skip_body (p, body + 4, end, status, answer->is_head);
    }
  while (status < 200);

  return p;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GArray) answers = NULL;
  g_autofree char *received = NULL;
  gboolean open;
  gsize n_received;
  const char *p;
  guint i;

  if (size < 2 || size > BYTES_MAX || data[1] == 0)
    return 0;

  open = data[0] % 2 == 0;
  answers = expect_answers ((const char *) data + 2, size - 2, open);
  received = converse (get_balancer (open), (const char *) data + 2, size - 2,
                       data[1] == AT_ONCE ? size : data[1], &n_received);

  for (p = received, i = 0; p < received + n_received; i++)
    {
      g_assert_cmpuint (i, <, answers->len);
      p = check_answer (p, received + n_received, &g_array_index (answers, Answer, i));
    }
  g_assert_cmpuint (i, ==, answers->len);

  return 0;
}
