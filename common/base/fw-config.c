/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-i18n.h"

#define FILE_BYTES_MAX (1 << 20)
#define ENTRIES_MAX 4096

/* A file is lines of "[section]", "key = value", "# remark" and nothing. Values reach to the end of
 * the line. */
struct FwConfig
{
  GPtrArray *entries; /* of FwConfigEntry, in file order */
};

typedef struct
{
  FwConfig *config;
  const char *path;
  gboolean is_private;
  guint n_before; /* entries of earlier files */
  guint line;
  char *section;
} Reader;

static void
entry_free (gpointer data)
{
  FwConfigEntry *entry = data;

  g_free (entry->section);
  g_free (entry->key);
  g_free (entry->value);
  g_free (entry->path);
  g_free (entry);
}

static gboolean fail_at (const Reader *reader, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
fail_at (const Reader *reader, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *safe = fw_log_escape (what, -1);
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, "%s:%u: %s", reader->path, reader->line, safe);
  return FALSE;
}

static FwConfigEntry *
find_entry (const FwConfig *config, const char *section, const char *key)
{
  for (guint i = 0; i < config->entries->len; i++)
    {
      FwConfigEntry *entry = config->entries->pdata[i];
      if (g_str_equal (entry->section, section) && g_str_equal (entry->key, key))
        return entry;
    }
  return NULL;
}

static gboolean
was_in_this_file (const Reader *reader, const FwConfigEntry *entry)
{
  guint index;

  return g_ptr_array_find (reader->config->entries, entry, &index)
         && (index >= reader->n_before || g_strcmp0 (entry->path, reader->path) == 0);
}

static gboolean
store (Reader *reader, const char *key, const char *value, GError **error)
{
  FwConfigEntry *entry = find_entry (reader->config, reader->section, key);

  if (fw_config_is_secret (key) && !reader->is_private)
    return fail_at (reader, error,
                    _ ("'%s' holds a secret, and others may read this file: run 'chmod 600' on it, "
                       "or put the secret "
                       "into a file of its own and write '%s-file = PATH'"),
                    key, key);
  if (entry != NULL && was_in_this_file (reader, entry))
    return fail_at (reader, error, _ ("'%s' is given twice; the first is in line %u"), key,
                    entry->line);
  if (entry == NULL && reader->config->entries->len == ENTRIES_MAX)
    return fail_at (reader, error, _ ("more than %d keys"), ENTRIES_MAX);
  if (entry == NULL)
    {
      entry = g_new0 (FwConfigEntry, 1);
      entry->section = g_strdup (reader->section);
      entry->key = g_strdup (key);
      g_ptr_array_add (reader->config->entries, entry);
    }
  g_free (entry->value);
  g_free (entry->path);
  entry->value = g_strdup (value);
  entry->path = g_strdup (reader->path);
  entry->line = reader->line;
  entry->is_private = reader->is_private;
  return TRUE;
}

static gboolean
read_line (Reader *reader, char *line, GError **error)
{
  char *text = g_strstrip (line);

  if (*text == '\0' || *text == '#' || *text == ';')
    return TRUE;
  if (*text == '[')
    {
      char *close = strchr (text, ']');
      if (close == NULL || close[1] != '\0' || close == text + 1)
        return fail_at (reader, error, _ ("'%s' is not a section; write [name]"), text);
      *close = '\0';
      g_free (reader->section);
      reader->section = g_strdup (g_strstrip (text + 1));
      return TRUE;
    }
  char *equals = strchr (text, '=');
  if (equals == NULL || equals == text)
    return fail_at (reader, error, _ ("'%s' is neither 'key = value' nor '[section]'"), text);
  *equals = '\0';
  return store (reader, g_strchomp (text), g_strchug (equals + 1), error);
}

static gboolean
read_text (Reader *reader, char *text, gsize len, GError **error)
{
  const char *bad;

  if (!g_utf8_validate (text, (gssize) len, &bad))
    {
      for (const char *at = text; at < bad; at++)
        reader->line += *at == '\n';
      return fail_at (reader, error, _ ("not UTF-8 text"));
    }
  for (char *line = text, *next; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      if (!read_line (reader, line, error))
        return FALSE;
      reader->line++;
    }
  return TRUE;
}

gboolean
fw_config_is_secret (const char *key)
{
  return g_str_has_suffix (key, "password") || g_str_has_suffix (key, "secret")
         || g_str_has_suffix (key, "key.pem");
}

FwConfig *
fw_config_new (void)
{
  FwConfig *config = g_new0 (FwConfig, 1);

  config->entries = g_ptr_array_new_with_free_func (entry_free);
  return config;
}

void
fw_config_free (FwConfig *config)
{
  if (config == NULL)
    return;
  g_ptr_array_unref (config->entries);
  g_free (config);
}

char **
fw_config_keys (const FwConfig *config, const char *section)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (guint i = 0; i < config->entries->len; i++)
    {
      const FwConfigEntry *entry = config->entries->pdata[i];
      if (g_str_equal (entry->section, section) && !entry->is_option)
        g_ptr_array_add (keys, g_strdup (entry->key));
    }
  g_ptr_array_add (keys, NULL);
  return (char **) g_ptr_array_free (keys, FALSE);
}

const char *
fw_config_get (const FwConfig *config, const char *section, const char *key)
{
  const FwConfigEntry *entry = find_entry (config, section, key);

  return entry != NULL && !entry->is_option ? entry->value : NULL;
}

/* Opens once, so that what was checked is what is read. */
char *
fw_config_load (const char *path, gsize bytes_max, gsize *ret_len, gboolean *ret_is_private,
                GError **error)
{
  FILE *file = fopen (path, "re");
  struct stat info;

  if (file == NULL || fstat (fileno (file), &info) != 0)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("Cannot read '%s': %s"), path,
                   g_strerror (errno));
      g_clear_pointer (&file, fclose);
      return NULL;
    }
  g_autofree char *text = g_malloc (bytes_max + 1);
  gsize len = fread (text, 1, bytes_max + 1, file);
  int failure = ferror (file) ? errno : 0;
  fclose (file);
  if (failure != 0 || len > bytes_max)
    {
      g_autofree char *size = g_format_size_full (bytes_max, G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *too_long = g_strdup_printf (_ ("it is longer than %s"), size);
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("Cannot read '%s': %s"), path,
                   failure != 0 ? g_strerror (failure) : too_long);
      return NULL;
    }
  text[len] = '\0';
  *ret_len = len;
  *ret_is_private = (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return g_steal_pointer (&text);
}

gboolean
fw_config_read_text (FwConfig *config, const char *path, char *text, gsize len, gboolean is_private,
                     GError **error)
{
  Reader reader = { config, path, is_private, config->entries->len, 1, g_strdup ("") };
  gboolean is_read = read_text (&reader, text, len, error);

  g_free (reader.section);
  return is_read;
}

gboolean
fw_config_read (FwConfig *config, const char *path, GError **error)
{
  gboolean is_private;
  gsize len;
  g_autofree char *text = fw_config_load (path, FILE_BYTES_MAX, &len, &is_private, error);

  return text != NULL && fw_config_read_text (config, path, text, len, is_private, error);
}

FwConfigEntry *
fw_config_find (FwConfig *config, const char *section, const char *key)
{
  return find_entry (config, section, key);
}

const GPtrArray *
fw_config_entries (const FwConfig *config)
{
  return config->entries;
}
