/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-words.h"
/* dash-chart: figures over time: the mean as a line, lowest to highest as a band around it; one
 * value as a line alone. Threads: the loop's. */
typedef struct
{
  const DashSeries *low, *mean, *high; /* low and high may be NULL */
  guint field;
  const DashStat *now; /* over all devices that have it; NULL: one device, the last value counts */
} DashChart;

void dash_chart_draw (DashCanvas *canvas, DashArea area, const DashChart *chart);
/* Whole numbers from zero on, without a caption. */
void dash_chart_draw_bare (DashCanvas *canvas, DashArea area, const DashSeries *series);
/* A chart for each number that some device of the filter has, as many as there is room for. */
void dash_charts_draw_fleet (DashCanvas *canvas, DashArea area, const DashStore *store);
/* The same for the selected device. */
void dash_charts_draw_selected (DashCanvas *canvas, DashArea area, const DashStore *store);
