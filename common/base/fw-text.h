/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <string.h>
/* fw-text: how wide text is on a terminal, where to break it, and whether it is a word that is known.
 * Promises: counts wide and combining characters as terminals do; never breaks a word.
 * Does not: escape (see fw_log_escape). Threads: any. */

/* Whether the len bytes of text are word; never, where word is NULL. */
static inline gboolean
fw_text_is (const char *text, gsize len, const char *word)
{
  return word != NULL && strlen (word) == len && memcmp (word, text, len) == 0;
}

/* Which of the n words of a table it is, -1 for none: word is the first row's, the next stands stride bytes on. */
int   fw_text_index (const char *text, gsize len, const char *const *word, gsize stride, guint n);
guint fw_text_width (const char *text, gsize len); /* columns; text is UTF-8 */
/* Appends the words of text, the first in column at, and a line break; where a word would pass width, a new line
 * begins with margin. */
void  fw_text_wrap (GString *out, const char *text, guint at, const char *margin, guint width);
/* Appends the shortest text that reads back as the same number; C's decimal point. */
void  fw_text_put_number (GString *out, double value);
