/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ingest-phone-private.h"

#define KMH_PER_KNOT 1.852
#define KMH_PER_MPS 3.6
#define PATH_SEPARATOR '.'

/* A location without accuracy says 0 up to version 8, -1 in version 9. cell and wifi may come more
 * than once. A token lets somebody in, and is nobody else's business. */
static const PhoneRow parameter_rows[] = {
  { "id", "device_id", 0, PHONE_TEXT },
  { "deviceid", "device_id", 0, PHONE_TEXT },
  { "device_id", "device_id", 0, PHONE_TEXT },
  { "timestamp", "ts_ms", 0, PHONE_TIME },
  { "valid", "fix", 0, PHONE_FLAG },
  { "location", NULL, 0, PHONE_PLACE },
  { "accuracy", "accuracy_m", 0, PHONE_POSITIVE },
  { "speed", "speed_kmh", KMH_PER_KNOT, PHONE_UNSIGNED },
  { "bearing", "heading_deg", 0, PHONE_HEADING },
  { "heading", "heading_deg", 0, PHONE_HEADING },
  { "altitude", "altitude_m", 0, PHONE_SCALED },
  { "batt", "battery_pct", 0, PHONE_UNSIGNED },
  { "charge", "charging", 0, PHONE_FLAG },
  { "odometer", "odometer_km", 0.001, PHONE_UNSIGNED },
  { "driverUniqueId", "driver", 0, PHONE_TEXT },
  { "alarm", "alarm", 0, PHONE_TEXT },
  { "driver", "driver", 0, PHONE_TEXT },
  { "trip", "trip", 0, PHONE_TEXT },
  { "cell", NULL, 0, PHONE_SKIP },
  { "wifi", NULL, 0, PHONE_SKIP },
  { "token", NULL, 0, PHONE_SKIP },
  { NULL, NULL, 0, 0 },
};

/* Version 9 repeats itself in "_", for servers that read parameters. */
static const PhoneRow member_rows[] = {
  { "device_id", "device_id", 0, PHONE_TEXT },
  { "location", NULL, 0, PHONE_INSIDE },
  { "location._", NULL, 0, PHONE_SKIP },
  { "location.timestamp", "ts_ms", 0, PHONE_TIME },
  { "location.odometer", "odometer_km", 0.001, PHONE_UNSIGNED },
  { "location.coords", NULL, 0, PHONE_INSIDE },
  { "location.coords.latitude", "lat", 0, PHONE_SCALED },
  { "location.coords.longitude", "lon", 0, PHONE_SCALED },
  { "location.coords.accuracy", "accuracy_m", 0, PHONE_POSITIVE },
  { "location.coords.speed", "speed_kmh", KMH_PER_MPS, PHONE_UNSIGNED },
  { "location.coords.heading", "heading_deg", 0, PHONE_HEADING },
  { "location.coords.altitude", "altitude_m", 0, PHONE_SCALED },
  { "location.battery", NULL, 0, PHONE_INSIDE },
  { "location.battery.level", "battery_pct", 100, PHONE_UNSIGNED },
  { "location.battery.is_charging", "charging", 0, PHONE_FLAG },
  { "location.activity", NULL, 0, PHONE_INSIDE },
  { "location.activity.type", "activity", 0, PHONE_AS_IS },
  { "location.extras", NULL, 0, PHONE_INSIDE },
  { NULL, NULL, 0, 0 },
};

/* A member of the object at path, which its name has been put behind. What stands beside a
 * position, an odometer or an event is kept under its own name; what describes a coordinate is not.
 */
static guint
put_member (PhoneWriter *writer, const GString *path, gsize name_at, FwJsonToken token)
{
  const PhoneRow *row = phone_row_find (member_rows, path->str, path->len);
  gboolean is_detail = g_str_has_prefix (path->str, "location.coords.")
                       || g_str_has_prefix (path->str, "location.battery.")
                       || g_str_has_prefix (path->str, "location.activity.");
  PhoneValue value;
  guint refusal = phone_take_value (&writer->json, token, &value);

  if (refusal != FW_REJECT_NONE)
    return refusal;
  if (row != NULL && row->kind == PHONE_INSIDE && token != FW_JSON_NULL)
    return INGEST_REFUSED_FORM;
  if (row != NULL)
    return phone_put (writer, row, &value);
  return is_detail || token == FW_JSON_NULL
             ? FW_REJECT_NONE
             : phone_put_as_is (writer, path->str + name_at, path->len - name_at, &value);
}

static gboolean
is_inside (const GString *path, FwJsonToken token)
{
  const PhoneRow *row
      = token == FW_JSON_OBJECT_BEGIN ? phone_row_find (member_rows, path->str, path->len) : NULL;

  return row != NULL && row->kind == PHONE_INSIDE;
}

/* The members of the object whose brace has been read; three deep at most, as the rows are. */
static guint
put_members (PhoneWriter *writer, GString *path)
{
  FwJsonReader *json = &writer->json;
  guint refusal = FW_REJECT_NONE;
  gsize path_len = path->len;
  FwJsonToken token;

  while (refusal == FW_REJECT_NONE && (token = fw_json_next (json)) == FW_JSON_KEY)
    {
      gsize name_at = path_len > 0 ? path_len + 1 : 0;

      if (path_len > 0)
        g_string_append_c (path, PATH_SEPARATOR);
      g_string_append_len (path, json->text, (gssize) json->text_len);
      token = fw_json_next (json);
      refusal = is_inside (path, token) ? put_members (writer, path)
                                        : put_member (writer, path, name_at, token);
      g_string_truncate (path, path_len);
    }
  return refusal == FW_REJECT_NONE && token == FW_JSON_ERROR ? phone_fault (json) : refusal;
}

static guint
put_json (PhoneWriter *writer, const char *bytes, gsize len)
{
  FwJsonReader *json = &writer->json;
  g_autoptr (GString) path = g_string_new (NULL);
  guint refusal;

  fw_json_reader_start (json, bytes, len);
  fw_json_next (json);
  refusal = put_members (writer, path);
  if (refusal == FW_REJECT_NONE && fw_json_next (json) != FW_JSON_END)
    return phone_fault (json);
  return refusal;
}

IngestPhoneResult
phone_read_traccar (const PhoneSender *from, const char *bytes, gsize len, PhoneWriter *writer,
                    guint *ret_refusal)
{
  guint refusal = FW_REJECT_NONE;

  if (from->query != NULL)
    refusal
        = phone_put_parameters (writer, parameter_rows, TRUE, from->query, strlen (from->query));
  if (refusal == FW_REJECT_NONE)
    refusal = *bytes == '{' ? put_json (writer, bytes, len)
                            : phone_put_parameters (writer, parameter_rows, TRUE, bytes, len);
  *ret_refusal = refusal;
  return refusal == FW_REJECT_NONE ? INGEST_PHONE_EVENT : INGEST_PHONE_REFUSED;
}
