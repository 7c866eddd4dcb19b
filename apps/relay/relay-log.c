/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-log.h"

#include <string.h>
#include "fw-json.h"

#define MARKS_PER_BLOCK 4096

struct RelayLog
{
  guint64 ch;
  gboolean is_read;
  RelayBlock *block;
  GQueue new_blocks;
  GArray *next_offsets; /* gint64 by partition; -1: not known */
  GString *message;     /* records of the message being built */
  GArray *marks;        /* RelayMark, of those records */
};

RelayLog *
relay_log_new (guint64 ch)
{
  RelayLog *log = g_new0 (RelayLog, 1);

  log->ch = ch;
  log->next_offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  log->message = g_string_new (NULL);
  log->marks = g_array_new (FALSE, FALSE, sizeof (RelayMark));
  g_queue_init (&log->new_blocks);
  return log;
}

void
relay_log_free (RelayLog *log)
{
  if (!log)
    return;
  relay_block_unref (log->block);
  g_queue_clear_full (&log->new_blocks, (GDestroyNotify) relay_block_unref);
  g_array_unref (log->next_offsets);
  g_string_free (log->message, TRUE);
  g_array_unref (log->marks);
  g_free (log);
}

guint64
relay_log_ch (const RelayLog *log)
{
  return log->ch;
}

/* Where a block begins that will hold the message being built: before its first record of each
 * partition. */
static gint64 *
offsets_before_message (const RelayLog *log)
{
  gint64 *offsets = g_memdup2 (log->next_offsets->data, log->next_offsets->len * sizeof (gint64));

  for (guint i = log->marks->len; i > 0; i--)
    {
      const RelayMark *mark = &g_array_index (log->marks, RelayMark, i - 1);

      if ((guint) mark->partition < log->next_offsets->len)
        offsets[mark->partition] = mark->offset;
    }
  return offsets;
}

static void
begin_block (RelayLog *log, gsize needed)
{
  gsize capacity = MAX (needed, RELAY_BLOCK_BYTES);
  g_autofree gint64 *offsets = offsets_before_message (log);

  if (log->block)
    relay_block_commit (log->block);
  relay_block_unref (log->block);
  log->block
      = relay_block_new (capacity, log->ch ? MARKS_PER_BLOCK : 0, offsets, log->next_offsets->len);
}

void
relay_log_set_read (RelayLog *log, gboolean is_read)
{
  log->is_read = is_read;
  g_string_truncate (log->message, 0);
  g_array_set_size (log->marks, 0);
  if (is_read)
    begin_block (log, 0);
  else
    g_queue_clear_full (&log->new_blocks, (GDestroyNotify) relay_block_unref);
}

gboolean
relay_log_is_read (const RelayLog *log)
{
  return log->is_read;
}

void
relay_log_seek (RelayLog *log, gint32 partition, gint64 offset)
{
  const gint64 unknown = -1;

  while (log->next_offsets->len <= (guint) partition)
    g_array_append_val (log->next_offsets, unknown);
  g_array_index (log->next_offsets, gint64, partition) = offset;
}

static void
append (RelayLog *log, FwFrameOpcode opcode, const char *payload, gsize len, const RelayMark *marks,
        guint n_marks)
{
  if (relay_block_append (log->block, opcode, payload, len, marks, n_marks))
    return;
  begin_block (log, len + FW_FRAME_HEADER_MAX);
  g_queue_push_tail (&log->new_blocks, relay_block_ref (log->block));
  if (!relay_block_append (log->block, opcode, payload, len, marks, n_marks))
    g_assert_not_reached ();
}

static void
end_message (RelayLog *log)
{
  if (log->marks->len == 0)
    return;
  g_string_append (log->message, "]}");
  append (log, FW_FRAME_TEXT, log->message->str, log->message->len,
          (const RelayMark *) log->marks->data, log->marks->len);
  g_string_truncate (log->message, 0);
  g_array_set_size (log->marks, 0);
}

static void
put_base64 (GString *out, const char *data, gsize len)
{
  g_autofree char *text = g_base64_encode ((const guchar *) data, len);

  g_string_append_printf (out, "\"%s\"", text);
}

/* ,"name":"text" or ,"name_b64":"..." */
static void
put_bytes (GString *out, const char *name, const char *data, gsize len, gboolean is_utf8)
{
  g_string_append_printf (out, is_utf8 ? ",\"%s\":" : ",\"%s_b64\":", name);
  if (is_utf8)
    fw_json_put_string (out, data, len);
  else
    put_base64 (out, data, len);
}

gboolean
relay_log_is_utf8 (const char *data, gsize len)
{
  gsize at = 0;

  while (at < len)
    {
      const char *end;

      if (g_utf8_validate_len (data + at, len - at, &end))
        return TRUE;
      at = (gsize) (end - data);
      if (data[at] != '\0') /* NUL is a character too; GLib stops at it */
        return FALSE;
      at++;
    }
  return TRUE;
}

static void
put_headers (GString *out, const RelayRecord *record)
{
  g_string_append (out, ",\"headers\":{");
  for (guint i = 0; i < record->n_headers; i++)
    {
      const FwHeader *header = &record->headers[i];

      if (i > 0)
        g_string_append_c (out, ',');
      fw_json_put_string (out, header->name, strlen (header->name));
      g_string_append_c (out, ':');
      if (!header->value)
        g_string_append (out, "null");
      else
        fw_json_put_string (out, header->value, header->len);
    }
  g_string_append_c (out, '}');
}

static void
put_record (GString *out, const RelayRecord *record)
{
  g_string_append (out, "{\"p\":");
  fw_json_put_int (out, record->partition);
  g_string_append (out, ",\"o\":");
  fw_json_put_int (out, record->offset);
  g_string_append (out, ",\"t_ms\":");
  fw_json_put_int (out, record->t_ms);
  if (record->key)
    put_bytes (out, "key", record->key, record->key_len,
               relay_log_is_utf8 (record->key, record->key_len));
  else
    g_string_append (out, ",\"key\":null");
  put_headers (out, record);
  if (record->value)
    put_bytes (out, "value", record->value, record->value_len, record->value_is_utf8);
  else
    g_string_append (out, ",\"value\":null");
  g_string_append_c (out, '}');
}

static void
add_json (RelayLog *log, const RelayRecord *record)
{
  RelayMark mark = { .partition = record->partition, .offset = record->offset };

  if (log->marks->len == 0)
    g_string_append_printf (log->message,
                            "{\"op\":\"log\",\"ch\":%" G_GUINT64_FORMAT ",\"records\":[", log->ch);
  else
    g_string_append_c (log->message, ',');
  put_record (log->message, record);
  g_array_append_val (log->marks, mark);
  if (log->message->len >= RELAY_LOG_MESSAGE_BYTES || log->marks->len == MARKS_PER_BLOCK)
    end_message (log);
}

void
relay_log_add (RelayLog *log, const RelayRecord *record)
{
  if (log->is_read && log->ch)
    add_json (log, record);
  else if (log->is_read && record->value)
    append (log, record->value_is_utf8 ? FW_FRAME_TEXT : FW_FRAME_BINARY, record->value,
            record->value_len, NULL, 0);
  relay_log_seek (log, record->partition, record->offset + 1);
}

void
relay_log_add_message (RelayLog *log, const GString *json)
{
  if (!log->is_read || !log->ch)
    return;
  end_message (log);
  append (log, FW_FRAME_TEXT, json->str, json->len, NULL, 0);
}

gboolean
relay_log_commit (RelayLog *log)
{
  if (!log->is_read)
    return FALSE;
  end_message (log);
  if (!relay_block_has_uncommitted (log->block) && g_queue_is_empty (&log->new_blocks))
    return FALSE;
  relay_block_commit (log->block);
  return TRUE;
}

RelayBlock *
relay_log_pop_new_block (RelayLog *log)
{
  return g_queue_pop_head (&log->new_blocks);
}

RelayBlock *
relay_log_newest (const RelayLog *log)
{
  return log->block;
}
