/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "demo-cast.h"

typedef struct
{
  DemoOptions options;
  DemoCast cast;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer assignments)
{
  g_assert_true (fw_program_defaults (&demo_program, &fixture->options, assignments, NULL));
  fixture->cast = (DemoCast){
    .options = &fixture->options,
    .run = "r1",
    .kafka = g_strdup ("localhost:9092"),
    .is_embedded = TRUE,
    .broker_port = 9092,
    .broker_admin_port = 9469,
    .listen_host = g_strdup ("localhost"),
    .web_port = 8080,
    .relay_admin_port = 9464,
  };
}

static void
tear_down (Fixture *fixture, gconstpointer assignments)
{
  (void) assignments;
  demo_cast_clear (&fixture->cast);
  fw_program_clear (&demo_program, &fixture->options);
}

static void
assert_words (char **(*words) (const DemoCast *), const Fixture *fixture, const char *expected)
{
  g_auto (GStrv) made = words (&fixture->cast);
  g_autofree char *line = g_strjoinv (" ", made);
  g_assert_cmpstr (line, ==, expected);
}

static void
test_defaults (Fixture *fixture, gconstpointer assignments)
{
  (void) assignments;
  assert_words (demo_cast_broker, fixture,
                "--listen localhost:9092 --admin-listen localhost:9469 --topic iot-events:8");
  assert_words (demo_cast_dash, fixture, "ws://localhost:8080");
  g_assert_true (demo_cast_has_sim (&fixture->cast));
}

static void
test_real_kafka (Fixture *fixture, gconstpointer assignments)
{
  (void) assignments;
  fixture->cast.is_embedded = FALSE;
  fixture->cast.config_path = "my.conf";
  assert_words (demo_cast_topics, fixture,
                "--config my.conf --kafka localhost:9092 -X acks=all --topic-prefix t. apply");
}

static void
test_no_devices_plays_nothing (Fixture *fixture, gconstpointer assignments)
{
  (void) assignments;
  g_assert_false (demo_cast_has_sim (&fixture->cast));
}

static void
test_replay_alone (Fixture *fixture, gconstpointer assignments)
{
  (void) assignments;
  assert_words (demo_cast_sim, fixture,
                "--kafka localhost:9092 -X security.protocol=plaintext --run r1 --devices 0 "
                "--seconds 5000ms --topic raw "
                "--replay f.csv --map a=b --speedup 2");
}

static void
test_urls (Fixture *fixture, gconstpointer assignments)
{
  static const struct
  {
    const char *host, *url;
  } cases[] = {
    { "127.0.0.1", "http://localhost:8080" },
    { "0.0.0.0", "http://localhost:8080" },
    { "192.0.2.7", "http://192.0.2.7:8080" },
    { "2001:db8::1", "http://[2001:db8::1]:8080" },
  };
  (void) assignments;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_free (fixture->cast.listen_host);
      fixture->cast.listen_host = g_strdup (cases[i].host);
      g_autofree char *url = demo_cast_url (&fixture->cast, "http");
      g_assert_cmpstr (url, ==, cases[i].url);
    }
}

int
main (int argc, char **argv)
{
  static const char *const none[] = { NULL };
  static const char *const real[] = { "topic-prefix=t.", "kafka-property=acks=all", NULL };
  static const char *const nothing[] = { "devices=0", NULL };
  static const char *const replay[]
      = { "devices=0", "seconds=5", "replay=f.csv", "map=a=b", "speedup=2", "sim-topic=raw", NULL };
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/demo/cast/defaults", Fixture, none, set_up, test_defaults, tear_down);
  g_test_add ("/demo/cast/real-kafka", Fixture, real, set_up, test_real_kafka, tear_down);
  g_test_add ("/demo/cast/no-devices-plays-nothing", Fixture, nothing, set_up,
              test_no_devices_plays_nothing, tear_down);
  g_test_add ("/demo/cast/replay-alone", Fixture, replay, set_up, test_replay_alone, tear_down);
  g_test_add ("/demo/cast/urls", Fixture, none, set_up, test_urls, tear_down);
  return g_test_run ();
}
