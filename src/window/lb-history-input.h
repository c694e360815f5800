/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "window/lb-history-chart.h"

G_BEGIN_DECLS

void lb_history_input_add_bindings (GtkWidgetClass *widget_class);
void lb_history_input_add          (LbHistoryChart *chart);

G_END_DECLS
