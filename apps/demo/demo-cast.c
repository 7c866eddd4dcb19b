/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-cast.h"

#include <string.h>

#include "fw-net.h"
#include "fw-path.h"

#define EVENTS_TOPIC "iot-events"
#define EVENTS_PARTITIONS 8
#define BUS_TRACK "tracks/austin-buses.csv"
#define STALE "10s"
#define OFFLINE "20s"

typedef GStrvBuilder Words;

static void
add (Words *words, const char *option, const char *value)
{
  g_strv_builder_add (words, option);
  if (value)
    g_strv_builder_add (words, value);
}

static void
add_number (Words *words, const char *option, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  add (words, option, text);
}

static void
add_address (Words *words, const char *option, const char *host, guint16 port)
{
  gboolean is_v6 = strchr (host, ':') && *host != '[';
  g_autofree char *text = g_strdup_printf (is_v6 ? "[%s]:%u" : "%s:%u", host, port);
  add (words, option, text);
}

static char **
finish (Words *words)
{
  char **made = g_strv_builder_end (words);
  g_strv_builder_unref (words);
  return made;
}

static Words *
begin (const DemoCast *cast)
{
  Words *words = g_strv_builder_new ();
  if (cast->config_path)
    add (words, "--config", cast->config_path);
  return words;
}

static Words *
begin_with_kafka (const DemoCast *cast)
{
  const FwKafkaOptions *kafka = &cast->options->kafka;
  Words *words = begin (cast);
  add (words, "--kafka", cast->kafka);
  for (char **property = kafka->properties; property && *property; property++)
    add (words, "-X", *property);
  if (kafka->properties_file)
    add (words, "-F", kafka->properties_file);
  if (kafka->topic_prefix && *kafka->topic_prefix)
    add (words, "--topic-prefix", kafka->topic_prefix);
  if (cast->is_embedded) /* whatever a configuration file says of the real one */
    add (words, "-X", "security.protocol=plaintext");
  return words;
}

static void
add_topic (Words *words, const DemoCast *cast, const char *name)
{
  const char *prefix = cast->options->kafka.topic_prefix;
  g_autofree char *text
      = g_strdup_printf ("%s%s:%d", prefix ? prefix : "", name, EVENTS_PARTITIONS);
  add (words, "--topic", text);
}

char **
demo_cast_broker (const DemoCast *cast)
{
  Words *words = begin (cast);
  add_address (words, "--listen", "localhost", cast->broker_port);
  add_address (words, "--admin-listen", "localhost", cast->broker_admin_port);
  add_topic (words, cast, EVENTS_TOPIC);
  if (cast->options->sim_topic)
    add_topic (words, cast, cast->options->sim_topic);
  return finish (words);
}

char **
demo_cast_topics (const DemoCast *cast)
{
  Words *words = begin_with_kafka (cast);
  add (words, "apply", NULL);
  return finish (words);
}

char **
demo_cast_relay (const DemoCast *cast)
{
  Words *words = begin_with_kafka (cast);
  add_address (words, "--listen", cast->listen_host, cast->web_port);
  add_address (words, "--admin-listen", "localhost", cast->relay_admin_port);
  add (words, "--stale", STALE);
  add (words, "--offline", OFFLINE);
  return finish (words);
}

static gboolean
has_buses (const DemoCast *cast)
{
  return !cast->options->replay && cast->options->n_devices > 0;
}

gboolean
demo_cast_has_sim (const DemoCast *cast)
{
  return cast->options->n_devices > 0 || cast->options->replay;
}

static void
add_track (Words *words, const DemoCast *cast)
{
  const DemoOptions *options = cast->options;
  char speedup[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *buses = has_buses (cast) ? fw_path_data (BUS_TRACK) : NULL;
  if (!options->replay && !buses)
    return;
  add (words, "--replay", options->replay ? options->replay : buses);
  if (options->map)
    add (words, "--map", options->map);
  add (words, "--speedup", g_ascii_dtostr (speedup, sizeof speedup, options->speedup));
  if (buses)
    add (words, "--repeat", NULL);
}

char **
demo_cast_sim (const DemoCast *cast)
{
  const DemoOptions *options = cast->options;
  Words *words = begin_with_kafka (cast);
  add (words, "--run", cast->run);
  add_number (words, "--devices", options->n_devices);
  if (options->seconds_ms > 0)
    {
      g_autofree char *length = g_strdup_printf ("%" G_GINT64_FORMAT "ms", options->seconds_ms);
      add (words, "--seconds", length);
    }
  if (options->sim_topic)
    add (words, "--topic", options->sim_topic);
  add_track (words, cast);
  return finish (words);
}

char **
demo_cast_dash (const DemoCast *cast)
{
  g_autofree char *url = demo_cast_url (cast, "ws");
  Words *words = begin (cast);
  add (words, url, NULL);
  return finish (words);
}

char *
demo_cast_url (const DemoCast *cast, const char *scheme)
{
  const char *host = fw_host_is_loopback (cast->listen_host)
                             || strcmp (cast->listen_host, "0.0.0.0") == 0
                             || strcmp (cast->listen_host, "::") == 0
                         ? "localhost"
                         : cast->listen_host;
  return g_strdup_printf (strchr (host, ':') ? "%s://[%s]:%u" : "%s://%s:%u", scheme, host,
                          cast->web_port);
}

void
demo_cast_clear (DemoCast *cast)
{
  g_clear_pointer (&cast->kafka, g_free);
  g_clear_pointer (&cast->kafka_conf, fw_kafka_conf_free);
  g_clear_pointer (&cast->listen_host, g_free);
}
