/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-mapping.h"
#include "ingest-intake.h"

static FwText
text (const char *string)
{
  return (FwText){ string, string ? (guint) strlen (string) : 0 };
}

static guint
take (IngestIntake *intake, const char *payload, const char *fleet, const char *device,
      char **ret_key, char **ret_value)
{
  const IngestIdentity from = { text (fleet), text (device) };
  IngestRecord record;
  guint refusal = ingest_intake_take (intake, payload, strlen (payload), &from, &record);

  *ret_key = *ret_value = NULL;
  if (refusal)
    return refusal;
  *ret_key = g_strndup (record.key, record.key_len);
  *ret_value = g_strndup (record.value, record.value_len);
  return refusal;
}

typedef struct
{
  const char *payload, *fleet, *device;
  const char *key, *value; /* value NULL: the payload's own bytes */
  guint refusal;
} Case;

static void
check_cases (const FwMapping *mapping, const Case *cases, gsize n)
{
  g_autoptr (IngestIntake) intake = ingest_intake_new (mapping);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *key = NULL, *value = NULL;

      g_assert_cmpuint (
          take (intake, cases[i].payload, cases[i].fleet, cases[i].device, &key, &value), ==,
          cases[i].refusal);
      g_assert_cmpstr (key, ==, cases[i].key);
      if (!cases[i].refusal)
        g_assert_cmpstr (value, ==, cases[i].value ? cases[i].value : cases[i].payload);
    }
}

static void
test_our_own_events_pass_byte_for_byte (void)
{
  static const Case cases[] = {
    { .payload = "{\"device_id\": 1, \"temp\": 25.3}", .key = "default/1" },
    { .payload = " {\"x\":[1,{}], \"device_id\":\"a/b\",\"fleet\":\"north\"}\n",
      .key = "north/a/b" },
    { .payload = "{\"device_id\":7,\"fleet\":null}", .key = "default/7" },
    { .payload = "{\"device_id\":7,\"fleet\":\"n\"}", .fleet = "n", .device = "7", .key = "n/7" },
    { .payload = "{\"device_id\":\"7\"}", .fleet = "default", .device = "7", .key = "default/7" },
  };

  check_cases (NULL, cases, G_N_ELEMENTS (cases));
}

static void
test_what_only_the_door_knows_is_put_in (void)
{
  static const Case cases[] = {
    { .payload = "{\"temp\":3}",
      .device = "7",
      .key = "default/7",
      .value = "{\"device_id\":\"7\",\"temp\":3}" },
    { .payload = "{\"temp\":3}",
      .fleet = "n",
      .device = "7",
      .key = "n/7",
      .value = "{\"device_id\":\"7\",\"fleet\":\"n\",\"temp\":3}" },
    { .payload = "\r\n\t { } ",
      .device = "7",
      .key = "default/7",
      .value = "{\"device_id\":\"7\" } " },
    { .payload = "{\"device_id\":7}",
      .fleet = "n",
      .key = "n/7",
      .value = "{\"fleet\":\"n\",\"device_id\":7}" },
    { .payload = "{}",
      .device = "q\"\\",
      .key = "default/q\"\\",
      .value = "{\"device_id\":\"q\\\"\\\\\"}" },
  };

  check_cases (NULL, cases, G_N_ELEMENTS (cases));
}

static void
test_nobody_speaks_for_another (void)
{
  static const Case cases[] = {
    { .payload = "{\"device_id\":8}", .device = "7", .refusal = INGEST_REFUSED_IDENTITY },
    { .payload = "{\"device_id\":7,\"fleet\":\"s\"}",
      .fleet = "n",
      .device = "7",
      .refusal = INGEST_REFUSED_IDENTITY },
    { .payload = "{\"device_id\":7,\"fleet\":null}",
      .fleet = "n",
      .refusal = INGEST_REFUSED_IDENTITY },
    { .payload = "{\"device_id\":null}", .device = "7", .refusal = FW_REJECT_NO_DEVICE_ID },
    { .payload = "{\"device_id\":7,\"device_id\":8}",
      .device = "7",
      .refusal = FW_REJECT_KEY_TWICE },
    { .payload = "{\"temp\":3}", .refusal = FW_REJECT_NO_DEVICE_ID },
    { .payload = "[]", .device = "7", .refusal = FW_REJECT_NOT_OBJECT },
    { .payload = "{", .device = "7", .refusal = FW_REJECT_NOT_JSON },
    { .payload = "", .device = "7", .refusal = FW_REJECT_NOT_JSON },
  };

  check_cases (NULL, cases, G_N_ELEMENTS (cases));
}

static void
test_foreign_json_is_written_under_our_names (void)
{
  g_autoptr (FwMapping) mapping = fw_mapping_new ();
  static const Case cases[] = {
    { .payload
      = "{\"device\":{\"uniqueId\":\"a\"},\"position\":{\"speed\":10},\"temp\":4,\"more\":[1]}",
      .key = "default/a",
      .value
      = "{\"device_id\":\"a\",\"speed_kmh\":18.52,\"temp_c\":4,\"device\":{\"uniqueId\":\"a\"},"
        "\"position\":{\"speed\":10},\"more\":[1]}" },
    { .payload = "{\"position\":{\"speed\":10}}",
      .fleet = "n",
      .device = "7",
      .key = "n/7",
      .value
      = "{\"device_id\":\"7\",\"fleet\":\"n\",\"speed_kmh\":18.52,\"position\":{\"speed\":10}}" },
    { .payload = "{\"device\":{\"uniqueId\":\"a\"}}",
      .device = "b",
      .refusal = INGEST_REFUSED_IDENTITY },
  };

  g_assert_true (fw_mapping_add (mapping, "device_id", "device.uniqueId", NULL));
  g_assert_true (fw_mapping_add (mapping, "speed_kmh", "position.speed * 1.852", NULL));
  check_cases (mapping, cases, G_N_ELEMENTS (cases));
}

/* Whatever the door put in, the next reader finds the same event of the same device. */
static void
test_the_next_reader_sees_what_we_saw (void)
{
  static const char *const bodies[]
      = { "{}", "{\"temp\":1}", " { \"device_id\" : 5 } ", "{\"fleet\":\"n\"}",
          "{\"door\":null,\"z\":{\"fleet\":1}}" };
  static const char *const fleets[] = { NULL, "n", "default" };
  static const char *const devices[] = { NULL, "5", "\xc3\xa9\"" };
  g_autoptr (IngestIntake) intake = ingest_intake_new (NULL);
  g_autoptr (FwEventReader) reader = fw_event_reader_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bodies) * 9; i++)
    {
      g_autofree char *key = NULL, *value = NULL, *again = NULL;
      FwEvent ev;

      if (take (intake, bodies[i / 9], fleets[i % 3], devices[i / 3 % 3], &key, &value))
        continue;
      g_assert_cmpint (fw_event_read (reader, value, strlen (value), &ev), ==, FW_REJECT_NONE);
      again = g_strdup_printf ("%.*s/%.*s", (int) ev.fleet.len, ev.fleet.data,
                               (int) ev.device_id.len, ev.device_id.data);
      g_assert_cmpstr (again, ==, key);
    }
}

static void
test_every_refusal_has_words (void)
{
  for (guint i = 1; i < INGEST_N_REFUSALS; i++)
    {
      g_assert_nonnull (ingest_refusal_names[i]);
      g_assert_cmpstr (ingest_intake_sentence (i), !=, "");
      if (i < FW_N_REJECTS)
        g_assert_cmpstr (ingest_refusal_names[i], ==, fw_reject_names[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/intake/our-own-events-pass-byte-for-byte",
                   test_our_own_events_pass_byte_for_byte);
  g_test_add_func ("/ingest/intake/what-only-the-door-knows-is-put-in",
                   test_what_only_the_door_knows_is_put_in);
  g_test_add_func ("/ingest/intake/nobody-speaks-for-another", test_nobody_speaks_for_another);
  g_test_add_func ("/ingest/intake/foreign-json-is-written-under-our-names",
                   test_foreign_json_is_written_under_our_names);
  g_test_add_func ("/ingest/intake/the-next-reader-sees-what-we-saw",
                   test_the_next_reader_sees_what_we_saw);
  g_test_add_func ("/ingest/intake/every-refusal-has-words", test_every_refusal_has_words);
  return g_test_run ();
}
