/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-query.h"
/* fw-query-private: a compiled query, for the files of this folder.
 * A tree in one array: AND and OR have any number of children, linked by `next`; NOT has one; all others are leaves.
 * The tree is as deep as parentheses and `not` make it, at most FW_QUERY_MAX_DEPTH. */
#define NODE_NONE G_MAXUINT16

typedef enum { NODE_AND, NODE_OR, NODE_NOT, NODE_COMPARE, NODE_HAS, NODE_NEAR, NODE_STALE, NODE_WORD } NodeKind;
typedef enum { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE } Compare;

/* What a comparison is about. Those below SUBJECT_FLEET are fields, by their id. */
typedef enum
{
  SUBJECT_FLEET = FW_FIELD_N_MAX, SUBJECT_DEVICE_ID, SUBJECT_AGE, SUBJECT_STATUS, SUBJECT_SEVERITY, SUBJECT_REASON,
  SUBJECT_CLOCK_BAD,
  SUBJECT_NONE,
} Subject;

typedef enum { VALUE_NUMBER, VALUE_BOOL, VALUE_STRING, VALUE_WORD } ValueKind; /* WORD: one of a closed set, kept as a number */

typedef struct
{
  const char *name;
  ValueKind   kind;
  const char *unit;      /* of numbers */
  gboolean    has_order; /* < and > mean something */
  gboolean    is_time;   /* the clock alone can change it */
  gboolean    is_field;
} SubjectInfo;

typedef struct { double number; char *text; } Literal;

typedef struct
{
  NodeKind kind;
  guint16  first, next;   /* child and sibling, or NODE_NONE */
  guint    subject;       /* COMPARE, HAS */
  Compare  compare;
  GArray  *literals;      /* COMPARE: one, or the members of a set (compare is EQ) */
  FwPoint  centre;        /* NEAR */
  double   radius_m;
  char    *word;          /* WORD: lower case */
} Node;

struct FwQuery
{
  GArray  *nodes; /* of Node */
  guint16  root;  /* NODE_NONE: matches everything */
  char    *text;
  gboolean uses_time;
};

/* Where the parser stands, and the first fault. */
typedef struct
{
  const char *text;
  gsize       len, at;
  FwQuery    *query;
  guint       depth;
  gboolean    is_failed;
  gsize       fault_at;
  char       *fault;
  gint        fault_code;
} Parser;

static inline const Node *
query_node (const FwQuery *query, guint16 id)
{
  return &g_array_index (query->nodes, Node, id);
}

/* The letter at text in lower case, taken alone: that of a whole word depends on neighbours and locale (a last sigma, a
 * Turkish I), and an id is compared from every letter on. */
static inline gunichar
query_lower (const char *text)
{
  return (guchar) *text < 0x80 ? (guchar) g_ascii_tolower (*text) : g_unichar_tolower (g_utf8_get_char (text));
}

/* fw-query-lex.c. A word is a run of [A-Za-z0-9._-]; peek gives its length, 0 when there is none. */
typedef struct { const char *data; gsize len; } Word;
void     lex_skip_space (Parser *parser);
gboolean lex_at_end (Parser *parser);
Word     lex_peek_word (Parser *parser);
gboolean lex_is (Word word, const char *keyword);            /* ASCII case does not matter */
gboolean lex_is_keyword (Word word);
gboolean lex_take_keyword (Parser *parser, const char *keyword);
gboolean lex_take_char (Parser *parser, char c);
gboolean lex_peek_compare (Parser *parser, Compare *ret_compare, gsize *ret_len);
/* A quoted string, unescaped, or NULL (and a fault when its quote is open). */
char    *lex_take_quoted (Parser *parser);
gboolean lex_take_number (Parser *parser, double *ret_value);
/* FALSE, and a fault at `at`, when the number there is beyond all doubles, in its own unit or in the one it became. */
gboolean lex_is_finite (Parser *parser, gsize at, double value);
Word     lex_take_unit (Parser *parser);
/* The first fault stands. message: transfer full. */
void     lex_fail (Parser *parser, gsize at, gint code, char *message);

/* fw-query-subject.c */
guint       subject_find (const char *name, gsize len);
SubjectInfo subject_info (guint subject);
gboolean    subject_is_for_later (Word word);
const char *subject_nearest (Word word);    /* NULL when none is near; borrowed until the next call on this thread */
gboolean    subject_find_word (guint subject, const char *word, gsize len, double *ret_value);
const char *subject_word (guint subject, double value);
char       *subject_words_list (guint subject);

/* fw-query-literal.c. FALSE after a fault. */
gboolean literal_read (Parser *parser, guint subject, Literal *ret_literal);
void     literal_clear (gpointer literal);
int      literal_compare (gconstpointer a, gconstpointer b);

/* fw-query-parse.c, fw-query-print.c, fw-query-clock.c, fw-query-eval.c */
void     query_parse (Parser *parser);
char    *query_print (const FwQuery *query);
gboolean query_subject_number (guint subject, const FwQuerySubject *of, double *ret_value);
const FwThresholds *query_thresholds (const FwQuerySubject *of);
