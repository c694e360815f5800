/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-orca.h"

#include <math.h>
#include <string.h>

/*
 * Open Request Cost Aggregation: a response header in which a backend says how busy it is, as JSON
 * or as a list of pairs. What comes is what anybody sends: whatever is no number is passed over,
 * nesting costs no stack, and nothing is copied.
 */

typedef struct
{
  double application;
  double cpu;
  double rps;
} LbOrcaMetrics;

static const struct
{
  const char *snake;
  const char *camel;
  gsize offset;
} known[] = {
  { "application_utilization", "applicationUtilization",
    G_STRUCT_OFFSET (LbOrcaMetrics, application) },
  { "cpu_utilization", "cpuUtilization", G_STRUCT_OFFSET (LbOrcaMetrics, cpu) },
  { "rps_fractional", "rpsFractional", G_STRUCT_OFFSET (LbOrcaMetrics, rps) },
};

static gboolean
lb_orca_is (const char *text,
            gsize length,
            const char *name)
{
  return strlen (name) == length && strncmp (text, name, length) == 0;
}

/* Remembers one metric, if it is one of those that count and its value is a number that can be. */
static void
lb_orca_set (LbOrcaMetrics *metrics,
             const char *name,
             gsize length,
             const char *value)
{
  double number;
  char *end;

  if (!g_ascii_isdigit (*value) && *value != '.')
    return;

  number = g_ascii_strtod (value, &end);
  if (!isfinite (number) || (*end != '\0' && strchr (" \t\r\n,}\"", *end) == NULL))
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (lb_orca_is (name, length, known[i].snake) || lb_orca_is (name, length, known[i].camel))
      *(double *) G_STRUCT_MEMBER_P (metrics, known[i].offset) = number;
}

static const char *
lb_orca_skip_spaces (const char *p)
{
  return p + strspn (p, " \t\r\n");
}

/* JSON */

/* Returns: behind the string's second quote, or %NULL if there is none */
static const char *
lb_orca_skip_string (const char *p)
{
  for (p++; *p != '"'; p++)
    {
      if (*p == '\\')
        p++;
      if (*p == '\0')
        return NULL;
    }

  return p + 1;
}

/* Returns: behind the value, where a comma or the end of the object should be, or %NULL */
static const char *
lb_orca_skip_value (const char *p)
{
  gsize depth = 0;

  while (*p != '\0')
    {
      if (depth == 0 && (*p == ',' || *p == '}'))
        return p;

      if (*p == '"')
        {
          p = lb_orca_skip_string (p);
          if (p == NULL)
            return NULL;
          continue;
        }

      if (*p == '{' || *p == '[')
        depth++;
      else if ((*p == '}' || *p == ']') && depth-- == 0)
        return NULL;
      p++;
    }

  return NULL;
}

/* Reads the members of one object; those of objects inside it are not looked at. */
static gboolean
lb_orca_parse_json (const char *p,
                    LbOrcaMetrics *metrics)
{
  p = lb_orca_skip_spaces (p + 1);
  if (*p == '}')
    return TRUE;

  while (*p == '"')
    {
      const char *name = p + 1;
      const char *end = lb_orca_skip_string (p);

      if (end == NULL)
        return FALSE;

      p = lb_orca_skip_spaces (end);
      if (*p != ':')
        return FALSE;

      /* A number may stand in quotes, as in any JSON that was a protocol buffer. */
      p = lb_orca_skip_spaces (p + 1);
      lb_orca_set (metrics, name, (gsize) (end - 1 - name), *p == '"' ? p + 1 : p);

      p = lb_orca_skip_value (p);
      if (p == NULL)
        return FALSE;
      if (*p == '}')
        return TRUE;
      p = lb_orca_skip_spaces (p + 1);
    }

  return FALSE;
}

/* Pairs */

static void
lb_orca_parse_pairs (const char *p,
                     LbOrcaMetrics *metrics)
{
  while (*p != '\0')
    {
      const char *name = lb_orca_skip_spaces (p);
      const gsize length = strcspn (name, " \t=,");
      const char *value = lb_orca_skip_spaces (name + length);

      if (*value == '=')
        lb_orca_set (metrics, name, length, lb_orca_skip_spaces (value + 1));

      p = name + strcspn (name, ",");
      if (*p == ',')
        p++;
    }
}

/* Returns: behind the word that names the format, or @text */
static const char *
lb_orca_skip_format (const char *text,
                     const char *format)
{
  const gsize length = strlen (format);

  if (g_ascii_strncasecmp (text, format, length) != 0 || strspn (text + length, " \t") == 0)
    return text;

  return lb_orca_skip_spaces (text + length);
}

/**
 * lb_orca_parse:
 * @text: the value of an `endpoint-load-metrics` header; anything is safe
 * @self: (out): what it says; untouched if it says nothing
 *
 * Reads `JSON {"cpu_utilization": 0.3, "rps_fractional": 10}` or
 * `TEXT cpu_utilization=0.3, rps_fractional=10`, or either without its first word. Names may be in
 * snake or in camel case. As in gRPC's weighted round robin, the utilization is the application's
 * own if there is one above 0, and the processor's if not.
 *
 * Returns: whether it says anything that we know
 */
gboolean
lb_orca_parse (const char *text,
               LbOrca *self)
{
  LbOrcaMetrics metrics = { -1.0, -1.0, -1.0 };
  double utilization;
  const char *p;

  g_return_val_if_fail (text != NULL && self != NULL, FALSE);

  p = lb_orca_skip_format (lb_orca_skip_spaces (text), "JSON");
  if (*p == '{')
    {
      if (!lb_orca_parse_json (p, &metrics))
        return FALSE;
    }
  else
    {
      lb_orca_parse_pairs (lb_orca_skip_format (p, "TEXT"), &metrics);
    }

  utilization = metrics.application > 0.0 ? metrics.application : metrics.cpu;
  if (utilization < 0.0 && metrics.rps < 0.0)
    return FALSE;

  self->utilization = utilization;
  self->rps = metrics.rps;
  return TRUE;
}
