/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-prompt.h"
#include "dash-keys.h"
#include "dash-sanitise.h"
#include "fw-field.h"
#include <string.h>

static const char *const query_words[] = {
  "age", "and",     "critical", "fleet",    "has",    "idle",    "in",      "moving",  "near",
  "not", "offline", "or",       "severity", "status", "stopped", "unknown", "warning",
};

void
dash_prompt_init (DashPrompt *prompt)
{
  *prompt = (DashPrompt){ .text = g_string_new (NULL),
                          .history = g_ptr_array_new_with_free_func (g_free) };
}

void
dash_prompt_clear (DashPrompt *prompt)
{
  g_string_free (prompt->text, TRUE);
  g_ptr_array_unref (prompt->history);
  g_free (prompt->error);
  *prompt = (DashPrompt){ 0 };
}

static void
set_text (DashPrompt *prompt, const char *text)
{
  g_string_assign (prompt->text, text);
  prompt->cursor = prompt->text->len;
}

void
dash_prompt_open (DashPrompt *prompt, const char *text)
{
  prompt->is_open = TRUE;
  prompt->history_at = prompt->history->len;
  set_text (prompt, text != NULL ? text : "");
  dash_prompt_set_error (prompt, NULL, 0);
}

void
dash_prompt_set_error (DashPrompt *prompt, const char *error, gsize at)
{
  g_free (prompt->error);
  prompt->error = g_strdup (error);
  prompt->error_at = MIN (at, prompt->text->len);
}

static gsize
before_cursor (const DashPrompt *prompt)
{
  const char *start = prompt->text->str,
             *at = g_utf8_find_prev_char (start, start + prompt->cursor);

  return at != NULL ? (gsize) (at - start) : 0;
}

static gsize
after_cursor (const DashPrompt *prompt)
{
  const char *at = prompt->text->str + prompt->cursor;

  return *at != '\0' ? (gsize) (g_utf8_next_char (at) - prompt->text->str) : prompt->cursor;
}

static gsize
word_start (const DashPrompt *prompt, const char *stop_at)
{
  gsize at = prompt->cursor;

  while (at > 0 && stop_at == NULL && prompt->text->str[at - 1] == ' ')
    at--;
  while (at > 0 && strchr (stop_at != NULL ? stop_at : " ", prompt->text->str[at - 1]) == NULL)
    at--;
  return at;
}

static DashPromptResult
erase (DashPrompt *prompt, gsize from, gsize to)
{
  if (from == to)
    return DASH_PROMPT_SAME;
  g_string_erase (prompt->text, (gssize) from, (gssize) (to - from));
  prompt->cursor = from;
  return DASH_PROMPT_CHANGED;
}

static DashPromptResult
move (DashPrompt *prompt, gsize to)
{
  prompt->cursor = to;
  return DASH_PROMPT_MOVED;
}

static DashPromptResult
insert (DashPrompt *prompt, const char *text, gsize len)
{
  if (prompt->text->len + len > DASH_PROMPT_MAX_BYTES)
    return DASH_PROMPT_SAME;
  g_string_insert_len (prompt->text, (gssize) prompt->cursor, text, (gssize) len);
  prompt->cursor += len;
  return DASH_PROMPT_CHANGED;
}

static DashPromptResult
insert_key (DashPrompt *prompt, gunichar key)
{
  char bytes[6];

  if (key < 0x20 || key == 0x7F || !g_unichar_validate (key))
    return DASH_PROMPT_SAME;
  return insert (prompt, bytes, (gsize) g_unichar_to_utf8 (key, bytes));
}

static DashPromptResult
recall (DashPrompt *prompt, int step)
{
  int at = (int) prompt->history_at + step;

  if (at < 0 || at > (int) prompt->history->len)
    return DASH_PROMPT_SAME;
  prompt->history_at = (guint) at;
  set_text (prompt, at < (int) prompt->history->len ? g_ptr_array_index (prompt->history, at) : "");
  return DASH_PROMPT_CHANGED;
}

/* How far all words that begin like stem agree; the first of them in *ret_word. */
static gsize
common_start (const char *stem, gsize len, const char *word, const char **ret_word, gsize common)
{
  if (strncmp (word, stem, len) != 0)
    return common;
  if (*ret_word == NULL)
    {
      *ret_word = word;
      return strlen (word);
    }
  for (gsize i = 0; i < common; i++)
    if (word[i] != (*ret_word)[i])
      return i;
  return common;
}

static DashPromptResult
complete (DashPrompt *prompt)
{
  gsize start = word_start (prompt, " (,<>=!"), len = prompt->cursor - start, common = 0;
  const char *stem = prompt->text->str + start, *word = NULL;

  if (len == 0)
    return DASH_PROMPT_SAME;
  for (guint id = 0; id < fw_field_n (); id++)
    common = common_start (stem, len, fw_field (id)->name, &word, common);
  for (guint i = 0; i < G_N_ELEMENTS (query_words); i++)
    common = common_start (stem, len, query_words[i], &word, common);
  return word != NULL && common > len ? insert (prompt, word + len, common - len)
                                      : DASH_PROMPT_SAME;
}

static void
remember (DashPrompt *prompt)
{
  guint n = prompt->history->len;

  if (prompt->text->len == 0
      || (n > 0 && strcmp (g_ptr_array_index (prompt->history, n - 1), prompt->text->str) == 0))
    return;
  if (n == DASH_PROMPT_HISTORY_MAX)
    g_ptr_array_remove_index (prompt->history, 0);
  g_ptr_array_add (prompt->history, g_strdup (prompt->text->str));
}

static DashPromptResult
close_with (DashPrompt *prompt, DashPromptResult result)
{
  if (result == DASH_PROMPT_DONE && prompt->error != NULL)
    return DASH_PROMPT_SAME;
  if (result == DASH_PROMPT_DONE)
    remember (prompt);
  prompt->is_open = FALSE;
  return result;
}

DashPromptResult
dash_prompt_key (DashPrompt *prompt, gunichar key)
{
  switch (key)
    {
    case DASH_KEY_ENTER:
      return close_with (prompt, DASH_PROMPT_DONE);
    case DASH_KEY_ESCAPE:
    case DASH_KEY_CTRL ('c'):
      return close_with (prompt, DASH_PROMPT_CANCELLED);
    case DASH_KEY_BACKSPACE:
      return erase (prompt, before_cursor (prompt), prompt->cursor);
    case DASH_KEY_DELETE:
      return erase (prompt, prompt->cursor, after_cursor (prompt));
    case DASH_KEY_CTRL ('u'):
      return erase (prompt, 0, prompt->cursor);
    case DASH_KEY_CTRL ('k'):
      return erase (prompt, prompt->cursor, prompt->text->len);
    case DASH_KEY_CTRL ('w'):
      return erase (prompt, word_start (prompt, NULL), prompt->cursor);
    case DASH_KEY_LEFT:
      return move (prompt, before_cursor (prompt));
    case DASH_KEY_RIGHT:
      return move (prompt, after_cursor (prompt));
    case DASH_KEY_HOME:
    case DASH_KEY_CTRL ('a'):
      return move (prompt, 0);
    case DASH_KEY_END:
    case DASH_KEY_CTRL ('e'):
      return move (prompt, prompt->text->len);
    case DASH_KEY_UP:
      return recall (prompt, -1);
    case DASH_KEY_DOWN:
      return recall (prompt, 1);
    case DASH_KEY_TAB:
      return complete (prompt);
    default:
      return insert_key (prompt, key);
    }
}

static int
cells_before (const DashPrompt *prompt, gsize at)
{
  g_autofree char *start = g_strndup (prompt->text->str, at);

  return (int) dash_sanitise_width (start, 4096);
}

/* Cells of text left of the screen, so that the cursor stays in it. */
static int
scrolled (const DashPrompt *prompt, DashArea area)
{
  return MAX (cells_before (prompt, prompt->cursor) - (area.width - 4), 0);
}

static const char *
skip_cells (const char *text, int cells)
{
  guint width;

  while (cells > 0 && dash_sanitise_next (&text, FALSE, &width) != 0)
    cells -= (int) width;
  return text;
}

/* From where the text cannot be read on it has the ink of what is wrong. */
static void
draw_text (const DashPrompt *prompt, DashPen *pen, int skip)
{
  gsize good = prompt->error != NULL ? prompt->error_at : prompt->text->len;
  const char *from = skip_cells (prompt->text->str, skip),
             *wrong = MAX (prompt->text->str + good, from);
  g_autofree char *start = g_strndup (from, (gsize) (wrong - from));

  dash_pen_text (pen, DASH_INK_STRONG, start);
  dash_pen_text (pen, DASH_INK_CRIT, wrong);
}

/* Behind the caret, or before it, or alone: wherever the whole sentence has room. */
static void
draw_error (const DashPrompt *prompt, DashPen *pen, int caret)
{
  int width = (int) dash_sanitise_width (prompt->error, 4096) + 2, start = pen->x;

  if (caret + width > dash_pen_room (pen) && width > caret + 1)
    {
      dash_pen_text (pen, DASH_INK_CRIT, prompt->error);
      return;
    }
  if (caret + width <= dash_pen_room (pen))
    {
      dash_pen_gap (pen, caret);
      dash_pen_text (pen, DASH_INK_CRIT | DASH_BOLD, "^ ");
      dash_pen_text (pen, DASH_INK_CRIT, prompt->error);
      return;
    }
  pen->x = start + caret + 1 - width;
  dash_pen_text (pen, DASH_INK_CRIT, prompt->error);
  dash_pen_text (pen, DASH_INK_CRIT | DASH_BOLD, " ^");
}

void
dash_prompt_draw (const DashPrompt *prompt, DashCanvas *canvas, DashArea area, const char *hint)
{
  int skip = scrolled (prompt, area);
  DashPen pen = dash_pen (canvas, area, 0);

  dash_canvas_erase (canvas, area);
  dash_pen_text (&pen, DASH_INK_TITLE | DASH_BOLD, "/");
  dash_pen_gap (&pen, 1);
  draw_text (prompt, &pen, skip);
  pen = dash_pen (canvas, area, 1);
  dash_pen_gap (&pen, 2);
  if (prompt->error != NULL)
    draw_error (prompt, &pen, MAX (cells_before (prompt, prompt->error_at) - skip, 0));
  else
    dash_pen_text (&pen, DASH_INK_DIM, hint);
}

void
dash_prompt_cursor (const DashPrompt *prompt, DashArea area, int *ret_x, int *ret_y)
{
  *ret_x = area.x + 2 + cells_before (prompt, prompt->cursor) - scrolled (prompt, area);
  *ret_y = area.y;
}
