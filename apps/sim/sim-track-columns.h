/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-track.h"
/* sim-track-columns: which cell of a row is what: from the header row and a mapping. Pure. Threads: any. */
typedef struct
{
  gint    device_cell, ts_cell, fleet_cell; /* -1: no such column */
  double  ts_factor;
  GArray *fields; /* SimTrackColumn */
} SimTrackColumns;

/* cells: the header row. path is for messages. */
gboolean sim_track_columns_find (SimTrackColumns *columns, const FwMapping *mapping, const char *const *cells, guint n_cells,
                                 const char *path, GError **error);
void     sim_track_columns_clear (SimTrackColumns *columns);
/* map as for sim_track_read; transfer full. */
FwMapping *sim_track_mapping (const char *path, const char *map, GError **error);
