/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option-value.h"
/* fw-option-words: the pieces that help, manual, reference and sample are made of. Inside of fw-option.
 * Threads: main. */

typedef void (*FwRowWriter) (GString *out, const FwOption *row, guint width);
typedef void (*FwHeadingWriter) (GString *out, const char *heading);

/* "-l, --lag-max=DURATION"; a secret is given by the name of its file; transfer full. */
char    *fw_words_of_option (const FwOption *row);
/* What it does, and behind it "(default 2s; 100ms to 1m; FW_LAG_MAX)"; transfer full. */
char    *fw_words_help (const FwOption *row);
/* The first letter large; transfer full. */
char    *fw_words_title (const char *text);
/* FALSE for rows that only builders use. */
gboolean fw_words_is_shown (const FwOption *row);
/* A heading before the rows of each section, which stand together. */
void     fw_words_by_section (GString *out, const FwOptionSlot *slots, guint n, FwHeadingWriter write_heading,
                              FwRowWriter write_row, guint width);
