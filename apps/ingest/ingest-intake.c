/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-intake.h"

#include <string.h>

#include "fw-json.h"
#include "ingest-metrics.h"
#include "fw-i18n.h"

struct IngestIntake
{
  const FwMapping *mapping;
  FwEventReader *reader;
  FwJsonReader json;
  FwEvent event;
  GString *key, *value;
  gsize event_max;
};

const char *const ingest_refusal_names[INGEST_N_REFUSALS + 1] = {
  [FW_REJECT_NONE] = "none",
  [FW_REJECT_NOT_JSON] = "not_json",
  [FW_REJECT_NOT_OBJECT] = "not_object",
  [FW_REJECT_TOO_LARGE] = "too_large",
  [FW_REJECT_TOO_DEEP] = "too_deep",
  [FW_REJECT_BAD_UTF8] = "bad_utf8",
  [FW_REJECT_KEY_TWICE] = "key_twice",
  [FW_REJECT_NO_DEVICE_ID] = "no_device_id",
  [FW_REJECT_BAD_DEVICE_ID] = "bad_device_id",
  [FW_REJECT_BAD_FLEET] = "bad_fleet",
  [FW_REJECT_UNSUPPORTED_ENCODING] = "unsupported_encoding",
  [INGEST_REFUSED_IDENTITY] = "identity",
  [INGEST_REFUSED_TOPIC] = "topic",
  [INGEST_REFUSED_FORM] = "form",
  [INGEST_REFUSED_ENCRYPTED] = "encrypted",
};

static const char *const sentences[INGEST_N_REFUSALS] = {
  [FW_REJECT_NONE] = "",
  [FW_REJECT_NOT_JSON] = N_ ("this is not JSON"),
  [FW_REJECT_NOT_OBJECT] = N_ ("an event is a JSON object"),
  [FW_REJECT_TOO_LARGE] = N_ ("the event is larger than is taken here (--max-event)"),
  [FW_REJECT_TOO_DEEP] = N_ ("an event is nested at most 16 deep"),
  [FW_REJECT_BAD_UTF8] = N_ ("text must be valid UTF-8"),
  [FW_REJECT_KEY_TWICE] = N_ ("a key stands there twice (an alias counts as its key)"),
  [FW_REJECT_NO_DEVICE_ID] = N_ ("device_id is missing"),
  [FW_REJECT_BAD_DEVICE_ID]
  = N_ ("device_id must be an integer or 1 to 128 bytes of text without control characters"),
  [FW_REJECT_BAD_FLEET] = N_ ("fleet must be 1 to 64 of A-Z a-z 0-9 . _ -"),
  [FW_REJECT_UNSUPPORTED_ENCODING] = N_ ("this encoding is not supported"),
  [INGEST_REFUSED_IDENTITY]
  = N_ ("the event claims another fleet or device than the one that may speak here"),
  [INGEST_REFUSED_TOPIC] = N_ ("events are published to another topic (--mqtt-topic)"),
  [INGEST_REFUSED_FORM] = N_ ("this is not what the app of this path sends (docs/phones.md)"),
  [INGEST_REFUSED_ENCRYPTED]
  = N_ ("the app encrypts what it sends, and only it has the key: clear its encryption key"),
};

IngestIntake *
ingest_intake_new (const FwMapping *mapping)
{
  IngestIntake *intake = g_new0 (IngestIntake, 1);

  intake->mapping = mapping;
  intake->reader = fw_event_reader_new (mapping);
  intake->key = g_string_new (NULL);
  intake->value = g_string_new (NULL);
  intake->event_max = FW_JSON_MAX_BYTES;
  fw_json_reader_init (&intake->json);
  return intake;
}

void
ingest_intake_set_event_max (IngestIntake *intake, gsize bytes)
{
  intake->event_max = bytes;
}

void
ingest_intake_free (IngestIntake *intake)
{
  if (!intake)
    return;
  fw_event_reader_free (intake->reader);
  fw_json_reader_clear (&intake->json);
  g_string_free (intake->key, TRUE);
  g_string_free (intake->value, TRUE);
  g_free (intake);
}

const char *
ingest_intake_sentence (guint refusal)
{
  return refusal < INGEST_N_REFUSALS && *sentences[refusal] ? _ (sentences[refusal]) : "";
}

void
ingest_intake_count (const IngestIntake *intake, FwEventCounts *counted, FwMetrics *metrics)
{
  const FwEventCounts *now = fw_event_reader_counts (intake->reader);

  for (guint i = 0; i < FW_N_DROPS; i++)
    if (now->drops[i] != counted->drops[i])
      fw_metrics_add (metrics, INGEST_METRIC_DROPPED_FIELDS, i, now->drops[i] - counted->drops[i]);
  *counted = *now;
}

static gboolean
text_equal (FwText a, FwText b)
{
  return a.len == b.len && memcmp (a.data, b.data, a.len) == 0;
}

/* Whether a member of ours, already written in front, makes this one superfluous. */
static gboolean
is_ours (const char *key, gsize len)
{
  static const char *const others[] = { "device_id", "fleet", "ts_ms", "ts", "seq" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (strlen (others[i]) == len && memcmp (others[i], key, len) == 0)
      return TRUE;
  return fw_field_find (key, len) != FW_FIELD_NONE;
}

/* The event has been read, so this walk meets no fault. */
static void
append_other_members (IngestIntake *intake, const char *payload, gsize len)
{
  FwJsonReader *json = &intake->json;

  fw_json_reader_start (json, payload, len);
  fw_json_next (json);
  for (FwJsonToken token = fw_json_next (json); token == FW_JSON_KEY; token = fw_json_next (json))
    {
      gboolean is_known = is_ours (json->text, json->text_len);
      gsize begin = json->token_at;

      fw_json_skip (json, fw_json_next (json));
      if (is_known)
        continue;
      g_string_append_c (intake->value, ',');
      g_string_append_len (intake->value, payload + begin, (gssize) (json->at - begin));
    }
}

static void
write_mapped (IngestIntake *intake, const char *payload, gsize len)
{
  g_string_truncate (intake->value, 0);
  fw_event_write (&intake->event, intake->value);
  g_string_truncate (intake->value, intake->value->len - 1); /* the brace */
  append_other_members (intake, payload, len);
  g_string_append_c (intake->value, '}');
}

static void
put_known (GString *out, const char *key, FwText text)
{
  g_string_append_printf (out, "\"%s\":", key);
  fw_json_put_string (out, text.data, text.len);
  g_string_append_c (out, ',');
}

/* "{", what only the door knows, and what stood behind the payload's first brace. It has been read,
 * so there is one. */
static void
splice (IngestIntake *intake, const char *payload, gsize len, FwText fleet, FwText device_id)
{
  GString *out = intake->value;
  const char *rest = (const char *) memchr (payload, '{', len) + 1;
  gsize rest_len = len - (gsize) (rest - payload);

  g_string_assign (out, "{");
  if (device_id.len > 0)
    put_known (out, "device_id", device_id);
  if (fleet.len > 0)
    put_known (out, "fleet", fleet);
  fw_json_reader_start (&intake->json, payload, len);
  fw_json_next (&intake->json);
  if (fw_json_next (&intake->json) == FW_JSON_OBJECT_END)
    g_string_truncate (out, out->len - 1); /* nothing follows the comma */
  g_string_append_len (out, rest, (gssize) rest_len);
}

static gboolean
claims_another (FwText claimed, FwText known)
{
  return known.len > 0 && claimed.data != known.data && !text_equal (claimed, known);
}

static void
write_record (IngestIntake *intake, const char *payload, gsize len, const IngestIdentity *from,
              IngestRecord *ret)
{
  static const FwText said = { NULL, 0 };
  static const FwText default_fleet = { FW_FLEET_DEFAULT, sizeof FW_FLEET_DEFAULT - 1 };
  const FwEvent *ev = &intake->event;
  gboolean lacks_device = ev->device_id.data == from->device_id.data;
  gboolean lacks_fleet = from->fleet.len > 0 && ev->fleet.data == from->fleet.data
                         && !text_equal (ev->fleet, default_fleet);

  *ret = (IngestRecord){ .value = payload, .value_len = len };
  if (!intake->mapping && !lacks_device && !lacks_fleet)
    return;
  if (intake->mapping)
    write_mapped (intake, payload, len);
  else
    splice (intake, payload, len, lacks_fleet ? from->fleet : said,
            lacks_device ? from->device_id : said);
  ret->value = intake->value->str;
  ret->value_len = intake->value->len;
}

static void
write_key (IngestIntake *intake, IngestRecord *ret)
{
  const FwEvent *ev = &intake->event;

  g_string_truncate (intake->key, 0);
  g_string_append_len (intake->key, ev->fleet.data, ev->fleet.len);
  g_string_append_c (intake->key, '/');
  g_string_append_len (intake->key, ev->device_id.data, ev->device_id.len);
  ret->key = intake->key->str;
  ret->key_len = intake->key->len;
}

guint
ingest_intake_take (IngestIntake *intake, const char *payload, gsize len,
                    const IngestIdentity *identity, IngestRecord *ret)
{
  static const IngestIdentity nobody = { { NULL, 0 }, { NULL, 0 } };
  const IngestIdentity *from = identity ? identity : &nobody;
  FwEvent *ev = &intake->event;
  FwReject reject
      = fw_event_read_from (intake->reader, payload, len, from->fleet, from->device_id, ev);

  if (reject != FW_REJECT_NONE)
    return reject;
  if (claims_another (ev->device_id, from->device_id) || claims_another (ev->fleet, from->fleet))
    return INGEST_REFUSED_IDENTITY;
  write_record (intake, payload, len, from, ret);
  write_key (intake, ret);
  return ret->key_len + ret->value_len > intake->event_max ? FW_REJECT_TOO_LARGE : FW_REJECT_NONE;
}
