/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-metrics.h"

#include "fw-i18n.h"

const FwMetricRow sim_metric_rows[] = {
  [SIM_METRIC_SENT] = { "fleetwire_sim_events_sent_total", FW_METRIC_COUNTER, NULL, NULL,
                        N_ ("Events handed to the sink") },
  [SIM_METRIC_PRODUCED] = { "fleetwire_sim_events_produced_total", FW_METRIC_COUNTER, NULL, NULL,
                            N_ ("Events that Kafka has acknowledged") },
  [SIM_METRIC_FAILED] = { "fleetwire_sim_events_failed_total", FW_METRIC_COUNTER, NULL, NULL,
                          N_ ("Events that Kafka did not take in time") },
  [SIM_METRIC_QUEUE_FULL]
  = { "fleetwire_sim_queue_full_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times an event had to wait because the producer's queue was full") },
  [SIM_METRIC_SILENT] = { "fleetwire_sim_reports_silent_total", FW_METRIC_COUNTER, NULL, NULL,
                          N_ ("Reports that a silent device did not make, on purpose") },
  [SIM_METRIC_LATENESS]
  = { "fleetwire_sim_lateness_seconds", FW_METRIC_HISTOGRAM, NULL, NULL,
      N_ ("How long after its scheduled time an event was handed to the sink") },
  [SIM_METRIC_DEVICES]
  = { "fleetwire_sim_devices", FW_METRIC_GAUGE, NULL, NULL, N_ ("Devices simulated or replayed") },
  { NULL },
};
