/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of bytes: what each packet says, and by which rule a broken one is refused. */
#include <string.h>

#include "mqtt-notation.h"

typedef struct
{
  const char *bytes, *expected;
} Row;

static void
assert_rows (const Row *rows, gsize n, FwMqttVersion version, FwMqttEnd from)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      mqtt_bytes (rows[i].bytes, bytes);
      /* Of the very size, so that a sanitizer sees one byte too many. */
      g_autofree guint8 *copy = g_memdup2 (bytes->data, bytes->len);
      g_autofree char *got = mqtt_describe_all (copy, bytes->len, version, from);
      g_assert_cmpstr (got, ==, rows[i].expected);
    }
}

/* What is canonical comes back as the same bytes. */
static void
assert_written_again (const Row *rows, gsize n, FwMqttVersion version, FwMqttEnd from)
{
  for (gsize i = 0; i < n; i++)
    {
      FwMqttPacket packet;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GByteArray) again = g_byte_array_new ();
      mqtt_bytes (rows[i].bytes, bytes);
      g_assert_cmpint (fw_mqtt_read (bytes->data, bytes->len, version, from, &packet), ==,
                       FW_MQTT_OK);
      fw_mqtt_write (&packet, again);
      g_assert_cmpmem (again->data, again->len, bytes->data, bytes->len);
    }
}

#define ASSERT_ROWS(rows, version, from) assert_rows (rows, G_N_ELEMENTS (rows), version, from)
#define ASSERT_BOTH_WAYS(rows, version, from)                        \
  G_STMT_START                                                       \
  {                                                                  \
    assert_rows (rows, G_N_ELEMENTS (rows), version, from);          \
    assert_written_again (rows, G_N_ELEMENTS (rows), version, from); \
  }                                                                  \
  G_STMT_END

/* clang-format off */
static void
test_client_3 (void)
{
  static const Row rows[] = {
    { "10 ~ <MQTT> 04 02 003c <a>", "CONNECT id=a clean keep=60" },
    { "10 ~ <MQTT> 04 00 0000 <a>", "CONNECT id=a keep=0" },
    { "10 ~ <MQTT> 04 02 003c <>", "CONNECT id= clean keep=60" },
    { "10 ~ <MQTT> 04 ee 000a <a> <w> <bye> <u> <p>",
      "CONNECT id=a clean keep=10 username=u password=p will: q1 retained topic=w payload=bye" },
    { "10 ~ <MQTT> 04 84 0000 <a> <w> <> <>", "CONNECT id=a keep=0 username= will: q0 topic=w payload=" },
    { "30 ~ <a/b> 'hello'", "PUBLISH q0 topic=a/b payload=hello" },
    { "31 ~ <a>", "PUBLISH q0 retained topic=a payload=" },
    { "32 ~ <a> 0001 'x'", "PUBLISH #1 q1 topic=a payload=x" },
    { "3d ~ <a> ffff", "PUBLISH #65535 q2 dup retained topic=a payload=" },
    { "40 ~ 0102", "PUBACK #258" },
    { "50 ~ 0102", "PUBREC #258" },
    { "62 ~ 0102", "PUBREL #258" },
    { "70 ~ 0102", "PUBCOMP #258" },
    { "82 ~ 0007 <a/+/#> 01 <b> 00", "SUBSCRIBE #7 filter=a/+/#:01 filter=b:00" },
    { "a2 ~ 0007 <#> <+/+>", "UNSUBSCRIBE #7 filter=# filter=+/+" },
    { "c0 00", "PINGREQ" },
    { "e0 00", "DISCONNECT" },
  };
  ASSERT_BOTH_WAYS (rows, FW_MQTT_3_1_1, FW_MQTT_CLIENT);
}

static void
test_client_5 (void)
{
  static const Row rows[] = {
    { "10 ~ <MQTT> 05 02 003c 00 <>", "CONNECT id= clean keep=60" },
    { "10 ~ <MQTT> 05 00 003c 00 <>", "CONNECT id= keep=60" },
    { "10 ~ <MQTT> 05 40 003c 00 <a> <p>", "CONNECT id=a keep=60 password=p" },
    { "10 ~ <MQTT> 05 06 003c 05 11 0000000a <a> 05 18 00000002 <w> <x>",
      "CONNECT id=a clean keep=60 will: q0 topic=w payload=x {18:2} {11:10}" },
    { "10 ~ <MQTT> 05 02 003c 0a 17 00 19 01 21 0005 22 000a <a>", "CONNECT id=a clean keep=60 {17:0 19:1 21:5 22:10}" },
    { "30 ~ <a> 00 'x'", "PUBLISH q0 topic=a payload=x" },
    { "32 ~ <a> 0001 07 01 01 02 0000003c 'x'", "PUBLISH #1 q1 topic=a payload=x {01:1 02:60}" },
    { "30 ~ <> 03 23 0001", "PUBLISH q0 topic= payload= {23:1}" },
    { "30 ~ <a> 0c 03 <j> 08 <r> 09 <c>", "PUBLISH q0 topic=a payload= {03:j 08:r 09:c}" },
    { "40 ~ 0102", "PUBACK #258" },
    { "40 ~ 0102 10", "PUBACK #258 10" },
    { "40 ~ 0102 80 05 1f <no>", "PUBACK #258 80 {1f:no}" },
    { "62 ~ 0102 92", "PUBREL #258 92" },
    { "82 ~ 0007 00 <a> 2d", "SUBSCRIBE #7 filter=a:2d" },
    { "82 ~ 0007 03 0b 8001 <$share/g/a/+> 00", "SUBSCRIBE #7 filter=$share/g/a/+:00 {0b:128}" },
    { "a2 ~ 0007 00 <a>", "UNSUBSCRIBE #7 filter=a" },
    { "c0 00", "PINGREQ" },
    { "e0 00", "DISCONNECT" },
    { "e0 01 04", "DISCONNECT 04" },
    { "e0 ~ 00 05 11 00000000", "DISCONNECT {11:0}" },
    { "f0 ~ 18 0a 15 <abc> 16 <x>", "AUTH 18 {15:abc 16:x}" },
  };
  ASSERT_BOTH_WAYS (rows, FW_MQTT_5_0, FW_MQTT_CLIENT);
}

static void
test_server (void)
{
  static const Row rows_3[] = {
    { "20 02 00 00", "CONNACK" },
    { "20 02 01 00", "CONNACK present" },
    { "20 02 00 05", "CONNACK 05" },
    { "90 ~ 0007 01 80", "SUBACK #7 01 80" },
    { "b0 02 0007", "UNSUBACK #7" },
    { "d0 00", "PINGRESP" },
    { "32 ~ <a> 0001 'x'", "PUBLISH #1 q1 topic=a payload=x" },
  };
  static const Row rows_5[] = {
    { "20 03 00 00 00", "CONNACK" },
    { "20 ~ 00 00 0b 12 <x> 13 003c 24 01 25 00", "CONNACK {12:x 13:60 24:1 25:0}" },
    { "20 ~ 00 87 05 1f <no>", "CONNACK 87 {1f:no}" },
    { "90 ~ 0007 00 01 87 9e a2", "SUBACK #7 01 87 9e a2" },
    { "b0 ~ 0007 00 00 11", "UNSUBACK #7 00 11" },
    { "e0 ~ 8e", "DISCONNECT 8e" },
  };
  /* One per subscription that asked for it. */
  static const Row twice[] = { { "30 ~ <a> 04 0b 01 0b 02", "PUBLISH q0 topic=a payload= {0b:2}" } };
  ASSERT_BOTH_WAYS (rows_3, FW_MQTT_3_1_1, FW_MQTT_SERVER);
  ASSERT_BOTH_WAYS (rows_5, FW_MQTT_5_0, FW_MQTT_SERVER);
  ASSERT_ROWS (twice, FW_MQTT_5_0, FW_MQTT_SERVER);
}

static void
test_framing_faults (void)
{
  static const Row rows[] = {
    { "00 00", "!packet_type" },
    { "f0 00", "!packet_type" },
    { "20 02 00 00", "!direction" },
    { "90 03 00 01 00", "!direction" },
    { "b0 02 00 01", "!direction" },
    { "d0 00", "!direction" },
    { "11", "!flags" },
    { "41", "!flags" },
    { "60", "!flags" },
    { "80", "!flags" },
    { "a0", "!flags" },
    { "c1", "!flags" },
    { "e8", "!flags" },
    { "'GET / HTTP/1.1'", "!flags" },
    { "16 03 01 02 00", "!flags" }, /* TLS */
    { "30 80 80 80 80 01", "!length" },
    { "30 ff ff ff ff 7f", "!length" },
    { "30 80 80 80", "!truncated" },
    { "30 05 00 01 'a'", "!truncated" },
    { "c0 01 00", "!trailing" },
    { "e0 01 00", "!trailing" },
    { "40 03 00 01 00", "!trailing" },
    { "10 ~ <MQTT> 04 02 003c <a> 00", "!trailing" },
    { "c0 80 00", "PINGREQ" }, /* 3.1.1 does not ask for the shortest form */
  };
  static const Row rows_5[] = {
    { "c0 80 00", "!length" },
    { "30 84 00 <a> 00", "!length" },
    { "30 84 80 00 <a> 00", "!length" },
  };
  ASSERT_ROWS (rows, FW_MQTT_3_1_1, FW_MQTT_CLIENT);
  ASSERT_ROWS (rows_5, FW_MQTT_5_0, FW_MQTT_CLIENT);
}

static void
test_connect_faults (void)
{
  static const Row rows[] = {
    { "10 00", "!truncated" },
    { "10 ~ <MQTT>", "!truncated" },
    { "10 ~ <MQTT> 04 02 00", "!truncated" },
    { "10 ~ <MQTT> 04 02 003c", "!truncated" },
    { "10 ~ <MQTT> 04 06 003c <a> <w>", "!truncated" },
    { "10 ~ <MQTT> 04 c2 003c <a> <u>", "!truncated" },
    { "10 ~ <mqtt> 04 02 003c <a>", "!protocol_name" },
    { "10 ~ <MQIsdp> 03 02 003c <a>", "!protocol_version" },
    { "10 ~ <MQTT> 03 02 003c <a>", "!protocol_version" },
    { "10 ~ <MQTT> 06 02 003c <a>", "!protocol_version" },
    { "10 ~ <MQTT> 84 02 003c <a>", "!protocol_version" },
    { "10 ~ <MQTT> 04 03 003c <a>", "!connect_flags" },
    { "10 ~ <MQTT> 04 0a 003c <a>", "!connect_flags" },
    { "10 ~ <MQTT> 04 22 003c <a>", "!connect_flags" },
    { "10 ~ <MQTT> 04 1e 003c <a> <w> <x>", "!connect_flags" },
    { "10 ~ <MQTT> 04 42 003c <a> <p>", "!connect_flags" },
    { "10 ~ <MQTT> 04 00 003c <>", "!client_id" },
    { "10 ~ <MQTT> 04 06 003c <a> <w/+> <x>", "!topic" },
    { "10 ~ <MQTT> 04 06 003c <a> <> <x>", "!no_topic" },
    { "10 ~ <MQTT> 04 02 003c 0002 c3 28", "!text" },
    { "10 ~ <MQTT> 04 82 003c <a> 0001 00", "!text" },
    { "10 ~ <MQTT> 04 c2 003c <a> <u> 0001 00", "CONNECT id=a clean keep=60 username=u password=" }, /* binary */
    { "10 ~ <MQTT> 05 02 003c 05 21 0005 22 <a>", "!truncated" },
    { "10 ~ <MQTT> 05 02 003c 03 21 0000 <a>", "!property_value" },
    { "10 ~ <MQTT> 05 02 003c 05 27 00000000 <a>", "!property_value" },
    { "10 ~ <MQTT> 05 02 003c 02 17 02 <a>", "!property_value" },
    { "10 ~ <MQTT> 05 02 003c 04 16 <x> <a>", "!property_value" },
    { "10 ~ <MQTT> 05 02 003c 06 21 0001 21 0001 <a>", "!property_twice" },
    { "10 ~ <MQTT> 05 02 003c 02 24 01 <a>", "!property" },
    { "10 ~ <MQTT> 05 02 003c 05 18 00000000 <a>", "!property" },
    { "10 ~ <MQTT> 05 02 003c 02 7f 01 <a>", "!property" },
    { "10 ~ <MQTT> 05 02 003c ff ff ff ff 7f", "!length" },
    { "10 ~ <MQTT> 05 02 003c 7f <a>", "!truncated" },
  };
  ASSERT_ROWS (rows, FW_MQTT_UNKNOWN, FW_MQTT_CLIENT);
}

static void
test_publish_faults (void)
{
  static const Row rows[] = {
    { "30 00", "!truncated" },
    { "36 ~ <a> 0001", "!qos" },
    { "38 ~ <a>", "!dup" },
    { "32 ~ <a> 0000", "!packet_id" },
    { "32 ~ <a>", "!truncated" },
    { "30 ~ <>", "!no_topic" },
    { "30 ~ <a/#>", "!topic" },
    { "30 ~ <+>", "!topic" },
    { "30 ~ 0003 61 00 62", "!text" },
    { "30 ~ 0003 ed a0 80", "!text" }, /* a surrogate */
    { "30 ~ 0002 c0 80", "!text" }, /* U+0000 the long way */
    { "30 ~ 0004 f4 90 80 80", "!text" }, /* above U+10FFFF */
    { "30 ~ 0002 e2 82", "!text" },
    { "30 ~ 0005 61 80 2b 62 63", "!text" },
    { "30 ~ 0003 e2 82 ac", "PUBLISH q0 topic=\xe2\x82\xac payload=" },
    { "40 ~ 0000", "!packet_id" },
    { "62 ~ 0000", "!packet_id" },
  };
  static const Row rows_5[] = {
    { "30 ~ <a>", "!truncated" },
    { "30 ~ <> 00", "!no_topic" },
    { "30 ~ <> 03 23 0000", "!topic_alias" },
    { "30 ~ <a> 06 23 0001 23 0001", "!property_twice" },
    { "30 ~ <a> 04 01 00 01 00", "!property_twice" },
    { "30 ~ <a> 02 01 02", "!property_value" },
    { "30 ~ <a> 02 0b 01", "!property_value" }, /* only a server says this */
    { "30 ~ <a> 04 08 <#>", "!topic" },
    { "30 ~ <a> 03 21 0001", "!property" },
    { "30 ~ <a> 80 01 26 <k> <v>", "!truncated" },
    { "30 ~ <a> 82 00 01 00", "!length" },
    { "30 ~ <a> 0e 26 <k> <v> 26 <k> <v> 'x'", "PUBLISH q0 topic=a payload=x" },
    { "30 ~ <a> 04 26 <k>", "!truncated" },
    { "30 ~ <a> 07 26 <k> 0001 ff", "!text" },
    { "40 ~ 0001 04", "!reason_code" },
    { "40 ~ 0001 00 02 24 01", "!property" },
    { "e0 01 8e", "DISCONNECT 8e" }, /* in the table of the packet, if not a client's business */
    { "e0 01 05", "!reason_code" },
    { "e0 ~ 00 04 1c <x>", "!property" },
    { "f0 01 01", "!reason_code" },
  };
  ASSERT_ROWS (rows, FW_MQTT_3_1_1, FW_MQTT_CLIENT);
  ASSERT_ROWS (rows_5, FW_MQTT_5_0, FW_MQTT_CLIENT);
}

static void
test_subscribe_faults (void)
{
  static const Row rows[] = {
    { "82 ~ 0007", "!no_filter" },
    { "a2 ~ 0007", "!no_filter" },
    { "82 ~ 0000 <a> 00", "!packet_id" },
    { "82 ~ 0007 <a>", "!truncated" },
    { "82 ~ 0007 <a> 03", "!subscribe_options" },
    { "82 ~ 0007 <a> 04", "!subscribe_options" },
    { "82 ~ 0007 <> 00", "!filter" },
    { "82 ~ 0007 <a#> 00", "!filter" },
    { "82 ~ 0007 <#/a> 00", "!filter" },
    { "82 ~ 0007 <a+/b> 00", "!filter" },
    { "82 ~ 0007 <+a> 00", "!filter" },
    { "82 ~ 0007 <a/##> 00", "!filter" },
    { "a2 ~ 0007 <a+>", "!filter" },
    { "82 ~ 0007 0001 00 00", "!text" },
    { "82 ~ 0007 <$share//a> 00", "SUBSCRIBE #7 filter=$share//a:00" }, /* 3.1.1 knows no shares */
  };
  static const Row rows_5[] = {
    { "82 ~ 0007 00 <a> 40", "!subscribe_options" },
    { "82 ~ 0007 00 <a> 30", "!subscribe_options" },
    { "82 ~ 0007 00 <a> 03", "!subscribe_options" },
    { "82 ~ 0007 02 0b 00 <a> 00", "!property_value" },
    { "82 ~ 0007 04 0b 01 0b 01 <a> 00", "!property_twice" },
    { "82 ~ 0007 00 <$share//a> 00", "!filter" },
    { "82 ~ 0007 00 <$share/+/a> 00", "!filter" },
    { "82 ~ 0007 00 <$share/g> 00", "!filter" },
    { "82 ~ 0007 00 <$share/g/> 00", "!filter" },
    { "82 ~ 0007 00 <$share/g/a> 04", "!filter" },
    { "a2 ~ 0007 02 0b 01 <a>", "!property" },
  };
  ASSERT_ROWS (rows, FW_MQTT_3_1_1, FW_MQTT_CLIENT);
  ASSERT_ROWS (rows_5, FW_MQTT_5_0, FW_MQTT_CLIENT);
}

static void
test_server_faults (void)
{
  static const Row rows[] = {
    { "20 02 02 00", "!flags" },
    { "20 02 00 06", "!reason_code" },
    { "20 02 01 01", "!reason_code" },
    { "90 02 0007", "!truncated" },
    { "90 03 0007 03", "!reason_code" },
    { "90 03 0007 87", "!reason_code" },
    { "b0 03 0007 00", "!trailing" },
    { "10 ~ <MQTT> 04 02 003c <a>", "!direction" },
    { "82 ~ 0007 <a> 00", "!direction" },
    { "c0 00", "!direction" },
  };
  static const Row rows_5[] = {
    { "20 03 00 01 00", "!reason_code" },
    { "20 ~ 00 00 02 24 02", "!property_value" },
    { "b0 ~ 0007 00", "!truncated" },
    { "e0 ~ 00 05 11 00000000", "!property" },
  };
  ASSERT_ROWS (rows, FW_MQTT_3_1_1, FW_MQTT_SERVER);
  ASSERT_ROWS (rows_5, FW_MQTT_5_0, FW_MQTT_SERVER);
}
/* clang-format on */

/* A refusal can be written in the version that the client will understand. */
static void
test_version_to_answer_in (void)
{
  static const struct
  {
    const char *bytes;
    FwMqttVersion version;
  } rows[] = {
    { "10 ~ <MQIsdp> 03 02 003c <a>", FW_MQTT_3_1_1 },
    { "10 ~ <MQTT> 83 02 003c <a>", FW_MQTT_3_1_1 },
    { "10 ~ <MQTT> 84 02 003c <a>", FW_MQTT_3_1_1 },
    { "10 ~ <MQTT> 85 02 003c 00 <a>", FW_MQTT_5_0 },
    { "10 ~ <MQTT> 06 02 003c 00 <a>", FW_MQTT_5_0 },
    { "10 ~ <MQTT> 05 03 003c 00 <a>", FW_MQTT_5_0 },
    { "10 ~ <HTTP> 05 02 003c 00 <a>", FW_MQTT_UNKNOWN },
    { "10 ~ <MQTT>", FW_MQTT_UNKNOWN },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      FwMqttPacket packet;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      mqtt_bytes (rows[i].bytes, bytes);
      g_assert_cmpint (
          fw_mqtt_read (bytes->data, bytes->len, FW_MQTT_UNKNOWN, FW_MQTT_CLIENT, &packet), !=,
          FW_MQTT_OK);
      g_assert_cmpint (packet.version, ==, rows[i].version);
    }
}

static void
test_size_limit (void)
{
  static const guint8 at_limit[] = { 0x30, 0x7e }, over[] = { 0x30, 0x7f };
  static const guint8 huge[] = { 0x30, 0xff, 0xff, 0x80 };
  gsize len;
  g_assert_cmpint (fw_mqtt_packet_len (at_limit, 2, 128, &len), ==, FW_MQTT_OK);
  g_assert_cmpuint (len, ==, 128);
  g_assert_cmpint (fw_mqtt_packet_len (over, 2, 128, &len), ==, FW_MQTT_FAULT_TOO_LARGE);
  g_assert_cmpint (fw_mqtt_packet_len (huge, 3, 1000, &len), ==, FW_MQTT_FAULT_TOO_LARGE);
  g_assert_cmpint (fw_mqtt_packet_len (huge, 4, 1 << 20, &len), ==, FW_MQTT_OK);
  g_assert_cmpuint (len, ==, 0);
}

static void
test_words (void)
{
  for (guint i = 0; i < FW_MQTT_N_FAULTS; i++)
    {
      g_assert_nonnull (fw_mqtt_fault_names[i]);
      g_assert_true (i == FW_MQTT_OK || fw_mqtt_fault_reason (i) >= FW_MQTT_UNSPECIFIED);
    }
  g_assert_cmpint (fw_mqtt_fault_reason (FW_MQTT_FAULT_TRUNCATED), ==, FW_MQTT_MALFORMED);
  g_assert_cmpint (fw_mqtt_fault_reason (FW_MQTT_FAULT_PROPERTY_TWICE), ==, FW_MQTT_PROTOCOL_ERROR);
  g_assert_cmpint (fw_mqtt_return_code (FW_MQTT_BAD_VERSION), ==, 1);
  g_assert_cmpint (fw_mqtt_return_code (FW_MQTT_BAD_CLIENT_ID), ==, 2);
  g_assert_cmpint (fw_mqtt_return_code (FW_MQTT_BUSY), ==, 3);
  g_assert_cmpint (fw_mqtt_return_code (FW_MQTT_BAD_CREDENTIALS), ==, 4);
  g_assert_cmpint (fw_mqtt_return_code (FW_MQTT_NOT_AUTHORIZED), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mqtt/read/a-client-of-3.1.1", test_client_3);
  g_test_add_func ("/mqtt/read/a-client-of-5.0", test_client_5);
  g_test_add_func ("/mqtt/read/a-server", test_server);
  g_test_add_func ("/mqtt/read/broken-framing", test_framing_faults);
  g_test_add_func ("/mqtt/read/broken-connects", test_connect_faults);
  g_test_add_func ("/mqtt/read/broken-publishes-and-their-kin", test_publish_faults);
  g_test_add_func ("/mqtt/read/broken-subscriptions", test_subscribe_faults);
  g_test_add_func ("/mqtt/read/broken-answers", test_server_faults);
  g_test_add_func ("/mqtt/read/a-refused-connect-tells-how-to-answer", test_version_to_answer_in);
  g_test_add_func ("/mqtt/read/a-packet-too-large-is-seen-at-once", test_size_limit);
  g_test_add_func ("/mqtt/read/every-fault-has-a-name-and-a-code", test_words);
  return g_test_run ();
}
