/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

GBytes *lb_stats_csv (const LbSnapshot *snapshot);

G_END_DECLS
