/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* enroll-file: one line of a file of credentials changed, all else left as it is.
 * Promises: whoever reads the file sees it before or after, never half; several at once wait for each other; 0600; a file
 *   with a wrong line is not touched. */
/* line: without its end; NULL: the name is taken out. *ret_was_there: it had a line already. */
gboolean enroll_file_put (const char *path, const char *name, const char *line, gboolean *ret_was_there, GError **error);
/* The same on text; transfer full. */
char    *enroll_text_put (const char *text, const char *name, const char *line, gboolean *ret_was_there);
