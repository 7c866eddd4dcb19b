/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-text.h"
#include "ingest-phone-private.h"

/* Where nothing is known, 0 stands for accuracy. A picture that is sent along has no place in an
 * event. odometer, ign and flvl come from trackers behind a gateway. */
static const PhoneRow member_rows[] = {
  { "tst", "ts_ms", 0, PHONE_TIME },
  { "acc", "accuracy_m", 0, PHONE_POSITIVE },
  { "alt", "altitude_m", 0, PHONE_SCALED },
  { "vel", "speed_kmh", 0, PHONE_UNSIGNED },
  { "cog", "heading_deg", 0, PHONE_HEADING },
  { "batt", "battery_pct", 0, PHONE_UNSIGNED },
  { "odometer", "odometer_km", 0, PHONE_UNSIGNED },
  { "ign", "ignition", 0, PHONE_FLAG },
  { "flvl", "fuel_pct", 0, PHONE_UNSIGNED },
  { "image", NULL, 0, PHONE_SKIP },
  { NULL, NULL, 0, 0 },
};

static const PhoneRow parameter_rows[] = {
  { "fleet", "fleet", 0, PHONE_TEXT },
  { NULL, NULL, 0, 0 },
};

typedef enum
{
  NAME_USER, /* "u" and "d" of the URL, as OwnTracks' own recorder calls them */
  NAME_DEVICE,
  NAME_TYPE,
  NAME_TOPIC,
  NAME_TID,
  N_NAMES,
} Name;
typedef struct
{
  char *text[N_NAMES];
} Names;
static const char *const name_keys[N_NAMES] = { "u", "d", "_type", "topic", "tid" };

static void
names_clear (Names *names)
{
  for (guint i = 0; i < N_NAMES; i++)
    g_free (names->text[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Names, names_clear)

/* key is one of those from first to last. */
static void
note (Names *names, Name first, Name last, const FwText *key, const char *text, gsize len)
{
  for (guint i = first; i <= last; i++)
    if (fw_text_is (key->data, key->len, name_keys[i]))
      {
        g_free (names->text[i]);
        names->text[i] = g_strndup (text, len);
      }
}

static void
note_parameters (Names *names, const char *query)
{
  PhoneParameters parameters;

  phone_parameters_init (&parameters, query, strlen (query));
  while (phone_parameters_next (&parameters))
    note (names, NAME_USER, NAME_DEVICE,
          &(FwText){ parameters.name->str, (guint) parameters.name->len }, parameters.value->str,
          parameters.value->len);
  phone_parameters_clear (&parameters);
}

/* "jane-phone"; one of them alone where the other is not known. */
static char *
join (const char *user, const char *device)
{
  gboolean has_user = user != NULL && *user != '\0';

  if (device == NULL || *device == '\0')
    return has_user ? g_strdup (user) : NULL;
  return has_user ? g_strconcat (user, "-", device, NULL) : g_strdup (device);
}

/* "owntracks/jane/phone" */
static char *
name_of_topic (const char *topic)
{
  g_auto (GStrv) levels = g_strsplit (topic != NULL ? topic : "", "/", -1);

  return g_strv_length (levels) == 3 ? join (levels[1], levels[2]) : NULL;
}

/* What its owner says in the URL; the topic, which is the app's own word for it; the headers, which
 * on iOS are "user" and "device" for everybody who has not named himself; the two letters. */
static char *
name_of (const Names *names, const char *user, const char *device)
{
  char *name = join (names->text[NAME_USER], names->text[NAME_DEVICE]);

  if (name == NULL)
    name = name_of_topic (names->text[NAME_TOPIC]);
  if (name == NULL)
    name = join (user, device);
  return name != NULL ? name : g_strdup (names->text[NAME_TID]);
}

static guint
put_members (PhoneWriter *writer, Names *names)
{
  FwJsonReader *json = &writer->json;
  g_autoptr (GString) key = g_string_new (NULL);
  guint refusal = FW_REJECT_NONE;
  PhoneValue value;
  FwJsonToken token;

  while ((token = fw_json_next (json)) == FW_JSON_KEY)
    {
      const PhoneRow *row = phone_row_find (member_rows, json->text, json->text_len);

      g_string_truncate (key, 0);
      g_string_append_len (key, json->text, (gssize) json->text_len);
      token = fw_json_next (json);
      if (token == FW_JSON_STRING)
        note (names, NAME_TYPE, NAME_TID, &(FwText){ key->str, (guint) key->len }, json->text,
              json->text_len);
      refusal = phone_take_value (json, token, &value);
      if (refusal == FW_REJECT_NONE)
        refusal = row != NULL ? phone_put (writer, row, &value)
                              : phone_put_as_is (writer, key->str, key->len, &value);
      if (refusal != FW_REJECT_NONE)
        return refusal;
    }
  return token == FW_JSON_OBJECT_END ? FW_REJECT_NONE : phone_fault (json);
}

static guint
put_json (PhoneWriter *writer, Names *names, const char *bytes, gsize len)
{
  FwJsonReader *json = &writer->json;
  FwJsonToken token;
  guint refusal;

  fw_json_reader_start (json, bytes, len);
  token = fw_json_next (json);
  if (token != FW_JSON_OBJECT_BEGIN)
    return fw_json_skip (json, token) ? FW_REJECT_NOT_OBJECT : phone_fault (json);
  refusal = put_members (writer, names);
  if (refusal == FW_REJECT_NONE && fw_json_next (json) != FW_JSON_END)
    return phone_fault (json);
  return refusal;
}

static guint
put_name (PhoneWriter *writer, const Names *names, const char *user, const char *device)
{
  g_autofree char *name = name_of (names, user, device);

  if (writer->knows_device)
    return FW_REJECT_NONE;
  return name != NULL ? phone_put_text (writer, "device_id", name, strlen (name))
                      : FW_REJECT_NO_DEVICE_ID;
}

static guint
put_message (PhoneWriter *writer, Names *names, const PhoneSender *from, const char *bytes,
             gsize len)
{
  guint refusal = FW_REJECT_NONE;

  if (from->query != NULL)
    {
      note_parameters (names, from->query);
      refusal
          = phone_put_parameters (writer, parameter_rows, FALSE, from->query, strlen (from->query));
    }
  return refusal != FW_REJECT_NONE ? refusal : put_json (writer, names, bytes, len);
}

IngestPhoneResult
phone_read_owntracks (const PhoneSender *from, const char *bytes, gsize len, PhoneWriter *writer,
                      guint *ret_refusal)
{
  g_auto (Names) names = { { NULL } };
  guint refusal = put_message (writer, &names, from, bytes, len);
  const char *type = names.text[NAME_TYPE];

  if (refusal == FW_REJECT_NONE && type == NULL)
    refusal = INGEST_REFUSED_FORM;
  if (refusal == FW_REJECT_NONE && g_str_equal (type, "encrypted"))
    refusal = INGEST_REFUSED_ENCRYPTED;
  if (refusal == FW_REJECT_NONE && !g_str_equal (type, "location"))
    return INGEST_PHONE_NOTHING;
  if (refusal == FW_REJECT_NONE)
    refusal = put_name (writer, &names, from->user, from->device);
  *ret_refusal = refusal;
  return refusal == FW_REJECT_NONE ? INGEST_PHONE_EVENT : INGEST_PHONE_REFUSED;
}
