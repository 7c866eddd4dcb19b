/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-sniff.h"

#include <string.h>

#include "fw-json.h"
#include "fw-log.h"
#include "fw-time.h"

#define SAMPLE_BYTES_MAX 40
#define REGISTRY_PREFIX_BYTES 5

static void
path_free (gpointer data)
{
  SniffPath *path = data;

  g_free (path->path);
  g_free (path->word);
  g_free (path->parent);
  g_free (path->sample);
  g_free (path);
}

static char *
word_of_part (const char *part)
{
  GString *word = g_string_new (NULL);

  for (; *part != '\0'; part++)
    if (g_ascii_isalnum (*part))
      g_string_append_c (word, g_ascii_tolower (*part));
  return g_string_free (word, FALSE);
}

/* As the grammar of [fields] has it: quoted where it holds more than a plain word. */
static void
append_part (GString *path, const char *part)
{
  gboolean is_plain = *part != '\0';

  for (const char *at = part; *at != '\0'; at++)
    is_plain = is_plain && (g_ascii_isalnum (*at) || *at == '_' || *at == '-');
  g_string_append_printf (path, is_plain ? "%s%s" : "%s\"%s\"", path->len > 0 ? "." : "", part);
}

/* NULL for a path that [fields] cannot name: one with a quote or a control character in it. */
static char *
path_of_parts (const GPtrArray *parts)
{
  g_autoptr (GString) path = g_string_new (NULL);

  for (guint i = 0; i < parts->len; i++)
    {
      const char *part = parts->pdata[i];
      g_autofree char *safe = fw_log_escape (part, -1);
      if (strchr (part, '"') != NULL || !g_str_equal (safe, part))
        return NULL;
      append_part (path, part);
    }
  return g_strdup (path->str);
}

static SniffPath *
path_at (Sniff *sniff, const GPtrArray *parts)
{
  g_autofree char *text = path_of_parts (parts);

  if (text == NULL)
    return NULL;
  for (guint i = 0; i < sniff->paths->len; i++)
    if (g_str_equal (((SniffPath *) sniff->paths->pdata[i])->path, text))
      return sniff->paths->pdata[i];
  if (sniff->paths->len == SNIFF_PATHS_MAX)
    {
      sniff->n_paths_left_out++;
      return NULL;
    }
  SniffPath *path = g_new0 (SniffPath, 1);
  path->path = g_steal_pointer (&text);
  path->word = word_of_part (parts->pdata[parts->len - 1]);
  path->parent = word_of_part (parts->len > 1 ? parts->pdata[parts->len - 2] : "");
  g_ptr_array_add (sniff->paths, path);
  return path;
}

static void
note_number (SniffPath *path, double number)
{
  path->min = path->n_numbers == 0 ? number : MIN (path->min, number);
  path->max = path->n_numbers == 0 ? number : MAX (path->max, number);
  path->n_numbers++;
}

static void
note_value (SniffPath *path, FwJsonToken token, const FwJsonReader *json)
{
  gint64 ms;

  path->n++;
  if (token == FW_JSON_NUMBER)
    note_number (path, fw_json_number (json));
  else if (token == FW_JSON_STRING)
    {
      path->n_texts++;
      path->n_times += fw_time_parse_rfc3339 (json->text, json->text_len, &ms);
    }
  else
    path->n_bools++;
  if (path->sample != NULL)
    return;
  path->sample = token == FW_JSON_TRUE || token == FW_JSON_FALSE
                     ? g_strdup (token == FW_JSON_TRUE ? "true" : "false")
                     : fw_log_escape (json->text, (gssize) MIN (json->text_len, SAMPLE_BYTES_MAX));
}

/* The reader stands behind the opening brace. parts: the keys around it. FALSE when the JSON is
 * broken. */
static gboolean
walk_object (Sniff *sniff, FwJsonReader *json, GPtrArray *parts)
{
  FwJsonToken token;

  while ((token = fw_json_next (json)) == FW_JSON_KEY)
    {
      g_ptr_array_add (parts, g_strndup (json->text, json->text_len));
      token = fw_json_next (json);
      gboolean is_scalar = token == FW_JSON_NUMBER || token == FW_JSON_STRING
                           || token == FW_JSON_TRUE || token == FW_JSON_FALSE;
      SniffPath *path = is_scalar ? path_at (sniff, parts) : NULL;
      if (path != NULL)
        note_value (path, token, json);
      if (token == FW_JSON_OBJECT_BEGIN ? !walk_object (sniff, json, parts)
                                        : !fw_json_skip (json, token))
        return FALSE;
      g_ptr_array_set_size (parts, (gint) parts->len - 1);
    }
  return token == FW_JSON_OBJECT_END;
}

/* A whole look first, so that a record broken at its end leaves no trace. */
static gboolean
is_json_object (FwJsonReader *json, const char *value, gsize len)
{
  fw_json_reader_start (json, value, len);
  FwJsonToken token = fw_json_next (json);
  return token == FW_JSON_OBJECT_BEGIN && fw_json_skip (json, token)
         && fw_json_next (json) == FW_JSON_END;
}

static void
keep_record (Sniff *sniff, const char *value, gsize len)
{
  if (sniff->n_bytes + len > SNIFF_BYTES_MAX)
    return;
  sniff->n_bytes += len;
  g_ptr_array_add (sniff->records, g_bytes_new (value, len));
}

Sniff *
sniff_new (void)
{
  Sniff *sniff = g_new0 (Sniff, 1);

  sniff->paths = g_ptr_array_new_with_free_func (path_free);
  sniff->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return sniff;
}

void
sniff_free (Sniff *sniff)
{
  if (sniff == NULL)
    return;
  g_ptr_array_unref (sniff->paths);
  g_ptr_array_unref (sniff->records);
  g_free (sniff);
}

void
sniff_record (Sniff *sniff, const char *value, gsize len)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  FwJsonReader json;

  if (value == NULL)
    {
      sniff->n_empty++;
      return;
    }
  fw_json_reader_init (&json);
  if (is_json_object (&json, value, len))
    {
      fw_json_reader_start (&json, value, len);
      fw_json_next (&json);
      walk_object (sniff, &json, parts);
      keep_record (sniff, value, len);
      sniff->n_objects++;
    }
  else
    {
      sniff->n_other++;
      sniff->n_framed += len > REGISTRY_PREFIX_BYTES && value[0] == '\0';
    }
  fw_json_reader_clear (&json);
}

SniffPath *
sniff_find (const Sniff *sniff, const char *parent, const char *word)
{
  for (guint i = 0; i < sniff->paths->len; i++)
    {
      SniffPath *path = sniff->paths->pdata[i];
      if (g_str_equal (path->word, word) && (parent == NULL || g_str_equal (path->parent, parent)))
        return path;
    }
  return NULL;
}
