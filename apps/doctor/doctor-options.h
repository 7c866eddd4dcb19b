/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* doctor-options: what `fleetwire doctor` can be told. Plain data. */
typedef struct
{
  FwKafkaOptions kafka;
  char *topic;   /* NULL: examine the machine instead */
  gint64 n_records;
  char *relay;
  gint64 timeout_ms;
} DoctorOptions;

extern const FwProgram doctor_program;
