/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-message.h"

#include <string.h>

#include "fw-event-json.h"
#include "fw-json.h"

#define NAME_MAX_BYTES 256 /* fleet, '/', device_id: CONTRACT's own limits leave room */

typedef struct
{
  const char *text;
  gsize len;
} Slice;

struct DemoMessageReader
{
  const DemoMessageHandler *handler;
  gpointer user;
  FwJsonReader json;  /* of the message */
  FwJsonReader inner; /* of its rows or records */
  FwEventReader *events;
  GString *value, *run, *note;
  char op[16];
  Slice items; /* "records", "rows" or "set" */
};

static void
keep_text (const FwJsonReader *json, GString *into)
{
  g_string_truncate (into, 0);
  g_string_append_len (into, json->text, (gssize) json->text_len);
}

static gint64
integer_or (const FwJsonReader *json, FwJsonToken token, gint64 fallback)
{
  gint64 value;
  return token == FW_JSON_NUMBER && fw_json_integer (json, &value) ? value : fallback;
}

/* Calls each with the value's first token, for every key of the object that has begun; each leaves
 * after the value. */
typedef gboolean (*KeyFunc) (DemoMessageReader *self, const char *key, FwJsonToken token,
                             gpointer into);

static gboolean
each_key (DemoMessageReader *self, FwJsonReader *json, KeyFunc each, gpointer into)
{
  for (;;)
    {
      char key[32] = "";
      FwJsonToken token = fw_json_next (json);
      if (token == FW_JSON_OBJECT_END)
        return TRUE;
      if (token != FW_JSON_KEY)
        return FALSE;
      if (json->text_len < sizeof key)
        memcpy (key, json->text, json->text_len);
      if (!each (self, key, fw_json_next (json), into))
        return FALSE;
    }
}

static gboolean
header_key (DemoMessageReader *self, const char *key, FwJsonToken token, gpointer into)
{
  DemoRecord *record = into;
  if (strcmp (key, "run") != 0 || token != FW_JSON_STRING)
    return fw_json_skip (&self->inner, token);
  keep_text (&self->inner, self->run);
  record->run = self->run->str;
  return TRUE;
}

static gboolean
record_key (DemoMessageReader *self, const char *key, FwJsonToken token, gpointer into)
{
  DemoRecord *record = into;
  if (strcmp (key, "headers") == 0 && token == FW_JSON_OBJECT_BEGIN)
    return each_key (self, &self->inner, header_key, record);
  if (strcmp (key, "p") == 0)
    record->partition = (gint32) integer_or (&self->inner, token, -1);
  else if (strcmp (key, "o") == 0)
    record->offset = integer_or (&self->inner, token, -1);
  else if (strcmp (key, "value") == 0 && token == FW_JSON_STRING)
    keep_text (&self->inner, self->value);
  return fw_json_skip (&self->inner, token);
}

static void
read_event (DemoMessageReader *self, DemoRecord *record, char device[NAME_MAX_BYTES])
{
  FwEvent event;
  if (fw_event_read (self->events, self->value->str, self->value->len, &event) != FW_REJECT_NONE)
    return;
  g_snprintf (device, NAME_MAX_BYTES, "%.*s/%.*s", (int) event.fleet.len, event.fleet.data,
              (int) event.device_id.len, event.device_id.data);
  record->seq = event.seq == FW_SEQ_NONE ? DEMO_SEQ_NONE : event.seq;
  record->ts_ms = event.ts_ms == FW_TS_NONE ? -1 : event.ts_ms;
}

static gboolean
read_record (DemoMessageReader *self)
{
  char device[NAME_MAX_BYTES] = "";
  DemoRecord record
      = { .partition = -1, .offset = -1, .device = device, .seq = DEMO_SEQ_NONE, .ts_ms = -1 };
  g_string_truncate (self->value, 0);
  if (!each_key (self, &self->inner, record_key, &record))
    return FALSE;
  read_event (self, &record, device);
  self->handler->record (self->user, &record);
  return TRUE;
}

typedef struct
{
  char fleet[NAME_MAX_BYTES / 2], id[NAME_MAX_BYTES];
  gint64 ts_ms;
} Row;

static gboolean
row_key (DemoMessageReader *self, const char *key, FwJsonToken token, gpointer into)
{
  Row *row = into;
  const FwJsonReader *json = &self->inner;
  if (strcmp (key, "ts_ms") == 0)
    row->ts_ms = integer_or (json, token, -1);
  else if (strcmp (key, "fleet") == 0 && token == FW_JSON_STRING
           && json->text_len < sizeof row->fleet)
    memcpy (row->fleet, json->text, json->text_len);
  else if (strcmp (key, "device_id") == 0 && token == FW_JSON_STRING
           && json->text_len < sizeof row->id)
    memcpy (row->id, json->text, json->text_len);
  return fw_json_skip (&self->inner, token);
}

static gboolean
read_row (DemoMessageReader *self)
{
  Row row = { .ts_ms = -1 };
  if (!each_key (self, &self->inner, row_key, &row))
    return FALSE;
  if (row.ts_ms >= 0)
    {
      g_autofree char *device = g_strconcat (row.fleet, "/", row.id, NULL);
      self->handler->row (self->user, device, row.ts_ms);
    }
  return TRUE;
}

static gboolean
each_item (DemoMessageReader *self, gboolean (*read_item) (DemoMessageReader *self))
{
  FwJsonToken token;
  if (!self->items.text)
    return TRUE;
  fw_json_reader_start (&self->inner, self->items.text, self->items.len);
  if (fw_json_next (&self->inner) != FW_JSON_ARRAY_BEGIN)
    return FALSE;
  while ((token = fw_json_next (&self->inner)) == FW_JSON_OBJECT_BEGIN)
    if (!read_item (self))
      return FALSE;
  return token == FW_JSON_ARRAY_END;
}

static gboolean
message_key (DemoMessageReader *self, const char *key, FwJsonToken token, gpointer into)
{
  FwJsonReader *json = &self->json;
  gsize begin = json->token_at;
  (void) into;
  if (strcmp (key, "op") == 0 && token == FW_JSON_STRING && json->text_len < sizeof self->op)
    memcpy (self->op, json->text, json->text_len);
  if ((strcmp (key, "message") == 0 || strcmp (key, "reason") == 0) && token == FW_JSON_STRING)
    keep_text (json, self->note);
  gboolean is_items
      = strcmp (key, "records") == 0 || strcmp (key, "rows") == 0 || strcmp (key, "set") == 0;
  if (!fw_json_skip (json, token))
    return FALSE;
  if (is_items)
    self->items = (Slice){ json->input + begin, json->at - begin };
  return TRUE;
}

static gboolean
dispatch (DemoMessageReader *self)
{
  if (strcmp (self->op, "log") == 0)
    return each_item (self, read_record);
  if (strcmp (self->op, "patch") == 0)
    return each_item (self, read_row);
  if (strcmp (self->op, "subscribed") == 0)
    self->handler->subscribed (self->user);
  if (strcmp (self->op, "error") == 0 || strcmp (self->op, "bye") == 0
      || strcmp (self->op, "gap") == 0)
    self->handler->complaint (self->user, self->op, self->note->str);
  return TRUE;
}

DemoMessageReader *
demo_message_reader_new (const DemoMessageHandler *handler, gpointer user)
{
  DemoMessageReader *self = g_new0 (DemoMessageReader, 1);
  self->handler = handler;
  self->user = user;
  self->events = fw_event_reader_new (NULL);
  self->value = g_string_new (NULL);
  self->run = g_string_new (NULL);
  self->note = g_string_new (NULL);
  fw_json_reader_init (&self->json);
  fw_json_reader_init (&self->inner);
  return self;
}

void
demo_message_reader_free (DemoMessageReader *self)
{
  if (!self)
    return;
  fw_event_reader_free (self->events);
  fw_json_reader_clear (&self->json);
  fw_json_reader_clear (&self->inner);
  g_string_free (self->value, TRUE);
  g_string_free (self->run, TRUE);
  g_string_free (self->note, TRUE);
  g_free (self);
}

gboolean
demo_message_read (DemoMessageReader *self, const char *text, gsize len)
{
  memset (self->op, 0, sizeof self->op);
  self->items = (Slice){ NULL, 0 };
  g_string_truncate (self->note, 0);
  fw_json_reader_start (&self->json, text, len);
  return fw_json_next (&self->json) == FW_JSON_OBJECT_BEGIN
         && each_key (self, &self->json, message_key, NULL)
         && fw_json_next (&self->json) == FW_JSON_END && dispatch (self);
}
