/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-nearest.h"

#include <string.h>

#define WORD_BYTES_MAX 64
#define BEGINNING_BYTES_MIN 3

/* Optimal string alignment, in bytes: known words are ASCII. */
static guint
edit_distance (const char *a, const char *b)
{
  guint rows[3][WORD_BYTES_MAX + 1];
  gsize n_a = strlen (a), n_b = strlen (b);

  for (guint j = 0; j <= n_b; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= n_a; i++)
    {
      guint *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
      now[0] = i;
      for (guint j = 1; j <= n_b; j++)
        {
          guint differs = g_ascii_tolower (a[i - 1]) != g_ascii_tolower (b[j - 1]);
          now[j] = MIN (MIN (before[j] + 1, now[j - 1] + 1), before[j - 1] + differs);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            now[j] = MIN (now[j], two_before[j - 2] + 1);
        }
    }
  return rows[n_a % 3][n_b];
}

static const char *
shortest_beginning_with (const char *word, const char *const *known)
{
  const char *best = NULL;

  for (; *known != NULL; known++)
    if (g_ascii_strncasecmp (*known, word, strlen (word)) == 0
        && (best == NULL || strlen (*known) < strlen (best)))
      best = *known;
  return best;
}

const char *
fw_nearest_word (const char *word, const char *const *known)
{
  gsize len = strlen (word);
  guint best_distance = (guint) MAX (1, len / 3) + 1;
  const char *best = NULL;

  if (len == 0 || len > WORD_BYTES_MAX)
    return NULL;
  for (guint i = 0; known[i] != NULL; i++)
    {
      guint distance
          = strlen (known[i]) > WORD_BYTES_MAX ? G_MAXUINT : edit_distance (word, known[i]);
      if (distance < best_distance)
        {
          best_distance = distance;
          best = known[i];
        }
    }
  return best != NULL || len < BEGINNING_BYTES_MIN ? best : shortest_beginning_with (word, known);
}
