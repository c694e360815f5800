/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bench-model.h"

int bench_backends_serve (const BenchScenario *scenario,
                          guint                seed,
                          gint64               start_us);
