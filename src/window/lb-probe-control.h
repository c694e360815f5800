/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

GtkWidget *lb_probe_control_new      (const LbSetting     *field);
GtkWidget *lb_probe_control_new_unit (const LbSetting     *field);

void       lb_probe_control_connect  (GtkWidget              *control,
                                      const LbSetting     *field,
                                      GCallback               callback,
                                      gpointer                user_data);
gboolean   lb_probe_control_check    (GtkWidget              *control,
                                      const LbSetting     *field,
                                      GError                **error);
void       lb_probe_control_show     (GtkWidget              *control,
                                      const LbSetting     *field,
                                      const LbProbeSettings  *settings);
gboolean   lb_probe_control_shows    (GtkWidget              *control,
                                      const LbSetting     *field,
                                      const LbProbeSettings  *settings);
void       lb_probe_control_store    (GtkWidget              *control,
                                      const LbSetting     *field,
                                      LbProbeSettings        *settings);

G_END_DECLS
