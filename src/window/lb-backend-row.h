/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

#define LB_TYPE_BACKEND_ROW (lb_backend_row_get_type ())
G_DECLARE_FINAL_TYPE (LbBackendRow, lb_backend_row, LB, BACKEND_ROW, GObject)

LbBackendRow *lb_backend_row_new         (LbBackend               *backend);

LbBackend    *lb_backend_row_get_backend (LbBackendRow            *self);
const LbBackendFigures *
              lb_backend_row_get_figures (LbBackendRow            *self);
gboolean      lb_backend_row_update      (LbBackendRow            *self,
                                          const LbBackendFigures  *figures);

G_END_DECLS
