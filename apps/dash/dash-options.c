/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-options.h"
#include "dash-keys.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (DashOptions, member)

static const FwOption rows[] = {
  { "filter", 'f', FW_OPTION_STRING, OPTION (filter), 0, 0, NULL, NULL, "FLEETWIRE_DASH_FILTER",
    N_ ("view"), "EXPR", N_ ("Show only what matches, as in 'temp_c > 8 and status = moving'") },
  { "view", 'v', FW_OPTION_STRING, OPTION (view), 0, 0, "overview", NULL, "FLEETWIRE_DASH_VIEW",
    N_ ("view"), "NAME", N_ ("What to begin with: overview, table, map or chart") },
  { "headless", 0, FW_OPTION_FLAG, OPTION (is_headless), 0, 0, "false", NULL, NULL, N_ ("rows"),
    NULL, N_ ("No screen: rows to standard output") },
  { "format", 0, FW_OPTION_STRING, OPTION (format), 0, 0, "csv", NULL, NULL, N_ ("rows"), "FORMAT",
    N_ ("How rows are written: json (one array), ndjson (one object a line) or csv") },
  { "count", 'n', FW_OPTION_INT, OPTION (count), 0, 1e9, "0", N_ ("rows"), NULL, N_ ("rows"), NULL,
    N_ ("Stop after so many rows; 0: json and csv write what is known now, ndjson goes on until it "
        "is stopped") },
  { "colour", 0, FW_OPTION_STRING, OPTION (colour), 0, 0, "auto", NULL, "FLEETWIRE_DASH_COLOUR",
    N_ ("terminal"), "WHEN", N_ ("auto, 256, 8 or none; NO_COLOR in the environment means none") },
  { "ground", 0, FW_OPTION_STRING, OPTION (ground), 0, 0, "auto", NULL, "FLEETWIRE_DASH_GROUND",
    N_ ("terminal"), "GROUND",
    N_ ("What the terminal's background is: dark, light, or auto, which believes COLORFGBG") },
  { "ascii", 0, FW_OPTION_FLAG, OPTION (is_ascii), 0, 0, "false", NULL, "FLEETWIRE_DASH_ASCII",
    N_ ("terminal"), NULL, N_ ("Only ASCII, whatever the locale says") },
  { "frame", 0, FW_OPTION_DURATION, OPTION (frame_ms), 50, 5000, "250ms", "ms",
    "FLEETWIRE_DASH_FRAME", N_ ("terminal"), NULL, N_ ("How often the screen is drawn") },
  { "escape-delay", 0, FW_OPTION_DURATION, OPTION (escape_delay_ms), 0, 2000, "25ms", "ms",
    "FLEETWIRE_DASH_ESCAPE_DELAY", N_ ("terminal"), NULL,
    N_ ("How long Esc may be the beginning of another key; more for a slow line") },
  { "sync", 0, FW_OPTION_FLAG, OPTION (with_sync), 0, 0, "false", NULL, "FLEETWIRE_DASH_SYNC",
    N_ ("terminal"), NULL,
    N_ ("Ask the terminal for synchronized output: each frame shown at once") },
  { NULL },
};

static const FwTerm arguments[] = {
  { "ws://HOST:PORT", N_ ("The relay to connect to (ws://localhost:8080 if none is named)") },
  { NULL },
};

void
dash_program_init (FwProgram *program)
{
  *program = (FwProgram){
    .name = "dash",
    .synopsis = N_ ("[OPTION...] [ws://HOST:PORT]"),
    .summary = N_ ("the fleet, live, in a terminal"),
    .description
    = N_ ("Shows a table of vehicles, a map drawn in braille dots whose roads appear as vehicles "
          "drive them, the vehicle under the cursor, and figures over all. Where no device has a "
          "position, charts take the map's place. The connection's state is always on the first "
          "line; it reconnects by itself.\n\n"
          "With --headless the same filter writes rows to standard output instead."),
    .arguments = arguments,
    .keys = dash_keys_terms (),
    .options = rows,
    .max_args = 1,
  };
}

void
dash_program_clear (FwProgram *program)
{
  g_free ((FwTerm *) program->keys);
  program->keys = NULL;
}
