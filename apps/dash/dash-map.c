/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-map.h"
#include "dash-pen.h"
#include "dash-roads.h"
#include "dash-sanitise.h"
#include "dash-words.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fw-i18n.h"

#define CLUSTER_MIN 4       /* so many in one cell are told by their number */
#define CLUSTER_MIN_DENSE 6 /* where each is a dot only */
#define ARROW_ROOM 8        /* cells per vehicle, from which on each is an arrow */
#define LABEL_MAX_CELLS 14
#define RANK_TRACK (1 * DASH_LAYER)
#define RANK_VEHICLE (2 * DASH_LAYER)

typedef struct
{
  guint n;
  const DashRow *worst;
} MapCell;

struct DashMap
{
  DashViewport view;
  DashRoads *roads;
  gboolean is_following;
  DashArea area;
  guint n_in_view, n_outside;
  MapCell *cells; /* of area, while drawing */
};

typedef struct
{
  DashMap *map;
  const DashStore *store;
  DashCanvas *canvas;
  DashArea area;
  const DashRow *selected;
  gboolean with_arrows;
} Drawing;

DashMap *
dash_map_new (void)
{
  DashMap *map = g_new0 (DashMap, 1);

  map->roads = dash_roads_new ();
  return map;
}

void
dash_map_free (DashMap *map)
{
  if (map == NULL)
    return;
  dash_roads_free (map->roads);
  g_free (map);
}

DashViewport *
dash_map_view (DashMap *map)
{
  return &map->view;
}

void
dash_map_reset (DashMap *map)
{
  map->view = (DashViewport){ 0 };
  map->is_following = FALSE;
}

void
dash_map_set_follow (DashMap *map, gboolean is_following)
{
  map->is_following = is_following;
}

gboolean
dash_map_is_following (const DashMap *map)
{
  return map->is_following;
}

guint
dash_map_n_in_view (const DashMap *map)
{
  return map->n_in_view;
}

guint
dash_map_n_outside (const DashMap *map)
{
  return map->n_outside;
}

DashArea
dash_map_area (const DashMap *map)
{
  return map->area;
}

static gboolean
place_of (const DashRow *row, double *ret_x, double *ret_y)
{
  FwPoint point;

  if (row->n_track == 0 || !dash_row_position (row, &point))
    return FALSE;
  *ret_x = row->track_x[row->n_track - 1];
  *ret_y = row->track_y[row->n_track - 1];
  return TRUE;
}

/* Where only a part is held, the extent of all is in the totals. */
static guint
corners (const DashTotals *totals, double *xs, double *ys)
{
  const DashStat *lat = &totals->stat[FW_FIELD_LAT], *lon = &totals->stat[FW_FIELD_LON];

  if (lat->n == 0 || lon->n == 0)
    return 0;
  fw_geo_mercator ((FwPoint){ lat->min, lon->min }, &xs[0], &ys[0]);
  fw_geo_mercator ((FwPoint){ lat->max, lon->max }, &xs[1], &ys[1]);
  return 2;
}

static void
fit (DashMap *map, const DashStore *store, DashArea area)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer value;
  g_autofree double *xs = g_new (double, dash_fold_n (store->points) + 2);
  g_autofree double *ys = g_new (double, dash_fold_n (store->points) + 2);

  dash_fold_iter (store->points, &iter);
  if (store->n_match > DASH_POINTS_WHOLE_MAX)
    n = corners (&store->totals, xs, ys);
  else
    while (g_hash_table_iter_next (&iter, NULL, &value))
      n += place_of (value, &xs[n], &ys[n]);
  dash_viewport_fit (&map->view, area, xs, ys, n);
}

static void
aim (Drawing *drawing)
{
  DashMap *map = drawing->map;
  double x, y;

  if (!map->view.is_manual)
    fit (map, drawing->store, drawing->area);
  if (map->is_following && drawing->selected != NULL && place_of (drawing->selected, &x, &y))
    dash_viewport_centre (&map->view, x, y);
}

static MapCell *
cell_of (const Drawing *drawing, int x, int y)
{
  return &drawing->map->cells[(y - drawing->area.y) * drawing->area.width + x - drawing->area.x];
}

static gboolean
is_inside (DashArea area, int x, int y)
{
  return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}

static gboolean
dots_of (const Drawing *drawing, const DashRow *row, int *ret_dot_x, int *ret_dot_y)
{
  double x, y;

  if (!place_of (row, &x, &y))
    return FALSE;
  dash_viewport_project (&drawing->map->view, drawing->area, x, y, ret_dot_x, ret_dot_y);
  return TRUE;
}

static void
count_row (Drawing *drawing, const DashRow *row)
{
  int dot_x, dot_y;
  MapCell *cell;

  if (!dots_of (drawing, row, &dot_x, &dot_y))
    return;
  if (!is_inside (drawing->area, dot_x >> 1, dot_y >> 2))
    {
      drawing->map->n_outside++;
      return;
    }
  drawing->map->n_in_view++;
  cell = cell_of (drawing, dot_x >> 1, dot_y >> 2);
  cell->n++;
  if (cell->worst == NULL || row->severity > cell->worst->severity
      || (row->severity == cell->worst->severity && strcmp (row->key, cell->worst->key) < 0))
    cell->worst = row;
}

static void
count_rows (Drawing *drawing)
{
  GHashTableIter iter;
  gpointer value;

  drawing->map->n_in_view = drawing->map->n_outside = 0;
  dash_fold_iter (drawing->store->points, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    count_row (drawing, value);
}

static DashStyle
style_of (const Drawing *drawing, const DashRow *row)
{
  static const DashStyle by_status[FW_N_STATUS] = {
    [FW_STATUS_UNKNOWN] = DASH_INK_PLAIN,   [FW_STATUS_STOPPED] = DASH_INK_STOPPED,
    [FW_STATUS_IDLE] = DASH_INK_IDLE,       [FW_STATUS_MOVING] = DASH_INK_MOVING,
    [FW_STATUS_OFFLINE] = DASH_INK_OFFLINE,
  };

  if (row->severity == FW_SEVERITY_CRITICAL)
    return DASH_INK_CRIT | DASH_BOLD;
  if (row->severity == FW_SEVERITY_WARNING)
    return DASH_INK_WARN | DASH_BOLD;
  return by_status[row->status]
         | (fw_status_is_stale (dash_store_age_ms (drawing->store, row), &drawing->store->limits)
                ? DASH_FADED
                : 0);
}

static gunichar
arrow_for (double heading_deg)
{
  static const gunichar arrows[]
      = { 0x2191, 0x2197, 0x2192, 0x2198, 0x2193, 0x2199, 0x2190, 0x2196 };

  return isfinite (heading_deg) ? arrows[(int) floor (heading_deg / 45 + 0.5) & 7] : 0x25CF;
}

static gunichar
glyph_for (const Drawing *drawing, const DashRow *row)
{
  gboolean is_ascii = dash_canvas_is_ascii (drawing->canvas);

  if (row->severity == FW_SEVERITY_CRITICAL)
    return '!';
  if (row->severity == FW_SEVERITY_WARNING)
    return is_ascii ? '^' : 0x25B2;
  switch (row->status)
    {
    case FW_STATUS_MOVING:
      return is_ascii ? '*' : arrow_for (dash_row_number (row, FW_FIELD_HEADING_DEG));
    case FW_STATUS_IDLE:
      return is_ascii ? 'i' : 0x25CB;
    case FW_STATUS_STOPPED:
      return is_ascii ? 's' : 0x25A1;
    case FW_STATUS_OFFLINE:
      return is_ascii ? 'o' : 0x00D7;
    default:
      return '?';
    }
}

static int
digits (guint n)
{
  return n < 10 ? 1 : 1 + digits (n / 10);
}

/* How many stand in these cells, and who of them is worst off; 0 when a number stands there
 * already. */
static guint
count_cells (const Drawing *drawing, int x, int y, int width, const DashRow **ret_worst)
{
  guint n = 0;

  *ret_worst = NULL;
  for (int i = 0; i < width; i++)
    {
      const MapCell *cell;

      if (!is_inside (drawing->area, x + i, y) || dash_canvas_has_text (drawing->canvas, x + i, y))
        return 0;
      cell = cell_of (drawing, x + i, y);
      n += cell->n;
      if (cell->n > 0 && (*ret_worst == NULL || cell->worst->severity > (*ret_worst)->severity))
        *ret_worst = cell->worst;
    }
  return n;
}

static char *
cluster_text (guint n, FwSeverity severity, gboolean is_bare)
{
  if (severity != FW_SEVERITY_NONE)
    return g_strdup_printf ("%s%u", dash_severity_sign (severity), n);
  return g_strdup_printf (is_bare ? "%u" : "(%u)", n);
}

/* Two numbers side by side would read as one. */
static gboolean
has_digit (const Drawing *drawing, int x, int y)
{
  return is_inside (drawing->area, x, y)
         && g_unichar_isdigit (dash_canvas_cell (drawing->canvas, x, y).glyph);
}

/* A number tells of all cells that it covers, so that nobody is counted twice or not at all. */
static gboolean
try_cluster (Drawing *drawing, int left, int y, int width, gboolean is_bare)
{
  const DashRow *worst;
  guint n = count_cells (drawing, left, y, width, &worst);
  int signs = n == 0 || worst->severity != FW_SEVERITY_NONE ? 1 : is_bare ? 0 : 2;
  g_autofree char *text = NULL;

  if (n == 0 || digits (n) + signs != width || (signs == 0 && has_digit (drawing, left - 1, y))
      || (signs < 2 && has_digit (drawing, left + width, y)))
    return FALSE;
  text = cluster_text (n, worst->severity, is_bare);
  for (int i = 0; i < width; i++)
    *cell_of (drawing, left + i, y) = (MapCell){ 0 };
  dash_canvas_text (drawing->canvas, left, y, width, text,
                    worst->severity != FW_SEVERITY_NONE ? style_of (drawing, worst)
                                                        : DASH_INK_STRONG);
  return TRUE;
}

/* In brackets where there is room, else bare, else a plus. */
static void
draw_cluster (Drawing *drawing, int x, int y)
{
  static const int shifts[] = { 1, 0, 2, 3, 4 };

  for (int is_bare = 0; is_bare <= 1; is_bare++)
    for (int width = 5; width >= 1; width--)
      for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
        if (shifts[i] < width && try_cluster (drawing, x - shifts[i], y, width, is_bare))
          return;
  dash_canvas_put (drawing->canvas, x, y, '+',
                   style_of (drawing, cell_of (drawing, x, y)->worst) | DASH_BOLD);
  *cell_of (drawing, x, y) = (MapCell){ 0 };
}

/* Large ones first, so that they get the room. */
static void
draw_clusters (Drawing *drawing)
{
  DashArea area = drawing->area;
  guint fewest = drawing->with_arrows ? CLUSTER_MIN : CLUSTER_MIN_DENSE;

  for (guint least = 64; least >= fewest; least = least > fewest ? MAX (least / 2, fewest) : 0)
    for (int y = area.y; y < area.y + area.height; y++)
      for (int x = area.x; x < area.x + area.width; x++)
        if (cell_of (drawing, x, y)->n >= least)
          draw_cluster (drawing, x, y);
}

static void
draw_row (Drawing *drawing, const DashRow *row)
{
  int dot_x, dot_y;
  DashStyle style = style_of (drawing, row);

  if (!dots_of (drawing, row, &dot_x, &dot_y) || !is_inside (drawing->area, dot_x >> 1, dot_y >> 2)
      || cell_of (drawing, dot_x >> 1, dot_y >> 2)->n == 0)
    return;
  if (!drawing->with_arrows && row->severity == FW_SEVERITY_NONE && row->status == FW_STATUS_MOVING
      && !dash_canvas_is_ascii (drawing->canvas))
    dash_canvas_dot (drawing->canvas, &drawing->area, dot_x, dot_y, style | DASH_BOLD,
                     RANK_VEHICLE);
  else if (cell_of (drawing, dot_x >> 1, dot_y >> 2)->worst == row)
    dash_canvas_put (drawing->canvas, dot_x >> 1, dot_y >> 2, glyph_for (drawing, row), style);
}

static void
draw_rows (Drawing *drawing)
{
  GHashTableIter iter;
  gpointer value;

  dash_fold_iter (drawing->store->points, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    draw_row (drawing, value);
}

static gboolean
is_free (const Drawing *drawing, int x, int y, int width)
{
  for (int i = 0; i < width; i++)
    if (!is_inside (drawing->area, x + i, y) || dash_canvas_has_text (drawing->canvas, x + i, y))
      return FALSE;
  return TRUE;
}

/* Right of the mark, left, below, above; nowhere when all is taken. */
static void
draw_label (Drawing *drawing, const DashRow *row)
{
  static const int offsets[][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
  int dot_x, dot_y, width = (int) dash_sanitise_width (dash_row_id (row), LABEL_MAX_CELLS);

  if (!dots_of (drawing, row, &dot_x, &dot_y) || !is_inside (drawing->area, dot_x >> 1, dot_y >> 2))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      int x = (dot_x >> 1) + (offsets[i][0] < 0 ? -width : offsets[i][0]),
          y = (dot_y >> 2) + offsets[i][1];

      if (!is_free (drawing, x, y, width))
        continue;
      dash_canvas_text (drawing->canvas, x, y, width, dash_row_id (row), style_of (drawing, row));
      return;
    }
}

static int
compare_urgency (gconstpointer a, gconstpointer b)
{
  const DashRow *x = *(const DashRow *const *) a, *y = *(const DashRow *const *) b;

  return x->severity != y->severity ? (int) y->severity - (int) x->severity
                                    : strcmp (x->key, y->key);
}

static void
draw_labels (Drawing *drawing)
{
  g_autoptr (GPtrArray) urgent = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  guint most = (guint) drawing->area.height / 2;

  dash_fold_iter (drawing->store->points, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((DashRow *) value)->severity != FW_SEVERITY_NONE && value != drawing->selected)
      g_ptr_array_add (urgent, value);
  g_ptr_array_sort (urgent, compare_urgency);
  for (guint i = 0; i < MIN (urgent->len, most); i++)
    draw_label (drawing, g_ptr_array_index (urgent, i));
}

static void
draw_track (Drawing *drawing)
{
  const DashRow *row = drawing->selected;

  for (guint i = 1; row != NULL && i < row->n_track; i++)
    {
      int x0, y0, x1, y1;

      dash_viewport_project (&drawing->map->view, drawing->area, row->track_x[i - 1],
                             row->track_y[i - 1], &x0, &y0);
      dash_viewport_project (&drawing->map->view, drawing->area, row->track_x[i], row->track_y[i],
                             &x1, &y1);
      dash_canvas_line (drawing->canvas, &drawing->area, x0, y0, x1, y1, DASH_INK_TRACK,
                        RANK_TRACK);
    }
}

/* In a crowd its number is marked rather than written over. */
static void
draw_selected (Drawing *drawing)
{
  const DashRow *row = drawing->selected;
  int dot_x, dot_y, x, y;

  if (row == NULL || !dots_of (drawing, row, &dot_x, &dot_y)
      || !is_inside (drawing->area, dot_x >> 1, dot_y >> 2))
    return;
  x = dot_x >> 1;
  y = dot_y >> 2;
  if (cell_of (drawing, x, y)->n > 0)
    dash_canvas_put (drawing->canvas, x, y, glyph_for (drawing, row), style_of (drawing, row));
  dash_canvas_add_flags (drawing->canvas, (DashArea){ x, y, 1, 1 }, DASH_CURSOR | DASH_BOLD);
  draw_label (drawing, row);
}

/* The longest of 1, 2, 5 x 10^n metres that takes at most so many cells. */
static double
nice_length (double metres_per_cell, int cells, int *ret_cells)
{
  static const double steps[] = { 5, 2, 1 };

  for (double unit = 1e6; unit >= 1; unit /= 10)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i] * unit / metres_per_cell <= cells)
        {
          *ret_cells = (int) lround (steps[i] * unit / metres_per_cell);
          return steps[i] * unit;
        }
  *ret_cells = 0;
  return 0;
}

static void
draw_scale (Drawing *drawing)
{
  int cells, y = drawing->area.y + drawing->area.height - 1, x = drawing->area.x;
  double metres = nice_length (2 * dash_viewport_metres_per_dot (&drawing->map->view),
                               drawing->area.width / 3, &cells);
  g_autofree char *label = metres >= 1000 ? g_strdup_printf (_ ("%.0f km"), metres / 1000)
                                          : g_strdup_printf (_ ("%.0f m"), metres);
  int width = (int) dash_sanitise_width (label, 16);
  DashPen pen = { drawing->canvas, x, y, x + cells };

  if (cells < width + 4)
    return;
  dash_pen_glyph (&pen, DASH_INK_DIM, 0x251C);
  while (pen.x < x + (cells - width - 2) / 2)
    dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
  dash_pen_print (&pen, DASH_INK_DIM, " %s ", label);
  while (pen.x < x + cells - 1)
    dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
  dash_pen_glyph (&pen, DASH_INK_DIM, 0x2524);
}

static void
draw_north (Drawing *drawing)
{
  if (drawing->area.width > 12 && drawing->area.height > 3)
    dash_canvas_text (drawing->canvas, drawing->area.x + drawing->area.width - 2, drawing->area.y,
                      2, "N↑", DASH_INK_DIM);
}

void
dash_map_draw (DashMap *map, const DashStore *store, DashCanvas *canvas, DashArea area,
               const char *selected)
{
  Drawing drawing = {
    map,  store, canvas, area, selected != NULL ? dash_fold_find (store->points, selected) : NULL,
    FALSE
  };

  map->area = area;
  aim (&drawing);
  if (map->view.dots_per_world <= 0 || area.width < 1 || area.height < 1)
    return;
  map->cells = g_new0 (MapCell, (gsize) (area.width * area.height));
  dash_roads_draw (map->roads, store->trails, &map->view, canvas, area);
  draw_track (&drawing);
  draw_north (&drawing);
  draw_scale (&drawing);
  count_rows (&drawing);
  drawing.with_arrows = map->n_in_view * ARROW_ROOM <= (guint) (area.width * area.height);
  draw_clusters (&drawing);
  draw_rows (&drawing);
  draw_selected (&drawing);
  draw_labels (&drawing);
  g_clear_pointer (&map->cells, g_free);
}
