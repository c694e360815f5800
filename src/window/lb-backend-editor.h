/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_BACKEND_EDITOR (lb_backend_editor_get_type ())
G_DECLARE_FINAL_TYPE (LbBackendEditor, lb_backend_editor, LB, BACKEND_EDITOR, GtkWindow)

LbBackendEditor *lb_backend_editor_new         (GtkWindow       *parent,
                                                LbBalancer      *balancer,
                                                LbBackend       *backend);

LbBackend       *lb_backend_editor_get_backend (LbBackendEditor *self);

G_END_DECLS
