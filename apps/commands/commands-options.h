/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* commands-options: what `fleetwire commands` can be told. Plain data. */
typedef struct
{
  FwKafkaOptions kafka;
  char *who, *command_id; /* command_id NULL: one is made */
  gint64 expires_ms, timeout_ms;
} CommandsOptions;

extern const FwProgram commands_program;
