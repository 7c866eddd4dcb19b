/* SPDX-License-Identifier: Apache-2.0 */
#include "mqtt-notation.h"

#include <string.h>

#define NO_LENGTH G_MAXUINT

static void
put_text (GByteArray *out, const char *text, gsize len, gboolean has_length)
{
  guint8 length[] = { (guint8) (len >> 8), (guint8) len };
  if (has_length)
    g_byte_array_append (out, length, sizeof length);
  g_byte_array_append (out, (const guint8 *) text, (guint) len);
}

static void
put_remaining_length (GByteArray *out, guint at)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  if (at == NO_LENGTH)
    return;
  g_byte_array_append (rest, out->data + at, out->len - at);
  g_byte_array_set_size (out, at);
  guint len = rest->len;
  do
    {
      guint8 byte = (guint8) ((len & 0x7f) | (len > 0x7f ? 0x80 : 0));
      g_byte_array_append (out, &byte, 1);
      len >>= 7;
    }
  while (len > 0);
  g_byte_array_append (out, rest->data, rest->len);
}

void
mqtt_bytes (const char *notation, GByteArray *out)
{
  guint length_at = NO_LENGTH;
  for (const char *at = notation; *at;)
    {
      const char *end = *at == '<' ? strchr (at, '>') : *at == '\'' ? strchr (at + 1, '\'') : NULL;
      if (end)
        put_text (out, at + 1, (gsize) (end - at - 1), *at == '<');
      else if (*at == '|')
        put_remaining_length (out, length_at), length_at = NO_LENGTH;
      else if (*at == '~')
        length_at = out->len;
      else if (*at != ' ')
        {
          guint8 byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
          g_assert_true (g_ascii_isxdigit (at[0]) && g_ascii_isxdigit (at[1]));
          g_byte_array_append (out, &byte, 1);
          end = at + 1;
        }
      at = end ? end + 1 : at + 1;
    }
  put_remaining_length (out, length_at);
}

static void
say_bytes (GString *text, const char *name, FwMqttBytes bytes)
{
  if (bytes.data)
    {
      g_string_append_printf (text, " %s=", name);
      g_string_append_len (text, (const char *) bytes.data, bytes.len);
    }
}

static void
say_message (GString *text, const FwMqttMessage *message)
{
  g_string_append_printf (text, " q%u%s%s", message->qos, message->is_dup ? " dup" : "",
                          message->is_retained ? " retained" : "");
  say_bytes (text, "topic", message->topic);
  say_bytes (text, "payload", message->payload);
}

static gboolean
is_text_property (guint id)
{
  static const guint8 ids[]
      = { FW_MQTT_CONTENT_TYPE,  FW_MQTT_RESPONSE_TOPIC,   FW_MQTT_CORRELATION,
          FW_MQTT_ASSIGNED_ID,   FW_MQTT_AUTH_METHOD,      FW_MQTT_AUTH_DATA,
          FW_MQTT_RESPONSE_INFO, FW_MQTT_SERVER_REFERENCE, FW_MQTT_REASON_STRING };
  return memchr (ids, (int) id, sizeof ids) != NULL;
}

/* {24:1 1f:text}: names are the standard's numbers. */
static void
say_properties (GString *text, const FwMqttProperties *properties)
{
  const char *before = " {";
  for (guint id = 0; id < FW_MQTT_N_PROPERTIES; id++)
    if (fw_mqtt_has (properties, id))
      {
        const FwMqttValue *value = &properties->value[id];
        g_string_append_printf (text, "%s%02x:", before, id);
        if (is_text_property (id))
          g_string_append_len (text, (const char *) value->bytes.data, value->bytes.len);
        else
          g_string_append_printf (text, "%u", value->number);
        before = " ";
      }
  if (properties->has)
    g_string_append_c (text, '}');
}

static void
say_connect (GString *text, const FwMqttConnect *connect)
{
  say_bytes (text, "id", connect->client_id);
  g_string_append_printf (text, "%s keep=%u", connect->is_clean ? " clean" : "",
                          connect->keep_alive_s);
  say_bytes (text, "username", connect->username);
  say_bytes (text, "password", connect->password);
  if (!connect->has_will)
    return;
  g_string_append (text, " will:");
  say_message (text, &connect->will);
  say_properties (text, &connect->will_properties);
}

static void
say_filters (GString *text, const FwMqttPacket *packet)
{
  FwMqttFilter filter;
  for (guint32 at = 0; fw_mqtt_next_filter (packet, &at, &filter);)
    {
      say_bytes (text, "filter", filter.text);
      if (packet->type == FW_MQTT_SUBSCRIBE)
        g_string_append_printf (text, ":%02x", filter.options);
    }
}

char *
mqtt_describe (const FwMqttPacket *packet)
{
  static const char *const names[FW_MQTT_N_TYPES] = {
    "0",       "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
    "PUBREL",  "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
    "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
  };
  GString *text = g_string_new (names[packet->type]);
  if (packet->packet_id)
    g_string_append_printf (text, " #%u", packet->packet_id);
  if (packet->reason)
    g_string_append_printf (text, " %02x", packet->reason);
  if (packet->type == FW_MQTT_CONNECT)
    say_connect (text, &packet->connect);
  else if (packet->type == FW_MQTT_PUBLISH)
    say_message (text, &packet->publish);
  else if (packet->type == FW_MQTT_SUBSCRIBE || packet->type == FW_MQTT_UNSUBSCRIBE)
    say_filters (text, packet);
  else if (packet->type == FW_MQTT_SUBACK || packet->type == FW_MQTT_UNSUBACK)
    for (guint i = 0; i < packet->codes.len; i++)
      g_string_append_printf (text, " %02x", packet->codes.data[i]);
  else if (packet->type == FW_MQTT_CONNACK && packet->is_session_present)
    g_string_append (text, " present");
  say_properties (text, &packet->properties);
  return g_string_free (text, FALSE);
}

char *
mqtt_describe_all (const guint8 *bytes, gsize len, FwMqttVersion version, FwMqttEnd from)
{
  GString *text = g_string_new (NULL);
  FwMqttPacket packet;
  FwMqttFault fault = FW_MQTT_OK;
  for (gsize at = 0, n; at < len && !fault; at += n)
    {
      g_string_append (text, at > 0 ? " | " : "");
      fault = fw_mqtt_packet_len (bytes + at, len - at, G_MAXSIZE, &n);
      if (!fault)
        fault = n == 0 || n > len - at ? FW_MQTT_FAULT_TRUNCATED
                                       : fw_mqtt_read (bytes + at, n, version, from, &packet);
      g_autofree char *one
          = fault ? g_strconcat ("!", fw_mqtt_fault_names[fault], NULL) : mqtt_describe (&packet);
      g_string_append (text, one);
    }
  return g_string_free (text, FALSE);
}
