/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fw-time.h"

#define DEFAULT_SPEC "*:info"
#define MESSAGE_BYTES_MAX 8192
#define LIMIT_PERIOD_US G_USEC_PER_SEC

typedef struct
{
  GPatternSpec *pattern;
  FwLogLevel level;
} Rule;

static const char *const level_names[] = { "error", "warn", "info", "debug", "trace" };

static struct
{
  char *program;
  GArray *rules; /* of Rule; the first that matches counts */
  gboolean is_json;
  gboolean owns_g_log;
} state;

static FwLogTopic glib_topic = { "glib", -1 };

static gboolean
level_of_name (const char *name, FwLogLevel *ret_level)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (g_str_equal (name, level_names[i]))
      {
        *ret_level = (FwLogLevel) i;
        return TRUE;
      }
  return FALSE;
}

/* "topic-*:debug", or "debug" for every topic. */
static gboolean
rule_of_text (char *text, Rule *ret_rule)
{
  char *colon = strrchr (text, ':');
  FwLogLevel level;

  if (!level_of_name (colon != NULL ? colon + 1 : text, &level))
    return FALSE;
  if (colon != NULL)
    *colon = '\0';
  *ret_rule = (Rule){ g_pattern_spec_new (colon != NULL ? text : "*"), level };
  return TRUE;
}

static void
rule_clear (gpointer data)
{
  g_pattern_spec_free (((Rule *) data)->pattern);
}

static void
rules_replace (const char *spec)
{
  g_auto (GStrv) words = g_strsplit (spec, ",", -1);

  g_clear_pointer (&state.rules, g_array_unref);
  state.rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  g_array_set_clear_func (state.rules, rule_clear);
  for (guint i = 0; words[i] != NULL; i++)
    {
      Rule rule;
      if (rule_of_text (g_strstrip (words[i]), &rule))
        g_array_append_val (state.rules, rule);
    }
}

static void
write_whole (const char *line, gsize len)
{
  while (write (STDERR_FILENO, line, len) < 0 && errno == EINTR)
    ;
}

static void
append_json_string (GString *line, const char *text)
{
  g_string_append_c (line, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        g_string_append_c (line, '\\');
      g_string_append_c (line, *at);
    }
  g_string_append_c (line, '"');
}

static void
write_line (const char *topic, FwLogLevel level, const char *message)
{
  g_autofree char *time = fw_time_format_rfc3339 (g_get_real_time () / 1000);
  g_autofree char *safe = fw_log_escape (message, (gssize) strnlen (message, MESSAGE_BYTES_MAX));
  const char *program = state.program != NULL ? state.program : "fleetwire";
  g_autoptr (GString) line = g_string_sized_new (strlen (safe) + 96);

  if (state.is_json)
    {
      g_string_append_printf (
          line,
          "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\",\"topic\":\"%s\",\"message\":",
          time, level_names[level], program, topic);
      append_json_string (line, safe);
      g_string_append (line, "}\n");
    }
  else
    g_string_append_printf (line, "%s %-5s %s %s: %s\n", time, level_names[level], program, topic,
                            safe);
  write_whole (line->str, line->len);
}

static FwLogLevel
level_of_glib (GLogLevelFlags flags)
{
  if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return FW_LOG_ERROR;
  if (flags & G_LOG_LEVEL_WARNING)
    return FW_LOG_WARN;
  return flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO) ? FW_LOG_INFO : FW_LOG_DEBUG;
}

static GLogWriterOutput
write_glib_line (GLogLevelFlags flags, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = NULL, *message = "";
  FwLogLevel level = level_of_glib (flags);

  (void) user_data;
  if ((gint) level > fw_log_topic_level (&glib_topic))
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        message = fields[i].value;
      else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = fields[i].value;
    }
  write_line (domain != NULL ? domain : "glib", level, message);
  return G_LOG_WRITER_HANDLED;
}

/* C0 and C1 controls, DEL, and what turns the direction of text around. */
static gboolean
is_unsafe (gunichar ch)
{
  return ch < 0x20 || (ch >= 0x7f && ch < 0xa0) || (ch >= 0x202a && ch <= 0x202e)
         || (ch >= 0x2066 && ch <= 0x2069) || ch == 0x2028 || ch == 0x2029;
}

static void
append_escaped (GString *safe, gunichar ch)
{
  switch (ch)
    {
    case '\n':
      g_string_append (safe, "\\n");
      break;
    case '\r':
      g_string_append (safe, "\\r");
      break;
    case '\t':
      g_string_append (safe, "\\t");
      break;
    default:
      g_string_append_printf (safe, ch < 0x100 ? "\\x%02x" : "\\u%04x", ch);
    }
}

char *
fw_log_escape (const char *text, gssize len)
{
  const char *end = text + (len < 0 ? strlen (text) : (gsize) len);
  GString *safe = g_string_sized_new ((gsize) (end - text) + 16);

  while (text < end)
    {
      gunichar ch = *text == '\0' ? 0 : g_utf8_get_char_validated (text, end - text);
      gboolean is_char = ch != (gunichar) -1 && ch != (gunichar) -2;
      const char *next = is_char ? g_utf8_next_char (text) : text + 1;

      if (!is_char)
        append_escaped (safe, 0x80 | (guchar) *text);
      else if (is_unsafe (ch))
        append_escaped (safe, ch);
      else
        g_string_append_len (safe, text, next - text);
      text = next;
    }
  return g_string_free (safe, FALSE);
}

void
fw_log_init (const char *program, const char *spec, gboolean json)
{
  g_free (state.program);
  state.program = g_strdup (program);
  state.is_json = json;
  rules_replace (spec != NULL ? spec : DEFAULT_SPEC);
  if (!state.owns_g_log)
    g_log_set_writer_func (write_glib_line, NULL, NULL);
  state.owns_g_log = TRUE;
}

gboolean
fw_log_spec_is_valid (const char *spec)
{
  g_auto (GStrv) words = g_strsplit (spec, ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      Rule rule;
      if (!rule_of_text (g_strstrip (words[i]), &rule))
        return FALSE;
      rule_clear (&rule);
    }
  return TRUE;
}

gint
fw_log_topic_level (FwLogTopic *topic)
{
  gint level = __atomic_load_n (&topic->level, __ATOMIC_RELAXED);

  if (level >= 0)
    return level;
  level = FW_LOG_INFO;
  if (state.rules == NULL)
    return level; /* not started yet: ask again */
  for (guint i = 0; i < state.rules->len; i++)
    {
      const Rule *rule = &g_array_index (state.rules, Rule, i);
      if (g_pattern_spec_match_string (rule->pattern, topic->name))
        {
          level = (gint) rule->level;
          break;
        }
    }
  __atomic_store_n (&topic->level, level, __ATOMIC_RELAXED);
  return level;
}

gboolean
fw_log_limit_pass (FwLogLimit *limit)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 next_us = __atomic_load_n (&limit->next_us, __ATOMIC_RELAXED);

  if (now_us >= next_us
      && __atomic_compare_exchange_n (&limit->next_us, &next_us, now_us + LIMIT_PERIOD_US, FALSE,
                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return TRUE;
  __atomic_fetch_add (&limit->n_left_out, 1, __ATOMIC_RELAXED);
  return FALSE;
}

void
fw_log_write (FwLogTopic *topic, FwLogLevel level, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (topic->name, level, message);
}

void
fw_log_write_limited (FwLogTopic *topic, FwLogLevel level, FwLogLimit *limit, const char *format,
                      ...)
{
  guint n_left_out = __atomic_exchange_n (&limit->n_left_out, 0, __ATOMIC_RELAXED);
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  if (n_left_out == 0)
    {
      write_line (topic->name, level, message);
      return;
    }
  g_autofree char *whole = g_strdup_printf ("%s (%u more like this left out)", message, n_left_out);
  write_line (topic->name, level, whole);
}
