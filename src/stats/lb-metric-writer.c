/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-metric-writer"

#include "config.h"

#include "stats/lb-metric-writer.h"

#include <math.h>
#include <string.h>

/* The longest time: 20 digits, a point and what ends a string. */
#define TIME_SIZE 32

/* Writes @value so that it ends before @end; returns where it begins. A pool of 10,000 backends has
 * hundreds of thousands of samples, for which printf() takes most of the time. */
static char *
lb_metric_print_count (char *end,
                       guint64 value)
{
  do
    *--end = (char) ('0' + value % 10);
  while ((value /= 10) > 0);

  return end;
}

/* Writes microseconds as seconds, to the last digit, into the end of @buffer; returns where they
 * begin. There always is a fraction: OpenMetrics wants 1.0 for the bound of a bucket, and a bound that
 * is written in two ways makes two series. */
static char *
lb_metric_print_time (char buffer[TIME_SIZE],
                      guint64 time_us)
{
  guint64 fraction = time_us % G_USEC_PER_SEC;
  guint digits = 6;
  char *end = buffer + TIME_SIZE - 1;

  *end = '\0';
  for (; digits > 1 && fraction % 10 == 0; digits--)
    fraction /= 10;
  for (; digits > 0; digits--, fraction /= 10)
    *--end = (char) ('0' + fraction % 10);
  *--end = '.';

  return lb_metric_print_count (end, time_us / G_USEC_PER_SEC);
}

/* Writes a sample up to its value. */
static void
lb_metric_writer_start_sample (LbMetricWriter *self,
                               const char *suffix,
                               const char *label,
                               const char *word)
{
  GString *text = self->text;

  g_string_append_len (text, self->name->str, (gssize) self->name->len);
  g_string_append (text, suffix);

  if (self->labels != NULL || label != NULL)
    {
      g_string_append_c (text, '{');
      if (self->labels != NULL)
        g_string_append (text, self->labels);
      if (self->labels != NULL && label != NULL)
        g_string_append_c (text, ',');
      if (label != NULL)
        {
          g_string_append (text, label);
          g_string_append_len (text, "=\"", 2);
          g_string_append (text, word);
          g_string_append_c (text, '"');
        }
      g_string_append_c (text, '}');
    }

  g_string_append_c (text, ' ');
}

static void
lb_metric_writer_end_with_count (LbMetricWriter *self,
                                 guint64 count)
{
  char buffer[TIME_SIZE];
  char *end = buffer + sizeof buffer;
  char *start;

  *--end = '\n';
  start = lb_metric_print_count (end, count);
  g_string_append_len (self->text, start, end + 1 - start);
}

static void
lb_metric_writer_end_with_time (LbMetricWriter *self,
                                guint64 time_us)
{
  char buffer[TIME_SIZE];

  g_string_append (self->text, lb_metric_print_time (buffer, time_us));
  g_string_append_c (self->text, '\n');
}

static const char *
lb_metric_writer_get_type_name (LbMetricWriter *self,
                                LbMetricType type)
{
  switch (type)
    {
    case LB_METRIC_GAUGE:
      return "gauge";
    case LB_METRIC_COUNTER:
      return "counter";
    case LB_METRIC_HISTOGRAM:
      return "histogram";
    case LB_METRIC_INFO:
      return self->syntax == LB_METRIC_SYNTAX_OPENMETRICS ? "info" : "gauge";
    default:
      g_return_val_if_reached (NULL);
    }
}

static const char *
lb_metric_type_get_suffix (LbMetricType type)
{
  switch (type)
    {
    case LB_METRIC_COUNTER:
      return "_total";
    case LB_METRIC_INFO:
      return "_info";
    case LB_METRIC_GAUGE:
    case LB_METRIC_HISTOGRAM:
    default:
      return "";
    }
}

/**
 * lb_metric_label_to_string:
 * @name: the label's name
 * @value: any text; what is not UTF-8 in it is replaced
 *
 * Returns: (transfer full): the label as lb_metric_writer_set_labels() wants it
 */
char *
lb_metric_label_to_string (const char *name,
                           const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  GString *text = g_string_new (name);

  g_string_append (text, "=\"");

  for (const char *p = valid; *p != '\0';)
    {
      const gsize plain = strcspn (p, "\\\"\n");

      g_string_append_len (text, p, (gssize) plain);
      p += plain;
      if (*p == '\0')
        break;
      g_string_append_c (text, '\\');
      g_string_append_c (text, *p == '\n' ? 'n' : *p);
      p++;
    }

  g_string_append_c (text, '"');

  return g_string_free (text, FALSE);
}

/**
 * lb_metric_writer_init:
 * @self: (out caller-allocates): a writer, to be ended with lb_metric_writer_finish()
 * @syntax: how to write
 */
void
lb_metric_writer_init (LbMetricWriter *self,
                       LbMetricSyntax syntax)
{
  *self = (LbMetricWriter){ g_string_new (NULL), syntax, g_string_new (NULL), NULL };
}

/**
 * lb_metric_writer_begin:
 * @self: a writer
 * @family: what the samples that follow belong to
 *
 * Begins a family: all its samples must follow, those of one set of labels side by side. There are
 * no labels yet.
 */
void
lb_metric_writer_begin (LbMetricWriter *self,
                        const LbMetricFamily *family)
{
  const gboolean openmetrics = self->syntax == LB_METRIC_SYNTAX_OPENMETRICS;
  const char *name;

  g_string_assign (self->name, family->name);
  g_string_append (self->name, lb_metric_type_get_suffix (family->type));
  self->labels = NULL;

  /* OpenMetrics tells a family from its samples, Prometheus' format does not. */
  name = openmetrics ? family->name : self->name->str;

  g_string_append_printf (self->text, "# TYPE %s %s\n", name,
                          lb_metric_writer_get_type_name (self, family->type));
  if (openmetrics && family->unit != NULL)
    g_string_append_printf (self->text, "# UNIT %s %s\n", name, family->unit);
  g_string_append_printf (self->text, "# HELP %s %s\n", name, family->help);
}

/**
 * lb_metric_writer_set_labels:
 * @self: a writer
 * @labels: (nullable): what lb_metric_label_to_string() gave; it must live until the next call, or the
 *   next family
 *
 * Labels the samples that follow.
 */
void
lb_metric_writer_set_labels (LbMetricWriter *self,
                             const char *labels)
{
  self->labels = labels;
}

/**
 * lb_metric_writer_add_count:
 * @self: a writer
 * @label: (nullable): one more label's name
 * @word: (nullable): its value, without anything to escape
 * @count: how many
 */
void
lb_metric_writer_add_count (LbMetricWriter *self,
                            const char *label,
                            const char *word,
                            guint64 count)
{
  lb_metric_writer_start_sample (self, "", label, word);
  lb_metric_writer_end_with_count (self, count);
}

/**
 * lb_metric_writer_add_number:
 * @self: a writer
 * @label: (nullable): one more label's name
 * @word: (nullable): its value, without anything to escape
 * @number: any number, to 9 digits
 */
void
lb_metric_writer_add_number (LbMetricWriter *self,
                             const char *label,
                             const char *word,
                             double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  lb_metric_writer_start_sample (self, "", label, word);

  if (isnan (number))
    g_string_append (self->text, "NaN");
  else if (isinf (number))
    g_string_append (self->text, number > 0.0 ? "+Inf" : "-Inf");
  else
    g_string_append (self->text, g_ascii_formatd (buffer, sizeof buffer, "%.9g", number));

  g_string_append_c (self->text, '\n');
}

/**
 * lb_metric_writer_add_time:
 * @self: a writer
 * @time_us: microseconds, which are written as seconds
 */
void
lb_metric_writer_add_time (LbMetricWriter *self,
                           guint64 time_us)
{
  lb_metric_writer_start_sample (self, "", NULL, NULL);
  lb_metric_writer_end_with_time (self, time_us);
}

/**
 * lb_metric_writer_add_histogram:
 * @self: a writer
 * @histogram: what is to be told, in seconds
 */
void
lb_metric_writer_add_histogram (LbMetricWriter *self,
                                const LbHistogram *histogram)
{
  guint64 n = 0;

  for (guint i = 0; i < LB_HISTOGRAM_BOUNDS; i++)
    {
      char buffer[TIME_SIZE];
      const char *bound;

      bound = lb_metric_print_time (buffer, (guint64) lb_histogram_get_bound_us (i));
      n += histogram->counts[i];
      lb_metric_writer_start_sample (self, "_bucket", "le", bound);
      lb_metric_writer_end_with_count (self, n);
    }

  n += histogram->counts[LB_HISTOGRAM_BOUNDS];
  lb_metric_writer_start_sample (self, "_bucket", "le", "+Inf");
  lb_metric_writer_end_with_count (self, n);
  lb_metric_writer_start_sample (self, "_count", NULL, NULL);
  lb_metric_writer_end_with_count (self, n);
  lb_metric_writer_start_sample (self, "_sum", NULL, NULL);
  lb_metric_writer_end_with_time (self, histogram->sum_us);
}

/**
 * lb_metric_writer_finish:
 * @self: a writer, which is not to be used any more
 *
 * Returns: (transfer full): the text
 */
GBytes *
lb_metric_writer_finish (LbMetricWriter *self)
{
  if (self->syntax == LB_METRIC_SYNTAX_OPENMETRICS)
    g_string_append (self->text, "# EOF\n");

  g_string_free (g_steal_pointer (&self->name), TRUE);

  return g_string_free_to_bytes (g_steal_pointer (&self->text));
}
