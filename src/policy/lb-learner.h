/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-backend.h"

G_BEGIN_DECLS

/**
 * LbLearned:
 *
 * What has been learned about one backend. It is kept with the backend, so that it outlives the
 * policy. The fields are the learner's.
 */
typedef struct
{
  double base_us;    /* the response time without a queue; 0 before the first */
  double excess_us;  /* what a queue adds, and a share of everybody's base */
  double correction; /* how much more, or less, it can take than its base says */
} LbLearned;

/**
 * LbLearner:
 *
 * Learns weights from response times. Embedded in its owner; zeroes know nothing of the candidates.
 * The fields are private.
 */
typedef struct
{
  double median_base_us;
  double mean_excess_us; /* geometric */
} LbLearner;

LbLearned *lb_learned_of      (LbBackend         *backend);

void       lb_learner_compare (LbLearner         *self,
                               LbBackend *const  *backends,
                               guint              n);
void       lb_learner_feed    (const LbLearner   *self,
                               LbBackend         *backend,
                               gint64             response_us);
void       lb_learner_weigh   (LbBackend *const  *backends,
                               double            *factors,
                               guint              n);

G_END_DECLS
