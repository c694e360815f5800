/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pool/lb-setting.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-types.h"

/**
 * lb_setting_clear:
 * @self: a setting
 * @group: a group that it is one of
 *
 * Frees what it holds there, if that is on the heap.
 */
void
lb_setting_clear (const LbSetting *self,
                  gpointer group)
{
  gpointer place = G_STRUCT_MEMBER_P (group, self->offset);

  switch (self->kind)
    {
    case LB_SETTING_TEXT:
      g_clear_pointer ((char **) place, g_free);
      break;

    case LB_SETTING_LINES:
      g_clear_pointer ((char ***) place, g_strfreev);
      break;

    case LB_SETTING_NUMBER:
    case LB_SETTING_SHARE:
    case LB_SETTING_SWITCH:
    default:
      break;
    }
}

/**
 * lb_setting_copy:
 * @self: a setting
 * @group: a group that it is one of
 * @other: a group of the same kind that has what it shall be
 */
void
lb_setting_copy (const LbSetting *self,
                 gpointer group,
                 gconstpointer other)
{
  gpointer to = G_STRUCT_MEMBER_P (group, self->offset);
  gconstpointer from = G_STRUCT_MEMBER_P (other, self->offset);

  if (to == from)
    return;

  lb_setting_clear (self, group);

  switch (self->kind)
    {
    case LB_SETTING_NUMBER:
      *(guint *) to = *(const guint *) from;
      break;

    case LB_SETTING_SHARE:
      *(double *) to = *(const double *) from;
      break;

    case LB_SETTING_SWITCH:
      *(gboolean *) to = *(const gboolean *) from;
      break;

    case LB_SETTING_TEXT:
      *(char **) to = g_strdup (*(char *const *) from);
      break;

    case LB_SETTING_LINES:
      *(char ***) to = g_strdupv (*(char **const *) from);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* No lines and an empty list of lines are the same. */
static gboolean
lines_equal (char **lines,
             char **other)
{
  static char *none[] = { NULL };

  return g_strv_equal ((const char *const *) (lines != NULL ? lines : none),
                       (const char *const *) (other != NULL ? other : none));
}

/**
 * lb_setting_equal:
 * @self: a setting
 * @group: a group that it is one of
 * @other: a group of the same kind
 *
 * Returns: whether it is the same in both
 */
gboolean
lb_setting_equal (const LbSetting *self,
                  gconstpointer group,
                  gconstpointer other)
{
  gconstpointer a = G_STRUCT_MEMBER_P (group, self->offset);
  gconstpointer b = G_STRUCT_MEMBER_P (other, self->offset);

  switch (self->kind)
    {
    case LB_SETTING_NUMBER:
      return *(const guint *) a == *(const guint *) b;

    case LB_SETTING_SHARE:
      return memcmp (a, b, sizeof (double)) == 0;

    case LB_SETTING_SWITCH:
      return !*(const gboolean *) a == !*(const gboolean *) b;

    case LB_SETTING_TEXT:
      return g_strcmp0 (*(char *const *) a, *(char *const *) b) == 0;

    case LB_SETTING_LINES:
      return lines_equal (*(char **const *) a, *(char **const *) b);

    default:
      g_assert_not_reached ();
    }
}

/**
 * lb_setting_check:
 * @self: a setting
 * @group: a group that it is one of; anything is safe
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Returns: whether it is what it must be there
 */
gboolean
lb_setting_check (const LbSetting *self,
                  gconstpointer group,
                  GError **error)
{
  gconstpointer place = G_STRUCT_MEMBER_P (group, self->offset);
  double number = 0.0;

  switch (self->kind)
    {
    case LB_SETTING_NUMBER:
      number = *(const guint *) place;
      break;

    case LB_SETTING_SHARE:
      number = *(const double *) place;
      break;

    case LB_SETTING_SWITCH:
      break;

    case LB_SETTING_TEXT:
      {
        const char *text = *(char *const *) place;

        return (text == NULL && self->nullable) || self->check (text != NULL ? text : "", error);
      }

    case LB_SETTING_LINES:
      for (char **lines = *(char **const *) place; lines != NULL && *lines != NULL; lines++)
        if (!self->check (*lines, error))
          return FALSE;
      return TRUE;

    default:
      g_assert_not_reached ();
    }

  if (number >= self->min && number <= self->max)
    return TRUE;

  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING,
               _ ("The setting %s is %g. It must be from %g to %g."), self->name, number, self->min,
               self->max);

  return FALSE;
}
