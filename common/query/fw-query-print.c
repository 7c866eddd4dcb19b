/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <math.h>
#include <string.h>

#include "fw-text.h"

static void print_node (const FwQuery *query, guint16 id, GString *out);

static const char *const signs[] = {
  [COMPARE_EQ] = "=",  [COMPARE_NE] = "!=", [COMPARE_LT] = "<",
  [COMPARE_LE] = "<=", [COMPARE_GT] = ">",  [COMPARE_GE] = ">=",
};

/* In the largest unit that leaves a whole number. */
static void
print_duration (double ms, GString *out)
{
  static const struct
  {
    double ms;
    const char *unit;
  } units[] = {
    { 86400000, "d" },
    { 3600000, "h" },
    { 60000, "m" },
    { 1000, "s" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      double n = ms / units[i].ms;
      if (ms != 0 && n == floor (n) && n * units[i].ms == ms)
        {
          fw_text_put_number (out, n);
          g_string_append (out, units[i].unit);
          return;
        }
    }
  fw_text_put_number (out, ms);
  g_string_append (out, "ms");
}

static gboolean
is_word (const char *text)
{
  return *text && strspn (text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-") == strlen (text);
}

static void
print_quoted (const char *text, GString *out)
{
  g_string_append_c (out, '"');
  for (; *text; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
print_string (const char *text, GString *out)
{
  if (is_word (text))
    g_string_append (out, text);
  else
    print_quoted (text, out);
}

static gboolean
has_meaning (const char *text)
{
  Word word = { text, strlen (text) };
  return lex_is_keyword (word) || lex_is (word, "stale") || subject_is_for_later (word)
         || subject_find (text, word.len) != SUBJECT_NONE;
}

static void
print_literal (guint subject, const Literal *literal, GString *out)
{
  SubjectInfo info = subject_info (subject);
  if (info.kind == VALUE_STRING)
    print_string (literal->text, out);
  else if (info.kind == VALUE_BOOL)
    g_string_append (out, literal->number != 0 ? "true" : "false");
  else if (info.kind == VALUE_WORD)
    g_string_append (out, subject_word (subject, literal->number));
  else if (subject == SUBJECT_AGE)
    print_duration (literal->number, out);
  else
    fw_text_put_number (out, literal->number);
}

static void
print_comparison (const Node *node, GString *out)
{
  const GArray *literals = node->literals;
  g_string_append (out, subject_info (node->subject).name);
  if (literals->len == 1)
    {
      g_string_append_printf (out, " %s ", signs[node->compare]);
      print_literal (node->subject, &g_array_index (literals, Literal, 0), out);
      return;
    }
  for (guint i = 0; i < literals->len; i++)
    {
      g_string_append (out, i == 0 ? " in (" : ", ");
      print_literal (node->subject, &g_array_index (literals, Literal, i), out);
    }
  g_string_append_c (out, ')');
}

static void
print_near (const Node *node, GString *out)
{
  g_string_append (out, "near ");
  fw_text_put_number (out, node->centre.lat);
  g_string_append_c (out, ',');
  fw_text_put_number (out, node->centre.lon);
  g_string_append_c (out, ' ');
  fw_text_put_number (out, node->radius_m);
  g_string_append_c (out, 'm');
}

static void
print_in_parentheses_if (gboolean needs_them, const FwQuery *query, guint16 id, GString *out)
{
  if (needs_them)
    g_string_append_c (out, '(');
  print_node (query, id, out);
  if (needs_them)
    g_string_append_c (out, ')');
}

static void
print_children (const FwQuery *query, const Node *node, GString *out)
{
  for (guint16 id = node->first; id != NODE_NONE; id = query_node (query, id)->next)
    {
      gboolean is_looser = node->kind == NODE_AND && query_node (query, id)->kind == NODE_OR;
      if (id != node->first)
        g_string_append (out, node->kind == NODE_AND ? " and " : " or ");
      print_in_parentheses_if (is_looser, query, id, out);
    }
}

static void
print_node (const FwQuery *query, guint16 id, GString *out)
{
  const Node *node = query_node (query, id);
  switch (node->kind)
    {
    case NODE_AND:
    case NODE_OR:
      print_children (query, node, out);
      break;
    case NODE_NOT:
      g_string_append (out, "not ");
      print_in_parentheses_if (query_node (query, node->first)->kind <= NODE_OR, query, node->first,
                               out);
      break;
    case NODE_HAS:
      g_string_append_printf (out, "has %s", fw_field (node->subject)->name);
      break;
    case NODE_NEAR:
      print_near (node, out);
      break;
    case NODE_STALE:
      g_string_append (out, "stale");
      break;
    case NODE_WORD:
      if (has_meaning (node->word))
        print_quoted (node->word, out);
      else
        print_string (node->word, out);
      break;
    default:
      print_comparison (node, out);
    }
}

char *
query_print (const FwQuery *query)
{
  GString *out = g_string_new (NULL);
  if (query->root != NODE_NONE)
    print_node (query, query->root, out);
  return g_string_free (out, FALSE);
}
