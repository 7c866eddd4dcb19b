/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-canvas.h"
/* dash-screen: the only place that knows curses. Shows a canvas, reads keys, gives the terminal
 * back as it was. Promises: the terminal is restored on every way out, a crash included; what
 * libraries write to stderr meanwhile is kept off the screen and printed afterwards; only cells
 * that changed cost bytes. Does not: block, handle SIGWINCH by itself (call dash_screen_resize from
 * the loop). Threads: main. */
typedef struct DashScreen DashScreen;

typedef enum
{
  DASH_COLOUR_AUTO,
  DASH_COLOUR_256,
  DASH_COLOUR_8,
  DASH_COLOUR_NONE,
} DashColour;

typedef enum
{
  DASH_GROUND_AUTO, /* as COLORFGBG says, else dark */
  DASH_GROUND_DARK,
  DASH_GROUND_LIGHT,
} DashGround;

typedef struct
{
  DashColour colour;
  DashGround ground;
  guint escape_delay_ms; /* how long a lone Esc may be the beginning of a key */
  gboolean with_sync;    /* wrap each frame in synchronized output (mode 2026) */
} DashScreenOptions;

/* Whether the locale's terminal takes more than ASCII; setlocale must have been called. */
gboolean dash_screen_is_ascii (void);
/* NULL: no terminal, or one that cannot place its cursor; the error says what to do. */
DashScreen *dash_screen_new (const DashScreenOptions *options, GError **error);
/* Restores the terminal and prints what was kept off the screen. */
void dash_screen_free (DashScreen *screen);
void dash_screen_size (DashScreen *screen, int *ret_width, int *ret_height);
/* The terminal has another size than the screen: it changed while we were stopped, and no signal
 * told. */
gboolean dash_screen_is_outgrown (DashScreen *screen);
void dash_screen_resize (DashScreen *screen);
/* cursor_x < 0: hidden. */
void dash_screen_show (DashScreen *screen, const DashCanvas *canvas, int cursor_x, int cursor_y);
/* Everything is sent again with the next show. */
void dash_screen_redraw (DashScreen *screen);
/* The next key (dash-keys.h), 0 when none waits. */
gunichar dash_screen_key (DashScreen *screen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashScreen, dash_screen_free)
