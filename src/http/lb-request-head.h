/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer heads are refused with 431, longer targets with 414. */
#define LB_REQUEST_HEAD_MAX (16 * 1024)
#define LB_REQUEST_TARGET_MAX (8 * 1024)

/**
 * LbRequestHead:
 * @length: bytes up to and with the empty line
 * @method: (array length=method_length): not terminated
 * @target: (array length=target_length): the request target as it came, not terminated
 *
 * A view of a request's head: it points into the bytes it was read from and owns nothing.
 */
typedef struct
{
  gsize length;
  const char *method;
  gsize method_length;
  const char *target;
  gsize target_length;
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

LbRequestHeadResult lb_request_head_read       (LbRequestHead  *self,
                                                const char     *bytes,
                                                gsize           length,
                                                guint          *status);

const char         *lb_target_get_origin_form  (const char     *target,
                                                gsize           length,
                                                gsize          *form_length,
                                                gboolean       *needs_slash);
gboolean            lb_target_is_reserved      (const char     *target,
                                                gsize           length);

G_END_DECLS
