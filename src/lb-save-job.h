/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "chart/lb-chart-shot.h"

G_BEGIN_DECLS

/**
 * LbSaveKind:
 * @LB_SAVE_CHART: a picture of a chart
 * @LB_SAVE_FIGURES: the figures of all backends
 *
 * What is to be saved.
 */
typedef enum
{
  LB_SAVE_CHART,
  LB_SAVE_FIGURES,
} LbSaveKind;

/**
 * LbSaveFormat:
 * @title: its name for people, not translated yet
 * @suffix: what the name of such a file ends with, such as `.png`
 * @media_type: what it is for other programs
 *
 * A format in which a chart or figures can be saved.
 */
typedef struct
{
  const char *title;
  const char *suffix;
  const char *media_type;

  /*< private >*/
  GBytes *(*make_chart) (const LbChartShot *shot);
  GBytes *(*make_figures) (const LbSnapshot *snapshot);
} LbSaveFormat;

/**
 * LbSaveJob:
 * @format: (nullable): the format; %NULL if @contents are there already
 * @shot: (nullable): the chart
 * @snapshot: (nullable): the figures
 * @contents: (nullable): what else the file is to hold
 * @path: (type filename): where
 *
 * Something to save, whole: it can be done in any thread.
 */
typedef struct
{
  const LbSaveFormat *format;
  LbChartShot *shot;
  LbSnapshot *snapshot;
  GBytes *contents;
  char *path;
} LbSaveJob;

const LbSaveFormat *lb_save_format_list (LbSaveKind          kind,
                                         guint               index);
const LbSaveFormat *lb_save_format_find (LbSaveKind          kind,
                                         const char         *path,
                                         const LbSaveFormat *chosen);
char               *lb_save_make_name   (const char         *word,
                                         const char         *suffix,
                                         gint64              time_us);

LbSaveJob          *lb_save_job_new     (const char         *path);
void                lb_save_job_free    (LbSaveJob          *self);
gboolean            lb_save_job_run     (const LbSaveJob    *self,
                                         GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbSaveJob, lb_save_job_free)

G_END_DECLS
