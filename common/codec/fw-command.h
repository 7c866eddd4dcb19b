/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
#include "fw-json.h"
/* fw-command: one record of fleet.commands (docs/protocol.md, Commands), as far as a device is meant.
 *   key    fleet/device_id: whom it addresses
 *   value  {"command_id", "command", "who", "ts_ms", "expires_ts_ms", "setpoint_c"}; null withdraws what is open
 * Promises: strict; every record has one fate; members that it does not know stand. Fuzzed.
 * Does not: look at a clock. Threads: one owner per JSON reader. */
#define FW_COMMAND_ID_MAX_BYTES 64
#define FW_COMMAND_WHO_MAX_BYTES 128

typedef enum { FW_COMMAND_SET_POINT, FW_COMMAND_PING, FW_COMMAND_N_KINDS } FwCommandKind;

typedef enum
{
  FW_COMMAND_FOR_DEVICE,
  FW_COMMAND_WITHDRAWS,     /* all that is open for this device; only fleet and device_id are set */
  FW_COMMAND_FOR_OPERATORS, /* acknowledge, assign, shelve, note: nothing else was looked at */
  FW_COMMAND_UNKNOWN,       /* a word of some later version */
  FW_COMMAND_NOT_JSON,      /* or no object, or a member given twice */
  FW_COMMAND_BAD_MEMBER,    /* missing, of the wrong type or out of range */
  FW_COMMAND_BAD_KEY,       /* addresses no device */
  FW_COMMAND_IDENTITY,      /* the value names another fleet or device than the key */
  FW_COMMAND_TOO_LARGE, FW_COMMAND_LATE, /* said by who has a limit and a clock, not by fw_command_read */
  FW_COMMAND_N_FATES,
} FwCommandFate;
extern const char *const fw_command_fate_names[FW_COMMAND_N_FATES + 1]; /* the metrics' label values */

typedef struct
{
  FwText fleet, device_id; /* borrowed from the key */
  FwCommandKind kind;
  gint64 ts_ms, expires_ts_ms;
  double setpoint_c;       /* NAN: none */
  guint id_len;
  char id[FW_COMMAND_ID_MAX_BYTES];
} FwCommand;

/* key, value: NULL = null. *ret holds what its fate says. */
FwCommandFate fw_command_read (FwJsonReader *reader, const char *key, gsize key_len, const char *value, gsize len, FwCommand *ret);
/* A word of a command for devices; FALSE: there is none such. */
gboolean      fw_command_kind_parse (const char *word, FwCommandKind *ret);
/* Appends the value. who: UTF-8 without control characters, 1 .. FW_COMMAND_WHO_MAX_BYTES. */
void          fw_command_write (const FwCommand *command, const char *who, GString *out);
