/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>
#include "fw-event-json.h"

View *
view_new (RelaySpec *spec)
{
  View *view = g_new0 (View, 1);

  view->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_hash_table_unref);
  view->spec = relay_spec_ref (spec);
  return view;
}

void
view_free (View *view)
{
  g_hash_table_unref (view->rows);
  relay_spec_unref (view->spec);
  json_tree_free (view->window);
  g_free (view);
}

/* Absent, null and `clock_bad: false` say the same. */
static void
put_member (GHashTable *row, const char *key, const JsonTree *value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  json_tree_print (value, text);
  if (value->type == 'n' || (value->type == 'f' && strcmp (key, "clock_bad") == 0))
    g_hash_table_remove (row, key);
  else
    g_hash_table_insert (row, g_strdup (key), g_strdup (text->str));
}

static GHashTable *
row_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
merge_row (GHashTable *row, const JsonTree *told)
{
  for (guint i = 0; i < json_tree_n (told); i++)
    put_member (row, g_ptr_array_index (told->keys, i), json_tree_at (told, i));
}

static void
take_rows (View *view, const JsonTree *rows)
{
  for (guint i = 0; i < json_tree_n (rows); i++)
    {
      const JsonTree *told = json_tree_at (rows, i);
      char *key = g_strdup_printf ("%s/%s", json_tree_text (told, "fleet"),
                                   json_tree_text (told, "device_id"));
      GHashTable *row = g_hash_table_lookup (view->rows, key);

      if (row)
        g_free (key);
      else
        g_hash_table_insert (view->rows, key, row = row_new ());
      merge_row (row, told);
    }
}

void
view_take_snapshot (View *view, const JsonTree *message)
{
  if (json_tree_count (message, "part") == 0)
    g_hash_table_remove_all (view->rows);
  take_rows (view, json_tree_get (message, "rows"));
  view->is_whole = json_tree_get (message, "last")->type == 't';
  view->rev = json_tree_count (message, "rev");
  view->n_snapshots += view->is_whole;
}

void
view_take_patch (View *view, const JsonTree *message)
{
  const JsonTree *left = json_tree_get (message, "left");

  g_assert_true (view->is_whole);
  g_assert_cmpuint (json_tree_count (message, "from_rev"), <=, view->rev);
  g_assert_cmpuint (json_tree_count (message, "rev"), >=, view->rev);
  take_rows (view, json_tree_get (message, "set"));
  for (guint i = 0; i < json_tree_n (left); i++)
    {
      const JsonTree *one = json_tree_at (left, i);
      g_autofree char *key
          = g_strdup_printf ("%s/%s", json_tree_at (one, 0)->text, json_tree_at (one, 1)->text);

      g_hash_table_remove (view->rows, key);
    }
  view->rev = json_tree_count (message, "rev");
  view->n_patches++;
}

static gboolean
matches (const World *world, const RelaySpec *spec, const RelayDevice *dev)
{
  FwQuerySubject subject
      = { dev->state, &dev->attention, relay_fleet_thresholds (world->fleet), world->now_ms };
  FwPoint at;

  return fw_query_matches (spec->query, &subject)
         && (!spec->has_bbox
             || (fw_device_number (dev->state, FW_FIELD_LAT, &at.lat)
                 && fw_device_number (dev->state, FW_FIELD_LON, &at.lon)
                 && fw_box_has (&spec->bbox, at)));
}

static void
assert_row (const World *world, const View *view, const RelayDevice *dev)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", dev->key.fleet.data, dev->key.id.data);
  GHashTable *held = g_hash_table_lookup (view->rows, key);
  g_autoptr (GHashTable) expected = row_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonTree) tree = NULL;
  GHashTableIter iter;
  gpointer name, value;

  fw_row_write (text, dev->state, &dev->attention, relay_fleet_thresholds (world->fleet),
                dev->status, view->spec->fields, FW_ROW_META_ALL, FALSE);
  tree = json_tree_new (text->str, text->len);
  merge_row (expected, tree);
  g_assert_nonnull (held);
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_assert_cmpstr (g_hash_table_lookup (held, name), ==, value);
  if (view->spec->fields == G_MAXUINT64)
    g_assert_cmpuint (g_hash_table_size (held), ==, g_hash_table_size (expected));
}

void
view_assert_converged (const World *world, const View *view)
{
  guint n = 0;

  g_assert_true (view->is_whole);
  for (RelayDevice *dev = relay_fleet_newest (world->fleet); dev; dev = dev->older)
    if (matches (world, view->spec, dev))
      {
        assert_row (world, view, dev);
        n++;
      }
  g_assert_cmpuint (g_hash_table_size (view->rows), ==, n);
}
