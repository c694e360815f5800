/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-request-head.h"

#include <string.h>

#define RESERVED "/stats"

/* What RFC 9110 calls tchar: what a method or a field name is made of. */
static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_target_char (char c)
{
  return c > 0x20 && c < 0x7f && c != '#';
}

/* The end of the head: after the first empty line. NULL if it is not there yet. */
static const char *
find_end (const char *bytes,
          gsize length)
{
  const char *end = bytes + length;
  const char *p = bytes;

  while ((p = memchr (p, '\n', (gsize) (end - p))) != NULL)
    {
      p++;
      if (p < end && p[0] == '\n')
        return p + 1;
      if (end - p >= 2 && p[0] == '\r' && p[1] == '\n')
        return p + 2;
    }

  return NULL;
}

static gboolean
read_request_line (LbRequestHead *self,
                   const char *line,
                   const char *end)
{
  const char *p = line;

  self->method = p;
  while (p < end && is_token_char (*p))
    p++;
  self->method_length = (gsize) (p - self->method);
  if (self->method_length == 0 || p == end || *p++ != ' ')
    return FALSE;

  self->target = p;
  while (p < end && is_target_char (*p))
    p++;
  self->target_length = (gsize) (p - self->target);
  if (self->target_length == 0 || p == end || *p++ != ' ')
    return FALSE;

  return end - p == 8 && memcmp (p, "HTTP/1.", 7) == 0 && (p[7] == '0' || p[7] == '1');
}

/**
 * lb_request_head_read:
 * @self: (out caller-allocates): the view; only whole if the result says so
 * @bytes: (array length=length): what has come so far
 * @length: how much
 * @status: (out): the status to refuse it with, for %LB_REQUEST_HEAD_BAD
 *
 * Looks for a whole head at the start of @bytes and reads its request line (RFC 9112, 3).
 *
 * Returns: what was found
 */
LbRequestHeadResult
lb_request_head_read (LbRequestHead *self,
                      const char *bytes,
                      gsize length,
                      guint *status)
{
  const char *end = find_end (bytes, MIN (length, LB_REQUEST_HEAD_MAX));
  const char *line_end;

  if (end == NULL)
    {
      if (length < LB_REQUEST_HEAD_MAX)
        return LB_REQUEST_HEAD_PARTIAL;

      *status = 431;
      return LB_REQUEST_HEAD_BAD;
    }

  self->length = (gsize) (end - bytes);
  line_end = memchr (bytes, '\n', self->length);
  if (line_end > bytes && line_end[-1] == '\r')
    line_end--;

  if (!read_request_line (self, bytes, line_end))
    {
      *status = 400;
      return LB_REQUEST_HEAD_BAD;
    }

  if (self->target_length > LB_REQUEST_TARGET_MAX)
    {
      *status = 414;
      return LB_REQUEST_HEAD_BAD;
    }

  return LB_REQUEST_HEAD_WHOLE;
}

/**
 * lb_target_get_origin_form:
 * @target: (array length=length): a request target
 * @length: its length
 * @form_length: (out): the length of the result
 * @needs_slash: (out): whether a "/" belongs in front of it
 *
 * Reads a target as path and query: one in absolute form (RFC 9112, 3.2.2) from its path on. The
 * bytes stay as they are.
 *
 * Returns: (nullable): path and query within @target, or %NULL if it has neither form
 */
const char *
lb_target_get_origin_form (const char *target,
                           gsize length,
                           gsize *form_length,
                           gboolean *needs_slash)
{
  static const char *const schemes[] = { "http://", "https://" };
  const char *end = target + length;

  if (length > 0 && target[0] == '/')
    {
      *form_length = length;
      *needs_slash = FALSE;
      return target;
    }

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      gsize scheme_length = strlen (schemes[i]);
      const char *p = target + scheme_length;

      if (length <= scheme_length || g_ascii_strncasecmp (target, schemes[i], scheme_length) != 0)
        continue;

      while (p < end && *p != '/' && *p != '?')
        p++;

      *form_length = (gsize) (end - p);
      *needs_slash = p == end || *p == '?';
      return p;
    }

  return NULL;
}

/**
 * lb_target_is_reserved:
 * @target: (array length=length): path and query
 * @length: its length
 *
 * Whether a path is the balancer's own: `/stats` and what is below it, judged on the raw bytes.
 *
 * Returns: %TRUE if it is never redirected
 */
gboolean
lb_target_is_reserved (const char *target,
                       gsize length)
{
  const gsize reserved_length = strlen (RESERVED);

  if (length < reserved_length || memcmp (target, RESERVED, reserved_length) != 0)
    return FALSE;

  return length == reserved_length || memchr ("?/;", target[reserved_length], 3) != NULL;
}
