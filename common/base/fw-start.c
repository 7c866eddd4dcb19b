/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-start.h"

#include <string.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-nearest.h"
#include "fw-i18n.h"

#define SHARED_SECTION "kafka"

/* Rows behind the first N_COMMON_IN_FILE are for the command line only. */
static const FwOption common_rows[] = {
  { "log", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (FwCommon, log), 0, 0, "*:info", NULL,
    "FLEETWIRE_LOG", N_ ("General"), "TOPIC:LEVEL,...",
    N_ ("What to log: error, warn, info, debug or trace, by topic; the first match counts") },
  { "log-format", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (FwCommon, log_format), 0, 0, "text", NULL,
    "FLEETWIRE_LOG_FORMAT", N_ ("General"), "text|json", N_ ("How to log") },
  { "config", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (FwCommon, config), 0, 0, NULL, NULL, NULL,
    N_ ("General"), "FILE",
    N_ ("Read this configuration file instead of those in /etc and the home folder") },
  { "dump-config", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (FwCommon, dump_config), 0, 0, NULL, NULL,
    NULL, N_ ("General"), NULL,
    N_ ("Print the configuration in force, and where each value came from") },
  { "help", 'h', FW_OPTION_FLAG, G_STRUCT_OFFSET (FwCommon, help), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, N_ ("Print this help") },
  { "version", 'V', FW_OPTION_FLAG, G_STRUCT_OFFSET (FwCommon, version), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, N_ ("Print the versions of Fleetwire and of its libraries") },
  { "man", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (FwCommon, man), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, NULL },
  { "reference", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (FwCommon, reference), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, NULL },
  { "sample", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (FwCommon, sample), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, NULL },
  { 0 },
};
#define N_COMMON_IN_FILE 2

static void
given_free (gpointer data)
{
  FwGiven *given = data;

  g_free (given->text);
  g_free (given);
}

static void
add_rows (FwStart *start, const FwOption *rows, gpointer target, const char *place)
{
  for (guint i = 0; rows != NULL && rows[i].name != NULL; i++)
    {
      gboolean is_shared = g_strcmp0 (rows[i].section, SHARED_SECTION) == 0;
      gboolean is_action = rows == common_rows && i >= N_COMMON_IN_FILE;
      FwOptionSlot slot = { &rows[i], target,
                            is_action   ? NULL
                            : is_shared ? SHARED_SECTION
                                        : place };

      g_assert (rows[i].section != NULL);
      g_array_append_val (start->slots, slot);
    }
}

void
fw_start_init (FwStart *start, const FwProgram *program, gpointer target)
{
  *start = (FwStart){ .program = program };
  start->slots = g_array_new (FALSE, TRUE, sizeof (FwOptionSlot));
  start->given = g_ptr_array_new_with_free_func (given_free);
  start->config = fw_config_new ();
  add_rows (start, program->options, target, program->name);
  add_rows (start, program->more, target, program->name);
  add_rows (start, common_rows, &start->common, program->name);
}

void
fw_start_clear (FwStart *start)
{
  for (guint i = 0; i < start->slots->len; i++)
    fw_option_slot_clear (fw_start_slot (start, i));
  for (guint i = 0; common_rows[i].name != NULL; i++)
    fw_option_free_value (&common_rows[i], &start->common);
  g_array_unref (start->slots);
  g_ptr_array_unref (start->given);
  fw_config_free (start->config);
}

char *
fw_start_typed_name (const FwOption *row)
{
  return g_strconcat (row->name, row->type == FW_OPTION_SECRET ? "-file" : "", NULL);
}

FwOptionSlot *
fw_start_find (const FwStart *start, const char *name, gboolean *ret_is_no)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = fw_start_slot (start, i);
      g_autofree char *typed = fw_start_typed_name (slot->row);
      *ret_is_no = FALSE;
      if (g_str_equal (name, typed))
        return slot;
      *ret_is_no = TRUE;
      if (slot->row->type == FW_OPTION_FLAG && g_str_has_prefix (name, "no-")
          && g_str_equal (name + 3, typed))
        return slot;
    }
  return NULL;
}

FwOptionSlot *
fw_start_find_letter (const FwStart *start, char letter)
{
  for (guint i = 0; i < start->slots->len; i++)
    if (fw_start_slot (start, i)->row->short_name == letter)
      return fw_start_slot (start, i);
  return NULL;
}

char *
fw_start_suggestion (const FwStart *start, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < start->slots->len; i++)
    if (fw_start_slot (start, i)->row->help != NULL)
      g_ptr_array_add (names, fw_start_typed_name (fw_start_slot (start, i)->row));
  g_ptr_array_add (names, NULL);
  return g_strdup (fw_nearest_word (name, (const char *const *) names->pdata));
}

gboolean
fw_start_fail_unknown (const FwStart *start, const char *dashes, const char *name, GError **error)
{
  g_autofree char *safe = fw_log_escape (name, -1);
  g_autofree char *nearest = fw_start_suggestion (start, name);

  if (nearest != NULL && g_str_equal (dashes, "--"))
    g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("Unknown option '--%s'; did you mean '--%s'?"),
                 safe, nearest);
  else
    g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                 _ ("Unknown option '%s%s'; 'fleetwire %s --help' lists them"), dashes, safe,
                 start->program->name);
  return FALSE;
}
