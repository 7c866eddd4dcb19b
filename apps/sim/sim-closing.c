/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-closing.h"

#include <math.h>
#include <string.h>

#include "fw-json.h"

#include "fw-i18n.h"

static double
late_ms (const SimClosing *closing, double quantile)
{
  return (double) fw_hist_quantile (&closing->result->lateness_us, quantile) / 1000.0;
}

static double
events_per_cpu_s (const SimClosing *closing)
{
  return closing->cpu_s > 0.0 ? round ((double) closing->result->n_sent / closing->cpu_s) : 0.0;
}

static void
put_number (GString *out, const char *key, double value)
{
  g_string_append_printf (out, "%s\"%s\":", out->str[out->len - 1] == '{' ? "" : ",", key);
  fw_json_put_number (out, value);
}

char *
sim_closing_json (const SimClosing *closing)
{
  GString *out = g_string_new ("{\"run\":");
  fw_json_put_string (out, closing->run_id, strlen (closing->run_id));
  put_number (out, "produced", (double) closing->counts.n_produced);
  put_number (out, "failed", (double) closing->counts.n_failed);
  put_number (out, "devices", closing->n_devices);
  g_string_append (out, ",\"lateness_ms\":{");
  put_number (out, "p50", late_ms (closing, 0.5));
  put_number (out, "p99", late_ms (closing, 0.99));
  put_number (out, "max", late_ms (closing, 1.0));
  g_string_append_c (out, '}');
  put_number (out, "events_per_cpu_s", events_per_cpu_s (closing));
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

char *
sim_closing_sentence (const SimClosing *closing)
{
  return g_strdup_printf (_ ("%llu events of %u devices, %.0f events per second of CPU"),
                          (unsigned long long) closing->result->n_sent, closing->n_devices,
                          events_per_cpu_s (closing));
}

char *
sim_closing_warning (const SimClosing *closing)
{
  if (fw_hist_quantile (&closing->result->lateness_us, 0.99) <= SIM_LATE_WARN_US)
    return NULL;
  return g_strdup_printf (_ ("the simulator itself was late: %.0f ms at p99; latencies of this run "
                             "are not to be trusted, "
                             "use fewer devices or a longer interval"),
                          late_ms (closing, 0.99));
}
