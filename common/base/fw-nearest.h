/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-nearest: the known word that somebody probably meant.
 * Threads: any. */

/* The closest of known (NULL-terminated) by edit distance, a swap of neighbours counting one; else the shortest that
 * begins with word; NULL when none is close enough to be worth saying. Borrowed from known. */
const char *fw_nearest_word (const char *word, const char *const *known);
