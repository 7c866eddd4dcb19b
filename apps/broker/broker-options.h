/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* broker-options: what `fleetwire broker` can be told. Plain data. */
typedef struct
{
  char *listen;
  char *admin_listen;
  char **topics; /* NULL: iot-events:8 */
} BrokerOptions;

extern const FwProgram broker_program;
