/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-request-head.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * What stands between the clients and libsoup, which is not meant for untrusted ones: whatever two
 * programs could read in two ways is refused here (RFC 9112, 11.2). Nothing is allocated, and each
 * byte is looked at once or twice.
 */

#define RESERVED "/stats"

/* More digits than any length has, and still no overflow. */
#define CONTENT_LENGTH_DIGITS 18

enum
{
  TOKEN = 1 << 0,  /* RFC 9110, 5.6.2: what methods and field names are made of */
  TARGET = 1 << 1, /* visible ASCII but "#": a fragment is never sent */
  VALUE = 1 << 2,  /* what a field value may hold */
  HOST = 1 << 3,   /* RFC 3986, 3.2.2: reg-name without escapes, IPv4address */
  HEX = 1 << 4,
};

static guint8 classes[256];

/* A cursor over one line, without its CRLF. */
typedef struct
{
  const char *p;
  const char *end;
} Line;

/* What the fields of one head have said so far. */
typedef struct
{
  guint n_hosts;
  guint n_lengths;
  guint n_codings;
  guint64 content_length;
  const char *framing;
  const char *expectation;
  gboolean close;
  gboolean has_unknown_expectation;
  gboolean has_origin;
  gboolean has_request_method;
} Fields;

static void
__attribute__ ((constructor))
fill_classes (void)
{
  for (guint c = 0; c < 256; c++)
    {
      guint8 class = 0;

      if (c < 0x80 && (g_ascii_isalnum ((char) c) || (c != 0 && strchr ("!#$%&'*+-.^_`|~", (int) c))))
        class |= TOKEN;
      if (c > 0x20 && c < 0x7f && c != '#')
        class |= TARGET;
      if (c == '\t' || (c >= 0x20 && c != 0x7f))
        class |= VALUE;
      if (c < 0x80 && (g_ascii_isalnum ((char) c) || (c != 0 && strchr ("-._~!$&'()*+,;=", (int) c))))
        class |= HOST;
      if (c < 0x80 && (g_ascii_isxdigit ((char) c) || c == ':' || c == '.'))
        class |= HEX;

      classes[c] = class;
    }
}

static inline gboolean
is (char c,
    guint8 class)
{
  return (classes[(guint8) c] & class) != 0;
}

static gsize
span (const Line *line,
      guint8 class)
{
  const char *p = line->p;

  while (p < line->end && is (*p, class))
    p++;

  return (gsize) (p - line->p);
}

static gboolean
equals (const char *p,
        gsize length,
        const char *lower_case)
{
  return length == strlen (lower_case) && g_ascii_strncasecmp (p, lower_case, length) == 0;
}

/* Returns: 0, or the status to refuse it with. */
static guint
read_version (const Line *line,
              guint *minor)
{
  const char *p = line->p;

  if (line->end - p != 8 || memcmp (p, "HTTP/", 5) != 0 || !g_ascii_isdigit (p[5]) || p[6] != '.' ||
      !g_ascii_isdigit (p[7]))
    return 400;

  if (p[5] == '0')
    return 400;
  if (p[5] != '1')
    return 505;

  /* RFC 9110, 2.5: a later HTTP/1 is read as the last one that is known. */
  *minor = p[7] == '0' ? 0 : 1;

  return 0;
}

static gboolean
method_is (const LbRequestHead *self,
           const char *name)
{
  return self->method_length == strlen (name) && memcmp (self->method, name, strlen (name)) == 0;
}

/* Returns: 0, or the status to refuse it with. */
static guint
read_request_line (LbRequestHead *self,
                   Line line,
                   guint *minor)
{
  const char *target;
  gsize target_length;
  guint status;

  self->method = line.p;
  self->method_length = span (&line, TOKEN);
  line.p += self->method_length;
  if (self->method_length == 0 || line.p == line.end || *line.p++ != ' ')
    return 400;

  target = line.p;
  target_length = span (&line, TARGET);
  line.p += target_length;
  if (target_length > LB_REQUEST_TARGET_MAX)
    return 414;
  if (target_length == 0 || line.p == line.end || *line.p++ != ' ')
    return 400;

  status = read_version (&line, minor);
  if (status != 0)
    return status;

  /* Methods are case-sensitive. */
  if (method_is (self, "TRACE") || method_is (self, "CONNECT"))
    return 405;

  if (!lb_target_read (&self->target, target, target_length) ||
      (self->target.path == NULL && !method_is (self, "OPTIONS")))
    return 400;

  return 0;
}

/* An IPv6 address in brackets, which a scan for its characters is not enough for. */
static gboolean
take_ipv6 (Line *value)
{
  char text[INET6_ADDRSTRLEN] = { 0 };
  struct in6_addr address;
  gsize length;

  value->p++;
  length = span (value, HEX);
  if (length >= sizeof text || value->p + length == value->end || value->p[length] != ']')
    return FALSE;

  memcpy (text, value->p, length);
  value->p += length + 1;

  return inet_pton (AF_INET6, text, &address) == 1;
}

/* host [":" port], the host being a name or an address in brackets; may be empty. */
static gboolean
is_host (Line value)
{
  guint port = 0;

  if (value.p < value.end && *value.p == '[')
    {
      if (!take_ipv6 (&value))
        return FALSE;
    }
  else
    value.p += span (&value, HOST);

  if (value.p == value.end)
    return TRUE;
  if (*value.p++ != ':' || value.end - value.p > 5)
    return FALSE;

  for (; value.p < value.end && g_ascii_isdigit (*value.p); value.p++)
    port = port * 10 + (guint) (*value.p - '0');

  return value.p == value.end && port <= G_MAXUINT16;
}

static gboolean
read_content_length (Line value,
                     guint64 *content_length)
{
  if (value.p == value.end || value.end - value.p > CONTENT_LENGTH_DIGITS)
    return FALSE;

  *content_length = 0;
  for (; value.p < value.end; value.p++)
    {
      if (!g_ascii_isdigit (*value.p))
        return FALSE;
      *content_length = *content_length * 10 + (guint64) (*value.p - '0');
    }

  return TRUE;
}

/* A list of tokens (RFC 9110, 5.6.1), of which one matters: HTTP/1.0 is closed in any case. */
static void
read_connection (Line value,
                 Fields *fields)
{
  while (value.p < value.end)
    {
      gsize length = span (&value, TOKEN);

      if (equals (value.p, length, "close"))
        fields->close = TRUE;

      value.p += MAX (length, 1);
    }
}

static Line
trim (Line value)
{
  while (value.p < value.end && (*value.p == ' ' || *value.p == '\t'))
    value.p++;
  while (value.end > value.p && (value.end[-1] == ' ' || value.end[-1] == '\t'))
    value.end--;

  return value;
}

/* One field line. Only those that say where the request ends and what it is are understood. */
static gboolean
read_field (Line line,
            Fields *fields)
{
  const char *name = line.p;
  const gsize length = span (&line, TOKEN);
  Line value = { name + length + 1, line.end };

  /* Without a name or a colon right behind it: folded, or read in two ways. */
  if (length == 0 || name + length == line.end || name[length] != ':' ||
      span (&value, VALUE) != (gsize) (value.end - value.p))
    return FALSE;

  value = trim (value);

  switch (length)
    {
    case 4:
      if (equals (name, length, "host"))
        return ++fields->n_hosts == 1 && is_host (value);
      break;

    case 6:
      if (equals (name, length, "origin"))
        fields->has_origin = TRUE;
      else if (equals (name, length, "expect"))
        {
          if (fields->expectation != NULL ||
              !equals (value.p, (gsize) (value.end - value.p), "100-continue"))
            fields->has_unknown_expectation = TRUE;
          fields->expectation = name;
        }
      break;

    case 10:
      if (equals (name, length, "connection"))
        read_connection (value, fields);
      break;

    case 14:
      if (equals (name, length, "content-length"))
        {
          fields->framing = name;
          return ++fields->n_lengths == 1 && read_content_length (value, &fields->content_length);
        }
      break;

    case 17:
      if (equals (name, length, "transfer-encoding"))
        {
          fields->framing = name;
          return ++fields->n_codings == 1 &&
                 equals (value.p, (gsize) (value.end - value.p), "chunked");
        }
      break;

    case 29:
      if (equals (name, length, "access-control-request-method"))
        fields->has_request_method = TRUE;
      break;

    default:
      break;
    }

  return TRUE;
}

/* What the fields say about the whole. Returns 0, or the status to refuse it with. */
static guint
conclude (LbRequestHead *self,
          const Fields *fields,
          guint minor)
{
  if (minor >= 1 && fields->n_hosts != 1)
    return 400;
  if (fields->n_codings > 0 && (fields->n_lengths > 0 || minor == 0))
    return 400;
  if (fields->has_unknown_expectation)
    return 417;

  self->has_body = fields->n_codings > 0 || fields->content_length > 0;
  self->keep_alive = !fields->close && minor >= 1;
  self->is_preflight =
    fields->has_origin && fields->has_request_method && method_is (self, "OPTIONS");
  self->framing = fields->framing;
  self->expectation = fields->expectation;

  return 0;
}

/* A line up to @end, which is behind its LF. FALSE without a CR before that. */
static gboolean
take_line (Line *line,
           const char *begin,
           const char *end)
{
  line->p = begin;
  line->end = end - 2;

  return end - begin >= 2 && end[-2] == '\r';
}

/* The request line is not whole yet; what cannot become one need not be waited for. */
static LbRequestHeadResult
read_beginning (const char *bytes,
                gsize length,
                guint *status)
{
  const Line line = { bytes, bytes + length };
  const gsize method_length = span (&line, TOKEN);

  *status = 400;

  return method_length == length || (method_length > 0 && bytes[method_length] == ' ')
           ? LB_REQUEST_HEAD_PARTIAL
           : LB_REQUEST_HEAD_BAD;
}

/**
 * lb_request_head_read:
 * @self: (out caller-allocates): the view; only whole if the result says so
 * @bytes: (array length=length): what has come so far
 * @length: how much
 * @status: (out): the status to refuse it with, for %LB_REQUEST_HEAD_BAD
 *
 * Reads the head at the start of @bytes, strictly: RFC 9112, with CRLF alone as the end of a line, one
 * Host, and no doubt about where the request ends. HTTP/1.0 is read; HTTP/0.9 and 2 are refused.
 *
 * Returns: what was found
 */
LbRequestHeadResult
lb_request_head_read (LbRequestHead *self,
                      const char *bytes,
                      gsize length,
                      guint *status)
{
  const char *end = bytes + MIN (length, LB_REQUEST_HEAD_MAX);
  const char *p = bytes;
  gboolean has_request_line = FALSE;
  Fields fields = { 0 };
  guint minor = 0;

  *self = (LbRequestHead){ 0 };

  /* RFC 9112, 2.2: one empty line before the request line is ignored. */
  if (length >= 2 && bytes[0] == '\r' && bytes[1] == '\n')
    p += 2;
  else if (length == 1 && bytes[0] == '\r')
    return LB_REQUEST_HEAD_PARTIAL;
  self->skip = (gsize) (p - bytes);

  /* Known before anything that it may be refused for: what refuses it has no body, either. */
  self->is_head = end - p >= 5 && memcmp (p, "HEAD ", 5) == 0;

  while (p < end)
    {
      const char *newline = memchr (p, '\n', (gsize) (end - p));
      Line line;

      if (newline == NULL)
        break;

      *status = 400;
      if (!take_line (&line, p, newline + 1))
        return LB_REQUEST_HEAD_BAD;
      p = newline + 1;

      if (!has_request_line)
        {
          *status = read_request_line (self, line, &minor);
          if (*status != 0)
            return LB_REQUEST_HEAD_BAD;
          has_request_line = TRUE;
        }
      else if (line.p == line.end)
        {
          self->length = (gsize) (p - bytes);
          *status = conclude (self, &fields, minor);
          return *status == 0 ? LB_REQUEST_HEAD_WHOLE : LB_REQUEST_HEAD_BAD;
        }
      else if (!read_field (line, &fields))
        return LB_REQUEST_HEAD_BAD;
    }

  /* Long or not, so that it is refused as it would be if it came in pieces. */
  if (!has_request_line &&
      read_beginning (p, (gsize) (end - p), status) == LB_REQUEST_HEAD_BAD)
    return LB_REQUEST_HEAD_BAD;

  if (length >= LB_REQUEST_HEAD_MAX)
    {
      *status = has_request_line ? 431 : 414;
      return LB_REQUEST_HEAD_BAD;
    }

  return LB_REQUEST_HEAD_PARTIAL;
}

/* Judged on the raw bytes: /statsfoo and /%73tats are ordinary paths. */
static gboolean
is_reserved (const char *path,
             gsize length)
{
  const gsize reserved_length = strlen (RESERVED);

  if (length < reserved_length || memcmp (path, RESERVED, reserved_length) != 0)
    return FALSE;

  return length == reserved_length || memchr ("?/;", path[reserved_length], 3) != NULL;
}

/**
 * lb_request_head_reads:
 * @self: a whole head
 *
 * Returns: whether the method only asks: GET, HEAD or OPTIONS
 */
gboolean
lb_request_head_reads (const LbRequestHead *self)
{
  return method_is (self, "GET") || method_is (self, "HEAD") || method_is (self, "OPTIONS");
}

/**
 * lb_request_head_find:
 * @self: a whole head
 * @bytes: what it was read from
 * @name: a field's name, in lower case
 * @value: (out caller-allocates): %LB_REQUEST_HEAD_MAX bytes for its value, which is not terminated
 * @length: (out): the value's length
 *
 * Looks for a field. Several lines of it are one list (RFC 9110, 5.3).
 *
 * Returns: %TRUE if there is one
 */
gboolean
lb_request_head_find (const LbRequestHead *self,
                      const char *bytes,
                      const char *name,
                      char *value,
                      gsize *length)
{
  const char *end = bytes + self->length;
  const char *p = memchr (bytes + self->skip, '\n', self->length - self->skip);
  gboolean found = FALSE;

  *length = 0;

  while (p != NULL && ++p < end)
    {
      const char *newline = memchr (p, '\n', (gsize) (end - p));
      const char *colon = newline != NULL ? memchr (p, ':', (gsize) (newline - p)) : NULL;

      if (colon != NULL && equals (p, (gsize) (colon - p), name))
        {
          const Line line = trim ((Line){ colon + 1, newline - 1 });
          const gsize n = (gsize) (line.end - line.p);

          /* It is no longer than the name that stands before each value. */
          if (found)
            {
              memcpy (value + *length, ", ", 2);
              *length += 2;
            }
          memcpy (value + *length, line.p, n);
          *length += n;
          found = TRUE;
        }

      p = newline;
    }

  return found;
}

static gboolean
has_stray_percent (const char *p,
                   const char *end)
{
  while ((p = memchr (p, '%', (gsize) (end - p))) != NULL)
    {
      if (end - p < 3 || !g_ascii_isxdigit (p[1]) || !g_ascii_isxdigit (p[2]))
        return TRUE;
      p += 3;
    }

  return FALSE;
}

/**
 * lb_target_read:
 * @self: (out caller-allocates): the target
 * @text: (array length=length): a request target
 * @length: its length
 *
 * Reads a target (RFC 9112, 3.2): a path, an absolute http URL, of which the path counts, or `*`.
 *
 * Returns: %TRUE if it is one of these
 */
gboolean
lb_target_read (LbTarget *self,
                const char *text,
                gsize length)
{
  static const char scheme[] = "http://";
  const gsize scheme_length = strlen (scheme);
  const char *end = text + length;
  const char *path = text;

  *self = (LbTarget){ .text = text, .length = length };

  if (length == 1 && text[0] == '*')
    return TRUE;

  if (length == 0 || text[0] != '/')
    {
      if (length <= scheme_length || g_ascii_strncasecmp (text, scheme, scheme_length) != 0)
        return FALSE;

      path += scheme_length;
      while (path < end && *path != '/' && *path != '?')
        path++;

      /* RFC 9110, 4.2.1: it has to have a host. */
      if (path == text + scheme_length || text[scheme_length] == ':' ||
          !is_host ((Line){ text + scheme_length, path }))
        return FALSE;
    }

  self->path = path;
  self->path_length = (gsize) (end - path);
  self->needs_slash = path == end || *path == '?';
  self->is_reserved = is_reserved (path, self->path_length);
  self->has_stray_percent = has_stray_percent (path, end);

  return TRUE;
}
