/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * LbThemeChoice:
 * @LB_THEME_FOLLOW: as the desktop has it
 * @LB_THEME_LIGHT: light
 * @LB_THEME_DARK: dark
 *
 * What a person wants. The numbers are those of the settings' schema.
 */
typedef enum
{
  LB_THEME_FOLLOW,
  LB_THEME_LIGHT,
  LB_THEME_DARK,
} LbThemeChoice;

#define LB_TYPE_THEME (lb_theme_get_type ())
G_DECLARE_FINAL_TYPE (LbTheme, lb_theme, LB, THEME, GObject)

LbTheme *lb_theme_new (GdkDisplay *display,
                       GSettings  *settings);

G_END_DECLS
