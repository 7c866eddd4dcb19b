/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-log: one topic per file, to stderr, as text or JSON lines.
 * Promises: a disabled line costs one compare; control characters in what is logged are escaped, so that a
 *   hostile name cannot reach a terminal; a rate-limited form for what can come per event.
 * Does not: write to stdout, open files.
 * Levels say who should act: error = the operator now, warn = the operator some day, info = nobody, debug and
 *   trace = a developer. FLEETWIRE_LOG="relay-*:debug,*:info" chooses (the first match
 * counts; a bare level is for all); the default is "*:info".
 * Threads: any; a line is written with one write(). */

typedef enum { FW_LOG_ERROR, FW_LOG_WARN, FW_LOG_INFO, FW_LOG_DEBUG, FW_LOG_TRACE } FwLogLevel;

typedef struct
{
  const char *name;
  gint level; /* -1 until first asked */
} FwLogTopic;

/* Once in each .c file, after the includes. */
#define FW_LOG_TOPIC(topic_name) G_GNUC_UNUSED static FwLogTopic fw_log_topic_ = { topic_name, -1 }

#define fw_log_enabled(lvl) ((gint) (lvl) <= fw_log_topic_level (&fw_log_topic_))
#define fw_log_at(lvl, ...) \
  G_STMT_START { if (fw_log_enabled (lvl)) fw_log_write (&fw_log_topic_, (lvl), __VA_ARGS__); } G_STMT_END
#define fw_error(...) fw_log_at (FW_LOG_ERROR, __VA_ARGS__)
#define fw_warn(...) fw_log_at (FW_LOG_WARN, __VA_ARGS__)
#define fw_info(...) fw_log_at (FW_LOG_INFO, __VA_ARGS__)
#define fw_debug(...) fw_log_at (FW_LOG_DEBUG, __VA_ARGS__)
#define fw_trace(...) fw_log_at (FW_LOG_TRACE, __VA_ARGS__)
/* At most one line per place and second; says how many it left out. */
#define fw_warn_limited(...)                                                              \
  G_STMT_START                                                                            \
  {                                                                                       \
    static FwLogLimit limit_;                                                             \
    if (fw_log_enabled (FW_LOG_WARN) && fw_log_limit_pass (&limit_))                      \
      fw_log_write_limited (&fw_log_topic_, FW_LOG_WARN, &limit_, __VA_ARGS__);           \
  }                                                                                       \
  G_STMT_END

typedef struct { gint64 next_us; guint n_left_out; } FwLogLimit; /* zero-initialised; atomics inside */

/* text with control characters (and bytes that are not UTF-8) as \n, \x1b and so on, fit for a terminal. len -1: to the
 * NUL; transfer full. */
char    *fw_log_escape (const char *text, gssize len);
/* spec: as FLEETWIRE_LOG, or NULL for the default. json: one JSON object per line. Call before other threads start.
 * Also routes GLib's own g_log through here. */
void     fw_log_init (const char *program, const char *spec, gboolean json);
/* FALSE when a word of spec is neither "level" nor "pattern:level". */
gboolean fw_log_spec_is_valid (const char *spec);
gint     fw_log_topic_level (FwLogTopic *topic);
gboolean fw_log_limit_pass (FwLogLimit *limit);
void     fw_log_write (FwLogTopic *topic, FwLogLevel level, const char *format, ...) G_GNUC_PRINTF (3, 4);
void     fw_log_write_limited (FwLogTopic *topic, FwLogLevel level, FwLogLimit *limit, const char *format, ...) G_GNUC_PRINTF (4, 5);
