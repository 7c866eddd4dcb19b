/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mqtt.h"
/* mqtt-notation: packets as tests write and read them.
 *   "10 ~ <MQTT> 04 02 003c <a>"   hex; <text> with its two bytes of length; 'raw text'; ~ is the length of the rest
 *   "CONNECT id=a clean keep=60"   a packet that was read */

/* Several packets may follow each other, each with its ~, divided by '|'. Appends. */
void  mqtt_bytes (const char *notation, GByteArray *out);
char *mqtt_describe (const FwMqttPacket *packet);
/* All packets in bytes, divided by " | "; one that cannot be read as "!" and its fault, as the last. */
char *mqtt_describe_all (const guint8 *bytes, gsize len, FwMqttVersion version, FwMqttEnd from);
