/* SPDX-License-Identifier: Apache-2.0 */
/* A record of fleet.commands: key, NUL, value. What is read can be written, and reads the same. */
#include <string.h>

#include "fuzz.h"
#include "fw-command.h"

static void
require_same (FwJsonReader *json, const char *key, gsize key_len, const FwCommand *command)
{
  g_autoptr (GString) text = g_string_new (NULL);
  FwCommand again;
  fw_command_write (command, "fuzz", text);
  FUZZ_REQUIRE (fw_command_read (json, key, key_len, text->str, text->len, &again)
                == FW_COMMAND_FOR_DEVICE);
  FUZZ_REQUIRE (again.kind == command->kind && again.ts_ms == command->ts_ms
                && again.expires_ts_ms == command->expires_ts_ms);
  FUZZ_REQUIRE (again.id_len == command->id_len
                && memcmp (again.id, command->id, command->id_len) == 0);
  FUZZ_REQUIRE (
      again.setpoint_c == command->setpoint_c
      || (command->setpoint_c != command->setpoint_c && again.setpoint_c != again.setpoint_c));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static FwJsonReader json;
  const guint8 *nul = len > 0 ? memchr (data, 0, len) : NULL;
  const char *key = (const char *) data;
  gsize key_len = nul ? (gsize) (nul - data) : len;
  const char *value = nul ? (const char *) nul + 1 : NULL;
  FwCommand command;
  if (!json.scratch)
    fw_json_reader_init (&json);
  FwCommandFate fate
      = fw_command_read (&json, key, key_len, value, nul ? len - key_len - 1 : 0, &command);
  if (fate == FW_COMMAND_FOR_DEVICE || fate == FW_COMMAND_WITHDRAWS)
    FUZZ_REQUIRE (fw_name_is_valid (command.fleet.data, command.fleet.len)
                  && fw_device_id_is_valid (command.device_id.data, command.device_id.len));
  if (fate == FW_COMMAND_FOR_DEVICE)
    require_same (&json, key, key_len, &command);
  return 0;
}
