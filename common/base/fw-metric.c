/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-metric.h"

#include <math.h>
#include <string.h>

#define NS_PER_S 1e9
#define SUM_S_MAX 1e9

static const double bucket_edges_s[]
    = { .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10 };
static const char *const bucket_names[]
    = { "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1",
        "0.25",  "0.5",    "1",     "2.5",  "5",     "10",   "+Inf" };
#define N_BUCKETS G_N_ELEMENTS (bucket_names)

/* Every value is 64 bits, changed by one atomic operation: a counter's integer, a gauge's double as
 * its bits, a histogram's buckets and its sum in nanoseconds. A row's values lie label after label.
 */
struct FwMetrics
{
  const FwMetricRow *rows;
  guint *first_value; /* per row */
  guint n_rows;
  guint64 *values;
};

static guint
n_labels (const FwMetricRow *row)
{
  guint n = 0;

  while (row->label != NULL && row->label_values[n] != NULL)
    n++;
  return row->label == NULL ? 1 : n;
}

static guint
n_values_per_label (const FwMetricRow *row)
{
  return row->type == FW_METRIC_HISTOGRAM ? N_BUCKETS + 1 : 1;
}

static guint64 *
values_at (const FwMetrics *metrics, guint row, guint label)
{
  g_assert (row < metrics->n_rows && label < n_labels (&metrics->rows[row]));
  return metrics->values + metrics->first_value[row]
         + label * n_values_per_label (&metrics->rows[row]);
}

static guint64
load (const guint64 *value)
{
  return __atomic_load_n (value, __ATOMIC_RELAXED);
}

static double
double_of_bits (guint64 bits)
{
  double number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

static void
append_help (GString *text, const char *help)
{
  for (; *help != '\0'; help++)
    {
      if (*help == '\\')
        g_string_append (text, "\\\\");
      else if (*help == '\n')
        g_string_append (text, "\\n");
      else
        g_string_append_c (text, *help);
    }
}

static void
append_number (GString *text, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    g_ascii_dtostr (buffer, sizeof buffer, number);
  g_string_append (text, isinf (number)   ? (number < 0 ? "-Inf" : "+Inf")
                         : isnan (number) ? "NaN"
                                          : buffer);
}

/* name_suffix{label="value",le="edge"} and a space; edge may be NULL. */
static void
append_series (GString *text, const FwMetricRow *row, const char *suffix, guint label,
               const char *edge)
{
  g_string_append_printf (text, "%s%s", row->name, suffix);
  if (row->label != NULL || edge != NULL)
    g_string_append_c (text, '{');
  if (row->label != NULL)
    g_string_append_printf (text, "%s=\"%s\"%s", row->label, row->label_values[label],
                            edge != NULL ? "," : "");
  if (edge != NULL)
    g_string_append_printf (text, "le=\"%s\"", edge);
  if (row->label != NULL || edge != NULL)
    g_string_append_c (text, '}');
  g_string_append_c (text, ' ');
}

static void
append_histogram (GString *text, const FwMetricRow *row, guint label, const guint64 *values)
{
  guint64 n = 0;

  for (guint i = 0; i < N_BUCKETS; i++)
    {
      n += load (&values[i]);
      append_series (text, row, "_bucket", label, bucket_names[i]);
      g_string_append_printf (text, "%" G_GUINT64_FORMAT "\n", n);
    }
  append_series (text, row, "_sum", label, NULL);
  append_number (text, (double) load (&values[N_BUCKETS]) / NS_PER_S);
  g_string_append_c (text, '\n');
  append_series (text, row, "_count", label, NULL);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT "\n", n);
}

static void
append_label (GString *text, const FwMetrics *metrics, guint row_index, guint label)
{
  const FwMetricRow *row = &metrics->rows[row_index];
  const guint64 *values = values_at (metrics, row_index, label);

  if (row->type == FW_METRIC_HISTOGRAM)
    {
      append_histogram (text, row, label, values);
      return;
    }
  append_series (text, row, "", label, NULL);
  if (row->type == FW_METRIC_COUNTER)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, load (values));
  else
    append_number (text, double_of_bits (load (values)));
  g_string_append_c (text, '\n');
}

static const char *
type_name (FwMetricType type)
{
  static const char *const names[] = { "counter", "gauge", "histogram" };
  return names[type];
}

FwMetrics *
fw_metrics_new (const FwMetricRow *rows)
{
  FwMetrics *metrics = g_new0 (FwMetrics, 1);
  guint n_values = 0;

  metrics->rows = rows;
  while (rows[metrics->n_rows].name != NULL)
    metrics->n_rows++;
  metrics->first_value = g_new0 (guint, metrics->n_rows + 1);
  for (guint i = 0; i < metrics->n_rows; i++)
    {
      metrics->first_value[i] = n_values;
      n_values += n_labels (&rows[i]) * n_values_per_label (&rows[i]);
    }
  metrics->values = g_new0 (guint64, MAX (n_values, 1));
  return metrics;
}

void
fw_metrics_free (FwMetrics *metrics)
{
  if (metrics == NULL)
    return;
  g_free (metrics->first_value);
  g_free (metrics->values);
  g_free (metrics);
}

void
fw_metrics_add (FwMetrics *metrics, guint row, guint label, guint64 n)
{
  g_assert (metrics->rows[row].type == FW_METRIC_COUNTER);
  __atomic_fetch_add (values_at (metrics, row, label), n, __ATOMIC_RELAXED);
}

/* A counter may be set too, from a number that another part counts. */
void
fw_metrics_set (FwMetrics *metrics, guint row, guint label, double value)
{
  guint64 bits;

  g_assert (metrics->rows[row].type != FW_METRIC_HISTOGRAM);
  if (metrics->rows[row].type == FW_METRIC_COUNTER)
    bits = value > 0 ? (guint64) value : 0;
  else
    memcpy (&bits, &value, sizeof bits);
  __atomic_store_n (values_at (metrics, row, label), bits, __ATOMIC_RELAXED);
}

void
fw_metrics_observe (FwMetrics *metrics, guint row, guint label, double seconds)
{
  guint64 *values = values_at (metrics, row, label);
  guint bucket = 0;

  g_assert (metrics->rows[row].type == FW_METRIC_HISTOGRAM);
  if (isnan (seconds))
    return;
  seconds = CLAMP (seconds, 0, SUM_S_MAX);
  while (bucket < G_N_ELEMENTS (bucket_edges_s) && seconds > bucket_edges_s[bucket])
    bucket++;
  __atomic_fetch_add (&values[bucket], 1, __ATOMIC_RELAXED);
  __atomic_fetch_add (&values[N_BUCKETS], (guint64) (seconds * NS_PER_S), __ATOMIC_RELAXED);
}

double
fw_metrics_value (const FwMetrics *metrics, guint row, guint label)
{
  const guint64 *values = values_at (metrics, row, label);
  guint64 n = 0;

  switch (metrics->rows[row].type)
    {
    case FW_METRIC_COUNTER:
      return (double) load (values);
    case FW_METRIC_GAUGE:
      return double_of_bits (load (values));
    case FW_METRIC_HISTOGRAM:
    default:
      for (guint i = 0; i < N_BUCKETS; i++)
        n += load (&values[i]);
      return (double) n;
    }
}

char *
fw_metrics_text (const FwMetrics *metrics)
{
  GString *text = g_string_sized_new (4096);

  for (guint i = 0; i < metrics->n_rows; i++)
    {
      const FwMetricRow *row = &metrics->rows[i];
      g_string_append_printf (text, "# HELP %s ", row->name);
      append_help (text, row->help);
      g_string_append_printf (text, "\n# TYPE %s %s\n", row->name, type_name (row->type));
      for (guint label = 0; label < n_labels (row); label++)
        append_label (text, metrics, i, label);
    }
  return g_string_free (text, FALSE);
}

char *
fw_metrics_markdown (const FwMetricRow *rows)
{
  GString *text = g_string_new ("| metric | type | labels | what it says |\n|---|---|---|---|\n");

  for (; rows->name != NULL; rows++)
    {
      g_string_append_printf (text, "| `%s` | %s | ", rows->name, type_name (rows->type));
      if (rows->label != NULL)
        {
          g_autofree char *values = g_strjoinv (", ", (char **) rows->label_values);
          g_string_append_printf (text, "`%s`: %s", rows->label, values);
        }
      g_string_append_printf (text, " | %s |\n", rows->help);
    }
  return g_string_free (text, FALSE);
}
