/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-command.h"

#include <math.h>
#include <string.h>

#include "fw-text.h"

/* 10^11: March 1973 in milliseconds, the year 5138 in seconds. */
#define TS_MIN_MS G_GINT64_CONSTANT (100000000000)
#define TS_MAX_MS ((G_GINT64_CONSTANT (1) << 53) - 1)

const char *const fw_command_fate_names[FW_COMMAND_N_FATES + 1] = {
  [FW_COMMAND_FOR_DEVICE] = "for_device",
  [FW_COMMAND_WITHDRAWS] = "withdraws",
  [FW_COMMAND_FOR_OPERATORS] = "for_operators",
  [FW_COMMAND_UNKNOWN] = "unknown",
  [FW_COMMAND_NOT_JSON] = "not_json",
  [FW_COMMAND_BAD_MEMBER] = "bad_member",
  [FW_COMMAND_BAD_KEY] = "bad_key",
  [FW_COMMAND_IDENTITY] = "identity",
  [FW_COMMAND_TOO_LARGE] = "too_large",
  [FW_COMMAND_LATE] = "late",
};

static const char *const device_words[FW_COMMAND_N_KINDS] = { "set_point", "ping" };
static const char *const operator_words[] = { "acknowledge", "assign", "shelve", "note" };

typedef struct
{
  FwJsonReader *json;
  FwCommand *command;
  guint given;        /* members, by their bit */
  guint bad;          /* those of them that cannot be */
  gboolean is_theirs; /* for operators */
  gboolean is_known;
  gboolean is_other; /* the value names somebody else than the key */
} Reading;

static gboolean
is_word (const Reading *reading, const char *const *words, guint n, guint *ret_index)
{
  int index = fw_text_index (reading->json->text, reading->json->text_len, words, sizeof *words, n);
  *ret_index = (guint) MAX (index, 0);
  return index >= 0;
}

static gboolean
is_text (const Reading *reading, FwJsonToken token, gsize max)
{
  const FwJsonReader *json = reading->json;
  return token == FW_JSON_STRING && json->text_len >= 1 && json->text_len <= max
         && !fw_text_has_control (json->text, json->text_len);
}

static gboolean
take_id (Reading *reading, FwJsonToken token)
{
  if (!is_text (reading, token, FW_COMMAND_ID_MAX_BYTES))
    return FALSE;
  reading->command->id_len = (guint) reading->json->text_len;
  memcpy (reading->command->id, reading->json->text, reading->json->text_len);
  return TRUE;
}

static gboolean
take_command (Reading *reading, FwJsonToken token)
{
  guint index;
  if (!is_text (reading, token, FW_NAME_MAX_BYTES))
    return FALSE;
  reading->is_theirs = is_word (reading, operator_words, G_N_ELEMENTS (operator_words), &index);
  reading->is_known = is_word (reading, device_words, G_N_ELEMENTS (device_words), &index);
  reading->command->kind = (FwCommandKind) index;
  return TRUE;
}

static gboolean
take_who (Reading *reading, FwJsonToken token)
{
  return is_text (reading, token, FW_COMMAND_WHO_MAX_BYTES);
}

static gboolean
take_time (Reading *reading, FwJsonToken token, gint64 *ret_ms)
{
  return token == FW_JSON_NUMBER && fw_json_integer (reading->json, ret_ms) && *ret_ms >= TS_MIN_MS
         && *ret_ms <= TS_MAX_MS;
}

static gboolean
take_ts (Reading *reading, FwJsonToken token)
{
  return take_time (reading, token, &reading->command->ts_ms);
}

static gboolean
take_expires (Reading *reading, FwJsonToken token)
{
  return take_time (reading, token, &reading->command->expires_ts_ms);
}

static gboolean
take_setpoint (Reading *reading, FwJsonToken token)
{
  if (token != FW_JSON_NUMBER)
    return FALSE;
  reading->command->setpoint_c = fw_json_number (reading->json);
  return fw_field_takes (FW_FIELD_SETPOINT_C, reading->command->setpoint_c);
}

static gboolean
take_name (Reading *reading, gboolean is_name, FwText key)
{
  const FwJsonReader *json = reading->json;
  gboolean is_same
      = is_name && json->text_len == key.len && memcmp (json->text, key.data, key.len) == 0;
  reading->is_other |= !is_same;
  return TRUE;
}

static gboolean
take_fleet (Reading *reading, FwJsonToken token)
{
  return take_name (reading, token == FW_JSON_STRING, reading->command->fleet);
}

static gboolean
take_device_id (Reading *reading, FwJsonToken token)
{
  return take_name (reading, token == FW_JSON_STRING || token == FW_JSON_NUMBER,
                    reading->command->device_id);
}

enum
{
  COMMAND_ID,
  COMMAND,
  WHO,
  TS_MS,
  EXPIRES_TS_MS,
  SETPOINT_C,
};
#define NEEDED (1u << COMMAND_ID | 1u << COMMAND | 1u << WHO | 1u << TS_MS | 1u << EXPIRES_TS_MS)

static const struct
{
  const char *name;
  gboolean (*take) (Reading *reading, FwJsonToken token);
} members[] = {
  [COMMAND_ID] = { "command_id", take_id },
  [COMMAND] = { "command", take_command },
  [WHO] = { "who", take_who },
  [TS_MS] = { "ts_ms", take_ts },
  [EXPIRES_TS_MS] = { "expires_ts_ms", take_expires },
  [SETPOINT_C] = { "setpoint_c", take_setpoint },
  { "fleet", take_fleet },
  { "device_id", take_device_id },
};

/* FALSE: this is no JSON, or the member was there before. */
static gboolean
take_member (Reading *reading)
{
  FwJsonReader *json = reading->json;
  int i = fw_text_index (json->text, json->text_len, &members[0].name, sizeof members[0],
                         G_N_ELEMENTS (members));
  FwJsonToken token = fw_json_next (json);
  if (i >= 0 && reading->given & 1u << i)
    return FALSE;
  if (i >= 0)
    {
      reading->given |= 1u << i;
      reading->bad |= members[i].take (reading, token) ? 0 : 1u << i;
    }
  return fw_json_skip (json, token);
}

static gboolean
read_members (Reading *reading, const char *value, gsize len)
{
  FwJsonReader *json = reading->json;
  FwJsonToken token;
  fw_json_reader_start (json, value, len);
  if (len > FW_JSON_MAX_BYTES || fw_json_next (json) != FW_JSON_OBJECT_BEGIN)
    return FALSE;
  while ((token = fw_json_next (json)) == FW_JSON_KEY)
    if (!take_member (reading))
      return FALSE;
  return token == FW_JSON_OBJECT_END && fw_json_next (json) == FW_JSON_END;
}

static gboolean
read_key (const char *key, gsize len, FwCommand *ret)
{
  const char *slash = key ? memchr (key, '/', len) : NULL;
  if (!slash)
    return FALSE;
  ret->fleet = (FwText){ key, (guint) (slash - key) };
  ret->device_id = (FwText){ slash + 1, (guint) (key + len - slash - 1) };
  return fw_name_is_valid (ret->fleet.data, ret->fleet.len)
         && fw_device_id_is_valid (ret->device_id.data, ret->device_id.len);
}

FwCommandFate
fw_command_read (FwJsonReader *reader, const char *key, gsize key_len, const char *value, gsize len,
                 FwCommand *ret)
{
  Reading reading = { .json = reader, .command = ret };
  ret->id_len = 0;
  ret->fleet = ret->device_id = (FwText){ "", 0 };
  ret->setpoint_c = NAN;
  gboolean is_addressed = read_key (key, key_len, ret);
  if (!value)
    return is_addressed ? FW_COMMAND_WITHDRAWS : FW_COMMAND_BAD_KEY;
  if (!read_members (&reading, value, len))
    return FW_COMMAND_NOT_JSON;
  if (reading.is_theirs)
    return FW_COMMAND_FOR_OPERATORS;
  if (!(reading.given & 1u << COMMAND) || reading.bad & 1u << COMMAND)
    return FW_COMMAND_BAD_MEMBER;
  if (!reading.is_known)
    return FW_COMMAND_UNKNOWN;
  if (!is_addressed)
    return FW_COMMAND_BAD_KEY;
  if (reading.is_other)
    return FW_COMMAND_IDENTITY;
  guint needed = NEEDED | (ret->kind == FW_COMMAND_SET_POINT ? 1u << SETPOINT_C : 0);
  return reading.bad || (reading.given & needed) != needed ? FW_COMMAND_BAD_MEMBER
                                                           : FW_COMMAND_FOR_DEVICE;
}

gboolean
fw_command_kind_parse (const char *word, FwCommandKind *ret)
{
  int index
      = fw_text_index (word, strlen (word), device_words, sizeof *device_words, FW_COMMAND_N_KINDS);
  *ret = (FwCommandKind) MAX (index, 0);
  return index >= 0;
}

void
fw_command_write (const FwCommand *command, const char *who, GString *out)
{
  g_string_append (out, "{\"command_id\":");
  fw_json_put_string (out, command->id, command->id_len);
  g_string_append_printf (out, ",\"command\":\"%s\",\"who\":", device_words[command->kind]);
  fw_json_put_string (out, who, strlen (who));
  fw_json_put_int (g_string_append (out, ",\"ts_ms\":"), command->ts_ms);
  fw_json_put_int (g_string_append (out, ",\"expires_ts_ms\":"), command->expires_ts_ms);
  if (!isnan (command->setpoint_c))
    fw_json_put_number (g_string_append (out, ",\"setpoint_c\":"), command->setpoint_c);
  g_string_append_c (out, '}');
}
