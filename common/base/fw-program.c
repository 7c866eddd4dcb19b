/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fw-config.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-nearest.h"
#include "fw-option-value.h"
#include "fw-i18n.h"

#define SYSTEM_CONFIG "/etc/fleetwire.conf"
#define SHARED_SECTION "kafka"
#define HELP_WIDTH_DEFAULT 80
#define HELP_WIDTH_MAX 120
#define SECRET_BYTES_MAX 65536

/* What every program has. Rows without a place are for the command line only. */
typedef struct
{
  char *log, *log_format, *config;
  gboolean help, version, dump_config, man, reference, sample;
} Common;

static const FwOption common_rows[] = {
  { "log", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Common, log), 0, 0, "*:info", NULL,
    "FLEETWIRE_LOG", N_ ("General"), "TOPIC:LEVEL,...",
    N_ ("What to log: error, warn, info, debug or trace, by topic; the first match counts") },
  { "log-format", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Common, log_format), 0, 0, "text", NULL,
    "FLEETWIRE_LOG_FORMAT", N_ ("General"), "text|json", N_ ("How to log") },
  { "config", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Common, config), 0, 0, NULL, NULL, NULL,
    N_ ("General"), "FILE",
    N_ ("Read this configuration file instead of those in /etc and the home folder") },
  { "dump-config", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (Common, dump_config), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, N_ ("Print the configuration in force, and where each value came from") },
  { "help", 'h', FW_OPTION_FLAG, G_STRUCT_OFFSET (Common, help), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, N_ ("Print this help") },
  { "version", 'V', FW_OPTION_FLAG, G_STRUCT_OFFSET (Common, version), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, N_ ("Print the versions of Fleetwire and of its libraries") },
  { "man", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (Common, man), 0, 0, NULL, NULL, NULL, N_ ("General"),
    NULL, NULL },
  { "reference", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (Common, reference), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, NULL },
  { "sample", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (Common, sample), 0, 0, NULL, NULL, NULL,
    N_ ("General"), NULL, NULL },
  { 0 },
};
#define N_COMMON_IN_FILE 2

typedef struct
{
  FwOptionSlot *slot;
  char *text;
} Given;

typedef struct
{
  const FwProgram *program;
  Common common;
  GArray *slots;    /* of FwOptionSlot */
  GPtrArray *given; /* of Given, in the order of the command line */
  FwConfig *config;
} Start;

static void
given_free (gpointer data)
{
  Given *given = data;

  g_free (given->text);
  g_free (given);
}

static void
add_rows (Start *start, const FwOption *rows, gpointer target, const char *place)
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

static void
start_init (Start *start, const FwProgram *program, gpointer target)
{
  *start = (Start){ .program = program };
  start->slots = g_array_new (FALSE, TRUE, sizeof (FwOptionSlot));
  start->given = g_ptr_array_new_with_free_func (given_free);
  start->config = fw_config_new ();
  add_rows (start, program->options, target, program->name);
  add_rows (start, program->more, target, program->name);
  add_rows (start, common_rows, &start->common, program->name);
}

static FwOptionSlot *
slot_at (const Start *start, guint index)
{
  return &g_array_index (start->slots, FwOptionSlot, index);
}

static void
start_clear (Start *start)
{
  for (guint i = 0; i < start->slots->len; i++)
    fw_option_slot_clear (slot_at (start, i));
  for (guint i = 0; common_rows[i].name != NULL; i++)
    fw_option_free_value (&common_rows[i], &start->common);
  g_array_unref (start->slots);
  g_ptr_array_unref (start->given);
  fw_config_free (start->config);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Start, start_clear)

/* ---- The command line
 * ------------------------------------------------------------------------------------- */

/* The long names of a slot as they are typed, without the dashes. */
static char *
typed_name (const FwOption *row)
{
  return g_strconcat (row->name, row->type == FW_OPTION_SECRET ? "-file" : "", NULL);
}

static FwOptionSlot *
slot_of_name (const Start *start, const char *name, gboolean *ret_is_no)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = slot_at (start, i);
      g_autofree char *typed = typed_name (slot->row);
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

static FwOptionSlot *
slot_of_letter (const Start *start, char letter)
{
  for (guint i = 0; i < start->slots->len; i++)
    if (slot_at (start, i)->row->short_name == letter)
      return slot_at (start, i);
  return NULL;
}

static char *
suggestion (const Start *start, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < start->slots->len; i++)
    if (slot_at (start, i)->row->help != NULL)
      g_ptr_array_add (names, typed_name (slot_at (start, i)->row));
  g_ptr_array_add (names, NULL);
  return g_strdup (fw_nearest_word (name, (const char *const *) names->pdata));
}

static gboolean
fail_unknown (const Start *start, const char *dashes, const char *name, GError **error)
{
  g_autofree char *safe = fw_log_escape (name, -1);
  g_autofree char *nearest = suggestion (start, name);

  if (nearest != NULL && g_str_equal (dashes, "--"))
    g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("Unknown option '--%s'; did you mean '--%s'?"),
                 safe, nearest);
  else
    g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                 _ ("Unknown option '%s%s'; 'fleetwire %s --help' lists them"), dashes, safe,
                 start->program->name);
  return FALSE;
}

static void
give (Start *start, FwOptionSlot *slot, const char *text)
{
  Given *given = g_new (Given, 1);

  *given = (Given){ slot, g_strdup (text) };
  g_ptr_array_add (start->given, given);
}

/* The words of the command line, from the left; what is not an option is kept in place. */
typedef struct
{
  char **words;
  int n, at;
} Words;

/* text, or the next word when that is NULL. */
static gboolean
give_value (Start *start, FwOptionSlot *slot, const char *option, const char *text, Words *in,
            GError **error)
{
  if (text == NULL && in->at + 1 < in->n)
    text = in->words[++in->at];
  if (text == NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("Option '%s' needs a value: %s"), option,
                   fw_option_arg_name (slot->row));
      return FALSE;
    }
  give (start, slot, text);
  return TRUE;
}

/* "--name", "--no-name", "--name value", "--name=value" */
static gboolean
take_long (Start *start, Words *in, GError **error)
{
  const char *word = in->words[in->at];
  const char *equals = strchr (word, '=');
  g_autofree char *option
      = g_strndup (word, equals != NULL ? (gsize) (equals - word) : strlen (word));
  gboolean is_no;
  FwOptionSlot *slot = slot_of_name (start, option + 2, &is_no);

  if (slot == NULL)
    return fail_unknown (start, "--", option + 2, error);
  if (fw_option_takes_value (slot->row))
    return give_value (start, slot, option, equals != NULL ? equals + 1 : NULL, in, error);
  if (equals != NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("Option '%s' takes no value"), option);
      return FALSE;
    }
  give (start, slot, is_no ? "false" : "true");
  return TRUE;
}

/* "-q", "-qv", "-l3s", "-ql 3s" */
static gboolean
take_short (Start *start, Words *in, GError **error)
{
  for (const char *letter = in->words[in->at] + 1; *letter != '\0'; letter++)
    {
      char option[] = { '-', *letter, '\0' };
      FwOptionSlot *slot = slot_of_letter (start, *letter);
      if (slot == NULL)
        return fail_unknown (start, "-", letter, error);
      if (fw_option_takes_value (slot->row))
        return give_value (start, slot, option, letter[1] != '\0' ? letter + 1 : NULL, in, error);
      give (start, slot, "true");
    }
  return TRUE;
}

static gboolean
parse_command_line (Start *start, int *argc, char ***argv, GError **error)
{
  Words in = { *argv, *argc, 1 };
  gboolean has_ended = FALSE;
  int n_kept = 1;

  for (; in.at < in.n; in.at++)
    {
      char *word = in.words[in.at];
      if (has_ended || word[0] != '-' || word[1] == '\0')
        in.words[n_kept++] = word;
      else if (g_str_equal (word, "--"))
        has_ended = TRUE;
      else if (!(word[1] == '-' ? take_long (start, &in, error) : take_short (start, &in, error)))
        return FALSE;
    }
  in.words[n_kept] = NULL;
  *argc = n_kept;
  if ((guint) n_kept - 1 <= start->program->max_args)
    return TRUE;
  g_autofree char *safe = fw_log_escape (in.words[start->program->max_args + 1], -1);
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
               _ ("Unexpected argument '%s'; 'fleetwire %s --help' shows the usage"), safe,
               start->program->name);
  return FALSE;
}

/* ---- Secrets
 * ---------------------------------------------------------------------------------------------- */

/* The first line of a file, its last line break removed. */
static char *
read_secret (const char *path, FwErrorCode code, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = NULL;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, &failure))
    {
      g_set_error (error, FW_ERROR, code, _ ("Cannot read the secret in '%s': %s"), path,
                   failure->message);
      return NULL;
    }
  text[strcspn (text, "\r\n")] = '\0';
  if (len > SECRET_BYTES_MAX || *text == '\0')
    {
      g_set_error (error, FW_ERROR, code, _ ("The secret in '%s' is empty or longer than 64 kiB"),
                   path);
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
      secret = read_secret (
          text, origin == FW_ORIGIN_COMMAND_LINE ? FW_ERROR_USAGE : FW_ERROR_CONFIG, error);
      if (secret == NULL)
        return FALSE;
      text = secret;
    }
  return fw_option_assign (slot, text, origin, where, error);
}

/* ---- The order: default < file < environment < command line
 * ----------------------------------------------- */

static gboolean
apply_defaults (Start *start, GError **error)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = slot_at (start, i);
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
read_files (Start *start, GError **error)
{
  for (guint i = start->given->len; i-- > 0;)
    {
      const Given *given = start->given->pdata[i];
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
                      "or write '%s-file = "
                      "PATH' instead"),
                   slot->row->name, where, slot->row->name);
      return FALSE;
    }
  return assign (slot, entry->value, FW_ORIGIN_FILE, where, is_secret_file, error);
}

/* The program's own section holds nothing but its options. */
static gboolean
refuse_unknown_keys (const Start *start, GError **error)
{
  const GPtrArray *entries = fw_config_entries (start->config);

  for (guint i = 0; i < entries->len; i++)
    {
      const FwConfigEntry *entry = entries->pdata[i];
      gboolean is_mine = g_str_equal (entry->section, start->program->name);
      if (entry->is_option || (!is_mine && *entry->section != '\0'))
        continue;
      g_autofree char *safe = fw_log_escape (entry->key, -1);
      g_autofree char *nearest = suggestion (start, entry->key);
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
apply_files (Start *start, GError **error)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = slot_at (start, i);
      if (slot->place == NULL)
        continue;
      if (!apply_entry (slot, fw_config_find (start->config, slot->place, slot->row->name), FALSE,
                        error))
        return FALSE;
      if (slot->row->type != FW_OPTION_SECRET)
        continue;
      g_autofree char *file_key = typed_name (slot->row);
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
apply_environment (Start *start, GError **error)
{
  for (guint i = 0; i < start->slots->len; i++)
    {
      FwOptionSlot *slot = slot_at (start, i);
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
apply_command_line (Start *start, GError **error)
{
  for (guint i = 0; i < start->given->len; i++)
    {
      const Given *given = start->given->pdata[i];
      gboolean is_secret_file = given->slot->row->type == FW_OPTION_SECRET;
      if (!assign (given->slot, given->text, FW_ORIGIN_COMMAND_LINE, _ ("the command line"),
                   is_secret_file, error))
        return FALSE;
    }
  return TRUE;
}

static FwErrorCode
code_of_origin (const Start *start, const char *name)
{
  gboolean is_no;

  return slot_of_name (start, name, &is_no)->origin == FW_ORIGIN_COMMAND_LINE ? FW_ERROR_USAGE
                                                                              : FW_ERROR_CONFIG;
}

static gboolean
check_log (const Start *start, GError **error)
{
  const Common *common = &start->common;

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

/* ---- What needs no configuration
 * -------------------------------------------------------------------------- */

static gboolean
is_asked (const Start *start, const char *action)
{
  gboolean is_on = FALSE;

  for (guint i = 0; i < start->given->len; i++)
    {
      const Given *given = start->given->pdata[i];
      if (given->slot->target == &start->common && g_str_equal (given->slot->row->name, action))
        is_on = g_str_equal (given->text, "true");
    }
  return is_on;
}

static guint
terminal_width (void)
{
  struct winsize size;

  if (!isatty (STDOUT_FILENO) || ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return HELP_WIDTH_DEFAULT;
  return MIN (size.ws_col, HELP_WIDTH_MAX);
}

static char *
version_text (const FwProgram *program)
{
  return g_strdup_printf ("fleetwire-%s %s\nGLib %d.%d.%d (running %u.%u.%u)\n%s%s", program->name,
                          FW_VERSION, GLIB_MAJOR_VERSION, GLIB_MINOR_VERSION, GLIB_MICRO_VERSION,
                          glib_major_version, glib_minor_version, glib_micro_version,
                          program->versions != NULL ? program->versions : "",
                          program->versions != NULL ? "\n" : "");
}

/* The text that one of the printing options asks for, or NULL. */
static char *
printed_answer (const Start *start)
{
  const FwOptionSlot *slots = (const FwOptionSlot *) (gpointer) start->slots->data;

  if (is_asked (start, "help"))
    return fw_option_help (start->program, slots, start->slots->len, terminal_width ());
  if (is_asked (start, "version"))
    return version_text (start->program);
  if (is_asked (start, "man"))
    return fw_option_man (start->program, slots, start->slots->len);
  if (is_asked (start, "reference"))
    return fw_option_reference (start->program, slots, start->slots->len);
  if (is_asked (start, "sample"))
    return fw_option_sample (slots, start->slots->len);
  return NULL;
}

static gboolean
configure (Start *start, GError **error)
{
  return apply_defaults (start, error) && read_files (start, error) && apply_files (start, error)
         && apply_environment (start, error) && apply_command_line (start, error)
         && check_log (start, error);
}

void
fw_program_locale (const char *prgname)
{
  const char *build = g_getenv ("FLEETWIRE_BUILD");
  g_autofree char *built_locale = build != NULL ? g_build_filename (build, "po", NULL) : NULL;

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, built_locale != NULL ? built_locale : FW_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname (prgname);
}

int
fw_program_fail (const FwProgram *program, const GError *error)
{
  g_autofree char *safe = fw_log_escape (error->message, -1);

  g_printerr ("fleetwire-%s: %s\n", program->name, safe);
  return fw_error_exit (error);
}

gboolean
fw_program_start (const FwProgram *program, gpointer target, int *argc, char ***argv,
                  FwConfig **ret_config, int *ret_status)
{
  g_autofree char *name = g_strconcat ("fleetwire-", program->name, NULL);
  g_auto (Start) start;
  g_autoptr (GError) error = NULL;

  fw_program_locale (name);
  start_init (&start, program, target);
  gboolean is_parsed = parse_command_line (&start, argc, argv, &error);
  g_autofree char *answer = is_parsed ? printed_answer (&start) : NULL;
  if (is_parsed && answer == NULL && configure (&start, &error) && start.common.dump_config)
    answer = fw_option_dump (program, (const FwOptionSlot *) (gpointer) start.slots->data,
                             start.slots->len, start.config);
  if (error != NULL || answer != NULL)
    {
      if (answer != NULL)
        g_print ("%s", answer);
      *ret_status = error != NULL ? fw_program_fail (program, error) : FW_EXIT_OK;
      fw_program_clear (program, target);
      return FALSE;
    }
  fw_log_init (name, start.common.log, g_str_equal (start.common.log_format, "json"));
  if (ret_config != NULL)
    *ret_config = g_steal_pointer (&start.config);
  return TRUE;
}

static gboolean
assign_word (Start *start, const char *assignment, GError **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name = g_strndup (assignment, equals != NULL ? (gsize) (equals - assignment)
                                                                : strlen (assignment));
  gboolean is_no;
  FwOptionSlot *slot = slot_of_name (start, name, &is_no);

  if (slot == NULL)
    return fail_unknown (start, "--", name, error);
  const char *text = equals != NULL ? equals + 1 : is_no ? "false" : "true";
  return fw_option_assign (slot, text, FW_ORIGIN_COMMAND_LINE, _ ("the command line"), error);
}

gboolean
fw_program_defaults (const FwProgram *program, gpointer target, const char *const *assignments,
                     GError **error)
{
  g_auto (Start) start;

  start_init (&start, program, target);
  if (!apply_defaults (&start, error))
    return FALSE;
  for (; assignments != NULL && *assignments != NULL; assignments++)
    if (!assign_word (&start, *assignments, error))
      return FALSE;
  return TRUE;
}

void
fw_program_clear (const FwProgram *program, gpointer target)
{
  for (const FwOption *row = program->options; row != NULL && row->name != NULL; row++)
    fw_option_free_value (row, target);
  for (const FwOption *row = program->more; row != NULL && row->name != NULL; row++)
    fw_option_free_value (row, target);
}
