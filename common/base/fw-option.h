/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-metric.h"
/* fw-option: one table per program is its parser, --help, environment, fleetwire.conf, --dump-config and manual.
 * Promises: precedence default < /etc/fleetwire.conf < XDG < environment < command line; every error names the
 *   option, where the value came from, what was wrong and what is allowed; secrets are never printed.
 * Every program also has: --config FILE (replaces the search), --dump-config, --help, --version, --log SPEC,
 *   --log-format text|json, and hidden --man (the roff manual), --reference (its chapter in docs/reference.md) and
 *   --sample (its part of data/config/fleetwire.conf).
 * Threads: main, before others start. */

typedef enum
{
  FW_OPTION_FLAG,     /* gboolean; --name and --no-name */
  FW_OPTION_INT,      /* gint64 */
  FW_OPTION_NUMBER,   /* double */
  FW_OPTION_DURATION, /* gint64 ms; written "3s", "500ms", "15m" */
  FW_OPTION_SIZE,     /* gint64 bytes; written "16k", "64M" (binary) */
  FW_OPTION_STRING,   /* char *, owned by the options */
  FW_OPTION_STRINGS,  /* GStrv, repeatable */
  FW_OPTION_SECRET,   /* char *; only from the environment, a 0600 file, or a key ending in -file; never argv */
} FwOptionType;

typedef struct
{
  const char  *name;
  char         short_name;     /* 0 for none */
  FwOptionType type;
  gsize        offset;         /* of the member in the program's options struct */
  double       min, max;       /* for numbers, durations (ms) and sizes (bytes); both 0: unbounded */
  const char  *default_value;  /* as a user would write it; NULL = unset */
  const char  *unit;           /* "ms", "bytes", "clients", ...; NULL for none */
  const char  *env;            /* NULL for none */
  const char  *section;        /* heading in help and manual; also the place in fleetwire.conf unless it is the program's */
  const char  *arg;            /* "FILE", "HOST:PORT"; NULL = from the type */
  const char  *help;           /* N_("...") one sentence, no full stop */
} FwOption;

/* A word that a user types, and N_("what it does") without a full stop. */
typedef struct { const char *word, *meaning; } FwTerm;

typedef struct
{
  const char     *name;        /* "relay": the binary is fleetwire-relay, the section [relay] */
  const char     *synopsis;    /* "[OPTION...] [ws://HOST:PORT]" */
  const char     *summary;     /* N_("one line") */
  const char     *description; /* N_("paragraphs for the manual"), NULL for none */
  const FwTerm   *arguments;   /* what may stand behind the options, ended by one without a word; or NULL */
  const FwTerm   *keys;        /* of a program with a screen, for the manual; or NULL */
  const FwOption *options;     /* ended by a row without a name */
  const FwOption *more;        /* a second table on the same struct (Kafka's rows), or NULL */
  const char     *versions;    /* "librdkafka 2.0.2 (running 2.0.2)", or NULL: shown by --version after GLib's */
  guint           max_args;    /* positional arguments allowed */
  const FwMetricRow *metrics; /* the program's table of metrics, for manual and reference, or NULL */
} FwProgram;

/* The merged configuration files: what is not an option row ([kafka] properties, [fields]). */
typedef struct FwConfig FwConfig;

/* Locale and text domain, with numbers as programs write them (LC_NUMERIC stays C); for a program without options. */
void     fw_program_locale (const char *prgname);
/* Sets locale and text domain, fills *target from the table, starts the log. On TRUE go on (argv holds the program
 * name and positional arguments). On FALSE exit with *ret_status: help was printed, or an error was. */
gboolean fw_program_start (const FwProgram *program, gpointer target, int *argc, char ***argv,
                           FwConfig **ret_config, int *ret_status);
/* Without argv, files or environment: defaults, then "name=value" assignments. For tests and fuzzers. */
gboolean fw_program_defaults (const FwProgram *program, gpointer target, const char *const *assignments, GError **error);
void     fw_program_clear (const FwProgram *program, gpointer target);

/* Prints "fleetwire-relay: what went wrong" on stderr, and returns the exit status for it. */
int      fw_program_fail (const FwProgram *program, const GError *error);

void         fw_config_free (FwConfig *config);
/* Keys of a section in file order (transfer full, NULL-terminated; empty when the section is absent). */
char       **fw_config_keys (const FwConfig *config, const char *section);
/* Borrowed until config is freed; NULL when absent. */
const char  *fw_config_get (const FwConfig *config, const char *section, const char *key);
/* Reads one more file over what is there (for --fields FILE). */
gboolean     fw_config_read (FwConfig *config, const char *path, GError **error);
FwConfig    *fw_config_new (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwConfig, fw_config_free)
