/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer heads are refused with 431, longer targets with 414. */
#define LB_REQUEST_HEAD_MAX (16 * 1024)
#define LB_REQUEST_TARGET_MAX (8 * 1024)

/**
 * LbTarget:
 * @text: (array length=length): the request target as it came, not terminated
 * @path: (nullable) (array length=path_length): path and query within @text; %NULL for `*`
 * @needs_slash: whether a "/" belongs in front of @path
 * @is_reserved: whether @path is the balancer's own: `/stats` and what is below it
 * @has_stray_percent: whether there is a "%" without two hexadecimal digits behind it, which browsers
 *   send in queries and strict readers of URIs refuse
 *
 * What is asked for. The bytes stay as they came.
 */
typedef struct
{
  const char *text;
  gsize length;
  const char *path;
  gsize path_length;
  gboolean needs_slash;
  gboolean is_reserved;
  gboolean has_stray_percent;
} LbTarget;

/**
 * LbRequestHead:
 * @skip: bytes before the request line: an empty line that some clients send behind a body
 * @length: bytes up to and with the empty line that ends it, @skip included
 * @method: (array length=method_length): not terminated
 * @target: what is asked for
 * @framing: (nullable): where the Content-Length or Transfer-Encoding begins
 * @expectation: (nullable): where the Expect begins
 * @is_head: whether the method is HEAD
 * @is_preflight: whether it is a CORS preflight: OPTIONS with Origin and Access-Control-Request-Method
 * @has_body: whether a body follows
 * @keep_alive: whether the connection may stay open: in HTTP/1.1, unless the client says otherwise
 *
 * A view of a request's head: it points into the bytes it was read from and owns nothing.
 */
typedef struct
{
  gsize skip;
  gsize length;
  const char *method;
  gsize method_length;
  LbTarget target;
  const char *framing;
  const char *expectation;
  gboolean is_head;
  gboolean is_preflight;
  gboolean has_body;
  gboolean keep_alive;
} LbRequestHead;

/**
 * LbRequestHeadResult:
 * @LB_REQUEST_HEAD_WHOLE: the head is there and can be answered
 * @LB_REQUEST_HEAD_PARTIAL: more bytes are needed
 * @LB_REQUEST_HEAD_BAD: it is refused, with the status given
 */
typedef enum
{
  LB_REQUEST_HEAD_WHOLE,
  LB_REQUEST_HEAD_PARTIAL,
  LB_REQUEST_HEAD_BAD,
} LbRequestHeadResult;

LbRequestHeadResult lb_request_head_read   (LbRequestHead  *self,
                                            const char     *bytes,
                                            gsize           length,
                                            guint          *status);

gboolean            lb_request_head_reads  (const LbRequestHead
                                                          *self);
gboolean            lb_request_head_find   (const LbRequestHead
                                                          *self,
                                            const char     *bytes,
                                            const char     *name,
                                            char           *value,
                                            gsize          *length);
gboolean            lb_target_read         (LbTarget       *self,
                                            const char     *text,
                                            gsize           length);

G_END_DECLS
