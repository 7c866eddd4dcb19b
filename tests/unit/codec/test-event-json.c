/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-event-json.h"
#include "fw-json.h"
#include "fw-mapping.h"

#define N_ROUNDS (g_test_slow () ? 500000 : 5000)

/* "device_id=1 temp_c=25.3 door=null ..." or the reason of a refusal; drops follow as "-reason". */
static char *
describe (const FwMapping *mapping, const char *value, gsize len)
{
  g_autoptr (FwEventReader) reader = fw_event_reader_new (mapping);
  g_autofree char *copy = g_memdup2 (value, len);
  GString *out = g_string_new (NULL);
  FwEvent ev;
  FwReject reject = fw_event_read (reader, copy, len, &ev);
  g_assert_cmpuint (fw_event_reader_counts (reader)->rejects[reject], ==, 1);
  g_assert_cmpuint (fw_event_reader_at (reader), <=, len);
  if (reject != FW_REJECT_NONE)
    return g_string_free (g_string_append (out, fw_reject_names[reject]), FALSE);
  fw_event_write (&ev, out);
  for (guint i = 0; i < FW_N_DROPS; i++)
    for (guint64 n = fw_event_reader_counts (reader)->drops[i]; n > 0; n--)
      g_string_append_printf (out, " -%s", fw_drop_names[i]);
  return g_string_free (out, FALSE);
}

static void
assert_reads (const FwMapping *mapping, const char *value, const char *expected)
{
  g_autofree char *got = describe (mapping, value, strlen (value));
  g_assert_cmpstr (got, ==, expected);
}

typedef struct
{
  const char *value, *expected;
} Row;

static void
assert_rows (const Row *rows, gsize n)
{
  for (gsize i = 0; i < n; i++)
    assert_reads (NULL, rows[i].value, rows[i].expected);
}

static void
test_fields (void)
{
  static const Row rows[] = {
    { "{\"device_id\": 1, \"temp\": 25.3}", "{\"device_id\":\"1\",\"temp_c\":25.3}" },
    { "{\"device_id\":\"a\",\"fleet\":\"north\"}", "{\"device_id\":\"a\",\"fleet\":\"north\"}" },
    { "{\"device_id\":12345678901234567890123}", "{\"device_id\":\"12345678901234567890123\"}" },
    { "{\"device_id\":\"M\\u00fcll \\ud83d\\ude00\"}",
      "{\"device_id\":\"M\xc3\xbcll \xf0\x9f\x98\x80\"}" },
    { "{\"device_id\":\"a\",\"fleet\":\"airport\"}",
      "{\"device_id\":\"a\",\"fleet\":\"airport\"}" },
    { "{\"device_id\":\"a\",\"fleet\":\"default\"}", "{\"device_id\":\"a\"}" },
    { "{\"device_id\":1,\"seq\":9007199254740991}",
      "{\"device_id\":\"1\",\"seq\":9007199254740991}" },
    { "{\"device_id\":1,\"fleet\":null,\"ts_ms\":null,\"seq\":null}", "{\"device_id\":\"1\"}" },
    { "{\"device_id\":1,\"ts_ms\":1441520167000,\"seq\":7}",
      "{\"device_id\":\"1\",\"ts_ms\":1441520167000,\"seq\":7}" },
    { "{\"device_id\":1,\"ts\":\"2015-09-06T01:16:07-05:00\"}",
      "{\"device_id\":\"1\",\"ts_ms\":1441520167000}" },
    { "{\"device_id\":1,\"ts\":1.441520167E12}", "{\"device_id\":\"1\",\"ts_ms\":1441520167000}" },
    { "{\"device_id\":1,\"lat\":30.5,\"lon\":-97}",
      "{\"device_id\":\"1\",\"lat\":30.5,\"lon\":-97}" },
    { "{\"device_id\":1,\"lat\":null,\"lon\":null}",
      "{\"device_id\":\"1\",\"lat\":null,\"lon\":null}" },
    { "{\"device_id\":1,\"door\":true,\"ignition\":false}",
      "{\"device_id\":\"1\",\"door\":true,\"ignition\":false}" },
    { "{\"device_id\":1,\"driver\":\"a\\tb\"}", "{\"device_id\":\"1\"} -control_character" },
    { "{\"device_id\":1,\"x\":{\"device_id\":2,\"temp\":[1]},\"temp\":3}",
      "{\"device_id\":\"1\",\"temp_c\":3}" },
    { "{\"x\":1,\"x\":2,\"device_id\":1}", "{\"device_id\":\"1\"}" },
    { "{\"devic\\u0065_id\":1}", "{\"device_id\":\"1\"}" },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_drops (void)
{
  static const Row rows[] = {
    { "{\"device_id\":1,\"temp\":\"25\"}", "{\"device_id\":\"1\"} -wrong_type" },
    { "{\"device_id\":1,\"temp\":{\"c\":25},\"seq\":1}",
      "{\"device_id\":\"1\",\"seq\":1} -wrong_type" },
    { "{\"device_id\":1,\"door\":1}", "{\"device_id\":\"1\"} -wrong_type" },
    { "{\"device_id\":1,\"driver\":17}", "{\"device_id\":\"1\"} -wrong_type" },
    { "{\"device_id\":1,\"seq\":1.5}", "{\"device_id\":\"1\"} -wrong_type" },
    { "{\"device_id\":1,\"ts_ms\":\"2015-09-06T01:16:07-05:00\"}",
      "{\"device_id\":\"1\"} -wrong_type" },
    { "{\"device_id\":1,\"ts\":\"noon\"}", "{\"device_id\":\"1\"} -wrong_type" },
    { "{\"device_id\":1,\"speed_kmh\":-1}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"heading_deg\":360}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"fuel_pct\":100.1}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"temp\":-300}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"odometer_km\":1e999}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"seq\":-1}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"seq\":9007199254740992}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"ts_ms\":99999999999999999999}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"ts_ms\":1441520167}", "{\"device_id\":\"1\"} -looks_like_seconds" },
    { "{\"device_id\":1,\"eta_ts_ms\":1441520167}", "{\"device_id\":\"1\"} -looks_like_seconds" },
    { "{\"device_id\":1,\"ts\":\"1970-01-01T00:00:00Z\"}", "{\"device_id\":\"1\"} -out_of_range" },
    { "{\"device_id\":1,\"lat\":1}", "{\"device_id\":\"1\"} -half_position" },
    { "{\"device_id\":1,\"lat\":91,\"lon\":1}",
      "{\"device_id\":\"1\"} -out_of_range -half_position" },
    { "{\"device_id\":1,\"lat\":null,\"lon\":1}", "{\"device_id\":\"1\"} -half_position" },
    { "{\"device_id\":1,\"alarm\":\"\\u0000\",\"trip\":\"\\u009b31m\"}",
      "{\"device_id\":\"1\"} -control_character -control_character" },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_refusals (void)
{
  static const Row rows[] = {
    { "", "not_json" },
    { "{\"device_id\":1", "not_json" },
    { "{\"device_id\":1} x", "not_json" },
    { "{\"device_id\":NaN}", "not_json" },
    { "{\"device_id\":1,\"lat\":NaN,\"lon\":1}", "not_json" },
    { "[1]", "not_object" },
    { "25.3", "not_object" },
    { "null", "not_object" },
    { "[1", "not_json" },
    { "{\"device_id\":\"\xff\"}", "bad_utf8" },
    { "{\"x\":\"\\ud800\",\"device_id\":1}", "bad_utf8" },
    { "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "too_deep" },
    { "{\"device_id\":1,\"device_id\":1}", "key_twice" },
    { "{\"device_id\":1,\"temp\":1,\"temp_c\":1}", "key_twice" },
    { "{\"device_id\":1,\"temp\":\"x\",\"temp\":1}", "key_twice" },
    { "{\"device_id\":1,\"ts\":1,\"ts_ms\":1}", "key_twice" },
    { "{\"device_id\":1,\"door\":true,\"d\\u006for\":true}", "key_twice" },
    { "{}", "no_device_id" },
    { "{\"device_id\":null}", "no_device_id" },
    { "{\"Device_id\":1}", "no_device_id" },
    { "{\"device_id\":\"\"}", "bad_device_id" },
    { "{\"device_id\":1.5}", "bad_device_id" },
    { "{\"device_id\":1e3}", "bad_device_id" },
    { "{\"device_id\":true}", "bad_device_id" },
    { "{\"device_id\":{}}", "bad_device_id" },
    { "{\"device_id\":\"a\\u0000b\"}", "bad_device_id" },
    { "{\"device_id\":\"\\u001b[2J\"}", "bad_device_id" },
    { "{\"device_id\":1,\"fleet\":\"a/b\"}", "bad_fleet" },
    { "{\"device_id\":1,\"fleet\":7}", "bad_fleet" },
    { "{\"device_id\":1,\"fleet\":\"\"}", "bad_fleet" },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_limits (void)
{
  g_autofree char *id = g_strnfill (10000, 'x');
  g_autofree char *long_id = g_strdup_printf ("{\"device_id\":\"%s\"}", id);
  g_autofree char *filler = g_strnfill (FW_JSON_MAX_BYTES - 15, ' ');
  g_autofree char *largest = g_strdup_printf ("{\"device_id\":1%s}", filler);
  g_autofree char *too_large = g_strdup_printf ("{\"device_id\":12%s}", filler);
  g_autofree char *text = g_strnfill (FW_STRING_MAX_BYTES, 'x');
  g_autofree char *longest = g_strdup_printf ("{\"device_id\":\"1\",\"driver\":\"%s\"}", text);
  g_autofree char *too_long = g_strdup_printf ("{\"device_id\":1,\"driver\":\"%sx\"}", text);
  assert_reads (NULL, long_id, "bad_device_id");
  g_assert_cmpuint (strlen (largest), ==, FW_JSON_MAX_BYTES);
  assert_reads (NULL, largest, "{\"device_id\":\"1\"}");
  assert_reads (NULL, too_large, "too_large");
  assert_reads (NULL, longest, longest);
  assert_reads (NULL, too_long, "{\"device_id\":\"1\"} -too_long");
}

/* Every string at its limit and escaped has room, all at once. */
static void
test_all_strings_escaped (void)
{
  g_autoptr (GString) value = g_string_new ("{\"device_id\":\"");
  for (guint i = 0; i < FW_DEVICE_ID_MAX_BYTES; i++)
    g_string_append (value, "\\u0061");
  g_string_append (value, "\",\"fleet\":\"");
  for (guint i = 0; i < FW_NAME_MAX_BYTES; i++)
    g_string_append (value, "\\u0061");
  g_string_append_c (value, '"');
  for (guint field = FW_FIELD_DRIVER; field <= FW_FIELD_ORIGIN; field++)
    {
      g_string_append_printf (value, ",\"%s\":\"", fw_field (field)->name);
      for (guint i = 0; i < FW_STRING_MAX_BYTES; i++)
        g_string_append (value, "\\u0062");
      g_string_append_c (value, '"');
    }
  g_string_append_c (value, '}');
  g_autofree char *got = describe (NULL, value->str, value->len);
  g_assert_cmpuint (strlen (got), >, 5 * FW_STRING_MAX_BYTES);
  g_assert_null (strchr (got, '\\'));
}

static void
test_mapping (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FwMapping) traccar = fw_mapping_parse_list (
      "device_id=device.uniqueId,lat=position.latitude,lon=position.longitude,ts=position.fixTime,"
      "speed_kmh=position.speed*1.852,ignition=position.attributes.ignition,fix=position.valid,"
      "humidity_pct=position.attributes.h1 [%] 0..100,driver=device.driver",
      &error);
  g_assert_no_error (error);
  assert_reads (traccar,
                "{\"position\":{\"id\":5,\"latitude\":30.5,\"longitude\":-97.5,\"speed\":10,"
                "\"fixTime\":\"2015-09-06T06:16:07.000+00:00\","
                "\"valid\":true,\"attributes\":{\"ignition\":true,\"h1\":55,\"x\":[{}]}},"
                "\"device\":{\"id\":1,\"uniqueId\":\"860\",\"driver\":17}}",
                "{\"device_id\":\"860\",\"ts_ms\":1441520167000,\"lat\":30.5,\"lon\":-97.5,\"fix\":"
                "true,\"speed_kmh\":18.52,"
                "\"ignition\":true,\"driver\":\"17\",\"humidity_pct\":55}");
  /* What is not mapped keeps its own name; what is mapped has lost it. */
  assert_reads (traccar, "{\"device\":{\"uniqueId\":1},\"temp\":3,\"speed_kmh\":9}",
                "{\"device_id\":\"1\",\"temp_c\":3}");
  assert_reads (traccar, "{\"device\":{\"uniqueId\":1},\"device\":{\"uniqueId\":1}}", "key_twice");
  assert_reads (traccar, "{\"device\":[{\"uniqueId\":1}]}", "no_device_id");
  assert_reads (traccar, "{\"device\":{\"uniqueId\":1},\"position\":{\"attributes\":{\"h1\":101}}}",
                "{\"device_id\":\"1\"} -out_of_range");
  fw_field_forget_own ();
}

static void
test_seconds_mapped (void)
{
  g_autoptr (FwMapping) mapping
      = fw_mapping_parse_list ("ts=time*1000,door=doors.rear,odometer_km=odo/1000", NULL);
  assert_reads (mapping,
                "{\"device_id\":1,\"time\":1441520167.25,\"doors\":{\"rear\":1},\"odo\":1500}",
                "{\"device_id\":\"1\",\"ts_ms\":1441520167250,\"door\":true,\"odometer_km\":1.5}");
}

static void
test_bool_for_a_number (void)
{
  g_autoptr (FwMapping) mapping = fw_mapping_parse_list ("pump=io.pump", NULL);
  assert_reads (mapping, "{\"device_id\":1,\"io\":{\"pump\":true}}",
                "{\"device_id\":\"1\",\"pump\":1}");
  assert_reads (mapping, "{\"device_id\":1,\"io\":{\"pump\":false}}",
                "{\"device_id\":\"1\",\"pump\":0}");
  fw_field_forget_own ();
}

static void
test_one_key_for_two_fields (void)
{
  g_autoptr (FwMapping) mapping = fw_mapping_parse_list ("air_c=temp,trip=device_id", NULL);
  assert_reads (mapping, "{\"device_id\":7,\"temp\":3}",
                "{\"device_id\":\"7\",\"temp_c\":3,\"air_c\":3,\"trip\":\"7\"}");
}

static void
put_random_member (FwEvent *ev, guint field)
{
  const FwField *row = fw_field (field);
  double low = isfinite (row->min) ? row->min : -1e6, high = isfinite (row->max) ? row->max : 1e6;
  if (g_test_rand_int_range (0, 4) == 0)
    ev->null |= FW_FIELD_BIT (field);
  else if (row->type == FW_FIELD_STRING)
    fw_event_set_string (ev, field, "b\xc3\xa4 \"\\/", 7);
  else if (row->type == FW_FIELD_NUMBER)
    fw_event_set_number (ev, field, g_test_rand_double_range (low, high));
  else
    fw_event_set_number (ev, field, floor (g_test_rand_double_range (low, high + 1)));
}

static void
assert_same_event (const FwEvent *a, const FwEvent *b)
{
  g_assert_cmpmem (a->device_id.data, a->device_id.len, b->device_id.data, b->device_id.len);
  g_assert_cmpmem (a->fleet.data, a->fleet.len, b->fleet.data, b->fleet.len);
  g_assert_cmpint (a->ts_ms, ==, b->ts_ms);
  g_assert_cmpint (a->seq, ==, b->seq);
  g_assert_cmphex (a->has, ==, b->has);
  g_assert_cmphex (a->null, ==, b->null);
  for (guint field = 0; field < fw_field_n (); field++)
    if (fw_event_has (a, field) && fw_field (field)->type == FW_FIELD_STRING)
      g_assert_cmpmem (a->string[field].data, a->string[field].len, b->string[field].data,
                       b->string[field].len);
    else if (fw_event_has (a, field))
      g_assert_cmpfloat (a->number[field], ==, b->number[field]);
}

static void
test_round_trip (void)
{
  g_autoptr (FwEventReader) reader = fw_event_reader_new (NULL);
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      FwEvent ev, back;
      fw_event_clear (&ev);
      ev.device_id = (FwText){ "t\xe2\x82\xac\"1", 6 };
      if (g_test_rand_int_range (0, 2))
        ev.fleet = (FwText){ "north", 5 };
      if (g_test_rand_int_range (0, 2))
        ev.ts_ms = G_GINT64_CONSTANT (1700000000000) + g_test_rand_int ();
      if (g_test_rand_int_range (0, 2))
        ev.seq = (guint32) g_test_rand_int ();
      for (guint field = 0; field < fw_field_n (); field++)
        if (g_test_rand_int_range (0, 2))
          put_random_member (&ev, field);
      fw_event_drop_half_position (&ev);
      fw_event_write (&ev, text);
      g_assert_cmpint (fw_event_read (reader, text->str, text->len, &back), ==, FW_REJECT_NONE);
      assert_same_event (&ev, &back);
    }
  for (guint i = 0; i < FW_N_DROPS; i++)
    g_assert_cmpuint (fw_event_reader_counts (reader)->drops[i], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/event/fields-are-read", test_fields);
  g_test_add_func ("/codec/event/a-bad-field-is-dropped-and-the-rest-stands", test_drops);
  g_test_add_func ("/codec/event/a-bad-record-is-refused-with-a-reason", test_refusals);
  g_test_add_func ("/codec/event/limits-of-size", test_limits);
  g_test_add_func ("/codec/event/escaped-strings-have-room", test_all_strings_escaped);
  g_test_add_func ("/codec/event/traccar-is-mapped", test_mapping);
  g_test_add_func ("/codec/event/seconds-and-numbers-are-mapped", test_seconds_mapped);
  g_test_add_func ("/codec/event/a-mapped-bool-counts-as-a-number", test_bool_for_a_number);
  g_test_add_func ("/codec/event/one-key-may-fill-two-fields", test_one_key_for_two_fields);
  g_test_add_func ("/codec/event/what-is-written-reads-back", test_round_trip);
  return g_test_run ();
}
