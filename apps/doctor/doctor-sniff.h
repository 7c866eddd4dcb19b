/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* doctor-sniff: which keys the records of a topic have, nested ones as paths, and what their values are like.
 * Promises: never trusts a byte; remembers at most SNIFF_PATHS_MAX paths and SNIFF_BYTES_MAX of records.
 * Does not: guess what a key means (see doctor-guess.h), read Kafka.
 * Threads: one owner. */
#define SNIFF_PATHS_MAX 512
#define SNIFF_BYTES_MAX (8u << 20)

typedef struct
{
  char  *path;   /* as [fields] writes it: position.latitude, "Speed (mph)" */
  char  *word;   /* its last part in lower case without signs: latitude, speedmph */
  char  *parent; /* likewise the part before; "" at the top */
  guint  n, n_numbers, n_texts, n_bools, n_times; /* n_times: texts that are RFC 3339 */
  double min, max;                                /* of the numbers */
  char  *sample;                                  /* a value, cut and escaped */
} SniffPath;

typedef struct
{
  GPtrArray *paths;   /* of SniffPath, in order of appearance */
  GPtrArray *records; /* of GBytes: the JSON objects */
  gsize      n_bytes;
  guint      n_objects, n_empty, n_other; /* records that are JSON objects, null, anything else */
  guint      n_framed;                    /* of the others: with a schema registry's five bytes in front */
  guint      n_paths_left_out;
} Sniff;

Sniff     *sniff_new (void);
void       sniff_free (Sniff *sniff);
/* value: one record's; NULL for none. */
void       sniff_record (Sniff *sniff, const char *value, gsize len);
/* The path with these words; parent may be NULL for any. NULL when there is none. */
SniffPath *sniff_find (const Sniff *sniff, const char *parent, const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sniff, sniff_free)
