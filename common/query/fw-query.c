/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query.h"

#include <string.h>

#include "fw-error.h"
#include "fw-query-private.h"

#include "fw-i18n.h"

static void
clear_node (gpointer data)
{
  Node *node = data;
  g_clear_pointer (&node->literals, g_array_unref);
  g_clear_pointer (&node->word, g_free);
}

void
fw_query_free (FwQuery *query)
{
  if (!query)
    return;
  g_array_unref (query->nodes);
  g_free (query->text);
  g_free (query);
}

/* One printable line: control characters become spaces, so that nothing hostile reaches a terminal.
 */
static char *
make_line (const char *text)
{
  GString *line = g_string_new (NULL);
  for (const char *c = text; *c; c = g_utf8_next_char (c))
    {
      gunichar code = g_utf8_get_char (c);
      g_string_append_unichar (line, g_unichar_iscntrl (code) ? ' ' : code);
    }
  return g_string_free (line, FALSE);
}

static guint
columns_before (const char *text, gsize at)
{
  guint columns = 0;
  for (const char *c = text; *c && (gsize) (c - text) < at; c = g_utf8_next_char (c))
    {
      gunichar code = g_utf8_get_char (c);
      columns += g_unichar_iszerowidth (code) ? 0 : g_unichar_iswide (code) ? 2 : 1;
    }
  return columns;
}

static void
set_error (GError **error, gint code, const char *what, const char *text, gsize at)
{
  g_autofree char *line = make_line (text);
  g_autofree char *message = make_line (what);
  g_set_error (error, FW_ERROR, code, "%s\n%s\n%*s^", message, line,
               (int) columns_before (text, at), "");
}

static gboolean
looks_at_clock (const FwQuery *query)
{
  for (guint16 id = 0; id < query->nodes->len; id++)
    {
      const Node *node = query_node (query, id);
      if (node->kind == NODE_STALE
          || (node->kind == NODE_COMPARE && subject_info (node->subject).is_time))
        return TRUE;
    }
  return FALSE;
}

/* What cannot even be shown with a caret. */
static gboolean
is_readable (const char *text, guint *ret_at, GError **error)
{
  const char *end;
  gsize len = strlen (text);
  if (len > FW_QUERY_MAX_BYTES)
    g_set_error (error, FW_ERROR, FW_ERROR_LIMIT, _ ("The query is longer than %d bytes"),
                 FW_QUERY_MAX_BYTES);
  else if (!g_utf8_validate (text, -1, &end))
    g_set_error (error, FW_ERROR, FW_ERROR_DATA, _ ("The query is not valid UTF-8 from byte %d on"),
                 (int) (end - text));
  else
    return TRUE;
  if (ret_at)
    *ret_at = len > FW_QUERY_MAX_BYTES ? FW_QUERY_MAX_BYTES : (guint) (end - text);
  return FALSE;
}

FwQuery *
fw_query_new (const char *text, guint *ret_at, GError **error)
{
  text = text ? text : "";
  if (!is_readable (text, ret_at, error))
    return NULL;
  g_autoptr (FwQuery) query = g_new0 (FwQuery, 1);
  query->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  g_array_set_clear_func (query->nodes, clear_node);
  query->root = NODE_NONE;
  Parser parser = { .text = text, .len = strlen (text), .query = query };
  query_parse (&parser);
  if (parser.is_failed)
    {
      set_error (error, parser.fault_code, parser.fault, text, parser.fault_at);
      if (ret_at)
        *ret_at = (guint) parser.fault_at;
      g_free (parser.fault);
      return NULL;
    }
  query->uses_time = looks_at_clock (query);
  query->text = query_print (query);
  return g_steal_pointer (&query);
}

const char *
fw_query_text (const FwQuery *query)
{
  return query->text;
}

gboolean
fw_query_uses_time (const FwQuery *query)
{
  return query->uses_time;
}
