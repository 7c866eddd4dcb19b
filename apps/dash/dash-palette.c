/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-palette.h"

enum
{
  OWN = -1,
  BLACK,
  RED,
  GREEN,
  YELLOW,
  BLUE,
  MAGENTA,
  CYAN,
  WHITE
};

/* Told apart by people who see red and green alike too: blue-green against orange, and light
 * against dark. */
static const DashInkLook looks[DASH_N_INKS] = {
  [DASH_INK_PLAIN] = { OWN, OWN, OWN, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_DIM] = { 245, OWN, OWN, OWN, FALSE, TRUE, FALSE },
  [DASH_INK_STRONG] = { 255, OWN, OWN, OWN, TRUE, FALSE, FALSE },
  [DASH_INK_TITLE] = { 110, OWN, CYAN, OWN, TRUE, FALSE, FALSE },
  [DASH_INK_GOOD] = { 79, OWN, GREEN, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_WARN] = { 221, OWN, YELLOW, OWN, TRUE, FALSE, FALSE },
  [DASH_INK_CRIT] = { 209, OWN, RED, OWN, TRUE, FALSE, FALSE },
  [DASH_INK_MOVING] = { 87, OWN, CYAN, OWN, TRUE, FALSE, FALSE },
  [DASH_INK_IDLE] = { 180, OWN, YELLOW, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_STOPPED] = { 146, OWN, BLUE, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_OFFLINE] = { 243, OWN, MAGENTA, OWN, FALSE, TRUE, FALSE },
  [DASH_INK_ROAD_1] = { 238, OWN, BLUE, OWN, FALSE, TRUE, FALSE },
  [DASH_INK_ROAD_2] = { 241, OWN, BLUE, OWN, FALSE, TRUE, FALSE },
  [DASH_INK_ROAD_3] = { 245, OWN, BLUE, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_TRACK] = { 75, OWN, CYAN, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_SPARK] = { 73, OWN, CYAN, OWN, FALSE, FALSE, FALSE },
  [DASH_INK_BAND] = { 239, OWN, BLUE, OWN, FALSE, TRUE, FALSE },
  [DASH_INK_LIVE] = { 16, 79, BLACK, GREEN, FALSE, FALSE, TRUE },
  [DASH_INK_WAIT] = { 16, 221, BLACK, YELLOW, FALSE, FALSE, TRUE },
  [DASH_INK_ALARM] = { 231, 160, WHITE, RED, TRUE, FALSE, TRUE },
};

const DashInkLook *
dash_palette (DashInk ink)
{
  return &looks[ink < DASH_N_INKS ? ink : DASH_INK_PLAIN];
}
