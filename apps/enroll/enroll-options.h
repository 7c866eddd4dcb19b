/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* enroll-options: what `fleetwire enroll` can be told. Plain data. */
typedef struct
{
  char *identity, *secret;
  gboolean asks, removes;
} EnrollOptions;

extern const FwProgram enroll_program;
