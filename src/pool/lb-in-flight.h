/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The response time of a backend that has not answered a probe yet. */
#define LB_IN_FLIGHT_DEFAULT_US (100 * 1000)

/**
 * LbInFlight:
 *
 * How many requests a backend is busy with, estimated. A balancer that redirects never sees a request
 * end; so each counts as one when it is sent and fades with the backend's response time. At a steady
 * rate that comes to rate × response time, which is Little's law. Where somebody knows the number, that is
 * taken instead. Embedded in its owner. The fields are private.
 */
typedef struct
{
  double estimate; /* at @updated_us */
  gint64 updated_us;
  double decay; /* one over the response time in microseconds */
  gboolean known; /* the number is not estimated */
} LbInFlight;

void   lb_in_flight_init              (LbInFlight       *self);
void   lb_in_flight_add               (LbInFlight       *self,
                                       gint64            now_us);
double lb_in_flight_get               (const LbInFlight *self,
                                       gint64            now_us);
void   lb_in_flight_set               (LbInFlight       *self,
                                       double            n);
void   lb_in_flight_set_response_time (LbInFlight       *self,
                                       double            response_us,
                                       gint64            now_us);
double lb_in_flight_get_response_time (const LbInFlight *self);

G_END_DECLS
