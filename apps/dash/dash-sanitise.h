/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* dash-sanitise: the one gate between any bytes and a cell.
 * Promises: what comes out is printable, has width 1 or 2 on every terminal and cannot move the
 * cursor, change a colour or reorder a line: control characters, bidirectional controls,
 * right-to-left letters, private use and invalid UTF-8 become U+FFFD ('?' in ASCII); marks that
 * take no cell are left out. Does not: know the locale; the caller says whether the terminal takes
 * only ASCII. Threads: any. */
#define DASH_REPLACEMENT 0xFFFD

/* The next safe glyph of NUL-terminated text, its width (1 or 2) in *ret_width; 0 at the end. Moves
 * *text on. */
gunichar dash_sanitise_next (const char **text, gboolean is_ascii, guint *ret_width);
/* The glyph that an ASCII terminal shows for ch. */
gunichar dash_sanitise_to_ascii (gunichar ch);
/* Cells that text takes; at most limit. */
guint dash_sanitise_width (const char *text, guint limit);
