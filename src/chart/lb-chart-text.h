/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-measure.h"

G_BEGIN_DECLS

const char *lb_chart_text_state    (LbState                  state);
const char *lb_chart_text_health   (LbHealth                 health);
gint64      lb_chart_text_unit     (gint64                   time_us);
char       *lb_chart_text_add_unit (const char              *number,
                                    gint64                   unit_us);
char       *lb_chart_text_number   (gint64                   time_us,
                                    gint64                   unit_us);
char       *lb_chart_text_time     (gint64                   time_us);
char       *lb_chart_text_share    (double                   share);
const char *lb_chart_text_address  (const char              *url);
char       *lb_chart_text_describe (const LbBackendFigures  *figures,
                                    const LbChartOptions    *options,
                                    const char              *separator);

G_END_DECLS
