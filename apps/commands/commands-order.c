/* SPDX-License-Identifier: Apache-2.0 */
#include "commands-order.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-i18n.h"

static gboolean
fail (GError **error, const char *format, const char *word)
{
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE, format, word);
  return FALSE;
}

static gboolean
read_setpoint (const char *word, double *ret_c, GError **error)
{
  char *end;

  *ret_c = word ? g_ascii_strtod (word, &end) : NAN;
  if (!word || end == word || *end != '\0' || !fw_field_takes (FW_FIELD_SETPOINT_C, *ret_c))
    return fail (error, _ ("'%s' is no temperature in degrees Celsius: set-point -18"),
                 word ? word : "");
  return TRUE;
}

/* set-point CELSIUS, or ping */
static gboolean
read_kind (char **words, FwCommand *command, GError **error)
{
  g_autofree char *word = g_strdup (words[0] ? words[0] : "");

  command->setpoint_c = NAN;
  if (!fw_command_kind_parse (g_strdelimit (word, "-", '_'), &command->kind))
    return fail (error, _ ("'%s' is no command for a device: set-point CELSIUS, or ping"),
                 words[0] ? words[0] : "");
  if (command->kind == FW_COMMAND_SET_POINT)
    return read_setpoint (words[1], &command->setpoint_c, error);
  return words[1] ? fail (error, _ ("Unexpected argument '%s'"), words[1]) : TRUE;
}

static gboolean
read_id (const CommandsOptions *options, FwCommand *command, GError **error)
{
  g_autofree char *made = options->command_id ? NULL : g_uuid_string_random ();
  const char *id = made ? made : options->command_id;

  if (strlen (id) > sizeof command->id)
    return fail (error, _ ("--command-id '%s' is too long"), id);
  command->id_len = (guint) strlen (id);
  memcpy (command->id, id, command->id_len);
  return TRUE;
}

/* As its readers will. */
static gboolean
check (const CommandsOrder *order, GError **error)
{
  FwJsonReader json;
  FwCommand command;
  FwCommandFate fate;

  fw_json_reader_init (&json);
  fate = fw_command_read (&json, order->key, strlen (order->key), order->value,
                          order->value ? strlen (order->value) : 0, &command);
  fw_json_reader_clear (&json);
  if (fate == FW_COMMAND_BAD_KEY)
    return fail (error, _ ("'%s' is no device: FLEET/DEVICE, such as default/7"), order->key);
  if (fate != FW_COMMAND_FOR_DEVICE && fate != FW_COMMAND_WITHDRAWS)
    return fail (error,
                 _ ("no reader would take '%s': --who and --command-id are 1 to 128 and 64 "
                    "bytes without control characters"),
                 order->value);
  return TRUE;
}

static gboolean
read_send (char **words, const CommandsOptions *options, gint64 now_ms, CommandsOrder *order,
           GError **error)
{
  FwCommand command = { .ts_ms = now_ms, .expires_ts_ms = now_ms + options->expires_ms };
  GString *value;

  if (!read_kind (words, &command, error) || !read_id (options, &command, error))
    return FALSE;
  value = g_string_new (NULL);
  fw_command_write (&command, options->who, value);
  order->value = g_string_free (value, FALSE);
  return TRUE;
}

gboolean
commands_order_read (char **words, const CommandsOptions *options, gint64 now_ms,
                     CommandsOrder *ret, GError **error)
{
  g_auto (CommandsOrder) order = { 0 };
  gboolean is_send = g_strcmp0 (words[0], "send") == 0;

  if (!is_send && g_strcmp0 (words[0], "withdraw") != 0)
    return fail (error, _ ("say what to do: fleetwire commands send or withdraw, not '%s'"),
                 words[0] ? words[0] : "");
  order.key = words[1] ? words[1] : "";
  if (is_send && words[1] && !read_send (words + 2, options, now_ms, &order, error))
    return FALSE;
  if (!is_send && words[1] && words[2])
    return fail (error, _ ("Unexpected argument '%s'"), words[2]);
  if (!check (&order, error))
    return FALSE;
  *ret = order;
  order.value = NULL;
  return TRUE;
}

void
commands_order_clear (CommandsOrder *order)
{
  g_clear_pointer (&order->value, g_free);
}
