/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option-value.h"
/* fw-start: what is known while a program starts: its rows, what the command line gave, the files it read. Inside of
 * fw-option; programs see fw_program_start alone.
 * Threads: main. */

/* What every program has. */
typedef struct
{
  char *log, *log_format, *config;
  gboolean help, version, dump_config, man, reference, sample;
} FwCommon;

/* One option as the command line has it. */
typedef struct
{
  FwOptionSlot *slot;
  char *text;
} FwGiven;

typedef struct
{
  const FwProgram *program;
  FwCommon common;
  GArray *slots;    /* of FwOptionSlot */
  GPtrArray *given; /* of FwGiven, in the order of the command line */
  FwConfig *config;
} FwStart;

void fw_start_init (FwStart *start, const FwProgram *program, gpointer target);
void fw_start_clear (FwStart *start);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FwStart, fw_start_clear)

static inline FwOptionSlot *
fw_start_slot (const FwStart *start, guint index)
{
  return &g_array_index (start->slots, FwOptionSlot, index);
}
/* The name of a slot as it is typed, without the dashes: a secret's ends in -file; transfer full. */
char         *fw_start_typed_name (const FwOption *row);
/* By typed name, or no-NAME for a flag; NULL when unknown. */
FwOptionSlot *fw_start_find (const FwStart *start, const char *name, gboolean *ret_is_no);
FwOptionSlot *fw_start_find_letter (const FwStart *start, char letter);
/* The known name that was probably meant, or NULL; transfer full. */
char         *fw_start_suggestion (const FwStart *start, const char *name);
/* Sets the error for an unknown option, and returns FALSE. dashes: "-" or "--". */
gboolean      fw_start_fail_unknown (const FwStart *start, const char *dashes, const char *name, GError **error);

/* fw-command-line: fills given; leaves program name and positional arguments in argv. */
gboolean fw_start_parse (FwStart *start, int *argc, char ***argv, GError **error);
/* fw-configure: default < file < environment < command line. */
gboolean fw_start_configure (FwStart *start, GError **error);
gboolean fw_start_apply_defaults (FwStart *start, GError **error);
