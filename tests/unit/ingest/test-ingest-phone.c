/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads as the apps send them (see ingest-phone.h for whose), and what becomes of each. */
#include <string.h>

#include "ingest-phone.h"

typedef struct
{
  const char *said, *event; /* NULL: nothing, or a refusal */
  guint refusal;
  const char *query, *user, *device;
} Case;

static void
check (IngestPhoneApp app, const Case *at)
{
  g_autoptr (IngestPhone) phone = ingest_phone_new (app, at->query, at->user, at->device);
  g_autoptr (IngestIntake) intake = ingest_intake_new (NULL);
  g_autoptr (GString) out = g_string_new ("left from before");
  guint refusal = FW_REJECT_NONE;
  IngestPhoneResult result
      = ingest_phone_read (phone, NULL, at->said, strlen (at->said), out, &refusal);
  IngestRecord record;

  if (result == INGEST_PHONE_EVENT)
    {
      refusal = ingest_intake_take (intake, out->str, out->len, NULL, &record);
      if (at->refusal == FW_REJECT_NONE)
        g_assert_cmpstr (out->str, ==, at->event);
    }
  g_assert_cmpstr (ingest_refusal_names[refusal], ==, ingest_refusal_names[at->refusal]);
  g_assert_cmpint (result == INGEST_PHONE_NOTHING, ==, !at->event && at->refusal == FW_REJECT_NONE);
}

static void
check_all (IngestPhoneApp app, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_test_message ("%s", cases[i].said);
      check (app, &cases[i]);
    }
}
#define CHECK(app, ...)                                          \
  G_STMT_START                                                   \
  {                                                              \
    static const Case cases[] = { __VA_ARGS__ };                 \
    check_all (INGEST_PHONE_##app, cases, G_N_ELEMENTS (cases)); \
  }                                                              \
  G_STMT_END

static void
test_traccar_client_10_sends_a_form (void)
{
  CHECK (TRACCAR,
         { "id=41234567&lat=30.27&lon=-97.74&timestamp=1764041112&accuracy=12.5&altitude=149.2&"
           "speed=21.6&bearing=271.5&batt=87&charge=false",
           "{\"device_id\":\"41234567\",\"lat\":30.27,\"lon\":-97.74,\"ts_ms\":1764041112000,"
           "\"accuracy_m\":12.5,\"altitude_m\":149.2,\"speed_kmh\":40.003,\"heading_deg\":271.5,"
           "\"battery_pct\":87,\"charging\":false}" },
         /* A heartbeat without a fix, and the SOS button. */
         { "id=41234567&timestamp=1764041112&batt=4&charge=true&alarm=sos",
           "{\"device_id\":\"41234567\",\"ts_ms\":1764041112000,\"battery_pct\":4,"
           "\"charging\":true,\"alarm\":\"sos\"}" });
}

static void
test_traccar_client_9_sends_json (void)
{
  CHECK (TRACCAR,
         { "{\"location\":{\"timestamp\":\"2025-06-15T13:45:12.862Z\",\"coords\":{\"latitude\":37."
           "4219983,\"longitude\":-122.084,\"accuracy\":5,\"speed\":0,\"heading\":-1,\"altitude\":"
           "5},\"is_moving\":false,\"odometer\":0,\"event\":\"motionchange\",\"battery\":{"
           "\"level\":1,\"is_charging\":false},\"activity\":{\"type\":\"still\"},\"extras\":{},"
           "\"_\":\"&id=48241179&lat=37.4219983&lon=-122.084&timestamp=2025-06-15T13:45:12.862Z&"
           "\"},\"device_id\":\"48241179\"}",
           "{\"ts_ms\":1749995112862,\"lat\":37.4219983,\"lon\":-122.084,\"accuracy_m\":5,"
           "\"speed_kmh\":0,\"altitude_m\":5,\"is_moving\":false,\"odometer_km\":0,"
           "\"event\":\"motionchange\",\"battery_pct\":100,\"charging\":false,"
           "\"activity\":\"still\",\"device_id\":\"48241179\"}" },
         { "{\"location\":{\"extras\":{},\"mock\":true,\"coords\":{\"speed_accuracy\":-1,\"speed\":"
           "-1,\"longitude\":-122.406417,\"ellipsoidal_altitude\":0,\"floor\":null,\"heading_"
           "accuracy\":-1,\"latitude\":37.785834000000001,\"accuracy\":5,\"altitude_accuracy\":-1,"
           "\"altitude\":0,\"heading\":-1},\"is_moving\":false,\"age\":188,\"odometer\":0,\"uuid\":"
           "\"2FB04C65-99CF-42AB-8DD3-EBCB4B108BF8\",\"event\":\"motionchange\",\"battery\":{"
           "\"level\":-1,\"is_charging\":false},\"activity\":{\"type\":\"unknown\",\"confidence\":"
           "100},\"timestamp\":\"2025-05-09T04:11:30.579Z\"},\"device_id\":\"658765\"}",
           "{\"mock\":true,\"lon\":-122.406417,\"lat\":37.785834000000001,\"accuracy_m\":5,"
           "\"altitude_m\":0,\"is_moving\":false,\"age\":188,\"odometer_km\":0,"
           "\"uuid\":\"2FB04C65-99CF-42AB-8DD3-EBCB4B108BF8\",\"event\":\"motionchange\","
           "\"charging\":false,\"activity\":\"unknown\",\"ts_ms\":1746763890579,"
           "\"device_id\":\"658765\"}" },
         { "{\"location\":{\"event\":\"motionchange\",\"timestamp\":\"2021-07-21T08:06:34.444Z\","
           "\"odometer\":12345.6,\"coords\":{\"latitude\":-6.1148096,\"longitude\":106.6837015,"
           "\"accuracy\":3.8,\"speed\":18.67,\"heading\":63,\"altitude\":35.7},\"battery\":{"
           "\"is_charging\":false,\"level\":0.79},\"extras\":{\"alarm\":\"sos\",\"temp_c\":4.5}},"
           "\"device_id\":8737767034}",
           "{\"event\":\"motionchange\",\"ts_ms\":1626854794444,\"odometer_km\":12.346,"
           "\"lat\":-6.1148096,\"lon\":106.6837015,\"accuracy_m\":3.8,\"speed_kmh\":67.212,"
           "\"heading_deg\":63,\"altitude_m\":35.7,\"charging\":false,\"battery_pct\":79,"
           "\"alarm\":\"sos\",\"temp_c\":4.5,\"device_id\":\"8737767034\"}" });
}

static void
test_the_osmand_protocol_is_parameters (void)
{
  CHECK (
      TRACCAR,
      { "id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0&"
        "altitude=224.0&speed=0.0",
        "{\"device_id\":\"902064\",\"lat\":42.06288,\"lon\":-88.23412,\"ts_ms\":1453920947000,"
        "\"hdop\":6.0,\"altitude_m\":224.0,\"speed_kmh\":0}" },
      { "id=902064&lat=42.06288&lon=-88.23412&timestamp=1442068686579",
        "{\"device_id\":\"902064\",\"lat\":42.06288,\"lon\":-88.23412,\"ts_ms\":1442068686579}" },
      { "lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&id=353861053849681",
        "{\"lat\":49.60688,\"lon\":6.15788,\"ts_ms\":1401873011000,"
        "\"device_id\":\"353861053849681\"}" },
      { "lat=60.0&lon=30.0&heading=360&vacc=0&accuracy=0.0&deviceid=123456",
        "{\"lat\":60.0,\"lon\":30.0,\"heading_deg\":0,\"vacc\":0,\"device_id\":\"123456\"}" },
      { "id=123456&timestamp=1377177267&location=60.0,30.0&valid=0",
        "{\"device_id\":\"123456\",\"ts_ms\":1377177267000,\"lat\":60.0,\"lon\":30.0,"
        "\"fix\":false}" },
      { "id=1&timestamp=1504763810&ignition=true&rpm=933&driverUniqueId=77&temp_c=4.5&note=a%22b",
        "{\"device_id\":\"1\",\"ts_ms\":1504763810000,\"ignition\":true,\"rpm\":933,"
        "\"driver\":\"77\",\"temp_c\":4.5,\"note\":\"a\\\"b\"}" },
      { "id=1&cell=257,02,16,2224&cell=257,02,16,2223,-90&wifi=00-14-22-01-23-45,-80&&=x&token=s",
        "{\"device_id\":\"1\"}" },
      /* Version 8 gives the URL its parameters, and the URL may have had some. */
      { "id=van&lat=1&lon=2", "{\"fleet\":\"north\",\"device_id\":\"van\",\"lat\":1,\"lon\":2}", 0,
        "fleet=north" });
}

static void
test_what_makes_no_sense_is_handed_on_to_be_dropped (void)
{
  CHECK (TRACCAR,
         { "id=1&lat=north&speed=1e999&timestamp=yesterday&accuracy=NaN&batt=007",
           "{\"device_id\":\"1\",\"lat\":\"north\",\"speed_kmh\":1e999,\"ts\":\"yesterday\","
           "\"accuracy_m\":\"NaN\",\"battery_pct\":\"007\"}" },
         { "id=1&location=here&valid=perhaps&timestamp=-5&heading=720",
           "{\"device_id\":\"1\",\"lat\":\"here\",\"fix\":\"perhaps\",\"ts_ms\":-5000,"
           "\"heading_deg\":720}" });
}

static void
test_what_is_no_message_is_refused (void)
{
  CHECK (TRACCAR, { "lat=1&lon=2", NULL, FW_REJECT_NO_DEVICE_ID },
         { "id=&lat=1&lon=2", NULL, FW_REJECT_BAD_DEVICE_ID },
         { "id=a&id=b", NULL, FW_REJECT_KEY_TWICE },
         { "id=a&deviceid=a", NULL, FW_REJECT_KEY_TWICE },
         { "id=a", NULL, FW_REJECT_KEY_TWICE, "id=b" },
         { "id=a", NULL, FW_REJECT_BAD_FLEET, "fleet=no%2Fway" },
         { "id=%zz", NULL, INGEST_REFUSED_FORM }, { "id=%4", NULL, INGEST_REFUSED_FORM },
         { "id=%ff", NULL, FW_REJECT_BAD_UTF8 }, { "id=%00", NULL, FW_REJECT_BAD_UTF8 },
         { "{\"location\":{\"coords\":{\"latitude\":1}}}", NULL, FW_REJECT_NO_DEVICE_ID },
         { "{\"device_id\":\"1\",\"location\":{", NULL, FW_REJECT_NOT_JSON },
         { "{\"device_id\":\"1\",\"location\":[]}", NULL, INGEST_REFUSED_FORM },
         { "{\"device_id\":\"1\",\"location\":{\"coords\":5}}", NULL, INGEST_REFUSED_FORM },
         { "{\"device_id\":\"1\"} {}", NULL, FW_REJECT_NOT_JSON },
         { "{\"device_id\":\"1\",\"a\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}", NULL,
           FW_REJECT_TOO_DEEP });
  CHECK (
      OWNTRACKS, { "{\"_type\":\"location\",\"lat\":1,\"lon\":2}", NULL, FW_REJECT_NO_DEVICE_ID },
      { "{\"_type\":\"encrypted\",\"data\":\"abc\"}", NULL, INGEST_REFUSED_ENCRYPTED },
      { "{\"lat\":1,\"lon\":2,\"tid\":\"JJ\"}", NULL, INGEST_REFUSED_FORM },
      { "[]", NULL, FW_REJECT_NOT_OBJECT }, { "lat=1", NULL, FW_REJECT_NOT_JSON },
      { "{\"_type\":\"location\",\"tid\":\"JJ\",\"lat\":1,\"lat\":2}", NULL, FW_REJECT_KEY_TWICE });
}

static void
test_owntracks_sends_its_location (void)
{
  CHECK (OWNTRACKS,
         { "{\"cog\":271,\"batt\":41,\"lon\":2.29513,\"acc\":5,\"vel\":61,\"vac\":21,\"lat\":48."
           "85833,\"t\":\"u\",\"tst\":1497508651,\"alt\":167,\"_type\":\"location\",\"topic\":"
           "\"owntracks/jane/iphone\",\"p\":71,\"tid\":\"JJ\"}",
           "{\"heading_deg\":271,\"battery_pct\":41,\"lon\":2.29513,\"accuracy_m\":5,"
           "\"speed_kmh\":61,\"vac\":21,\"lat\":48.85833,\"t\":\"u\",\"ts_ms\":1497508651000,"
           "\"altitude_m\":167,\"_type\":\"location\",\"topic\":\"owntracks/jane/iphone\",\"p\":71,"
           "\"tid\":\"JJ\",\"device_id\":\"jane-iphone\"}" },
         { "{\"_type\":\"location\",\"created_at\":1736161415,\"_id\":\"dummyTestId\",\"batt\":30,"
           "\"bs\":2,\"acc\":10,\"vac\":1,\"lat\":50.1,\"lon\":60.2,\"alt\":20,\"vel\":-1,"
           "\"cog\":-1,\"tst\":1736161169,\"m\":1,\"conn\":\"w\",\"inregions\":[\"Home\"],"
           "\"SSID\":\"Wifi SSID\",\"image\":\"AAAA\"}",
           "{\"_type\":\"location\",\"created_at\":1736161415,\"_id\":\"dummyTestId\","
           "\"battery_pct\":30,\"bs\":2,\"accuracy_m\":10,\"vac\":1,\"lat\":50.1,\"lon\":60.2,"
           "\"altitude_m\":20,\"ts_ms\":1736161169000,\"m\":1,\"conn\":\"w\","
           "\"inregions\":[\"Home\"],\"SSID\":\"Wifi SSID\",\"device_id\":\"jjolie-myphone\"}",
           0, NULL, "jjolie", "myphone" },
         { "{\"lon\":2.29513,\"lat\":48.85833,\"_type\":\"location\",\"tst\":1497476456,"
           "\"tid\":\"JJ\"}",
           "{\"lon\":2.29513,\"lat\":48.85833,\"_type\":\"location\",\"ts_ms\":1497476456000,"
           "\"tid\":\"JJ\",\"device_id\":\"JJ\"}" });
}

static void
test_the_nearest_name_of_an_owntracks_phone_counts (void)
{
#define SAID(topic) "{\"_type\":\"location\"" topic ",\"tid\":\"JJ\"}"
#define IS(topic, id, fleet) \
  "{" fleet "\"_type\":\"location\"" topic ",\"tid\":\"JJ\",\"device_id\":\"" id "\"}"
#define TOPIC ",\"topic\":\"owntracks/jane/phone\""
  CHECK (OWNTRACKS,
         { SAID (TOPIC), IS (TOPIC, "bob-car", "\"fleet\":\"north\","), 0,
           "u=bob&d=car&fleet=north", "user", "device" },
         { SAID (TOPIC), IS (TOPIC, "car", ""), 0, "d=car", "user", "device" },
         { SAID (TOPIC), IS (TOPIC, "jane-phone", ""), 0, "", "user", "device" },
         { SAID (",\"topic\":\"a/b\""), IS (",\"topic\":\"a/b\"", "user-device", ""), 0, NULL,
           "user", "device" },
         { SAID (""), IS ("", "device", ""), 0, NULL, "", "device" },
         { SAID (""), IS ("", "JJ", ""), 0, NULL, "", NULL });
}

static void
test_what_owntracks_says_beside_is_no_fault (void)
{
  CHECK (OWNTRACKS, { "{\"_type\":\"lwt\",\"tst\":1497476456}" },
         { "{\"_type\":\"waypoints\",\"waypoints\":[{\"_type\":\"waypoint\",\"tst\":1}]}" },
         { "{\"_type\":\"status\",\"android\":{\"hib\":1}}" },
         { "{\"_type\":\"transition\",\"event\":\"enter\",\"lat\":1,\"lon\":2,\"tst\":1}" });
}

static void
check_known (IngestPhoneApp app, const char *said, const char *event)
{
  const IngestIdentity known = { { "north", 5 }, { "truck-7", 7 } };
  g_autoptr (IngestPhone) phone = ingest_phone_new (app, NULL, "jane", "phone");
  g_autoptr (GString) out = g_string_new (NULL);
  guint refusal;

  g_assert_cmpint (ingest_phone_read (phone, &known, said, strlen (said), out, &refusal), ==,
                   INGEST_PHONE_EVENT);
  g_assert_cmpstr (out->str, ==, event);
}

static void
test_who_is_known_by_a_credential_need_not_be_named (void)
{
  check_known (INGEST_PHONE_TRACCAR, "id=12345678&lat=1&lon=2", "{\"lat\":1,\"lon\":2}");
  check_known (INGEST_PHONE_TRACCAR, "{\"device_id\":\"12345678\",\"location\":{}}", "{}");
  check_known (INGEST_PHONE_OWNTRACKS, "{\"_type\":\"location\",\"lat\":1,\"lon\":2}",
               "{\"_type\":\"location\",\"lat\":1,\"lon\":2}");
}

static void
test_a_token_in_the_url_is_found (void)
{
  g_autofree char *token = ingest_phone_token ("fleet=north&token=jane%3As%203cret&token=b");

  g_assert_cmpstr (token, ==, "jane:s 3cret");
  g_assert_null (ingest_phone_token (NULL));
  g_assert_null (ingest_phone_token ("tokens=a&x=token"));
}

static IngestVerdict
on_event (gpointer user, const char *bytes, gsize len, guint64 line, IngestRefusal *ret_refusal)
{
  (void) user, (void) len, (void) line;
  *ret_refusal = (IngestRefusal){ "no", "No.", *bytes == '4' ? 400 : 200 };
  return *bytes == 'o' ? INGEST_TAKEN : *bytes == 'i' ? INGEST_IGNORED : INGEST_REFUSED;
}

static guint
answer (IngestPhoneApp app, const char *body, gboolean is_stored, gboolean is_busy, GString *out)
{
  static const IngestBatchLimits limits = { .event_max_bytes = 8 };
  g_autoptr (IngestPhone) phone = ingest_phone_new (app, NULL, NULL, NULL);
  g_autoptr (IngestBatch) batch
      = ingest_batch_new (&limits, INGEST_LAYOUT_LINES, NULL, on_event, NULL);

  ingest_batch_take (batch, body, strlen (body));
  ingest_batch_end (batch);
  while (ingest_batch_counts (batch).n_under_way > (is_stored ? 0 : 1))
    ingest_batch_stored (batch, 1, TRUE);
  if (!is_stored && !is_busy)
    ingest_batch_stored (batch, 1, FALSE);
  g_string_truncate (out, 0);
  return ingest_phone_answer (phone, batch, is_busy, out);
}

static void
test_only_what_may_come_again_is_not_answered_by_200 (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_cmpuint (answer (INGEST_PHONE_TRACCAR, "ok", TRUE, FALSE, out), ==, 200);
  g_assert_cmpstr (out->str, ==, "{\"accepted\":1,\"rejected\":0,\"errors\":[]}\n");
  g_assert_cmpuint (answer (INGEST_PHONE_OWNTRACKS, "ok", TRUE, FALSE, out), ==, 200);
  g_assert_cmpstr (out->str, ==, "[]\n");
  g_assert_cmpuint (answer (INGEST_PHONE_OWNTRACKS, "ignored", TRUE, FALSE, out), ==, 200);
  g_assert_cmpstr (out->str, ==, "[]\n");
  g_assert_cmpuint (answer (INGEST_PHONE_TRACCAR, "2", TRUE, FALSE, out), ==, 200);
  g_assert_cmpuint (answer (INGEST_PHONE_TRACCAR, "4", TRUE, FALSE, out), ==, 400);
  g_assert_cmpuint (answer (INGEST_PHONE_TRACCAR, "far too large", TRUE, FALSE, out), ==, 200);
  g_assert_cmpuint (answer (INGEST_PHONE_TRACCAR, "ok", FALSE, FALSE, out), ==, 503);
  g_assert_cmpuint (answer (INGEST_PHONE_TRACCAR, "ok\nok", FALSE, FALSE, out), ==, 503);
  g_assert_cmpuint (answer (INGEST_PHONE_OWNTRACKS, "ok", FALSE, TRUE, out), ==, 503);
}

static void
test_what_its_owner_can_mend_is_kept_by_the_phone (void)
{
  g_assert_cmpuint (ingest_phone_refusal_status (FW_REJECT_NO_DEVICE_ID), ==, 400);
  g_assert_cmpuint (ingest_phone_refusal_status (INGEST_REFUSED_ENCRYPTED), ==, 400);
  g_assert_cmpuint (ingest_phone_refusal_status (FW_REJECT_NOT_JSON), ==, 200);
  g_assert_cmpuint (ingest_phone_refusal_status (INGEST_REFUSED_FORM), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/ingest/phone/" #name, test_##name)
  CLAIM (traccar_client_10_sends_a_form);
  CLAIM (traccar_client_9_sends_json);
  CLAIM (the_osmand_protocol_is_parameters);
  CLAIM (what_makes_no_sense_is_handed_on_to_be_dropped);
  CLAIM (what_is_no_message_is_refused);
  CLAIM (owntracks_sends_its_location);
  CLAIM (the_nearest_name_of_an_owntracks_phone_counts);
  CLAIM (what_owntracks_says_beside_is_no_fault);
  CLAIM (who_is_known_by_a_credential_need_not_be_named);
  CLAIM (a_token_in_the_url_is_found);
  CLAIM (only_what_may_come_again_is_not_answered_by_200);
  CLAIM (what_its_owner_can_mend_is_kept_by_the_phone);
  return g_test_run ();
}
