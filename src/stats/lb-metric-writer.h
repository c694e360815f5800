/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-histogram.h"

G_BEGIN_DECLS

/**
 * LbMetricSyntax:
 * @LB_METRIC_SYNTAX_PROMETHEUS: Prometheus' text format, version 0.0.4
 * @LB_METRIC_SYNTAX_OPENMETRICS: OpenMetrics, version 1.0.0
 *
 * How metrics are written.
 */
typedef enum
{
  LB_METRIC_SYNTAX_PROMETHEUS,
  LB_METRIC_SYNTAX_OPENMETRICS,
} LbMetricSyntax;

/**
 * LbMetricType:
 * @LB_METRIC_GAUGE: goes up and down
 * @LB_METRIC_COUNTER: only goes up; its samples end in `_total`
 * @LB_METRIC_HISTOGRAM: how many were not over each bound
 * @LB_METRIC_INFO: always 1, what it tells is in its labels; its sample ends in `_info`
 *
 * What the samples of a family are.
 */
typedef enum
{
  LB_METRIC_GAUGE,
  LB_METRIC_COUNTER,
  LB_METRIC_HISTOGRAM,
  LB_METRIC_INFO,
} LbMetricType;

/**
 * LbMetricFamily:
 * @name: without `_total` and `_info`; ends in "_" and @unit, if it has one
 * @type: what its samples are
 * @unit: (nullable): a base unit, such as `seconds`
 * @help: a sentence, without backslashes, quotes and line feeds
 */
typedef struct
{
  const char *name;
  LbMetricType type;
  const char *unit;
  const char *help;
} LbMetricFamily;

/**
 * LbMetricWriter:
 *
 * Metrics as text. Lives on the stack. The fields are private.
 */
typedef struct
{
  GString *text;
  LbMetricSyntax syntax;
  GString *name; /* of the family's samples */
  const char *labels;
} LbMetricWriter;

char   *lb_metric_label_to_string      (const char           *name,
                                        const char           *value);

void    lb_metric_writer_init          (LbMetricWriter       *self,
                                        LbMetricSyntax        syntax);
void    lb_metric_writer_begin         (LbMetricWriter       *self,
                                        const LbMetricFamily *family);
void    lb_metric_writer_set_labels    (LbMetricWriter       *self,
                                        const char           *labels);
void    lb_metric_writer_add_count     (LbMetricWriter       *self,
                                        const char           *label,
                                        const char           *word,
                                        guint64               count);
void    lb_metric_writer_add_number    (LbMetricWriter       *self,
                                        const char           *label,
                                        const char           *word,
                                        double                number);
void    lb_metric_writer_add_time      (LbMetricWriter       *self,
                                        guint64               time_us);
void    lb_metric_writer_add_histogram (LbMetricWriter       *self,
                                        const LbHistogram    *histogram);
GBytes *lb_metric_writer_finish        (LbMetricWriter       *self);

G_END_DECLS
