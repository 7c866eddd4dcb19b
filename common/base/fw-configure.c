/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-config.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-start.h"
#include "fw-i18n.h"

#define SYSTEM_CONFIG FW_SYSCONF_DIR "/fleetwire.conf"
#define SECRET_BYTES_MAX 65536

/* The first line of a file. */
static char *
read_secret (const char *path, GError **error)
{
  gboolean is_private;
  gsize len;
  g_autofree char *text = fw_config_load (path, SECRET_BYTES_MAX, &len, &is_private, error);

  if (text == NULL)
    return NULL;
  text[strcspn (text, "\r\n")] = '\0';
  if (*text == '\0')
    {
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("The secret in '%s' is empty"), path);
      return NULL;
    }
  return g_steal_pointer (&text);
}

static gboolean
assign (FwOptionSlot *slot, const char *text, FwOptionOrigin origin, const char *where,
        gboolean is_secret_file, GError **error)
{
  g_autofree char *secret = NULL;

  if (is_secret_file)
    {
      secret = read_secret (text, error);
      if (secret == NULL)
        return FALSE;
      text = secret;
    }
  return fw_option_assign (slot, text, origin, where, error);
}

gboolean
fw_start_apply_defaults (FwStart *start, GError **error)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = fw_start_slot (start, i);
      const char *text = slot->row->default_value;
      if (text != NULL && !fw_option_assign (slot, text, FW_ORIGIN_DEFAULT, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_if_present (FwConfig *config, const char *path, GError **error)
{
  return !g_file_test (path, G_FILE_TEST_EXISTS) || fw_config_read (config, path, error);
}

static gboolean
read_files (FwStart *start, GError **error)
{
  for (guint i = start->given->len; i-- > 0;)
    {
      const FwGiven *given = start->given->pdata[i];
      if (g_str_equal (given->slot->row->name, "config") && given->slot->target == &start->common)
        return fw_config_read (start->config, given->text, error);
    }
  g_autofree char *own
      = g_build_filename (g_get_user_config_dir (), "fleetwire", "fleetwire.conf", NULL);
  return read_if_present (start->config, SYSTEM_CONFIG, error)
         && read_if_present (start->config, own, error);
}

static gboolean
apply_entry (FwOptionSlot *slot, FwConfigEntry *entry, gboolean is_secret_file, GError **error)
{
  if (entry == NULL)
    return TRUE;
  entry->is_option = TRUE;
  g_autofree char *where = g_strdup_printf (_ ("line %u of '%s'"), entry->line, entry->path);
  if (slot->row->type == FW_OPTION_SECRET && !is_secret_file && !entry->is_private)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                   _ ("The secret '%s' from %s can be read by others: run 'chmod 600' on the file, "
                      "or write '%s-file = PATH' instead"),
                   slot->row->name, where, slot->row->name);
      return FALSE;
    }
  return assign (slot, entry->value, FW_ORIGIN_FILE, where, is_secret_file, error);
}

/* The program's own section holds nothing but its options. */
static gboolean
refuse_unknown_keys (const FwStart *start, GError **error)
{
  const GPtrArray *entries = fw_config_entries (start->config);

  for (guint i = 0; i < entries->len; i++)
    {
      const FwConfigEntry *entry = entries->pdata[i];
      gboolean is_mine = g_str_equal (entry->section, start->program->name);
      if (entry->is_option || (!is_mine && *entry->section != '\0'))
        continue;
      g_autofree char *safe = fw_log_escape (entry->key, -1);
      g_autofree char *nearest = fw_start_suggestion (start, entry->key);
      if (!is_mine)
        g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                     _ ("%s:%u: '%s' stands before the first [section]"), entry->path, entry->line,
                     safe);
      else if (nearest != NULL)
        g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                     _ ("%s:%u: unknown option '%s'; did you mean '%s'?"), entry->path, entry->line,
                     safe, nearest);
      else
        g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                     _ ("%s:%u: unknown option '%s'; 'fleetwire %s --help' lists them"),
                     entry->path, entry->line, safe, start->program->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
apply_files (FwStart *start, GError **error)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = fw_start_slot (start, i);
      if (slot->place == NULL)
        continue;
      if (!apply_entry (slot, fw_config_find (start->config, slot->place, slot->row->name), FALSE,
                        error))
        return FALSE;
      if (slot->row->type != FW_OPTION_SECRET)
        continue;
      g_autofree char *file_key = fw_start_typed_name (slot->row);
      if (!apply_entry (slot, fw_config_find (start->config, slot->place, file_key), TRUE, error))
        return FALSE;
    }
  return refuse_unknown_keys (start, error);
}

static gboolean
apply_variable (FwOptionSlot *slot, const char *variable, gboolean is_secret_file, GError **error)
{
  const char *text = g_getenv (variable);

  if (text == NULL)
    return TRUE;
  g_autofree char *where = g_strdup_printf (_ ("the environment (%s)"), variable);
  return assign (slot, text, FW_ORIGIN_ENVIRONMENT, where, is_secret_file, error);
}

static gboolean
apply_environment (FwStart *start, GError **error)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = fw_start_slot (start, i);
      if (slot->row->env == NULL)
        continue;
      if (!apply_variable (slot, slot->row->env, FALSE, error))
        return FALSE;
      if (slot->row->type != FW_OPTION_SECRET)
        continue;
      g_autofree char *file_variable = g_strconcat (slot->row->env, "_FILE", NULL);
      if (!apply_variable (slot, file_variable, TRUE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_command_line (FwStart *start, GError **error)
{
  for (guint i = 0; i < start->given->len; i++)
    {
      const FwGiven *given = start->given->pdata[i];
      gboolean is_secret_file = given->slot->row->type == FW_OPTION_SECRET;
      if (!assign (given->slot, given->text, FW_ORIGIN_COMMAND_LINE, _ ("the command line"),
                   is_secret_file, error))
        return FALSE;
    }
  return TRUE;
}

static FwErrorCode
code_of_origin (const FwStart *start, const char *name)
{
  gboolean is_no;

  return fw_start_find (start, name, &is_no)->origin == FW_ORIGIN_COMMAND_LINE ? FW_ERROR_USAGE
                                                                               : FW_ERROR_CONFIG;
}

static gboolean
check_log (const FwStart *start, GError **error)
{
  const FwCommon *common = &start->common;

  if (!fw_log_spec_is_valid (common->log))
    {
      g_autofree char *safe = fw_log_escape (common->log, -1);
      g_set_error (error, FW_ERROR, code_of_origin (start, "log"),
                   _ ("Option 'log' is '%s', but must be a list such as 'relay-*:debug,*:info' "
                      "with the levels error, "
                      "warn, info, debug and trace"),
                   safe);
      return FALSE;
    }
  if (!g_str_equal (common->log_format, "text") && !g_str_equal (common->log_format, "json"))
    {
      g_autofree char *safe = fw_log_escape (common->log_format, -1);
      g_set_error (error, FW_ERROR, code_of_origin (start, "log-format"),
                   _ ("Option 'log-format' is '%s', but must be 'text' or 'json'"), safe);
      return FALSE;
    }
  return TRUE;
}

gboolean
fw_start_configure (FwStart *start, GError **error)
{
  return fw_start_apply_defaults (start, error) && read_files (start, error)
         && apply_files (start, error) && apply_environment (start, error)
         && apply_command_line (start, error) && check_log (start, error);
}
