/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-start.h"
#include "fw-i18n.h"

#define HELP_WIDTH_DEFAULT 80
#define HELP_WIDTH_MAX 120

static gboolean
is_asked (const FwStart *start, const char *action)
{
  gboolean is_on = FALSE;

  for (guint i = 0; i < start->given->len; i++)
    {
      const FwGiven *given = start->given->pdata[i];
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
printed_answer (const FwStart *start)
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
  g_auto (FwStart) start;
  g_autoptr (GError) error = NULL;

  fw_program_locale (name);
  fw_start_init (&start, program, target);
  gboolean is_parsed = fw_start_parse (&start, argc, argv, &error);
  g_autofree char *answer = is_parsed ? printed_answer (&start) : NULL;
  if (is_parsed && answer == NULL && fw_start_configure (&start, &error)
      && start.common.dump_config)
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
assign_word (FwStart *start, const char *assignment, GError **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name = g_strndup (assignment, equals != NULL ? (gsize) (equals - assignment)
                                                                : strlen (assignment));
  gboolean is_no;
  FwOptionSlot *slot = fw_start_find (start, name, &is_no);

  if (slot == NULL)
    return fw_start_fail_unknown (start, "--", name, error);
  const char *text = equals != NULL ? equals + 1 : is_no ? "false" : "true";
  return fw_option_assign (slot, text, FW_ORIGIN_COMMAND_LINE, _ ("the command line"), error);
}

gboolean
fw_program_defaults (const FwProgram *program, gpointer target, const char *const *assignments,
                     GError **error)
{
  g_auto (FwStart) start;

  fw_start_init (&start, program, target);
  if (!fw_start_apply_defaults (&start, error))
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
