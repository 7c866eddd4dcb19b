/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <string.h>

#include "fw-nearest.h"
#include "fw-text.h"

/* Names that are no fields. The first row of a subject is its name, others are aliases. */
static const struct
{
  const char *name;
  guint subject;
} names[] = {
  { "fleet", SUBJECT_FLEET },         { "device_id", SUBJECT_DEVICE_ID },
  { "id", SUBJECT_DEVICE_ID },        { "age", SUBJECT_AGE },
  { "status", SUBJECT_STATUS },       { "severity", SUBJECT_SEVERITY },
  { "reason", SUBJECT_REASON },       { "reasons", SUBJECT_REASON },
  { "clock_bad", SUBJECT_CLOCK_BAD },
};

/* What the language will say one day (rules and assets), so that nobody takes it for an id. */
static const char *const words_for_later[] = { "late", "late_s", "label", "place" };

static const char *const other_words[] = { "stale", "has", "near", "not", "and", "or", "in" };

guint
subject_find (const char *name, gsize len)
{
  int i = fw_text_index (name, len, &names[0].name, sizeof *names, G_N_ELEMENTS (names));
  guint field = i < 0 ? fw_field_find_for_query (name, len) : FW_FIELD_NONE;
  return i >= 0 ? names[i].subject : field == FW_FIELD_NONE ? SUBJECT_NONE : field;
}

static SubjectInfo
field_info (guint id)
{
  const FwField *field = fw_field (id);
  SubjectInfo info = { .name = field->name, .unit = field->unit, .is_field = TRUE };
  switch (field->type)
    {
    case FW_FIELD_BOOL:
      info.kind = VALUE_BOOL;
      break;
    case FW_FIELD_STRING:
      info.kind = VALUE_STRING;
      break;
    default:
      info.kind = VALUE_NUMBER;
      info.has_order = TRUE;
    }
  return info;
}

SubjectInfo
subject_info (guint subject)
{
  switch (subject)
    {
    case SUBJECT_FLEET:
      return (SubjectInfo){ "fleet", VALUE_STRING, "", FALSE, FALSE, FALSE };
    case SUBJECT_DEVICE_ID:
      return (SubjectInfo){ "device_id", VALUE_STRING, "", FALSE, FALSE, FALSE };
    case SUBJECT_AGE:
      return (SubjectInfo){ "age", VALUE_NUMBER, "ms", TRUE, TRUE, FALSE };
    case SUBJECT_STATUS:
      return (SubjectInfo){ "status", VALUE_WORD, "", FALSE, TRUE, FALSE };
    case SUBJECT_SEVERITY:
      return (SubjectInfo){ "severity", VALUE_WORD, "", TRUE, TRUE, FALSE };
    case SUBJECT_REASON:
      return (SubjectInfo){ "reason", VALUE_WORD, "", FALSE, TRUE, FALSE };
    case SUBJECT_CLOCK_BAD:
      return (SubjectInfo){ "clock_bad", VALUE_BOOL, "", FALSE, FALSE, FALSE };
    default:
      return field_info (subject);
    }
}

gboolean
subject_is_for_later (Word word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words_for_later); i++)
    if (lex_is (word, words_for_later[i]))
      return TRUE;
  return FALSE;
}

const char *
subject_nearest (Word word)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_autofree char *copy = g_strndup (word.data, MIN (word.len, 64));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (known, (gpointer) names[i].name);
  for (guint i = 0; i < fw_field_n (); i++)
    {
      const FwField *field = fw_field (i);
      const char *const each[] = { field->name, field->alias, field->short_name };
      for (guint j = 0; j < G_N_ELEMENTS (each); j++)
        if (each[j])
          g_ptr_array_add (known, (gpointer) each[j]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (other_words); i++)
    g_ptr_array_add (known, (gpointer) other_words[i]);
  g_ptr_array_add (known, NULL);
  return fw_nearest_word (copy, (const char *const *) known->pdata);
}

static guint
n_words (guint subject)
{
  return subject == SUBJECT_STATUS     ? FW_N_STATUS
         : subject == SUBJECT_SEVERITY ? FW_SEVERITY_CRITICAL + 1
                                       : FW_N_REASONS;
}

const char *
subject_word (guint subject, double value)
{
  if (subject == SUBJECT_STATUS)
    return fw_status_name ((FwStatus) value);
  return subject == SUBJECT_SEVERITY ? fw_severity_name ((FwSeverity) value)
                                     : fw_reason_name ((FwReason) value);
}

gboolean
subject_find_word (guint subject, const char *word, gsize len, double *ret_value)
{
  for (guint value = 0; value < n_words (subject); value++)
    {
      const char *name = subject_word (subject, value);
      if (strlen (name) == len && g_ascii_strncasecmp (name, word, len) == 0)
        {
          *ret_value = value;
          return TRUE;
        }
    }
  return FALSE;
}

char *
subject_words_list (guint subject)
{
  GString *list = g_string_new (NULL);
  for (guint value = 0; value < n_words (subject); value++)
    g_string_append_printf (list, "%s%s", value > 0 ? ", " : "", subject_word (subject, value));
  return g_string_free (list, FALSE);
}
