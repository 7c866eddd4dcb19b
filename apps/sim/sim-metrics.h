/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-metric.h"
/* sim-metrics: what the simulator counts; also its chapter in the reference. */
enum
{
  SIM_METRIC_SENT, SIM_METRIC_PRODUCED, SIM_METRIC_FAILED, SIM_METRIC_QUEUE_FULL, SIM_METRIC_SILENT, SIM_METRIC_LATENESS, SIM_METRIC_DEVICES,
};
extern const FwMetricRow sim_metric_rows[];
