/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_SETTING_ENTRY (lb_setting_entry_get_type ())
G_DECLARE_FINAL_TYPE (LbSettingEntry, lb_setting_entry, LB, SETTING_ENTRY, GtkEntry)

GtkWidget *lb_setting_entry_new         (void);

void       lb_setting_entry_show        (LbSettingEntry *self,
                                         const char     *value);
void       lb_setting_entry_show_number (LbSettingEntry *self,
                                         guint           number);
gboolean   lb_setting_entry_read_number (LbSettingEntry *self,
                                         guint           min,
                                         guint           max,
                                         guint          *number,
                                         GError        **error);
void       lb_setting_entry_take        (LbSettingEntry *self,
                                         const char     *value);
void       lb_setting_entry_refuse      (LbSettingEntry *self);
gboolean   lb_setting_entry_get_pending (LbSettingEntry *self);
gboolean   lb_setting_entry_apply       (LbSettingEntry *self);

G_END_DECLS
