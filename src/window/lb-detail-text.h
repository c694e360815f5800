/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-backend.h"
#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/**
 * LbDetail:
 * @figures: the backend's
 * @time_us: when they were taken, in microseconds since 1970
 * @settings: how it is probed
 * @interval_ms: how often, more than the setting if there are too many backends
 * @starting: whether its weight still grows after coming up
 *
 * What is known of one backend, for sentences about it.
 */
typedef struct
{
  const LbBackendFigures *figures;
  gint64 time_us;
  const LbProbeSettings *settings;
  guint interval_ms;
  gboolean starting;
} LbDetail;

/**
 * LbDetailField:
 * @group: (nullable): translatable; the heading over this field, if it begins a group
 * @title: translatable, a few words
 * @format: (transfer full) (nullable): what is said of it; %NULL if there is nothing to say
 *
 * One thing that is told of a backend.
 */
typedef struct
{
  const char *group;
  const char *title;
  char *(*format) (const LbDetail *detail);
} LbDetailField;

const LbDetailField *lb_detail_fields        (guint              *n_fields);

char                *lb_detail_text_reason   (const LbDetail     *detail);
char                *lb_detail_text_duration (gint64              duration_us);
char                *lb_detail_text_time     (gint64              time_us);
char                *lb_detail_text_probe    (const LbProbeEntry *entry);

G_END_DECLS
