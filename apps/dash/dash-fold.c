/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-fold.h"

struct DashFold
{
  GHashTable *rows; /* key -> DashRow, both the row's */
  DashRowUpdate scratch;
  guint generation;
  gboolean is_whole;
  DashFoldChanged changed;
  gpointer user;
};

DashFold *
dash_fold_new (DashFoldChanged changed, gpointer user)
{
  DashFold *fold = g_new0 (DashFold, 1);

  fold->rows
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) dash_row_free);
  dash_row_update_init (&fold->scratch);
  fold->changed = changed;
  fold->user = user;
  return fold;
}

void
dash_fold_free (DashFold *fold)
{
  if (fold == NULL)
    return;
  g_hash_table_unref (fold->rows);
  dash_row_update_clear (&fold->scratch);
  g_free (fold);
}

static void
take_row (const DashRowUpdate *update, gpointer user)
{
  DashFold *fold = user;
  g_autofree char *key = dash_row_update_key (update);
  DashRow *row = g_hash_table_lookup (fold->rows, key);

  if (row == NULL)
    {
      row = dash_row_new (update);
      g_hash_table_insert (fold->rows, row->key, row);
    }
  else
    dash_row_apply (row, update);
  row->generation = fold->generation;
  if (fold->changed != NULL)
    fold->changed (row, update, fold->user);
}

static void
take_left (const char *key, gpointer user)
{
  DashFold *fold = user;

  g_hash_table_remove (fold->rows, key);
}

static gboolean
is_older (gpointer key G_GNUC_UNUSED, gpointer value, gpointer user)
{
  const DashFold *fold = user;
  const DashRow *row = value;

  return row->generation != fold->generation;
}

static void
take_snapshot (DashFold *fold, const DashMessage *message)
{
  if (message->part <= 0)
    fold->generation++;
  dash_message_each_row (message->rows, &fold->scratch, take_row, fold);
  if (!message->is_last)
    return;
  g_hash_table_foreach_remove (fold->rows, is_older, fold);
  fold->is_whole = TRUE;
}

void
dash_fold_take (DashFold *fold, const DashMessage *message)
{
  if (message->op == DASH_OP_SNAPSHOT)
    take_snapshot (fold, message);
  else if (message->op == DASH_OP_PATCH)
    {
      dash_message_each_left (message->left, take_left, fold);
      dash_message_each_row (message->set, &fold->scratch, take_row, fold);
    }
}

void
dash_fold_clear (DashFold *fold)
{
  g_hash_table_remove_all (fold->rows);
  fold->is_whole = FALSE;
}

guint
dash_fold_n (const DashFold *fold)
{
  return g_hash_table_size (fold->rows);
}

gboolean
dash_fold_is_whole (const DashFold *fold)
{
  return fold->is_whole;
}

DashRow *
dash_fold_find (const DashFold *fold, const char *key)
{
  return g_hash_table_lookup (fold->rows, key);
}

void
dash_fold_iter (const DashFold *fold, GHashTableIter *iter)
{
  g_hash_table_iter_init (iter, fold->rows);
}
