/* SPDX-License-Identifier: Apache-2.0 */
/* A connection's bytes: the first says the version and the end that sent them. What can be read is
 * written, and that reads back as the same bytes again. */
#include <string.h>

#include "fuzz.h"
#include "fw-mqtt.h"

#define PACKET_MAX 4096

static void
require_same_again (const FwMqttPacket *packet, FwMqttEnd from)
{
  FwMqttPacket again;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) bytes_again = g_byte_array_new ();
  fw_mqtt_write (packet, bytes);
  FUZZ_REQUIRE (!fw_mqtt_read (bytes->data, bytes->len, packet->version, from, &again));
  fw_mqtt_write (&again, bytes_again);
  FUZZ_REQUIRE (bytes->len == bytes_again->len);
  FUZZ_REQUIRE (memcmp (bytes->data, bytes_again->data, bytes->len) == 0);
}

static void
walk_filters (const FwMqttPacket *packet)
{
  FwMqttFilter filter;
  for (guint32 at = 0; fw_mqtt_next_filter (packet, &at, &filter);)
    FUZZ_REQUIRE (filter.text.len > 0 && at <= packet->filters.len);
}

static FwMqttFault
take_packet (const guint8 *data, gsize len, FwMqttVersion *version, FwMqttEnd from)
{
  FwMqttPacket packet;
  /* Of the very size, so that a sanitizer sees one byte too many. */
  g_autofree guint8 *copy = g_memdup2 (data, len);
  FwMqttFault fault = fw_mqtt_read (copy, len, *version, from, &packet);
  FUZZ_REQUIRE (fault < FW_MQTT_N_FAULTS);
  if (fault)
    return fault;
  *version = packet.version;
  require_same_again (&packet, from);
  if (packet.type == FW_MQTT_SUBSCRIBE || packet.type == FW_MQTT_UNSUBSCRIBE)
    walk_filters (&packet);
  return FW_MQTT_OK;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  if (len == 0)
    return 0;
  FwMqttEnd from = data[0] & 1 ? FW_MQTT_SERVER : FW_MQTT_CLIENT;
  FwMqttVersion version = data[0] & 2 ? FW_MQTT_5_0 : FW_MQTT_3_1_1;
  FwMqttFault fault = FW_MQTT_OK;
  for (gsize at = 1, n; at < len && !fault; at += n)
    {
      fault = fw_mqtt_packet_len (data + at, len - at, PACKET_MAX, &n);
      FUZZ_REQUIRE (n <= PACKET_MAX);
      if (fault || n == 0 || n > len - at)
        break;
      fault = take_packet (data + at, n, &version, from);
    }
  return 0;
}
