/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-map.h"
/* dash-map-private: one drawing of the map, for the files that draw its layers: dash-map the ground,
 * the track and the order; dash-map-crowd those who share a cell; dash-map-marks each vehicle and its
 * name; dash-map-scale scale and north. */
typedef struct
{
  guint n; /* who stand here and are not drawn yet */
  const DashRow *worst;
} MapCell;

typedef struct
{
  const DashViewport *view;
  const DashStore *store;
  DashCanvas *canvas;
  DashArea area;
  const DashRow *selected; /* or NULL */
  MapCell *cells;          /* of area, line by line */
  guint n_in_view, n_outside;
  gboolean with_arrows; /* room for an arrow each, rather than a dot */
} MapDrawing;

static inline gboolean
map_has_cell (const MapDrawing *drawing, int x, int y)
{
  DashArea area = drawing->area;

  return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}

static inline MapCell *
map_cell (const MapDrawing *drawing, int x, int y)
{
  return &drawing->cells[(y - drawing->area.y) * drawing->area.width + x - drawing->area.x];
}

/* FALSE: no position. The dots may lie outside. */
gboolean map_find_dots (const MapDrawing *drawing, const DashRow *row, int *ret_dot_x, int *ret_dot_y);
/* FALSE: no position, or outside. */
gboolean map_find_cell (const MapDrawing *drawing, const DashRow *row, int *ret_x, int *ret_y);
void map_each_row (MapDrawing *drawing, void (*each) (MapDrawing *drawing, const DashRow *row));

/* Fills cells, n_in_view, n_outside and with_arrows. */
void map_count_rows (MapDrawing *drawing);
/* Empties the cells that a number tells of. */
void map_draw_crowds (MapDrawing *drawing);

DashStyle map_style (const MapDrawing *drawing, const DashRow *row);
void map_draw_rows (MapDrawing *drawing);
void map_draw_selected (MapDrawing *drawing);
void map_draw_labels (MapDrawing *drawing);

void map_draw_scale (MapDrawing *drawing);
void map_draw_north (MapDrawing *drawing);
