/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-proxy-settings.h"

G_BEGIN_DECLS

/**
 * LbProxyWords:
 * @name: the setting's name in the table of lb_proxy_settings_list()
 * @group: (nullable): translatable; the heading over this setting, if it begins a group
 * @title: translatable, a few words
 * @hint: translatable, a sentence or two
 * @placeholder: (nullable): of text: translatable; what holds while it is empty
 * @is_time: of a number: whether people see seconds
 *
 * What people read about a setting of the proxy.
 */
typedef struct
{
  const char *name;
  const char *group;
  const char *title;
  const char *hint;
  const char *placeholder;
  gboolean is_time;
} LbProxyWords;

const LbProxyWords *lb_proxy_words_list (guint *n_words);

G_END_DECLS
