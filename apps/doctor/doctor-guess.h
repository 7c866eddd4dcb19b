/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "doctor-sniff.h"
/* doctor-guess: which of a topic's keys probably is which of our fields, from its name, its unit and its values.
 * Promises: one path for one field; a key that has our name already is left alone; what is uncertain carries a remark.
 * Threads: any. */
typedef struct
{
  const char      *target; /* "speed_kmh" */
  const SniffPath *path;
  double           factor; /* 1 for none */
  const char      *remark; /* translated, or NULL */
} Guess;

/* Of Guess, in the order of our fields; transfer full. */
GArray  *guess_fields (const Sniff *sniff);
/* TRUE for a key at the top that readers know without a mapping. */
gboolean guess_is_known (const SniffPath *path);
/* "speed_kmh = position.speed * 1.852"; transfer full. */
char    *guess_line (const Guess *guess);
/* What stands behind the equals sign; transfer full. */
char    *guess_source (const Guess *guess);
