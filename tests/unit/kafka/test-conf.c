/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>

#include "fw-error.h"
#include "fw-kafka-conf.h"

static FwKafkaConf *
make (const char *bootstrap, const char *property, const char *file, const char *prefix,
      GError **error)
{
  char *properties[] = { (char *) property, NULL };
  FwKafkaOptions options
      = { (char *) bootstrap, property ? properties : NULL, (char *) file, (char *) prefix };
  return fw_kafka_conf_new (&options, NULL, error);
}

static void
assert_refused (const char *bootstrap, const char *property, const char *file, const char *prefix,
                gint code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (make (bootstrap, property, file, prefix, &error));
  g_assert_error (error, FW_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static char *folder;

static char *
write_file (const char *text, int mode)
{
  char *path = g_build_filename (folder, "kcat.conf", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_chmod (path, mode);
  return path;
}

static void
test_defaults (void)
{
  g_autoptr (FwKafkaConf) conf = make (NULL, NULL, NULL, NULL, NULL);
  g_assert_cmpstr (fw_kafka_conf_bootstrap (conf), ==, "localhost:9092");
  g_assert_true (fw_kafka_is_loopback (conf));
  g_autofree char *topic = fw_kafka_topic (conf, "iot-events");
  g_assert_cmpstr (topic, ==, "iot-events");
}

static void
test_loopback (void)
{
  static const struct
  {
    const char *servers;
    gboolean is_loopback;
  } cases[] = {
    { "localhost:9092", TRUE },       { "127.0.0.1", TRUE },
    { "[::1]:1,LOCALHOST:2", TRUE },  { "PLAINTEXT://localhost:1", TRUE },
    { "kafka.example:9092", FALSE },  { "localhost:1, 10.0.0.1:2", FALSE },
    { "localhost.example:1", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FwKafkaConf) conf = make (cases[i].servers, NULL, NULL, NULL, NULL);
      g_assert_cmpint (fw_kafka_is_loopback (conf), ==, cases[i].is_loopback);
    }
}

static void
test_prefix (void)
{
  g_autoptr (FwKafkaConf) conf = make (NULL, NULL, NULL, "t1.", NULL);
  g_autofree char *topic = fw_kafka_topic (conf, "iot-events");
  g_assert_cmpstr (topic, ==, "t1.iot-events");
  g_assert_cmpstr (fw_kafka_topic_bare (conf, topic), ==, "iot-events");
  g_assert_null (fw_kafka_topic_bare (conf, "iot-events"));
  assert_refused (NULL, NULL, NULL, "a b", FW_ERROR_USAGE, "--topic-prefix");
}

static void
test_bad_properties (void)
{
  assert_refused (NULL, "no.such.thing=1", NULL, NULL, FW_ERROR_CONFIG, "no.such.thing");
  assert_refused (NULL, "linger.ms=soon", NULL, NULL, FW_ERROR_CONFIG, "linger.ms");
  assert_refused (NULL, "linger.ms", NULL, NULL, FW_ERROR_USAGE, "KEY=VALUE");
  assert_refused (" , ", NULL, NULL, NULL, FW_ERROR_USAGE, "--kafka");
  assert_refused (NULL, NULL, "/nowhere/kcat.conf", NULL, FW_ERROR_CONFIG, "/nowhere/kcat.conf");
}

static void
test_secrets (void)
{
  assert_refused (NULL, "sasl.password=hunter2", NULL, NULL, FW_ERROR_USAGE, "sasl.password-file");
  assert_refused (NULL, "sasl.password-file=/nowhere", NULL, NULL, FW_ERROR_CONFIG, "/nowhere");

  g_autofree char *path = write_file ("# mine\nsasl.password = hunter2\n", 0644);
  assert_refused (NULL, NULL, path, NULL, FW_ERROR_CONFIG, "chmod 600");
  g_chmod (path, 0600);
  g_autoptr (FwKafkaConf) conf = make (NULL, NULL, path, NULL, NULL);
  g_assert_nonnull (conf);
}

static void
test_kcat_file (void)
{
  g_autofree char *path
      = write_file ("bootstrap.servers=broker.example:9092\r\n\n# c\n linger.ms = 3\n", 0644);
  g_autoptr (FwKafkaConf) conf = make (NULL, NULL, path, NULL, NULL);
  g_assert_cmpstr (fw_kafka_conf_bootstrap (conf), ==, "broker.example:9092");
  g_autoptr (FwKafkaConf) over = make ("localhost:1", NULL, path, NULL, NULL);
  g_assert_cmpstr (fw_kafka_conf_bootstrap (over), ==, "localhost:1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("fw-conf-XXXXXX", NULL);
  g_test_add_func ("/kafka/conf/defaults", test_defaults);
  g_test_add_func ("/kafka/conf/loopback", test_loopback);
  g_test_add_func ("/kafka/conf/prefix", test_prefix);
  g_test_add_func ("/kafka/conf/bad-properties", test_bad_properties);
  g_test_add_func ("/kafka/conf/secrets", test_secrets);
  g_test_add_func ("/kafka/conf/kcat-file", test_kcat_file);
  int status = g_test_run ();
  g_autofree char *left = g_build_filename (folder, "kcat.conf", NULL);
  g_unlink (left);
  g_rmdir (folder);
  g_free (folder);
  return status;
}
