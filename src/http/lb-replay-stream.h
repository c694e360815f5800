/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define LB_TYPE_REPLAY_STREAM (lb_replay_stream_get_type ())
G_DECLARE_FINAL_TYPE (LbReplayStream, lb_replay_stream, LB, REPLAY_STREAM, GIOStream)

GIOStream *lb_replay_stream_new (GIOStream *base,
                                 GBytes    *beginning);

G_END_DECLS
