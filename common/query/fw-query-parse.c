/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-units.h"

#include "fw-i18n.h"

/* or   := and ("or" and)*
 * and  := not ("and" not)*
 * not  := "not" not | leaf
 * leaf := "(" or ")" | "has" FIELD | "near" LAT "," LON DISTANCE | "stale" | NAME SIGN VALUE | NAME
 * "in" "(" VALUE,... ")" | WORD | "TEXT" */
static guint16 parse_or (Parser *parser);

static guint16
add_node (Parser *parser, Node node)
{
  GArray *nodes = parser->query->nodes;
  node.next = NODE_NONE;
  if (nodes->len == FW_QUERY_MAX_NODES)
    lex_fail (parser, parser->at, FW_ERROR_LIMIT,
              g_strdup_printf (_ ("More than %d conditions"), FW_QUERY_MAX_NODES));
  g_array_append_val (nodes, node);
  return (guint16) (nodes->len - 1);
}

static Node *
get_node (Parser *parser, guint16 id)
{
  return &g_array_index (parser->query->nodes, Node, id);
}

static guint16
add_leaf (Parser *parser, NodeKind kind)
{
  return add_node (parser, (Node){ .kind = kind, .first = NODE_NONE });
}

static gboolean
enter (Parser *parser)
{
  if (++parser->depth > FW_QUERY_MAX_DEPTH)
    lex_fail (parser, parser->at, FW_ERROR_LIMIT,
              g_strdup_printf (_ ("Nested more than %d deep"), FW_QUERY_MAX_DEPTH));
  return !parser->is_failed;
}

static void
fail_later (Parser *parser, gsize at, const char *what)
{
  lex_fail (parser, at, FW_ERROR_NOT_SUPPORTED,
            g_strdup_printf (_ ("'%s' is not supported yet"), what));
}

static void
fail_unknown_name (Parser *parser, Word word)
{
  const char *nearest = subject_nearest (word);
  g_autofree char *name = g_strndup (word.data, MIN (word.len, 64));
  gsize at = (gsize) (word.data - parser->text);
  lex_fail (parser, at, FW_ERROR_DATA,
            nearest
                ? g_strdup_printf (_ ("There is no field '%s'; did you mean '%s'?"), name, nearest)
                : g_strdup_printf (_ ("There is no field '%s'"), name));
}

static guint
need_subject (Parser *parser, Word word)
{
  guint subject = subject_find (word.data, word.len);
  if (subject == SUBJECT_NONE)
    fail_unknown_name (parser, word);
  return subject;
}

static void
check_sign (Parser *parser, guint subject, Compare compare)
{
  SubjectInfo info = subject_info (subject);
  if (!info.has_order && compare != COMPARE_EQ && compare != COMPARE_NE)
    lex_fail (parser, parser->at, FW_ERROR_DATA,
              g_strdup_printf (_ ("'%s' has no order: expected =, != or in (...)"), info.name));
}

static guint16
new_comparison (Parser *parser, guint subject, Compare compare)
{
  guint16 id = add_leaf (parser, NODE_COMPARE);
  Node *node = get_node (parser, id);
  node->subject = subject;
  node->compare = compare;
  node->literals = g_array_new (FALSE, TRUE, sizeof (Literal));
  g_array_set_clear_func (node->literals, literal_clear);
  return id;
}

static gboolean
take_literal (Parser *parser, guint16 id)
{
  Literal literal;
  Node *node = get_node (parser, id);
  if (!literal_read (parser, node->subject, &literal))
    return FALSE;
  g_array_append_val (node->literals, literal);
  return TRUE;
}

/* Sorted and without doubles, so that equal sets have equal text. */
static void
tidy_set (GArray *literals)
{
  g_array_sort (literals, literal_compare);
  for (guint i = literals->len; i > 1; i--)
    if (literal_compare (&g_array_index (literals, Literal, i - 1),
                         &g_array_index (literals, Literal, i - 2))
        == 0)
      g_array_remove_index (literals, i - 1);
}

static guint16
parse_set (Parser *parser, guint subject)
{
  guint16 id = new_comparison (parser, subject, COMPARE_EQ);
  if (!lex_take_char (parser, '('))
    {
      lex_fail (parser, parser->at, FW_ERROR_DATA,
                g_strdup (_ ("Expected '(' and the values of a set, such as (moving, idle)")));
      return id;
    }
  do
    {
      if (get_node (parser, id)->literals->len == FW_QUERY_MAX_SET)
        lex_fail (parser, parser->at, FW_ERROR_LIMIT,
                  g_strdup_printf (_ ("A set has at most %d values"), FW_QUERY_MAX_SET));
      if (parser->is_failed || !take_literal (parser, id))
        return id;
    }
  while (lex_take_char (parser, ','));
  if (!lex_take_char (parser, ')'))
    lex_fail (parser, parser->at, FW_ERROR_DATA, g_strdup (_ ("Expected ',' or ')'")));
  tidy_set (get_node (parser, id)->literals);
  return id;
}

static guint16
parse_comparison (Parser *parser, guint subject, Compare compare, gsize sign_len)
{
  check_sign (parser, subject, compare);
  parser->at += sign_len;
  guint16 id = new_comparison (parser, subject, compare);
  if (!parser->is_failed)
    take_literal (parser, id);
  return id;
}

static guint16
parse_has (Parser *parser)
{
  guint16 id = add_leaf (parser, NODE_HAS);
  Word word = lex_peek_word (parser);
  guint field = word.len ? fw_field_find_for_query (word.data, word.len) : FW_FIELD_NONE;
  if (word.len == 0)
    lex_fail (parser, parser->at, FW_ERROR_DATA,
              g_strdup (_ ("Expected the name of a field after 'has'")));
  else if (field == FW_FIELD_NONE && subject_find (word.data, word.len) != SUBJECT_NONE)
    lex_fail (parser, parser->at, FW_ERROR_DATA,
              g_strdup (_ ("Every device has this; 'has' asks for a field such as temp_c")));
  else if (field == FW_FIELD_NONE)
    fail_unknown_name (parser, word);
  get_node (parser, id)->subject = field;
  parser->at += word.len;
  return id;
}

static gboolean
take_coordinate (Parser *parser, double limit, double *ret_value)
{
  lex_skip_space (parser);
  gsize at = parser->at;
  if (lex_take_number (parser, ret_value) && fabs (*ret_value) <= limit)
    return TRUE;
  lex_fail (parser, at, FW_ERROR_DATA,
            g_strdup (_ (
                "Expected a latitude, a longitude and a distance, such as near 30.27,-97.74 5km")));
  return FALSE;
}

static gboolean
take_distance (Parser *parser, double *ret_m)
{
  double factor, offset, value;
  lex_skip_space (parser);
  gsize at = parser->at;
  if (lex_take_number (parser, &value) && value > 0)
    {
      Word unit = lex_take_unit (parser);
      if (unit.len > 0 && fw_unit_convert (unit.data, unit.len, "m", &factor, &offset))
        {
          *ret_m = value * factor;
          return lex_is_finite (parser, at, *ret_m);
        }
    }
  lex_fail (parser, at, FW_ERROR_DATA,
            g_strdup (_ ("Expected a distance such as 500m, 5km or 3mi")));
  return FALSE;
}

static guint16
parse_near (Parser *parser)
{
  FwPoint centre = { 0, 0 };
  double radius_m = 0;
  if (take_coordinate (parser, 90, &centre.lat))
    {
      if (!lex_take_char (parser, ','))
        lex_fail (parser, parser->at, FW_ERROR_DATA,
                  g_strdup (_ ("Expected ',' between latitude and longitude")));
      else if (take_coordinate (parser, 180, &centre.lon))
        take_distance (parser, &radius_m);
    }
  guint16 id = add_leaf (parser, NODE_NEAR);
  get_node (parser, id)->centre = centre;
  get_node (parser, id)->radius_m = radius_m;
  return id;
}

static char *
fold_case (const char *word)
{
  GString *folded = g_string_new (NULL);
  for (; *word; word = g_utf8_next_char (word))
    g_string_append_unichar (folded, query_lower (word));
  return g_string_free (folded, FALSE);
}

/* word: transfer full. */
static guint16
add_word (Parser *parser, char *word)
{
  guint16 id = add_leaf (parser, NODE_WORD);
  get_node (parser, id)->word = fold_case (word);
  g_free (word);
  return id;
}

static void
fail_bare_field (Parser *parser, Word word, guint subject)
{
  SubjectInfo info = subject_info (subject);
  const char *example = info.kind == VALUE_BOOL ? "= true" : info.has_order ? "> 0" : "= ...";
  lex_fail (parser, (gsize) (word.data - parser->text), FW_ERROR_DATA,
            g_strdup_printf (
                _ ("'%s' is a field: compare it ('%s %s'), or quote it to look for it in ids"),
                info.name, info.name, example));
}

static guint16
parse_named (Parser *parser, Word word)
{
  Compare compare;
  gsize sign_len;
  gsize at = parser->at;
  if (subject_is_for_later (word))
    {
      g_autofree char *name = g_strndup (word.data, word.len);
      fail_later (parser, at, name);
      return NODE_NONE;
    }
  parser->at += word.len;
  if (lex_peek_compare (parser, &compare, &sign_len))
    {
      guint subject = need_subject (parser, word);
      return parser->is_failed ? NODE_NONE : parse_comparison (parser, subject, compare, sign_len);
    }
  if (lex_take_keyword (parser, "in"))
    {
      guint subject = need_subject (parser, word);
      return parser->is_failed ? NODE_NONE : parse_set (parser, subject);
    }
  if (lex_is (word, "stale"))
    return add_leaf (parser, NODE_STALE);
  guint subject = subject_find (word.data, word.len);
  if (subject == SUBJECT_NONE)
    return add_word (parser, g_strndup (word.data, word.len));
  fail_bare_field (parser, word, subject);
  return NODE_NONE;
}

static guint16
parse_parenthesis (Parser *parser)
{
  if (!enter (parser))
    return NODE_NONE;
  guint16 id = parse_or (parser);
  if (!lex_take_char (parser, ')'))
    lex_fail (parser, parser->at, FW_ERROR_DATA, g_strdup (_ ("Expected 'and', 'or' or ')'")));
  parser->depth--;
  return id;
}

static void
fail_no_condition (Parser *parser, Word word)
{
  if (word.len > 0)
    lex_fail (
        parser, parser->at, FW_ERROR_DATA,
        g_strdup (_ (
            "Expected a condition here; a word of the language that is meant as text is quoted")));
  else if (lex_at_end (parser))
    lex_fail (parser, parser->at, FW_ERROR_DATA,
              g_strdup (_ ("Expected a condition, such as speed > 90, or a part of an id")));
  else
    lex_fail (
        parser, parser->at, FW_ERROR_DATA,
        g_strdup (
            _ ("Expected a condition; text beyond letters, digits, '.', '_' and '-' is quoted")));
}

static guint16
parse_leaf (Parser *parser)
{
  if (lex_take_char (parser, '('))
    return parse_parenthesis (parser);
  char *quoted = lex_take_quoted (parser);
  if (quoted)
    return add_word (parser, quoted);
  Word word = lex_peek_word (parser);
  if (lex_take_keyword (parser, "has"))
    return parse_has (parser);
  if (lex_take_keyword (parser, "near"))
    return parse_near (parser);
  if (lex_is (word, "in"))
    fail_later (parser, parser->at, "in PLACE");
  else if (word.len == 0 || lex_is_keyword (word))
    fail_no_condition (parser, word);
  return parser->is_failed ? NODE_NONE : parse_named (parser, word);
}

static guint16
parse_not (Parser *parser)
{
  if (!lex_take_keyword (parser, "not"))
    {
      guint16 leaf = parse_leaf (parser);
      if (!parser->is_failed && lex_is (lex_peek_word (parser), "for"))
        fail_later (parser, parser->at, "for DURATION");
      return leaf;
    }
  if (!enter (parser))
    return NODE_NONE;
  guint16 child = parse_not (parser);
  parser->depth--;
  guint16 id = add_leaf (parser, NODE_NOT);
  get_node (parser, id)->first = child;
  return id;
}

/* Puts child behind tail; the children of a child of the same kind take its place. Returns the new
 * tail. */
static guint16
link_child (Parser *parser, guint16 list, guint16 tail, guint16 child)
{
  guint16 first = child;
  if (get_node (parser, child)->kind == get_node (parser, list)->kind)
    first = get_node (parser, child)->first;
  if (tail == NODE_NONE)
    get_node (parser, list)->first = first;
  else
    get_node (parser, tail)->next = first;
  while (get_node (parser, first)->next != NODE_NONE)
    first = get_node (parser, first)->next;
  return first;
}

static guint16
parse_list (Parser *parser, NodeKind kind, const char *keyword, guint16 (*parse_one) (Parser *))
{
  guint16 child = parse_one (parser);
  if (parser->is_failed || !lex_take_keyword (parser, keyword))
    return child;
  guint16 list = add_leaf (parser, kind);
  guint16 tail = link_child (parser, list, NODE_NONE, child);
  do
    {
      child = parse_one (parser);
      if (parser->is_failed)
        return list;
      tail = link_child (parser, list, tail, child);
    }
  while (lex_take_keyword (parser, keyword));
  return list;
}

static guint16
parse_and (Parser *parser)
{
  return parse_list (parser, NODE_AND, "and", parse_not);
}

static guint16
parse_or (Parser *parser)
{
  return parse_list (parser, NODE_OR, "or", parse_and);
}

void
query_parse (Parser *parser)
{
  if (lex_at_end (parser))
    return;
  parser->query->root = parse_or (parser);
  if (!parser->is_failed && !lex_at_end (parser))
    lex_fail (parser, parser->at, FW_ERROR_DATA, g_strdup (_ ("Expected 'and' or 'or' here")));
}
