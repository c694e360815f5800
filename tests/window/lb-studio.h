/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "window/lb-window-fixture.h"

G_BEGIN_DECLS

/**
 * LbLook:
 * @name: what pictures of it are called
 * @dark: whether the theme is dark
 * @contrast: whether it is the one that is rich in contrast
 * @rtl: whether it is read from right to left, whatever its language
 * @large: whether text has twice its size
 *
 * What a person's desktop makes of the window.
 */
typedef struct
{
  const char *name;
  gboolean dark;
  gboolean contrast;
  gboolean rtl;
  gboolean large;
} LbLook;

gboolean lb_studio_open   (void);
void     lb_studio_fill   (LbWindowFixture *fixture,
                           guint            n_backends);
void     lb_studio_dress  (const LbLook    *look);
void     lb_studio_settle (gint64           time_us);
void     lb_studio_save   (GtkWidget       *subject,
                           const char      *directory,
                           const char      *name);

G_END_DECLS
