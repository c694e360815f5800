/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <libsoup/soup.h>
#include <string.h>

#include "http/lb-express-lane.h"
#include "http/lb-request-head.h"

/*
 * The head of a request. However it is cut it comes to the same; what is accepted gives an answer
 * with nothing of the client's out of place, and is the same request for libsoup.
 */

#define BACKEND "http://b.example/base"

/* Of short inputs every prefix is read; of longer ones so many. */
#define N_PREFIXES 64

/* What came of reading. */
typedef struct
{
  LbRequestHeadResult result;
  guint status;
  gsize length;
} Verdict;

static LbExpressLane *
get_lane (void)
{
  static LbExpressLane *lane;

  if (lane == NULL)
    {
      g_autoptr (LbPool) pool = lb_pool_new ();
      g_autoptr (LbRedirector) redirector = lb_redirector_new (pool);

      lb_pool_add (pool, BACKEND "/", NULL);
      lane = lb_express_lane_new (redirector);
    }

  return lane;
}

static Verdict
judge (const guint8 *data,
       gsize size)
{
  /* A copy that ends where the bytes do, so that reading on is found. */
  g_autofree char *bytes = g_memdup2 (data, size);
  Verdict verdict = { 0 };
  LbRequestHead head;

  verdict.result = lb_request_head_read (&head, bytes, size, &verdict.status);
  if (verdict.result == LB_REQUEST_HEAD_WHOLE)
    verdict.length = head.length;
  if (verdict.result != LB_REQUEST_HEAD_BAD)
    verdict.status = 0;

  return verdict;
}

static void
check_prefix (const guint8 *data,
              gsize size,
              const Verdict *whole)
{
  const Verdict part = judge (data, size);

  if (part.result == LB_REQUEST_HEAD_PARTIAL)
    {
      if (whole->result == LB_REQUEST_HEAD_WHOLE)
        g_assert_cmpuint (size, <, whole->length);
      return;
    }

  g_assert_cmpint (part.result, ==, whole->result);
  g_assert_cmpuint (part.status, ==, whole->status);
  g_assert_cmpuint (part.length, ==, whole->length);
}

static void
check_prefixes (const guint8 *data,
                gsize size,
                const Verdict *whole)
{
  const gsize step = size / N_PREFIXES + 1;

  for (gsize i = 1; i < size; i += step)
    check_prefix (data, i, whole);

  if (whole->result == LB_REQUEST_HEAD_WHOLE)
    {
      check_prefix (data, whole->length - 1, whole);
      check_prefix (data, whole->length, whole);
    }
}

/* It ends with the first empty line, and what is in it is within it. */
static void
check_view (const LbRequestHead *head,
            const char *bytes)
{
  const char *begin = bytes + head->skip;
  const char *end = memmem (begin, head->length - head->skip, "\r\n\r\n", 4);
  LbTarget again;

  g_assert_true (head->skip == 0 || head->skip == 2);
  g_assert_true (end + 4 == bytes + head->length);

  g_assert_true (head->method == begin);
  g_assert_true (head->target.text == begin + head->method_length + 1);
  g_assert_cmpuint (head->target.length, <=, LB_REQUEST_TARGET_MAX);

  g_assert_true (lb_target_read (&again, head->target.text, head->target.length));
  g_assert_cmpmem (&again, sizeof again, &head->target, sizeof again);
  if (again.path != NULL)
    g_assert_true (again.path + again.path_length == again.text + again.length);
}

/* Returns: the value of the one field of that name, to the end of its line */
static const char *
find_field (const char *answer,
            const char *name,
            gsize *length)
{
  g_autofree char *begin = g_strconcat ("\r\n", name, ": ", NULL);
  const char *value = strstr (answer, begin);

  g_assert_nonnull (value);
  g_assert_null (strstr (value + 1, begin));
  value += strlen (begin);
  *length = (gsize) (strstr (value, "\r\n") - value);

  return value;
}

/* An answer is lines of visible characters that end with CRLF, the last of them empty. */
static void
check_lines (const char *answer,
             gsize length)
{
  g_assert_cmpuint (strlen (answer), ==, length);
  g_assert_true (strstr (answer, "\r\n\r\n") == answer + length - 4);

  for (gsize i = 0; i < length; i++)
    if (answer[i] == '\r')
      g_assert_cmpint (answer[++i], ==, '\n');
    else
      g_assert_cmpint (g_ascii_isprint (answer[i]), !=, 0);
}

static void
check_answer (const LbRequestHead *head)
{
  const LbTarget *target = &head->target;
  const guint8 source[4] = { 127, 0, 0, 1 };
  g_autofree char *answer = g_malloc (LB_EXPRESS_ANSWER_MAX + 1);
  g_autofree char *expected = NULL;
  const char *location;
  gsize length;

  if (!lb_express_lane_takes (get_lane (), head))
    return;

  length = lb_express_lane_answer (get_lane (), head, source, sizeof source, !head->keep_alive,
                                   G_USEC_PER_SEC, answer);
  g_assert_cmpuint (length, <=, LB_EXPRESS_ANSWER_MAX);
  answer[length] = '\0';
  check_lines (answer, length);

  expected = g_strdup_printf ("%s%s%.*s", BACKEND, target->needs_slash ? "/" : "",
                              (int) target->path_length, target->path);
  location = find_field (answer, "Location", &length);
  g_assert_cmpmem (location, length, expected, strlen (expected));
}

static void
check_field (const LbRequestHead *head,
             const char *bytes,
             const char *name,
             SoupMessageHeaders *headers)
{
  const char *theirs = soup_message_headers_get_list (headers, name);
  g_autofree char *value = g_malloc (LB_REQUEST_HEAD_MAX);
  gsize length;
  const gboolean found = lb_request_head_find (head, bytes, name, value, &length);

  g_assert_cmpint (found, ==, theirs != NULL);
  /* What is no UTF-8 is replaced by libsoup. */
  if (found && g_utf8_validate_len (value, length, NULL))
    g_assert_cmpmem (value, length, theirs, strlen (theirs));
}

/* libsoup gets it without its empty lines, and as HTTP/1.1 if it is a later one. */
static void
check_libsoup (const LbRequestHead *head,
               const char *bytes)
{
  const gsize length = head->length - head->skip;
  g_autofree char *copy = g_memdup2 (bytes + head->skip, length);
  char *minor = copy + head->method_length + 1 + head->target.length + strlen (" HTTP/1.");
  g_autoptr (SoupMessageHeaders) headers =
    soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree char *method = NULL;
  g_autofree char *path = NULL;
  SoupHTTPVersion version;
  SoupEncoding encoding;

  *minor = MIN (*minor, '1');
  g_assert_cmpuint (soup_headers_parse_request (copy, (int) (length - 2), headers, &method, &path,
                                                &version),
                    ==, SOUP_STATUS_OK);
  g_assert_cmpmem (method, strlen (method), head->method, head->method_length);
  g_assert_cmpmem (path, strlen (path), head->target.text, head->target.length);
  g_assert_true (version == SOUP_HTTP_1_0 || version == SOUP_HTTP_1_1);

  encoding = soup_message_headers_get_encoding (headers);
  g_assert_cmpint (head->has_body, ==,
                   encoding == SOUP_ENCODING_CHUNKED ||
                     (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
                      soup_message_headers_get_content_length (headers) > 0));
  if (version == SOUP_HTTP_1_0 || soup_message_headers_header_contains (headers, "Connection", "close"))
    g_assert_false (head->keep_alive);

  check_field (head, bytes, "accept", headers);
  check_field (head, bytes, "x", headers);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  const char *bytes = (const char *) data;
  LbRequestHead head;
  Verdict verdict;
  guint status;

  if (size == 0)
    return 0;

  verdict = judge (data, size);
  check_prefixes (data, size, &verdict);

  if (lb_request_head_read (&head, bytes, size, &status) == LB_REQUEST_HEAD_WHOLE)
    {
      check_view (&head, bytes);
      check_answer (&head);
      check_libsoup (&head, bytes);
    }

  return 0;
}
