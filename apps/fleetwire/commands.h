/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* commands: which programs there are, in the order in which a newcomer meets them.
 * Threads: main. */
typedef struct
{
  const char *name;
  const char *summary; /* N_("..."), as in the program's own manual */
} Command;

/* Ended by a row without a name. */
extern const Command commands[];

/* The overview that `fleetwire help` prints; transfer full. */
char *commands_help (void);
/* The manual of the launcher itself, as roff; transfer full. */
char *commands_man (void);
/* The known word that was probably meant, or NULL. */
const char *commands_nearest (const char *word);
gboolean    commands_has (const char *name);
