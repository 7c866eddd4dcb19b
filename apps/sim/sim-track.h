/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mapping.h"
/* sim-track: recorded tracks read from CSV, mapped to fields and sorted by time.
 * Promises: any bytes; a row that cannot be used is counted and said with its line, the others stand; memory is bounded
 *   by rows_max. A column named as a field fills it without a mapping.
 * Immutable once made. Threads: one owner. */
typedef struct { char *fleet, *id; } SimTrackDevice;
typedef struct
{
  gint64 ts_ms;
  guint  device;      /* in devices */
  guint  first_value; /* in values */
} SimTrackRow;
typedef union { double number; const char *text; } SimTrackValue; /* text NULL, number NaN: empty cell */
typedef struct { guint field; guint cell; double factor; } SimTrackColumn; /* fills which field, from which cell */
typedef struct
{
  GArray       *columns; /* SimTrackColumn: those that fill fields; each row has as many values */
  GArray       *rows;    /* SimTrackRow, by time, then as in the file */
  GArray       *values;  /* SimTrackValue */
  GArray       *devices; /* SimTrackDevice */
  GStringChunk *texts;
  guint         n_broken, n_cells_dropped;
} SimTrack;

/* map: FIELD=COLUMN list; NULL = the [fields] of FILE.conf beside FILE.csv if there is one. */
SimTrack *sim_track_read (const char *path, const char *map, const char *fleet, guint rows_max, GError **error);
void      sim_track_free (SimTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimTrack, sim_track_free)
