/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_ADDRESS_TITLE (lb_address_title_get_type ())
G_DECLARE_FINAL_TYPE (LbAddressTitle, lb_address_title, LB, ADDRESS_TITLE, GtkWidget)

GtkWidget *lb_address_title_new       (void);

void       lb_address_title_set_uris  (LbAddressTitle     *self,
                                       const char *const  *uris,
                                       const char *const  *stats_uris);
void       lb_address_title_set_tight (LbAddressTitle     *self,
                                       gboolean            tight);
void       lb_address_title_copy      (LbAddressTitle     *self);

G_END_DECLS
