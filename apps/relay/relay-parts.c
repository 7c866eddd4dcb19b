/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-parts.h"

#include "relay-protocol.h"

#define PART_BYTES (15 * 1024)

struct RelayParts
{
  gboolean is_patch;
  guint64 ch, from_rev, rev;
  guint n_parts;
  GString *rows, *left, *message;
  GByteArray *out;
};

static RelayParts *
parts_new (gboolean is_patch, guint64 ch, guint64 from_rev, guint64 rev)
{
  RelayParts *parts = g_new0 (RelayParts, 1);

  parts->is_patch = is_patch;
  parts->ch = ch;
  parts->from_rev = from_rev;
  parts->rev = rev;
  parts->rows = g_string_new (NULL);
  parts->left = g_string_new (NULL);
  parts->message = g_string_new (NULL);
  parts->out = g_byte_array_new ();
  return parts;
}

RelayParts *
relay_parts_new_snapshot (guint64 ch, guint64 rev)
{
  return parts_new (FALSE, ch, 0, rev);
}

RelayParts *
relay_parts_new_patch (guint64 ch, guint64 from_rev, guint64 rev)
{
  return parts_new (TRUE, ch, from_rev, rev);
}

void
relay_parts_free (RelayParts *parts)
{
  if (!parts)
    return;
  g_string_free (parts->rows, TRUE);
  g_string_free (parts->left, TRUE);
  g_string_free (parts->message, TRUE);
  g_byte_array_unref (parts->out);
  g_free (parts);
}

static void
say_snapshot (RelayParts *parts, gboolean is_last)
{
  g_string_append_printf (parts->message,
                          "{\"op\":\"snapshot\",\"ch\":%" G_GUINT64_FORMAT
                          ",\"rev\":%" G_GUINT64_FORMAT ",\"part\":%u,\"last\":%s,\"rows\":[%s]}",
                          parts->ch, parts->rev, parts->n_parts, is_last ? "true" : "false",
                          parts->rows->str);
}

static void
say_patch (RelayParts *parts, gboolean is_last)
{
  g_string_append_printf (parts->message,
                          "{\"op\":\"patch\",\"ch\":%" G_GUINT64_FORMAT
                          ",\"from_rev\":%" G_GUINT64_FORMAT ",\"rev\":%" G_GUINT64_FORMAT
                          ",\"set\":[%s],\"left\":[%s]}",
                          parts->ch, parts->from_rev, is_last ? parts->rev : parts->from_rev,
                          parts->rows->str, parts->left->str);
}

static void
end_part (RelayParts *parts, gboolean is_last)
{
  g_string_truncate (parts->message, 0);
  if (parts->is_patch)
    say_patch (parts, is_last);
  else
    say_snapshot (parts, is_last);
  relay_frame_text (parts->out, parts->message);
  g_string_truncate (parts->rows, 0);
  g_string_truncate (parts->left, 0);
  parts->n_parts++;
}

static void
begin_item (RelayParts *parts, GString *list)
{
  if (parts->rows->len + parts->left->len > PART_BYTES)
    end_part (parts, FALSE);
  if (list->len > 0)
    g_string_append_c (list, ',');
}

void
relay_parts_add_row (RelayParts *parts, const RelayDevice *dev, const FwThresholds *thresholds,
                     guint64 fields, guint meta, gboolean is_patch)
{
  begin_item (parts, parts->rows);
  fw_row_write (parts->rows, dev->state, &dev->attention, thresholds, dev->status, fields, meta,
                is_patch);
}

void
relay_parts_add_left (RelayParts *parts, const char *left)
{
  begin_item (parts, parts->left);
  g_string_append (parts->left, left);
}

gboolean
relay_parts_is_empty (const RelayParts *parts)
{
  return parts->n_parts == 0 && parts->rows->len == 0 && parts->left->len == 0;
}

FwBytes *
relay_parts_finish (RelayParts *parts)
{
  FwBytes *bytes;

  end_part (parts, TRUE);
  bytes = fw_bytes_copy (parts->out->data, parts->out->len);
  relay_parts_free (parts);
  return bytes;
}
