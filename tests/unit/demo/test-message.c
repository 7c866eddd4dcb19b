/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "demo-message.h"

typedef struct
{
  guint n_subscribed, n_records, n_rows, n_complaints;
  char run[32], device[64], note[64];
  gint64 offset, seq, ts_ms;
  gint32 partition;
} Heard;

static void
on_subscribed (gpointer user)
{
  ((Heard *) user)->n_subscribed++;
}

static void
on_record (gpointer user, const DemoRecord *record)
{
  Heard *heard = user;
  heard->n_records++;
  g_strlcpy (heard->run, record->run ? record->run : "(none)", sizeof heard->run);
  g_strlcpy (heard->device, record->device, sizeof heard->device);
  heard->partition = record->partition;
  heard->offset = record->offset;
  heard->seq = record->seq;
  heard->ts_ms = record->ts_ms;
}

static void
on_row (gpointer user, const char *device, gint64 ts_ms)
{
  Heard *heard = user;
  heard->n_rows++;
  g_strlcpy (heard->device, device, sizeof heard->device);
  heard->ts_ms = ts_ms;
}

static void
on_complaint (gpointer user, const char *op, const char *text)
{
  Heard *heard = user;
  heard->n_complaints++;
  g_snprintf (heard->note, sizeof heard->note, "%s: %s", op, text);
}

static gboolean
hear (Heard *heard, const char *text)
{
  static const DemoMessageHandler handler = { on_subscribed, on_record, on_row, on_complaint };
  g_autoptr (DemoMessageReader) reader = demo_message_reader_new (&handler, heard);
  memset (heard, 0, sizeof *heard);
  return demo_message_read (reader, text, strlen (text));
}

static void
test_log_records (void)
{
  Heard heard;
  g_assert_true (hear (
      &heard,
      "{\"op\":\"log\",\"ch\":1,\"records\":[{\"p\":2,\"o\":7,\"t_ms\":9,\"key\":null,\"headers\":{"
      "},"
      "\"value\":\"not json\"},{\"p\":3,\"o\":41,\"t_ms\":9,\"key\":\"default\\/v\",\"headers\":"
      "{\"x\":null,\"run\":\"r1\"},\"value\":\"{\\\"device_id\\\":\\\"v "
      "1\\\",\\\"ts_ms\\\":1700000000123,"
      "\\\"seq\\\":5}\"}]}"));
  g_assert_cmpuint (heard.n_records, ==, 2);
  g_assert_cmpstr (heard.run, ==, "r1");
  g_assert_cmpstr (heard.device, ==, "default/v 1");
  g_assert_cmpint (heard.partition, ==, 3);
  g_assert_cmpint (heard.offset, ==, 41);
  g_assert_cmpint (heard.seq, ==, 5);
  g_assert_cmpint (heard.ts_ms, ==, 1700000000123);
}

static void
test_headers_of_one_record_do_not_leak_into_the_next (void)
{
  Heard heard;
  g_assert_true (hear (&heard, "{\"op\":\"log\",\"records\":[{\"p\":0,\"o\":0,\"headers\":{\"run\":"
                               "\"r1\"},\"value\":\"{}\"},"
                               "{\"p\":0,\"o\":1,\"headers\":{},\"value\":null}]}"));
  g_assert_cmpuint (heard.n_records, ==, 2);
  g_assert_cmpstr (heard.run, ==, "(none)");
  g_assert_cmpstr (heard.device, ==, "");
}

static void
test_patch_rows_with_a_time (void)
{
  Heard heard;
  g_assert_true (hear (
      &heard,
      "{\"set\":[{\"fleet\":\"f\",\"device_id\":\"d\",\"ts_ms\":5,\"reasons\":[{\"reason\":\"x\"}]}"
      ","
      "{\"fleet\":\"f\",\"device_id\":\"e\",\"status\":\"stale\"}],\"op\":\"patch\",\"left\":[]}"));
  g_assert_cmpuint (heard.n_rows, ==, 1);
  g_assert_cmpstr (heard.device, ==, "f/d");
  g_assert_cmpint (heard.ts_ms, ==, 5);
}

static void
test_answers_and_complaints (void)
{
  Heard heard;
  g_assert_true (hear (&heard, "{\"op\":\"subscribed\",\"id\":1,\"ch\":4}"));
  g_assert_cmpuint (heard.n_subscribed, ==, 1);
  g_assert_true (hear (&heard, "{\"op\":\"error\",\"code\":\"x\",\"message\":\"no such topic\"}"));
  g_assert_cmpstr (heard.note, ==, "error: no such topic");
}

static void
test_anything_else (void)
{
  static const char *const passed_over[]
      = { "{}", "{\"op\":\"hello\",\"limits\":{}}", "{\"op\":5}", "{\"op\":\"log\"}" };
  static const char *const refused[] = { "",
                                         "[]",
                                         "{",
                                         "{\"op\":\"log\",\"records\":{}}",
                                         "{\"op\":\"log\",\"records\":[1]}",
                                         "{\"op\":\"patch\",\"set\":[[]]}",
                                         "{} x",
                                         "\xff" };
  Heard heard;
  for (guint i = 0; i < G_N_ELEMENTS (passed_over); i++)
    g_assert_true (hear (&heard, passed_over[i]));
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (hear (&heard, refused[i]));
  g_assert_cmpuint (heard.n_records + heard.n_rows + heard.n_subscribed, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/message/log-records", test_log_records);
  g_test_add_func ("/demo/message/headers-do-not-leak",
                   test_headers_of_one_record_do_not_leak_into_the_next);
  g_test_add_func ("/demo/message/patch-rows-with-a-time", test_patch_rows_with_a_time);
  g_test_add_func ("/demo/message/answers-and-complaints", test_answers_and_complaints);
  g_test_add_func ("/demo/message/anything-else", test_anything_else);
  return g_test_run ();
}
