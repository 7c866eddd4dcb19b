/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-topic.h"

#include <string.h>

#include "fw-error.h"
#include "fw-i18n.h"

#define FLEET "{fleet}"
#define DEVICE_ID "{device_id}"

struct IngestTopics
{
  GPtrArray *patterns; /* GStrv: the levels of each */
};

static gboolean
level_is_good (char **levels, guint i)
{
  const char *level = levels[i];

  if (strcmp (level, "#") == 0)
    return levels[i + 1] == NULL;
  if (strcmp (level, "+") == 0 || strcmp (level, FLEET) == 0 || strcmp (level, DEVICE_ID) == 0)
    return TRUE;
  return strpbrk (level, "+#{}") == NULL;
}

static guint
times (char **levels, const char *what)
{
  guint n = 0;

  for (; *levels; levels++)
    n += strcmp (*levels, what) == 0;
  return n;
}

static gboolean
refuse (GError **error, const char *format, const char *pattern)
{
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE, format, pattern);
  return FALSE;
}

static gboolean
add_pattern (IngestTopics *topics, const char *pattern, GError **error)
{
  g_auto (GStrv) levels = g_strsplit (pattern, "/", -1);
  gboolean is_good = *pattern && times (levels, FLEET) <= 1 && times (levels, DEVICE_ID) <= 1;

  for (guint i = 0; levels[i]; i++)
    is_good = is_good && level_is_good (levels, i);
  if (!is_good)
    return refuse (error,
                   _ ("--mqtt-topic: '%s' is no pattern; its levels are words, +, {fleet} and "
                      "{device_id} (each once), and # at the end"),
                   pattern);
  g_ptr_array_add (topics->patterns, g_steal_pointer (&levels));
  return TRUE;
}

IngestTopics *
ingest_topics_new (const char *const *patterns, GError **error)
{
  g_autoptr (IngestTopics) topics = g_new0 (IngestTopics, 1);

  topics->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (; *patterns; patterns++)
    if (!add_pattern (topics, *patterns, error))
      return NULL;
  return g_steal_pointer (&topics);
}

IngestTopics *
ingest_topics_new_exact (const char *pattern, GError **error)
{
  const char *const patterns[] = { pattern, NULL };
  g_autoptr (IngestTopics) topics = ingest_topics_new (patterns, NULL);
  char **levels = topics ? g_ptr_array_index (topics->patterns, 0) : NULL;

  if (!topics || times (levels, DEVICE_ID) != 1 || times (levels, "+") || times (levels, "#"))
    {
      refuse (error,
              _ ("--mqtt-command-topic: '%s' is no pattern; its levels are words, {fleet} (at most "
                 "once) and {device_id} (once)"),
              pattern);
      return NULL;
    }
  return g_steal_pointer (&topics);
}

void
ingest_topics_free (IngestTopics *topics)
{
  if (!topics)
    return;
  g_ptr_array_unref (topics->patterns);
  g_free (topics);
}

static gboolean
take_level (const char *level, FwText text, IngestIdentity *ret)
{
  if (strcmp (level, FLEET) == 0)
    {
      ret->fleet = text;
      return fw_name_is_valid (text.data, text.len);
    }
  if (strcmp (level, DEVICE_ID) == 0)
    {
      ret->device_id = text;
      return fw_device_id_is_valid (text.data, text.len);
    }
  return strcmp (level, "+") == 0
         || (strlen (level) == text.len && memcmp (level, text.data, text.len) == 0);
}

static gboolean
match (char **levels, const char *topic, gsize len, IngestIdentity *ret)
{
  const char *end = topic + len;

  *ret = (IngestIdentity){ 0 };
  for (; *levels && topic; levels++)
    {
      const char *slash;
      FwText text;

      if (strcmp (*levels, "#") == 0)
        return TRUE;
      slash = memchr (topic, '/', (gsize) (end - topic));
      text = (FwText){ topic, (guint) ((slash ? slash : end) - topic) };
      if (!take_level (*levels, text, ret))
        return FALSE;
      topic = slash ? slash + 1 : NULL;
    }
  return !topic && (!*levels || strcmp (*levels, "#") == 0);
}

gboolean
ingest_topics_match (const IngestTopics *topics, const char *topic, gsize len, IngestIdentity *ret)
{
  for (guint i = 0; i < topics->patterns->len; i++)
    if (match (g_ptr_array_index (topics->patterns, i), topic, len, ret))
      return TRUE;
  return FALSE;
}
