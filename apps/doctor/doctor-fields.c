/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-fields.h"

#include <string.h>

#include "doctor-guess.h"
#include "fw-log.h"
#include "fw-mapping.h"
#include "fw-i18n.h"

#define OWN_FIELDS_MAX 16
#define OWN_NAME_BYTES_MAX 32

static void append_remark (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append_remark (GString *out, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *safe = fw_log_escape (text, -1);
  g_string_append_printf (out, "# %s\n", safe);
}

static void
append_heading (GString *out, const Sniff *sniff, const char *topic)
{
  guint n = sniff->n_objects + sniff->n_empty + sniff->n_other;

  append_remark (
      out,
      ngettext ("%u record of '%s' (JSON objects: %u, without a value: %u, of another kind: %u)",
                "%u records of '%s' (JSON objects: %u, without a value: %u, of another kind: %u)",
                n),
      n, topic, sniff->n_objects, sniff->n_empty, sniff->n_other);
  if (sniff->n_framed > 0)
    append_remark (out,
                   _ ("%u begin like a schema registry's Avro or Protobuf, which cannot be read"),
                   sniff->n_framed);
  if (sniff->n_paths_left_out > 0)
    append_remark (out, _ ("there are more than %u keys; the rest was not looked at"),
                   (guint) SNIFF_PATHS_MAX);
}

static void
append_known (GString *out, const Sniff *sniff)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < sniff->paths->len; i++)
    {
      const SniffPath *path = sniff->paths->pdata[i];
      if (guess_is_known (path))
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", path->path);
    }
  if (names->len > 0)
    append_remark (out, _ ("known without a mapping: %s"), names->str);
  else
    append_remark (out, _ ("no key is known without a mapping"));
}

static void
append_guesses (GString *out, const GArray *guesses)
{
  g_string_append (out, "[fields]\n");
  for (guint i = 0; i < guesses->len; i++)
    {
      const Guess *guess = &g_array_index (guesses, Guess, i);
      g_autofree char *line = guess_line (guess);
      if (guess->remark != NULL)
        append_remark (out, "%s", guess->remark);
      g_string_append_printf (out, "%s\n", line);
    }
}

/* "batteryVoltage" -> "battery_voltage"; NULL when nothing is left. */
static char *
own_name (const char *path)
{
  const char *dot = strrchr (path, '.');
  GString *name = g_string_new (NULL);

  for (const char *at = dot != NULL ? dot + 1 : path; *at != '\0' && name->len < OWN_NAME_BYTES_MAX;
       at++)
    {
      if (g_ascii_isupper (*at) && name->len > 0 && name->str[name->len - 1] != '_'
          && !g_ascii_isupper (at[-1]))
        g_string_append_c (name, '_');
      if (g_ascii_isalpha (*at) || (g_ascii_isdigit (*at) && name->len > 0))
        g_string_append_c (name, g_ascii_tolower (*at));
      else if (name->len > 0 && name->str[name->len - 1] != '_')
        g_string_append_c (name, '_');
    }
  while (name->len > 0 && name->str[name->len - 1] == '_')
    g_string_truncate (name, name->len - 1);
  g_string_truncate (name, MIN (name->len, OWN_NAME_BYTES_MAX));
  return g_string_free (name, name->len == 0);
}

static gboolean
is_guessed (const GArray *guesses, const SniffPath *path)
{
  for (guint i = 0; i < guesses->len; i++)
    if (g_array_index (guesses, Guess, i).path == path)
      return TRUE;
  return FALSE;
}

static gboolean
is_name_free (const char *name, const GPtrArray *own)
{
  return name != NULL && own->len < OWN_FIELDS_MAX
         && fw_field_find (name, strlen (name)) == FW_FIELD_NONE
         && !g_ptr_array_find_with_equal_func ((GPtrArray *) own, name, g_str_equal, NULL);
}

/* A measure, not a number that names something. */
static gboolean
is_measure (const SniffPath *path)
{
  return path->n_numbers == path->n && !g_str_has_suffix (path->word, "id");
}

/* Numbers that are nobody's yet can become fields of one's own; they are shown as remarks. */
static void
append_rest (GString *out, const Sniff *sniff, const GArray *guesses)
{
  g_autoptr (GString) unused = g_string_new (NULL);
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sniff->paths->len; i++)
    {
      const SniffPath *path = sniff->paths->pdata[i];
      g_autofree char *name = own_name (path->path);
      if (guess_is_known (path) || is_guessed (guesses, path))
        continue;
      if (!is_measure (path) || !is_name_free (name, own))
        {
          g_string_append_printf (unused, "%s%s", unused->len > 0 ? ", " : "", path->path);
          continue;
        }
      if (own->len == 0)
        append_remark (out, _ ("Numbers that could be fields of your own: take away the '#', add "
                               "[unit] and min..max."));
      append_remark (out, "%s = %s", name, path->path);
      g_ptr_array_add (own, g_steal_pointer (&name));
    }
  if (unused->len > 0)
    append_remark (out, _ ("Not used: %s"), unused->str);
}

static FwMapping *
mapping_of_guesses (const GArray *guesses)
{
  FwMapping *mapping = fw_mapping_new ();

  for (guint i = 0; i < guesses->len; i++)
    {
      const Guess *guess = &g_array_index (guesses, Guess, i);
      g_autofree char *source = guess_source (guess);
      g_autoptr (GError) error = NULL;
      if (!fw_mapping_add (mapping, guess->target, source, &error))
        g_error ("A guess that cannot be mapped: %s", error->message);
    }
  return mapping;
}

/* Reads the records with the guesses as any reader would, and says what came of it. */
static void
append_trial (GString *out, const Sniff *sniff, const GArray *guesses)
{
  g_autoptr (FwMapping) mapping = mapping_of_guesses (guesses);
  g_autoptr (FwEventReader) reader = fw_event_reader_new (mapping);
  const FwEventCounts *counts = fw_event_reader_counts (reader);
  guint n_read = 0;

  for (guint i = 0; i < sniff->records->len; i++)
    {
      gsize len;
      const char *value = g_bytes_get_data (sniff->records->pdata[i], &len);
      FwEvent ev;
      n_read += fw_event_read (reader, value, len, &ev) == FW_REJECT_NONE;
    }
  append_remark (out,
                 guesses->len > 0 ? _ ("with this section %u of %u are read")
                                  : _ ("as they stand, %u of %u are read"),
                 n_read, sniff->records->len);
  for (guint i = 1; i < FW_N_REJECTS; i++)
    if (counts->rejects[i] > 0)
      append_remark (out, _ ("refused: %u (%s)"), (guint) counts->rejects[i], fw_reject_names[i]);
  for (guint i = 0; i < FW_N_DROPS; i++)
    if (counts->drops[i] > 0)
      append_remark (out, _ ("values dropped: %u (%s)"), (guint) counts->drops[i],
                     fw_drop_names[i]);
}

static gboolean
has_device_id (const Sniff *sniff, const GArray *guesses)
{
  if (guesses->len > 0 && g_str_equal (g_array_index (guesses, Guess, 0).target, "device_id"))
    return TRUE;
  for (guint i = 0; i < sniff->paths->len; i++)
    if (g_str_equal (((const SniffPath *) sniff->paths->pdata[i])->path, "device_id"))
      return TRUE;
  return FALSE;
}

char *
fields_report (const Sniff *sniff, const char *topic)
{
  g_autoptr (GArray) guesses = guess_fields (sniff);
  GString *out = g_string_new (NULL);

  append_heading (out, sniff, topic);
  if (sniff->n_objects == 0)
    return g_string_free (out, FALSE);
  append_known (out, sniff);
  if (!has_device_id (sniff, guesses))
    append_remark (out, _ ("No key looks like a device's name. Without one nothing can be read: "
                           "add 'device_id = KEY'."));
  append_trial (out, sniff, guesses);
  if (guesses->len == 0)
    append_remark (out, _ ("There is nothing to map."));
  else
    append_guesses (out, guesses);
  append_rest (out, sniff, guesses);
  return g_string_free (out, FALSE);
}
