/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-in-flight.h"
#include "pool/lb-response-time.h"

G_BEGIN_DECLS

/**
 * LbLoad:
 *
 * How busy a backend is and how much of its weight it can take now: what a policy goes by beside the
 * weight. Embedded in its backend. The fields are private.
 */
typedef struct
{
  LbInFlight in_flight;
  LbResponseTime response_time;
  gint64 probe_start_us; /* of the one under way; 0 if there is none */
  gint64 start_us;       /* of a slow start */
  gint64 start_span_us;
  double learned;
  double reported; /* -1 if it reports nothing */
} LbLoad;

void     lb_load_init                 (LbLoad       *self);

void     lb_load_add_request          (LbLoad       *self,
                                       gint64        now_us);
void     lb_load_set_in_flight        (LbLoad       *self,
                                       double        n);
double   lb_load_get_in_flight        (const LbLoad *self,
                                       gint64        now_us);
double   lb_load_get_fade_us          (const LbLoad *self);

void     lb_load_add_response         (LbLoad       *self,
                                       gint64        response_us,
                                       gint64        now_us);
void     lb_load_add_responses        (LbLoad       *self,
                                       gint64        mean_us,
                                       guint64       n,
                                       gint64        now_us);
void     lb_load_set_probe_start      (LbLoad       *self,
                                       gint64        start_us);
double   lb_load_update_response_time (LbLoad       *self,
                                       gint64        now_us);

void     lb_load_start_slowly         (LbLoad       *self,
                                       gint64        now_us,
                                       gint64        span_us);
gboolean lb_load_is_starting          (const LbLoad *self,
                                       gint64        now_us);
void     lb_load_set_learned          (LbLoad       *self,
                                       double        factor);
void     lb_load_set_reported         (LbLoad       *self,
                                       double        utilization);
double   lb_load_get_reported         (const LbLoad *self);
double   lb_load_get_spare            (const LbLoad *self);
double   lb_load_get_factor           (const LbLoad *self,
                                       gint64        now_us);

G_END_DECLS
