/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "pool/lb-backend.h"

G_BEGIN_DECLS

GtkWidget *lb_backend_menu_new (LbBackend *backend);

G_END_DECLS
