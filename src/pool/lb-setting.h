/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * LbSettingKind:
 *
 * What type a setting has: guint, double, gboolean, char * or char **.
 */
typedef enum
{
  LB_SETTING_NUMBER,
  LB_SETTING_SHARE,
  LB_SETTING_SWITCH,
  LB_SETTING_TEXT,
  LB_SETTING_LINES,
} LbSettingKind;

/**
 * LbSetting:
 * @name: its key in the configuration file, such as `interval_ms`
 * @kind: its type
 * @offset: where it is in its group, a struct
 * @min: of a number or a share: the smallest it may be
 * @max: of a number or a share: the largest it may be
 * @check: of text or of each line: says what is wrong with it, in a translated sentence with
 *   %LB_POOL_ERROR_INVALID_SETTING
 * @nullable: of text: whether it may be %NULL
 * @exception_only: whether it makes sense for one backend alone, and not for all
 *
 * One setting of a group. There is one table of them for each group, which reading, writing, comparing and
 * merging go by: to add a setting is to add a field and a row.
 */
typedef struct
{
  const char *name;
  LbSettingKind kind;
  gsize offset;
  double min;
  double max;
  gboolean (*check) (const char *text, GError **error);
  gboolean nullable;
  gboolean exception_only;
} LbSetting;

/* The rows of a table. */
#define LB_NUMBER_SETTING(type, member, low, high) \
  { .name = #member, .kind = LB_SETTING_NUMBER, .offset = G_STRUCT_OFFSET (type, member), \
    .min = (low), .max = (high) }
#define LB_SHARE_SETTING(type, member, low, high) \
  { .name = #member, .kind = LB_SETTING_SHARE, .offset = G_STRUCT_OFFSET (type, member), \
    .min = (low), .max = (high) }
#define LB_SWITCH_SETTING(type, member) \
  { .name = #member, .kind = LB_SETTING_SWITCH, .offset = G_STRUCT_OFFSET (type, member) }
#define LB_TEXT_SETTING(type, member, checker, ...) \
  { .name = #member, .kind = LB_SETTING_TEXT, .offset = G_STRUCT_OFFSET (type, member), \
    .check = (checker), __VA_ARGS__ }
#define LB_LINES_SETTING(type, member, checker) \
  { .name = #member, .kind = LB_SETTING_LINES, .offset = G_STRUCT_OFFSET (type, member), \
    .check = (checker) }

void     lb_setting_clear (const LbSetting  *self,
                           gpointer          group);
void     lb_setting_copy  (const LbSetting  *self,
                           gpointer          group,
                           gconstpointer     other);
gboolean lb_setting_equal (const LbSetting  *self,
                           gconstpointer     group,
                           gconstpointer     other);
gboolean lb_setting_check (const LbSetting  *self,
                           gconstpointer     group,
                           GError          **error);

G_END_DECLS
