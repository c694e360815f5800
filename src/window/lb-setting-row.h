/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_SETTING_ROW (lb_setting_row_get_type ())
G_DECLARE_FINAL_TYPE (LbSettingRow, lb_setting_row, LB, SETTING_ROW, GtkWidget)

GtkWidget *lb_setting_row_new         (void);

void       lb_setting_row_set_hint    (LbSettingRow *self,
                                       const char   *hint);
void       lb_setting_row_refuse      (LbSettingRow *self,
                                       const char   *message);
void       lb_setting_row_fix         (LbSettingRow *self,
                                       const char   *reason);
void       lb_setting_row_set_default (LbSettingRow *self,
                                       GVariant     *value);
void       lb_setting_row_reset       (LbSettingRow *self);

G_END_DECLS
