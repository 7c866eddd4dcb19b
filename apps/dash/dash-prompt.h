/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-pen.h"
/* dash-prompt: one line of text being edited: cursor, words, history, completion; says what it did,
 * applies nothing. Promises: valid UTF-8, at most DASH_PROMPT_MAX_BYTES, whatever is typed.
 * Threads: the loop's. */
#define DASH_PROMPT_MAX_BYTES 1024
#define DASH_PROMPT_HISTORY_MAX 50

typedef enum
{
  DASH_PROMPT_SAME,
  DASH_PROMPT_MOVED, /* the cursor */
  DASH_PROMPT_CHANGED,
  DASH_PROMPT_DONE,
  DASH_PROMPT_CANCELLED,
} DashPromptResult;

typedef struct
{
  gboolean is_open;
  GString *text;
  gsize cursor; /* bytes */
  GPtrArray *history;
  guint history_at; /* history->len: the line being written */
  char *error;      /* what is wrong; NULL: nothing */
  gsize error_at;   /* bytes */
} DashPrompt;

void dash_prompt_init (DashPrompt *prompt);
void dash_prompt_clear (DashPrompt *prompt);
void dash_prompt_open (DashPrompt *prompt, const char *text);
DashPromptResult dash_prompt_key (DashPrompt *prompt, gunichar key);
/* at: bytes into the text; error NULL: all is well. */
void dash_prompt_set_error (DashPrompt *prompt, const char *error, gsize at);
/* Two lines: the text, and beneath it a caret with what is wrong, or a hint. */
void dash_prompt_draw (const DashPrompt *prompt, DashCanvas *canvas, DashArea area,
                       const char *hint);
/* Where the terminal's cursor belongs. */
void dash_prompt_cursor (const DashPrompt *prompt, DashArea area, int *ret_x, int *ret_y);
