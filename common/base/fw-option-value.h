/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* fw-option-value: one option's text becomes the member of a struct, or an error that says all there is to say.
 * Does not: know where options come from, beyond the words for it. Threads: main. */

/* The section of the rows that every program has. */
#define FW_OPTION_COMMON_SECTION "General"

/* Lowest first: a later one wins. */
typedef enum
{
  FW_ORIGIN_DEFAULT,
  FW_ORIGIN_FILE,
  FW_ORIGIN_ENVIRONMENT,
  FW_ORIGIN_COMMAND_LINE,
} FwOptionOrigin;

/* What is known of one row while a program starts. */
typedef struct
{
  const FwOption *row;
  gpointer target;
  const char *place; /* its section in fleetwire.conf; NULL: command line only */
  char *text;        /* as its last giver wrote it; NULL = unset; a secret's is never kept */
  FwOptionOrigin origin;
  char *where;       /* "the environment (FW_X)": completes "option 'x' from ..."; NULL = the default */
} FwOptionSlot;

void      fw_option_slot_clear (FwOptionSlot *slot);
/* A list given again on the command line grows; everything else is replaced. where: as in the slot. */
gboolean  fw_option_assign (FwOptionSlot *slot, const char *text, FwOptionOrigin origin, const char *where, GError **error);
void      fw_option_free_value (const FwOption *row, gpointer target);
gboolean  fw_option_takes_value (const FwOption *row);
/* "DURATION", "FILE", ...: what stands after the equals sign in help; borrowed, translated. */
const char *fw_option_arg_name (const FwOption *row);
/* "100ms to 1m", "at least 1 clients"; NULL when unbounded; transfer full. */
char     *fw_option_range (const FwOption *row);

/* fw-option-help, -man and -listing: the same rows as text. n slots, in table order; transfer full. */
char *fw_option_help (const FwProgram *program, const FwOptionSlot *slots, guint n, guint width);
char *fw_option_man (const FwProgram *program, const FwOptionSlot *slots, guint n);
char *fw_option_reference (const FwProgram *program, const FwOptionSlot *slots, guint n);
char *fw_option_sample (const FwOptionSlot *slots, guint n);
char *fw_option_dump (const FwProgram *program, const FwOptionSlot *slots, guint n, const FwConfig *config);
