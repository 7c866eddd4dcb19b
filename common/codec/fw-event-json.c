/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-event-json.h"

#include <math.h>
#include <string.h>

#include "fw-event-keys.h"
#include "fw-json.h"
#include "fw-time.h"

/* 10^11: March 1973 in milliseconds, the year 5138 in seconds. */
#define TS_MIN_MS G_GINT64_CONSTANT (100000000000)
#define EXACT_MAX ((G_GINT64_CONSTANT (1) << 53) - 1)
#define TEXTS_BYTES \
  (FW_FIELD_N_MAX * FW_STRING_MAX_BYTES + FW_DEVICE_ID_MAX_BYTES + FW_NAME_MAX_BYTES)

struct FwEventReader
{
  FwJsonReader json;
  FwEventKeys *keys;
  FwEventCounts counts;
  guint64 seen;             /* fields given so far, by their bit; FW_MAP_... from SEEN_SPECIAL on */
  guint8 drops[FW_N_DROPS]; /* of this value; counted when it is accepted */
  gboolean has_drops;
  gsize n_texts;
  char texts[TEXTS_BYTES]; /* strings that had escapes */
};
#define SEEN_SPECIAL 60
G_STATIC_ASSERT (FW_FIELD_N_MAX <= SEEN_SPECIAL);

FwEventReader *
fw_event_reader_new (const FwMapping *mapping)
{
  FwEventReader *reader = g_new0 (FwEventReader, 1);
  fw_json_reader_init (&reader->json);
  reader->keys = fw_event_keys_new (mapping);
  return reader;
}

void
fw_event_reader_free (FwEventReader *reader)
{
  if (!reader)
    return;
  fw_json_reader_clear (&reader->json);
  fw_event_keys_free (reader->keys);
  g_free (reader);
}

const FwEventCounts *
fw_event_reader_counts (const FwEventReader *reader)
{
  return &reader->counts;
}

gsize
fw_event_reader_at (const FwEventReader *reader)
{
  return reader->json.token_at;
}

static void
drop (FwEventReader *reader, FwDrop why)
{
  reader->drops[why]++;
  reader->has_drops = TRUE;
}

static FwReject
reject_of_fault (const FwEventReader *reader)
{
  switch (reader->json.fault)
    {
    case FW_JSON_DEPTH:
      return FW_REJECT_TOO_DEEP;
    case FW_JSON_UTF8:
      return FW_REJECT_BAD_UTF8;
    default:
      return FW_REJECT_NOT_JSON;
    }
}

/* A text that stays until the next read; its length was checked against a limit that TEXTS_BYTES
 * has room for. */
static FwText
keep_text (FwEventReader *reader)
{
  const FwJsonReader *json = &reader->json;
  FwText text = { json->text, (guint) json->text_len };
  if (json->text != json->scratch->str)
    return text;
  g_assert (reader->n_texts + json->text_len <= TEXTS_BYTES);
  text.data = memcpy (reader->texts + reader->n_texts, json->text, json->text_len);
  reader->n_texts += json->text_len;
  return text;
}

static gboolean
is_integer_text (const FwJsonReader *json)
{
  for (gsize i = 0; i < json->text_len; i++)
    if (!g_ascii_isdigit (json->text[i]) && json->text[i] != '-')
      return FALSE;
  return TRUE;
}

static FwReject
set_device_id (FwEventReader *reader, FwJsonToken token, FwEvent *ev)
{
  const FwJsonReader *json = &reader->json;
  if (token == FW_JSON_NULL)
    return FW_REJECT_NO_DEVICE_ID;
  gboolean is_id = token == FW_JSON_STRING || (token == FW_JSON_NUMBER && is_integer_text (json));
  if (!is_id || !fw_device_id_is_valid (json->text, json->text_len))
    return FW_REJECT_BAD_DEVICE_ID;
  ev->device_id = keep_text (reader);
  return FW_REJECT_NONE;
}

static FwReject
set_fleet (FwEventReader *reader, FwJsonToken token, FwEvent *ev)
{
  if (token == FW_JSON_NULL)
    {
      ev->fleet = (FwText){ FW_FLEET_DEFAULT, strlen (FW_FLEET_DEFAULT) };
      return FW_REJECT_NONE;
    }
  if (token != FW_JSON_STRING || !fw_name_is_valid (reader->json.text, reader->json.text_len))
    return FW_REJECT_BAD_FLEET;
  ev->fleet = keep_text (reader);
  return FW_REJECT_NONE;
}

/* A number token as an integer, scaled and rounded when a mapping says so. FALSE: dropped. */
static gboolean
read_integer (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token,
              gint64 *ret_value)
{
  const FwJsonReader *json = &reader->json;
  if (token != FW_JSON_NUMBER)
    {
      drop (reader, FW_DROP_WRONG_TYPE);
      return FALSE;
    }
  if (target->factor == 1 && fw_json_integer (json, ret_value))
    return TRUE;
  double value = fw_json_number (json) * target->factor;
  if (!(fabs (value) <= (double) EXACT_MAX))
    drop (reader, FW_DROP_OUT_OF_RANGE);
  else if (target->factor == 1)
    drop (reader, FW_DROP_WRONG_TYPE);
  else
    {
      *ret_value = (gint64) nearbyint (value);
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_time_in_range (FwEventReader *reader, gint64 ms)
{
  if (ms < TS_MIN_MS)
    drop (reader, FW_DROP_LOOKS_LIKE_SECONDS);
  else if (ms > EXACT_MAX)
    drop (reader, FW_DROP_OUT_OF_RANGE);
  else
    return TRUE;
  return FALSE;
}

/* `ts` and whatever is mapped to it may also be RFC 3339; `ts_ms` is a number. */
static void
set_ts (FwEventReader *reader, const FwEventTarget *target, gboolean may_be_text, FwJsonToken token,
        FwEvent *ev)
{
  const FwJsonReader *json = &reader->json;
  gint64 ms;
  if (token == FW_JSON_NULL)
    return;
  if (token == FW_JSON_STRING && may_be_text)
    {
      if (!fw_time_parse_rfc3339 (json->text, json->text_len, &ms))
        drop (reader, FW_DROP_WRONG_TYPE);
      else if (ms < TS_MIN_MS)
        drop (reader,
              FW_DROP_OUT_OF_RANGE); /* as a number it would look like seconds to the next reader */
      else
        ev->ts_ms = ms;
      return;
    }
  if (read_integer (reader, target, token, &ms) && is_time_in_range (reader, ms))
    ev->ts_ms = ms;
}

static void
set_seq (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token, FwEvent *ev)
{
  gint64 seq;
  if (token == FW_JSON_NULL || !read_integer (reader, target, token, &seq))
    return;
  if (seq < 0 || seq > EXACT_MAX)
    drop (reader, FW_DROP_OUT_OF_RANGE);
  else
    ev->seq = seq;
}

static void
set_string (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token, FwEvent *ev)
{
  const FwJsonReader *json = &reader->json;
  if (token != FW_JSON_STRING && !(token == FW_JSON_NUMBER && target->is_mapped))
    drop (reader, FW_DROP_WRONG_TYPE);
  else if (json->text_len > FW_STRING_MAX_BYTES)
    drop (reader, FW_DROP_TOO_LONG);
  else if (fw_text_has_control (json->text, json->text_len))
    drop (reader, FW_DROP_CONTROL_CHARACTER);
  else
    {
      FwText text = keep_text (reader);
      fw_event_set_string (ev, target->field, text.data, text.len);
    }
}

static void
set_bool (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token, FwEvent *ev)
{
  double value = token == FW_JSON_TRUE ? 1 : token == FW_JSON_FALSE ? 0 : NAN;
  if (token == FW_JSON_NUMBER && target->is_mapped)
    value = fw_json_number (&reader->json);
  if (value == 0 || value == 1)
    fw_event_set_number (ev, target->field, value);
  else
    drop (reader, FW_DROP_WRONG_TYPE);
}

static void
set_integer (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token, FwEvent *ev)
{
  gint64 value;
  /* All integers of the table are times. */
  if (read_integer (reader, target, token, &value) && is_time_in_range (reader, value))
    fw_event_set_number (ev, target->field, (double) value);
}

static void
set_number (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token, FwEvent *ev)
{
  double value = NAN;
  if (token == FW_JSON_NUMBER)
    value = fw_json_number (&reader->json) * target->factor;
  else if (target->is_mapped && (token == FW_JSON_TRUE || token == FW_JSON_FALSE))
    value = token == FW_JSON_TRUE;
  if (isnan (value))
    drop (reader, FW_DROP_WRONG_TYPE);
  else if (!fw_field_takes (target->field, value))
    drop (reader, FW_DROP_OUT_OF_RANGE);
  else
    fw_event_set_number (ev, target->field, value);
}

static void
set_field (FwEventReader *reader, const FwEventTarget *target, FwJsonToken token, FwEvent *ev)
{
  if (token == FW_JSON_NULL)
    {
      ev->null |= FW_FIELD_BIT (target->field);
      return;
    }
  switch (fw_field (target->field)->type)
    {
    case FW_FIELD_NUMBER:
      set_number (reader, target, token, ev);
      break;
    case FW_FIELD_INTEGER:
      set_integer (reader, target, token, ev);
      break;
    case FW_FIELD_BOOL:
      set_bool (reader, target, token, ev);
      break;
    case FW_FIELD_STRING:
      set_string (reader, target, token, ev);
      break;
    }
}

static FwReject
set_target (FwEventReader *reader, const FwEventKey *key, const FwEventTarget *target,
            FwJsonToken token, FwEvent *ev)
{
  guint bit = target->field < FW_FIELD_N_MAX ? target->field
                                             : SEEN_SPECIAL + target->field - FW_MAP_DEVICE_ID;
  if (reader->seen & FW_FIELD_BIT (bit))
    return FW_REJECT_KEY_TWICE;
  reader->seen |= FW_FIELD_BIT (bit);
  switch (target->field)
    {
    case FW_MAP_DEVICE_ID:
      return set_device_id (reader, token, ev);
    case FW_MAP_FLEET:
      return set_fleet (reader, token, ev);
    case FW_MAP_TS:
      set_ts (reader, target, target->is_mapped || key->len == strlen ("ts"), token, ev);
      break;
    case FW_MAP_SEQ:
      set_seq (reader, target, token, ev);
      break;
    default:
      set_field (reader, target, token, ev);
    }
  return FW_REJECT_NONE;
}

static FwReject read_object (FwEventReader *reader, guint16 parent, FwEvent *ev);

/* The value of a known key has begun with token. */
static FwReject
read_known (FwEventReader *reader, guint16 id, FwJsonToken token, FwEvent *ev)
{
  const FwEventKey *key = fw_event_key (reader->keys, id);
  for (guint i = 0; i < key->n_targets; i++)
    {
      FwReject reject = set_target (reader, key, &key->targets[i], token, ev);
      if (reject != FW_REJECT_NONE)
        return reject;
    }
  if (token == FW_JSON_OBJECT_BEGIN && key->has_children)
    return read_object (reader, id, ev);
  return fw_json_skip (&reader->json, token) ? FW_REJECT_NONE : reject_of_fault (reader);
}

/* The members of an object whose brace has been read; at most FW_JSON_MAX_DEPTH deep. */
static FwReject
read_object (FwEventReader *reader, guint16 parent, FwEvent *ev)
{
  FwJsonReader *json = &reader->json;
  FwJsonToken token;
  while ((token = fw_json_next (json)) == FW_JSON_KEY)
    {
      guint16 id = fw_event_keys_find (reader->keys, parent, json->text, json->text_len);
      token = fw_json_next (json);
      if (token == FW_JSON_ERROR)
        break;
      if (id != FW_EVENT_KEY_NONE)
        {
          FwReject reject = read_known (reader, id, token, ev);
          if (reject != FW_REJECT_NONE)
            return reject;
        }
      else if (!fw_json_skip (json, token))
        break;
    }
  return token == FW_JSON_OBJECT_END ? FW_REJECT_NONE : reject_of_fault (reader);
}

static FwReject
read_value (FwEventReader *reader, FwText device_id, FwEvent *ev)
{
  FwJsonReader *json = &reader->json;
  FwJsonToken token = fw_json_next (json);
  FwReject reject = FW_REJECT_NONE;
  if (token == FW_JSON_OBJECT_BEGIN)
    reject = read_object (reader, FW_EVENT_KEY_ROOT, ev);
  else if (fw_json_skip (json, token))
    reject = FW_REJECT_NOT_OBJECT;
  else
    return reject_of_fault (reader);
  if (reject != FW_REJECT_NONE && reject != FW_REJECT_NOT_OBJECT)
    return reject;
  if (fw_json_next (json) != FW_JSON_END)
    return reject_of_fault (reader);
  if (ev->device_id.len == 0)
    ev->device_id = device_id;
  if (reject == FW_REJECT_NONE && ev->device_id.len == 0)
    return FW_REJECT_NO_DEVICE_ID;
  return reject;
}

static void
count_drops (FwEventReader *reader)
{
  for (guint why = 0; why < FW_N_DROPS; why++)
    reader->counts.drops[why] += reader->drops[why];
}

FwReject
fw_event_read (FwEventReader *reader, const char *value, gsize len, FwEvent *ev)
{
  static const FwText unknown = { NULL, 0 };

  return fw_event_read_from (reader, value, len, unknown, unknown, ev);
}

FwReject
fw_event_read_from (FwEventReader *reader, const char *value, gsize len, FwText fleet,
                    FwText device_id, FwEvent *ev)
{
  fw_event_clear (ev);
  if (fleet.len > 0)
    ev->fleet = fleet;
  reader->seen = 0;
  reader->n_texts = 0;
  if (reader->has_drops)
    memset (reader->drops, 0, sizeof reader->drops);
  reader->has_drops = FALSE;
  fw_json_reader_start (&reader->json, value, len);
  FwReject reject
      = len > FW_JSON_MAX_BYTES ? FW_REJECT_TOO_LARGE : read_value (reader, device_id, ev);
  reader->counts.rejects[reject]++;
  if (reject != FW_REJECT_NONE)
    return reject;
  if (fw_event_drop_half_position (ev))
    drop (reader, FW_DROP_HALF_POSITION);
  if (reader->has_drops)
    count_drops (reader);
  return FW_REJECT_NONE;
}
