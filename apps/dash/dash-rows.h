/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-row.h"
/* dash-rows: devices as CSV, JSON or NDJSON, for people's scripts. Threads: any. */
typedef enum
{
  DASH_ROWS_CSV,
  DASH_ROWS_JSON,
  DASH_ROWS_NDJSON,
} DashRowsFormat;

gboolean dash_rows_find_format (const char *name, DashRowsFormat *ret_format);
/* What stands before the first row, between two, and after the last of n. */
void dash_rows_begin (GString *out, DashRowsFormat format);
void dash_rows_put (GString *out, DashRowsFormat format, const DashRow *row, guint64 n_before);
void dash_rows_end (GString *out, DashRowsFormat format, guint64 n);
