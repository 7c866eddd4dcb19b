/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-report.h"

#include <string.h>

#include "fw-json.h"
#include "fw-i18n.h"

static void
take_key (FwJsonReader *json, DemoProduced *produced, gboolean *has_produced)
{
  char key[16] = "";
  gint64 number;
  if (json->text_len < sizeof key)
    memcpy (key, json->text, json->text_len);
  FwJsonToken token = fw_json_next (json);
  if (strcmp (key, "run") == 0 && token == FW_JSON_STRING && !produced->run)
    produced->run = g_strndup (json->text, json->text_len);
  else if (token == FW_JSON_NUMBER && fw_json_integer (json, &number) && number >= 0)
    {
      if (strcmp (key, "failed") == 0)
        produced->n_failed = (guint64) number;
      if (strcmp (key, "produced") == 0)
        produced->n_produced = (guint64) number;
      *has_produced |= strcmp (key, "produced") == 0;
    }
  fw_json_skip (json, token);
}

gboolean
demo_produced_read (const char *line, DemoProduced *ret_produced)
{
  FwJsonReader json;
  gboolean has_produced = FALSE;
  DemoProduced produced = { 0 };
  fw_json_reader_init (&json);
  fw_json_reader_start (&json, line, strlen (line));
  FwJsonToken token = fw_json_next (&json);
  if (token == FW_JSON_OBJECT_BEGIN)
    while ((token = fw_json_next (&json)) == FW_JSON_KEY)
      take_key (&json, &produced, &has_produced);
  fw_json_reader_clear (&json);
  if (token == FW_JSON_OBJECT_END && has_produced)
    {
      *ret_produced = produced;
      return TRUE;
    }
  demo_produced_clear (&produced);
  return FALSE;
}

void
demo_produced_clear (DemoProduced *produced)
{
  g_clear_pointer (&produced->run, g_free);
}

guint64
demo_report_n_lost (const DemoProduced *produced, const DemoTotals *totals)
{
  return produced->n_produced > totals->n_delivered ? produced->n_produced - totals->n_delivered
                                                    : 0;
}

static void
put_latency (GString *out, const char *key, const FwHist *hist)
{
  g_string_append_printf (out, ",\"%s\":", key);
  if (hist->count == 0)
    g_string_append (out, "{\"p50\":null,\"p99\":null}");
  else
    g_string_append_printf (out, "{\"p50\":%" G_GUINT64_FORMAT ",\"p99\":%" G_GUINT64_FORMAT "}",
                            fw_hist_quantile (hist, 0.5), fw_hist_quantile (hist, 0.99));
}

char *
demo_report_json (const DemoProduced *produced, const DemoTotals *totals, const char *broker)
{
  const struct
  {
    const char *key;
    guint64 value;
  } counts[] = {
    { "produced", produced->n_produced },   { "failed", produced->n_failed },
    { "delivered", totals->n_delivered },   { "lost", demo_report_n_lost (produced, totals) },
    { "duplicated", totals->n_duplicated }, { "foreign", totals->n_foreign },
  };
  GString *out = g_string_new ("{\"run\":");
  fw_json_put_string (out, produced->run, strlen (produced->run));
  g_string_append (out, ",\"broker\":");
  fw_json_put_string (out, broker, strlen (broker));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (out, ",\"%s\":%" G_GUINT64_FORMAT, counts[i].key, counts[i].value);
  put_latency (out, "latency_ms", &totals->latency_ms);
  put_latency (out, "latency_fleet_ms", &totals->latency_fleet_ms);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

char *
demo_report_sentence (const DemoProduced *produced, const DemoTotals *totals)
{
  g_autofree char *counts = g_strdup_printf (
      _ ("%llu events produced, %llu delivered, %llu lost, %llu twice"),
      (unsigned long long) produced->n_produced, (unsigned long long) totals->n_delivered,
      (unsigned long long) demo_report_n_lost (produced, totals),
      (unsigned long long) totals->n_duplicated);

  if (totals->n_delivered == 0)
    return g_steal_pointer (&counts);
  /* Translators: what came before is "9 events produced, ..." */
  return g_strdup_printf (_ ("%s; half within %llu ms, 99 %% within %llu ms"), counts,
                          (unsigned long long) fw_hist_quantile (&totals->latency_ms, 0.5),
                          (unsigned long long) fw_hist_quantile (&totals->latency_ms, 0.99));
}
