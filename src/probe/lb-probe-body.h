/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* No more of a body is ever read, and not in more pieces: of what comes in chunks each read gets one,
 * and reading 65,536 of a single byte would keep the main loop from everything else for a third of a
 * second. */
#define LB_PROBE_BODY_MAX (64 * 1024)
#define LB_PROBE_BODY_MAX_READS 2048

/**
 * LbProbeBody:
 * @length: how many bytes of it were read
 * @whole: whether that was all of it
 * @found: whether the text that was looked for is in it
 *
 * What was read of a body.
 */
typedef struct
{
  gsize length;
  gboolean whole;
  gboolean found;
} LbProbeBody;

void     lb_probe_body_read_async  (GInputStream         *stream,
                                    const char           *text,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean lb_probe_body_read_finish (GAsyncResult         *result,
                                    LbProbeBody          *self,
                                    GError              **error);

G_END_DECLS
