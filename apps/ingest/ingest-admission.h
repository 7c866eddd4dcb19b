/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-admission: what becomes of whoever comes to a door. */
typedef enum
{
  INGEST_ADMIT_IN,
  INGEST_ADMIT_LATER,
  INGEST_ADMIT_MISSING, /* no credential was shown */
  INGEST_ADMIT_WRONG,
  INGEST_ADMIT_TRIES,   /* this address was wrong too often; it was not looked at */
  INGEST_ADMIT_BUSY,    /* too many wait */
  INGEST_N_ADMISSIONS,
} IngestAdmission;

typedef struct
{
  guint64 n_known, n_verified, n_refused[INGEST_N_ADMISSIONS] /* MISSING and after */, n_forgotten;
} IngestAuthCounts;
