/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-attention.h"
#include "fw-geo.h"
#include "fw-json.h"
/* dash-row: one row of `snapshot`, `patch` or `window`, and the device that rows are folded into.
 * Promises: reads any row without trusting it; a key with a number that no table knows becomes a
 * field of its own (at most 16), with the unit that its name ends in. Threads: the loop's. */
#define DASH_TRACE_MAX 24 /* speeds and places kept per device for its sparkline and track */

typedef struct
{
  FwEvent event;              /* identity, fields present, null and their values */
  gint64 last_seen_ms, ts_ms; /* 0 when not spoken of */
  FwStatus status;
  FwSeverity severity;
  FwAttention attention;
  gboolean has_status, has_severity, has_reasons, has_clock_bad, is_clock_bad;
  GStringChunk *texts;
} DashRowUpdate;

typedef struct
{
  char *key; /* "fleet/device_id" */
  FwDevice *device;
  gint64 last_seen_ms, ts_ms;
  FwStatus status;
  FwSeverity severity;
  FwAttention attention;
  gboolean is_clock_bad;
  guint generation;              /* the snapshot it was last seen in */
  double speeds[DASH_TRACE_MAX]; /* km/h as they came, oldest first */
  guint n_speeds;
  double track_x[DASH_TRACE_MAX], track_y[DASH_TRACE_MAX]; /* Web Mercator, oldest first */
  guint n_track;
} DashRow;

void dash_row_update_init (DashRowUpdate *update);
void dash_row_update_clear (DashRowUpdate *update);
/* Reads the object whose OBJECT_BEGIN was the last token. FALSE: not a row; the reader may stand
 * anywhere. */
gboolean dash_row_read (DashRowUpdate *update, FwJsonReader *reader);
/* "fleet/device_id"; transfer full. */
char *dash_row_update_key (const DashRowUpdate *update);

DashRow *dash_row_new (const DashRowUpdate *update);
void dash_row_free (DashRow *row);
void dash_row_apply (DashRow *row, const DashRowUpdate *update);
const char *dash_row_id (const DashRow *row);             /* borrowed */
double dash_row_number (const DashRow *row, guint field); /* NaN when absent */
gboolean dash_row_position (const DashRow *row, FwPoint *ret_point);
/* The same in Web Mercator. */
gboolean dash_row_place (const DashRow *row, double *ret_x, double *ret_y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashRow, dash_row_free)
