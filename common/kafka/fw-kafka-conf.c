/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-kafka-conf.h"

#include <string.h>
#include <sys/stat.h>

#include "fw-error.h"
#include "fw-kafka-rd.h"
#include "fw-i18n.h"

#define DEFAULT_BOOTSTRAP "localhost:9092"
#define TOPIC_NAME_MAX_BYTES 249 /* Kafka's own */

typedef struct
{
  char *key, *value;
} Property;

struct FwKafkaConf
{
  GArray *properties; /* Property, in order of application */
  char *bootstrap;
  char *topic_prefix;
};

static void
property_clear (gpointer data)
{
  Property *property = data;
  g_free (property->key);
  g_free (property->value);
}

static gboolean
key_is_secret (const char *key)
{
  static const char *const secrets[] = { "sasl.oauthbearer.client.secret",
                                         "sasl.password",
                                         "ssl.key.password",
                                         "ssl.key.pem",
                                         "ssl.keystore.password",
                                         NULL };
  return g_strv_contains (secrets, key);
}

static gboolean
key_is_bootstrap (const char *key)
{
  return strcmp (key, "bootstrap.servers") == 0 || strcmp (key, "metadata.broker.list") == 0;
}

static gboolean
host_is_loopback (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_prefix (host, "127.")
         || strcmp (host, "[::1]") == 0;
}

static gboolean
server_is_loopback (const char *server)
{
  const char *scheme_end = strstr (server, "://");
  g_autofree char *host = g_strdup (scheme_end ? scheme_end + 3 : server);
  char *port = strrchr (host, ':');
  if (port && !strchr (port, ']'))
    *port = '\0';
  return host_is_loopback (host);
}

/* "sasl.password-file" = PATH becomes "sasl.password" = what the file holds, less a final line end.
 */
static gboolean
read_secret_file (Property *property, GError **error)
{
  g_autofree char *path = g_steal_pointer (&property->value);
  if (!g_file_get_contents (path, &property->value, NULL, error))
    {
      g_prefix_error (error, _ ("%s: "), property->key);
      (*error)->domain = FW_ERROR;
      (*error)->code = FW_ERROR_CONFIG;
      return FALSE;
    }
  g_strchomp (property->value);
  property->key[strlen (property->key) - strlen ("-file")] = '\0';
  return TRUE;
}

/* origin: where the property stands, for messages. */
static gboolean
conf_add (FwKafkaConf *self, const char *key, const char *value, const char *origin, GError **error)
{
  Property property = { g_strdup (key), g_strdup (value) };
  gboolean ok = TRUE;
  if (g_str_has_suffix (key, "-file"))
    ok = read_secret_file (&property, error);
  g_array_append_val (self->properties, property);
  if (!ok)
    g_prefix_error (error, "%s: ", origin);
  return ok;
}

static gboolean
add_section (FwKafkaConf *self, const FwConfig *config, GError **error)
{
  static const char *const rows[]
      = { "kafka", "kafka-property", "kafka-file", "topic-prefix", NULL };
  if (!config)
    return TRUE;
  g_auto (GStrv) keys = fw_config_keys (config, "kafka");
  for (char **key = keys; *key; key++)
    if (!g_strv_contains (rows, *key)
        && !conf_add (self, *key, fw_config_get (config, "kafka", *key), _ ("section [kafka]"),
                      error))
      return FALSE;
  return TRUE;
}

static char *
assignment_key (const char *text)
{
  return g_strstrip (g_strndup (text, strcspn (text, "=")));
}

static gboolean
add_assignment (FwKafkaConf *self, const char *text, const char *origin, GError **error)
{
  g_autofree char *key = assignment_key (text);
  const char *equals = strchr (text, '=');
  if (!equals || *key == '\0')
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("%s: '%s' is not KEY=VALUE"), origin, text);
      return FALSE;
    }
  g_autofree char *value = g_strstrip (g_strdup (equals + 1));
  return conf_add (self, key, value, origin, error);
}

static gboolean
others_can_read (const char *path)
{
  struct stat info;
  return stat (path, &info) == 0 && (info.st_mode & 077) != 0;
}

static gboolean
add_file_line (FwKafkaConf *self, const char *line, const char *path, GError **error)
{
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  g_autofree char *key = assignment_key (line);
  if (!key_is_secret (key) || !others_can_read (path))
    return add_assignment (self, line, path, error);
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
               _ ("%s: '%s' is a secret, but others can read this file: chmod 600 it, or write "
                  "%s-file = FILE instead"),
               path, key, key);
  return FALSE;
}

static gboolean
add_file (FwKafkaConf *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  if (!path)
    return TRUE;
  if (!g_file_get_contents (path, &text, NULL, &local))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, "--kafka-file: %s", local->message);
      return FALSE;
    }
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line; line++)
    if (!add_file_line (self, g_strstrip (*line), path, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_arguments (FwKafkaConf *self, char **arguments, GError **error)
{
  for (char **arg = arguments; arg && *arg; arg++)
    {
      g_autofree char *key = assignment_key (*arg);
      if (key_is_secret (key))
        {
          g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                       _ ("-X %s: a secret on a command line can be read by everybody here; "
                          "use -X %s-file=FILE"),
                       key, key);
          return FALSE;
        }
      if (!add_assignment (self, *arg, "-X", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_properties (const FwKafkaConf *self, GError **error)
{
  rd_kafka_conf_t *scratch = rd_kafka_conf_new ();
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < self->properties->len; i++)
    {
      const Property *property = &g_array_index (self->properties, Property, i);
      char why[256];
      ok = rd_kafka_conf_set (scratch, property->key, property->value, why, sizeof why)
           == RD_KAFKA_CONF_OK;
      if (!ok)
        g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("Kafka property '%s': %s"), property->key,
                     key_is_secret (property->key) ? _ ("librdkafka does not take this value")
                                                   : why);
    }
  rd_kafka_conf_destroy (scratch);
  return ok;
}

static gboolean
check_prefix (const char *prefix, GError **error)
{
  gsize len = strlen (prefix);
  if (len <= TOPIC_NAME_MAX_BYTES / 2
      && strspn (prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
             == len)
    return TRUE;
  g_autofree char *shown = g_strescape (prefix, NULL);
  g_set_error (
      error, FW_ERROR, FW_ERROR_USAGE,
      _ ("--topic-prefix '%.40s': allowed are at most %d of letters, digits, '.', '_' and '-'"),
      shown, TOPIC_NAME_MAX_BYTES / 2);
  return FALSE;
}

static gboolean
choose_bootstrap (FwKafkaConf *self, const char *option, GError **error)
{
  const char *chosen = option;
  for (guint i = 0; !option && i < self->properties->len; i++)
    {
      const Property *property = &g_array_index (self->properties, Property, i);
      if (key_is_bootstrap (property->key))
        chosen = property->value;
    }
  self->bootstrap = g_strdup (chosen ? chosen : DEFAULT_BOOTSTRAP);
  if (self->bootstrap[strspn (self->bootstrap, " ,")] != '\0')
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
               _ ("--kafka '%s' names no broker; write HOST:PORT, or several with commas"),
               self->bootstrap);
  return FALSE;
}

FwKafkaConf *
fw_kafka_conf_new (const FwKafkaOptions *options, const FwConfig *config, GError **error)
{
  g_autoptr (FwKafkaConf) self = g_new0 (FwKafkaConf, 1);
  self->properties = g_array_new (FALSE, FALSE, sizeof (Property));
  g_array_set_clear_func (self->properties, property_clear);
  self->topic_prefix = g_strdup (options->topic_prefix ? options->topic_prefix : "");

  if (!add_section (self, config, error) || !add_file (self, options->properties_file, error)
      || !add_arguments (self, options->properties, error)
      || !choose_bootstrap (self, options->bootstrap, error) || !check_properties (self, error)
      || !check_prefix (self->topic_prefix, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
fw_kafka_conf_free (FwKafkaConf *self)
{
  if (!self)
    return;
  g_array_unref (self->properties);
  g_free (self->bootstrap);
  g_free (self->topic_prefix);
  g_free (self);
}

void
fw_kafka_conf_default (FwKafkaConf *self, const char *key, const char *value)
{
  Property property = { g_strdup (key), g_strdup (value) };
  g_array_prepend_val (self->properties, property);
}

const char *
fw_kafka_conf_bootstrap (const FwKafkaConf *self)
{
  return self->bootstrap;
}

char *
fw_kafka_topic (const FwKafkaConf *self, const char *name)
{
  return g_strconcat (self->topic_prefix, name, NULL);
}

const char *
fw_kafka_topic_bare (const FwKafkaConf *self, const char *name)
{
  return g_str_has_prefix (name, self->topic_prefix) ? name + strlen (self->topic_prefix) : NULL;
}

gboolean
fw_kafka_is_loopback (const FwKafkaConf *self)
{
  g_auto (GStrv) servers = g_strsplit (self->bootstrap, ",", -1);
  for (char **server = servers; *server; server++)
    if (*g_strstrip (*server) != '\0' && !server_is_loopback (*server))
      return FALSE;
  return TRUE;
}

void
fw_kafka_conf_foreach (const FwKafkaConf *self, FwKafkaPropertyFunc each, gpointer user)
{
  for (guint i = 0; i < self->properties->len; i++)
    {
      const Property *property = &g_array_index (self->properties, Property, i);
      each (user, property->key, property->value);
    }
}

const char *
fw_kafka_versions (void)
{
  static char text[64];
  g_snprintf (text, sizeof text, "librdkafka %d.%d.%d (running %s)", RD_KAFKA_VERSION >> 24,
              RD_KAFKA_VERSION >> 16 & 0xff, RD_KAFKA_VERSION >> 8 & 0xff, rd_kafka_version_str ());
  return text;
}
