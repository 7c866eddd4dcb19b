/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* dash-keys: the one table of keys: dispatch, the bar at the bottom, the help on `?` and the manual
 * are made from it. Pure. Threads: any. */
enum
{
  DASH_KEY_ENTER = 0x110000, /* above all of Unicode: a key is a code point or one of these */
  DASH_KEY_ESCAPE,
  DASH_KEY_UP,
  DASH_KEY_DOWN,
  DASH_KEY_LEFT,
  DASH_KEY_RIGHT,
  DASH_KEY_PAGE_UP,
  DASH_KEY_PAGE_DOWN,
  DASH_KEY_HOME,
  DASH_KEY_END,
  DASH_KEY_BACKSPACE,
  DASH_KEY_DELETE,
  DASH_KEY_TAB,
  DASH_KEY_BACK_TAB,
};
#define DASH_KEY_CTRL(letter) ((letter) &0x1f)

typedef enum
{
  DASH_DO_NOTHING,
  DASH_DO_QUIT,
  DASH_DO_HELP,
  DASH_DO_FILTER,
  DASH_DO_OPEN,
  DASH_DO_BACK,
  DASH_DO_UP,
  DASH_DO_DOWN,
  DASH_DO_PAGE_UP,
  DASH_DO_PAGE_DOWN,
  DASH_DO_FIRST,
  DASH_DO_LAST,
  DASH_DO_SORT_NEXT,
  DASH_DO_SORT_BEFORE,
  DASH_DO_REVERSE,
  DASH_DO_NEXT_URGENT,
  DASH_DO_URGENT_BEFORE,
  DASH_DO_FOLLOW,
  DASH_DO_MAP,
  DASH_DO_ZOOM_IN,
  DASH_DO_ZOOM_OUT,
  DASH_DO_FIT,
  DASH_DO_PAN_LEFT,
  DASH_DO_PAN_RIGHT,
  DASH_DO_PAN_UP,
  DASH_DO_PAN_DOWN,
  DASH_DO_OVERVIEW,
  DASH_DO_TABLE,
  DASH_DO_WHOLE_MAP,
  DASH_DO_CHART,
  DASH_DO_NEXT_VIEW,
  DASH_DO_REDRAW,
} DashCommand;

/* Where the keyboard is; a row of the table holds in some of them. */
typedef enum
{
  DASH_IN_LIST = 1 << 0,
  DASH_IN_MAP = 1 << 1,
  DASH_IN_DETAIL = 1 << 2,
  DASH_IN_HELP = 1 << 3,
  DASH_IN_ALL = 0xf,
} DashPlace;

typedef struct
{
  gunichar key;
  guint places;
  DashCommand command;
  const char *name; /* as written in bar, help and manual; NULL: another name for the row above */
  const char *bar;  /* one word; NULL: not in the bar */
  guint weight;     /* the bar shows the heaviest that fit */
  const char *help;
} DashKeyRow;

/* Ended by a row without a key. */
const DashKeyRow *dash_keys (void);
DashCommand dash_keys_find (gunichar key, DashPlace place);
/* The manual's chapter on keys; the array is the caller's. */
FwTerm *dash_keys_terms (void);
