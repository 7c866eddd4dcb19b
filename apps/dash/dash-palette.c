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
/* clang-format off */
static const DashInkLook looks[DASH_N_INKS] = {
  /*                    dark light ground    8    ground  bold   dim    reverse */
  [DASH_INK_PLAIN]   = { OWN, OWN, OWN, OWN,     OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_DIM]     = { 245, 243, OWN, OWN,     OWN,    FALSE, TRUE,  FALSE },
  [DASH_INK_STRONG]  = { OWN, OWN, OWN, OWN,     OWN,    TRUE,  FALSE, FALSE },
  [DASH_INK_TITLE]   = { 110, 25,  OWN, CYAN,    OWN,    TRUE,  FALSE, FALSE },
  [DASH_INK_GOOD]    = { 79,  29,  OWN, GREEN,   OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_WARN]    = { 221, 130, OWN, YELLOW,  OWN,    TRUE,  FALSE, FALSE },
  [DASH_INK_CRIT]    = { 209, 160, OWN, RED,     OWN,    TRUE,  FALSE, FALSE },
  [DASH_INK_MOVING]  = { 87,  30,  OWN, CYAN,    OWN,    TRUE,  FALSE, FALSE },
  [DASH_INK_IDLE]    = { 180, 94,  OWN, YELLOW,  OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_STOPPED] = { 146, 61,  OWN, BLUE,    OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_OFFLINE] = { 243, 245, OWN, MAGENTA, OWN,    FALSE, TRUE,  FALSE },
  [DASH_INK_ROAD_1]  = { 238, 251, OWN, BLUE,    OWN,    FALSE, TRUE,  FALSE },
  [DASH_INK_ROAD_2]  = { 241, 248, OWN, BLUE,    OWN,    FALSE, TRUE,  FALSE },
  [DASH_INK_ROAD_3]  = { 245, 244, OWN, BLUE,    OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_TRACK]   = { 75,  26,  OWN, CYAN,    OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_SPARK]   = { 73,  31,  OWN, CYAN,    OWN,    FALSE, FALSE, FALSE },
  [DASH_INK_BAND]    = { 239, 250, OWN, BLUE,    OWN,    FALSE, TRUE,  FALSE },
  [DASH_INK_LIVE]    = { 16,  16,  79,  BLACK,   GREEN,  FALSE, FALSE, TRUE },
  [DASH_INK_WAIT]    = { 16,  16,  221, BLACK,   YELLOW, FALSE, FALSE, TRUE },
  [DASH_INK_ALARM]   = { 231, 231, 160, WHITE,   RED,    TRUE,  FALSE, TRUE },
};
/* clang-format on */

const DashInkLook *
dash_palette (DashInk ink)
{
  return &looks[ink < DASH_N_INKS ? ink : DASH_INK_PLAIN];
}
