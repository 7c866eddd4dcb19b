/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-hash.h"
#include "fw-text.h"
#include "fw-time.h"
#include "ingest-phone-private.h"

/* Below: seconds. As in fw-event-json: March 1973 in milliseconds, the year 5138 in seconds. */
#define SECONDS_MAX 1e11
#define TIME_TEXT_MAX 64 /* bytes */

void
phone_writer_init (PhoneWriter *writer, GString *out)
{
  writer->out = out;
  writer->knows_device = FALSE;
  writer->names = g_hash_table_new_full (fw_hash_text, g_str_equal, g_free, NULL);
  fw_json_reader_init (&writer->json);
  g_string_assign (out, "{");
}

void
phone_writer_clear (PhoneWriter *writer)
{
  g_hash_table_unref (writer->names);
  fw_json_reader_clear (&writer->json);
}

void
phone_writer_close (PhoneWriter *writer)
{
  g_string_append_c (writer->out, '}');
}

const PhoneRow *
phone_row_find (const PhoneRow *rows, const char *name, gsize len)
{
  for (; rows->from != NULL; rows++)
    if (fw_text_is (name, len, rows->from))
      return rows;
  return NULL;
}

guint
phone_fault (const FwJsonReader *json)
{
  switch (json->fault)
    {
    case FW_JSON_DEPTH:
      return FW_REJECT_TOO_DEEP;
    case FW_JSON_UTF8:
      return FW_REJECT_BAD_UTF8;
    default:
      return FW_REJECT_NOT_JSON;
    }
}

guint
phone_take_value (FwJsonReader *json, FwJsonToken token, PhoneValue *ret)
{
  gsize begin = json->token_at;

  *ret = (PhoneValue){ token, json->text, NULL, json->text_len, 0 };
  if (!fw_json_skip (json, token))
    return phone_fault (json);
  ret->raw = json->input + begin;
  ret->raw_len = json->at - begin;
  return FW_REJECT_NONE;
}

/* FALSE: it stands there already. */
static gboolean
put_name (PhoneWriter *writer, const char *name, gsize len)
{
  if (!g_hash_table_add (writer->names, g_strndup (name, len)))
    return FALSE;
  if (writer->out->len > 1)
    g_string_append_c (writer->out, ',');
  fw_json_put_string (writer->out, name, len);
  g_string_append_c (writer->out, ':');
  return TRUE;
}

guint
phone_put_as_is (PhoneWriter *writer, const char *name, gsize len, const PhoneValue *value)
{
  if (!put_name (writer, name, len))
    return FW_REJECT_KEY_TWICE;
  if (value->raw != NULL)
    g_string_append_len (writer->out, value->raw, (gssize) value->raw_len);
  else if (value->token == FW_JSON_STRING)
    fw_json_put_string (writer->out, value->text, value->len);
  else
    g_string_append_len (writer->out, value->text, (gssize) value->len);
  return FW_REJECT_NONE;
}

guint
phone_put_text (PhoneWriter *writer, const char *name, const char *text, gsize len)
{
  if (!put_name (writer, name, strlen (name)))
    return FW_REJECT_KEY_TWICE;
  fw_json_put_string (writer->out, text, len);
  return FW_REJECT_NONE;
}

/* The thousandths are more than any sensor knows, and keep 3.6 * 2.5 from being 9.000000000000002.
 */
static guint
put_scaled (PhoneWriter *writer, const PhoneRow *row, const PhoneValue *value, double number)
{
  double scaled = nearbyint (number * row->factor * 1000) / 1000;

  if (row->factor == 0 || !isfinite (scaled))
    return phone_put_as_is (writer, row->to, strlen (row->to), value);
  if (!put_name (writer, row->to, strlen (row->to)))
    return FW_REJECT_KEY_TWICE;
  fw_json_put_number (writer->out, scaled);
  return FW_REJECT_NONE;
}

static guint
put_number (PhoneWriter *writer, const PhoneRow *row, const PhoneValue *value)
{
  static const PhoneValue north = { FW_JSON_NUMBER, "0", NULL, 1, 0 };
  double number;

  if (value->token != FW_JSON_NUMBER)
    return phone_put_as_is (writer, row->to, strlen (row->to), value);
  number = fw_json_number_of (value->text, value->len);
  if (row->kind != PHONE_SCALED && (number < 0 || (number == 0 && row->kind == PHONE_POSITIVE)))
    return FW_REJECT_NONE;
  if (row->kind == PHONE_HEADING && number == 360)
    return phone_put_as_is (writer, row->to, strlen (row->to), &north);
  return put_scaled (writer, row, value, number);
}

static guint
put_flag (PhoneWriter *writer, const PhoneRow *row, const PhoneValue *value)
{
  gboolean is_digit = value->token == FW_JSON_NUMBER && value->len == 1
                      && (*value->text == '0' || *value->text == '1');

  if (!is_digit)
    return phone_put_as_is (writer, row->to, strlen (row->to), value);
  if (!put_name (writer, row->to, strlen (row->to)))
    return FW_REJECT_KEY_TWICE;
  g_string_append (writer->out, *value->text == '1' ? "true" : "false");
  return FW_REJECT_NONE;
}

/* Also "2014-06-04 09:10:11", which is UTC here. */
static gboolean
read_time (const PhoneValue *value, gint64 *ret_ms)
{
  char text[TIME_TEXT_MAX + 2];

  if (value->token == FW_JSON_NUMBER)
    {
      double number = fw_json_number_of (value->text, value->len);
      double ms = nearbyint (fabs (number) < SECONDS_MAX ? number * 1000 : number);

      *ret_ms = fabs (ms) < 1e15 ? (gint64) ms : 0;
      return *ret_ms != 0;
    }
  if (value->token != FW_JSON_STRING || value->len > TIME_TEXT_MAX)
    return FALSE;
  memcpy (text, value->text, value->len);
  if (value->len > 10 && text[10] == ' ')
    text[10] = 'T';
  text[value->len] = 'Z';
  return fw_time_parse_rfc3339 (text, value->len, ret_ms)
         || fw_time_parse_rfc3339 (text, value->len + 1, ret_ms);
}

/* What is no time goes on as `ts`, whose reader drops and counts it. */
static guint
put_time (PhoneWriter *writer, const PhoneValue *value)
{
  gint64 ms;

  if (!read_time (value, &ms))
    return phone_put_as_is (writer, "ts", strlen ("ts"), value);
  if (!put_name (writer, "ts_ms", strlen ("ts_ms")))
    return FW_REJECT_KEY_TWICE;
  fw_json_put_int (writer->out, ms);
  return FW_REJECT_NONE;
}

static guint
put_half (PhoneWriter *writer, const char *name, const char *text, gsize len)
{
  g_autoptr (GString) half = g_string_new_len (text, (gssize) len);
  PhoneValue value = phone_value_of_parameter (&writer->json, half);

  return phone_put_as_is (writer, name, strlen (name), &value);
}

static guint
put_place (PhoneWriter *writer, const PhoneValue *value)
{
  const char *end = value->text + value->len;
  const char *comma = value->token == FW_JSON_STRING ? memchr (value->text, ',', value->len) : NULL;
  guint refusal;

  if (comma == NULL)
    return phone_put_as_is (writer, "lat", strlen ("lat"), value);
  refusal = put_half (writer, "lat", value->text, (gsize) (comma - value->text));
  return refusal != FW_REJECT_NONE ? refusal
                                   : put_half (writer, "lon", comma + 1, (gsize) (end - comma - 1));
}

guint
phone_put (PhoneWriter *writer, const PhoneRow *row, const PhoneValue *value)
{
  if (row->kind == PHONE_SKIP || value->token == FW_JSON_NULL
      || (writer->knows_device && g_strcmp0 (row->to, "device_id") == 0))
    return FW_REJECT_NONE;
  switch ((PhoneKind) row->kind)
    {
    case PHONE_SCALED:
    case PHONE_UNSIGNED:
    case PHONE_POSITIVE:
    case PHONE_HEADING:
      return put_number (writer, row, value);
    case PHONE_TEXT:
      if (value->token == FW_JSON_NUMBER)
        return phone_put_text (writer, row->to, value->text, value->len);
      return phone_put_as_is (writer, row->to, strlen (row->to), value);
    case PHONE_FLAG:
      return put_flag (writer, row, value);
    case PHONE_TIME:
      return put_time (writer, value);
    case PHONE_PLACE:
      return put_place (writer, value);
    default:
      return phone_put_as_is (writer, row->to, strlen (row->to), value);
    }
}
