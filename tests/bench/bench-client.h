/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bench-model.h"
#include "bench-reactor.h"

/* Who has no answer by then has failed, and counts as this long. */
#define BENCH_PATIENCE_US (30 * G_USEC_PER_SEC)

/**
 * BenchClient:
 * @times_us: (element-type gint64): of each request that counts, from when it was due to its answer
 * @lags_us: (element-type gint64): by how much each was sent later than it was due
 * @n_failed: how many of these had no answer in time, or another than a redirect and 200
 * @counts: how many went to each backend
 *
 * Sends requests at a rate that does not depend on the answers, and follows their redirects. Embedded
 * in its owner.
 */
typedef struct
{
  GArray *times_us;
  GArray *lags_us;
  guint n_failed;
  guint counts[BENCH_BACKENDS];

  /*< private >*/
  BenchReactor *reactor;
  BenchTimer next;
  const BenchScenario *scenario;
  guint seed;
  guint port;
  guint ports[BENCH_BACKENDS];
  double rate; /* requests a microsecond */
  double due_us;
  gint64 from_us;
  gint64 to_us;
  guint n_sent;
  guint n_open;
} BenchClient;

void     bench_client_start (BenchClient         *self,
                             BenchReactor        *reactor,
                             const BenchScenario *scenario,
                             guint                seed,
                             gint64               start_us,
                             guint                port,
                             const guint         *ports);
gboolean bench_client_ended (const BenchClient   *self);
void     bench_client_clear (BenchClient         *self);
