/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

/**
 * LbProbeUnit:
 *
 * What a number stands for, and so how it is shown: milliseconds as seconds, a share as a
 * percentage, a count as it is.
 */
typedef enum
{
  LB_PROBE_UNIT_COUNT,
  LB_PROBE_UNIT_TIME,
  LB_PROBE_UNIT_SHARE,
} LbProbeUnit;

/**
 * LbProbeWords:
 * @name: the setting's name in the table of lb_probe_fields()
 * @group: (nullable): translatable; the heading over this setting, if it begins a group
 * @title: translatable, a few words
 * @explanation: translatable, a sentence
 * @placeholder: (nullable): of text: translatable; what holds while it is empty
 * @unit: of a number
 *
 * What people read about a setting of the probes.
 */
typedef struct
{
  const char *name;
  const char *group;
  const char *title;
  const char *explanation;
  const char *placeholder;
  LbProbeUnit unit;
} LbProbeWords;

const LbProbeWords *lb_probe_words_find (const LbSetting *field);

G_END_DECLS
