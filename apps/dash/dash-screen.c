/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-screen.h"
#include "dash-guard.h"
#include "dash-keys.h"
#include "dash-palette.h"
#include "fw-error.h"
#include <curses.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "fw-i18n.h"

#define PAIR_CURSOR DASH_N_INKS /* pairs 1 + ink, and behind them those of the cursor's row */
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END "\033[?2026l"

struct DashScreen
{
  SCREEN *terminal;
  int n_colours; /* 256, 8 or 0 */
  gboolean is_light;
  gboolean with_sync;
};

gboolean
dash_screen_is_ascii (void)
{
  return g_ascii_strcasecmp (nl_langinfo (CODESET), "UTF-8") != 0;
}

static int
choose_colours (DashColour wanted)
{
  const char *no_color = g_getenv ("NO_COLOR"); /* no-color.org: any value but the empty one */

  if (wanted == DASH_COLOUR_NONE
      || (wanted == DASH_COLOUR_AUTO && no_color != NULL && *no_color != '\0'))
    return 0;
  if (!has_colors () || start_color () == ERR || COLORS < 8)
    return 0;
  return COLORS >= 256 && wanted != DASH_COLOUR_8 ? 256 : 8;
}

static short
ink_of (const DashScreen *screen, const DashInkLook *look)
{
  if (screen->n_colours == 8)
    return look->ink_8;
  return screen->is_light ? look->ink_light : look->ink_dark;
}

static void
init_pairs (const DashScreen *screen)
{
  short own_ground = use_default_colors () == OK ? -1 : COLOR_BLACK;
  short own_ink = own_ground == -1 ? -1 : COLOR_WHITE;
  short cursor_ground = screen->n_colours < 256 ? own_ground
                        : screen->is_light      ? DASH_CURSOR_GROUND_LIGHT
                                                : DASH_CURSOR_GROUND_DARK;

  for (short ink = 0; ink < DASH_N_INKS; ink++)
    {
      const DashInkLook *look = dash_palette ((DashInk) ink);
      short front = ink_of (screen, look);
      short back = screen->n_colours == 256 ? look->ground_256 : look->ground_8;

      front = front < 0 ? own_ink : front;
      init_pair ((short) (1 + ink), front, back < 0 ? own_ground : back);
      init_pair ((short) (1 + PAIR_CURSOR + ink), front, cursor_ground);
    }
}

/* Terminals that say their colours do it as "ink;ground"; 7 and 15 are the light grounds. */
static gboolean
is_light_ground (DashGround ground)
{
  const char *said = g_getenv ("COLORFGBG"), *last = said != NULL ? strrchr (said, ';') : NULL;

  if (ground != DASH_GROUND_AUTO)
    return ground == DASH_GROUND_LIGHT;
  return last != NULL && (strcmp (last, ";15") == 0 || strcmp (last, ";7") == 0);
}

static attr_t
attributes_of (const DashScreen *screen, DashStyle style)
{
  const DashInkLook *look = dash_palette (style & DASH_INK_MASK);
  attr_t attributes = (style & DASH_BOLD) != 0 ? A_BOLD : A_NORMAL;

  if (screen->n_colours == 0)
    attributes |= (look->is_bold ? A_BOLD : 0) | (look->is_dim ? A_DIM : 0)
                  | (look->is_reverse ? A_REVERSE : 0);
  if (screen->n_colours == 8)
    attributes |= (look->is_bold ? A_BOLD : 0) | (look->is_dim ? A_DIM : 0);
  if ((style & DASH_INK_MASK) == DASH_INK_STRONG)
    attributes |= A_BOLD;
  if ((style & DASH_CURSOR) != 0 && screen->n_colours != 256)
    attributes |= A_REVERSE;
  if ((style & DASH_FADED) != 0)
    attributes = (attributes & ~(attr_t) A_BOLD) | A_DIM;
  return attributes;
}

static short
pair_of (const DashScreen *screen, DashStyle style)
{
  DashInk ink = (style & DASH_FADED) != 0 && (style & DASH_INK_MASK) < DASH_INK_LIVE
                    ? DASH_INK_DIM
                    : (DashInk) (style & DASH_INK_MASK);

  if (screen->n_colours == 0)
    return 0;
  return (short) (1 + ink
                  + ((style & DASH_CURSOR) != 0 && screen->n_colours == 256 ? PAIR_CURSOR : 0));
}

static char *
leave_bytes (void)
{
  GString *bytes = g_string_new (NULL);
  const char *const names[] = { "sgr0", "op", "cnorm", "rmkx", "rmcup" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *text = tigetstr (names[i]);

      if (text != NULL && text != (char *) -1)
        g_string_append (bytes, text);
    }
  return g_string_free (bytes, FALSE);
}

static gboolean
is_usable (GError **error)
{
  const char *term = g_getenv ("TERM");

  if (!isatty (STDIN_FILENO) || !isatty (STDOUT_FILENO))
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("There is no terminal here. For rows on standard output: fleetwire dash "
                    "--headless --format csv"));
  else if (term == NULL || *term == '\0' || strcmp (term, "dumb") == 0)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("The terminal (TERM=%s) cannot place its cursor. Set TERM to what it is, as in "
                    "TERM=xterm-256color, or use --headless"),
                 term != NULL ? term : "");
  else
    return TRUE;
  return FALSE;
}

static gboolean
can_place_cursor (GError **error)
{
  if (tigetstr ("cup") != NULL && tigetstr ("cup") != (char *) -1)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
               _ ("The terminal '%s' cannot place its cursor; use --headless, or set TERM to what "
                  "the terminal is"),
               termname ());
  return FALSE;
}

DashScreen *
dash_screen_new (const DashScreenOptions *options, GError **error)
{
  g_autofree DashScreen *screen = g_new0 (DashScreen, 1);
  g_autofree char *leave = NULL;

  if (!is_usable (error))
    return NULL;
  dash_guard_note_modes ();
  screen->terminal = newterm (NULL, stdout, stdin);
  if (screen->terminal == NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                   _ ("This system knows no terminal '%s'. Set TERM to one that it knows, as in "
                      "TERM=xterm, or use --headless"),
                   g_getenv ("TERM"));
      return NULL;
    }
  if (!can_place_cursor (error))
    {
      endwin ();
      delscreen (screen->terminal);
      return NULL;
    }
  set_escdelay ((int) options->escape_delay_ms);
  cbreak ();
  noecho ();
  nonl ();
  keypad (stdscr, TRUE);
  nodelay (stdscr, TRUE);
  curs_set (0);
  screen->with_sync = options->with_sync;
  screen->n_colours = choose_colours (options->colour);
  screen->is_light = is_light_ground (options->ground);
  if (screen->n_colours > 0)
    init_pairs (screen);
  leave = leave_bytes ();
  dash_guard_begin (leave);
  return g_steal_pointer (&screen);
}

void
dash_screen_free (DashScreen *screen)
{
  if (screen == NULL)
    return;
  curs_set (1);
  endwin ();
  delscreen (screen->terminal);
  dash_guard_end ();
  g_free (screen);
}

void
dash_screen_size (DashScreen *screen G_GNUC_UNUSED, int *ret_width, int *ret_height)
{
  getmaxyx (stdscr, *ret_height, *ret_width);
}

static gboolean
terminal_size (struct winsize *ret_size)
{
  return ioctl (STDOUT_FILENO, TIOCGWINSZ, ret_size) == 0 && ret_size->ws_row > 0
         && ret_size->ws_col > 0;
}

gboolean
dash_screen_is_outgrown (DashScreen *screen)
{
  struct winsize size;
  int width, height;

  dash_screen_size (screen, &width, &height);
  return terminal_size (&size) && (size.ws_col != width || size.ws_row != height);
}

void
dash_screen_resize (DashScreen *screen G_GNUC_UNUSED)
{
  struct winsize size;

  if (terminal_size (&size))
    resizeterm (size.ws_row, size.ws_col);
  clearok (curscr, TRUE);
}

void
dash_screen_redraw (DashScreen *screen G_GNUC_UNUSED)
{
  clearok (curscr, TRUE);
}

/* Where the C library and we disagree on a width the terminal would shift the line: such a glyph is
 * not shown. */
static wchar_t
agreed_glyph (const DashCanvas *canvas, DashCell cell, int x, int y)
{
  gboolean is_wide
      = x + 1 < dash_canvas_width (canvas) && dash_canvas_cell (canvas, x + 1, y).glyph == 0;

  return wcwidth ((wchar_t) cell.glyph) == (is_wide ? 2 : 1) ? (wchar_t) cell.glyph : L'?';
}

static void
put_cell (const DashScreen *screen, const DashCanvas *canvas, int x, int y)
{
  DashCell cell = dash_canvas_cell (canvas, x, y);
  wchar_t text[2] = { L' ', L'\0' };
  cchar_t out;

  if (cell.glyph == 0)
    return;
  text[0] = agreed_glyph (canvas, cell, x, y);
  setcchar (&out, text, attributes_of (screen, cell.style), pair_of (screen, cell.style), NULL);
  mvadd_wch (y, x, &out);
}

static void
flush_frame (const DashScreen *screen)
{
  if (screen->with_sync)
    (void) !write (STDOUT_FILENO, SYNC_BEGIN, strlen (SYNC_BEGIN));
  doupdate ();
  if (screen->with_sync)
    (void) !write (STDOUT_FILENO, SYNC_END, strlen (SYNC_END));
}

void
dash_screen_show (DashScreen *screen, const DashCanvas *canvas, int cursor_x, int cursor_y)
{
  int width, height;

  dash_screen_size (screen, &width, &height);
  erase ();
  for (int y = 0; y < MIN (height, dash_canvas_height (canvas)); y++)
    for (int x = 0; x < MIN (width, dash_canvas_width (canvas)); x++)
      put_cell (screen, canvas, x, y);
  curs_set (cursor_x >= 0 ? 1 : 0);
  if (cursor_x >= 0)
    move (cursor_y, cursor_x);
  wnoutrefresh (stdscr);
  flush_frame (screen);
}

static gunichar
special_key (wint_t code)
{
  static const struct
  {
    wint_t code;
    gunichar key;
  } keys[] = {
    { KEY_UP, DASH_KEY_UP },
    { KEY_DOWN, DASH_KEY_DOWN },
    { KEY_LEFT, DASH_KEY_LEFT },
    { KEY_RIGHT, DASH_KEY_RIGHT },
    { KEY_PPAGE, DASH_KEY_PAGE_UP },
    { KEY_NPAGE, DASH_KEY_PAGE_DOWN },
    { KEY_HOME, DASH_KEY_HOME },
    { KEY_END, DASH_KEY_END },
    { KEY_BACKSPACE, DASH_KEY_BACKSPACE },
    { KEY_DC, DASH_KEY_DELETE },
    { KEY_ENTER, DASH_KEY_ENTER },
    { KEY_BTAB, DASH_KEY_BACK_TAB },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].code == code)
      return keys[i].key;
  return G_MAXUINT32; /* a key without a meaning here */
}

static gunichar
plain_key (wint_t code)
{
  switch (code)
    {
    case '\r':
    case '\n':
      return DASH_KEY_ENTER;
    case '\t':
      return DASH_KEY_TAB;
    case 033:
      return DASH_KEY_ESCAPE;
    case 0x7F:
    case '\b':
      return DASH_KEY_BACKSPACE;
    default:
      return code == 0 ? G_MAXUINT32 : (gunichar) code;
    }
}

gunichar
dash_screen_key (DashScreen *screen G_GNUC_UNUSED)
{
  wint_t code;

  switch (get_wch (&code))
    {
    case OK:
      return plain_key (code);
    case KEY_CODE_YES:
      return special_key (code);
    default:
      return 0;
    }
}
