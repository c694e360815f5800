/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "http/lb-accept.h"

#define METRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TEXT "text/plain; version=0.0.4; charset=utf-8"

static guint
rank (const char *accept,
      const char *content_type)
{
  return lb_accept_rank (accept, accept != NULL ? strlen (accept) : 0, content_type);
}

static void
test_accepts (void)
{
  static const struct
  {
    const char *accept;
    const char *content_type;
    gboolean accepted;
  } rows[] = {
    /* Without a wish everything is fine. */
    { NULL, "text/csv", TRUE },
    { "", "text/csv", TRUE },
    { " , ,", "text/csv", TRUE },
    { "nonsense", "text/csv", TRUE },

    { "text/csv", "text/csv", TRUE },
    { "Text/CSV", "text/csv", TRUE },
    { "text/*", "text/csv", TRUE },
    { "*/*", "text/csv", TRUE },
    { "*", "text/csv", TRUE },
    { "text/plain", "text/csv", FALSE },
    { "text/cs", "text/csv", FALSE },
    { "text/csvx", "text/csv", FALSE },
    { "image/*", "text/csv", FALSE },
    { "a/b , text/csv", "text/csv", TRUE },
    { "a/b\t,\ttext/csv\t", "text/csv", TRUE },
    { "a/b,,text/csv,", "text/csv", TRUE },

    /* Qualities. */
    { "text/csv;q=0", "text/csv", FALSE },
    { "text/csv;q=0.000", "text/csv", FALSE },
    { "text/csv;q=0.001", "text/csv", TRUE },
    { "text/csv;Q=0", "text/csv", FALSE },
    { "text/csv ; q=0", "text/csv", FALSE },
    { "text/csv;q=.2", "text/csv", TRUE },
    { "text/csv;q=1.", "text/csv", TRUE },
    { "text/csv;q=7", "text/csv", TRUE },
    { "*/*;q=0", "text/csv", FALSE },
    { "*/*;q=0, text/csv", "text/csv", TRUE },
    { "text/csv;q=0, */*", "text/csv", FALSE },
    { "text/csv;q=0, text/*", "text/csv", FALSE },
    { "text/*;q=0, */*", "text/csv", FALSE },
    { "*/*, text/*;q=0", "image/png", TRUE },

    /* What makes no sense is passed over. */
    { "text/csv;q=x, a/b", "text/csv", FALSE },
    { "text/csv;q=, a/b", "text/csv", FALSE },
    { "text/csv;q=\"\", a/b", "text/csv", FALSE },
    { "text/csv;q=., a/b", "text/csv", FALSE },
    { "text/csv;q=1.0.0, a/b", "text/csv", FALSE },
    { "text/csv;q=-1, a/b", "text/csv", FALSE },
    { "text/csv;q, a/b", "text/csv", FALSE },
    { "text/csv x, a/b", "text/csv", FALSE },
    { "text, a/b", "text/csv", FALSE },
    { "/csv, a/b", "text/csv", FALSE },
    { "text/, a/b", "text/csv", FALSE },
    { "*/csv, a/b", "text/csv", FALSE },
    { "text/csv/x, a/b", "text/csv", FALSE },
    { "text/csv;a=\"x, a/b", "text/csv", TRUE },
    { "\"text/csv\", a/b", "text/csv", FALSE },
    { "text/csv;;q=0;", "text/csv", FALSE },

    /* Parameters count where the type has them. */
    { "text/plain;version=0.0.4", TEXT, TRUE },
    { "text/plain; version=\"0.0.4\"; charset=UTF-8", TEXT, TRUE },
    { "text/plain;version=1.0.0", TEXT, FALSE },
    { "text/plain;charset=iso-8859-1", TEXT, FALSE },
    { "text/plain;format=flowed", TEXT, TRUE },
    { "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.2", TEXT, TRUE },
    { "text/plain;version=1.0.0, text/plain", TEXT, TRUE },
    { "text/plain;version=0.0.4;q=0, text/plain", TEXT, FALSE },
    { "text/plain;version=0.0.4;q=0, text/plain;version=0.0.4;charset=utf-8", TEXT, TRUE },
    { "text/csv;header=present", "text/csv", TRUE },
    { "a/b;c=\"x,text/csv;q=1\"", "text/csv", FALSE },
    { "a/b;c=\"\\\",text/csv\", text/plain", "text/csv", FALSE },
    { "a/b;c=\"\\\",\", text/csv", "text/csv", TRUE },
    { "a/b;q=\"0\", text/csv", "text/csv", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("Accept: %s, %s", rows[i].accept, rows[i].content_type);
      g_assert_cmpint (rank (rows[i].accept, rows[i].content_type) > 0, ==, rows[i].accepted);
    }
}

static void
test_prefers (void)
{
  static const struct
  {
    const char *accept;
    const char *better;
    const char *worse;
  } rows[] = {
    { "text/csv, text/plain;q=0.9", "text/csv", "text/plain" },
    { "text/csv;q=0.5, text/plain;q=0.501", "text/plain", "text/csv" },
    { "text/csv;q=.5, text/plain;q=.6", "text/plain", "text/csv" },
    /* What is named precisely counts for more, but less than quality. */
    { "text/csv, */*", "text/csv", "text/plain" },
    { "text/csv, text/*", "text/csv", "text/plain" },
    { "text/*, */*", "text/plain", "image/png" },
    { "text/csv;q=0.5, */*", "text/plain", "text/csv" },
    { "text/plain;version=0.0.4, text/csv", TEXT, "text/csv" },
    /* RFC 9110, 12.5.1 */
    { "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, "
      "*/*;q=0.5",
      "text/plain;format=flowed", "text/plain" },
    { "text/*;q=0.3, text/plain;q=0.7, text/plain;format=fixed;q=0.4, */*;q=0.5", "image/jpeg",
      "text/plain;format=fixed" },
    { "text/*;q=0.3, text/plain;q=0.7, text/plain;format=fixed;q=0.4, */*;q=0.5",
      "text/plain;format=fixed", "text/html" },
    /* Prometheus 2.42, without and with its own format */
    { "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      METRICS, TEXT },
    { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
      "application/openmetrics-text;version=1.0.0;q=0.8,"
      "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      METRICS, TEXT },
    { "application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", TEXT,
      METRICS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("Accept: %s", rows[i].accept);
      g_assert_cmpuint (rank (rows[i].accept, rows[i].better), >,
                        rank (rows[i].accept, rows[i].worse));
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *accept;
    gboolean named;
  } rows[] = {
    { NULL, FALSE },
    { "", FALSE },
    { "*/*", FALSE },
    { "text/*", FALSE },
    { "text/html", TRUE },
    { "a/b, Text/HTML;level=1;q=0.1", TRUE },
    { "text/html;q=0, */*", FALSE },
    { "text/htmlx", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *accept = rows[i].accept;

      g_test_message ("Accept: %s", accept);
      g_assert_cmpint (
        lb_accept_names (accept, accept != NULL ? strlen (accept) : 0, "text/html"), ==,
        rows[i].named);
    }
}

/* Neither a zero byte nor the end of a string ends it, but its length. Ends everywhere are tried in
 * memory of exactly that size, where the sanitizers see a step too far. */
static void
test_length (void)
{
  static const char accept[] = "a/b;c=\"\\\"\";q=0.5 , text/csv ; q=1;x=y";

  for (gsize length = 0; length < sizeof accept; length++)
    {
      g_autofree char *part = g_memdup2 (accept, length);

      lb_accept_rank (part, length, "text/csv");
    }

  g_assert_cmpuint (lb_accept_rank ("text/csvx", strlen ("text/csv"), "text/csv"), >, 0);
  g_assert_cmpuint (lb_accept_rank ("text/csv\0x,a/b", 14, "text/csv"), ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/accept/accepts", test_accepts);
  g_test_add_func ("/http/accept/prefers", test_prefers);
  g_test_add_func ("/http/accept/names", test_names);
  g_test_add_func ("/http/accept/ends-at-its-length", test_length);

  return g_test_run ();
}
