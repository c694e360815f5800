/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-balancer.h"

G_BEGIN_DECLS

/**
 * LbUrlRefusal:
 * @text: what was to be added
 * @reason: why it was not, in a translated sentence
 *
 * An entry of a list of URLs that was not added.
 */
typedef struct
{
  char *text;
  char *reason;
} LbUrlRefusal;

char      **lb_url_list_split (const char         *text);
GPtrArray  *lb_url_list_add   (const char *const  *urls,
                               LbBalancer         *balancer);

G_END_DECLS
