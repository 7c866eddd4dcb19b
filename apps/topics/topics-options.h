/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* topics-options: what `fleetwire topics` can be told. Plain data. */
typedef struct
{
  FwKafkaOptions kafka;
  gint64 timeout_ms;
  gint64 replicas; /* 0: as the broker's default says */
  gint64 partitions;
} TopicsOptions;

extern const FwProgram topics_program;
