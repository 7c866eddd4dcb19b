/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-message.h"
#include "dash-wire.h"
#include <string.h>

static const char *const op_names[] = {
  [DASH_OP_HELLO] = "hello",       [DASH_OP_SUBSCRIBED] = "subscribed",
  [DASH_OP_SNAPSHOT] = "snapshot", [DASH_OP_PATCH] = "patch",
  [DASH_OP_WINDOW] = "window",     [DASH_OP_GAP] = "gap",
  [DASH_OP_RESET] = "reset",       [DASH_OP_LANE] = "lane",
  [DASH_OP_WARMING] = "warming",   [DASH_OP_TIME] = "time",
  [DASH_OP_ERROR] = "error",       [DASH_OP_BYE] = "bye",
};

typedef enum
{
  VALUE_INTEGER,
  VALUE_SLICE,
  VALUE_NOTE,
} ValueKind;

typedef struct
{
  const char *key;
  ValueKind kind;
  gsize offset;
} KeyRow;

static const KeyRow key_rows[] = {
  { "ch", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, ch) },
  { "rev", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, rev) },
  { "now_ms", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, now_ms) },
  { "n_match", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, n_match) },
  { "retry_ms", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, retry_ms) },
  { "id", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, id) },
  { "part", VALUE_INTEGER, G_STRUCT_OFFSET (DashMessage, part) },
  { "message", VALUE_NOTE, G_STRUCT_OFFSET (DashMessage, note) },
  { "reason", VALUE_NOTE, G_STRUCT_OFFSET (DashMessage, note) },
  { "why", VALUE_NOTE, G_STRUCT_OFFSET (DashMessage, note) },
  { "lane", VALUE_NOTE, G_STRUCT_OFFSET (DashMessage, note) },
  { "rows", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, rows) },
  { "set", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, set) },
  { "left", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, left) },
  { "totals", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, totals) },
  { "limits", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, limits) },
  { "ranges", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, ranges) },
  { "partitions", VALUE_SLICE, G_STRUCT_OFFSET (DashMessage, partitions) },
};

static const KeyRow *
find_key (const FwJsonReader *reader)
{
  for (guint i = 0; i < G_N_ELEMENTS (key_rows); i++)
    if (dash_wire_is (reader, key_rows[i].key))
      return &key_rows[i];
  return NULL;
}

static DashOp
find_op (const FwJsonReader *reader)
{
  for (guint i = DASH_OP_HELLO; i < G_N_ELEMENTS (op_names); i++)
    if (dash_wire_is (reader, op_names[i]))
      return i;
  return DASH_OP_UNKNOWN;
}

static void
keep_scalar (DashMessage *message, const KeyRow *row, const FwJsonReader *reader, FwJsonToken token)
{
  if (row->kind == VALUE_INTEGER && token == FW_JSON_NUMBER)
    (void) dash_wire_integer (reader, &G_STRUCT_MEMBER (gint64, message, row->offset));
  else if (row->kind == VALUE_NOTE && token == FW_JSON_STRING)
    {
      char **note = &G_STRUCT_MEMBER (char *, message, row->offset);

      g_free (*note);
      *note = g_strndup (reader->text, reader->text_len);
    }
}

static gboolean
read_value (DashMessage *message, const KeyRow *row, FwJsonReader *reader, FwJsonToken token)
{
  gsize start = reader->token_at;

  if (row != NULL)
    keep_scalar (message, row, reader, token);
  if (!fw_json_skip (reader, token))
    return FALSE;
  if (row != NULL && row->kind == VALUE_SLICE)
    G_STRUCT_MEMBER (DashSlice, message, row->offset)
        = (DashSlice){ reader->input + start, reader->at - start };
  return TRUE;
}

static gboolean
read_keys (DashMessage *message, FwJsonReader *reader)
{
  FwJsonToken token;

  while ((token = fw_json_next (reader)) == FW_JSON_KEY)
    {
      const KeyRow *row = find_key (reader);
      gboolean is_op = dash_wire_is (reader, "op"), is_last = dash_wire_is (reader, "last");

      token = fw_json_next (reader);
      if (is_op && token == FW_JSON_STRING)
        message->op = find_op (reader);
      if (is_last)
        message->is_last = token == FW_JSON_TRUE;
      if (!read_value (message, row, reader, token))
        return FALSE;
    }
  return token == FW_JSON_OBJECT_END && fw_json_next (reader) == FW_JSON_END;
}

gboolean
dash_message_read (DashMessage *message, const char *text, gsize len)
{
  FwJsonReader reader;
  gboolean is_good;

  *message = (DashMessage){
    .ch = -1, .rev = -1, .now_ms = -1, .n_match = -1, .retry_ms = -1, .id = -1, .part = -1
  };
  fw_json_reader_init (&reader);
  fw_json_reader_start (&reader, text, len);
  is_good = fw_json_next (&reader) == FW_JSON_OBJECT_BEGIN && read_keys (message, &reader);
  fw_json_reader_clear (&reader);
  if (!is_good)
    dash_message_clear (message);
  return is_good;
}

void
dash_message_clear (DashMessage *message)
{
  g_clear_pointer (&message->note, g_free);
  *message = (DashMessage){ 0 };
}

gboolean
dash_slice_open (DashSlice slice, FwJsonToken wanted, FwJsonReader *ret_reader)
{
  fw_json_reader_init (ret_reader);
  fw_json_reader_start (ret_reader, slice.text != NULL ? slice.text : "", slice.len);
  return fw_json_next (ret_reader) == wanted;
}

void
dash_message_each_row (DashSlice slice, DashRowUpdate *scratch, DashRowFunc each, gpointer user)
{
  FwJsonReader reader;

  if (dash_slice_open (slice, FW_JSON_ARRAY_BEGIN, &reader))
    while (fw_json_next (&reader) == FW_JSON_OBJECT_BEGIN && dash_row_read (scratch, &reader))
      each (scratch, user);
  fw_json_reader_clear (&reader);
}

/* One [fleet, device_id, why], after its ARRAY_BEGIN. */
static gboolean
read_left (FwJsonReader *reader, DashLeftFunc each, gpointer user)
{
  FwJsonToken token = fw_json_next (reader);
  g_autofree char *fleet = NULL, *key = NULL;

  if (token != FW_JSON_STRING)
    return FALSE;
  fleet = g_strndup (reader->text, reader->text_len);
  if (fw_json_next (reader) != FW_JSON_STRING)
    return FALSE;
  key = g_strdup_printf ("%s/%.*s", fleet, (int) reader->text_len, reader->text);
  each (key, user);
  while ((token = fw_json_next (reader)) != FW_JSON_ARRAY_END)
    if (token == FW_JSON_ERROR || token == FW_JSON_END || !fw_json_skip (reader, token))
      return FALSE;
  return TRUE;
}

void
dash_message_each_left (DashSlice slice, DashLeftFunc each, gpointer user)
{
  FwJsonReader reader;

  if (dash_slice_open (slice, FW_JSON_ARRAY_BEGIN, &reader))
    while (fw_json_next (&reader) == FW_JSON_ARRAY_BEGIN && read_left (&reader, each, user))
      ;
  fw_json_reader_clear (&reader);
}

guint
dash_message_count (DashSlice slice)
{
  FwJsonReader reader;
  FwJsonToken token;
  guint n = 0;

  if (dash_slice_open (slice, FW_JSON_ARRAY_BEGIN, &reader))
    while ((token = fw_json_next (&reader)) != FW_JSON_ARRAY_END && token != FW_JSON_ERROR
           && token != FW_JSON_END && fw_json_skip (&reader, token))
      n++;
  fw_json_reader_clear (&reader);
  return n;
}

gint64
dash_message_integer (DashSlice object, const char *key, gint64 fallback)
{
  FwJsonReader reader;
  FwJsonToken token;

  if (dash_slice_open (object, FW_JSON_OBJECT_BEGIN, &reader))
    while (fw_json_next (&reader) == FW_JSON_KEY)
      {
        gboolean is_it = dash_wire_is (&reader, key);

        token = fw_json_next (&reader);
        if (is_it && token == FW_JSON_NUMBER)
          (void) dash_wire_integer (&reader, &fallback);
        if (!fw_json_skip (&reader, token))
          break;
      }
  fw_json_reader_clear (&reader);
  return fallback;
}
