/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "commands-options.h"
#include "fw-command.h"
/* commands-order: what is typed behind the options -> one record of fleet.commands. Pure. Threads: any. */
typedef struct
{
  const char *key; /* fleet/device_id; borrowed from the words */
  char *value;     /* NULL: withdraws */
} CommandsOrder;

/* words: NULL-terminated, without the program's name. now_ms: when it is given. */
gboolean commands_order_read (char **words, const CommandsOptions *options, gint64 now_ms, CommandsOrder *ret, GError **error);
void     commands_order_clear (CommandsOrder *order);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommandsOrder, commands_order_clear)
