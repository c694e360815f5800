/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "lb-url-list.h"

/* A text with URLs, as it was pasted. What is split once is not split any further. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) urls = NULL;
  g_auto (GStrv) again = NULL;
  g_autofree char *lines = NULL;

  /* A clipboard's text. */
  if (!g_utf8_validate (text, -1, NULL))
    return 0;

  urls = lb_url_list_split (text);
  for (guint i = 0; urls[i] != NULL; i++)
    {
      g_assert_cmpstr (urls[i], !=, "");
      g_assert_null (strpbrk (urls[i], "\r\n"));

      /* It stood in quotes, and would be a comment without. */
      if (*urls[i] == '#')
        return 0;
    }

  lines = g_strjoinv ("\n", urls);
  again = lb_url_list_split (lines);
  g_assert_cmpstrv (again, urls);

  return 0;
}
