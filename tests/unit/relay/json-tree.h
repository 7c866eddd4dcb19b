/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* json-tree: a message as a tree, for tests: objects and arrays by child, scalars as text. */
typedef struct JsonTree JsonTree;
struct JsonTree
{
  char type;           /* '{' '[' '"' '0' 't' 'f' 'n' */
  char *text;          /* of a string or number */
  GPtrArray *children; /* JsonTree */
  GPtrArray *keys;     /* char *, of an object */
};

/* Asserts that text is JSON. */
JsonTree *json_tree_new (const char *text, gsize len);
void json_tree_free (JsonTree *tree);
/* NULL when absent. */
const JsonTree *json_tree_get (const JsonTree *tree, const char *key);
const char *json_tree_text (const JsonTree *tree, const char *key);
guint64 json_tree_count (const JsonTree *tree, const char *key);
const JsonTree *json_tree_at (const JsonTree *tree, guint i);
guint json_tree_n (const JsonTree *tree);
/* Canonical text of any value. */
void json_tree_print (const JsonTree *tree, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonTree, json_tree_free)
