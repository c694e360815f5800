/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "probe/lb-orca.h"

#define NONE -1.0

static const struct
{
  const char *text;
  double utilization;
  double rps;
} good[] = {
  { "JSON {\"cpu_utilization\":0.3,\"rps_fractional\":10.0,\"named_metrics\":{\"a\":1}}", 0.3, 10 },
  { "JSON {\"cpuUtilization\": 0.3, \"rpsFractional\": 10}", 0.3, 10 },
  { "{\"cpu_utilization\":0.3}", 0.3, NONE },
  { "  json\t{ \"cpu_utilization\" : 0.3 }  ", 0.3, NONE },
  { "JSON {\"rps_fractional\":7.5}", NONE, 7.5 },
  /* The application knows better, unless it says nothing. */
  { "JSON {\"application_utilization\":0.8,\"cpu_utilization\":0.3}", 0.8, NONE },
  { "JSON {\"cpuUtilization\":0.3,\"applicationUtilization\":0.8}", 0.8, NONE },
  { "JSON {\"application_utilization\":0,\"cpu_utilization\":0.3}", 0.3, NONE },
  { "JSON {\"cpu_utilization\":0}", 0, NONE },
  { "JSON {\"cpu_utilization\":3.5}", 3.5, NONE },
  { "JSON {\"cpu_utilization\":\"0.25\"}", 0.25, NONE },
  { "JSON {\"cpu_utilization\":2.5e-1}", 0.25, NONE },
  /* Only the first level counts, and whatever else there is does not. */
  { "JSON {\"named_metrics\":{\"cpu_utilization\":0.9,\"x\":[1,{\"rps_fractional\":3}]},"
    "\"cpu_utilization\":0.2}", 0.2, NONE },
  { "JSON {\"s\":\"}\\\",\\\"cpu_utilization\\\":1\",\"cpu_utilization\":0.2}", 0.2, NONE },
  { "JSON {\"mem_utilization\":0.9,\"eps\":null,\"x\":true,\"cpu_utilization\":0.2}", 0.2, NONE },
  { "JSON {\"cpu_utilization\":0.2}, JSON {\"cpu_utilization\":0.9}", 0.2, NONE },
  { "JSON {\"cpu_utilization\":-1,\"rps_fractional\":2}", NONE, 2 },
  { "JSON {\"cpu_utilization\":null,\"rps_fractional\":2}", NONE, 2 },
  { "TEXT cpu_utilization=0.3, rps_fractional=10.0", 0.3, 10 },
  { "TEXT cpuUtilization=0.3,rpsFractional=10.0,mem_utilization=0.9", 0.3, 10 },
  { "text  application_utilization = 0.5 , cpu_utilization = 0.1 ,", 0.5, NONE },
  { "cpu_utilization=0.3", 0.3, NONE },
  { "TEXT named_metrics.kv_cache=0.4, junk, =5, cpu_utilization=0.3, rps_fractional=", 0.3, NONE },
  { "TEXT cpu_utilization=.5", 0.5, NONE },
};

static const char *const bad[] = {
  "",
  " ",
  "JSON",
  "JSON ",
  "TEXT",
  "TEXT ,,,,",
  "BIN CQAAAAAAAOA/",
  "JSON {",
  "JSON {}",
  "JSON []",
  "JSON {\"",
  "JSON {\"cpu_utilization",
  "JSON {\"cpu_utilization\\",
  "JSON {\"cpu_utilization\"",
  "JSON {\"cpu_utilization\":",
  "JSON {\"cpu_utilization\":0.3",
  "JSON {\"cpu_utilization\":0.3]",
  "JSON {\"cpu_utilization\":0.3,",
  "JSON {\"cpu_utilization\":\"0.3",
  "JSON {\"cpu_utilization\":\"0.3\\",
  "JSON {\"cpu_utilization\":0.3x}",
  "JSON {\"cpu_utilization\":nan}",
  "JSON {\"cpu_utilization\":\"NaN\"}",
  "JSON {\"cpu_utilization\":1e999}",
  "JSON {\"cpu_utilization\":inf}",
  "JSON {\"cpu_utilization\":-0.5}",
  "JSON {\"cpu_utilization\":{\"cpu_utilization\":0.5}}",
  "JSON {\"CPU_UTILIZATION\":0.5}",
  "JSON {\"cpu_utilizations\":0.5}",
  "JSON {\"mem_utilization\":0.5}",
  "JSON {cpu_utilization:0.5}",
  "TEXT cpu_utilization",
  "TEXT cpu_utilization=",
  "TEXT cpu_utilization=x",
  "TEXT cpu_utilization=-1",
  "TEXT cpu_utilization=0.5.5",
  "TEXT xcpu_utilization=0.5",
  "}}}}",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      LbOrca orca = LB_ORCA_NONE;

      g_test_message ("%s", good[i].text);
      g_assert_true (lb_orca_parse (good[i].text, &orca));
      g_assert_cmpfloat (orca.utilization, ==, good[i].utilization);
      g_assert_cmpfloat (orca.rps, ==, good[i].rps);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      LbOrca orca = { 7.0, 8.0 };

      g_test_message ("%s", bad[i]);
      g_assert_false (lb_orca_parse (bad[i], &orca));
      g_assert_cmpfloat (orca.utilization, ==, 7.0);
      g_assert_cmpfloat (orca.rps, ==, 8.0);
    }
}

static void
assert_sane (const char *text)
{
  LbOrca orca = LB_ORCA_NONE;

  if (lb_orca_parse (text, &orca))
    {
      g_assert_true (isfinite (orca.utilization) && isfinite (orca.rps));
      g_assert_true (orca.utilization >= 0.0 || orca.utilization == -1.0);
      g_assert_true (orca.rps >= 0.0 || orca.rps == -1.0);
      g_assert_true (orca.utilization >= 0.0 || orca.rps >= 0.0);
    }
}

/* Cut off anywhere, and with any byte wrong anywhere; on the heap, so that reading past the end is
 * seen. */
static void
test_survives_anything (void)
{
  static const char bytes[] = "\"\\{}[],:=. 0-e\t\x01\x7f\x80\xff";

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      const gsize length = strlen (good[i].text);

      for (gsize at = 0; at < length; at++)
        {
          g_autofree char *start = g_strndup (good[i].text, at);
          g_autofree char *text = g_strdup (good[i].text);

          assert_sane (start);
          for (gsize b = 0; b < sizeof bytes; b++)
            {
              text[at] = bytes[b];
              assert_sane (text);
            }
        }
    }
}

/* What nests without end takes neither stack nor time. */
static void
test_survives_depth (void)
{
  g_autoptr (GString) text = g_string_new ("JSON {\"x\":");
  LbOrca orca = LB_ORCA_NONE;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, i % 2 == 0 ? '[' : '{');
  g_assert_false (lb_orca_parse (text->str, &orca));

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, i % 2 == 0 ? '}' : ']');
  g_string_append (text, ",\"cpu_utilization\":0.5}");
  g_assert_true (lb_orca_parse (text->str, &orca));
  g_assert_cmpfloat (orca.utilization, ==, 0.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/orca/good", test_good);
  g_test_add_func ("/orca/bad", test_bad);
  g_test_add_func ("/orca/survives-anything", test_survives_anything);
  g_test_add_func ("/orca/survives-depth", test_survives_depth);

  return g_test_run ();
}
