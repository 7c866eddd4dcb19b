/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-text: how wide text is on a terminal, and where to break it.
 * Promises: counts wide and combining characters as terminals do; never breaks a word.
 * Does not: escape (see fw_log_escape). Threads: any. */
guint fw_text_width (const char *text, gsize len); /* columns; text is UTF-8 */
/* Appends the words of text, the first in column at, and a line break; where a word would pass width, a new line
 * begins with margin. */
void  fw_text_wrap (GString *out, const char *text, guint at, const char *margin, guint width);
