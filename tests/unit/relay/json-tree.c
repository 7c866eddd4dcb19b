/* SPDX-License-Identifier: Apache-2.0 */
#include "json-tree.h"

#include <string.h>
#include "fw-json.h"

void
json_tree_free (JsonTree *tree)
{
  if (!tree)
    return;
  g_free (tree->text);
  if (tree->children)
    g_ptr_array_unref (tree->children);
  if (tree->keys)
    g_ptr_array_unref (tree->keys);
  g_free (tree);
}

static JsonTree *read_value (FwJsonReader *reader, FwJsonToken token);

static void
read_members (FwJsonReader *reader, JsonTree *tree, FwJsonToken end)
{
  FwJsonToken token;

  tree->children = g_ptr_array_new_with_free_func ((GDestroyNotify) json_tree_free);
  tree->keys = g_ptr_array_new_with_free_func (g_free);
  while ((token = fw_json_next (reader)) != end)
    {
      g_assert_cmpint (token, !=, FW_JSON_ERROR);
      if (token == FW_JSON_KEY)
        {
          g_ptr_array_add (tree->keys, g_strndup (reader->text, reader->text_len));
          token = fw_json_next (reader);
        }
      g_ptr_array_add (tree->children, read_value (reader, token));
    }
}

static JsonTree *
read_value (FwJsonReader *reader, FwJsonToken token)
{
  static const char types[] = {
    [FW_JSON_OBJECT_BEGIN] = '{', [FW_JSON_ARRAY_BEGIN] = '[', [FW_JSON_STRING] = '"',
    [FW_JSON_NUMBER] = '0',       [FW_JSON_TRUE] = 't',        [FW_JSON_FALSE] = 'f',
    [FW_JSON_NULL] = 'n',
  };
  JsonTree *tree = g_new0 (JsonTree, 1);

  g_assert_cmpint (token, !=, FW_JSON_ERROR);
  tree->type = types[token];
  if (token == FW_JSON_STRING || token == FW_JSON_NUMBER)
    tree->text = g_strndup (reader->text, reader->text_len);
  if (token == FW_JSON_OBJECT_BEGIN)
    read_members (reader, tree, FW_JSON_OBJECT_END);
  else if (token == FW_JSON_ARRAY_BEGIN)
    read_members (reader, tree, FW_JSON_ARRAY_END);
  return tree;
}

JsonTree *
json_tree_new (const char *text, gsize len)
{
  FwJsonReader reader;
  JsonTree *tree;

  fw_json_reader_init (&reader);
  fw_json_reader_start (&reader, text, len);
  tree = read_value (&reader, fw_json_next (&reader));
  g_assert_cmpint (fw_json_next (&reader), ==, FW_JSON_END);
  fw_json_reader_clear (&reader);
  return tree;
}

const JsonTree *
json_tree_get (const JsonTree *tree, const char *key)
{
  for (guint i = 0; tree->keys && i < tree->keys->len; i++)
    if (strcmp (g_ptr_array_index (tree->keys, i), key) == 0)
      return json_tree_at (tree, i);
  return NULL;
}

const char *
json_tree_text (const JsonTree *tree, const char *key)
{
  const JsonTree *value = json_tree_get (tree, key);

  return value ? value->text : NULL;
}

guint64
json_tree_count (const JsonTree *tree, const char *key)
{
  const char *text = json_tree_text (tree, key);

  g_assert_nonnull (text);
  return g_ascii_strtoull (text, NULL, 10);
}

const JsonTree *
json_tree_at (const JsonTree *tree, guint i)
{
  return g_ptr_array_index (tree->children, i);
}

guint
json_tree_n (const JsonTree *tree)
{
  return tree->children ? tree->children->len : 0;
}

void
json_tree_print (const JsonTree *tree, GString *out)
{
  if (!tree->children)
    g_string_append_printf (out, "%c%s", tree->type, tree->text ? tree->text : "");
  for (guint i = 0; i < json_tree_n (tree); i++)
    {
      g_string_append_printf (out, "%c%s:", tree->type,
                              tree->keys->len ? (char *) g_ptr_array_index (tree->keys, i) : "");
      json_tree_print (json_tree_at (tree, i), out);
    }
}
